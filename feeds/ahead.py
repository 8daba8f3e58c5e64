"""A blog that was never seen, listed and read while this process is getting ready.

To import the rest of the program, to lock `output/` and to make an index takes as long as to read a
third of two thousand posts. Nothing depends on it: where it comes to nothing, or to something that is
not what this process sees, the build does all of it itself.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any, TypeAlias

from feeds import reading
from feeds.parallel import Begun, Helper, cores, in_chunks
from feeds.placing import by_kind, ours, suffixes_of, tree_of, trees_with_posts
from feeds.settings import Settings
from feeds.sources.site import Source, source_of
from feeds.sources.tree import Held
from feeds.tuples import NamedTuple

#: The list of more posts takes long to hand over.
_MOST = 20_000
#: Of posts, or of folders.
Lot: TypeAlias = int | reading.Folders


class Listed(NamedTuple):
    """What is being read.

    Attributes:
        posts: how many there are.
        trees: what all folders hold of the trees in which there may be posts, by tree.
        tops: what is right in each of the other trees.
    """

    posts: int
    trees: dict[str, list[Held]]
    tops: dict[str, Held]


class Ahead:
    """A process that lists and reads posts, and shares what is left to read with whoever asks.

    Args:
        settings: the site.
        shown: what messages call the content folder.
        at: the time, in seconds since 1970.
        keeps: whether a later build asks what was seen.
    """

    def __init__(self, settings: Settings, shown: str, at: float, *, keeps: bool) -> None:
        #: When it began: what has changed since may have been seen before that.
        self.started = at
        self.helper: Helper[Lot, Any] = Helper(partial(_begin, settings, shown, keeps), ready=None)

    def listed(self, source: Source) -> Listed | None:
        """Return what is read, lot by lot (`reading.lots`); None: nobody knows.

        Args:
            source: the site as this process sees it: what was read of another is of no use.
        """
        said = self.helper.first()
        if not said or said[0] != source.digest:
            return None
        _, posts, trees, tops = said
        return Listed(
            posts,
            {root: list(map(Held.from_plain, found)) for root, found in trees.items()},
            {root: Held.from_plain(top) for root, top in tops.items()},
        )

    def dismiss(self) -> None:
        """End the process, whatever it is at."""
        self.helper.dismiss()


def begin(settings: Settings, shown: str, at: float, *, keeps: bool) -> Ahead | None:
    """Begin, if there is a core for it, and the system has room for another process."""
    if cores() < 2:
        return None
    with suppress(OSError):
        return Ahead(settings, shown, at, keeps=keeps)
    return None


def _begin(settings: Settings, shown: str, keeps: bool) -> Begun[Lot, Any]:
    source = source_of(settings, shown)
    tree = tree_of(source.settings)
    places, suffixes = source.settings.places, suffixes_of(source.settings)
    with_posts = trees_with_posts(source.settings)
    trees = {root: list(tree.walk(root, suffixes)) for root in with_posts}
    files = [
        file for root, found in trees.items() for held in found for file in ours(held, root, places)
    ]
    posts = by_kind(files, source.settings).posts
    work = partial(reading.read_lot, source, posts, tree, keeps)
    if not reading.MANY <= len(posts) <= _MOST:
        return Begun(work, [])
    plain = {root: [held.plain() for held in found] for root, found in trees.items()}
    others = (root for root in source.settings.trees if root not in with_posts and tree.has(root))
    tops = {root: top for root in others if not (top := tree.held(root, "", suffixes)).problems}
    return Begun(
        work,
        in_chunks(reading.lots(len(posts), tops), 1),
        (source.digest, len(posts), plain, {root: top.plain() for root, top in tops.items()}),
    )
