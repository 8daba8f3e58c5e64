"""Pages saved as HTML: what is the post, who said what below it, and what is furniture."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, FeedsError, Severity, StorageError, UsageError
from feeds.exports import LeftOut, Site, page, page_source
from feeds.exports.page import Page
from feeds.markup import Policy, to_html
from feeds.model import Comment, CommentPolicy, CommentType, Post
from feeds.settings import Limits
from feeds.sources import saved_page

PAGES = Path(__file__).parent / "html_pages"
URL = "https://blog.example/2020/05/tea/"


def saved(name: str, **options: object) -> Page:
    """One of the pages beside this file."""
    data = (PAGES / f"{name}.html").read_bytes()
    return page.parse(data, f"{name}.html", **options)  # type: ignore[arg-type]


def html(
    content: str = "<p>Leaves first.</p>",
    comments: str = "",
    head: str = "",
    body: str = "",
    title: str = "Tea at four",
) -> bytes:
    """A small page of a WordPress theme."""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="canonical" href="{URL}">{head}</head><body class="single">'
        f'<article class="post"><h1 class="entry-title">{title}</h1>'
        f'<div class="entry-content">{content}</div></article>'
        f'<div id="comments"><ol class="commentlist">{comments}</ol></div>{body}</body></html>'
    ).encode()


def comment(number: int = 1, text: str = "<p>Milk first.</p>", **parts: str) -> str:
    """One comment of such a page."""
    name = parts.get("name", "Ann")
    when = parts.get("when", '<time datetime="2020-05-02T10:00:00+02:00">then</time>')
    return (
        f'<li class="{parts.get("classes", "comment")}" id="comment-{number}">'
        f'<div class="comment-author"><cite class="fn">{name}</cite> <span class="says">says:</span>'
        f'</div><div class="comment-meta">{when}</div>'
        f'<div class="comment-content">{text}</div>{parts.get("replies", "")}</li>'
    )


def read(data: bytes, **options: object) -> Page:
    return page.parse(data, "tea.html", **options)  # type: ignore[arg-type]


def warnings(read_page: Page) -> str:
    return "\n".join(str(problem) for problem in read_page.warnings)


def left_out(read_page: Page) -> Counter[str]:
    counted: Counter[str] = Counter()
    for left in read_page.left_out:
        counted[left.kind] += left.count
    return counted


# --- the themes -----------------------------------------------------------------------------------

#: File → title, author, permalink, the ids of its comments with what each answers, and their names.
THEMES = {
    "kubrick": ("A kettle for the night train", None, {"12": None, "14": None}, "Ada cora"),
    "twenty_ten": ("Der Schlüssel im Blumentopf", "Heike Zaun", {"41": None, "43": "41"}, "Otto Heike"),
    "twenty_twenty_one": ("Rope, wax and a bell", "Ruta Salt", {"501": None, "502": "501"}, "Piet Ruta"),
    "twenty_twenty_three": ("A clock of sand", "Sahra", {"5": None, "6": "5"}, "Vim Sahra"),
    "genesis": ("Soup for nine", "Nell Ladle", {"31": None, "32": "31"}, "Vera Nell"),
    "thesis": ("Why owls file late", "Strix", {"61": None, "62": None}, "Bubo Tyto"),
    "blogger_threaded": (
        "Grey, and proud of it", "Shingle", {"8723498123": None, "999000111": "8723498123"}, "Sandy Shingle",
    ),
    "blogger_classic": (
        "Low D in the rain", "Reed", {"1234567890": None, "1234567891": None}, "Piper Anonymous",
    ),
    "typepad": (
        "Oil on a Sunday", "Latch Keeper",
        {"6a00d83451c00069e20133f3a1b2c3": None, "6a00d83451c00069e20133f3a1b2d4": None}, "Door Window",
    ),
    "drupal": ("Ink from walnuts", "Quill", {"7": None, "8": "7", "9": "8", "10": None}, "Nib Quill Nib Blot"),
    "staticman": ("Compass in a drawer", None, {"1": None, "2": "1"}, "Rose Needle"),
    "staticman_uid": (
        "A wide load", None,
        {
            "0a1b2c3d-1111-11ea-8888-0123456789ab": None,
            "0a1b2c3d-2222-11ea-8888-0123456789ab": "0a1b2c3d-1111-11ea-8888-0123456789ab",
            "3": None, "3-1": "3",
        },
        "Truss Span Pier Cable",
    ),
    "ghost": ("Une gare sans trains", "Luce Rail", {}, ""),
}  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_gives_its_post_and_its_thread(theme: str) -> None:
    title, author, thread, names = THEMES[theme]
    read_page = saved(theme)
    assert read_page.post.title == title
    assert [person.name for person in read_page.post.authors] == ([author] if author else [])
    assert {c.id: c.parent for c in read_page.comments} == thread
    assert [c.author.name.split()[0] for c in read_page.comments] == names.split()


@pytest.mark.parametrize("theme", THEMES)
def test_no_theme_leaves_its_words_in_what_people_wrote(theme: str) -> None:
    for item in saved(theme).comments:
        shown = to_html(item.body, URL, Policy(comment=True))
        for word in (
            "says",
            "Says",
            "Reply",
            "said",
            "Posted",
            "Antworten",
            "Edit",
            "2016",
            "avatar",
        ):
            assert word not in shown


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_is_filed_under_its_address(theme: str) -> None:
    read_page = saved(theme)
    assert read_page.post.path == (read_page.post.permalink or f"{theme}.html")
    assert {c.folder for c in read_page.comments} <= {read_page.post.path}
    assert all(c.path == f"{theme}.html" and c.line > 1 for c in read_page.comments)


def test_nothing_private_comes_along_from_any_page() -> None:
    for path in PAGES.glob("*.html"):
        if path.stem == "home":
            continue
        said = repr(page.parse(path.read_bytes(), path.name, pings=True))
        for private in (
            "gravatar",
            "mail.example",
            "ffeeddcc",
            "00112233",
            "99887766",
            "0123456789abcdef",
        ):
            assert private not in said, path.name


def test_the_number_of_wordpress_makes_the_guid() -> None:
    assert saved("kubrick").post.id == "http://lantern.example/?p=71"
    assert saved("twenty_ten").post.id == "https://gartenzaun.example/?p=305"
    assert saved("twenty_twenty_one").post.id == "https://mill.example/blog/?p=900"
    assert saved("twenty_twenty_one").post.aliases == ("/?p=900",)
    assert saved("ghost").post.id == "https://quai.example/gare/"
    assert saved("drupal").post.id == "https://quill.example/node/12"  # a short link without ?p=


def test_a_page_names_its_site() -> None:
    assert saved("twenty_ten").site == Site(
        "Gartenzaun", "https://gartenzaun.example/", "Beete und Leute", "de-DE"
    )
    assert saved("twenty_twenty_one").site.url == "https://mill.example/blog/"
    assert saved("kubrick").site.title == "Lantern Street"


def test_dates_keep_the_zone_that_the_author_wrote() -> None:
    published = saved("twenty_twenty_one").post.published
    assert published is not None
    assert published.isoformat() == "2021-03-04T09:15:00+02:00"
    blogger = saved("blogger_threaded").comments[0].published
    assert blogger == datetime(2016, 1, 6, 8, tzinfo=UTC)  # from the milliseconds in its link


def test_categories_and_tags_are_told_apart() -> None:
    post = saved("twenty_ten").post
    assert (post.categories, post.tags) == (("Leute",), ("Schlüssel",))
    assert saved("ghost").post.tags == ("voyages", "gares")
    blocks = saved("twenty_twenty_three").post
    assert (blocks.categories, blocks.tags) == (("Time",), ("sand",))


def test_the_more_mark_survives() -> None:
    assert "<!--more-->" in saved("kubrick").post.body.text
    assert "<!--more-->" in saved("blogger_threaded").post.body.text


def test_a_page_of_many_posts_is_refused() -> None:
    with pytest.raises(ContentError, match="lists 3 posts; save the page of each post"):
        saved("home")


def test_a_post_beside_links_to_others_is_no_list() -> None:
    card = '<article><h2><a href="/{}">Cups</a></h2></article>'
    own = f'<article class="post"><h2 class="entry-title"><a href="{URL}">Tea</a></h2><p>Leaves.</p></article>'
    data = f'<link rel="canonical" href="{URL}"><title>Tea</title>{own}{card.format(1)}{card.format(2)}'
    assert read(data.encode()).post.body.text == "<p>Leaves.</p>"


def test_closed_comments_are_closed() -> None:
    assert saved("kubrick").post.comments is CommentPolicy.CLOSED
    assert saved("twenty_ten").post.comments is CommentPolicy.AUTO


def test_hidden_comments_are_left_out_and_named() -> None:
    assert left_out(saved("kubrick"))["pending comments"] == 1
    assert left_out(saved("blogger_threaded"))["removed comments"] == 1


def test_pings_come_only_if_they_are_wanted() -> None:
    assert left_out(saved("twenty_ten"))["pingbacks"] == 1
    ping = saved("twenty_ten", pings=True).comments[-1]
    assert (ping.type, ping.author.name) == (CommentType.PINGBACK, "Rechen im Netz")
    assert ping.author.uri == "https://rechen.example/netz/"
    track = saved("twenty_twenty_one", pings=True).comments[-1]
    assert (track.type, track.author.name) == (CommentType.TRACKBACK, "Bells of the locks")


def test_lazy_pictures_get_their_address() -> None:
    assert saved("twenty_ten").post.body.text.count("<img") == 1
    assert 'src="/bilder/topf.jpg"' in saved("twenty_ten").post.body.text
    assert 'src="/img/gate.jpg"' in saved("twenty_twenty_one").post.body.text
    assert saved("twenty_twenty_one").post.image == "https://mill.example/img/bell.jpg"


# --- furniture ------------------------------------------------------------------------------------


def test_both_readers_of_pages_agree_on_what_is_furniture() -> None:
    text = saved_page.parse((PAGES / "furniture.txt").read_text("utf-8"))
    read_page = saved("furniture")
    ours = {(left.why, left.subject) for left in read_page.left_out}
    theirs = {(left.what, left.text) for left in text.left_out if left.what != "above the title"}
    assert ours - {("title again", text.title)} == theirs
    assert read_page.post.title == text.title
    assert [person.name for person in read_page.post.authors] == [text.author]
    assert read_page.responses == text.responses == 3
    assert (read_page.rights, read_page.entries_label) == (text.rights, text.entries_label)
    assert [c.author.name for c in read_page.comments] == [c.name for c in text.comments]
    for paragraph in text.paragraphs:
        assert f"<p>{paragraph}</p>" in read_page.post.body.text


def test_the_footers_words_are_kept() -> None:
    read_page = saved("kubrick")
    assert read_page.rights == "© 2007 Lantern Street Press. All rights reserved."
    assert (read_page.entries_label, read_page.comments_label) == (
        "Entries (RSS)",
        "Comments (RSS)",
    )


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        ('<div class="sharedaddy"><a href="#">Tweet it</a></div>', "share links"),
        ('<div class="yarpp-related"><h3>More</h3><p>Cups</p></div>', "related posts"),
        ('<div class="author-box"><p>Ann pours.</p></div>', "author's note"),
        ('<nav><a href="/x">Cups</a></nav>', "navigation"),
        ('<form action="/"><p>Join the letter</p></form>', "form"),
        ("<p>Please support our work with a small gift.</p>", "donation box"),
        ("<p>Share this post</p>", "share links"),
        ("<h3>Related posts</h3><ul><li>Cups</li><li>Pots</li></ul>", "related posts"),
        ('<div class="ez-toc-container"><p>Contents</p></div>', "table of contents"),
    ],
)
def test_furniture_behind_the_text_is_left_out_and_named(piece: str, kind: str) -> None:
    read_page = read(html("<p>Leaves first.</p>" + piece))
    assert read_page.post.body.text == "<p>Leaves first.</p>"
    assert kind in {left.why for left in read_page.left_out if left.kind == "furniture"}


def test_furniture_amid_the_text_stays_unless_it_is_unmistakable() -> None:
    text = "<p>Leaves first.</p><p>Twitter</p><p>Then water.</p>"
    assert read(html(text)).post.body.text == text


def test_a_class_is_not_believed_that_holds_most_of_the_text() -> None:
    text = f'<div class="social share"><p>{"Leaves and water. " * 120}</p></div>'
    assert "Leaves and water" in read(html(text)).post.body.text


def test_scripts_and_their_like_do_not_come_along() -> None:
    text = read(
        html('<p onclick="x()" data-x="1">Tea</p><script>alert(1)</script><style>p{}</style>')
    )
    assert text.post.body.text == "<p>Tea</p>"


def test_a_gravatar_is_nobodys_picture() -> None:
    text = '<p>Tea <img src="https://secure.gravatar.com/avatar/ff"> <a href="//gravatar.com/ff">x</a></p>'
    assert "gravatar" not in read(html(text)).post.body.text


def test_pictures_in_the_browsers_folder_are_named() -> None:
    text = '<p>Tea.</p><img src="./Tea_files/cup.jpg"><img src="https://x.example/pot.jpg">'
    assert "1 picture is in the folder" in warnings(read(html(text)))


def test_a_selector_says_where_the_text_is() -> None:
    read_page = read(html(body='<section class="x"><p>Cold tea.</p></section>'), selector=".x")
    assert read_page.post.body.text == "<p>Cold tea.</p>"
    with pytest.raises(ContentError, match=r"nothing on the page is '\.y'"):
        read(html(), selector=".y")
    with pytest.raises(UsageError, match="no selector of CSS"):
        read(html(), selector="p[")


# --- titles, addresses, dates ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Tea at four | Cups">', "Tea at four"),
        ('<meta property="og:title" content="Cups: Tea at four">', "Tea at four"),
        ('<meta property="og:title" content="Tea at four – and five">', "Tea at four – and five"),
        ('<meta property="og:title" content="Cups">', "The cup"),
    ],
)
def test_a_title_loses_the_sites_name_and_nothing_else(head: str, title: str) -> None:
    data = (
        f'<html><head><meta property="og:site_name" content="Cups">{head}</head><body>'
        "<h1>Cups</h1><article><h2 class='entry-title'>The cup</h2><p>Tea.</p></article></body></html>"
    )
    assert read(data.encode()).post.title == title


@pytest.mark.parametrize(
    ("url", "permalink"),
    [
        ("https://other.example/tea#comments", "https://other.example/tea"),
        (None, URL),
    ],
)
def test_the_callers_address_wins(url: str | None, permalink: str) -> None:
    assert read(html(), url=url).post.permalink == permalink


@pytest.mark.parametrize("url", ["tea", "ftp://x.example/", "https://ann:pw@x.example/", "\ud800"])
def test_a_bad_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        read(html(), url=url)


@pytest.mark.parametrize(
    ("head", "permalink"),
    [
        ('<link rel="canonical" href="https://u:p@x.example/">', None),
        ('<link rel="canonical" href="https://x.example/tea/comment-page-2/#comments">', "https://x.example/tea/"),
        ('<link rel="canonical" href="https://web.archive.org/web/2016/http://x.example/tea">', "http://x.example/tea"),
        ('<meta property="og:url" content="https://x.example/tea">', "https://x.example/tea"),
    ],
)  # fmt: skip
def test_an_address_is_cleaned(head: str, permalink: str | None) -> None:
    data = f"<html><head><title>Tea</title>{head}</head><body><article><p>Leaves.</p></article>"
    assert read(data.encode()).post.permalink == permalink


def test_a_page_without_an_address_says_so() -> None:
    data = b"<html><head><title>Tea</title></head><body><p>Leaves.</p></body></html>"
    read_page = read(data)
    assert read_page.post.permalink is None
    assert "give its address with --url" in warnings(read_page)


def test_where_a_browser_saved_it_from_is_an_address() -> None:
    data = (
        b"<!-- saved from url=(0022)https://x.example/tea -->\n<html><title>Tea</title><p>Leaves."
    )
    assert read(data).post.permalink == "https://x.example/tea"


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("July 11, 2011 at 12:25 pm", "2011-07-11T12:25:00"),
        ("10. Februar 2019 um 18:05 Uhr", "2019-02-10T18:05:00"),
        ("14/04/2020 at 3:00 pm", "2020-04-14T15:00:00"),
        ("23. Juli 2019 at 05:00", "2019-07-23T05:00:00"),
    ],
)
def test_printed_dates_are_read_as_utc_with_a_warning(printed: str, iso: str) -> None:
    when = f'<a href="#comment-1">{printed}</a>'
    read_page = read(html(comments=comment(when=when)))
    published = read_page.comments[0].published
    assert published is not None
    assert published.isoformat() == f"{iso}+00:00"
    assert "1 date without a zone read as UTC" in warnings(read_page)


def test_printed_dates_take_the_zone_that_held_nearest() -> None:
    zoned = '<time datetime="2020-{}T10:00:00+0{}:00">then</time>'
    read_page = read(
        html(
            comments=comment(1, when=zoned.format("01-05", 1))
            + comment(2, when=zoned.format("07-05", 2))
            + comment(3, when='<a href="#comment-3">July 1, 2020 at 9:00 am</a>')
            + comment(4, when='<a href="#comment-4">February 1, 2020 at 9:00 am</a>')
        )
    )
    offsets = [f"{c.published:%z}" for c in read_page.comments]
    assert offsets == ["+0100", "+0200", "+0200", "+0100"]
    assert "zone" not in warnings(read_page)


def test_an_ambiguous_date_is_none_and_named() -> None:
    read_page = read(html(comments=comment(when='<a href="#comment-1">10/11/2012 at 9:00 am</a>')))
    assert read_page.comments[0].published is None
    assert "1 date cannot be read, the first is '10/11/2012 at 9:00 am'" in warnings(read_page)


def test_an_automatic_description_is_no_excerpt() -> None:
    said = '<meta property="og:description" content="{}">'
    own = "Nobody waits for the kettle here."
    automatic = "Leaves first and then a little water"
    text = f"<p>{automatic} for everybody.</p>"
    excerpt = read(html(text, head=said.format(own))).post.excerpt
    assert excerpt is not None
    assert excerpt.text == own
    assert read(html(text, head=said.format(automatic))).post.excerpt is None
    assert read(html(text, head=said.format(own + " […]"))).post.excerpt is None


def test_base_resolves_what_the_page_links() -> None:
    base = '<base href="https://cdn.example/a/">'
    read_page = read(html('<p><a href="b">Leaf</a> <img src="c.png" alt="Cup"></p>', head=base))
    assert 'href="https://cdn.example/a/b"' in read_page.post.body.text
    assert 'src="https://cdn.example/a/c.png"' in read_page.post.body.text


# --- comments -------------------------------------------------------------------------------------


def test_a_reply_to_a_hidden_comment_answers_the_post() -> None:
    reply = f"<ol class='children'>{comment(2)}</ol>"
    pending = "<p>Your comment is awaiting moderation.</p><p>Hello.</p>"
    read_page = read(html(comments=comment(1, pending, replies=reply)))
    assert [(c.id, c.parent) for c in read_page.comments] == [("2", None)]


def test_an_in_reply_to_link_names_the_parent() -> None:
    link = '<a class="comment-parent" href="#comment-1">In reply to Ann</a><p>Never.</p>'
    read_page = read(html(comments=comment(1) + comment(2, link)))
    assert read_page.comments[1].parent == "1"
    assert read_page.comments[1].body.text == "<p>Never.</p>"


def test_depths_of_a_flat_list_make_a_thread() -> None:
    listed = "".join(
        comment(n, classes=f"comment depth-{d}") for n, d in ((1, 1), (2, 2), (3, 3), (4, 1))
    )
    parents = [c.parent for c in read(html(comments=listed)).comments]
    assert parents == [None, "1", "2", None]


def test_comments_without_numbers_have_ids_that_do_not_move() -> None:
    listed = '<div class="comment"><b class="fn">{0}</b><div class="comment-text">{0} drinks.</div></div>'
    first = read(html(comments=listed.format("Ann") + listed.format("Ben")))
    second = read(html(comments=listed.format("Ben")))
    assert first.comments[1].id == second.comments[0].id
    assert len({c.id for c in first.comments}) == 2


def test_two_comments_that_say_the_same_have_two_ids() -> None:
    listed = '<div class="comment"><b class="fn">Ann</b><div class="comment-text">Tea.</div></div>'
    assert len({c.id for c in read(html(comments=listed * 3)).comments}) == 3


@pytest.mark.parametrize(
    ("name", "shown"), [("ann@mail.example", "ann"), ("", "Anonymous"), ("A &lt;b&gt;", "A b")]
)
def test_names_are_shown_safely(name: str, shown: str) -> None:
    assert read(html(comments=comment(name=name))).comments[0].author.name == shown


@pytest.mark.parametrize(
    ("href", "uri"),
    [
        ("https://ann.example/", "https://ann.example/"),
        ("mailto:ann@mail.example", None),
        ("javascript:alert(1)", None),
        ("https://ann@mail.example", None),
        ("https://gravatar.com/0123", None),
        (f"{URL}#comment-1", None),
    ],
)
def test_only_a_web_page_is_the_commenters_own(href: str, uri: str | None) -> None:
    named = f'<a class="url" href="{href}">Ann</a>'
    assert read(html(comments=comment(name=named))).comments[0].author.uri == uri


def test_addresses_in_a_comment_lose_their_domain() -> None:
    text = (
        '<p>Ask <a href="mailto:ben@mail.example">ben@mail.example</a> or cy@mail.example,'
        ' not @dee@social.example.<img class="avatar" src="https://gravatar.com/avatar/ff"></p>'
    )
    said = read(html(comments=comment(text=text))).comments[0].body.text
    assert said == "<p>Ask ben@… or cy@…, not @dee@social.example.</p>"


def test_the_words_of_a_comment_are_kept_whole() -> None:
    text = '<p>I <em>reply</em>: <a href="/cups" rel="nofollow">cups</a></p><blockquote><p>Tea &lt; milk</p></blockquote>'
    said = read(html(comments=comment(text=text))).comments[0].body.text
    assert said == text.replace(' rel="nofollow"', "")


def test_comments_that_only_machines_see_are_read() -> None:
    told = (
        '<script type="application/ld+json">{"@type": "BlogPosting", "headline": "Tea at four",'
        ' "commentCount": 2, "comment": [{"@type": "Comment", "text": "One.\\n\\nTwo < three.",'
        f' "@id": "{URL}#comment-9", "datePublished": "2020-05-02T10:00:00Z",'
        ' "author": {"@type": "Person", "name": "Ann", "url": "https://ann.example/"}}]}</script>'
    )
    read_page = read(html(head=told))
    (said,) = read_page.comments
    assert (said.id, said.author.name, said.author.uri) == ("9", "Ann", "https://ann.example/")
    assert said.body.text == "<p>One.</p><p>Two &lt; three.</p>"
    assert read_page.responses == 2


def test_a_number_that_differs_is_a_warning_and_no_fact() -> None:
    heading = '<h3 class="comments-title">4 Responses to “Tea at four”</h3>'
    read_page = read(
        html(comments=comment()).replace(b'<ol class="comm', heading.encode() + b'<ol class="comm')
    )
    assert read_page.responses == 4
    assert len(read_page.comments) == 1
    assert "the page says 4 responses and has 1" in warnings(read_page)
    assert {problem.severity for problem in read_page.warnings} == {Severity.WARNING}


def test_other_pages_of_comments_are_named() -> None:
    nav = f'<div class="nav-previous"><a href="{URL}comment-page-2/#comments">Newer</a></div>'
    assert "comments page 2 is not in this file" in warnings(
        read(html(comments=comment(), body=nav))
    )


def test_the_page_of_comments_that_is_shown_is_not_missed() -> None:
    when = f'<a href="{URL}comment-page-3/#comment-1">May 2, 2020 at 9:00 am</a>'
    nav = f'<a href="{URL}comment-page-2/#comments">Older comments</a>'
    said = warnings(read(html(comments=comment(when=when), body=nav)))
    assert "comments page 2 is not" in said
    assert "comments page 3" not in said


def test_a_long_comment_is_cut_with_a_warning() -> None:
    read_page = read(html(comments=comment(text="<p>Tea.</p>" * 100)), limits=Limits(comment=50))
    assert read_page.comments[0].body.text == "<p>Tea.</p>" * 4 + "<p>Tea […]"
    assert "1 comment over 50 characters were cut" in warnings(read_page)


def test_a_comment_without_text_is_left_out() -> None:
    assert left_out(read(html(comments=comment(text=""))))["comments without text"] == 1


def test_comments_in_a_sidebar_are_none() -> None:
    side = f'<aside class="widget">{comment(8)}</aside>'
    assert [c.id for c in read(html(comments=comment(), body=side)).comments] == ["1"]


# --- files ----------------------------------------------------------------------------------------


def test_read_yields_the_site_then_the_post_then_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "tea.html"
    path.write_bytes(html(comments=comment(1) + comment(2)))
    items = list(page.read(path, url=None))
    assert [type(item) for item in items[:4]] == [Site, Post, Comment, Comment]


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(page.read(tmp_path / "none.html", url=None))


@pytest.mark.parametrize(
    ("head", "is_page"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b"\xef\xbb\xbf\n<HTML lang=en>", True),
        (b"<!-- saved from url=(0014)http://x -->\n<html>", True),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0">', True),
        ("\ufeff<html>".encode("utf-16-le"), True),
        (b'<?xml version="1.0"?><rss version="2.0">', False),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", False),
        (b"<disqus>", False),
        (b"A title\n\nSome text.", False),
        (b"{}", False),
        (b"", False),
        (b"<!--" * 1000, False),
    ],
)
def test_a_page_is_known_by_its_start(head: bytes, is_page: bool) -> None:
    assert page.recognised(head) is is_page


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(ContentError, match="the page is empty"):
        read(data)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(ContentError, match="more than 20 MB"):
        read(b"x" * (page.MAX_PAGE + 1))


@pytest.mark.parametrize(
    ("data", "title", "doubt"),
    [
        ("<meta charset=utf-8><title>Café</title><p>Tea.".encode(), "Café", ""),
        ("<meta charset=iso-8859-1><title>Café “x”</title><p>Tea.".encode("cp1252"), "Café “x”", ""),
        ("<meta charset=windows-1251><title>Чай</title><p>Tea.".encode("cp1251"), "Чай", ""),
        ("<meta charset=windows-1251><title>Чай</title><p>Tea.".encode(), "Чай", ""),
        ("<meta charset=utf-8><title>Café</title><p>Tea.".encode("cp1252"), "Café", "Windows-1252"),
        ("<title>Café</title><p>Tea.".encode("cp1252"), "Café", "Windows-1252"),
        ("<meta charset=rot13><title>Café</title><p>Tea.".encode("cp1252"), "Café", "Windows-1252"),
        ("<title>Café</title><p>Tea.".encode("utf-16"), "Café", ""),
        ("<title>Чай</title><p>".encode() + "Чай и вода, ".encode() * 9 + b"\xff", "Чай", "not all of it is UTF-8"),
    ],
)  # fmt: skip
def test_pages_are_decoded_by_what_they_are(data: bytes, title: str, doubt: str) -> None:
    read_page = read(data)
    assert read_page.post.title == title
    assert doubt in warnings(read_page)
    assert bool(doubt) == ("accents" in warnings(read_page))


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>y" * 200_000,
        "<table><tr><td></div>" * 60_000,
        "<b id=1><i id=2><u>" * 20_000 + "<p>y" * 20_000,
        '<a b="' * 200_001,
        "<!--" * 300_000,
        "<script>" * 100_000,
        "<p " + " ".join(f"a{n}" for n in range(100_000)) + ">",
        "<li id=comment-1>" * 50_000,
        "".join(f"<ol><li class=comment id=comment-{n}>y" for n in range(10_000)),
        "<span class='date comment-meta'>" * 900 + "<i></i>" * 50_000,
    ],
)
def test_a_hostile_page_costs_no_more_than_its_size(hostile: str) -> None:
    start = time.process_time()
    with suppress(FeedsError):
        read(html("<p>Leaves first.</p>", body=hostile))
    assert time.process_time() - start < 8


def test_a_page_of_too_many_tags_is_refused() -> None:
    with pytest.raises(ContentError, match="more tags in it than on any page"):
        read(html("<p>" * (page_source.MAX_TAGS + 1)))


_PIECES = st.sampled_from(
    [
        "<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<!--", "-->",
        "<script>", "</script>", "<title>", "</title>", "<textarea>", "<svg>", "<a href='", "'>", '"', "<", ">",
        "=", "&lt;", "&#0;", "<li id=comment-1>", "<li id=comment-2 class=comment>", "<ol class=commentlist>",
        "</ol>", "</li>", "<cite class=fn>", "ann@mail.example", "</cite>", "<time datetime=2020-01-01>", "tea ",
        "<dl id=comments>", "<dt id=c12345>", "<dd>", "<noscript>", "<img data-src=x>", "<article>", "<h1>",
        "<base href=//[>", "<link rel=canonical href=http://[>", "<select>", "<template>", "<frameset>", "\x00",
        "<![CDATA[", "]]>", "<?", "</", "<iframe>", "<a name=more>", "<plaintext>", "<form>", "<math>", "<mi>",
    ]
)  # fmt: skip


def test_what_xml_forbids_goes_from_the_names_of_tags_and_attributes_too() -> None:
    soup = b"<title>Tea</title><article><p>Some<x\x16y z\x16=1 \x16>text</p></article>"
    assert not set(read(soup).post.body.text) & {"\x16"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map("".join))
def test_any_soup_is_read_or_refused_and_nothing_private_is_held(soup: str) -> None:
    data = (f"<title>Tea</title>{soup}").encode("utf-8", "replace")
    try:
        read_page = read(data, pings=True)
    except ContentError:
        return
    ids = [c.id for c in read_page.comments]
    assert len(set(ids)) == len(ids)
    for said in read_page.comments:
        assert "mail.example" not in said.author.name + (said.author.uri or "") + said.body.text
        assert said.parent is None or said.parent in ids
        assert said.published is None or said.published.tzinfo is not None
    assert all(
        isinstance(left, LeftOut) and "mail.example" not in left.subject
        for left in read_page.left_out
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map("".join))
def test_bounding_a_bounded_page_changes_nothing(soup: str) -> None:
    once = page_source.bounded(soup)
    assert page_source.bounded(once) == once
