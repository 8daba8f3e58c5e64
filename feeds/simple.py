"""Text and HTML that need neither a renderer nor a sanitiser: what these would give, told at a glance.

Most comments are a paragraph or two of words, some with a link or a quote in them. To parse them as
Markdown, parse that as HTML and write it out again takes ten times as long as to see what would come
of it. What is not simple beyond doubt is left to `markup`, which this must agree with
(`tests/test_simple.py`).
"""

from __future__ import annotations

from feeds.model import Markup
from feeds.patterns import lazy

#: How deep elements of simple HTML nest, at most.
DEPTH = 2
#: A longer run of text is looked at piece by piece (`nesting`).
_SHORT = 8192
#: What XML forbids, and `markup` drops before anything else.
_ILLEGAL = r"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
#: Text that a sanitiser writes as it was, but for `\\xa0`; any other reference it would resolve.
_TEXT = rf"[^<>&\r{_ILLEGAL}]*+(?:(?:<br>|&(?:amp|lt|gt);)[^<>&\r{_ILLEGAL}]*+)*+"
#: A host that is no number and needs no other spelling.
_HOST = r"(?:[A-Za-z0-9]++(?:-[A-Za-z0-9]++)*+\.)++[A-Za-z]{2,63}+"
_IN_URL = rf'[^"<>&\s{_ILLEGAL}]*+(?:&amp;[^"<>&\s{_ILLEGAL}]*+)*+'
_TITLE = rf' title="[^"<>&\s{_ILLEGAL}]*+(?:(?: |&amp;)[^"<>&\s{_ILLEGAL}]*+)*+"'
#: No longer than a tag may be that is looked at as a whole (`nesting`).
_LINK_TAG = (
    rf'a(?=[^>]{{0,2000}}+>) href="https?://{_HOST}(?:[/?#]{_IN_URL})?+"'
    rf'(?: rel="[a-z ]*+")?+(?:{_TITLE})?+'
)
#: What may stand in a line of text: a link, or what is marked by nothing but a name.
_MARKED = rf"<(?:{_LINK_TAG}>{_TEXT}</a|(code|em|strong|[bisu])>{_TEXT}</\2)>"
_BLOCKS = lazy(rf"(?:<(p|blockquote)>{_TEXT}(?:{_MARKED}{_TEXT})*+</\1>\n?)++")
#: A link in what is known to be simple.
_LINK = lazy(r'<a href="([^"]*+)"(?: rel="[^"]*+")?+([^>]*+)>')
#: A line with nothing on it ends what Markdown takes for HTML (CommonMark §4.6).
_BLANK_LINE = lazy(r"\n[ \t]*\n")
#: A line that starts with a letter starts no list, quote, heading or code, and underlines nothing;
#: none of these characters means anything within it, and no blank at its end breaks it.
_LINE = r"[^\W\d_](?:[^\W_]|[ ,.;:?!'\"()/%$+=’‘“”…–—-])*+(?<! )"
_LINES = lazy(rf"{_LINE}(?:\n++{_LINE})*+")
_BLANK_LINES = lazy(r"\n\n+")
#: What becomes a link without being marked as one (GitHub's "autolinks").
_LINKS = ("://", "www.")


def is_one_block(text: str) -> bool:
    """Tell whether Markdown takes all of a text for HTML, and leaves it as it is (CommonMark §4.6)."""
    return text.startswith("<p>") and "\r" not in text and not _BLANK_LINE.search(text)


def html_of(text: str, markup: Markup, rel: str | None = None) -> str | None:
    """Return what a body is as clean HTML, if that takes no parser to tell.

    Args:
        text: the body.
        markup: what it is written in.
        rel: what every link is marked with, instead of what it says; None: it stays.
    """
    if len(text) >= _SHORT:
        return None
    if "\r" in text:  # as forms send it, before a line end
        text = text.replace("\r\n", "\n")
    if text.startswith(("<p>", "<blockquote>")):
        whole = _BLOCKS.fullmatch(text) and (
            markup is Markup.HTML or "\n" not in text or not _BLANK_LINE.search(text)
        )
        return _cleaned(text, rel) if whole else None
    if markup is Markup.MARKDOWN and _LINES.fullmatch(text):
        lower = text.lower()
        if not any(link in lower for link in _LINKS):
            return "<p>" + _BLANK_LINES.sub("</p>\n<p>", text) + "</p>"
    return None


def _cleaned(text: str, rel: str | None) -> str:
    """Return blocks of simple HTML as a sanitiser writes them."""
    if rel and "<a" in text:
        text = _LINK.sub(lambda link: f'<a href="{link[1]}"{link[2]} rel="{rel}">', text)
    return (text.replace("\xa0", "&nbsp;") if "\xa0" in text else text).rstrip()
