"""Whatever an author or a stranger writes comes out as text or as markup that harms nobody."""

from __future__ import annotations

import html
import re
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds import markup
from feeds.markup import POST, Policy, to_html
from feeds.model import Body, Markup

BASE = "https://blog.example/2024/05/hello"
COMMENT = Policy(comment=True)
WITH_IMAGES = Policy(comment=True, images=True)


def html_of(text: str, policy: Policy = COMMENT) -> str:
    """What becomes of HTML."""
    return to_html(Body(text, Markup.HTML), BASE, policy)


def rendered(text: str, policy: Policy = COMMENT) -> str:
    """What becomes of Markdown."""
    return to_html(Body(text), BASE, policy)


def parsed(clean: str) -> Any:
    """The elements that a browser makes of it, in one that is our own."""
    return html5lib.parseFragment(clean, namespaceHTMLElements=False)


def elements(clean: str) -> Iterator[Any]:
    """Every element in it."""
    fragment = parsed(clean)
    yield from (element for element in fragment.iter() if element is not fragment)


# --- text that XML can carry ----------------------------------------------------------------------

ANY_TEXT = st.text(st.characters())  # lone surrogates, control characters and all


def _may_stand_in_xml(c: str) -> bool:
    return c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")


@given(ANY_TEXT)
@example("\x00\x08\x0b\x0c\x1f\ud800\udfff\ufffe\uffff")
@example("\x7f\x85\u200b\u2028\ufdd0\U0001fffe\U0010ffff")
@settings(max_examples=300, deadline=None)
def test_legal_text_can_be_encoded_and_read_back_from_xml(text: str) -> None:
    legal = markup.legal(text)
    document = f"<text>{html.escape(legal)}</text>".encode()
    read = etree.fromstring(document).text or ""
    assert read == legal.replace("\r\n", "\n").replace("\r", "\n")


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_legal_text_lacks_what_xml_forbids_and_nothing_else(text: str) -> None:
    assert markup.legal(text) == "".join(filter(_may_stand_in_xml, text))


def test_what_xml_forbids_can_be_replaced_so_that_it_shows() -> None:
    assert markup.legal("a\x08b\ud800", markup.REPLACEMENT) == "a\ufffdb\ufffd"


@pytest.mark.parametrize(("text", "place"), [("ab\x08c\x00", 2), ("\ud800", 0), ("ab\t\n", None)])
def test_the_first_illegal_character_is_found(text: str, place: int | None) -> None:
    found = markup.first_illegal(text)
    assert (found.start() if found else None) == place


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\n lines\t here ", "two lines here"),
        ("no\u00a0break\u2003space", "no break space"),
        ("a\x00\x08b", "ab"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("\x1b[2J", "[2J"),
        (" \n ", ""),
    ],
)
def test_a_title_stands_on_one_line(text: str, line: str) -> None:
    assert markup.one_line(text) == line


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_escaped_text_is_html_that_shows_the_text(text: str) -> None:
    text = markup.legal(text)
    assert html.unescape(markup.escaped("<" + text)) == html.unescape("&lt;" + html.escape(text))
    assert "<" not in markup.escaped(text)


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Ann", "Ann"),
        ("  Ann \n Lee ", "Ann Lee"),
        ("null", "null"),
        ("Zoë 日本 🙂", "Zoë 日本 🙂"),
        ("O'Neil & Sons", "O'Neil & Sons"),
        # addresses
        ("ann@blog.example", "ann"),
        ("Ann <ann@blog.example>", "Ann ann"),
        ("Ann (ann@blog.example)", "Ann (ann)"),
        ("mail ann@blog.example, or bob@blog.example.", "mail ann, or bob"),
        ("ann@blog.example@blog.example", "ann"),
        ("<ann>@blog.example", "ann"),
        ("ann@blog<>.example", "ann"),
        ("ann(work)@blog.example", "ann(work)"),
        ("ann@(blog.example)", "ann)"),
        ("ann@[192.0.2.1]", "ann"),
        ("ann@blog\x08.example", "ann"),
        ("@ann@social.example", "@ann"),
        ("ann&#64;blog.example", "ann"),
        ("ann&#x40;blog&period;example", "ann"),
        ("ann&commat;blog.example", "ann"),
        ("ann&amp;#64;blog.example", "ann"),
        ("&lt;ann&#64;blog.example&gt;", "ann"),
        ("Q&amp;A", "Q&amp;A"),
        # what is no address
        ("@ann", "@ann"),
        ("Ann @ Work", "Ann @ Work"),
        ("me@home", "me@home"),
        # angle brackets
        ("<b>Ann</b>", "bAnn/b"),
        ("<script>", "script"),
        # nothing to see
        ("", "Anonymous"),
        (" \n\t", "Anonymous"),
        ("<>", "Anonymous"),
        ("\u200b\u200d", "Anonymous"),
        ("\x00\x08", "Anonymous"),
        ("\u202e", "Anonymous"),
        ("\u3164\u2800", "Anonymous"),
        ("\u0301", "Anonymous"),
        ("?", "?"),
    ],
)
def test_a_name_is_shown_without_address_brackets_and_trickery(written: str, shown: str) -> None:
    assert markup.display_name(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u202eevil", "\u2068\u202eevil\u2069"),
        ("a\u2067b\u2069\u2069c", "\u2068abc\u2069"),
    ],
)
def test_a_name_that_turns_the_line_turns_itself_only(written: str, shown: str) -> None:
    assert markup.display_name(written) == shown


