"""An export's bytes → its text, piece by piece, mended where another program broke it.

What is mended is named once a file: bytes that are not in the encoding, and characters that XML
forbids. Nothing here holds more than a piece.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from feeds.errors import Problem, Severity, StorageError
from feeds.markup import first_illegal, legal

#: Large, since expat before 2.6 reads an unfinished token again with every piece of it.
PIECE = 1 << 20
_HEAD = 1024
#: Python's own list has `rot13`, `zlib` and others that are no encodings of text.
_ENCODINGS = re.compile(
    r"(?i)utf-?16(?:[bl]e)?|(?:iso-?8859|windows|cp)-?\d{1,4}|koi8-[ru]|shift_?jis|euc-(?:jp|kr)"
    r"|gb(?:2312|k|18030)|big5"
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.-]{1,40})["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: A byte that is not UTF-8, as `surrogateescape` leaves it.
_STRAY = re.compile("[\udc80-\udcff]")


def opened(path: Path) -> BufferedReader:
    """Open a file to be read.

    Raises:
        StorageError: the system would not let us.
    """
    try:
        return open(path, "rb")
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> StorageError:
    """Return what is said of a file that the system keeps from us."""
    reason = error.strerror or type(error).__name__
    return StorageError(f"{path}: cannot be read ({reason}); check the disk and the permissions")


def encoding_of(head: bytes) -> tuple[str, int]:
    """Return the encoding of what starts so, and the length of its byte order mark.

    UTF-8 unless a mark or an XML declaration (XML 1.0 §4.3.3) says otherwise. What calls itself
    Latin-1 is taken for Windows-1252, as browsers do (Encoding Standard §4.2).
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    if head.startswith((b"<\0", b"{\0")):
        return "utf-16-le", 0
    if head.startswith((b"\0<", b"\0{")):
        return "utf-16-be", 0
    declared = _DECLARED.match(head.lstrip()[:_HEAD])
    name = declared[1].decode() if declared else ""
    # A declaration that can be read as ASCII is not in UTF-16, whatever it says.
    if not _ENCODINGS.fullmatch(name) or name.lower().startswith("utf"):
        return "utf-8", 0
    try:
        canonical = codecs.lookup(name).name
    except LookupError:
        return "utf-8", 0
    return ("cp1252" if canonical == "iso8859-1" else canonical), 0


def head_text(head: bytes) -> str:
    """Return the start of a file as text, for whoever wants to recognise it."""
    encoding, mark = encoding_of(head)
    return head[mark:].decode(encoding, "replace").lstrip()


def decoded(data: bytes) -> tuple[str, bool]:
    """Return UTF-8 as text, stray bytes read as Windows-1252, and whether there were any."""
    text = data.decode("utf-8", "surrogateescape")
    return _without_strays(text)


def _without_strays(text: str) -> tuple[str, bool]:
    if not _STRAY.search(text):
        return text, False
    return _STRAY.sub(_as_windows, text), True


def _as_windows(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace")


class Pieces:
    """A file's text piece by piece.

    Attributes:
        problems: what was mended, once a kind.
    """

    def __init__(self, path: Path) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._line = 1
        self._said: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        with opened(self._path) as stream:
            try:
                encoding, mark = encoding_of(stream.peek(_HEAD))
                stream.read(mark)
                errors = "surrogateescape" if encoding == "utf-8" else "replace"
                decoder = codecs.getincrementaldecoder(encoding)(errors)
                while data := stream.read(PIECE):
                    yield from self._mended(decoder.decode(data), encoding)
            except OSError as error:
                raise unreadable(self._path, error) from error
            yield from self._mended(decoder.decode(b"", final=True), encoding)

    def _mended(self, text: str, encoding: str) -> Iterator[str]:
        had_replacement = encoding != "utf-8" and "\N{REPLACEMENT CHARACTER}" in text
        text, had_strays = _without_strays(text)
        if had_strays:
            self._mention("bytes that are not UTF-8 were read as Windows-1252")
        elif had_replacement:
            self._mention(
                f"bytes that are not {encoding} were replaced by \N{REPLACEMENT CHARACTER}"
            )
        if bad := first_illegal(text):
            line = self._line + text.count("\n", 0, bad.start())
            what = f"characters that no feed can carry (U+{ord(bad[0]):04X} first) were left out"
            self._mention(what, line, kind="illegal")
        self._line += text.count("\n")
        if text := legal(text):
            yield text

    def _mention(self, what: str, line: int | None = None, kind: str = "encoding") -> None:
        if kind in self._said:
            return
        self._said.add(kind)
        remedy = "look through what was imported"
        self.problems.append(
            Problem(str(self._path), what, remedy, line or self._line, Severity.WARNING)
        )
