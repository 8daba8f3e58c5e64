"""The subscribe page and the two lines for the site: what they say, and that they are safe."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import html5lib
import pytest
from lxml import etree

from feeds.feed import GENERATOR, Entry, Feed, Replies
from feeds.formats import FORMATS
from feeds.model import Person
from feeds.page import PostFeed, footer_html, head_html, index_html
from feeds.settings import FeedSettings, Settings

FEEDS = "https://blog.example/feeds/"
RIGHTS = '© 2021 Ann O’Nymous & Sons, LLC. All rights reserved. Don\'t "copy".'
APRIL = datetime(2017, 4, 14, 8, 30, tzinfo=UTC)
HOSTILE = [
    "<script>document.title='pwned'</script>",
    '"><img src=x onerror="document.title=\'pwned\'">',
    "' onmouseover='document.title=1' x='",
    "</title></style></script><svg onload=document.title='pwned'>",
    "--><script>document.title='pwned'</script><!--",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "javascript:document.title='pwned'",
    "\u202etxet\u2066 desrever",
    "a\x00b\x08c\x0cd\x1be\x85f\ud800g\ufdd0h\uffffi\U0001fffej",
    "]]> {{7*7}} ${7*7} <?php ?>",
]


def settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {
        "title": "Ann’s Blog",
        "url": "https://blog.example/",
        "ids": "tag:blog.example,2017:",
        "root": Path(),
        "feeds_url": FEEDS,
        "description": "All the news",
        "language": "en-US",
        "rights": RIGHTS,
        "author": "Ann",
    }
    return Settings(**values | changes)


def entry(title: str = "A post", **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "id": f"tag:blog.example,2017:{title}",
        "permalink": "https://blog.example/a-post",
        "published": APRIL,
        "updated": APRIL,
        "authors": (Person("Ann"),),
        "summary": "<p>The <b>excerpt</b> &amp; more</p>",
        "content": "<p>All of it</p>",
    }
    return Entry(title=title, **values | changes)


def feed(kind: str, entries: Sequence[Entry] = (), **changes: Any) -> Feed:
    values: dict[str, Any] = {
        "id": f"tag:blog.example,2017:feeds/{kind}",
        "title": "Ann’s Blog" if kind == "entries" else "Comments for Ann’s Blog",
        "address": FEEDS + kind,
        "label": "Entries RSS" if kind == "entries" else "Comments RSS",
        "alternate_url": "https://blog.example/",
        "subtitle": "",
        "rights": RIGHTS,
        "language": "en-US",
        "author": Person("Ann"),
        "updated": APRIL,
        "icon": None,
        "logo": None,
    }
    return Feed(entries=tuple(entries), **values | changes)


def only(*formats: str) -> FeedSettings:
    return FeedSettings(formats=formats)  # type: ignore[arg-type]


def page(
    entries: Sequence[Entry] = (),
    comments: Sequence[Entry] = (),
    post_feeds: Sequence[PostFeed] = (),
    **changes: Any,
) -> etree._Element:
    return parse(
        index_html(
            settings(**changes), feed("entries", entries), feed("comments", comments), post_feeds
        )
    )


def parse(content: bytes) -> etree._Element:
    """Parse as a browser would, and fail on whatever the HTML standard calls a parse error."""
    parser = html5lib.HTMLParser(
        html5lib.getTreeBuilder("lxml"), strict=True, namespaceHTMLElements=False
    )
    root: etree._Element = parser.parse(content, transport_encoding="utf-8").getroot()
    return root


def parse_part(content: bytes) -> etree._Element:
    return parse(b"<!DOCTYPE html><title>part</title><body><p>" + content)


def found(root: etree._Element, path: str) -> list[etree._Element]:
    result = root.xpath(path)
    assert isinstance(result, list)
    return [element for element in result if isinstance(element, etree._Element)]


def said(element: etree._Element) -> str:
    """Return what an element shows, blanks folded."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def section(root: etree._Element, key: str) -> etree._Element:
    [element] = found(root, f"//section[@aria-labelledby='{key}']")
    return element


