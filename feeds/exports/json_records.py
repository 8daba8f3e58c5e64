"""A large JSON file → the values at a few places in it, each whole, one after the other.

`json` reads a document as a whole, which takes several times its size. This walks through the text,
descends only where something is wanted, passes over the rest by counting brackets, and gives
`json` one record at a time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from feeds.errors import ContentError, Problem, Severity
from feeds.exports.pieces import Pieces

#: Keys from the outermost value inwards; `*` stands for each item of a list.
Place: TypeAlias = tuple[str, ...]

#: What no honest record exceeds, in characters.
MAX_RECORD = 16_000_000
_SPACE = re.compile(r"[ \t\r\n]*+")
#: What needs no look within a list or object, within a string, and in a number or word.
_BETWEEN = re.compile(r'[^"{}\[\]]*+')
_IN_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)
_WORD = re.compile(r"[^ \t\r\n,:\]}\[{\"]*+")
_MAX_KEY = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and where it was."""

    place: Place
    value: Any
    #: In the file, counted from 1; most exports are one line.
    line: int


def records(path: Path, wanted: Collection[Place]) -> Iterator[Found | Problem]:
    """Yield the values at the wanted places, in the order of the file, and what is wrong with it.

    A file that breaks off has its whole values read, then comes a warning. A value that `json`
    cannot read costs itself.

    Raises:
        ContentError: it is not JSON from its start.
        StorageError: the system would not let us read it.
    """
    pieces = Pieces(path)
    walk = _Walk(pieces, str(path), wanted)
    found = 0
    try:
        for item in walk.values(()):
            found += isinstance(item, Found)
            yield item
        yield from pieces.problems
    except ContentError as error:
        yield from pieces.problems
        if not found:
            raise
        what = f"{error.what}: what comes after it was not read"
        yield Problem(str(path), what, error.remedy, error.line, Severity.PROBLEM)


def parsed(text: str) -> Any:
    """Return what a JSON text says.

    Raises:
        ContentError: it is no JSON, or nests deeper than anybody means.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ContentError("JSON that nests too deep", "mend it, or export again") from None
    except ValueError as error:  # also a number of thousands of digits
        reason = getattr(error, "msg", "a number is too long")
        raise ContentError(f"not JSON ({reason})", "mend it, or export again") from None


# --- values ---------------------------------------------------------------------------------------


def as_record(value: object) -> dict[str, Any]:
    """Return an object; an empty one where something else stands."""
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str:
    """Return a text or a number as text; nothing for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def as_truth(value: object) -> bool | None:
    """Return a truth value, absent ones being false; None if it cannot be read as one."""
    if value is None or value in ("", 0, "0", "false"):
        return False
    return True if value in (1, "1", "true") else None


# --- the walk -------------------------------------------------------------------------------------


class _Kept:
    """A value's text as far as it is wanted."""

    def __init__(self, limit: int) -> None:
        self.parts: list[str] = []
        self.over = False
        self._room = limit

    def add(self, text: str) -> None:
        self._room -= len(text)
        if self._room < 0:
            self.over = True
            self.parts.clear()
        elif not self.over:
            self.parts.append(text)


class _Walk:
    def __init__(self, pieces: Pieces, shown: str, wanted: Collection[Place]) -> None:
        self._pieces = iter(pieces)
        self._shown = shown
        self._wanted = frozenset(wanted)
        self._above = {place[:size] for place in wanted for size in range(len(place))}
        self._text = ""
        self._at = 0
        self._line = 1
        self._counted = 0
        self._kept = _Kept(0)
        self._mark = 0

    # Values

    def values(self, place: Place) -> Iterator[Found | Problem]:
        """Yield what is wanted of the value that starts here, and step behind it."""
        opening = self._peek()
        if place in self._wanted:
            yield from self._value(place)
        elif place in self._above and opening in {"{", "["}:
            self._at += 1
            yield from self._members(place) if opening == "{" else self._items(place)
        else:
            self._take(0)

    def _members(self, place: Place) -> Iterator[Found | Problem]:
        if self._ends("}"):
            return
        while True:
            if self._peek() != '"':
                self._refuse("a key in quotes should stand here")
            key = self._take(_MAX_KEY)
            if self._peek() != ":":
                self._refuse("a colon should stand here")
            self._at += 1
            name = "" if key.over else str(parsed("".join(key.parts)))
            yield from self.values((*place, name))
            if self._ends("}"):
                return
            self._comma()

    def _items(self, place: Place) -> Iterator[Found | Problem]:
        if self._ends("]"):
            return
        while True:
            yield from self.values((*place, "*"))
            if self._ends("]"):
                return
            self._comma()

    def _value(self, place: Place) -> Iterator[Found | Problem]:
        line = self._line_here()
        kept = self._take(MAX_RECORD)
        if kept.over:
            what = f"a record of more than {MAX_RECORD:,} characters was left out"
            remedy = "shorten it where it comes from, and export again"
            yield Problem(self._shown, what, remedy, line, Severity.WARNING)
            return
        try:
            yield Found(place, parsed("".join(kept.parts)), line)
        except ContentError as error:
            yield Problem(
                self._shown, f"a record is {error.what}", error.remedy, line, Severity.WARNING
            )

    # Text

    def _peek(self) -> str:
        """Return the next character that is no space, without stepping over it."""
        while True:
            self._at = self._match(_SPACE)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                self._refuse("the JSON breaks off")

    def _ends(self, closing: str) -> bool:
        if self._peek() != closing:
            return False
        self._at += 1
        return True

    def _comma(self) -> None:
        if self._peek() != ",":
            self._refuse("the JSON is broken: a comma should stand here")
        self._at += 1

    def _take(self, limit: int) -> _Kept:
        """Step over a value, and return its text as far as that is not longer than `limit`."""
        opening = self._peek()
        self._kept, self._mark = _Kept(limit), self._at
        if opening == '"':
            self._string()
        elif opening in "{[":
            self._nested()
        else:
            self._word()
        kept, self._kept = self._kept, _Kept(0)
        kept.add(self._text[self._mark : self._at])
        return kept

    def _nested(self) -> None:
        depth = 0
        while True:
            self._at = self._match(_BETWEEN)
            if self._at == len(self._text):
                self._need()
                continue
            character = self._text[self._at]
            if character == '"':
                self._string()
                continue
            self._at += 1
            depth += 1 if character in "{[" else -1
            if not depth:
                return

    def _string(self) -> None:
        self._at += 1
        while True:
            self._at = self._match(_IN_STRING)
            if self._at < len(self._text) and self._text[self._at] == '"':
                self._at += 1
                return
            self._need()  # the end of the piece, or half an escape before it

    def _word(self) -> None:
        start = self._at
        self._at = self._match(_WORD)
        if self._at == start and self._at < len(self._text):
            self._refuse("the JSON is broken: a value should stand here")
        while self._at == len(self._text) and self._more():
            self._at = self._match(_WORD)

    def _match(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at

    def _need(self) -> None:
        if not self._more():
            self._refuse("the JSON breaks off")

    def _more(self) -> bool:
        """Go on to the next piece; what was read goes where it is wanted."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._line_here()
        self._kept.add(self._text[self._mark : self._at])
        self._text = self._text[self._at :] + piece
        self._at = self._counted = self._mark = 0
        return True

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _refuse(self, what: str) -> NoReturn:
        remedy = "export it again, or mend it"
        raise ContentError(what, remedy, self._line_here())
