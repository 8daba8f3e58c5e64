"""What needs no parser is what the parsers would make of it, and nothing else is taken for that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import cmark, markup, simple
from feeds.markup import POST, Policy, legal, to_html
from feeds.model import Body, Markup

PAGE = "https://blog.example/hello"
COMMENT = Policy(comment=True)

#: Letters of several scripts, and everything that may mean something to Markdown or HTML.
_SIGNS = ".,:;!?'\"()/%$+=-*_~`#<>&[]\\|@{}^…–—“”’"
_BLANKS = [" ", "  ", "\n", "\n\n", " \n", "\t", "    ", "\r", "\xa0", "\u2028", "\x85", "\x0c"]
_LETTERS = ["a", "Word", "é", "字", "ع", "1", "²", "Ⅷ", "\xad", "\ufeff", "\x08"]
_TAGS = [
    "<p>",
    "</p>",
    "<br>",
    "<br/>",
    "<P>",
    "<b>",
    "</b>",
    "&amp;",
    "&lt;",
    "&gt;",
    "&nbsp;",
    "&#8;",
    "&copy",
    "<em>",
    "</em>",
    "<code>",
    "</code>",
    "<blockquote>",
    "</blockquote>",
    '<a href="https://a.example/?x=1&amp;y=2" rel="nofollow" title="A title">',
    "</a>",
]
_STARTS = [
    "1. ",
    "- ",
    "# ",
    "===",
    "---",
    "www.",
    "WWW.",
    "http://",
    "https://a.example",
    "mailto:",
    "a@b.example",
]
pieces = st.sampled_from([*_SIGNS, *_BLANKS, *_LETTERS, *_TAGS, *_STARTS]) | st.text(max_size=3)
texts = st.lists(pieces, max_size=14).map("".join)
#: Such as nearly always are simple.
words = st.lists(
    st.sampled_from(
        ["Some", "words", ", ", " ", ". ", "\n", "\n\n", "\n\n\n\n", "\r\n", "\r\n\r\n", "1", "-"]
    ),
    min_size=1,
)
paragraphs = st.lists(
    st.sampled_from(["<p>", "</p>", "x &amp; y", "<br>", "\n", "\r\n", " "]), max_size=9
)
#: Addresses of all kinds, most of them good.
_HOSTS = [
    "a.example",
    "A.Example",
    "a-b.example",
    "a--b.example",
    "xn--a.example",
    "1.2.3.4.5",
    "b",
]
_ENDS = [
    "",
    "/",
    "/x?y=1&amp;z=é",
    "?a[]={b}|c'",
    "#d",
    "/%zz",
    ":80/",
    "/x y",
    "/&lt;",
    "/&y",
    "\\",
]
_ATTRIBUTES = [
    "",
    ' rel="nofollow noopener"',
    ' title="It is it"',
    ' title="&amp;\xa0"',
    " title=x",
]
links = st.builds(
    '<a href="{}{}{}"{}{}>{}</a>'.format,
    st.sampled_from(["http://", "https://", "HTTP://", "https:", "//", "ftp://"]),
    st.sampled_from(_HOSTS),
    st.sampled_from(_ENDS) | st.text(max_size=3).map("/{}".format),
    st.sampled_from(_ATTRIBUTES),
    st.sampled_from(_ATTRIBUTES),
    st.sampled_from(["", "a link", "<br>", "x &gt; y", "<b>x</b>", "\xa0"]),
)
marked = st.builds(
    "<{0}>{1}</{0}>".format,
    st.sampled_from(["b", "code", "em", "i", "s", "strong", "u", "h1", "li", "pre", "sub"]),
    st.sampled_from(["", "words", "<br>", "x &amp; y", "<i>x</i>", "\n", "\xa0"]),
)
blocks = st.builds(
    "<{0}>{1}</{0}>{2}".format,
    st.sampled_from(["p", "p", "blockquote"]),
    st.lists(st.just("words ") | links | marked, max_size=4).map("".join),
    st.sampled_from(["", "\n", "\n\n", "\r\n", " "]),
)
documents = st.lists(blocks, max_size=3).map("".join)


def by_parsers(text: str, markup_of_it: Markup, policy: Policy) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simple, "html_of", lambda *_: None)
        return to_html(Body(text, markup_of_it), PAGE, policy)


@pytest.mark.parametrize("policy", [COMMENT, POST])
@pytest.mark.parametrize("language", list(Markup))
def test_what_is_told_at_a_glance_is_what_the_parsers_make(
    language: Markup, policy: Policy
) -> None:
    told = 0

    @settings(max_examples=500)
    @given(
        texts
        | words.map("".join)
        | paragraphs.map(lambda said: "<p>" + "".join(said) + "</p>")
        | documents
    )
    def check(text: str) -> None:
        nonlocal told
        found = simple.html_of(text, language, policy.rel)
        if found is not None:
            told += 1
            assert found == by_parsers(text, language, policy)

    check()
    assert told > 20  # or this would show nothing


@pytest.mark.parametrize(
    "text",
    [
        "Some words, and more of them.",
        'It\'s “quoted” – and (really) 100 % "true"!\nOn two lines.\n\nAnd in two paragraphs.',
        "On one line.\r\nOn two lines.\r\n\r\n\r\nIn two paragraphs.",
        "<p>One.<br><br>Two &amp; three.</p>\n<p>Four.</p>",
        '<p>See <a href="https://a.example/?b" rel="nofollow" title="A">this</a>, <em>please</em>.</p>',
        "<blockquote>Some words.</blockquote><p>What is\xa0<code>that</code>?</p>",
    ],
)
def test_most_comments_are_simple(text: str) -> None:
    assert simple.html_of(text, Markup.MARKDOWN) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Look at www.example.com for more",
        "Look at https://blog.example/ for more",
        "Mail ann@blog.example",
        "Two blanks end a line  \nhere",
        "A title\n---",
        "Some *words*",
        "snake_case_words",
        "A < B",
        "Q&A",
        "<p>An <sub>other</sub> tag</p>",
        "<p><b><i>One in the other</i></b></p>",
        "<p><b>Not closed <i>in</b> order</i></p>",
        '<p><a href="https://1.2.3.4.5/">No host</a></p>',
        '<p><a href="https://xn--a.example/">No name</a></p>',
        '<p><a href="/there">Relative</a></p>',
        f'<p><a href="https://a.example/{"x" * 3000}">Long</a></p>',
        "<p>never closed",
        "<p>One.</p> <p>A blank between.</p>",
        "<p>HTML ends here.\n\nMarkdown *begins*.</p>",
        "x" * 9000,
    ],
)
def test_what_may_mean_something_is_left_to_the_parsers(text: str) -> None:
    assert simple.html_of(text, Markup.MARKDOWN) is None


@settings(max_examples=500)
@given(texts | documents | st.text(max_size=80))
def test_an_excerpt_is_what_its_text_begins_with(text: str) -> None:
    clean = to_html(Body(text, Markup.HTML), PAGE, COMMENT)
    found = markup.text_of(clean).split()
    expected = " ".join(found) if len(found) <= 3 else " ".join(found[:3]) + " […]"
    assert markup.excerpt_of(clean, 3) == markup.excerpt(" ".join(found), 3) == expected


@settings(max_examples=500)
@given(texts | paragraphs.map(lambda said: "<p>" + "".join(said)))
def test_a_block_of_html_is_left_by_markdown_as_it_is(text: str) -> None:
    text = legal("<p>" + text)
    if simple.is_one_block(text):
        rendered = cmark.to_html(text, ["strikethrough", "autolink", "table"], footnotes=True)
        assert rendered.strip() == text.strip()


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_what_is_simple_nests_no_deeper_than_is_wanted(depth: int) -> None:
    policy = Policy(comment=True, depth=depth)
    text = "<p>Some <em>words</em>.</p>\n<blockquote>And <code>more</code></blockquote>"
    assert to_html(Body(text), PAGE, policy) == by_parsers(text, Markup.MARKDOWN, policy)


@settings(max_examples=200)
@given(st.lists(blocks, min_size=20, max_size=60).map("".join))
def test_long_texts_are_what_the_parsers_make_of_them(text: str) -> None:
    found = simple.html_of(text, Markup.HTML, COMMENT.rel)
    assert found in {None, by_parsers(text, Markup.HTML, COMMENT)}