def items(element: etree._Element) -> list[str]:
    return [said(li) for li in found(element, ".//li")]


FULL = (
    [
        entry(
            "First",
            replies=Replies(
                count=2,
                updated=APRIL,
                page_url="https://blog.example/a-post#comments",
                feed_address=None,
            ),
        )
    ],
    [entry("Comment on First by Bob", permalink="https://blog.example/a-post#comment-1")],
    [PostFeed("First", "https://blog.example/a-post", FEEDS + "comments/first", 2)],
)


class TestWellFormed:
    @pytest.mark.parametrize("parts", [FULL, ((), (), ())], ids=["full", "empty"])
    def test_no_page_has_a_parse_error(self, parts: Any) -> None:
        page(*parts)

    def test_it_is_utf8_and_says_so_first(self) -> None:
        content = index_html(settings(), feed("entries"), feed("comments"), ())
        assert content.decode().index('<meta charset="utf-8">') < 100

    def test_the_generator_stands_in_the_first_2_kb_however_long_the_title(self) -> None:
        content = index_html(settings(title="t" * 10_000), feed("entries"), feed("comments"), ())
        assert f'<meta name="generator" content="{GENERATOR}">'.encode() in content[:2048]

    def test_the_parts_begin_with_the_generator(self) -> None:
        mark = f"<!-- generator: {GENERATOR} -->\n".encode()
        assert head_html(settings(), [feed("entries")]).startswith(mark)
        assert footer_html(settings(), feed("entries"), feed("comments")).startswith(mark)

    def test_the_same_values_give_the_same_bytes(self) -> None:
        first, second = (
            index_html(settings(), feed("entries", FULL[0]), feed("comments", FULL[1]), FULL[2])
            for _ in range(2)
        )
        assert first == second


