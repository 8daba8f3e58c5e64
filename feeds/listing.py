"""What a tree of content looks like: of each folder, a digest of the names and stats of its files.

It serves the lean path, so nothing of the package is imported here, and of the standard library only
what the interpreter has loaded or built in.
"""

from __future__ import annotations

import marshal
import os

try:
    from _blake2 import blake2b  # hashlib takes four milliseconds to find it
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn, TypeAlias

    #: The digest of each folder of a tree, by its path from there: "" or "/sub".
    Listing: TypeAlias = Mapping[str, bytes]
    #: The name of a file, its size, its times of modification and change, and its inode.
    Row: TypeAlias = tuple[str, int, int, int, int]
    #: The digest of a folder, and the names of the folders in it.
    Held: TypeAlias = tuple[bytes, list[str]]

#: What counts as content in our own layout.
SUFFIXES = (".md", ".markdown", ".html", ".yml", ".yaml")
DIGEST = 16
_PACKAGES = ("node_modules", "vendor")
#: To look at so many files takes longer than to start a process that looks at half of them.
MUCH = 1500
#: Of so many folders at most that have changed it is kept what is in them.
_FEW = 16
#: So many shares is the work of two processes cut into.
_SHARES = 64
#: What is said to be held by a folder that is not there, and by what may be anything.
_GONE: Held = (b"gone", [])
_ODD: Held = (b"odd", [])
#: What a helper says first; after the one, how long it is what it has found, and that.
_CHANGE, _NO_CHANGE = b"!", b"."
_LENGTH = 8
#: What it has found waits here until somebody asks, so that it need not wait itself.
_PIPE_SIZE = 1 << 20


class NotPlainError(Exception):
    """A tree holds what stats alone cannot answer for: a symbolic link."""


class Look:
    """What trees of content held at one time.

    Attributes:
        trees: the listing of each tree, by its path; None for one that is not there.
        at: when it was begun, in seconds since 1970.
        is_plain: False if links lead about in one, or one cannot be listed: then only a look at
            every file tells.
        rows: what the digest was made of, of some of the folders that are not as they were seen, by
            their path.
    """

    __slots__ = ("at", "is_plain", "rows", "trees")

    def __init__(
        self,
        trees: dict[str, Listing | None],
        at: float,
        is_plain: bool,
        rows: dict[str, list[Row]] | None = None,
    ) -> None:
        self.trees = trees
        self.at = at
        self.is_plain = is_plain
        self.rows = rows or {}


