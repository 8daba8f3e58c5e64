"""An old id → one line at the end of a post's front matter, and not another byte.

Whether the line says what it should is not argued but tried: what was written is read again as the
sources will read it, and must hold the id, and besides it what it held before.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from feeds.errors import ContentError, Problem, StorageError, quoted
from feeds.markup import legal, one_line
from feeds.sources import native
from feeds.sources.front_matter import Document, split
from feeds.sources.records import Record, Scalar, Value
from feeds.urls import is_absolute_uri

_KEY = "id"
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++\Z")
_FENCE = re.compile(r"(---|\+\+\+)[ \t]*")
_CLOSING = {"---": re.compile(r"(?:---|\.\.\.)[ \t]*"), "+++": re.compile(r"\+\+\+[ \t]*")}
_CHANGED = "it changed while it was read; run it again"


class Outcome(StrEnum):
    """What became of a file."""

    #: It has its line now.
    PINNED = "pinned"
    #: It had this very id before; nothing was written.
    ALREADY = "already"
    #: It has another id of its own, which stays.
    OTHER = "other"
    #: It cannot take a line.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Pinned:
    """What became of one file."""

    path: str
    id: str
    outcome: Outcome
    #: Where the `id` stands, new or old, counted from 1.
    line: int | None = None
    #: That line as it is written.
    written: str = ""
    #: Why nothing was written, and what to do; empty if something was.
    what: str = ""
    remedy: str = ""

    @property
    def problem(self) -> Problem | None:
        """What its author is to see; None if the post has the id now."""
        if self.outcome in {Outcome.PINNED, Outcome.ALREADY}:
            return None
        return Problem(self.path, self.what, self.remedy, self.line)


def pin(path: Path, id: str, keys: Sequence[str] = ("id",)) -> Pinned:
    """Write an id into a post's front matter, unless it has one.

    The file is replaced whole, by a rename; a link stays a link, and what it leads to is written.

    Args:
        path: the post.
        id: an absolute URI, which stands for itself as a post's id.
        keys: what the layout reads an id from, first come first served (`("guid", "id")` in the
            blogs of other programs); where none is, `id` is written.

    Raises:
        StorageError: the system would not let us read or write it; it is as it was.
    """
    target = Path(os.path.realpath(path))
    try:
        before = os.stat(target)
        if not stat.S_ISREG(before.st_mode):
            return _refused(str(path), id, "not a regular file", "name the post's file")
        data = target.read_bytes()
        new, result = with_id(data, id, str(path), keys)
        if new is not None and not _replaced(target, new, before):
            return _refused(str(path), id, "not written", _CHANGED)
    except FileNotFoundError:
        return _refused(str(path), id, "no such file", "build once, and run it again")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"{path}: cannot be written ({reason}); make room or check the permissions, and run it again"
        ) from error
    return result


def with_id(
    data: bytes, id: str, shown: str, keys: Sequence[str] = ("id",)
) -> tuple[bytes | None, Pinned]:
    """Return a post's bytes with its id pinned, and what was done; None where nothing is to be done.

    Args:
        data: the post's file.
        id: an absolute URI.
        shown: what messages call the file.
        keys: as for `pin`.
    """
    if not is_absolute_uri(id) or one_line(id) != id:
        what = f"{quoted(id)} is no absolute URI, so it would not be the post's id"
        return None, _refused(shown, id, what, "leave it, or set `ids` in site.toml")
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        text = data[len(mark) :].decode()
    except UnicodeDecodeError:
        return None, _refused(shown, id, "not UTF-8", "save it as UTF-8")
    if "\0" in text:
        return None, _refused(shown, id, "a NUL byte in it", "restore it from a copy")
    try:
        old = _read(text)
    except ContentError as error:
        return None, _refused(shown, id, error.what, error.remedy, error.line)
    if text.startswith("{") and old.head:
        what = "its front matter is JSON, which has no lines to add to"
        remedy = f'add it there yourself: "id": {native.quoted(id)}'
        return None, _refused(shown, id, what, remedy)
    head = _Head.of(text)
    if head is None:
        remedy = f"add it the way its metadata are written: id: {native.quoted(id)}"
        return None, _refused(shown, id, "no front matter between `---` or `+++` lines", remedy)
    if standing := _standing(old.head, keys):
        return None, _told(shown, id, *standing, text)
    for count, line in head.candidates(native.quoted(id)):
        place = sum(map(len, head.lines[:count]))
        new = text[:place] + line + text[place:]
        if _says(new, old, id):
            result = Pinned(shown, id, Outcome.PINNED, count + 1, line.rstrip("\r\n"))
            return mark + new.encode(), result
    what = "a line at the end of its front matter would not be read as its id"
    return None, _refused(shown, id, what, f"add it yourself: {_KEY}: {native.quoted(id)}")


def _refused(shown: str, id: str, what: str, remedy: str, line: int | None = None) -> Pinned:
    return Pinned(shown, id, Outcome.REFUSED, line, "", f"no id pinned: {what}", remedy)


# --- reading --------------------------------------------------------------------------------------


def _read(text: str) -> Document:
    """Take a file apart as the sources do, which read legal characters and LF only."""
    return split(legal(text.replace("\r\n", "\n").replace("\r", "\n")), lenient=True)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where front matter is."""

    fence: str
    #: Its lines with their ends, from the opening fence to the last before the closing one.
    lines: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Head | None:
        """Find it; None if there is none."""
        lines: list[str] = []
        closing = None
        for line in _lines(text):
            bare = legal(line).rstrip("\r\n")
            if closing is None:
                opening = _FENCE.fullmatch(bare)
                if not opening:
                    return None
                closing = _CLOSING[opening[1]]
            elif closing.fullmatch(bare):
                return cls(legal(lines[0])[:3], tuple(lines))
            lines.append(line)
        return None

    def candidates(self, value: str) -> Iterator[tuple[int, str]]:
        """Yield how many lines a new one may stand behind, and the new one.

        All is best. In TOML that may be within a table, so then comes what stands before the first
        line that looks like the start of one, and then the very first.
        """
        end = len(self.lines)
        if self.fence == "---":
            yield end, f"{self._indent()}{_KEY}: {value}{_end(self.lines[end - 1])}"
            return
        for count in dict.fromkeys((end, self._before_tables(), 1)):
            yield count, f"{_KEY} = {value}{_end(self.lines[count - 1])}"

    def _before_tables(self) -> int:
        tables = (n for n, line in enumerate(self.lines) if line.lstrip(" \t").startswith("["))
        count = next(tables, len(self.lines))
        while count > 1 and not self.lines[count - 1].strip():
            count -= 1  # a blank line above a table is the table's
        return count

    def _indent(self) -> str:
        """Return what stands before the first key: all of one mapping stand below one another."""
        for line in self.lines[1:]:
            bare = line.lstrip(" ")
            if bare.strip() and not bare.startswith("#"):
                return line[: len(line) - len(bare)]
        return ""


