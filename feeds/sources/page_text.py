"""Plain text → blocks of lines; and what is no plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from feeds.errors import ContentError
from feeds.markup import first_illegal, legal, one_line

AGAIN = "save the page as plain text (in Firefox: Save Page As, Text Files) and import that"

# --- what is no plain text -------------------------------------------------------------------------

_MAGIC = ("%PDF-", "PK\x03\x04", "\x89PNG", "GIF8", "{\\rtf", "\xff\xd8\xff", "ÿØÿ", "‰PNG")
_TAG = re.compile(r"<(?:[!?]|[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>)")
_NOT_KNOWN = "`import` knows no export or page that starts so; "
#: One character in so many may be a stray control character; more is no text.
_STRAY = 100


def refuse_other_formats(text: str) -> None:
    """Raise ContentError if `text` is binary, or in a format that says more than plain text."""
    start = text.removeprefix("\ufeff").lstrip()[:4096]
    illegal = len(text) - len(legal(text)) if first_illegal(text) else 0
    if illegal * _STRAY > len(text) or start.startswith(_MAGIC):
        raise ContentError("this is binary data, not text", AGAIN)
    if _TAG.match(start):
        raise ContentError("this is HTML or XML, not plain text", _NOT_KNOWN + AGAIN)
    if re.match(r"(?:From|MIME-Version|Subject):", start) and "multipart/related" in start:
        raise ContentError("this is a web archive (MHTML), not plain text", _NOT_KNOWN + AGAIN)
    if start[:1] in {"{", "["} and _is_json(text):
        raise ContentError("this is JSON, not plain text", _NOT_KNOWN + AGAIN)


def _is_json(text: str) -> bool:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


# --- blocks ---------------------------------------------------------------------------------------

_ITEM = re.compile(
    r"(?P<indent>[ \t\u00a0]*)(?P<marker>\d{1,5}\.|[•◦▪▫‣●○■*+-])(?:\s+(?P<rest>.*))?$"
)
_BULLETS = frozenset("•◦▪▫‣●○■")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that stand together: a paragraph, or an item of a list as far as its first gap."""

    #: Counted from 1.
    line: int
    indent: int
    lines: tuple[str, ...]
    #: `3` or `•`, if it is an item of a list.
    marker: str | None = None
    #: How many blank lines stand above it.
    gap: int = 0

    @property
    def text(self) -> str:
        """Its lines, marker and all."""
        return "\n".join(self.lines)

    @property
    def flat(self) -> str:
        """Its text on one line."""
        return one_line(self.text)

    @property
    def inner(self) -> tuple[str, ...]:
        """Its lines without the marker."""
        if not self.marker:
            return self.lines
        match = _ITEM.match(self.lines[0])
        first = (match["rest"] or "").strip() if match else self.lines[0]
        return ((first,) if first else ()) + self.lines[1:]

    @property
    def is_bullet(self) -> bool:
        """Whether its marker is one that extractors write and few people type."""
        return self.marker in _BULLETS


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text, which blank lines and the markers of lists divide."""
    clean = legal(text.replace("\r\n", "\n").replace("\r", "\n")).removeprefix("\ufeff")
    found: list[Block] = []
    lines: list[str] = []
    gap = 0
    for number, raw in enumerate([*clean.split("\n"), ""], 1):
        line = raw.expandtabs(4)
        marker = _marker(line, is_first=not lines)
        if lines and (marker or not line.strip()):
            found[-1] = replace(found[-1], lines=tuple(lines))
            lines = []
        if not line.strip():
            gap += 1
            continue
        if not lines:
            indent = len(line) - len(line.lstrip())
            found.append(Block(line=number, indent=indent, lines=(), marker=marker, gap=gap))
        lines.append(line.strip())
        gap = 0
    return found


def divided(block: Block, starts_item: Callable[[str], bool]) -> list[Block]:
    """Divide a block at lines that have a number and, behind it, what surely starts an item."""
    pieces: list[Block] = []
    start = 0
    for place in range(1, len(block.lines) + 1):
        match = _ITEM.match(block.lines[place]) if place < len(block.lines) else None
        if place == len(block.lines) or (match and starts_item(match["rest"] or "")):
            piece = replace(block, line=block.line + start, lines=block.lines[start:place])
            marker = _marker(piece.lines[0], is_first=True) if start else block.marker
            pieces.append(replace(piece, marker=marker, gap=0 if start else block.gap))
            start = place
    return pieces


def _marker(line: str, *, is_first: bool) -> str | None:
    """Return the marker of a line that starts an item of a list.

    Within a paragraph only an indented marker or a bullet starts one: a wrapped line may begin
    with "1999." or a dash.
    """
    match = _ITEM.match(line)
    if not match or not (is_first or match["indent"] or match["marker"] in _BULLETS):
        return None
    return match["marker"].rstrip(".")
