"""The text of a WordPress export → XML that a parser takes, piece by piece.

WordPress and those who copy it leave in what XML forbids: bare ampersands, `&nbsp;`, references to
control characters, warnings of PHP above the first line. They are mended here, outside of CDATA
sections only, line for line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.entities import name2codepoint

from feeds.markup import first_illegal

_MARK = re.compile(r"<!\[CDATA\[|<!--")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
_REFERENCE = re.compile(
    r"&(?:#(?P<digits>\d{1,8}|x[0-9A-Fa-f]{1,7});|(?P<name>[A-Za-z]\w{0,31});)?"
)
_KNOWN_TO_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
#: No mark and no reference is longer, so that none is cut in two.
_HELD = 40
_START = re.compile(r"<\?xml\b[^<>?]*+\?>|<!DOCTYPE\b|<rss\b", re.IGNORECASE)


def mended(pieces: Iterable[str]) -> Iterator[str]:
    """Yield pieces of text as well-formed XML, as far as characters and references go.

    Comments are left out, but for their line ends.
    """
    held = ""
    within = ""
    for piece in _without_prolog(pieces):
        text = held + piece
        out: list[str] = []
        at = 0
        while True:
            if within:
                at, within = _inside(text, at, within, out)
                if within:
                    break
            elif match := _MARK.search(text, at):
                out.append(_referenced(text[at : match.start()]))
                at, within = match.end(), _ENDS[match[0]]
                out.append(match[0] if within == "]]>" else "")
            else:
                cut = _open_end(text, at)
                out.append(_referenced(text[at:cut]))
                at = cut
                break
        held = text[at:]
        yield "".join(out)
    yield held if within == "]]>" else "" if within else _referenced(held)


def _inside(text: str, at: int, end_mark: str, out: list[str]) -> tuple[int, str]:
    """Take what stands in a section or comment; return where to go on, and what is to end it."""
    end = text.find(end_mark, at)
    stop = max(at, len(text) - 2) if end < 0 else end + 3
    out.append(text[at:stop] if end_mark == "]]>" else "\n" * text.count("\n", at, stop))
    return stop, end_mark if end < 0 else ""


def _open_end(text: str, at: int) -> int:
    """Return where something begins that the next piece may end."""
    last = max(text.rfind(mark, at) for mark in ("<", "&", "]]"))
    return last if last >= max(at, len(text) - _HELD) else len(text)


def _referenced(text: str) -> str:
    # What looks like the end of a section ends none here: WordPress 2 did not split those in text.
    text = text.replace("]]>", "]]&gt;")
    return _REFERENCE.sub(_reference, text) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    if digits := match["digits"]:
        code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
        return match[0] if code <= 0x10FFFF and not first_illegal(chr(code)) else ""
    name = match["name"]
    if name in _KNOWN_TO_XML:
        return match[0]
    if name in name2codepoint:
        return f"&#{name2codepoint[name]};"
    return f"&amp;{match[0][1:]}"


def _without_prolog(pieces: Iterable[str]) -> Iterator[str]:
    """Leave out the XML declaration and whatever PHP said before it, but for the line ends."""
    is_first = True
    for piece in pieces:
        if is_first and (match := _START.search(piece)):
            end = match.end() if match[0].startswith("<?") else match.start()
            piece = "\n" * piece.count("\n", 0, end) + piece[end:]
        is_first = False
        yield piece
