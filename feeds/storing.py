"""What lots of files said goes into the index, and what they said before out of it.

A file that no longer parses keeps what it held when it last did (promise 9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeAlias

from feeds import reading
from feeds.comparing import Changes, touch
from feeds.errors import ContentError, Problem
from feeds.index import Index
from feeds.settings import Settings
from feeds.sources import comments
from feeds.sources.files import File
from feeds.wrong import FILE, FOLDER

_BATCH = 1000

Row: TypeAlias = tuple[Any, ...]


def store_posts(index: Index, files: Sequence[File], lot: reading.Lot, changes: Changes) -> int:
    """Store what a lot of files with posts said; return how many these are."""
    return _store(index, files, lot, changes, _add_posts, _replace_post)


def store_comments(index: Index, files: Sequence[File], lot: reading.Lot, changes: Changes) -> int:
    """Store what a lot of files with comments said; return how many these are."""
    return _store(index, files, lot, changes, _add_comments, _replace_comments, every=index.is_kept)


def store_folders(index: Index, filed: reading.Filed, young: int, changes: Changes) -> int:
    """Store what folders of comments hold that nothing is known of; return how many files were read.

    Args:
        index: is new.
        filed: what they hold.
        young: a file that changed at this time or later, in nanoseconds since 1970, may change
            once more unseen.
        changes: are added to.
    """
    count = 0
    for name, changed, digest, read, files in filed.folders:
        folder = filed.tree + name
        count += read
        if changed >= young:
            changes.racy.add(folder)
        if index.is_kept:
            changes.tell(filed.tree, name, digest)
        if files is not None:
            index.known.note_folder(folder, read, files)
    for name, problems in filed.problems:
        index.wrong.replace_in(FOLDER, filed.tree + name, problems)
    changes.posts |= any(is_broken for _, is_broken, _ in filed.wrong)
    _add_comments(index, filed.found, changes)
    for path, _, told in filed.wrong:
        index.wrong.replace_in(FILE, path, told)
    return count


def _store(
    index: Index,
    files: Sequence[File],
    lot: reading.Lot,
    changes: Changes,
    add: Callable[[Index, list[Row], Changes], None],
    replace: Callable[[Index, File, list[Row], Changes], None],
    *,
    every: bool = True,
) -> int:
    """Store what a lot of files said; return how many these are.

    With `every`, each of them is remembered, not only those with something wrong.
    """
    start, found, wrong = lot
    read = files[start : start + reading.LOT]
    problems = {number - start: problems for number, _, problems in wrong}
    broken = {number - start for number, is_broken, _ in wrong if is_broken}
    if index.is_new:
        changes.posts |= bool(broken)
        add(index, found, changes)
    else:
        said: dict[str, list[Row]] = {}
        for row in found:
            said.setdefault(row[0], []).append(row)
        for place, file in enumerate(read):
            if place in broken:
                # What it held when it last parsed stays (promise 9); a new one hides comments.
                changes.posts |= not _is_known(index, file)
            else:
                replace(index, file, said.get(file.inside, []), changes)
    places = range(len(read)) if every else sorted(problems)
    _remember(index, ((read[place], problems.get(place, ())) for place in places))
    return len(read)


def _is_known(index: Index, file: File) -> bool:
    """Tell whether a file was seen before; to be asked before it is remembered."""
    folder, name = file.place
    return name in index.known.in_folder(folder)


def _replace_post(index: Index, file: File, found: list[Row], changes: Changes) -> None:
    if _is_known(index, file):
        if found == [row for row in [index.post_of(file.inside)] if row]:
            return
        changes.posts = True
        touch(index, file.inside, changes)
        index.drop_contents(file.inside)
    _add_posts(index, found, changes)


def _add_posts(index: Index, found: list[Row], changes: Changes) -> None:
    index.add_posts(found)
    changes.posts |= bool(found)
    changes.names.update(row[1] for row in found)


def _replace_comments(index: Index, file: File, found: list[Row], changes: Changes) -> None:
    if _is_known(index, file):
        if found == index.comments_of(file.inside):
            return
        touch(index, file.inside, changes)
        index.drop_contents(file.inside)
    _add_comments(index, found, changes)


def _add_comments(index: Index, found: list[Row], changes: Changes) -> None:
    index.add_comments(found)
    changes.folders.update(row[2] for row in found)


def _remember(index: Index, files: Iterable[tuple[File, tuple[Problem, ...]]]) -> None:
    for file, problems in files:
        index.known.note(*file.place, file.stats)
        index.wrong.replace_in(FILE, file.inside, problems)


def store_list(index: Index, file: File, settings: Settings, changes: Changes) -> None:
    """Read a large list comment by comment; all of it counts, or, if it breaks, none of it.

    Raises:
        StorageError: it cannot be read.
    """
    problems: list[Problem] = []
    folders: set[str] = set()
    if not index.is_new:
        touch(index, file.inside, changes)
    index.begin_attempt()
    index.drop_contents(file.inside)
    items = comments.stream(file, settings)
    try:
        while batch := list(islice(items, _BATCH)):
            found: list[Row] = []
            for item in batch:
                reading.sort(item, found, problems)
            index.add_comments(found)
            folders.update(row[2] for row in found)
    except ContentError as error:
        index.undo_attempt()
        problems = [reading.told(file, error)]
    else:
        index.keep_attempt()
        changes.folders |= folders
    _remember(index, [(file, tuple(problems))])
