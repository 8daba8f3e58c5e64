"""Which files there are: every listing of `content/`.

Listings use `os.scandir` alone: `glob`, `os.walk` and `exists()` swallow errors, and a disk that
fails for a moment would look like a blog without posts.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from feeds.errors import Problem, SettingsError
from feeds.listing import digest_of_files
from feeds.sources.files import NO_FILE, REPLACE, File, is_there, stats_of, unreadable
from feeds.tuples import NamedTuple

if TYPE_CHECKING:
    from feeds.listing import Row

_FOLLOW = "set symlinks = true below [content] to follow it"
#: How such names begin that are passed over (`_is_foreign`), but for those that end with `~`.
_FOREIGN_STARTS = ".#Rr_"
#: Gone since it was listed, a link to nothing (Emacs locks are), or one that leads in a circle.
_NOTHING_THERE = frozenset({errno.ENOENT, errno.ELOOP})

#: Comes after the name of any folder.
_LAST = "\U0010ffff" * 2
#: Device and inode.
_Identity: TypeAlias = tuple[int, int]


class Held(NamedTuple):
    """What is right in one folder.

    Attributes:
        folder: what it is called; see `Tree.folders`.
        files: those that are ours.
        problems: what looks ours and is no file that can be read safely.
        folders: the names of those in it.
        links: the names of links to others.
        others: name and stats of what has a suffix of ours, and is none of the files.
        odd: what `listing` takes otherwise, or not at all: links, and what is passed over by name.
    """

    folder: str
    files: list[File]
    problems: list[Problem]
    folders: list[str]
    links: list[str]
    others: list[Row]
    odd: list[str]

    @property
    def digest(self) -> bytes | None:
        """What `listing` says of the folder; None if it would look at it in another way."""
        if self.odd:
            return None
        rows = [(file.relative.rpartition("/")[2], *file.stats) for file in self.files]
        return digest_of_files(rows + self.others)

    def plain(self) -> tuple[Any, ...]:
        """Return it in plain values, which go quickest between processes.

        Raises:
            ValueError: there are problems, which are none.
        """
        if self.problems:
            raise ValueError(self.problems)
        return (self.folder, list(map(tuple, self.files)), *self[2:])

    @classmethod
    def from_plain(cls, values: tuple[Any, ...]) -> Held:
        """Return what `plain` was made of."""
        folder, files, *rest = values
        return cls(folder, [File(*file) for file in files], *rest)

    @classmethod
    def nothing(cls, folder: str) -> Held:
        """Return what there is before anything is found."""
        return cls(folder, [], [], [], [], [], [])


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
            raise SettingsError(f"{self._shown_path(path, '')}: {NO_FILE}; {REPLACE}")
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
        links, seen = list[str](), set[_Identity]()
        yield from self.below(tree, [""], suffixes, links, seen)
        yield from self.behind(tree, links, suffixes, seen)

    def below(
        self,
        tree: str,
        folders: Iterable[str],
        suffixes: frozenset[str],
        links: list[str],
        seen: set[_Identity],
    ) -> Iterator[Held]:
        """Yield some folders of a tree and all below them, but for those in `seen`, to which they go.

        Links to folders are not followed, but added to `links`.
        """
        root, shown_root = self._root_of(tree), self._shown_path(tree, "")
        waiting = list(folders)
        while waiting:
            folder = waiting.pop()
            shown = f"{shown_root}{folder}".removeprefix("" if shown_root else "/")
            try:
                descriptor = _open_folder(root + folder)
            except OSError as error:
                raise unreadable(shown, error) from error
            try:
                identity = _identity(os.fstat(descriptor))
                if identity in seen:
                    continue  # a link may lead back to where we came from
                seen.add(identity)
                held = Held.nothing(folder)
                self._look(descriptor, root + folder, shown, tree, suffixes, held)
            finally:
                os.close(descriptor)
            yield held
            waiting += (f"{folder}/{name}" for name in sorted(held.folders))
            links += (f"{folder}/{name}" for name in sorted(held.links))

    def behind(
        self, tree: str, links: list[str], suffixes: frozenset[str], seen: set[_Identity]
    ) -> Iterator[Held]:
        """Yield what `below` does of folders that links lead to.

        Links come last, and all by name: a folder that has two is known by its own.
        """
        while links:
            yield from self.below(tree, [links.pop()], suffixes, links, seen)

    def identity(self, tree: str, folder: str) -> _Identity:
        """Return what tells a folder from any other, whatever it is called."""
        try:
            return _identity(os.stat(self._root_of(tree) + folder))
        except OSError as error:
            raise unreadable(self._shown_path(tree, folder), error) from error

    def held(self, tree: str, folder: str, suffixes: frozenset[str]) -> Held:
        """Return what is right in one folder, as `folders` calls it; nothing if it is gone."""
        path, shown = self._root_of(tree) + folder, self._shown_path(tree, folder)
        held = Held.nothing(folder)
        if not folder and (mode := self._mode(tree)) and not stat.S_ISDIR(mode):
            if stat.S_ISREG(mode):
                held.files.append(self._lone_file(tree, path))
            else:
                held.problems.append(Problem(shown, NO_FILE, REPLACE))
            return held
        try:
            descriptor = _open_folder(path)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not is_there(path, shown):
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

    def named(self, tree: str, folder: str, names: Iterable[str]) -> list[File] | None:
        """Return those right in a folder that are ours, given the names of what is there.

        None: one is gone by now, or no plain file; only `held` tells what to make of it.
        """
        path, shown = self._root_of(tree) + folder, self._shown_path(tree, folder)
        result = []
        for name in names:
            relative = f"{folder}/{name}"[1:]
            if _is_foreign(name):
                continue
            try:
                status = os.lstat(f"{path}/{name}")
            except OSError:
                return None
            if not stat.S_ISREG(status.st_mode) or not _is_utf8(relative):
                return None
            stats = stats_of(status)
            result.append(
                File(f"{path}/{name}", f"{shown}/{name}", relative, stats[0], tree, stats)
            )
        return result

    def file_at(self, tree: str, relative: str) -> File:
        """Return a file that was listed there before, and may have gone."""
        path = f"{self._root_of(tree)}/{relative}" if relative else self._root_of(tree)
        return File(path, self._shown_path(tree, relative), relative, 0, tree)

    def sections(self, tree: str, folder: str) -> list[File]:
        """Return the files in one folder by which generators know sections and bundles."""
        path, shown = self._root_of(tree) + folder, self._shown_path(tree, folder)
        names = [
            name
            for name in _listed(path, shown)
            if name.startswith(("_index.", "index."))
            and (not os.path.islink(f"{path}/{name}") or self._may_follow(f"{path}/{name}"))
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
        found: list[tuple[str, int, tuple[int, int, int, int]]] = []
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    name = entry.name
                    looks_ours = bool(suffixes) and name[name.rfind(".") :].lower() in suffixes
                    try:
                        is_file = entry.is_file(follow_symlinks=False)  # asked first: most are
                        if (is_file and not looks_ours) or name[0] == ".":
                            continue
                        if is_file or self._is_file(
                            entry, f"{path}/{name}", shown_inner + name, looks_ours, held
                        ):
                            status = os.stat(name, dir_fd=descriptor)
                            # Of what the system tells these weigh a fifth.
                            found.append((name, status.st_mode, stats_of(status)))
                    except OSError as error:
                        if error.errno in _NOTHING_THERE:
                            continue
                        raise unreadable(shown_inner + name, error) from error
        except OSError as error:
            raise unreadable(shown, error) from error
        for name, mode, stats in found:
            shown_name, relative = shown_inner + name, inner + name
            is_ours = stat.S_ISREG(mode) and not _is_foreign(name)
            if is_ours and (relative.isascii() or _is_utf8(relative)):
                held.files.append(
                    File(f"{path}/{name}", shown_name, relative, stats[0], tree, stats)
                )
                continue
            held.others.append((name, *stats))
            if is_ours:
                safe = ascii(shown_name)[1:-1]
                held.problems.append(Problem(safe, "a file name that is not UTF-8", "rename it"))
            elif not _is_foreign(name):
                held.problems.append(Problem(shown_name, NO_FILE, REPLACE))

    def _is_file(
        self, entry: os.DirEntry[str], path: str, shown: str, looks_ours: bool, held: Held
    ) -> bool:
        """Tell whether what is no plain file may be one of ours; what is a folder is held as one."""
        is_link = entry.is_symlink()
        is_foreign = _is_foreign(entry.name)
        if is_link or is_foreign or entry.name == "__pycache__":
            held.odd.append(entry.name)
        if is_foreign:
            return False
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
        return File(path, shown, "", status.st_size, tree, stats_of(status))

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


def in_order(links: Iterable[str]) -> list[str]:
    """Return links to folders, by path, in the order in which `Tree.below` finds them."""

    def place(link: str) -> list[str]:
        return [*link.split("/")[:-1], _LAST]

    return sorted(sorted(links), key=place, reverse=True)


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _open_folder(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def _listed(path: str, shown: str) -> list[str]:
    """Return the names of what is in a folder; none if it is gone."""
    try:
        return os.listdir(path)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not is_there(path, shown):
            return []
        raise unreadable(shown, error) from error


def _is_foreign(name: str) -> bool:
    """Tell whether a name is one that editors, version control and generators use for themselves."""
    if name[0] not in _FOREIGN_STARTS and name[-1] != "~":
        return False  # as nearly every one
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
