"""A file of `content/`, and its text: every read of what somebody wrote."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from typing import NoReturn

from feeds.errors import ContentError, Problem, StorageError
from feeds.markup import first_illegal, legal
from feeds.tuples import NamedTuple

#: So much of a file that grew is read at a time.
_PIECE = 1 << 16
_NUL = "holds a NUL byte: this is not text"
_FROM_A_COPY = "restore it from a copy"
#: Without these, and whatever begins with those two, there is nothing in UTF-8 to be mended.
_BAD_BYTES = bytes({*range(0x20)} - {0x09, 0x0A})
_BAD, _BAD_FIRST = b"\xef\xbf", b"\xef"  # to look for one byte takes a twentieth of the time
#: A pipe, a socket or a device, whatever it is called: to read it might never end.
NO_FILE, REPLACE = "not a regular file", "replace it by one"


class File(NamedTuple):
    """One file of ours; a tuple, which takes a third of the time to make."""

    #: Where it can be opened.
    path: str
    #: What messages call it.
    shown: str
    #: Its path within that of its kind's folders that it is in, with `/`; empty for a file that
    #: stands for such a folder.
    relative: str
    #: In bytes.
    size: int
    #: Which folder that is, seen from `site.toml`.
    tree: str = ""
    #: Its size, its times of modification and change in nanoseconds, and its inode.
    stats: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def inside(self) -> str:
        """Its path within the content folder."""
        return f"{self.tree}/{self.relative}" if self.relative else self.tree

    @property
    def place(self) -> tuple[str, str]:
        """The path of its folder within the content folder, and its name there.

        A file that stands for a folder is its own, and has no name in it.
        """
        if not self.relative:
            return self.tree, ""
        folder, _, name = self.inside.rpartition("/")
        return folder, name

    @property
    def changed_at(self) -> int:
        """When it last changed, in nanoseconds since 1970."""
        _, modified, changed, _ = self.stats
        return max(modified, changed)

    def seen_again(self) -> File | None:
        """Return the file as it is now; None if it is gone."""
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(self.shown, error) from error
        return self._replace(size=status.st_size, stats=stats_of(status))

    @property
    def stem(self) -> str:
        """The file's name without folder and suffix."""
        return self.inside.rpartition("/")[2].rpartition(".")[0]

    @property
    def folder(self) -> str:
        """The folder's path within the folder for posts or comments; empty at its top."""
        return self.relative.rpartition("/")[0]

    @property
    def suffix(self) -> str:
        """The suffix with its dot, in lower case."""
        return "." + (self.relative or self.tree).rpartition(".")[2].lower()


class Text(NamedTuple):
    """What stands in a file, and what had to be mended to read it."""

    text: str
    problems: tuple[Problem, ...] = ()