class Looking:
    """A look at trees that is under way; whatever of them is known makes it quicker.

    Where there is much and a core for it, a process of our own shares the folders: whoever is free
    takes the next share, whose number is the next byte in a pipe.

    Args:
        known: the trees by path, and what was seen of each before; None: nothing.
        suffixes: what counts as content.
        at: the time, in seconds since 1970.
        much: whether there were `MUCH` files or more.
    """

    def __init__(
        self,
        known: Mapping[str, Listing | None],
        suffixes: tuple[str, ...],
        at: float,
        *,
        much: bool,
    ) -> None:
        self.known = known
        self.suffixes = suffixes
        self.at = at
        self._folders = [
            (tree, folder, seen) for tree, seen in known.items() if seen for folder in seen
        ]
        #: What some folders hold that is not what was seen, by number.
        self._others: dict[int, Held] = {}
        #: What those of the first of them were made of, likewise.
        self._rows: dict[int, list[Row]] = {}
        self._taking, giving = os.pipe()
        os.write(giving, bytes(range(_SHARES)))
        os.close(giving)
        #: The process that helps, and where it says what it finds.
        self._helper, self._hearing = 0, -1
        #: What it has said so far.
        self._heard = b""
        self._look: Look | None = None
        if much and len(self._folders) > 1 and _cores() > 1:
            self._hearing, telling = os.pipe()
            room = _room(telling)
            self._helper = os.fork()
            if not self._helper:
                self._help(telling, room)
            os.close(telling)
            os.set_blocking(self._hearing, False)

    def sees_change(self) -> bool:
        """Tell, as soon as that is known, whether anything is not as it was seen."""
        while share := os.read(self._taking, 1):
            self._take(share)
            if self._others or self._hears_of_one():
                return True
        seen = self.finish()
        return not seen.is_plain or seen.trees != self.known

    def glimpse(self) -> Look | None:
        """Return what is there if nothing has changed but what was found so far.

        None: nothing was, or the look is over, or will soon be, as nobody helps.
        """
        if self._look or not self._helper:
            return None
        self._hears_of_one()
        others, rows = dict(self._others), dict(self._rows)
        if found := self._first_found():
            others.update(found[0])
            rows.update(found[1])
        return self._put_together(others, rows) if others else None

    def finish(self) -> Look:
        """Return what is there, as it was when it was first looked at."""
        if self._look is None:
            while share := os.read(self._taking, 1):
                self._take(share)
            os.close(self._taking)
            if self._helper:
                self._hear_the_helper()
            self._look = self._put_together(self._others, self._rows)
        return self._look

    def _put_together(self, found: dict[int, Held], rows_found: dict[int, list[Row]]) -> Look:
        others: dict[str, dict[str, Held]] = {}
        rows: dict[str, list[Row]] = {}
        for number, held in found.items():
            tree, folder, _ = self._folders[number]
            others.setdefault(tree, {})[folder] = held
            if number in rows_found:
                rows[tree + folder] = rows_found[number]
        trees: dict[str, Listing | None] = {}
        is_plain = True
        for tree, seen in self.known.items():
            try:
                held_now = others.get(tree, {})
                now = trees[tree] = _as_it_is(tree, seen, held_now, self.suffixes)
            except (OSError, NotPlainError):  # whoever reads it will say what is wrong
                trees[tree], now, is_plain = None, None, False
            for folder, (digest, _) in held_now.items():
                if now is None or now.get(folder) != digest:  # it was looked at once more
                    rows.pop(tree + folder, None)
        return Look(trees, self.at, is_plain, rows)

    def _take(self, share: bytes) -> None:
        for number in range(share[0], len(self._folders), _SHARES):
            tree, folder, seen = self._folders[number]
            rows: list[Row] | None = None
            try:
                rows, names = _folder(tree + folder, self.suffixes)
                held: Held = digest_of_files(rows), names
            except FileNotFoundError:
                held = _GONE
            except (OSError, NotPlainError):  # a tree may be one file, too
                held = _ODD
            digest, names = held
            if digest != seen[folder] or any(f"{folder}/{name}" not in seen for name in names):
                self._others[number] = held
                if rows is not None and len(self._rows) < _FEW:
                    self._rows[number] = rows

    def _help(self, telling: int, room: int) -> NoReturn:
        """Take shares, say at once the first change there is, and in the end what all there is."""
        try:
            os.close(self._hearing)
            has_said = False
            while share := os.read(self._taking, 1):
                self._take(share)
                if self._others and not has_said:
                    has_said = True
                    os.write(telling, self._first_said(room))
            with open(telling, "wb") as stream:
                stream.write(
                    (b"" if has_said else _NO_CHANGE) + marshal.dumps((self._others, self._rows), 2)
                )
        finally:
            os._exit(0)

    def _first_said(self, room: int) -> bytes:
        """Return what the helper says of the first change, which must wait for nobody."""
        found = marshal.dumps((self._others, self._rows), 2)
        if len(found) > room - _LENGTH - 1:
            found = marshal.dumps((self._others, {}), 2)
        if len(found) > room - _LENGTH - 1:
            found = b""
        return _CHANGE + len(found).to_bytes(_LENGTH, "big") + found

    def _hears_of_one(self) -> bool:
        if self._helper:
            try:
                while data := os.read(self._hearing, _PIPE_SIZE):
                    self._heard += data
            except BlockingIOError:
                pass
        return self._heard[:1] == _CHANGE

    def _first_found(self) -> tuple[dict[int, Held], dict[int, list[Row]]] | None:
        """Return what the helper has said of the first change; None if it has not, or not yet."""
        start = 1 + _LENGTH
        end = start + int.from_bytes(self._heard[1:start], "big")
        if self._heard[:1] != _CHANGE or not start < end <= len(self._heard):
            return None
        try:
            others, rows = marshal.loads(self._heard[start:end])
        except (EOFError, TypeError, ValueError):
            return None
        return others, rows

    def _hear_the_helper(self) -> None:
        os.set_blocking(self._hearing, True)
        with open(self._hearing, "rb") as stream:
            said = self._heard + stream.read()
        os.waitpid(self._helper, 0)
        start = 1
        if said[:1] == _CHANGE:
            start += _LENGTH + int.from_bytes(said[1 : 1 + _LENGTH], "big")
        try:
            others, rows = marshal.loads(said[start:])
            self._others.update(others)
            self._rows.update(rows)
        except (EOFError, TypeError, ValueError):  # it was killed; who knows what it had taken
            for share in range(_SHARES):
                self._take(bytes([share]))


