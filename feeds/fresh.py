"""What a new index need not be asked about comments: where those of a folder stand, and what they come to.

A new table takes rows one after the other, those of a folder mostly at once. To remember which they
are takes the place of an index, and what a thread comes to is counted while it is at hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import eq, itemgetter
from typing import Any, TypeAlias

from feeds.threads import is_sound
from feeds.tuples import NamedTuple
from feeds.visibility import APPROVED

#: Of a comment's row; what a thread comes to asks for no more.
OUTLINE_COLUMNS = "own, parent, parent_index, status, date, changed"
_OUTLINE = itemgetter(3, 4, 5, 10, 12, 13)
_FOLDER = itemgetter(2)
#: Where comments are stored in no order, it takes an index to find them.
_MOST_SPANS = 20

Row: TypeAlias = tuple[Any, ...]


class Thread(NamedTuple):
    """What a thread comes to that nothing is wrong with, and all of which is public.

    Attributes:
        comments: how many there are.
        newest: when the last was published or changed, in seconds since 1970.
        is_dated: whether all say when they were published, and not only when they changed.
    """

    comments: int
    newest: int
    is_dated: bool


def thread(comments: Collection[Row], now: int) -> Thread | None:
    """Return what the thread comes to that some comments are; None: that takes a closer look.

    Args:
        comments: each as `OUTLINE_COLUMNS` has it.
        now: what is to come is not public, in seconds since 1970.
    """
    owns, parents, places, states, dates, changes = zip(*comments, strict=True)
    if len(set(owns)) < len(owns) or any(places) or None in dates or max(dates) > now:
        return None
    if not APPROVED.issuperset(states):
        return None
    if any(parents) and not is_sound(dict(zip(owns, parents, strict=True))):
        return None
    newest = max([*dates, *[at for at in changes if at is not None and at <= now]])
    return Thread(len(owns), newest, not any(map(eq, dates, changes)))


class NewComments:
    """The comments in a table to which rows are added, and none are taken away.

    Args:
        now: what is to come is not public, in seconds since 1970.

    Attributes:
        now: the same.
        threads: what `thread` says of the folders whose comments were added at once.
    """

    def __init__(self, now: int) -> None:
        self.now = now
        self.threads: dict[str, Thread | None] = {}
        self._count = 0
        #: Folder → first row, last row, and so on.
        self._spans: dict[str, list[int]] = {}

    def add(self, found: Sequence[Row]) -> None:
        """Note rows that are added to the table, in their order."""
        for folder, group in groupby(found, _FOLDER):
            rows = list(group)
            start, self._count = self._count, self._count + len(rows)
            if folder not in self._spans:
                self._spans[folder] = [start + 1, self._count]
                self.threads[folder] = thread(list(map(_OUTLINE, rows)), self.now)
            elif (span := self._spans[folder])[-1] == start:
                span[-1] = self._count
                self.threads.pop(folder, None)
            else:
                span += [start + 1, self._count]
                self.threads.pop(folder, None)

    @property
    def is_handy(self) -> bool:
        """Whether those of a folder stand together, more or less."""
        return all(len(span) <= 2 * _MOST_SPANS for span in self._spans.values())

    def folders(self) -> list[str]:
        """Return the folders that there are comments of."""
        return list(self._spans)

    def where(self, folders: Iterable[str]) -> tuple[str, list[int]]:
        """Return what finds the comments of some folders in the table, and the values for it."""
        values = [row for folder in folders for row in self._spans.get(folder, ())]
        test = " OR ".join(["rowid BETWEEN ? AND ?"] * (len(values) // 2))
        return (f"({test})" if test else "FALSE"), values
