"""Bring the index up to date: look at what is there, compare, and read what changed.

A file that no longer parses keeps what it held when it last did (promise 9). One that is being
written is given time to become whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from feeds import reading, rows
from feeds.ahead import Ahead
from feeds.comparing import (
    Changes,
    files_to_read,
    files_to_read_by_look,
    forget_elsewhere,
    noted,
    touch,
    what_is_held,
)
from feeds.errors import ContentError, Problem
from feeds.index import Index
from feeds.parallel import Helper, each
from feeds.placing import Placed, by_kind, suffixes_of, trees_with_posts
from feeds.settings import Settings
from feeds.sources import comments
from feeds.sources.files import File
from feeds.sources.site import Source
from feeds.sources.tree import Held, Tree

if TYPE_CHECKING:
    from feeds.listing import Row as Listed

_BATCH = 1000
#: What is at hand of more posts than this weighs as much as all the rest.
_MANY = 20_000
#: Clocks of file systems are as coarse as two seconds: what is younger may change unseen.
_GRAIN = 2.0
#: After so many pauses, what is still being written waits for the next build.
_PATIENCE = 10

Row: TypeAlias = tuple[Any, ...]
#: The folders of each tree that may have changed, `""` or `"/sub"`; None: any.
Folders: TypeAlias = Mapping[str, Iterable[str] | None]


def refresh(
    index: Index,
    source: Source,
    tree: Tree,
    folders: Folders,
    *,
    distrust: int | None,
    settle: float = 0.0,
    clock: Callable[[], float] | None = None,
    progress: Callable[[int, int], None] | None = None,
    meanwhile: Callable[[], None] | None = None,
    ahead: Ahead | None = None,
    looked_at: Mapping[str, list[Listed]] = MappingProxyType({}),
) -> Changes:
    """Read what changed into the index.

    Args:
        index: is written, not committed.
        source: the site, and how it is to be read.
        tree: the content folder; it calls files as they are called within it.
        folders: which folders to look at, by tree (`settings.trees`).
        distrust: read also what looks the same but changed at this time or later (nanoseconds
            since 1970); None: read everything, since the settings or the program are others.
        settle: seconds for which a file must not have changed before it is read.
        clock: tells the time; without one nothing is waited for.
        progress: is told how many files of how many have been read.
        meanwhile: is done when another process is at work, if one is.
        ahead: has begun to read the posts, of which none is known.
        looked_at: name and stats of what is in some of the folders, by their path.

    Raises:
        StorageError: something cannot be listed or read.
    """
    changes = Changes()
    settings = source.settings
    if distrust is None:
        forget_elsewhere(index, settings, changes)

    suffixes = suffixes_of(settings)

    def listed(
        roots: Iterable[str], seen: Mapping[str, Iterable[Held]] | None = None
    ) -> list[File]:
        result: list[File] = []
        for root in roots:
            began = ahead.started if ahead and seen else math.inf
            young = int((min(clock(), began) - _GRAIN) * 1e9) if clock else 0
            left = folders[root]
            if left is not None and distrust is not None:
                since = (distrust, young)
                files, left = files_to_read_by_look(
                    index, tree, root, left, looked_at, settings, since, changes
                )
                result += _settled(files, settle, clock) if clock else files
            found = seen[root] if seen else what_is_held(index, tree, root, left, suffixes)
            if index.is_new and index.is_kept:
                found = noted(found, root, changes)
            files = files_to_read(index, settings.places, root, found, distrust, young, changes)
            result += files if seen or not clock else _settled(files, settle, clock)
        return result

    with_posts = trees_with_posts(settings)
    placed: Placed | None = None
    if ahead and meanwhile:
        meanwhile()  # or we would wait for what it has listed
        meanwhile = None
    if ahead and (told := ahead.listed(source)):
        count, seen = told
        files = listed(with_posts, seen)
        placed = by_kind(files, settings)
        if len(placed.posts) != count or (clock and not _is_settled(files, settle, clock)):
            placed = None
        del files
    helper = ahead.helper if ahead and placed else None
    if placed is None:
        if ahead:
            ahead.dismiss()
        placed = by_kind(listed(with_posts), settings)
    changes.count += sum(map(len, placed))
    others: list[File] | None = None

    def look_on() -> None:
        nonlocal others
        if meanwhile:
            meanwhile()
        others = listed(root for root in settings.trees if root not in with_posts)
        changes.count += len(others)

    done = 0
    posts, small, large = placed
    # While another process reads posts, this one looks for comments, of which there may be many more.
    for count in _posts(index, posts, source, changes, look_on, helper):
        done += count
        if progress:
            progress(done, changes.count)
    # So is what is public of them known before the comments are; of very many, it weighs too much.
    is_early = index.is_new and len(posts) <= _MANY
    del placed, posts  # likewise
    if others is None:
        look_on()
    _, more, larger = by_kind(others or [], settings)
    others = None
    small += more
    publish: Callable[[], None] | None = None
    if is_early:
        publish = partial(index.publish_posts, {file.folder or file.stem for file in small})
    for count in chain(
        _comments(index, small, settings, changes, publish),
        _large_lists(index, large + larger, settings, changes),
    ):
        done += count
        if progress:
            progress(done, changes.count)
    index.complete()
    return changes


# --- waiting --------------------------------------------------------------------------------------


def _settled(files: list[File], settle: float, clock: Callable[[], float]) -> list[File]:
    """Wait until no file is younger than `settle` seconds; leave out what never gets there."""
    for _ in range(_PATIENCE):
        if _is_settled(files, settle, clock):
            return files
        time.sleep(settle - _age(files, clock))
        files = [again for file in files if (again := file.seen_again())]
    return [file for file in files if clock() - file.changed_at / 1e9 >= settle]


def _is_settled(files: list[File], settle: float, clock: Callable[[], float]) -> bool:
    return settle <= 0 or not 0 <= _age(files, clock) < settle


def _age(files: list[File], clock: Callable[[], float]) -> float:
    """Return how many seconds ago the last change was."""
    return clock() - max((file.changed_at for file in files), default=0) / 1e9


# --- reading --------------------------------------------------------------------------------------


def _posts(
    index: Index,
    files: list[File],
    source: Source,
    changes: Changes,
    meanwhile: Callable[[], None],
    helper: Helper[int, reading.Lot] | None,
) -> Iterator[int]:
    # Of thousands of posts the entries feed shows a few: `fetch_bodies`.
    read = partial(reading.read_posts, source, files, len(files) < reading.MANY)
    for lot in _each(read, files, meanwhile, helper):
        yield _store(index, files, lot, changes, _add_posts, _replace_post)


def _comments(
    index: Index,
    files: list[File],
    settings: Settings,
    changes: Changes,
    meanwhile: Callable[[], None] | None,
) -> Iterator[int]:
    read = partial(reading.read_comments, settings, files)
    for lot in _each(read, files, meanwhile):
        yield _store(
            index, files, lot, changes, _add_comments, _replace_comments, every=index.is_kept
        )


def _each(
    read: Callable[[int], reading.Lot],
    files: Sequence[File],
    meanwhile: Callable[[], None] | None = None,
    helper: Helper[int, reading.Lot] | None = None,
) -> Iterator[reading.Lot]:
    lots = range(0, len(files), reading.LOT)
    few = reading.MANY // reading.LOT
    yield from each(read, lots, few=few, chunk=1, meanwhile=meanwhile, helper=helper)


def _large_lists(
    index: Index, files: list[File], settings: Settings, changes: Changes
) -> Iterator[int]:
    for file in files:
        _store_large(index, file, settings, changes)
        yield 1


def fetch_bodies(index: Index, source: Source, tree: Tree) -> None:
    """Read the bodies that the entries feed shows, as far as the index does not have them.

    A post whose file says something else by now stays without one, and is no entry until the next
    run has read it anew: half of it would be what it was, and half what it is.

    Raises:
        StorageError: something cannot be read.
    """
    for path in index.entries_without_body(source.settings.feeds.entries):
        place = next((place for place in source.settings.places if place.holds(path)), None)
        if place is None:
            continue
        file = tree.file_at(place.path, path.removeprefix(place.path).lstrip("/"))
        try:
            post, _ = reading.parsed(file, source)
        except ContentError:
            continue
        if post:
            index.set_body(rows.from_post(post))


# --- storing --------------------------------------------------------------------------------------


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
        index.replace_file_problems(file.inside, problems)


def _store_large(index: Index, file: File, settings: Settings, changes: Changes) -> None:
    """Read a large list comment by comment; all of it counts, or, if it breaks, none of it."""
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
