"""The posts of a blog that was never seen, listed and read while this process is getting ready.

To import the rest of the program, to lock `output/` and to make an index takes as long as to read a
third of two thousand posts. Nothing depends on it: where it comes to nothing, or to something that is
not what this process sees, the build does all of it itself.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from feeds import reading
from feeds.parallel import Begun, Helper, cores, in_chunks
from feeds.placing import by_kind, ours, suffixes_of, tree_of, trees_with_posts
from feeds.settings import Settings
from feeds.sources.site import Source, source_of
from feeds.sources.tree import Held

#: The list of more posts takes long to hand over.
_MOST = 20_000


class Ahead:
    """A process that lists and reads posts, and shares what is left of that with whoever asks.

    Args:
        settings: the site.
        shown: what messages call the content folder.
        at: the time, in seconds since 1970.
    """

    def __init__(self, settings: Settings, shown: str, at: float) -> None:
        #: When it began: what has changed since may have been seen before that.
        self.started = at
        self.helper: Helper[int, reading.Lot] = Helper(partial(_begin, settings, shown), ready=None)

    def listed(self, source: Source) -> tuple[int, dict[str, list[Held]]] | None:
        """Return how many posts are read, and what all folders hold, by tree; None: nobody knows.

        Args:
            source: the site as this process sees it: what was read of another is of no use.
        """
        said = self.helper.first()
        if not said or said[0] != source.digest:
            return None
        _, count, trees = said
        return count, {root: list(map(Held.from_plain, found)) for root, found in trees.items()}

    def dismiss(self) -> None:
        """End the process, whatever it is at."""
        self.helper.dismiss()


def begin(settings: Settings, shown: str, at: float) -> Ahead | None:
    """Begin, if there is a core for it, and the system has room for another process."""
    if cores() < 2:
        return None
    with suppress(OSError):
        return Ahead(settings, shown, at)
    return None


def _begin(settings: Settings, shown: str) -> Begun[int, reading.Lot]:
    source = source_of(settings, shown)
    tree = tree_of(source.settings)
    places, suffixes = source.settings.places, suffixes_of(source.settings)
    trees = {root: list(tree.walk(root, suffixes)) for root in trees_with_posts(source.settings)}
    files = [
        file for root, found in trees.items() for held in found for file in ours(held, root, places)
    ]
    posts = by_kind(files, source.settings).posts
    work = partial(reading.read_posts, source, posts, False)
    if not reading.MANY <= len(posts) <= _MOST:
        return Begun(work, [])
    plain = {root: [held.plain() for held in found] for root, found in trees.items()}
    lots = in_chunks(range(0, len(posts), reading.LOT), 1)
    return Begun(work, lots, (source.digest, len(posts), plain))