def stats_of(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return what tells whether a file has changed: size, times in nanoseconds, inode."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def unreadable(shown: str, error: OSError) -> StorageError:
    """Return the error that ends a build: nothing may be concluded from what we cannot see."""
    reason = error.strerror or type(error).__name__
    return StorageError(
        f"{shown}: cannot be read ({reason}); nothing was published, check the disk and the permissions"
    )


def is_there(path: str, shown: str) -> bool:
    """Tell whether there is something: file systems that fail may deny it when it is opened."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unreadable(shown, error) from error
    return True


def read_text(file: File, limit: int) -> Text:
    """Read a file whole, as text.

    Raises:
        ContentError: it is larger than `limit` bytes, is no regular file, is not UTF-8, or holds a
            NUL byte.
        StorageError: the system would not let us read it.
    """
    return as_text(file, read_bytes(file, limit))


def as_text(file: File, data: bytes) -> Text:
    """Return what was read of a file as text.

    What XML forbids is taken out here, before anything parses it, and named.

    Raises:
        ContentError: it is not UTF-8, or holds a NUL byte.
    """
    is_marked = data.startswith(codecs.BOM_UTF8)
    has_bad = _BAD_FIRST in data and _BAD in data
    if not is_marked and not has_bad and len(data.translate(None, _BAD_BYTES)) == len(data):
        try:
            return Text(data.decode())
        except UnicodeDecodeError:
            pass  # which byte it is, is told below
    if (place := data.find(b"\0")) >= 0:
        raise ContentError(
            _NUL,
            _FROM_A_COPY,
            data.count(b"\n", 0, place) + 1,
        )
    try:
        text = data.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        read = error.object  # without a byte order mark
        line = read.count(b"\n", 0, error.start) + 1
        raise ContentError(
            f"not UTF-8: byte 0x{read[error.start]:02x}", "save it as UTF-8", line
        ) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not (bad := first_illegal(text)):
        return Text(text)
    line = text.count("\n", 0, bad.start()) + 1
    return Text(legal(text), (_mended(file, bad[0], line),))


class TextStream:
    """A file's text piece by piece, for lists that are too large to be held whole.

    Mends and refuses what `read_text` does.
    """

    def __init__(self, file: File) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._line = 1
        try:
            self._stream = open(_opened(file), "rb")  # noqa: SIM115 - until the list ends
        except OSError as error:
            raise _unreadable_file(file, error) from error

    def __enter__(self) -> TextStream:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def read(self, size: int) -> str:
        """Return about `size` characters more; nothing at the end."""
        text, data = "", b"more"
        # A piece of nothing but half a character must not look like the end.
        while data and not text:
            try:
                data = self._stream.read(size)
            except OSError as error:
                raise _unreadable_file(self._file, error) from error
            text = self._mended(data)
        return text

    def _mended(self, data: bytes) -> str:
        if b"\0" in data:
            raise ContentError(_NUL, _FROM_A_COPY, self._line)
        try:
            text = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            raise ContentError("not UTF-8", "save it as UTF-8", self._line) from None
        if (bad := first_illegal(text)) and not self.problems:
            self.problems.append(
                _mended(self._file, bad[0], self._line + text.count("\n", 0, bad.start()))
            )
        self._line += text.count("\n")
        return legal(text)


def _mended(file: File, character: str, line: int) -> Problem:
    what = f"the character U+{ord(character):04X}, which no feed can carry, was left out"
    return Problem(file.shown, what, "delete it from the file", line)


def read_bytes(file: File, limit: int) -> bytes:
    """Return what stands in a file, which may have grown since it was listed.

    Raises:
        ContentError: it is larger than `limit` bytes, or is no regular file.
        StorageError: the system would not let us read it.
    """
    if file.size > limit:
        _refuse_size(file.size, limit)
    try:
        descriptor = os.open(file.path, _FLAGS)
        try:
            try:
                data = piece = os.read(descriptor, file.size + 1)
            except OSError:
                _size(descriptor)
                raise
            if len(data) == file.size > 0:
                return data  # as nearly always: it is what was listed, a file of that size
            size = _size(descriptor)
            if size > limit:
                _refuse_size(size, limit)
            while piece and len(data) != size and len(data) <= limit:
                piece = os.read(descriptor, min(limit + 1 - len(data), _PIECE))
                data += piece
            if len(data) > limit:
                _refuse_size(len(data), limit)
            return data
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _unreadable_file(file, error) from error


def _refuse_size(size: int, limit: int) -> NoReturn:
    raise ContentError(
        f"{size:,} bytes, over the limit of {limit:,}",
        "shorten it, or raise the limit below [limits]",
    )


#: Nobody waits: since a file was listed, a pipe may have taken its place.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK


def _opened(file: File) -> int:
    """Return the descriptor of a file, which is one."""
    descriptor = os.open(file.path, _FLAGS)
    try:
        _size(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _size(descriptor: int) -> int:
    """Return how many bytes a file has that was opened, if it is one."""
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise ContentError(NO_FILE, REPLACE)
    return status.st_size


def _unreadable_file(file: File, error: OSError) -> Exception:
    """Return the error that ends a build, but for a file that has gone since it was listed."""
    if isinstance(error, FileNotFoundError) and not is_there(file.path, file.shown):
        return ContentError("gone while it was about to be read", "build again")
    return unreadable(file.shown, error)
