"""A large XML file → the children of its root, each whole, one after the other.

The parser is expat: it tells a document type as soon as it starts, so that no entity is ever
declared, let alone expanded, and it holds nothing but the record that it is in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from feeds.errors import ContentError, Problem, Severity
from feeds.exports.pieces import Pieces
from feeds.markup import first_illegal

#: Between a namespace and a name; no URI holds one.
_BLANK = " "
#: What no honest record exceeds: characters, elements, levels.
_MAX_TEXT = 32_000_000
_MAX_ELEMENTS = 20_000
_MAX_DEPTH = 50
#: Characters before the first element that are passed over.
_MAX_BEFORE = 1000
_REFERENCE = re.compile(r"&#(?:[0-9]{1,10}|x[0-9A-Fa-f]{1,8});")
#: What may be the start of such a reference, at the end of a piece.
_UNFINISHED = re.compile(r"&(?:#(?:[0-9]{0,10}|x[0-9A-Fa-f]{0,8}))?\Z")


@dataclass(slots=True)
class Element:
    """An element; a name is `namespace local`, with a blank between, or a local name alone."""

    name: str
    attributes: dict[str, str]
    #: Where its record starts in the file, counted from 1.
    line: int
    children: list[Element] = field(default_factory=list)
    #: What stands in it, but for what stands in its children.
    text: str = ""

    def first(self, name: str) -> Element | None:
        """Return the first child of that name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> Iterator[Element]:
        """Yield the children of that name."""
        return (child for child in self.children if child.name == name)

    def said(self, *path: str) -> str:
        """Return the text of a child, a grandchild…; nothing where there is none."""
        found: Element | None = self
        for name in path:
            found = found.first(name) if found else None
        return found.text.strip() if found else ""


def records(path: Path, roots: Collection[str], what: str) -> Iterator[Element | Problem]:
    """Yield the children of the root element, as they end, and what is wrong with the file.

    A file that breaks off has its whole records read, then comes a warning.

    Args:
        path: the file.
        roots: the names that its root may have.
        what: what that is, for messages: `an export of Disqus`.

    Raises:
        ContentError: it is not XML, not that kind of XML, or has a document type.
        StorageError: the system would not let us read it.
    """
    pieces = Pieces(path)
    builder = _Builder(str(path), roots, what)
    try:
        for text in _with_legal_references(pieces):
            builder.feed(text if builder.is_begun else builder.begin(text))
            yield from builder.taken()
        builder.feed("", final=True)
        yield from pieces.problems
    except ContentError as error:
        yield from builder.taken()
        yield from pieces.problems
        if not builder.any_record:
            raise
        what = f"{error.what}: what comes after it was not read"
        yield Problem(str(path), what, error.remedy, error.line, Severity.PROBLEM)


def _with_legal_references(pieces: Pieces) -> Iterator[str]:
    """Yield pieces without references to characters that XML forbids, which end a parser's work."""
    rest = ""
    for text in pieces:
        text = rest + text
        cut = _UNFINISHED.search(text, max(len(text) - 16, 0))
        rest = text[cut.start() :] if cut else ""
        yield _REFERENCE.sub(_legal_reference, text[: cut.start()] if cut else text)
    if rest:
        yield rest


def _legal_reference(match: re.Match[str]) -> str:
    digits = match[0][2:-1]
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return match[0] if code <= 0x10FFFF and not first_illegal(chr(code)) else ""


class _Builder:
    """Handlers of the parser; they hold one record."""

    def __init__(self, shown: str, roots: Collection[str], what: str) -> None:
        from xml.parsers import expat

        self.any_record = self.is_begun = False
        self._skipped = 0
        self._shown = shown
        self._roots = roots
        self._what = what
        self._ready: list[Element | Problem] = []
        self._depth = 0
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._size = self._elements = 0
        self._over = ""
        self._error = expat.ExpatError
        self._reason = expat.ErrorString
        self._parser = parser = expat.ParserCreate(namespace_separator=_BLANK)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype

    def begin(self, text: str) -> str:
        """Return a file's first piece without what stands before its first element.

        XML 1.0 §2.8 wants its declaration first, and blank lines get before it easily.
        """
        start = max(text.find("<", 0, _MAX_BEFORE), 0)
        self.is_begun = True
        self._skipped = text.count("\n", 0, start)
        return text[start:]

    def feed(self, text: str, *, final: bool = False) -> None:
        """Read on.

        Raises:
            ContentError: here it ends to be what it should be.
        """
        try:
            self._parser.Parse(text, final)
        except self._error as error:
            reason = self._reason(error.code) or "unknown"
            raise ContentError(
                f"the XML breaks off or is broken here ({reason})",
                "export it again, or mend this line",
                error.lineno + self._skipped,
            ) from None

    def taken(self) -> list[Element | Problem]:
        """Return what is ready, once."""
        ready, self._ready = self._ready, []
        return ready

    def _line(self) -> int:
        return self._parser.CurrentLineNumber + self._skipped

    def _refuse(self, what: str, remedy: str) -> NoReturn:
        raise ContentError(what, remedy, self._line())

    def _doctype(self, *declared: object) -> None:
        self._refuse(
            f"a document type, which {self._what} does not have",
            "export it again; nothing that declares entities is read",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            if name not in self._roots:
                self._refuse(f"not {self._what}", "name another file, or another --format")
            return
        if self._depth == 2:
            self._over, self._size, self._elements = "", 0, 0
        self._elements += 1
        if attributes:
            self._size += sum(len(key) + len(value) for key, value in attributes.items())
        if self._depth > _MAX_DEPTH + 1 or self._elements > _MAX_ELEMENTS:
            self._over = "too many elements"
        elif self._size > _MAX_TEXT:
            self._over = "too long attributes"
        if self._over and self._open:
            return
        element = Element(name, attributes, self._open[0].line if self._open else self._line())
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        self._texts.append([])

    def _characters(self, text: str) -> None:
        if not self._open or self._over:
            return
        self._size += len(text)
        if self._size > _MAX_TEXT:
            self._over = f"more than {_MAX_TEXT:,} characters"
            for pieces in self._texts:
                pieces.clear()
        else:
            self._texts[-1].append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if not self._open or (self._over and self._depth != 1):
            return
        while self._over and len(self._open) > 1:
            self._open.pop()
            self._texts.pop()
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        if self._depth == 1:
            self.any_record = True
            self._ready.append(self._too_large(element) if self._over else element)

    def _too_large(self, element: Element) -> Problem:
        local = element.name.rpartition(_BLANK)[2]
        return Problem(
            self._shown,
            f"a <{local}> with {self._over} was left out",
            "shorten it where it comes from, and export again",
            element.line,
            Severity.WARNING,
        )