def _lines(text: str) -> Iterator[str]:
    return (match[0] for match in _LINE.finditer(text))


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _standing(head: Record, keys: Sequence[str]) -> tuple[str, Value] | None:
    """Return the key and the value of the id that is there, were it an empty one."""
    lower = {key.lower(): (key, value) for key, value in head.items()}
    lower |= {key: (key, value) for key, value in head.items()}
    found = [lower[key] for key in keys if key in lower]
    said = (pair for pair in found if not isinstance(pair[1], Scalar) or one_line(pair[1]))
    return next(said, None) or lower.get(_KEY)


def _told(shown: str, id: str, key: str, value: Value, text: str) -> Pinned:
    """Say what stands there already."""
    line = value.line if isinstance(value, Scalar) else None
    written = next(islice(_lines(text), line - 1, None), "").strip() if line else ""
    if key not in written:
        written = ""  # libyaml has other line ends than we have (YAML 1.1 §5.4)
    if isinstance(value, Scalar) and one_line(value) == id:
        return Pinned(shown, id, Outcome.ALREADY, line, written)
    what = f"it has {written or key!r} already, and not {id}"
    remedy = "keep it, or write the old id there yourself"
    return Pinned(shown, id, Outcome.OTHER, line, written, what, remedy)


def _says(text: str, old: Document, id: str) -> bool:
    """Tell whether a file holds what it held, and the id."""
    try:
        new = _read(text)
    except ContentError:
        return False
    return new.body == old.body and new.head == old.head | {_KEY: id}


# --- writing --------------------------------------------------------------------------------------


def _replaced(target: Path, data: bytes, before: os.stat_result) -> bool:
    """Put new bytes in a file's place; False if somebody else has written it meanwhile."""
    descriptor, temporary = tempfile.mkstemp(prefix=".adopt-", dir=target.parent)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            with suppress(PermissionError):
                os.fchown(descriptor, before.st_uid, before.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
            os.fsync(descriptor)
        if _identity(os.stat(target)) != _identity(before):
            os.unlink(temporary)
            return False
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _identity(status: os.stat_result) -> tuple[int, int, int, int]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