@pytest.mark.parametrize(
    ("length", "limit", "shown"),
    [(200, 200, "x" * 200), (201, 200, "x" * 199 + "…"), (9, 3, "xx…"), (9, 1, "x…")],
)
def test_a_long_name_is_cut(length: int, limit: int, shown: str) -> None:
    assert markup.display_name("x" * length, limit) == shown


_NAME_BITS = ["@", "@@", ".", "<", ">", "(", ")", " ", "ann", "blog.example", "\x08", ",", "…"]


@given(st.text() | st.lists(st.sampled_from([*_NAME_BITS, "\u202e"]), max_size=12).map("".join))
@settings(max_examples=500, deadline=None)
def test_a_shown_name_is_never_empty_and_never_an_address(written: str) -> None:
    shown = markup.display_name(written)
    assert shown.strip()
    assert not re.search(r"[<>\n\r]", shown)
    assert not re.search(r"[^\s@]@[^\s@]*\.[^\s@(),;]", shown.strip("\u2068\u2069"))
    assert markup.legal(shown) == shown


@given(st.lists(st.sampled_from([*_NAME_BITS, "é", "&"]), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_a_shown_name_stays_as_it_is(written: str) -> None:
    shown = markup.display_name(written)
    assert markup.display_name(shown) == shown


# --- Markdown -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Well *said*.", "<p>Well <em>said</em>.</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("~~no~~", "<p><del>no</del></p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("    $ feeds build", "<pre><code>$ feeds build\n</code></pre>"),
        ("<pre>\n\ntwo lines down</pre>", "<pre>\n\ntwo lines down</pre>"),
        ("<b>bold</b>", "<p><b>bold</b></p>"),
        ("a\x00b\x08c", "<p>abc</p>"),
        ("", ""),
        ("   \n\n", ""),
    ],
)
@pytest.mark.parametrize("policy", [COMMENT, POST], ids=["comment", "post"])
def test_markdown_becomes_html(text: str, expected: str, policy: Policy) -> None:
    assert rendered(text, policy) == expected


@pytest.mark.parametrize(
    "reference", ["&#xfffe;", "&#xFFFF;", "&#65535;", "[^&#xffff;]\n\n[^&#xffff;]: x"]
)
@pytest.mark.parametrize("policy", [COMMENT, POST], ids=["comment", "post"])
def test_a_reference_to_no_character_costs_itself_only(reference: str, policy: Policy) -> None:
    clean = rendered(f"before {reference} after", policy)
    assert "before" in clean
    assert "after" in clean


def test_a_bare_address_of_the_web_becomes_a_link() -> None:
    assert rendered("see https://a.example/b") == (
        '<p>see <a href="https://a.example/b" rel="nofollow ugc">https://a.example/b</a></p>'
    )


def test_an_e_mail_address_in_a_comment_is_text_and_no_link() -> None:
    assert rendered("I am ann@blog.example") == "<p>I am ann@blog.example</p>"


def test_posts_have_tables_and_footnotes_and_comments_do_not() -> None:
    table = "| a |\n| - |\n| b |"
    assert "<td>b</td>" in rendered(table, POST)
    assert rendered(table) == "<p>| a |\n| - |\n| b |</p>"
    note = "said[^1]\n\n[^1]: by whom"
    assert f'<a href="{BASE}#fn-1">1</a>' in rendered(note, POST)
    assert "said[^1]" in rendered(note)


