"""What of the content is not what the index knows: which files to read, and what is gone."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from feeds.index import Index
from feeds.known import name_in, path_of
from feeds.layouts import Place
from feeds.placing import lone_place, ours, suffixes_of
from feeds.settings import Settings
from feeds.sources.files import File
from feeds.sources.tree import Held, Tree
from feeds.wrong import FOLDER

if TYPE_CHECKING:
    from feeds.listing import Row as Listed

#: Clocks of file systems are as coarse as two seconds: what is younger may change unseen.
_GRAIN = 2.0
#: After so many pauses, what is still being written waits for the next build.
_PATIENCE = 10

#: The folders of each tree that may have changed, `""` or `"/sub"`; None: any.
Folders: TypeAlias = Mapping[str, Iterable[str] | None]


class Changes:
    """What the content says otherwise than the index did.

    Attributes:
        posts: whether any post did.
        names: the names of those posts, old and new.
        folders: the folders of comments in which something did.
        racy: folders with files so young that a further change might not show in their stats.
        seen: what was listed whole, of trees that nothing was known of, as `listing` tells it, by
            tree; None for a tree that it looks at in another way.
        count: how many files were read.
    """

    __slots__ = ("count", "folders", "names", "posts", "racy", "seen")

    def __init__(self) -> None:
        self.posts = False
        self.names: set[str] = set()
        self.folders: set[str] = set()
        self.racy: set[str] = set()
        self.seen: dict[str, dict[str, bytes] | None] = {}
        self.count = 0

    def tell(self, root: str, folder: str, digest: bytes | None) -> None:
        """Note what a folder of a tree holds; None: `listing` looks at it in another way."""
        seen = self.seen.setdefault(root, {})
        if digest is None:
            self.seen[root] = None
        elif seen is not None:
            seen[folder] = digest

    def add(self, later: Changes) -> None:
        """Add what was found out in a later round."""
        self.posts |= later.posts
        self.names |= later.names
        self.folders |= later.folders
        self.racy |= later.racy
        self.seen |= later.seen
        self.count += later.count


class Lister:
    """Lists what is there, and tells what of it is to be read.

    Args:
        index: tells what is known; it is told what is gone.
        settings: tell where content is.
        tree: the content folder; it calls files as they are called within it.
        folders: which folders to look at.
        changes: are added to.
        distrust: read also what looks the same but changed at this time or later (nanoseconds
            since 1970); None: everything.
        settle: seconds for which a file must not have changed before it is read.
        clock: tells the time; without one nothing is waited for.
        looked_at: name and stats of what is in some of the folders, by their path.
    """

    def __init__(
        self,
        index: Index,
        settings: Settings,
        tree: Tree,
        folders: Folders,
        changes: Changes,
        *,
        distrust: int | None,
        settle: float,
        clock: Callable[[], float] | None,
        looked_at: Mapping[str, list[Listed]],
    ) -> None:
        self._index = index
        self._settings = settings
        self._tree = tree
        self._folders = folders
        self._changes = changes
        self._distrust = distrust
        self._settle = settle
        self._clock = clock
        self._looked_at = looked_at

    def files(self, roots: Iterable[str]) -> list[File]:
        """Return the files to read of some trees, once they are old enough.

        Raises:
            StorageError: something cannot be listed.
        """
        suffixes = suffixes_of(self._settings)
        result: list[File] = []
        for root in roots:
            young = self.young()
            left = self._folders[root]
            if left is not None and self._distrust is not None:
                files, left = files_to_read_by_look(
                    self._index,
                    self._tree,
                    root,
                    left,
                    self._looked_at,
                    self._settings,
                    (self._distrust, young),
                    self._changes,
                )
                result += self.settled(files)
            found = what_is_held(self._index, self._tree, root, left, suffixes)
            result += self.settled(self.among(root, found, young))
        return result

    def among(self, root: str, found: Iterable[Held], young: int) -> list[File]:
        """Return the files to read among what was found in a tree.

        Args:
            root: the tree.
            found: folder by folder.
            young: as `young` told before it was looked for.
        """
        if self._index.is_new and self._index.is_kept:
            found = noted(found, root, self._changes)
        places, distrust = self._settings.places, self._distrust
        return files_to_read(self._index, places, root, found, distrust, young, self._changes)

    def young(self, began: float = math.inf) -> int:
        """Return since when a file must have changed to change once more unseen, in nanoseconds.

        Args:
            began: when somebody began to look, in seconds since 1970; now, if that is earlier.
        """
        return int((min(self._clock(), began) - _GRAIN) * 1e9) if self._clock else 0

    # --- waiting ----------------------------------------------------------------------------------

    def settled(self, files: list[File]) -> list[File]:
        """Wait until no file is younger than it may be; leave out what never gets there."""
        if not self._clock:
            return files
        for _ in range(_PATIENCE):
            if self.is_settled(files):
                return files
            time.sleep(self._settle - self._age(newest(files)))
            files = [again for file in files if (again := file.seen_again())]
        return [file for file in files if self._age(file.changed_at) >= self._settle]

    def is_settled(self, files: Iterable[File]) -> bool:
        """Tell whether no file is younger than it may be; one that is dated ahead is not."""
        return self._settle <= 0 or not 0 <= self._age(newest(files)) < self._settle

    def was_settled(self, changed: int, at: float) -> bool:
        """Tell whether what changed in a nanosecond since 1970 was old enough at a time."""
        return not self._clock or self._settle <= 0 or at - changed / 1e9 >= self._settle

    def _age(self, changed: int) -> float:
        """Return how many seconds ago that was."""
        return (self._clock() if self._clock else math.inf) - changed / 1e9


def newest(files: Iterable[File]) -> int:
    """Return when the last of some files changed, in nanoseconds since 1970."""
    return max([file.changed_at for file in files], default=0)


def what_is_held(
    index: Index,
    tree: Tree,
    root: str,
    folders: Iterable[str] | None,
    suffixes: frozenset[str],
) -> Iterator[Held]:
    """Yield what is in some folders of a tree, or in all that are known or there."""
    if folders is None:
        known = index.folders()
        left = {f.removeprefix(root) for f in known if f == root or f.startswith(f"{root}/")}
        for held in tree.walk(root, suffixes):
            left.discard(held.folder)
            yield held
        folders = left
    for folder in folders:
        yield tree.held(root, folder, suffixes)


def noted(found: Iterable[Held], root: str, changes: Changes) -> Iterator[Held]:
    """Note what the folders of a tree hold: to look at them once more would take as long again."""
    changes.seen.setdefault(root, {})  # there may be no folder
    for held in found:
        changes.tell(root, held.folder, held.digest)
        yield held


def files_to_read(
    index: Index,
    places: Sequence[Place],
    root: str,
    found: Iterable[Held],
    distrust: int | None,
    young: int,
    changes: Changes,
) -> list[File]:
    """Return the files to read; forget those that are gone."""
    result: list[File] = []
    for held in found:
        folder = root + held.folder
        files = ours(held, root, places)
        if held.problems or not index.is_new:
            index.wrong.replace_in(FOLDER, folder, held.problems)
        if any(file.stats[1] >= young or file.stats[2] >= young for file in files):
            changes.racy.add(folder)
        if index.is_new:
            result += files
            continue
        known = index.known.in_folder(folder)
        listed = {name_in(folder, file.inside): file for file in files}
        _forget(index, folder, known.keys() - listed.keys(), changes)
        for name, file in listed.items():
            _, modified, changed, _ = stats = file.stats
            if (
                known.get(name) != stats
                or distrust is None
                or modified >= distrust
                or changed >= distrust
            ):
                result.append(file)
    return result


def files_to_read_by_look(
    index: Index,
    tree: Tree,
    root: str,
    folders: Iterable[str],
    looked_at: Mapping[str, list[Listed]],
    settings: Settings,
    since: tuple[int, int],
    changes: Changes,
) -> tuple[list[File], list[str]]:
    """Do what `files_to_read` does where a look has told what is in a folder, and return what is left.

    To list thousands of files once more takes three times as long.
    """
    result: list[File] = []
    left: list[str] = []
    for folder in folders:
        inside = root + folder
        rows, place = looked_at.get(inside), lone_place(inside, root, settings.places)
        if not rows or place is None or index.wrong.has(FOLDER, inside):
            left.append(folder)
            continue
        names, gone = _changed_names(index, inside, rows, since, changes)
        files = tree.named(root, folder, names)
        if files is None:
            left.append(folder)
            continue
        _forget(index, inside, gone, changes)
        result += [file for file in files if file.suffix in place.suffixes]
    return result, left


def _changed_names(
    index: Index, folder: str, rows: list[Listed], since: tuple[int, int], changes: Changes
) -> tuple[list[str], Iterable[str]]:
    """Return the names of the files to read in a folder, and of those that are gone."""
    distrust, young = since
    names: list[str] = []
    gone = dict(index.known.in_folder(folder))
    oldest = min(since)
    for row in rows:
        stats = row[1:]
        is_same = gone.pop(row[0], None) == stats
        _, modified, changed, _ = stats
        if is_same and modified < oldest and changed < oldest:
            continue
        if modified >= young or changed >= young:
            changes.racy.add(folder)
        if not is_same or modified >= distrust or changed >= distrust:
            names.append(row[0])
    return names, gone


def forget_elsewhere(index: Index, settings: Settings, changes: Changes) -> None:
    """Forget what lies where the settings no longer look for content."""
    roots = tuple(f"{root}/" for root in settings.trees)
    for folder in index.folders():
        if not f"{folder}/".startswith(roots):
            _forget(index, folder, list(index.known.in_folder(folder)), changes)
            index.wrong.replace_in(FOLDER, folder, [])


def _forget(index: Index, folder: str, names: Iterable[str], changes: Changes) -> None:
    for name in names:
        touch(index, path_of(folder, name), changes)
        index.forget(folder, name)


def touch(index: Index, file: str, changes: Changes) -> None:
    """Note what a file held, before it holds something else."""
    folders = index.comment_folders_of(file)
    if post := index.post_of(file):
        changes.names.add(post[1])
    changes.posts |= bool(post) or not folders  # one that never could be read names a post, too
    changes.folders |= folders
