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
    st.sampled_from(["Some", "words", ", ", " ", ". ", "\n", "\n\n", "1", "-"]), min_size=1
)
paragraphs = st.lists(st.sampled_from(["<p>", "</p>", "x &amp; y", "<br>", "\n", " "]), max_size=9)


def by_parsers(text: str, markup_of_it: Markup, policy: Policy) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simple, "html_of", lambda text, markup: None)
        return to_html(Body(text, markup_of_it), PAGE, policy)


@pytest.mark.parametrize("policy", [COMMENT, POST])
@pytest.mark.parametrize("language", list(Markup))
def test_what_is_told_at_a_glance_is_what_the_parsers_make(
    language: Markup, policy: Policy
) -> None:
    told = 0

    @settings(max_examples=500)
    @given(texts | words.map("".join) | paragraphs.map(lambda said: "<p>" + "".join(said) + "</p>"))
    def check(text: str) -> None:
        nonlocal told
        found = simple.html_of(legal(text), language)
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
        "<p>One.<br><br>Two &amp; three.</p>\n<p>Four.</p>",
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
        "<p>An <em>other</em> tag</p>",
        "<p>never closed",
        "<p>One.</p> <p>A blank between.</p>",
        "<p>HTML ends here.\n\nMarkdown *begins*.</p>",
        "x" * 3000,
    ],
)
def test_what_may_mean_something_is_left_to_the_parsers(text: str) -> None:
    assert simple.html_of(text, Markup.MARKDOWN) is None


@given(st.text(max_size=80))
def test_no_excerpt_is_shortened_that_is_short(text: str) -> None:
    """The look at blanks, which saves splitting, agrees with splitting."""
    folded = markup.one_line(text)
    cut = " ".join(folded.split(None, 3)[:3])
    expected = folded if len(folded.split()) <= 3 else f"{cut} […]"
    assert markup.excerpt(folded, 3) == expected


@settings(max_examples=500)
@given(texts | paragraphs.map(lambda said: "<p>" + "".join(said)))
def test_a_block_of_html_is_left_by_markdown_as_it_is(text: str) -> None:
    text = legal("<p>" + text)
    if simple.is_one_block(text):
        rendered = cmark.to_html(text, ["strikethrough", "autolink", "table"], footnotes=True)
        assert rendered.strip() == text.strip()
