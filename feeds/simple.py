"""Text and HTML that need neither a renderer nor a sanitiser: what these would give, told at a glance.

Most comments are a paragraph or two of words. To parse them as Markdown, parse that as HTML and
write it out again takes ten times as long as to see that nothing would come of it. What is not
simple beyond doubt is left to `markup`, which this must agree with (`tests/test_simple.py`).
"""

from __future__ import annotations

import re

from feeds.model import Markup

#: Longer texts are looked at piece by piece (`nesting`).
_SHORT = 2048
#: Text that a sanitiser writes as it was: it would spell out `\\xa0`, and any other reference.
_TEXT = r"[^<>&\xa0\r]*+(?:(?:<br>|&(?:amp|lt|gt);)[^<>&\xa0\r]*+)*+"
_PARAGRAPHS = re.compile(rf"(?:<p>{_TEXT}</p>\n?)++")
#: A line with nothing on it ends what Markdown takes for HTML (CommonMark §4.6).
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
#: A line that starts with a letter starts no list, quote, heading or code, and underlines nothing;
#: none of these characters means anything within it, and no blank at its end breaks it.
_LINE = r"[^\W\d_](?:[^\W_]|[ ,.;:?!'\"()/%$+=’‘“”…–—-])*+(?<! )"
_LINES = re.compile(rf"{_LINE}(?:\n\n?+{_LINE})*+")
#: What becomes a link without being marked as one (GitHub's "autolinks").
_LINKS = ("://", "www.")


def is_one_block(text: str) -> bool:
    """Tell whether Markdown takes all of a text for HTML, and leaves it as it is (CommonMark §4.6)."""
    return text.startswith("<p>") and "\r" not in text and not _BLANK_LINE.search(text)


def html_of(text: str, markup: Markup) -> str | None:
    """Return what a body is as clean HTML, if that takes no parser to tell.

    Args:
        text: the body, legal in XML.
        markup: what it is written in.
    """
    if len(text) >= _SHORT:
        return None
    if text.startswith("<p>"):
        whole = _PARAGRAPHS.fullmatch(text) and (
            markup is Markup.HTML or "\n" not in text or not _BLANK_LINE.search(text)
        )
        return text.rstrip() if whole else None
    if markup is Markup.MARKDOWN and _LINES.fullmatch(text):
        lower = text.lower()
        if not any(link in lower for link in _LINKS):
            return "<p>" + text.replace("\n\n", "</p>\n<p>") + "</p>"
    return None