# --- what stays, and what goes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "comment", "post"),
    [
        ("<script>alert(1)</script>x", "x", "x"),
        ("<style>*{display:none}</style>x", "x", "x"),
        ("<p onclick=alert(1)>x</p>", "<p>x</p>", "<p>x</p>"),
        ("<p class=c id=i>x</p>", "<p>x</p>", "<p>x</p>"),
        ("<form action=/x><input name=q>x</form>y", "y", "y"),
        ("<svg onload=alert(1)><script>1</script></svg>x", "x", "x"),
        ("<math><mtext><img src=x></mtext></math>x", "x", "x"),
        ("<object data=x>y</object><embed src=x>z", "z", "z"),
        ("<base href=//evil.example/><p>x", "<p>x</p>", "<p>x</p>"),
        ("<meta http-equiv=refresh content=0><p>x", "<p>x</p>", "<p>x</p>"),
        ("<link rel=stylesheet href=x><p>x", "<p>x</p>", "<p>x</p>"),
        ("<!-- secret --><p>x", "<p>x</p>", "<p>x</p>"),
        ("<![CDATA[x]]>y", "y", "y"),
        ("<?php echo 1 ?>y", "y", "y"),
        ("<blink>x</blink>", "x", "x"),
        ("<table><tr><td>x</table>", "x", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
        ("<span lang=de>x</span>", "x", '<span lang="de">x</span>'),
        ("<p>not closed", "<p>not closed</p>", "<p>not closed</p>"),
        ("</p></div>x", "<p></p>x", "<p></p>x"),
        (
            '<p style="color:red;position:fixed">x</p>',
            "<p>x</p>",
            '<p style="color:red">x</p>',
        ),
        (
            '<p style="color:rgb(1, 2, 3)">x</p>',
            "<p>x</p>",
            '<p style="color:rgb(1, 2, 3)">x</p>',
        ),
        ('<p style="background-color:url(x)">x</p>', "<p>x</p>", "<p>x</p>"),
        ('<a title="nothing">a <b>b</b></a>', "a <b>b</b>", "a <b>b</b>"),
        ("<a><table><tr><td><a>x", "x", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
        ("<h1><a><h1>x", "<h1></h1><h1>x</h1>", "<h1></h1><h1>x</h1>"),
        ("<h1>a<marquee><h2>b", "<h1>a</h1><h2>b</h2>", "<h1>a</h1><h2>b</h2>"),
        ('<p style="color:\\75rl(x)">x</p>', "<p>x</p>", "<p>x</p>"),
    ],
)
def test_comments_keep_little_posts_more_and_nobody_a_script(
    text: str, comment: str, post: str
) -> None:
    assert html_of(text) == comment
    assert html_of(text, POST) == post


def test_a_picture_shows_in_posts_and_in_comments_where_the_site_allows_it() -> None:
    picture = '<img src="/a.png" alt="A" onerror=alert(1)>'
    clean = '<img src="https://blog.example/a.png" alt="A">'
    assert html_of(picture) == ""
    assert html_of(picture, WITH_IMAGES) == clean
    assert html_of(picture, POST) == clean


def test_a_picture_of_one_pixel_goes_since_it_counts_readers() -> None:
    assert html_of('a<img width="1" height="1" src="/count.gif">b', POST) == "ab"
    assert html_of('a<img src="/count.gif" height="0px" width="1px">b', POST) == "ab"
    assert "<img" in html_of('<img src="/line.png" width="1" height="10">', POST)


def test_a_link_in_a_comment_is_not_vouched_for() -> None:
    assert html_of('<a href="https://a.example/" rel="me" target="_top">x</a>') == (
        '<a href="https://a.example/" rel="nofollow ugc">x</a>'
    )


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (
            '<iframe src="https://video.example/1"></iframe>',
            '<p><a href="https://video.example/1">https://video.example/1</a></p>',
        ),
        (
            '<iframe title="A film" src="//video.example/1?a=1&amp;b" lang="en"></iframe>',
            '<p><a href="https://video.example/1?a=1&amp;b">https://video.example/1?a=1&amp;b</a></p>',
        ),
        ('<iframe src="javascript:alert(1)"></iframe>', ""),
        ('<iframe srcdoc="&lt;script>alert(1)&lt;/script>"></iframe>', ""),
        ('<iframe title="x src=" lang="en"></iframe>', ""),
        ("<iframe><script>alert(1)</script><img src=x onerror=alert(1)></iframe>", ""),
        ('<iframe src="https://video.example/1"><b>', None),
        ("<iframe></a><a></iframe></a>", ""),
    ],
)
def test_a_frame_becomes_a_link_and_what_is_in_it_goes(frame: str, expected: str | None) -> None:
    link = '<p><a href="https://video.example/1">https://video.example/1</a></p>'
    assert html_of(frame, POST) == (link if expected is None else expected)
    assert html_of(frame) == ""


def test_text_about_a_frame_is_no_frame() -> None:
    text = '<p title="<iframe src=x>">one</p><p>&lt;iframe&gt; two</p>'
    assert [e.text for e in elements(html_of(text, POST))] == ["one", "<iframe> two"]


