"""Bare addresses → links, smileys → emoji."""

from __future__ import annotations

import re

from feeds.exports.wordpress_markup import LITERAL, in_text

_STARTS = r"(?:(?<![^\s(>.,;:!?])|(?<=&lt;)|(?<=&nbsp;)|(?<=[“‘]))"
#: Entities that stand for brackets, quotes and blanks are no part of an address.
_ADDRESS = re.compile(
    rf"{_STARTS}(?P<scheme>https?://|www\.)"
    r"(?:[^\s<>\"&“”]++|&(?!(?:lt|gt|quot|nbsp|#0?3[49]);))++",
    re.IGNORECASE,
)
_ENTITY_AT_END = re.compile(r"&#?\w{1,8}\Z")
#: An address ends with none of these, but for a parenthesis that it has opened itself.
_TRAILING = ".,;:!?')"
#: What is longer is no address that anybody wrote.
_MAX_ADDRESS = 2000
_LINKING_ENDS = LITERAL | {"a"}


def linked(text: str) -> str:
    """Return HTML with links made of bare `http://`, `https://` and `www.` addresses.

    E-mail addresses stay text: no feed of comments links them.
    """
    if "://" not in text and "www." not in text.lower():
        return text
    return in_text(text, lambda piece: _ADDRESS.sub(_link, piece), _LINKING_ENDS)


def _link(match: re.Match[str]) -> str:
    written = match[0]
    if len(written) > _MAX_ADDRESS:
        return written
    address = written.rstrip(_TRAILING)
    opened = address.count("(") - address.count(")")
    while opened > 0 and written[len(address) : len(address) + 1] == ")":
        address += ")"
        opened -= 1
    if written[len(address) : len(address) + 1] == ";" and _ENTITY_AT_END.search(address):
        address += ";"
    rest = written[len(address) :]
    if len(address) <= len(match["scheme"]) or "." not in address:
        return written
    if match["scheme"].lower() == "www.":
        address = f"http://{address}"
    return f'<a href="{address}">{address}</a>{rest}'


_SMILEYS = {
    "8-)": "😎",
    "8-O": "😯",
    "8O": "😯",
    ":!:": "❗",
    ":(": "🙁",
    ":)": "🙂",
    ":-(": "🙁",
    ":-)": "🙂",
    ":-?": "😕",
    ":-D": "😀",
    ":-P": "😛",
    ":-o": "😮",
    ":-x": "😡",
    ":-|": "😐",
    ":?": "😕",
    ":?:": "❓",
    ":???:": "😕",
    ":D": "😀",
    ":P": "😛",
    ":arrow:": "➡",
    ":cool:": "😎",
    ":cry:": "😥",
    ":eek:": "😮",
    ":evil:": "👿",
    ":grin:": "😀",
    ":idea:": "💡",
    ":lol:": "😆",
    ":mad:": "😡",
    ":neutral:": "😐",
    ":o": "😮",
    ":oops:": "😳",
    ":razz:": "😛",
    ":roll:": "🙄",
    ":sad:": "🙁",
    ":shock:": "😯",
    ":smile:": "🙂",
    ":twisted:": "😈",
    ":wink:": "😉",
    ":x": "😡",
    ":|": "😐",
    ";)": "😉",
    ";-)": "😉",
}
#: Literals first: that is what makes the search fast. What stands before is looked at afterwards.
_SMILEY = re.compile(
    "(?:"
    + "|".join(re.escape(smiley) for smiley in sorted(_SMILEYS, key=len, reverse=True))
    + r")(?=\s|\Z|&nbsp;)"
)


def smilies(text: str) -> str:
    """Return HTML with smileys that stand alone, `:-)`, as the characters that mean them."""
    # In text that WordPress has made HTML of, `:-)` may end where a tag begins.
    if not any(mark in text for mark in ":;8"):
        return text
    return in_text(text, lambda piece: _SMILEY.sub(_emoji, piece))


def _emoji(match: re.Match[str]) -> str:
    start = match.start()
    before = match.string[max(start - 6, 0) : start]
    stands_alone = not before or before[-1].isspace() or before.endswith("&nbsp;")
    return _SMILEYS[match[0]] if stands_alone else match[0]