class TestAccessible:
    def test_one_h1_and_no_level_left_out(self) -> None:
        levels = [
            int(str(h.tag)[1]) for h in found(page(*FULL), "//*[self::h1 or self::h2 or self::h3]")
        ]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))

    def test_the_landmarks_are_there_once(self) -> None:
        for name in ("header", "main", "footer"):
            assert len(found(page(*FULL), f"/html/body/{name}")) == 1

    def test_every_id_is_there_once_and_every_reference_is_met(self) -> None:
        root = page(*FULL)
        ids = [str(e.get("id")) for e in found(root, "//*[@id]")]
        assert len(ids) == len(set(ids))
        for name in ("aria-labelledby", "aria-describedby"):
            assert {e.get(name) for e in found(root, f"//*[@{name}]")} <= set(ids)

    def test_an_english_site_gives_the_page_its_language(self) -> None:
        root = page(*FULL, language="en-GB")
        assert root.get("lang") == "en-GB"
        assert not found(root, "/html/body//*[@lang]")

    def test_the_words_of_a_site_in_another_language_say_so(self) -> None:
        root = page([entry("Hallo"), entry("Bonjour", language="fr")], language="de")
        assert root.get("lang") == "en"
        titles = found(root, "//a[@class='title']/bdi")
        assert [t.get("lang") for t in titles] == ["de", "fr"]
        assert [e.get("lang") for e in found(root, "//h1/bdi | /html/body/footer/p")] == ["de"] * 2

    def test_titles_and_names_are_isolated_whatever_their_direction(self) -> None:
        root = page([entry("שלום", authors=(Person("דנה"),))])
        assert {said(b) for b in found(root, "//section//bdi")} >= {"שלום", "דנה"}

    @pytest.mark.parametrize("scheme", [0, 1])
    def test_every_text_stands_out_from_what_is_behind_it(self, scheme: int) -> None:
        """WCAG 1.4.3: 4.5:1; and 1.4.11 for the ring around what has the focus: 3:1."""
        style = said(found(page(), "//style")[0])
        colours = dict(re.findall(r"--(\w+):(#\w{6})", style.split(":root{")[scheme + 1]))
        for behind in ("paper", "card"):
            for text in ("ink", "quiet", "link"):
                assert contrast(colours[text], colours[behind]) >= 4.5
            assert contrast(colours["mark"], colours[behind]) >= 3


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestFeeds:
    def test_each_feed_is_shown_in_each_format_with_its_address_to_copy(self) -> None:
        shown = [said(code) for code in found(page(), "//dd/code")]
        suffixes = [info.suffix for info in FORMATS.values()]
        assert shown == [FEEDS + name + s for name in ("entries", "comments") for s in suffixes]

    def test_links_lead_to_the_files_beside_the_page(self) -> None:
        root = page(*FULL)
        here = [str(a.get("href")) for a in found(root, "//main//a[@type]")]
        assert all(address.startswith("./") for address in here)
        assert urljoin(FEEDS, here[0]) == FEEDS + "entries.rss"
        assert urljoin(FEEDS, here[-1]) == FEEDS + "comments/first.json"
        assert urljoin("http://127.0.0.1:8000/", here[0]) == "http://127.0.0.1:8000/entries.rss"

    def test_links_to_feeds_elsewhere_stay_whole(self) -> None:
        elsewhere = feed("entries")._replace(address="https://other.example/entries")
        root = parse(index_html(settings(), elsewhere, feed("comments"), ()))
        assert found(root, "//main//a[@href='https://other.example/entries.rss']")

    def test_only_the_formats_of_the_site_are_shown(self) -> None:
        root = page(feeds=only("atom"))
        assert [said(dt) for dt in found(root, "//dt")] == ["Atom 1.0", "Atom 1.0"]
        assert "if in doubt" not in said(root)

    def test_the_reader_is_told_what_a_feed_holds(self) -> None:
        cards = [said(p) for p in found(page(*FULL), "//div[@class='card']/p[1]")]
        assert cards == [
            "New posts, in full, the newest 20 at a time.",
            "New comments, in full, the newest 50 at a time.",
        ]

    def test_comments_in_full_beside_summaries_of_posts_are_not_called_brief(self) -> None:
        brief = FeedSettings(content="summary", entries=5, comments=7)
        root = page([entry(content=None)], [entry()], feeds=brief)
        assert [said(p) for p in found(root, "//div[@class='card']/p[1]")] == [
            "New posts, in brief, the newest 5 at a time.",
            "New comments, in full, the newest 7 at a time.",
        ]

    def test_the_feeds_own_titles_stand_letter_for_letter(self) -> None:
        names = [said(b) for b in found(page(), "//div[@class='card']//bdi")]
        assert names == ["Ann’s Blog", "Comments for Ann’s Blog"]

    def test_the_tagline_is_left_out_where_it_is_the_title_again(self) -> None:
        assert said(found(page(), "//p[@class='tagline']")[0]) == "All the news"
        assert not found(page(description="Ann’s Blog"), "//p[@class='tagline']")