#: What a post keeps, letter for letter: pictures, tables, films, quotes, the scripts of the world.
KEPT = [
    f'<figure><img src="{BASE}/a.png" alt="A" width="4" height="3"><figcaption>x</figcaption></figure>',
    (
        f'<picture><source srcset="{BASE}/a.webp 2x" type="image/webp" media="(min-width: 9em)">'
        f'<img src="{BASE}/a.png" srcset="{BASE}/b.png 640w" sizes="50vw" alt=""></picture>'
    ),
    (
        '<table><caption>x</caption><colgroup><col span="2"></colgroup><thead><tr>'
        '<th scope="col" colspan="2">a</th></tr></thead><tbody><tr><td rowspan="2">b</td><td>c</td></tr>'
        "</tbody><tfoot><tr><td>d</td></tr></tfoot></table>"
    ),
    (
        f'<video src="{BASE}/a.mp4" poster="{BASE}/a.png" controls="" loop="" muted="" width="4" height="3">'
        f'<track src="{BASE}/a.vtt" kind="captions" srclang="en" label="English"></video>'
    ),
    f'<audio controls=""><source src="{BASE}/a.ogg" type="audio/ogg"></audio>',
    '<details open=""><summary>x</summary><p>y</p></details>',
    "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
    '<p><abbr title="Really Simple">RSS</abbr>, <acronym title="x">y</acronym>, <dfn>z</dfn></p>',
    '<pre><code class="language-c++">a &lt; b</code></pre>',
    '<ol start="3" type="a" reversed=""><li value="9">x</li><li>y<ul><li>z</li></ul></li></ol>',
    (
        "<p><del>a</del><ins>b</ins><s>c</s> x<sup>2</sup> y<sub>1</sub> <kbd>q</kbd> <samp>r</samp>"
        " <var>s</var> <mark>t</mark> <small>u</small> <cite>v</cite> <q>w</q><wbr></p>"
    ),
    '<p>on <time datetime="2024-05-01">May Day</time></p>',
    "<dl><dt>x</dt><dd>y</dd></dl>",
    '<blockquote lang="ar" dir="rtl"><p>x</p></blockquote>',
    '<p>a <bdi>b</bdi> <bdo dir="rtl">c</bdo> <span style="color:red;font-weight:bold">d</span></p>',
    f'<p><a href="{BASE}#fn-1" title="x" hreflang="de" rel="me" type="text/html">1</a></p>',
    "<article><header><h2>a</h2></header><section><h3>b</h3></section><footer>c</footer></article>",
    "<hr><address>x</address><aside>y</aside><center>z</center>",
]
#: What a comment keeps of its own.
KEPT_OF_COMMENTS = [
    "<p>a <b>b</b> <i>c</i> <em>d</em> <strong>e</strong> <u>f</u> <s>g</s> <small>h</small></p>",
    "<p><del>a</del><ins>b</ins> x<sup>2</sup> y<sub>1</sub> <kbd>q</kbd> <samp>r</samp> <var>s</var></p>",
    '<p><abbr title="x">y</abbr> <cite>a</cite> <q>b</q> <dfn>c</dfn> <code>d</code> <tt>e</tt></p>',
    "<blockquote><p>x</p></blockquote><pre>y\n z</pre><hr>",
    '<ol start="3"><li>x</li><li>y<ul><li>z</li></ul></li></ol>',
    '<dl><dt>x</dt><dd lang="ar" dir="rtl">y</dd></dl>',
    "<h1>a</h1><h2>b</h2><h6>c</h6><div>d<br>e</div>",
    '<p><a href="https://a.example/" title="x" rel="nofollow ugc">y</a></p>',
]


@pytest.mark.parametrize("text", KEPT + [t for t in KEPT_OF_COMMENTS if "nofollow" not in t])
def test_no_harmless_markup_of_a_post_is_lost(text: str) -> None:
    assert html_of(text, POST) == text


@pytest.mark.parametrize("text", KEPT_OF_COMMENTS)
def test_no_harmless_markup_of_a_comment_is_lost(text: str) -> None:
    assert html_of(text) == text


