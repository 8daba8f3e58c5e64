"""Stored WordPress text, cut into what its filters tell apart: text, tags, comments, shortcodes.

Every pattern here stops at the next `<` or `[`, and what is not there is looked for once, so that
ten megabytes of `<!--` cost no more than ten megabytes of text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

#: The shortcodes that WordPress itself knows.
SHORTCODES = ("audio", "caption", "embed", "gallery", "playlist", "video", "wp_caption")
_NAMES = "|".join(SHORTCODES)
#: One class of characters stands first, which is what makes the search for it fast. A name gives
#: nothing back: `<aaaa…` without an end would be looked through once for each of its letters.
_DELIMITER = re.compile(
    r"[<\[](?:(?<=<)(?:(?P<comment>!--)|(?P<tag>/?[A-Za-z][A-Za-z0-9:-]*+)[^<>]*>)"
    rf"|(?<=(?P<shortcode>\[))\[?/?(?:{_NAMES})(?![\w-])[^\[\]]*\]\]?)"
)
#: What a comment and a shortcode are called in `tokens`.
COMMENT = "!"
SHORTCODE = "["
_BARE_AMPERSAND = re.compile(r"&(?!#(?:\d+|[xX][0-9a-fA-F]+);|[A-Za-z1-4]{1,8};)")
#: Elements whose text is as it stands: no filter touches a quote or a smiley in them.
LITERAL = frozenset({"code", "kbd", "pre", "script", "style", "textarea", "tt"})


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield `(token, name)`: all of `text`, piece by piece.

    The name is empty for text, `!` for a comment, `[` for one of WordPress's own shortcodes, and in
    small letters that of a tag: `em`, `/em`.
    """
    at = 0
    while match := _DELIMITER.search(text, at):
        if match.start() > at:
            yield text[at : match.start()], ""
        at = match.end()
        if match["comment"]:
            end = text.find("-->", at)
            at = len(text) if end < 0 else end + 3
            yield text[match.start() : at], COMMENT
        else:
            yield match[0], SHORTCODE if match["shortcode"] else match["tag"].lower()
    if at < len(text):
        yield text[at:], ""


def in_text(text: str, change: Callable[[str], str], silent: frozenset[str] = LITERAL) -> str:
    """Return `text` with `change` done to what stands in no tag and in no element of `silent`."""
    return "".join(
        change(token) if name == "" and not within else token
        for token, name, within in with_silence(text, silent)
    )


def with_silence(text: str, silent: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield what `tokens` does, and whether it stands within an element of `silent`."""
    opened: list[str] = []
    for token, name in tokens(text):
        if name in silent:
            opened.append(name)
        elif opened and name == f"/{opened[-1]}":
            opened.pop()
        yield token, name, bool(opened)


def without_bare_ampersands(text: str) -> str:
    """Return `text` with each `&` escaped that begins no entity: `a&copy=1` names no copyright."""
    return _BARE_AMPERSAND.sub("&amp;", text) if "&" in text else text