class TestNews:
    def test_a_post_shows_its_title_date_authors_and_comments(self) -> None:
        people = (Person("Ann"), Person("Bob", "https://bob.example/"))
        root = page([FULL[0][0]._replace(authors=people)])
        [item] = found(section(root, "newest-posts"), ".//li")
        assert said(found(item, "a")[0]) == "First"
        assert said(found(item, "p")[0]) == "14 April 2017 · Ann, Bob · 2 comments"
        [time] = found(item, ".//time")
        assert time.get("datetime") == "2017-04-14T08:30:00Z"
        assert [a.get("href") for a in found(item, ".//a")] == [
            "https://blog.example/a-post",
            "https://blog.example/a-post#comments",
        ]

    @pytest.mark.parametrize(
        ("count", "words"),
        [(0, "no comments yet"), (1, "1 comment"), (2, "2 comments"), (1234, "1,234 comments")],
    )
    def test_comments_are_counted_in_words(self, count: int, words: str) -> None:
        replies = Replies(
            count=count, updated=None, page_url="https://b.example/#c", feed_address=None
        )
        root = page([entry(replies=replies)])
        assert said(found(section(root, "newest-posts"), ".//p/a")[0]) == words

    def test_a_post_that_takes_no_comments_has_no_count(self) -> None:
        assert "comment" not in said(section(page([entry()]), "newest-posts"))

    def test_a_day_is_that_of_utc_as_in_the_feeds(self) -> None:
        late = datetime(2017, 4, 14, 23, 30, tzinfo=timezone(timedelta(hours=-4)))
        root = page([entry(published=late)])
        assert said(found(root, "//time")[0]) == "15 April 2017"
        assert found(root, "//time")[0].get("datetime") == "2017-04-15T03:30:00Z"

    def test_what_has_no_date_shows_none(self) -> None:
        """`updated` is the moment of an import then, and says nothing about the post."""
        root = page([entry(published=None)], [entry(published=None, authors=())])
        assert not found(root, "//time")
        assert items(section(root, "newest-posts")) == ["A post" + "Ann"]

    def test_a_comment_shows_its_title_date_and_the_start_of_its_text_only(self) -> None:
        summary = "<p>One <b>two</b></p><p>" + "three " * 60 + "</p>"
        [item] = found(
            section(page((), [entry("By: Bob", summary=summary)]), "newest-comments"), ".//li"
        )
        assert said(found(item, "p[@class='meta']")[0]) == "14 April 2017"
        text = said(found(item, "p[@class='excerpt']")[0])
        assert text == "One two " + "three " * 28 + "[…]"

    def test_an_excerpt_without_blanks_ends_too(self) -> None:
        root = page((), [entry(summary="六" * 5000)])
        assert said(found(root, "//p[@class='excerpt']")[0]) == "六" * 239 + "…"

    def test_text_from_html_is_text_again(self) -> None:
        root = page((), [entry(summary="<p>a &lt;script&gt; &amp;amp;</p>")])
        assert said(found(root, "//p[@class='excerpt']")[0]) == "a <script> &amp;"

    def test_no_more_than_ten_of_each_in_the_feeds_order(self) -> None:
        many = [entry(f"Post {n}") for n in range(12)]
        root = page(many, many)
        for key in ("newest-posts", "newest-comments"):
            titles = [said(a) for a in found(section(root, key), ".//a[@class='title']")]
            assert titles == [f"Post {n}" for n in range(10)]

    def test_an_empty_blog_says_so(self) -> None:
        root = page()
        assert "Nothing has been published yet." in said(root)
        assert "Nobody has commented yet." in said(root)


def post_feeds(count: int) -> list[PostFeed]:
    return [
        PostFeed(f"Post {n}", f"https://blog.example/{n}", f"{FEEDS}comments/{n}", n)
        for n in range(count)
    ]


class TestPostFeeds:
    def test_each_names_its_post_its_comments_and_its_formats(self) -> None:
        root = page((), (), post_feeds(2))
        details = found(section(root, "post-feeds"), "details")[0]
        assert items(details) == [
            "Post 0" + "no comments yet · RSS 2.0 · Atom 1.0 · JSON Feed 1.1",
            "Post 1" + "1 comment · RSS 2.0 · Atom 1.0 · JSON Feed 1.1",
        ]

    def test_a_site_without_any_has_no_such_section(self) -> None:
        assert not found(page(), "//details")

    @pytest.mark.parametrize(
        ("count", "sentence"),
        [(201, "1 more post has a feed too"), (1434, "1,234 more posts have a feed too")],
    )
    def test_those_beyond_200_are_one_sentence(self, count: int, sentence: str) -> None:
        details = found(page((), (), post_feeds(count)), "//details")[0]
        assert len(items(details)) == 200
        last = said(found(details, "p")[-1])
        assert last == (
            f"{sentence}, at {FEEDS}comments/NAME.rss with the post’s name in the place of NAME."
        )

    def test_200_need_no_sentence(self) -> None:
        details = found(page((), (), post_feeds(200)), "//details")[0]
        assert len(items(details)) == 200
        assert not found(details, "p")