def test_a_class_says_the_language_of_code_and_nothing_else() -> None:
    assert html_of('<code class="modal">x</code>', POST) == "<code>x</code>"
    assert html_of('<code class="language-c x">x</code>', POST) == "<code>x</code>"
    assert rendered("```rust\nx\n```", POST) == (
        '<pre><code class="language-rust">x\n</code></pre>'
    )
    assert rendered("```rust\nx\n```") == "<pre><code>x\n</code></pre>"


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<a href="/b">x</a>', '<a href="https://blog.example/b">x</a>'),
        ('<a href="b">x</a>', '<a href="https://blog.example/2024/05/b">x</a>'),
        ('<a href="#b">x</a>', f'<a href="{BASE}#b">x</a>'),
        ('<a href="?b">x</a>', f'<a href="{BASE}?b">x</a>'),
        ('<a href="">x</a>', f'<a href="{BASE}">x</a>'),
        ('<a href="//a.example/">x</a>', '<a href="https://a.example/">x</a>'),
        ('<a href="https:b">x</a>', '<a href="https://blog.example/2024/05/b">x</a>'),
        ('<a href="http://a.example/?b&c">x</a>', '<a href="http://a.example/?b&amp;c">x</a>'),
        ('<a href="mailto:us@blog.example">x</a>', '<a href="mailto:us@blog.example">x</a>'),
        ('<a href="tel:+123">x</a>', '<a href="tel:+123">x</a>'),
        (
            '<video src="/v.mp4" poster="/p.png"></video>',
            '<video src="https://blog.example/v.mp4" poster="https://blog.example/p.png"></video>',
        ),
    ],
)
def test_every_address_in_a_post_is_absolute(text: str, expected: str) -> None:
    assert html_of(text, POST) == expected


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("a.png", "https://blog.example/2024/05/a.png"),
        (
            "a.png 1x, /b.png 2x",
            "https://blog.example/2024/05/a.png 1x, https://blog.example/b.png 2x",
        ),
        ("a.png, /b.png 2x", "https://blog.example/2024/05/a.png, https://blog.example/b.png 2x"),
        ("/a.png 100w,/b.png", "https://blog.example/a.png 100w, https://blog.example/b.png"),
        (" ,, /a.png ,", "https://blog.example/a.png"),
        ("/w_1,h_2/a.png 1x", "https://blog.example/w_1%2Ch_2/a.png 1x"),
        ("javascript:alert(1) 1x, /b.png 2x", "https://blog.example/b.png 2x"),
        ("data:image/png;base64,AAAA 1x", None),
        (" , ", None),
        ("", None),
    ],
)
def test_every_candidate_of_a_picture_is_absolute(srcset: str, expected: str | None) -> None:
    (picture,) = elements(html_of(f'<img alt="" srcset="{srcset}">', POST))
    assert picture.get("srcset") == expected


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "  javascript:alert(1)",
        "java&#9;script:alert(1)",
        "java&#10;script:alert(1)",
        "&#1;javascript:alert(1)",
        "java\x08script:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:x",
        "file:///etc/passwd",
        "data:text/html,<script>alert(1)</script>",
        "da&#9;ta:text/html,x",
        "&#1;data:text/html,x",
        " data:text/html,x",
        "DATA:text/html,x",
        "blob:https://a.example/1",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("policy", [COMMENT, POST], ids=["comment", "post"])
def test_a_link_to_anything_but_a_page_is_text(address: str, policy: Policy) -> None:
    assert html_of(f'<a href="{address}">x</a>', policy) == "x"
    for element in elements(rendered(f"[x]({address})", policy)):
        _check_element(element, policy)


def test_a_link_to_an_address_or_a_telephone_is_text_in_a_comment() -> None:
    assert html_of('<a href="mailto:a@b.example">x</a> <a href="tel:+1">y</a>') == "x y"


PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


@pytest.mark.parametrize(
    ("source", "stays"),
    [
        (PIXEL, True),
        (PIXEL.replace("gif", "svg+xml"), False),
        (PIXEL.replace("image/gif", "text/html"), False),
        ("data:image/png;base64," + "A" * 8170, True),
        ("data:image/png;base64," + "A" * 8171, False),
    ],
)
def test_a_small_picture_may_stand_in_its_own_address(source: str, stays: bool) -> None:
    clean = html_of(f'<img alt="x" src="{source}">', POST)
    assert clean == (f'<img alt="x" src="{source}">' if stays else '<img alt="x">')


def test_what_xml_forbids_goes_before_the_cleaning_and_not_after() -> None:
    clean = html_of('<a href="java\x00scr\x0bipt:alert(1)">x</a><scr\x00ipt>alert(1)</scr\x00ipt>')
    assert clean == "x"


# --- hostile markup, by chance --------------------------------------------------------------------

NEVER = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "textarea"}
NEVER |= {"svg", "math", "template", "link", "meta", "base", "frame", "frameset", "applet", "title"}
COMMENT_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "rel"},
    "abbr": {"title"},
    "ol": {"start"},
}

