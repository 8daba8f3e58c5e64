"""Moving subscribers: what an old feed's entries become in ours, and how they keep their ids."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import adopting
from feeds.adopting import (
    Fate,
    Kind,
    Known,
    OldEntry,
    OldFeed,
    Remedy,
    Verdict,
    compare,
    keys,
    read_feed,
)
from feeds.errors import UsageError
from tests.builders import at

OLD_FEEDS = Path(__file__).parent / "old_feeds"
WORDPRESS = Path(__file__).parents[2] / "shared/data/wordpress"
CROWS, EGG = at("2024-04-02 08:00"), at("2024-03-01 10:30")
HOST = "https://kitchen.example"


def old(id: str = "https://blog.example/?p=1", **changes: Any) -> OldEntry:
    """An entry of the old feed."""
    values: dict[str, Any] = {
        "link": "https://blog.example/hello/",
        "title": "Hello",
        "date": CROWS,
    }
    return OldEntry(id, **values | changes)


def known(name: str = "hello", **changes: Any) -> Known:
    """A post of ours."""
    values: dict[str, Any] = {
        "id": f"tag:blog.example,2024:{name}",
        "link": f"https://blog.example/{name}/",
        "title": name.title(),
        "date": CROWS,
        "path": f"content/posts/{name}.md",
    }
    return Known(**values | changes)


def reply(on: str = "hello", number: int = 1, **changes: Any) -> Known:
    """A comment of ours."""
    post = f"tag:blog.example,2024:{on}"
    values: dict[str, Any] = {
        "id": f"{post}#comment-{number}",
        "link": f"https://blog.example/{on}/#comment-{number}",
        "title": f"Comment on {on.title()} by Ann",
        "date": at("2024-05-02 10:00"),
        "path": f"content/comments/{on}/{number}.md",
        "kind": Kind.COMMENT,
        "pinnable": False,
        "post": post,
    }
    return Known(**values | changes)


def fates(verdict: Verdict) -> list[str]:
    return [match.fate.value for match in verdict.matches]


def only(verdict: Verdict) -> adopting.Match:
    (match,) = verdict.matches
    return match


def saved(folder: Path, text: str | bytes, name: str = "old.xml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rss(*items: str, before: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'{before}<rss version="2.0"><channel><title>T</title>{inside}</channel></rss>'


# --- reading --------------------------------------------------------------------------------------

#: The kind; then of both entries the id, the link, and whether the feed itself gives the id.
SHAPES: dict[str, tuple[str, tuple[str, str, bool], tuple[str, str, bool]]] = {
    "wordpress.rss.xml": (
        "RSS 2.0",
        (f"{HOST}/?p=12", f"{HOST}/2024/04/02/counting-crows/", True),
        (f"{HOST}/?p=7", f"{HOST}/2024/03/01/boiling-an-egg/", True),
    ),
    "jekyll-feed.atom.xml": (
        "Atom 1.0",
        (f"{HOST}/2024/04/02/counting-crows", f"{HOST}/2024/04/02/counting-crows.html", True),
        (f"{HOST}/2024/03/01/boiling-an-egg", f"{HOST}/2024/03/01/boiling-an-egg.html", True),
    ),
    "hugo.rss.xml": (
        "RSS 2.0",
        (f"{HOST}/posts/counting-crows/", f"{HOST}/posts/counting-crows/", True),
        (f"{HOST}/posts/boiling-an-egg/", f"{HOST}/posts/boiling-an-egg/", True),
    ),
    "blogger.atom.xml": (
        "Atom 1.0",
        ("tag:blogger.com,1999:blog-31.post-412", f"{HOST}/2024/04/counting-crows.html", True),
        ("tag:blogger.com,1999:blog-31.post-377", f"{HOST}/2024/03/boiling-egg.html", True),
    ),
    "pelican.atom.xml": (
        "Atom 1.0",
        (
            "tag:kitchen.example,2024-04-02:/counting-crows.html",
            f"{HOST}/counting-crows.html",
            True,
        ),
        (
            "tag:kitchen.example,2024-03-01:/boiling-an-egg.html",
            f"{HOST}/boiling-an-egg.html",
            True,
        ),
    ),
    "ghost.rss.xml": (
        "RSS 2.0",
        ("660bbb10aa00000000000012", f"{HOST}/counting-crows/", True),
        ("65e1bb10aa00000000000007", f"{HOST}/boiling-an-egg/", True),
    ),
    # Readers that find no guid go by the redirect; people get to see the address behind it.
    "feedburner.rss.xml": (
        "RSS 2.0",
        (f"{HOST}/?p=12", f"{HOST}/counting-crows/?utm_source=rss&utm_medium=feed", True),
        ("http://feedproxy.burner.example/~r/kitchen/~3/dEf/", f"{HOST}/boiling-an-egg/", False),
    ),
    "rss10.rdf": (
        "RSS 1.0",
        (f"{HOST}/archives/000012.html", f"{HOST}/archives/000012.html", True),
        (f"{HOST}/archives/000007.html", f"{HOST}/archives/000007.html", True),
    ),
    "atom03.xml": (
        "Atom 0.3",
        ("tag:kitchen.example,2024://1.12", f"{HOST}/archives/000012.html", True),
        ("tag:kitchen.example,2024://1.7", f"{HOST}/archives/000007.html", True),
    ),
    "rss091.xml": (
        "RSS 0.91",
        (f"{HOST}/crows.html", f"{HOST}/crows.html", False),
        ("Boiling an egg", "", False),
    ),
    "feed.json": (
        "JSON Feed 1.1",
        ("12", f"{HOST}/counting-crows", True),
        (f"{HOST}/boiling-an-egg", f"{HOST}/boiling-an-egg", False),
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_feed_of_any_program_says_what_readers_know_its_entries_by(name: str) -> None:
    kind, *entries = SHAPES[name]
    feed = read_feed(OLD_FEEDS / name)
    assert (feed.kind, feed.title, feed.problems) == (kind, "Kitchen & Crows", ())
    assert [(entry.id, entry.link, entry.has_id) for entry in feed.entries] == entries
    assert [entry.title for entry in feed.entries] == ["Counting crows – again", "Boiling an egg"]
    if name != "rss091.xml":
        assert [entry.date for entry in feed.entries] == [CROWS, EGG]


@pytest.mark.parametrize("name", [name for name in SHAPES if not name.endswith(".json")])
def test_a_reader_reads_the_same_ids(name: str) -> None:
    theirs = feedparser.parse((OLD_FEEDS / name).read_bytes()).entries
    ours = read_feed(OLD_FEEDS / name).entries
    assert [e.get("id") or e.get("link") or e.title for e in theirs][: len(ours)] == [
        entry.id for entry in ours
    ]


@pytest.mark.skipif(not WORDPRESS.is_dir(), reason="feeds that WordPress wrote are not here")
@pytest.mark.parametrize("name", ["entries", "comments", "post-71", "post-74"])
def test_what_wordpress_itself_wrote_is_read_as_a_reader_reads_it(name: str) -> None:
    for suffix in ("rss", "atom"):
        path = WORDPRESS / f"{name}.{suffix}.xml"
        theirs = feedparser.parse(path.read_bytes()).entries
        ours = read_feed(path)
        assert [(e.id, e.link) for e in theirs] == [(e.id, e.link) for e in ours.entries]
        assert all(entry.date for entry in ours.entries)
        assert not ours.problems


@pytest.mark.skipif(not WORDPRESS.is_dir(), reason="feeds that WordPress wrote are not here")
def test_an_export_of_wordpress_is_a_feed_of_all_its_public_posts() -> None:
    ids = {entry.id for entry in read_feed(WORDPRESS / "export.wxr.xml").entries}
    posts = {entry.id for entry in read_feed(WORDPRESS / "entries.rss.xml").entries}
    assert len(posts & ids) > len(posts) / 2


def test_guids_are_trimmed_and_kept_otherwise(tmp_path: Path) -> None:
    guid = "<guid isPermaLink='false'>\n  Urn:A%2fb  &amp;c \n</guid>"
    (entry,) = read_feed(saved(tmp_path, rss(guid))).entries
    assert (entry.id, entry.is_permalink, entry.link) == ("Urn:A%2fb  &c", False, "")


def test_a_guid_that_is_a_permalink_is_the_link_too(tmp_path: Path) -> None:
    path = saved(tmp_path, rss("<guid>https://blog.example/a</guid>", "<guid>12</guid>"))
    first, second = read_feed(path).entries
    assert (first.is_permalink, first.link) == (True, "https://blog.example/a")
    assert (second.is_permalink, second.link) == (False, "")


def test_nobodys_address_is_held(tmp_path: Path) -> None:
    item = "<title>Comment on Tea by ann@mail.example</title><guid>1</guid><author>x@y.example</author>"
    feed = read_feed(saved(tmp_path, rss(item)))
    assert feed.entries[0].title == "Comment on Tea by ann"
    assert "@" not in repr(feed)


@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress,
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"\n\n  " + data,
        lambda data: data.decode().encode("utf-16"),
    ],
    ids=["gzip", "byte order mark", "blank lines", "UTF-16"],
)
def test_a_feed_is_read_however_it_is_packed(tmp_path: Path, pack: Any) -> None:
    feed = read_feed(saved(tmp_path, pack(rss("<title>é</title><guid>1</guid>").encode())))
    assert ([entry.title for entry in feed.entries], feed.problems) == (["é"], ())


def test_another_encoding_is_read_as_it_is_declared(tmp_path: Path) -> None:
    text = rss("<title>Käse – gut</title>", before='<?xml version="1.0" encoding="windows-1252"?>')
    feed = read_feed(saved(tmp_path, text.encode("cp1252")))
    assert [entry.title for entry in feed.entries] == ["Käse – gut"]


@pytest.mark.parametrize(
    "broken",
    [
        "a\x08b",
        "a & b",
        "a &nbsp; b",
        "a &#8; b",
        "a <br> b",
        b"a \x92 b",
        "a &undeclared; b",
    ],
)
def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes(
    tmp_path: Path, broken: str | bytes
) -> None:
    one = b"<title>" + (broken.encode() if isinstance(broken, str) else broken) + b"</title>"
    text = rss("\n<guid>1</guid>ONE", "<guid>2</guid>").encode().replace(b"ONE", one)
    feed = read_feed(saved(tmp_path, text))
    assert [entry.id for entry in feed.entries] == ["1", "2"]
    (problem,) = feed.problems
    assert (problem.severity, problem.line) == ("warning", 2)
    assert "not well-formed from here on" in problem.what


def test_a_feed_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    feed = read_feed(saved(tmp_path, rss("<guid>1</guid>", "<guid>2</guid>")[:80]))
    assert feed.entries[0].id == "1"
    assert len(feed.problems) == 1


def test_an_entry_without_id_link_and_title_is_passed_over_with_a_warning(tmp_path: Path) -> None:
    feed = read_feed(saved(tmp_path, rss("<description>x</description>", "<guid>2</guid>")))
    assert [entry.id for entry in feed.entries] == ["2"]
    assert "1 of its entries have neither id, nor link, nor title" in str(feed.problems[0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing in it"),
        ("  \n", "nothing in it"),
        ("<!doctype html><title>x</title>", "a web page, and not a feed; save the feed itself"),
        ("<!-- a --><!-- b --><HTML><head>", "a web page"),
        ('<?xml version="1.0"?><!DOCTYPE html><html xmlns="a"></html>', "a web page"),
        (
            (
                "<html><link rel=alternate><link href='https://b.example/f?a=1&amp;b=2'"
                ' type="application/rss+xml"/>'
            ),
            "curl -Lo old.xml 'https://b.example/f?a=1&b=2'",
        ),
        ("<urlset/>", "it starts with <urlset>"),
        ("<opml><body/></opml>", "it starts with <opml>"),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "neither RSS"),
        ("<feed/>", "neither RSS"),
        ("hello", "neither RSS, nor Atom, nor JSON Feed"),
        ("a < b", "neither RSS"),
        ("{", "not JSON"),
        ('{"a": ' * 50_000, "not JSON"),
        ("[]", "JSON, and no JSON Feed"),
        ('{"items": {}}', "JSON, and no JSON Feed"),
        (b"\x1f\x8b\x08broken", "packed by gzip, and broken"),
        (gzip.compress(b"x" * 9999)[:-9], "packed by gzip, and broken"),
        (b"\x89PNG\r\n\x1a\n\0\0", "neither RSS"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_next_step(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_feed(saved(tmp_path, text))
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "old.xml"))
    assert "curl" in str(caught.value)


def test_a_file_that_is_not_there_a_folder_and_an_address_are_refused(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.xml", "no such file"),
        (tmp_path, "a folder"),
        (Path("https://blog.example/feed"), "an address, and .* 'https://blog.example/feed'"),
        (Path(os.devnull), "not a regular file"),
    ):
        with pytest.raises(UsageError, match=words):
            read_feed(path)


def test_entities_are_not_expanded_and_files_not_read(tmp_path: Path) -> None:
    secret = saved(tmp_path, "SECRET", "secret.txt")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    for declared in (
        f'<!ENTITY x SYSTEM "file://{secret}">',
        '<!ENTITY x "SECRET">',
        f'<!ENTITY e0 "SECRET">{bomb}<!ENTITY x "&e11;">',
    ):
        text = rss("<guid>1</guid><title>a&x;b</title>", before=f"<!DOCTYPE rss [{declared}]>")
        feed = read_feed(saved(tmp_path, text))
        assert [entry.id for entry in feed.entries] == ["1"]
        assert "SECRET" not in feed.entries[0].title


@pytest.mark.parametrize(
    "text",
    [
        rss("<title>" + "<" * 400_000),
        rss("<title>" + "&" * 400_000 + "</title>"),
        rss("<title>" + "&lt;" * 400_000 + "</title><guid>1</guid>"),
        rss("<title>" + "a@" * 400_000 + "</title><guid>1</guid>"),
        rss("<link>http://" + "%41" * 400_000 + "</link>"),
        rss("<pubDate>" + "1 " * 400_000 + "</pubDate><guid>1</guid>"),
        "<rss>" * 200_000,
        "<!--" * 400_000,
        "<!---->" * 200_000,
        "<html>" + "<link " * 300_000,
        "<html>" + '<link rel="' + "rel=" * 300_000,
        "<?xml" + " " * 1_000_000,
        rss(*["<guid>1</guid>"] * 30_000),
        "[" * 1_000_000,
    ],
    ids=range(14),
)
def test_a_hostile_feed_costs_little(tmp_path: Path, text: str) -> None:
    start = time.monotonic()
    try:
        feed = read_feed(saved(tmp_path, text))
        compare(feed.entries, [known()])
    except UsageError:
        pass
    assert time.monotonic() - start < 4


@given(st.binary(max_size=300) | st.text("<>/rsitemgudlnk&;![]-CDAT \n?\"='{}:,", max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes | str
) -> None:
    path = saved(tmp_path_factory.getbasetemp(), data, "any.xml")
    try:
        feed = read_feed(path)
    except UsageError:
        return
    assert all(entry.id for entry in feed.entries)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda v: (
            st.lists(v, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "url", "title", "items", "date_published"]), v, max_size=5
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=100, deadline=None)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, items: Any) -> None:
    path = saved(tmp_path_factory.getbasetemp(), json.dumps({"items": [items]}), "any.json")
    assert len(read_feed(path).entries) <= 1


# --- addresses and titles -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://blog.example/a/b%C3%A9",
        "https://www.Blog.example/a/bé/",
        "https://blog.example:443/a/be\u0301/index.html",
        "https://blog.example/a/b%c3%a9/index.php?utm_source=x&utm_medium=y",
        "https://blog.example/a/b%C3%A9?fbclid=1#top",
        " https://blog.example./a/b%C3%A9/?&gclid=1 ",
    ],
)
def test_an_address_of_a_page_has_many_spellings(address: str) -> None:
    assert keys.page_key(address) == "blog.example/a/bé"


@pytest.mark.parametrize(
    "address",
    [
        "https://blog.example/A/b%C3%A9",
        "https://blog.example/a/b%C3%A9?p=1",
        "https://blog.example:8080/a/b%C3%A9",
        "https://other.example/a/b%C3%A9",
        "https://blog.example/a",
    ],
)
def test_another_page_has_another_address(address: str) -> None:
    assert keys.page_key(address) not in {"", "blog.example/a/bé"}


@pytest.mark.parametrize(
    "address", ["", "tag:a,2024:b", "/a", "https://", "http://[", "https://a:99999/", "x" * 9999]
)
def test_what_is_no_address_has_no_key(address: str) -> None:
    assert keys.page_key(address) == ""


@given(st.text(max_size=60))
def test_any_text_has_keys(text: str) -> None:
    for address in (text, f"https://blog.example/{text}"):
        assert isinstance(keys.page_key(address), str)
        assert isinstance(keys.anchor_key(address), str)
        keys.alias_key(text, "https://blog.example/")
    keys.means_comment(text)
    keys.title_key(text)


# --- comparing ------------------------------------------------------------------------------------


def test_the_same_id_is_the_same_entry_whatever_else_differs() -> None:
    entry = old("tag:blog.example,2024:hello", link="https://else.example/x", title="Other")
    match = only(compare([entry], [known()]))
    assert (match.fate, match.by, match.link_changes) == (Fate.SAME, "its id", True)
    assert compare([entry], [known()]).exit_code == 0


@pytest.mark.parametrize(
    "id", ["tag:blog.example,2024:Hello", "tag:blog.example,2024:hello ", "tag:blog.example,2024:h"]
)
def test_an_id_that_differs_by_one_byte_is_another(id: str) -> None:
    verdict = compare([old(id)], [known()])
    assert (fates(verdict), verdict.exit_code) == (["new"], 1)


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({"link": "http://www.blog.example/hello?utm_source=feed"}, "its link"),
        ({"link": "https://blog.example/was/here/"}, "a former address"),
        ({"link": "https://blog.example/x", "title": "HELLO!"}, "its title and moment"),
        (
            {"link": "", "title": "Hello", "date": at("2024-04-02 20:00")},
            "its title and day",
        ),
        ({"link": "https://before.example/hello/", "title": "Then"}, "its path, on another host"),
        ({"link": "https://before.example/was/here", "title": ""}, "its path, on another host"),
    ],
)
def test_an_entry_under_another_id_would_come_back_as_new(changes: Any, by: str) -> None:
    ours = [known(aliases=("/was/here", "?p=99")), known("other")]
    match = only(compare([old("urn:x:1", **changes)], ours))
    assert (match.fate, match.known, match.by) == (Fate.NEW, ours[0], by)


def test_wordpress_guids_are_known_by_a_former_address() -> None:
    ours = [known(aliases=("/?p=1",)), known("other", aliases=("https://blog.example/?p=2",))]
    entries = [old(f"http://blog.example/?p={n}", link="", title="") for n in (2, 1, 3)]
    verdict = compare(entries, ours)
    assert [match.known for match in verdict.matches] == [ours[1], ours[0], None]
    assert verdict.matches[0].by == "a former address"


def test_what_is_not_ours_is_missing() -> None:
    entry = old(link="https://blog.example/gone", title="Gone")
    assert fates(compare([entry], [known()])) == ["missing"]
    assert fates(compare([entry], [])) == ["missing"]
    assert compare([], [known()]) == Verdict(())


def test_two_posts_of_one_title_and_day_are_nobodys() -> None:
    ours = [known("a", title="Links"), known("b", title="Links")]
    match = only(compare([old(link="https://blog.example/z", title="Links")], ours))
    assert match.fate is Fate.MISSING
    assert match.note == "two or more of ours have its title and moment, so none was taken"


def test_two_posts_of_one_title_and_day_are_told_apart_by_the_moment() -> None:
    ours = [known("a", title="Links"), known("b", title="Links", date=at("2024-04-02 09:00"))]
    match = only(compare([old(link="", title="Links", date=at("2024-04-02 09:00"))], ours))
    assert match.known == ours[1]


def test_the_home_page_is_the_address_of_no_post() -> None:
    match = only(compare([old(link="https://before.example/", title="x")], [known()]))
    assert match.fate is Fate.MISSING


def test_a_post_is_found_for_one_entry_only() -> None:
    entries = [old("urn:x:1"), old("urn:x:2"), old("tag:blog.example,2024:b", title="B", link="")]
    verdict = compare(entries, [known(), known("b")])
    assert fates(verdict) == ["new", "missing", "same"]
    assert "content/posts/hello.md is another entry of the old feed" in verdict.matches[1].note
    # What readers know by its id is not shown again under another.
    both = [old("urn:x:1"), old("tag:blog.example,2024:hello")]
    assert fates(compare(both, [known()])) == ["missing", "same"]


def test_the_surest_claim_to_a_post_wins() -> None:
    entries = [old("urn:x:1", link="https://before.example/hello/", title="x"), old("urn:x:2")]
    assert fates(compare(entries, [known()])) == ["missing", "new"]


def test_an_id_that_stands_twice_is_compared_once() -> None:
    assert fates(compare([old("a:1"), old("a:1", link="https://z.example")], [known()])) == ["new"]


def test_an_entry_without_id_is_said_to_be_doubtful() -> None:
    entry = old("https://blog.example/hello/", has_id=False)
    for ours in (known(), known(id="https://blog.example/hello/")):
        assert "gives it no id" in only(compare([entry], [ours])).note


def test_comments_are_told_apart_by_their_anchors() -> None:
    ours = [known(), reply(number=1), reply(number=12), known("b"), reply("b", 12)]
    entries = [
        old("urn:x:1", link="http://blog.example/hello/#comment-12", title="By: Ann"),
        old("urn:x:2", link="http://blog.example/b?x#comment-12"),
        old("urn:x:3", link="http://blog.example/b/?showComment=12#c12", title="By: Bob"),
        old("urn:x:4", link="http://blog.example/hello/#comment-13", title="By: Cy"),
        old("urn:x:5", link="http://blog.example/hello/#utm_source=rss", title="x"),
    ]
    verdict = compare(entries, ours)
    assert [match.known for match in verdict.matches] == [ours[2], None, ours[4], None, ours[0]]


def test_comments_are_found_on_a_former_page_of_their_post() -> None:
    ours = [known(aliases=("/?p=7", "/old/hello.html")), reply(number=3)]
    for link in ("http://blog.example/?p=7#comment-3", "http://was.example/old/hello.html#c3"):
        assert only(compare([old("urn:x", link=link)], ours)).known == ours[1]


# --- pins -----------------------------------------------------------------------------------------


def test_a_post_that_would_come_back_is_to_be_pinned() -> None:
    verdict = compare([old()], [known()])
    assert only(verdict).remedy is Remedy.PIN
    assert [(p.path, p.id) for p in verdict.pins] == [
        ("content/posts/hello.md", "https://blog.example/?p=1")
    ]


@pytest.mark.parametrize(
    ("id", "changes", "words"),
    [
        ("660bbb10aa", {}, "no absolute URI"),
        ("12 at https://blog.example", {}, "no absolute URI"),
        ("urn:x:1", {"pinnable": False}, "no front matter"),
    ],
)
def test_what_cannot_be_pinned_says_why(id: str, changes: Any, words: str) -> None:
    verdict = compare([old(id)], [known(**changes)])
    assert (only(verdict).remedy, verdict.pins) == (Remedy.NONE, ())
    assert words in only(verdict).note


def test_comments_follow_the_post_that_is_pinned() -> None:
    guid = "https://blog.example/?p=1"
    entries = [old(guid), old(f"{guid}#comment-3", link="https://blog.example/hello/#comment-3")]
    verdict = compare(entries, [known(), reply(number=3)])
    assert [match.remedy for match in verdict.matches] == [Remedy.PIN, Remedy.FOLLOWS]
    assert len(verdict.pins) == 1


def test_ids_of_comments_say_what_the_id_of_their_post_was() -> None:
    entry = old("urn:x:7#comment-3", link="https://blog.example/hello/#comment-3")
    verdict = compare([entry], [known(), reply(number=3)])
    assert [(p.known.kind, p.id) for p in verdict.pins] == [(Kind.POST, "urn:x:7")]
    assert only(verdict).remedy is Remedy.FOLLOWS


def test_they_do_not_if_they_disagree_or_the_post_keeps_its_id() -> None:
    comments = [
        old(f"urn:x:{n}#comment-{n}", link=f"https://blog.example/hello/#comment-{n}")
        for n in (3, 4)
    ]
    ours = [known(), reply(number=3), reply(number=4)]
    assert compare(comments, ours).pins == ()
    assert compare([old(known().id), comments[0]], ours).pins == ()


def test_an_id_that_another_entry_of_ours_has_is_not_pinned() -> None:
    ours = [known(), known("b", id="urn:x:1", link="https://z.example/")]
    assert compare([old("urn:x:2"), old("urn:x:1")], ours).pins[0].id == "urn:x:2"


# --- advice ---------------------------------------------------------------------------------------

PRESETS: adopting.Presets = {
    "hugo": lambda post: post.link,
    "permalink": lambda post: post.link,
    "jekyll-feed": lambda post: post.link.rstrip("/"),
}


def series(*ids: str) -> tuple[list[OldEntry], list[Known]]:
    """Old entries with these ids, and ours by their links."""
    ours = [known(f"p{n}") for n in range(len(ids))]
    return [old(id, link=post.link, title="") for id, post in zip(ids, ours, strict=True)], ours


def test_a_preset_that_gives_all_old_ids_is_named() -> None:
    entries, ours = series(*(f"https://blog.example/p{n}/" for n in range(20)))
    assert compare(entries, ours, PRESETS).advice == (
        'set ids = "permalink" in site.toml: 20 of 20 ids would then be the old ones',
    )


def test_the_rest_of_them_is_to_be_pinned() -> None:
    entries, ours = series("https://blog.example/p0", "https://blog.example/p1", "urn:x:2")
    assert compare(entries, ours, PRESETS).advice == (
        (
            'set ids = "jekyll-feed" in site.toml: 2 of 3 ids would then be the old ones;'
            " then pin the other 1"
        ),
    )


def test_presets_are_asked_for_posts_and_comments_follow() -> None:
    entries, ours = series("https://blog.example/p0/")
    ours.append(reply("p0", 3))
    entries.append(old("https://blog.example/p0/#comment-3", link=ours[1].link))
    assert "2 of 2" in compare(entries, ours, PRESETS).advice[0]


def test_a_common_start_is_named() -> None:
    entries, ours = series("urn:blog:p0", "urn:blog:p1", "urn:blog:p2")
    assert compare(entries, ours, PRESETS, ids="tag:blog.example,2024:").advice == (
        'set ids = "urn:blog:" in site.toml: 3 of 3 ids would then be the old ones',
    )


@pytest.mark.parametrize(
    "ids",
    [
        ["https://blog.example/?p=0", "https://blog.example/?p=1"],
        ["urn:a:p0", "urn:b:p1"],
        ["urn:a:x", "urn:a:p1"],
        ["p0", "p1"],
        ["urn:blogp0", "urn:blogp1"],
    ],
)
def test_what_does_not_end_in_our_names_has_no_common_start(ids: list[str]) -> None:
    assert compare(*series(*ids), ids="tag:blog.example,2024:").advice == ()


def test_permalinks_of_another_scheme_are_no_rule_and_it_says_so() -> None:
    entries, ours = series("http://blog.example/p0/", "http://blog.example/p1/")
    (advice,) = compare(entries, ours, PRESETS).advice
    assert "permalinks of another scheme or host" in advice
    assert "pin them" in advice


def test_ids_that_no_preset_makes_are_no_permalinks_of_another_host() -> None:
    presets: adopting.Presets = dict(PRESETS) | {"pelican": lambda post: f"tag:x:{post.link}"}
    assert (
        compare(*series(*(f"https://blog.example/?p={n}" for n in range(3))), presets).advice == ()
    )


@pytest.mark.parametrize(
    "ids",
    [
        ["tag:blog.example,2024:p0", "tag:blog.example,2024:p1"],
        ["https://blog.example/p0/"],
        ["urn:x:1", "urn:y:2"],
        ["tag:blog.example,2024:p0", "tag:blog.example,2024:p1", "https://blog.example/p2/"],
        [],
    ],
    ids=["all kept", "one", "no rule", "the present rule is better", "none"],
)
def test_there_is_no_advice_without_a_rule(ids: list[str]) -> None:
    assert compare(*series(*ids), PRESETS).advice == ()


# --- what always holds ----------------------------------------------------------------------------

_IDS = st.sampled_from(["urn:a", "urn:b", "urn:a#comment-1", "https://b.example/x", "1"])
_LINKS = st.sampled_from(
    ["", "https://b.example/x", "http://b.example/x/#comment-1", "https://b.example/y", "nothing"]
)
_TITLES = st.sampled_from(["", "One", "one!", "Two"])
_DATES = st.sampled_from([None, CROWS, EGG])
_OLD = st.builds(OldEntry, _IDS, _LINKS, _TITLES, _DATES, has_id=st.booleans())
_KNOWN = st.builds(
    Known,
    id=_IDS,
    link=_LINKS,
    title=_TITLES,
    date=_DATES,
    path=st.sampled_from(["a.md", "b.md"]),
    kind=st.sampled_from(list(Kind)),
    pinnable=st.booleans(),
    aliases=st.sampled_from([(), ("/y",), ("http://[",)]),
    post=st.sampled_from([None, "urn:a"]),
)


@given(st.lists(_OLD, max_size=6), st.lists(_KNOWN, max_size=6))
@settings(max_examples=300, deadline=None)
def test_same_is_said_of_equal_ids_only_and_of_all_of_them(
    entries: list[OldEntry], ours: list[Known]
) -> None:
    verdict = compare(entries, ours, PRESETS)
    ids = {one.id for one in ours}
    assert [match.old.id for match in verdict.matches] == list(
        dict.fromkeys(entry.id for entry in entries)
    )
    for match in verdict.matches:
        assert (match.fate is Fate.SAME) == (match.old.id in ids)
        assert (match.known is None) == (match.fate is Fate.MISSING)
        if match.known:
            assert (match.fate is Fate.SAME) == (match.known.id == match.old.id)
    found = [match.known.id for match in verdict.matches if match.known]
    assert len(set(found)) == len(found)
    pinned = [one.id for one in verdict.pins]
    assert len(set(pinned)) == len(pinned)
    assert not ids & set(pinned)
    assert all(one.known.pinnable and one.known.kind is Kind.POST for one in verdict.pins)
    assert adopting.lines([OldFeed("a.xml", "RSS", "", tuple(entries))], verdict)


def test_many_entries_take_no_longer_than_they_must() -> None:
    ours = [known(f"p{n}", title="Links", aliases=(f"/?p={n}",)) for n in range(20_000)]
    entries = [old(f"urn:x:{n}", link="https://z.example/", title="Links") for n in range(20_000)]
    start = time.monotonic()
    verdict = compare(entries, ours, PRESETS)
    assert len(verdict.of(Fate.MISSING)) == 20_000
    assert time.monotonic() - start < 8


# --- the report -----------------------------------------------------------------------------------


def test_the_report_counts_names_and_says_what_to_do() -> None:
    entries = [
        old("tag:blog.example,2024:kept", link="https://blog.example/kept/", title="Kept"),
        old(),
        old("urn:x:3", link="https://blog.example/secret/", title="Secret\x1b[2J"),
    ]
    verdict = compare(entries, [known(), known("kept")], PRESETS)
    feed = OldFeed("old.xml", "RSS 2.0", "A blog", tuple(entries))
    assert adopting.lines([feed], verdict, why=lambda link: "its status is 'draft'") == [
        "old.xml: RSS 2.0, 'A blog', 3 entries",
        "  keep their id                1",
        "  would come back as new       1",
        "  are missing in ours          1",
        "",
        "would come back as new:",
        "  'Hello', content/posts/hello.md",
        "    old  https://blog.example/?p=1",
        "    new  tag:blog.example,2024:hello",
        "    known by its link; --write pins its old id",
        "",
        "missing:",
        "  'Secret\\x1b[2J', https://blog.example/secret/",
        "    its status is 'draft'",
        "",
        "next: --write pins the old ids of 1 post",
    ]
    assert verdict.exit_code == 1


def test_the_report_names_as_many_as_it_is_asked_to() -> None:
    entries, ours = series(*(f"urn:{n}:" for n in range(9)))
    report = adopting.lines([], compare(entries, ours), named=2, written=True)
    assert "  … and 7 more" in report
    assert not any("--write" in line for line in report)


def test_the_report_tells_of_other_links_and_of_comments_that_stay() -> None:
    entries = [
        old(known().id, link="http://blog.example/hello"),
        old("urn:x:3", link="https://blog.example/hello/#comment-3"),
    ]
    text = "\n".join(adopting.lines([], compare(entries, [known(), reply(number=3)])))
    assert "1 of those that keep their id have another link" in text
    assert "next: 1 comment would be read twice" in text
