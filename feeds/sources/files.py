"""Which files there are, and their text: every listing and every read of `content/`.

Listings use `os.scandir` alone: `glob`, `os.walk` and `exists()` swallow errors, and a disk that
fails for a moment would look like a blog without posts.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

from feeds.errors import ContentError, Problem, SettingsError, StorageError
from feeds.markup import first_illegal, legal

#: So much of a file that grew is read at a time.
_PIECE = 1 << 16
_NUL = "holds a NUL byte: this is not text"
_FROM_A_COPY = "restore it from a copy"
#: Without these, and whatever begins with those two, there is nothing in UTF-8 to be mended.
_BAD_BYTES = bytes({*range(0x20)} - {0x09, 0x0A})
_BAD = b"\xef\xbf"
#: A pipe, a socket or a device, whatever it is called: to read it might never end.
_NO_FILE, _REPLACE = "not a regular file", "replace it by one"
_FOLLOW = "set symlinks = true below [content] to follow it"
#: Gone since it was listed, a link to nothing (Emacs locks are), or one that leads in a circle.
_NOTHING_THERE = frozenset({errno.ENOENT, errno.ELOOP})


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
    def inside_folder(self) -> str:
        """The path of its folder within the content folder; a file that stands for one is its own."""
        return self.inside.rpartition("/")[0] if self.relative else self.tree

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
        return self._replace(size=status.st_size, stats=_stats(status))

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


class Held(NamedTuple):
    """What is right in one folder.

    Attributes:
        folder: what it is called; see `Tree.folders`.
        files: those that are ours.
        problems: what looks ours and is no file that can be read safely.
        folders: the names of those in it.
        links: the names of links to others.
    """

    folder: str
    files: list[File]
    problems: list[Problem]
    folders: list[str]
    links: list[str]


class Text(NamedTuple):
    """What stands in a file, and what had to be mended to read it."""

    text: str
    problems: tuple[Problem, ...] = ()


class Tree:
    """A content folder: lists the files in it that are ours.

    What it is asked about lies within it, links resolved, unless links are to be followed:
    otherwise a `SettingsError` says so.
    """

    def __init__(self, root: Path, shown: str, *, follow_links: bool) -> None:
        self._root = os.path.realpath(root)
        self._shown = shown
        self._follow_links = follow_links

    def has(self, folder: str) -> bool:
        """Tell whether there is such a folder; a folder that cannot be asked about is no answer."""
        return stat.S_ISDIR(self._mode(folder))

    def has_file(self, path: str) -> bool:
        """Tell whether there is such a file; one that cannot be asked about is no answer.

        Nor is a pipe or a device: to pass over a configuration would give every post another
        address.
        """
        mode = self._mode(path)
        if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise SettingsError(f"{self._shown_path(path, '')}: {_NO_FILE}; {_REPLACE}")
        return stat.S_ISREG(mode)

    def _mode(self, folder: str) -> int:
        path = os.path.join(self._root, folder)
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            gone = isinstance(error, FileNotFoundError | NotADirectoryError)
            if gone and not os.path.islink(path):
                return 0  # but a link that leads nowhere is a mount that is gone
            raise unreadable(self._shown_path(folder, ""), error) from error
        if not self._may_follow(path):
            shown = self._shown_path(folder, "")
            raise SettingsError(f"{shown}: leads out of the content folder; {_FOLLOW}")
        return mode

    def files(self, tree: str, suffixes: frozenset[str], problems: list[Problem]) -> Iterator[File]:
        """Yield the files below the folder `tree`, in the order of paths.

        What is not ours (dot files, backups, README…) is passed over in silence; what looks ours
        and is not a file that can be read safely is added to `problems`.
        """
        found: list[File] = []
        for held in self.walk(tree, suffixes):
            found += held.files
            problems += held.problems
        return iter(sorted(found, key=lambda file: file.relative))

    def folders(self, tree: str) -> list[str]:
        """Return every folder of a tree: `""`, `"/sub"`, `"/sub/sub"`; none if there is no tree.

        A file that stands for a tree is its own only folder, and so is what looks like one.
        """
        return [held.folder for held in self.walk(tree, frozenset())]

    def walk(self, tree: str, suffixes: frozenset[str]) -> Iterator[Held]:
        """Yield every folder of a tree, as `folders` calls it, with what is right in it."""
        if not self.has(tree):
            if self._mode(tree):
                yield self.held(tree, "", suffixes)
            return
        root, shown_root = self._root_of(tree), self._shown_path(tree, "")
        seen: set[tuple[int, int]] = set()
        waiting, links = [""], list[str]()
        while waiting or links:
            # Links last, and all by name: a folder that has two is known by its own.
            folder = (waiting or links).pop()
            shown = f"{shown_root}{folder}".removeprefix("" if shown_root else "/")
            try:
                descriptor = _open_folder(root + folder)
            except OSError as error:
                raise unreadable(shown, error) from error
            try:
                status = os.fstat(descriptor)
                identity = (status.st_dev, status.st_ino)
                if identity in seen:
                    continue  # a link may lead back to where we came from
                seen.add(identity)
                held = Held(folder, [], [], [], [])
                self._look(descriptor, root + folder, shown, tree, suffixes, held)
            finally:
                os.close(descriptor)
            yield held
            waiting += (f"{folder}/{name}" for name in sorted(held.folders))
            links += (f"{folder}/{name}" for name in sorted(held.links))

    def held(self, tree: str, folder: str, suffixes: frozenset[str]) -> Held:
        """Return what is right in one folder, as `folders` calls it; nothing if it is gone."""
        path, shown = self._root_of(tree) + folder, self._shown_path(tree, folder)
        held = Held(folder, [], [], [], [])
        if not folder and (mode := self._mode(tree)) and not stat.S_ISDIR(mode):
            if stat.S_ISREG(mode):
                held.files.append(self._lone_file(tree, path))
            else:
                held.problems.append(Problem(shown, _NO_FILE, _REPLACE))
            return held
        try:
            descriptor = _open_folder(path)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not _is_there(path, shown):
                return held
            raise unreadable(shown, error) from error
        try:
            self._look(descriptor, path, shown, tree, suffixes, held)
        finally:
            os.close(descriptor)
        return held

    def files_in(
        self, tree: str, folder: str, suffixes: frozenset[str], problems: list[Problem]
    ) -> list[File]:
        """Return the files right in one folder, as `folders` calls it; none if it is gone."""
        held = self.held(tree, folder, suffixes)
        problems += held.problems
        return held.files

    def file_at(self, tree: str, relative: str) -> File:
        """Return a file that was listed there before, and may have gone."""
        path = f"{self._root_of(tree)}/{relative}" if relative else self._root_of(tree)
        return File(path, self._shown_path(tree, relative), relative, 0, tree)

    def sections(self, tree: str, folder: str) -> list[File]:
        """Return the files in one folder by which generators know sections and bundles."""
        path = self._root_of(tree) + folder
        names = [
            entry.name
            for entry in _listed(path, self._shown_path(tree, folder))
            if entry.name.startswith(("_index.", "index."))
            and (not entry.is_symlink() or self._may_follow(entry.path))
        ]
        return [
            File(
                f"{path}/{name}",
                self._shown_path(tree, f"{folder}/{name}"),
                f"{folder}/{name}"[1:],
                0,
                tree,
            )
            for name in sorted(names)
        ]

    def _look(
        self,
        descriptor: int,
        path: str,
        shown: str,
        tree: str,
        suffixes: frozenset[str],
        held: Held,
    ) -> None:
        """Add what is right in a folder that is open, as it comes.

        A million files of others must not cost a list.
        """
        inner, shown_inner = (f"{name}/" if name else "" for name in (held.folder[1:], shown))
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    name = entry.name
                    looks_ours = name[name.rfind(".") :].lower() in suffixes
                    try:
                        is_file = entry.is_file(follow_symlinks=False)  # asked first: most are
                        if (is_file and not looks_ours) or _is_foreign(name):
                            continue
                        if not is_file and not self._is_file(
                            entry, f"{path}/{name}", shown_inner + name, looks_ours, held
                        ):
                            continue
                        status = os.stat(name, dir_fd=descriptor)
                    except OSError as error:
                        if error.errno in _NOTHING_THERE:
                            continue
                        raise unreadable(shown_inner + name, error) from error
                    relative = inner + name
                    if not stat.S_ISREG(status.st_mode):
                        what = Problem(shown_inner + name, _NO_FILE, _REPLACE)
                        held.problems.append(what)
                    elif not relative.isascii() and not _is_utf8(relative):
                        safe = ascii(shown_inner + name)[1:-1]
                        what = Problem(safe, "a file name that is not UTF-8", "rename it")
                        held.problems.append(what)
                    else:
                        held.files.append(
                            File(
                                f"{path}/{name}",
                                shown_inner + name,
                                relative,
                                status.st_size,
                                tree,
                                _stats(status),
                            )
                        )
        except OSError as error:
            raise unreadable(shown, error) from error

    def _is_file(
        self, entry: os.DirEntry[str], path: str, shown: str, looks_ours: bool, held: Held
    ) -> bool:
        """Tell whether what is no plain file may be one of ours; what is a folder is held as one."""
        is_link = entry.is_symlink()
        if is_link and not self._may_follow(path):
            if looks_ours or entry.is_dir():
                what = "a link that leads out of the content folder"
                held.problems.append(Problem(shown, what, _FOLLOW))
            return False
        if entry.is_dir():
            (held.links if is_link else held.folders).append(entry.name)
            return False
        return looks_ours

    def _lone_file(self, tree: str, path: str) -> File:
        shown = self._shown_path(tree, "")
        try:
            status = os.stat(path)
        except OSError as error:
            raise unreadable(shown, error) from error
        return File(path, shown, "", status.st_size, tree, _stats(status))

    def _root_of(self, tree: str) -> str:
        return os.path.normpath(os.path.join(self._root, tree))

    def _may_follow(self, path: str) -> bool:
        """Tell whether a path stays within the content folder, or need not."""
        if self._follow_links:
            return True
        place = os.path.realpath(path)
        return place == self._root or place.startswith(self._root.rstrip(os.sep) + os.sep)

    def _shown_path(self, folder: str, relative: str) -> str:
        parts = (self._shown, folder, relative.strip("/"))
        return "/".join(part for part in parts if part and part != ".")


def _stats(status: os.stat_result) -> tuple[int, int, int, int]:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def unreadable(shown: str, error: OSError) -> StorageError:
    """Return the error that ends a build: nothing may be concluded from what we cannot see."""
    reason = error.strerror or type(error).__name__
    return StorageError(
        f"{shown}: cannot be read ({reason}); nothing was published, check the disk and the permissions"
    )


def _open_folder(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def _listed(path: str, shown: str) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder; nothing if it is gone."""
    try:
        entries = os.scandir(path)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not _is_there(path, shown):
            return
        raise unreadable(shown, error) from error
    with entries as listed:
        try:
            yield from listed
        except OSError as error:
            raise unreadable(shown, error) from error