_TAGS = (
    "a b i p div span q img table tr td li ul ol pre code video source blockquote br details nobr"
    " rt noscript select option xmp plaintext foreignObject annotation-xml image mi frob b/x"
)
_ATTRIBUTES = (
    "href src srcset poster style title onclick onerror id class name action formaction ping"
    " srcdoc data background xlink:href lang width height rel target start cite is slot"
)
_URLS = [
    *("javascript:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)", "vbscript:x"),
    *("data:text/html,x", "da\nta:x", PIXEL, "mailto:a@b.example", "tel:1", "feed:x", "https:d"),
    *("https://a.example/?a=1&b=2", "//a.example", "b c", "#c", "\\\\a.example\\b", "https://[::1"),
]
_VALUES = st.sampled_from(
    [
        *_URLS,
        *("a b, c 2x", "color:red;position:fixed", "background-color:url(x)", "1", "0"),
        *("<script>", "-->", "x>y", "<iframe src=x>"),
    ]
)
_TEXTS = st.sampled_from(
    [
        *"<>\"'=/&;`-![]()*_#~|: \n\t\x00\x08\x0c\ud800\u2028",
        *("text", "\n\n", "    ", "> ", "- ", "&lt;", "&#8;", "&#x3c;", "&colon;", "&quot"),
        *("</p>", "<!--", "-->", "<![CDATA[", "]]>", "<?"),
    ]
)


@st.composite
def _tag(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from([*sorted(NEVER), *_TAGS.split()]))
    if draw(st.integers(0, 3)) == 0:
        return f"</{name}>"
    attributes = ""
    for _ in range(draw(st.integers(0, 3))):
        quote = draw(st.sampled_from(['"', "'", ""]))
        value = draw(_VALUES)
        if draw(st.booleans()):
            value = html.escape(value)
        attribute = draw(st.sampled_from(_ATTRIBUTES.split()))
        attributes += f" {attribute}={quote}{value}{quote}"
    return f"<{name}{attributes}{draw(st.sampled_from(['>', ' >', '/>', '']))}"


@st.composite
def _markdown_link(draw: st.DrawFn) -> str:
    form = draw(
        st.sampled_from(["[x]({})", "![x]({})", "<{}>", "[x]: {}\n\n[x]", "[x](<{}> 'a\"b')"])
    )
    return str(form.format(draw(_VALUES)))


HOSTILE = st.lists(_tag() | _TEXTS | _markdown_link(), max_size=14).map("".join)
LANGUAGES = st.sampled_from(Markup)
POLICIES = st.sampled_from([COMMENT, WITH_IMAGES, POST])


def _allowed(policy: Policy, tag: str) -> set[str]:
    """The attributes that an element may have; the lists for comments are written out."""
    if not policy.comment:
        return policy.attributes()["*"] | policy.attributes().get(tag, set())
    images = {"src", "alt", "title"} if tag == "img" and policy.images else set()
    return COMMENT_ATTRIBUTES["*"] | COMMENT_ATTRIBUTES.get(tag, set()) | images


def _check_address(address: str, tag: str, policy: Policy) -> None:
    """Check it as a browser sees it, which drops blanks and control characters first."""
    seen = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33)))))
    scheme = urlsplit(seen).scheme
    if scheme in {"http", "https"}:
        assert re.match(r"https?:[/\\]{2}", seen, re.IGNORECASE), "not absolute"
        return
    assert not policy.comment
    assert scheme in {"mailto", "tel"} or (tag == "img" and seen.startswith("data:image/"))


def _check_element(element: Element, policy: Policy) -> None:
    assert isinstance(element.tag, str), "a comment"
    assert element.tag in policy.tags() - NEVER
    for name, value in element.items():
        assert name in _allowed(policy, element.tag)
        if name in {"href", "src", "poster"}:
            _check_address(value, element.tag, policy)
        if name == "srcset":
            assert all(part.strip().startswith("http") for part in value.split(","))
        if name == "style":
            assert not re.search(r"(?i)url|position|display|expression|import|behavior", value)


