"""Has anything changed? Asked by cron every few minutes for years, and answered from stats alone.

The lean path: nothing of the package is imported here, and of the standard library only what the
interpreter has loaded or built in. A *memo* beside the index holds, for the last build that went
through: a digest of every folder's listing, what the published files looked like, when something
scheduled comes due, and the exit code. Whatever does not match exactly means "perhaps", and the
build proper finds out.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import sys
import time

try:
    from _blake2 import blake2b  # hashlib takes four milliseconds to find it
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    #: A tree, a folder in it, what all its folders held, and what counts as content there.
    Folder: TypeAlias = tuple[str, str, dict[str, bytes], tuple[str, ...]]

#: What a memo must say to be ours: a change of its form makes every memo an old one.
_FORM = 3
_DIGEST = 16
#: What counts as content in our own layout.
SUFFIXES = (".md", ".markdown", ".html", ".yml", ".yaml")
_PACKAGES = ("node_modules", "vendor")
#: From so many folders on, two processes look at them, so many times in turn.
_MANY = 200
_SHARES = 64
#: A problem that stands is told again after a day.
TELL_AGAIN = 86_400


class NotPlainError(Exception):
    """A tree holds what stats alone cannot answer for: a symbolic link."""


def unchanged(arguments: Sequence[str]) -> int | None:
    """Return the exit code of the last build if another would do nothing; None if it might."""
    options = _plain_build(arguments)
    if options is None or os.isatty(1):
        return None
    content, output, index = options
    try:
        path = memo_path(index or index_path(content, output))
        memo = read_memo(path)
        if memo is None or not _is_of(memo, content, output) or not _holds(memo):
            return None
        code = int(memo["exit"])
        _touch(path)
        return code
    except (OSError, NotPlainError, KeyError, TypeError, ValueError):
        return None


def _plain_build(arguments: Sequence[str]) -> tuple[str, str | None, str | None] | None:
    """Take apart `build [CONTENT] [-o OUTPUT] [--index PATH] [--settle SECONDS] [-q]`."""
    if not arguments or arguments[0] != "build":
        return None
    given: dict[str, str] = {}
    content = None
    rest = iter(arguments[1:])
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in {"-o", "--output", "--index", "--settle"}:
            if not equals:
                value = next(rest, "")
            if not value or value.startswith("-"):
                return None
            given["--output" if name == "-o" else name] = value
        elif argument in {"-q", "--quiet"}:
            continue
        elif argument.startswith("-") or content is not None:
            return None
        else:
            content = argument
    if content is None:
        content = "." if os.path.isfile("site.toml") else "content"
    return content, given.get("--output"), given.get("--index")


def _touch(memo: str) -> None:
    """Leave word, for `feeds cron --check`, that a run went by: the memo's time is that run's."""
    try:
        os.utime(memo)
    except OSError:
        return  # on a disk that takes no writes nothing need be built either


# --- where things are -----------------------------------------------------------------------------


def index_path(content: str, output: str | None) -> str:
    """Return the index for one content folder and output, in the user's cache folder.

    Raises:
        KeyError: there is no such folder, since nobody says where home is.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ["HOME"], ".cache")
    where = output if output is not None else "\0" + os.getcwd()
    said = os.path.realpath(content) + "\0" + (os.path.realpath(where) if output else where)
    name = blake2b(os.fsencode(said), digest_size=_DIGEST).hexdigest()
    return os.path.join(cache, "feeds", name + ".sqlite")


def memo_path(index: str) -> str:
    """Return where the memo of an index is."""
    return index + "-memo"


# --- the memo -------------------------------------------------------------------------------------


def read_memo(path: str) -> dict[str, Any] | None:
    """Return what the last build left; None if that cannot be trusted."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    if data[:_DIGEST] != blake2b(data[_DIGEST:], digest_size=_DIGEST).digest():
        return None
    memo: dict[str, Any] = marshal.loads(data[_DIGEST:])
    return memo if memo["form"] == _FORM else None


def write_memo(path: str, memo: dict[str, Any]) -> None:
    """Leave a memo for the next run, whole or not at all."""
    data = marshal.dumps(memo | {"form": _FORM}, 2)
    temporary = f"{path}.new"  # always the same, so that a killed build leaves one at most
    try:
        with open(temporary, "wb") as stream:
            stream.write(blake2b(data, digest_size=_DIGEST).digest() + data)
        os.replace(temporary, path)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            return


def _is_of(memo: dict[str, Any], content: str, output: str | None) -> bool:
    """Tell whether it is the memo of this build: `--index` may name that of another."""
    root = os.path.realpath(content)
    if output is None:
        output = os.path.join(root, memo["site_output"]) if memo["site_output"] else "output"
    return bool(memo["root"] == root and memo["output"] == os.path.realpath(output))


def _holds(memo: dict[str, Any]) -> bool:
    """Tell whether nothing has changed since the memo was written."""
    now = time.time()
    in_time = memo["now"] <= now < memo["due"]
    silent = not memo["exit"] or now < memo["told"] + TELL_AGAIN
    return (
        in_time
        and silent
        and memo["plain"]
        and not memo["racy"]
        and memo["program"] == program_signature()
        and all(signature(path) == seen for path, seen in memo["files"].items())
        and signature(memo["database"]) == memo["index"][1]
        and _is_free(memo["output"])
        and all(branches(memo["root"], name) == seen for name, seen in memo["branches"].items())
        and _are_as_seen(memo["trees"], memo["suffixes"])
    )


def _is_free(output: str) -> bool:
    """Tell whether no build is at work on the folder."""
    descriptor = os.open(output, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


# --- looking --------------------------------------------------------------------------------------


def signature(path: str) -> tuple[int, ...] | None:
    """Return what changes when a file does; None if there is none."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)