class TestFooter:
    def test_rights_and_labels_are_those_of_the_feeds_letter_for_letter(self) -> None:
        content = footer_html(settings(), feed("entries"), feed("comments", label="Réponses «RSS»"))
        assert (
            said(found(parse_part(content), "//p")[0]) == f"{RIGHTS} · Entries RSS · Réponses «RSS»"
        )

    def test_what_needs_no_escape_stands_in_the_bytes_as_it_is(self) -> None:
        content = footer_html(
            settings(rights="© 2021 O'Reilly Media, LLC."), feed("entries"), feed("comments")
        )
        assert "© 2021 O'Reilly Media, LLC." in content.decode()

    def test_without_rights_only_the_labels_are_left(self) -> None:
        content = footer_html(settings(rights=None), feed("entries"), feed("comments"))
        assert said(found(parse_part(content), "//p")[0]) == "Entries RSS · Comments RSS"

    @pytest.mark.parametrize(
        ("formats", "suffix", "media_type"),
        [
            (("rss", "atom", "json"), ".rss", "application/rss+xml"),
            (("atom", "rss"), ".rss", "application/rss+xml"),
            (("atom", "json"), ".atom", "application/atom+xml"),
            (("json",), ".json", "application/feed+json"),
        ],
    )
    def test_the_labels_lead_to_rss_or_to_the_first_format(
        self, formats: tuple[str, ...], suffix: str, media_type: str
    ) -> None:
        content = footer_html(settings(feeds=only(*formats)), feed("entries"), feed("comments"))
        links = found(parse_part(content), "//a")
        assert [a.get("href") for a in links] == [
            f"{FEEDS}entries{suffix}",
            f"{FEEDS}comments{suffix}",
        ]
        assert {a.get("type") for a in links} == {media_type}

    def test_the_page_has_the_very_same_line(self) -> None:
        line = footer_html(settings(), feed("entries"), feed("comments")).decode().splitlines()[1]
        content = index_html(settings(), feed("entries"), feed("comments"), ()).decode()
        assert f"<footer><p>{line}</p></footer>" in content


class TestHead:
    LINKS = (
        ("application/rss+xml", "Ann’s Blog (RSS 2.0)", FEEDS + "entries.rss"),
        ("application/atom+xml", "Ann’s Blog (Atom 1.0)", FEEDS + "entries.atom"),
        ("application/feed+json", "Ann’s Blog (JSON Feed 1.1)", FEEDS + "entries.json"),
        ("application/rss+xml", "Comments for Ann’s Blog (RSS 2.0)", FEEDS + "comments.rss"),
        ("application/atom+xml", "Comments for Ann’s Blog (Atom 1.0)", FEEDS + "comments.atom"),
        (
            "application/feed+json",
            "Comments for Ann’s Blog (JSON Feed 1.1)",
            FEEDS + "comments.json",
        ),
    )

    @staticmethod
    def links(root: etree._Element) -> tuple[tuple[str | None, ...], ...]:
        return tuple(
            (link.get("type"), link.get("title"), link.get("href"))
            for link in found(root, "//head/link[@rel='alternate']")
        )

    def test_it_names_each_feed_in_each_format(self) -> None:
        content = head_html(settings(), [feed("entries"), feed("comments")])
        assert self.links(parse(b"<!DOCTYPE html><title>t</title>" + content)) == self.LINKS

    def test_the_page_has_the_same_links(self) -> None:
        assert self.links(page()) == self.LINKS

    def test_one_format_needs_no_name(self) -> None:
        content = head_html(settings(feeds=only("rss")), [feed("entries")])
        root = parse(b"<!DOCTYPE html><title>t</title>" + content)
        assert [title for _, title, _ in self.links(root)] == ["Ann’s Blog"]


def hostile_page(text: str) -> bytes:
    bad = entry(text, authors=(Person(text),), summary="", content=None)
    return index_html(
        settings(title=text, description=text + "!", rights=text),
        feed("entries", [bad], title=text, label=text),
        feed("comments", [bad], title=text, label=text),
        [PostFeed(text, "https://blog.example/\"'><b>", FEEDS + "comments/\"'><b>", 1)],
    )


