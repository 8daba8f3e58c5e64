"""What of the content is not what the index knows: which files to read, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from feeds.index import Index
from feeds.known import name_in, path_of
from feeds.layouts import Place
from feeds.placing import lone_place, ours
from feeds.settings import Settings
from feeds.sources.files import File
from feeds.sources.tree import Held, Tree

if TYPE_CHECKING:
    from feeds.listing import Row as Listed


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

    def add(self, later: Changes) -> None:
        """Add what was found out in a later round."""
        self.posts |= later.posts
        self.names |= later.names
        self.folders |= later.folders
        self.racy |= later.racy
        self.seen |= later.seen
        self.count += later.count


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
    seen: dict[str, bytes] = {}
    is_told = True
    for held in found:
        digest = held.digest
        is_told &= digest is not None
        seen[held.folder] = digest or b""
        yield held
    changes.seen[root] = seen if is_told else None


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
            index.replace_folder_problems(folder, held.problems)
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
        if not rows or place is None or index.has_folder_problems(inside):
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
            index.replace_folder_problems(folder, [])


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
