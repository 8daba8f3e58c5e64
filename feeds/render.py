"""The comments feed of one post, composed, written out and staged; by any process."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from feeds import budget
from feeds.compose import post_comments_feeds
from feeds.errors import Problem, Severity
from feeds.index import Index
from feeds.outcomes import Outcome, Staged
from feeds.plans import post_plan
from feeds.publish import Publisher
from feeds.settings import FILE_NAME, Settings
from feeds.tuples import NamedTuple


class Rendered(NamedTuple):
    """One feed, staged in all its formats."""

    #: Within `output/`, without suffix.
    path: str
    entries: int
    staged: tuple[Staged, ...]
    problems: tuple[Problem, ...] = ()

    def packed(self) -> Packed:
        """Return it in plain values, which go quickest between processes, if nothing is wrong."""
        if self.problems or any(item.problem for item in self.staged):
            return self
        staged = [
            (item.path, item.outcome.value, item.temporary, item.stats) for item in self.staged
        ]
        return self.path, self.entries, staged


#: A feed with which nothing is wrong, in plain values; any other as it is.
Packed: TypeAlias = "Rendered | tuple[str, int, list[tuple[str, str, str | None, str | None]]]"


def unpacked(packed: Packed) -> Rendered:
    """Return what `packed` packed."""
    if isinstance(packed, Rendered):
        return packed
    path, entries, staged = packed
    return Rendered(path, entries, tuple([Staged(p, Outcome(o), t, s) for p, o, t, s in staged]))


class Renderer:
    """Renders the comments feeds of posts, given their names.

    A connection to SQLite must not be used by a process that inherited it; there the index is
    opened once more, for reading. So it must have been flushed before other processes start.
    """

    def __init__(
        self, index: Index, database: str, settings: Settings, publisher: Publisher
    ) -> None:
        self._index = index
        self._database = database
        self._settings = settings
        self._publisher = publisher
        self._process = os.getpid()

    def __call__(self, names: Sequence[str]) -> list[Packed]:
        """Compose, write out and stage the comments feeds of the posts `names`.

        One thing after the other with all of them, so that the processor has it at hand.
        """
        index, settings = self._own_index(), self._settings
        plans = [post_plan(post, settings) for post in index.posts(names)]
        feeds = post_comments_feeds(plans, index, settings)
        fitted = budget.all_fitted(feeds, settings)
        return [
            Rendered(
                plan.path,
                len(feed.entries),
                tuple(self._staged(plan.path, documents)),
                cut_problems(plan.path, cut),
            ).packed()
            for plan, feed, (documents, cut) in zip(plans, feeds, fitted, strict=True)
        ]

    def _staged(self, path: str, documents: Mapping[str, bytes]) -> Iterator[Staged]:
        encodings = self._settings.feeds.precompress
        for suffix, data in documents.items():
            yield from self._publisher.prepare_feed(path + suffix, data, encodings)

    def _own_index(self) -> Index:
        if os.getpid() != self._process:
            address = f"file:{quote(self._database)}?mode=ro&immutable=1"
            database = sqlite3.connect(address, uri=True)
            self._index = self._index.elsewhere(database)
            self._process = os.getpid()
        return self._index


def cut_problems(path: str, cut: str | None) -> tuple[Problem, ...]:
    """Return what to say of a feed that had to be cut."""
    if not cut:
        return ()
    what = f"the feed {path} is {cut}"
    return (Problem(FILE_NAME, what, "raise feed_bytes below [limits]", severity=Severity.WARNING),)
