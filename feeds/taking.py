"""What a look at the content found is taken into the index: read, and related to what is public."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from feeds.ahead import Ahead
from feeds.comparing import Changes
from feeds.errors import SettingsError, StorageError, UsageError
from feeds.index import Index
from feeds.layouts import Kind
from feeds.listing import Look
from feeds.memory import Memory, trees_of
from feeds.placing import tree_of
from feeds.refresh import fetch_bodies, refresh
from feeds.sources.site import Source
from feeds.staging import load


class Content:
    """What is taken into the index, in one round or in two.

    Args:
        memory: tells what the last build knew.
        index: is written, not committed.
        source: the site, and how it is to be read.
        shown: what messages call the content folder.
        settle: seconds for which a file must not have changed before it is read.
        clock: tells the time in seconds since 1970; without one, no file is trusted to be the same.
        progress: is told what is being done, how much of it is, and of how much.
        ahead: reads the posts already, of which nobody knows any.

    Attributes:
        changes: what was found to be other than it was known.
        touched: the names of the posts whose feeds may show something else now.
    """

    def __init__(
        self,
        memory: Memory,
        index: Index,
        source: Source,
        shown: str,
        *,
        settle: float = 0.0,
        clock: Callable[[], float] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        self.changes = Changes()
        self.touched: set[str] = set()
        self._memory = memory
        self._index = index
        self._source = source
        self._tree = tree_of(source.settings)
        self._shown = shown
        self._settle = settle
        self._clock = clock
        self._progress = progress
        self._ahead = ahead

    def read(self, seen: Look) -> Changes:
        """Read what a look says has changed since the index was written; everything, if all may have.

        Raises:
            UsageError: there is no folder for posts.
            StorageError: something could not be read.
        """
        settings = self._source.settings
        folders = [place.path for place in settings.places if place.kind is Kind.POST]
        try:
            if not any(self._tree.has(folder) for folder in folders):
                raise UsageError(
                    f"{self._shown}/{folders[-1]}: no such folder; posts go there, one file each"
                )
            changes = self._refreshed(seen)
        except (StorageError, SettingsError) as error:
            raise self._named(error) from error
        self.changes.add(changes)
        return changes

    def resolve(self, seen: Look, changes: Changes) -> None:
        """Find out what is public now, and whose feeds show something of what was read.

        Raises:
            StorageError: something could not be read.
        """
        everything = self._memory.distrust(seen) is None
        self.touched |= _touched(self._index, changes, everything=everything)
        try:
            fetch_bodies(self._index, self._source, self._tree)
        except (StorageError, SettingsError) as error:
            raise self._named(error) from error

    def _refreshed(self, seen: Look) -> Changes:
        memory, settings = self._memory, self._source.settings
        distrust = memory.distrust(seen) if self._clock else None
        return refresh(
            self._index,
            self._source,
            self._tree,
            memory.changed_folders(seen)
            if distrust is not None
            else dict.fromkeys(trees_of(settings)),
            distrust=distrust,
            settle=self._settle,
            clock=self._clock,
            progress=partial(self._progress, "Reading") if self._progress else None,
            meanwhile=partial(load, settings),
            ahead=self._ahead if self._index.is_new else None,
            looked_at=memory.rows(seen),
        )

    def _named(self, error: StorageError | SettingsError) -> StorageError | SettingsError:
        """Return an error about a file, called by its path within the content folder, as it is shown."""
        return type(error)(str(error) if self._shown == "." else f"{self._shown}/{error}")


def _touched(index: Index, changes: Changes, *, everything: bool) -> set[str]:
    """Return the names of the posts whose feeds may show something else now."""
    since = index.resolved_at()
    if everything or since is None or index.now < since:
        index.resolve_posts()
        touched = index.public_names()
    else:
        due, due_folders = index.come_due(since)
        folders = changes.folders | due_folders
        touched = set(changes.names)
        if changes.posts or due or not index.link(folders):
            touched |= index.resolve_posts()
        touched |= index.names_of(folders) | index.names_from(changes.names)
    index.resolve_threads(touched)
    index.set_resolved()
    return touched