def _is_there(path: str, shown: str) -> bool:
    """Tell whether there is something: file systems that fail may deny it when it is opened."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unreadable(shown, error) from error
    return True


def _is_foreign(name: str) -> bool:
    """Tell whether a name is one that editors, version control and generators use for themselves."""
    return (
        name.startswith((".", "README", "_index."))
        or name.endswith("~")
        or (name[0] == "#" and name[-1] == "#")
        # A post may be called readmes-and-why.md.
        or (name[0] in "Rr" and name.lower().startswith("readme."))
    )


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
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
    if not is_marked and _BAD not in data and len(data.translate(None, _BAD_BYTES)) == len(data):
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
            self._stream = open(_opened(file)[0], "rb")  # noqa: SIM115 - until the list ends
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
        descriptor, size = _opened(file)
        try:
            if size > limit:
                _refuse_size(size, limit)
            data = piece = os.read(descriptor, size + 1)
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


def _opened(file: File) -> tuple[int, int]:
    """Open a file without waiting: since it was listed, a pipe may have taken its place.

    Return its descriptor, and how many bytes it has.
    """
    descriptor = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise ContentError(_NO_FILE, _REPLACE)
    return descriptor, status.st_size


def _unreadable_file(file: File, error: OSError) -> Exception:
    """Return the error that ends a build, but for a file that has gone since it was listed."""
    if isinstance(error, FileNotFoundError) and not _is_there(file.path, file.shown):
        return ContentError("gone while it was about to be read", "build again")
    return unreadable(file.shown, error)
