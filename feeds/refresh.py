"""Bring the index up to date: look at what is there, compare, and read what changed.

A file that is being written is given time to become whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

from feeds import reading, rows
from feeds.ahead import Ahead
from feeds.comparing import Changes, Folders, Lister, forget_elsewhere
from feeds.errors import ContentError
from feeds.index import Index
from feeds.parallel import each
from feeds.placing import by_kind, trees_with_posts
from feeds.settings import Settings
from feeds.sharing import shared
from feeds.sources.files import File
from feeds.sources.site import Source
from feeds.sources.tree import Tree
from feeds.storing import store_comments, store_list, store_posts

if TYPE_CHECKING:
    from feeds.listing import Row as Listed

#: What is at hand of more posts weighs as much as all the rest.
_MANY = 20_000


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
        ahead: has begun to read, and nothing is known.
        looked_at: name and stats of what is in some of the folders, by their path.

    Raises:
        StorageError: something cannot be listed or read.
    """
    changes = Changes()
    settings = source.settings
    if distrust is None:
        forget_elsewhere(index, settings, changes)
    lister = Lister(
        index,
        settings,
        tree,
        folders,
        changes,
        distrust=distrust,
        settle=settle,
        clock=clock,
        looked_at=looked_at,
    )
    with_posts = trees_with_posts(settings)
    work = None
    if ahead:
        if meanwhile:
            meanwhile()  # or we would wait for what it has listed
            meanwhile = None
        if not (work := shared(ahead, source, lister)):
            ahead.dismiss()
    posts, small, large = work.placed if work else by_kind(lister.files(with_posts), settings)
    changes.count += len(posts) + len(small) + len(large)
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, changes.count + (work.expected if work else 0))

    others: list[File] | None = None

    def look_on() -> None:
        nonlocal others
        if meanwhile:
            meanwhile()
        others = lister.files(root for root in settings.trees if root not in with_posts)
        changes.count += len(others)

    # What is public of posts is found out before comments are stored; of very many it weighs too much.
    publishes = index.is_new and len(posts) <= _MANY
    if work:
        for count in work.read(index, source, tree, lister, changes):
            tell(count)
        publishes = False
        others = work.rest(settings, tree, lister)
        changes.count += len(others)
    else:
        # While another process reads posts, this one looks for comments, of which there may be more.
        for count in _posts(index, posts, source, changes, look_on):
            tell(count)
        if others is None:
            look_on()
    posts, work = [], None  # they weigh
    _, more, larger = by_kind(others or [], settings)
    others = None
    small += more
    publish: Callable[[], None] | None = None
    if publishes:
        publish = partial(index.publish_posts, {file.folder or file.stem for file in small})
    for count in chain(
        _comments(index, small, settings, changes, publish),
        _lists(index, large + larger, settings, changes),
    ):
        tell(count)
    index.complete()
    return changes


def _posts(
    index: Index,
    files: list[File],
    source: Source,
    changes: Changes,
    meanwhile: Callable[[], None],
) -> Iterator[int]:
    # Of thousands of posts the entries feed shows a few: `fetch_bodies`.
    read = partial(reading.read_posts, source, files, len(files) < reading.MANY)
    for lot in _each(read, files, meanwhile):
        yield store_posts(index, files, lot, changes)


def _comments(
    index: Index,
    files: list[File],
    settings: Settings,
    changes: Changes,
    meanwhile: Callable[[], None] | None,
) -> Iterator[int]:
    read = partial(reading.read_comments, settings, files)
    for lot in _each(read, files, meanwhile):
        yield store_comments(index, files, lot, changes)


def _each(
    read: Callable[[int], reading.Lot],
    files: Sequence[File],
    meanwhile: Callable[[], None] | None,
) -> Iterator[reading.Lot]:
    lots = range(0, len(files), reading.LOT)
    yield from each(read, lots, few=reading.MANY // reading.LOT, chunk=1, meanwhile=meanwhile)


def _lists(index: Index, files: list[File], settings: Settings, changes: Changes) -> Iterator[int]:
    for file in files:
        store_list(index, file, settings, changes)
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