@given(HOSTILE, LANGUAGES, POLICIES)
@example(
    '<a title="<img " href=x>"y" width="1" height="1" <b>" onclick=alert(1) x="', "html", COMMENT
)
@example(
    '<p title="<iframe>"><iframe src="//a/<iframe>"></iframe>" onclick=alert(1) "', "html", POST
)
@example("<svg></p><style><a title='</style><img src=x onerror=alert(1)>'>", "html", POST)
@example("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "html", POST)
@settings(max_examples=600, deadline=None)
def test_no_markup_gets_out_but_what_the_policy_allows(
    text: str, language: str, policy: Policy
) -> None:
    clean = to_html(Body(text, Markup(language)), BASE, policy)
    for element in elements(clean):
        _check_element(element, policy)


@given(HOSTILE, LANGUAGES, POLICIES)
@settings(max_examples=400, deadline=None)
def test_cleaning_what_is_clean_changes_nothing(
    text: str, language: Markup, policy: Policy
) -> None:
    clean = to_html(Body(text, language), BASE, policy)
    published = markup.legal(clean, markup.REPLACEMENT)  # `&#8;` brings back what was dropped
    assert html_of(published, policy) == published


@given(HOSTILE, LANGUAGES, POLICIES)
@settings(max_examples=400, deadline=None)
def test_the_text_of_clean_html_is_what_a_browser_shows_without_a_tag(
    text: str, language: Markup, policy: Policy
) -> None:
    clean = to_html(Body(text, language), BASE, policy)
    shown = markup.legal("".join(parsed(clean).itertext()))
    assert "".join(markup.text_of(clean).split()) == "".join(shown.split())


# --- depth and size -------------------------------------------------------------------------------


def _depth(element: Any) -> int:
    deepest, waiting = 0, [(element, 0)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in node]
    return deepest


@pytest.mark.parametrize(
    "text",
    [
        "<blockquote>" * 5000 + "deep",
        "<b>" * 5000 + "deep",
        "<div></x>" * 5000 + "deep",
        "<ul><li>" * 5000 + "deep",
        "<div>" * 200 + "deep" + "</div>" * 200,
    ],
)
def test_what_nests_too_deep_is_made_flat_and_its_text_stays(text: str) -> None:
    clean = html_of(text, POST)
    assert _depth(parsed(clean)) <= 2 * POST.depth
    assert "deep" in clean


def test_quotes_in_quotes_in_markdown_are_made_flat_as_well() -> None:
    clean = rendered(">" * 5000 + " deep")
    assert clean.count("<blockquote>") <= COMMENT.depth
    assert "deep" in clean


@pytest.mark.parametrize(
    ("depth", "clean"),
    [(3, "<b><i><u>x</u></i></b>y"), (2, "<b><i>x</i></b>y"), (1, "<b>x</b>y"), (0, "xy")],
)
def test_the_site_says_how_deep_elements_may_nest(depth: int, clean: str) -> None:
    policy = Policy(comment=True, depth=depth)
    assert html_of("<b><i><u>x</u></i></b>y", policy) == clean


def test_what_nests_as_people_nest_is_left_alone() -> None:
    text = "<div><ul><li>" * 30 + "x" + "</li></ul></div>" * 30
    assert html_of(text, POST) == text


def test_a_thousand_paragraphs_are_not_deep() -> None:
    text = "<p>a <b>b</b></p>" * 1000
    assert html_of(text) == text


@pytest.mark.parametrize(
    "sloppy",
    [
        "<table>" + "<tr><td><b>x" * 300 + "</table>",
        '<p><a name="here">x</p>' * 300,
        "<svg>" + '<path d="M0 0"/>' * 300 + "</svg>",
        "<svg>" + '<path d="M0 0">' * 300 + "</svg>",
        "<div><span>x</div>" * 300,
        "<ul>" + "<li>x" * 300 + "</ul>",
        "<!-- <div> -->" * 300,
        "<p title='<div><div>'>x</p>" * 300,
    ],
)
def test_what_was_never_closed_does_not_flatten_what_follows(sloppy: str) -> None:
    assert html_of(sloppy + "<section><em>y</em></section>", POST).endswith(
        "<section><em>y</em></section>"
    )


def test_long_attributes_go_and_the_element_stays() -> None:
    many = " ".join(f"a{n}=1" for n in range(1000))
    assert html_of(f'<p lang="en" {many}>x</p>', POST) == '<p lang="en">x</p>'
    assert html_of(f'<p title="{"y" * 20_000}" lang="en">x</p>', POST) == '<p lang="en">x</p>'
    long = "y" * 10_000
    assert html_of(f'<p title="{long}">x</p>', POST) == f'<p title="{long}">x</p>'


@pytest.mark.parametrize("text", ["a&amp;b" * 5000, "&nbsp;" * 5000, "x > y &gt; z" * 3000])
def test_long_text_stays_as_it_is(text: str) -> None:
    clean = text.replace(" > ", " &gt; ")
    assert html_of(f"<p>{text}</p><!-- {text} -->") == f"<p>{clean}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "<p>" + "".join(f"<b c={n}>" for n in range(90)) + "</p>" + "<p>x" * 10_000,
        "<p>" + f"<a href='/{'x' * 1000}'>" * 9 + "</p>" + "<p>x" * 10_000,
        "<p>" + "".join(f"<i title='{n}{'x' * 500}'>" for n in range(90)) + "<p>x" * 10_000,
        "".join(f"<table><b c={n}></table>" for n in range(3000)),
    ],
)
def test_formatting_that_is_never_closed_does_not_multiply(text: str) -> None:
    clean = html_of(text, POST)
    assert len(clean) < 12 * len(text) + 20_000
    assert clean.count("x") >= text.count("<p>x")


