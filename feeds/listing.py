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
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    #: The digest of each folder of a tree, by its path from there: "" or "/sub".
    Listing: TypeAlias = Mapping[str, bytes]
    #: A tree, a folder in it, and what all its folders held.
    Folder: TypeAlias = tuple[str, str, Listing]
    #: The digest of a folder, and the names of the folders in it.
    Held: TypeAlias = tuple[bytes, list[str]]

#: What counts as content in our own layout.
SUFFIXES = (".md", ".markdown", ".html", ".yml", ".yaml")
_DIGEST = 16
_PACKAGES = ("node_modules", "vendor")
#: From so many folders on, two processes look at them, so many times in turn.
_MANY = 200
_SHARES = 64
#: What is said to be held by a folder that is not there, and by what may be anything.
_GONE: Held = (b"gone", [])
_ODD: Held = (b"odd", [])


class NotPlainError(Exception):
    """A tree holds what stats alone cannot answer for: a symbolic link."""


class Look:
    """What trees of content held at one time.

    Attributes:
        trees: the listing of each tree, by its path; None for one that is not there.
        suffixes: what counted as content.
        at: when it was begun, in seconds since 1970.
        is_plain: False if links lead about in one, or one cannot be listed: then only a look at
            every file tells.
    """

    __slots__ = ("at", "is_plain", "suffixes", "trees")

    def __init__(
        self,
        trees: Mapping[str, Listing | None],
        suffixes: tuple[str, ...],
        at: float,
        is_plain: bool = True,
    ) -> None:
        self.trees = trees
        self.suffixes = suffixes
        self.at = at
        self.is_plain = is_plain


def look(known: Mapping[str, Listing | None], suffixes: tuple[str, ...], at: float) -> Look:
    """Look at trees, in half the time where most of their folders are known.

    Args:
        known: the trees by path, and what was seen of each before; None: nothing.
        suffixes: what counts as content.
        at: the time, in seconds since 1970.
    """
    folders = [(tree, folder, seen) for tree, seen in known.items() if seen for folder in seen]
    others: dict[str, dict[str, Held]] = {}
    for number, held in _others(folders, suffixes).items():
        tree, folder, _ = folders[number]
        others.setdefault(tree, {})[folder] = held
    result = Look({}, suffixes, at)
    trees: dict[str, Listing | None] = {}
    for tree, seen in known.items():
        try:
            trees[tree] = _as_it_is(tree, seen, others.get(tree, {}), suffixes)
        except (OSError, NotPlainError):  # whoever reads it will say what is wrong
            trees[tree] = None
            result.is_plain = False
    result.trees = trees
    return result


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
        return {"": blake2b(repr(signature(root)).encode(), digest_size=_DIGEST).digest()}


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
        found[relative], folders = _folder(root + relative, suffixes)
        waiting += [f"{relative}/{name}" for name in folders]
    return found


def _folder(path: str, suffixes: tuple[str, ...]) -> tuple[bytes, list[str]]:
    """Return the digest of one folder, and the names of those in it."""
    rows: list[tuple[str, int, int, int, int]] = []
    folders: list[str] = []
    stat = os.stat
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                name = entry.name
                if name[0] == "." or name == "__pycache__":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                elif entry.is_symlink():
                    raise NotPlainError
                elif name.endswith(suffixes) or name.lower().endswith(suffixes):
                    s = stat(name, dir_fd=descriptor)
                    rows.append((name, s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino))
    finally:
        os.close(descriptor)
    rows.sort()
    folders.sort()
    # Version 2 writes the same bytes for equal values; later ones tell identity apart, too.
    return blake2b(marshal.dumps(rows, 2), digest_size=_DIGEST).digest(), folders


# --- comparing ------------------------------------------------------------------------------------


def _others(folders: Sequence[Folder], suffixes: tuple[str, ...]) -> dict[int, Held]:
    """Return, by number, the folders that do not hold what was seen in them, and what they hold.

    Where there are many and a core for it, a process of our own shares them: whoever is free takes
    the next share, whose number is the next byte in a pipe.
    """
    if len(folders) < _MANY or _cores() < 2:
        return _others_of(folders, range(len(folders)), suffixes)
    taking, giving = os.pipe()
    os.write(giving, bytes(range(_SHARES)))
    os.close(giving)
    hearing, telling = os.pipe()
    other = os.fork()
    if not other:
        try:
            os.close(hearing)
            with open(telling, "wb") as stream:
                stream.write(marshal.dumps(_others_taken(folders, taking, suffixes), 2))
        finally:
            os._exit(0)
    os.close(telling)
    try:
        found = _others_taken(folders, taking, suffixes)
    finally:
        os.read(taking, _SHARES)  # nothing is left to take
        os.close(taking)
        with open(hearing, "rb") as stream:
            theirs = stream.read()
        os.waitpid(other, 0)
    if not theirs:  # it was killed, and nobody knows what it had taken
        return _others_of(folders, range(len(folders)), suffixes)
    found.update(marshal.loads(theirs))
    return found


def _others_taken(
    folders: Sequence[Folder], taking: int, suffixes: tuple[str, ...]
) -> dict[int, Held]:
    found: dict[int, Held] = {}
    while share := os.read(taking, 1):
        found.update(_others_of(folders, range(share[0], len(folders), _SHARES), suffixes))
    return found


def _others_of(
    folders: Sequence[Folder], numbers: Iterable[int], suffixes: tuple[str, ...]
) -> dict[int, Held]:
    found: dict[int, Held] = {}
    for number in numbers:
        tree, folder, seen = folders[number]
        try:
            held = _folder(tree + folder, suffixes)
        except FileNotFoundError:
            held = _GONE
        except (OSError, NotPlainError):  # a tree may be one file, too
            held = _ODD
        digest, names = held
        if digest != seen[folder] or any(f"{folder}/{name}" not in seen for name in names):
            found[number] = held
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