def _room(pipe: int) -> int:
    """Make room in a pipe, as far as that goes; return how many bytes may wait there."""
    import fcntl  # built in, or loaded by then

    try:
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    except (AttributeError, OSError):  # Linux; elsewhere it is as it is
        return 4096


def _as_it_is(
    tree: str, seen: Listing | None, others: Mapping[str, Held], suffixes: tuple[str, ...]
) -> Listing | None:
    """Return the listing of a tree, of whose folders these are not as they were seen."""
    if not seen or _ODD in others.values() or others.get("") == _GONE:
        return listing(tree, suffixes)
    if not others:
        return seen
    result = {folder: digest for folder, digest in seen.items() if others.get(folder) != _GONE}
    for folder, (digest, names) in others.items():
        if folder not in result:
            continue
        result[folder] = digest
        for new in {f"{folder}/{name}" for name in names} - seen.keys():
            below = digests(tree + new, suffixes)
            result.update((new + inner, digest) for inner, digest in below.items())
    return result


def digest_of(data: bytes) -> bytes:
    """Return `DIGEST` bytes that stand for some data on this machine; for ever, ask `urls.digest`."""
    return blake2b(data, digest_size=DIGEST).digest()


def signature(path: str) -> tuple[int, ...] | None:
    """Return what changes when a file does; None if there is none."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)


def listing(root: str, suffixes: tuple[str, ...] = SUFFIXES) -> dict[str, bytes] | None:
    """Return a digest of each folder of a tree of content; None if there is no such folder."""
    try:
        return digests(root, suffixes)
    except FileNotFoundError:
        return None
    except NotADirectoryError:  # one file that lists the comments on many posts
        if os.path.islink(root):
            raise NotPlainError from None
        return {"": digest_of(repr(signature(root)).encode())}


def branches(root: str, name: str) -> list[str]:
    """Return, in order, the folders called `name` that stand in folders of `root`, however deep.

    What starts as hidden and built things do, and what package managers fill, is passed over.
    """
    found = []
    waiting = [""]
    while waiting:
        relative = waiting.pop()
        with os.scandir(root + "/" + relative) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    continue
                if entry.name == name and relative:
                    found.append(relative + name)
                elif entry.name[0] not in "._#~" and entry.name not in _PACKAGES:
                    waiting.append(f"{relative}{entry.name}/")
    found.sort()
    return found


def digests(root: str, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    """Return, for each folder below `root`, a digest of the names and stats of its files.

    One `stat` a file, by its folder's descriptor: the floor, at 2.5 microseconds each.

    Raises:
        NotPlainError: there is a symbolic link in it.
        OSError: something cannot be listed.
    """
    found: dict[str, bytes] = {}
    waiting = [""]
    while waiting:
        relative = waiting.pop()
        rows, folders = _folder(root + relative, suffixes)
        found[relative] = digest_of_files(rows)
        waiting += [f"{relative}/{name}" for name in folders]
    return found


def _folder(path: str, suffixes: tuple[str, ...]) -> tuple[list[Row], list[str]]:
    """Return the content right in a folder, and the names of the folders in it."""
    rows: list[Row] = []
    folders: list[str] = []
    stat = os.stat
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == ".":
                    continue
                if not entry.is_file(follow_symlinks=False):  # asked first: most are
                    if name == "__pycache__":
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(name)
                        continue
                    if entry.is_symlink():
                        raise NotPlainError
                if name.endswith(suffixes) or name.lower().endswith(suffixes):
                    s = stat(name, dir_fd=descriptor)
                    rows.append((name, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino))
    finally:
        os.close(descriptor)
    folders.sort()
    return rows, folders


def digest_of_files(rows: list[Row]) -> bytes:
    """Return the digest of a folder, given the files in it, which are put in order."""
    rows.sort()
    # Version 2 writes the same bytes for equal values; later ones tell identity apart, too.
    return digest_of(marshal.dumps(rows, 2))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