def program_signature() -> list[Any]:
    """Return what changes when this program, or a library that it uses, is another."""
    here = os.path.dirname(os.path.abspath(__file__))
    try:
        libraries = [signature(path) for path in sys.path if path.endswith("-packages")]
        return [sys.version, digests(here, (".py",)), libraries]
    except (OSError, NotPlainError):
        return [sys.version]  # a program that is not ours to look at does not change under us


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


def listing_of(
    root: str, known: Sequence[str], suffixes: tuple[str, ...]
) -> dict[str, bytes] | None:
    """Return what `listing` does, in half the time, of a tree most of whose folders are known.

    Args:
        root: the tree.
        known: the folders that it had.
        suffixes: what counts as content.
    """
    if len(known) < _MANY or _cores() < 2:
        return listing(root, suffixes)
    taking, giving = os.pipe()
    other = os.fork()
    if not other:
        try:
            os.close(taking)
            with open(giving, "wb") as stream:
                stream.write(marshal.dumps(_digests_of(root, known[1::2], suffixes), 2))
        finally:
            os._exit(0)
    os.close(giving)
    try:
        found = _digests_of(root, known[::2], suffixes)
    finally:
        with open(taking, "rb") as stream:
            theirs = stream.read()
        os.waitpid(other, 0)
    rest = marshal.loads(theirs) if theirs else None
    if found is None or rest is None:
        return listing(root, suffixes)  # and whatever is wrong is found out there
    result: dict[str, bytes] = {}
    waiting = [""]
    while waiting:  # from the top, so that what is new is found, and what is gone is not
        relative = waiting.pop()
        both = found.get(relative) or rest.get(relative)
        try:
            digest, folders = both or _folder(root + relative, suffixes)
        except FileNotFoundError:  # gone since, or never there
            return listing(root, suffixes)
        result[relative] = digest
        waiting += [f"{relative}/{name}" for name in folders]
    return result


def _digests_of(
    root: str, folders: Sequence[str], suffixes: tuple[str, ...]
) -> dict[str, tuple[bytes, list[str]]] | None:
    """Return the digest and the folders of each folder that is there; None if not all can be read."""
    found = {}
    for relative in folders:
        try:
            found[relative] = _folder(root + relative, suffixes)
        except FileNotFoundError:
            continue
        except (OSError, NotPlainError):
            return None
    return found


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
    rows: list[Any] = []
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


def _are_as_seen(
    trees: dict[str, dict[str, bytes] | None], suffixes: tuple[str, ...] = SUFFIXES
) -> bool:
    """Tell whether each tree holds the folders that it held, and each of them the same files."""
    folders: list[Folder] = []
    for root, seen in trees.items():
        if seen is not None:
            folders += [(root, relative, seen, suffixes) for relative in seen]
        elif listing(root, suffixes) is not None:
            return False
    if len(folders) < _MANY or _cores() < 2:
        return all(_is_as_seen(*folder) for folder in folders)
    return _two_find_all_as_seen(folders)


def _is_as_seen(
    root: str, relative: str, seen: dict[str, bytes], suffixes: tuple[str, ...]
) -> bool:
    """Tell whether a folder holds the same files, and no folder that was not seen."""
    try:
        digest, folders = _folder(root + relative, suffixes)
    except NotADirectoryError:
        return listing(root, suffixes) == seen
    return digest == seen[relative] and all(f"{relative}/{name}" in seen for name in folders)


def _two_find_all_as_seen(folders: Sequence[Folder]) -> bool:
    """Share the folders with a process of our own: half the time where there is a core for it.

    Whoever is free takes the next share: its number is the next byte in a pipe.
    """
    taking, giving = os.pipe()
    os.write(giving, bytes(range(_SHARES)))
    os.close(giving)
    other = os.fork()
    if not other:
        same = False
        try:
            same = _all_taken_are_as_seen(folders, taking)
        finally:
            os._exit(0 if same else 1)
    try:
        same = _all_taken_are_as_seen(folders, taking)
    finally:
        os.read(taking, _SHARES)  # nothing is left to take
        os.close(taking)
        _, status = os.waitpid(other, 0)
    return same and status == 0


def _all_taken_are_as_seen(folders: Sequence[Folder], taking: int) -> bool:
    while share := os.read(taking, 1):
        if not all(_is_as_seen(*folder) for folder in folders[share[0] :: _SHARES]):
            return False
    return True


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