def test_a_stray_end_tag_costs_nothing() -> None:
    text = "<div>" * 60 + "x" + "</div>" * 60
    assert html_of("</b></i>" * 200 + text, POST) == text


@pytest.mark.parametrize(
    "work",
    [
        lambda: markup.display_name("a" * 200_000),
        lambda: markup.display_name("a@" * 100_000),
        lambda: markup.display_name("a@a.a" * 40_000),
        lambda: html_of(f'<img srcset="{" " * 16_000}">', POST),
        lambda: html_of(f'<img srcset="{"," * 16_000}">', POST),
        lambda: html_of("<div></x>" * 100_000, POST),
        lambda: html_of("<iframe title=" * 20_000, POST),
        lambda: html_of('<img alt="' * 20_000, POST),
        lambda: html_of("<a>" * 50_000),
        lambda: html_of("&" * 400_000, POST),
        lambda: html_of("\xa0" * 400_000, POST),
        lambda: html_of(f'<b title="{"&" * 400_000}">x', POST),
        lambda: html_of("<a " + " ".join(f"a{n}" for n in range(60_000)) + ">", POST),
        lambda: html_of("<table>" + "&<br>" * 30_000, POST),
        lambda: html_of("<div><table><td></div></td></table>" * 5000, POST),
        lambda: html_of("<div><marquee></div></marquee>" * 5000, POST),
        lambda: html_of("<optgroup><option>" * 10_000, POST),
        lambda: rendered("[" * 60_000),
        lambda: rendered(">" * 60_000),
        lambda: rendered("*a_ " * 15_000),
        lambda: rendered("<!--" * 15_000),
        lambda: markup.split_at_more(Body("<!--more" * 50_000)),
        lambda: markup.text_of("<" * 60_000),
        lambda: markup.excerpt("word " * 500_000),
    ],
)
def test_nothing_takes_long_however_hostile(work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    assert time.perf_counter() - started < 2


# --- excerpts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clean", "text"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("<p>o<b>n</b>e</p>", "one"),
        ("a<br>b", "a b"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<p>a &lt;b&gt; &amp;amp; c</p>", "a <b> &amp; c"),
        ('<a title="a &gt; b" href="https://a.example/">x</a>', "x"),
        ("x &#8; y", "x y"),
        ("", ""),
    ],
)
def test_the_text_of_html_has_a_blank_where_a_line_ended(clean: str, text: str) -> None:
    assert markup.text_of(clean) == text


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "w0"), (55, " ".join(f"w{n}" for n in range(55)))],
)
def test_a_short_text_is_its_own_excerpt(count: int, expected: str) -> None:
    assert markup.excerpt(" ".join(f"w{n}" for n in range(count))) == expected


def test_an_excerpt_is_55_words_and_dots_in_brackets() -> None:
    excerpt = markup.excerpt(" ".join(f"w{n}" for n in range(56)))
    assert excerpt == " ".join(f"w{n}" for n in range(55)) + " […]"


def test_an_excerpt_of_a_script_without_blanks_is_cut_by_length() -> None:
    assert markup.excerpt("語" * 1000) == "語" * 1000
    assert markup.excerpt("語" * 1001) == "語" * 1000 + " […]"


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("one\n\n<!--more-->\n\ntwo", "one\n\n"),
        ("one <!-- more --> two", "one "),
        ("one<!--more Read on… -->two", "one"),
        ("one<!--MORE-->two<!--more-->three", "one"),
        ("<!--more-->two", ""),
        ("one <!--moreover--> two", None),
        ("one <!--more", None),
        ("one", None),
    ],
)
def test_an_author_marks_by_hand_where_an_excerpt_ends(text: str, before: str | None) -> None:
    part = markup.split_at_more(Body(text, Markup.HTML))
    assert part == (None if before is None else Body(before, Markup.HTML))


def test_rendering_gives_its_memory_back() -> None:
    """Ten thousand comments must not weigh ten megabytes more than one."""
    body = Body("A *comment* with some words, and [a link](/x).\n\n" * 5)
    for _ in range(200):
        to_html(body, BASE, Policy(comment=True))
    before = _resident()
    for _ in range(2000):
        to_html(body, BASE, Policy(comment=True))
    assert _resident() - before < 2_000_000


def _resident() -> int:
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * resource.getpagesize()