# fmt: off
TAGS = {
    "html", "head", "meta", "title", "link", "style", "body", "header", "main", "section", "footer",
    "div", "h1", "h2", "h3", "p", "a", "bdi", "ul", "li", "dl", "dt", "dd", "code", "wbr", "time",
    "details", "summary", "svg", "circle", "path",
}
# fmt: on


class TestSafe:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_a_hostile_title_is_text_wherever_it_stands(self, text: str) -> None:
        root = parse(hostile_page(text))
        for element in found(root, "//*"):
            assert etree.QName(element).localname in TAGS
            assert not [name for name in element.attrib if str(name).lower().startswith("on")]

    @pytest.mark.parametrize("text", HOSTILE[:8])
    def test_and_is_shown_letter_for_letter(self, text: str) -> None:
        root = parse(hostile_page(text))
        shown = [
            said(found(root, path)[0])
            for path in ("//h1/bdi", "//li/a/bdi", "//li/p/bdi", "//footer//bdi")
        ]
        assert shown == [text] * 4
        assert said(found(root, "//title")[0]) == f"Subscribe to {text}"

    def test_what_html_forbids_becomes_a_mark(self) -> None:
        root = parse(hostile_page(HOSTILE[8]))
        assert said(found(root, "//h1/bdi")[0]) == "a�b�c�d�e�f�g�h�i�j"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_the_parts_for_the_site_are_safe_too(self, text: str) -> None:
        bad = feed("entries", title=text, label=text)
        footer = parse_part(footer_html(settings(rights=text), bad, bad))
        head = parse(b"<!DOCTYPE html><title>t</title>" + head_html(settings(), [bad]))
        assert {str(e.tag) for e in found(footer, "//body//*")} == {"p", "bdi", "a"}
        assert {str(e.tag) for e in found(head, "//head/*")} == {"title", "link"}

    def test_the_page_loads_nothing_and_runs_nothing(self) -> None:
        root = page(*FULL, logo="https://blog.example/l.png", icon="https://blog.example/i.png")
        assert not found(root, "//script | //img | //iframe | //*[@src] | //*[@style]")
        assert not found(root, "//link[not(@rel='alternate')]")
        assert "url(" not in said(found(root, "//style")[0])
        [policy] = found(root, "//meta[@http-equiv='Content-Security-Policy']")
        assert policy.get("content") == "default-src 'none'; style-src 'unsafe-inline'"


def rendered(content: bytes, folder: Path) -> etree._Element:
    """Return the page as it stands in Chromium once everything has had its time to run."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    folder.mkdir()
    place = folder / "index.html"
    place.write_bytes(content)
    options = (
        "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
        " disable-component-update disable-sync virtual-time-budget=2000 dump-dom"
    )
    flags = [f"--{option}" for option in [*options.split(), f"user-data-dir={folder / 'profile'}"]]
    done = subprocess.run([browser, *flags, place.as_uri()], capture_output=True, timeout=120)
    return parse(done.stdout)


def test_a_browser_runs_no_title_and_shows_them_all(tmp_path: Path) -> None:
    """Without the page's policy, so that the escaping alone is shown to be enough."""
    texts = [text for text in HOSTILE if text.isprintable()]
    bad = [entry(text, authors=(Person(text),), summary="") for text in texts]
    content = index_html(
        settings(description="".join(texts)), feed("entries", bad), feed("comments", bad), ()
    )
    bare, policies = re.subn(rb'<meta http-equiv="Content-Security-Policy"[^>]*>', b"", content)
    assert policies == 1
    root = rendered(bare, tmp_path / "escaped")
    assert said(found(root, "//title")[0]) == "Subscribe to Ann’s Blog"
    assert [said(b) for b in found(section(root, "newest-posts"), ".//a/bdi")] == texts

    image = HOSTILE[1].removeprefix('">').encode()
    control = rendered(bare.replace(b"<h1>", b"<h1>" + image), tmp_path / "control")
    assert said(found(control, "//title")[0]) == "pwned", "this browser would have shown nothing"
