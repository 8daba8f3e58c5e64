"""What became of the files in `output/`, or is about to: the words between those who publish and report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from enum import StrEnum

from feeds.errors import Problem
from feeds.tuples import NamedTuple


class Outcome(StrEnum):
    """What became of a file."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    #: Somebody else's file stands there.
    REFUSED = "refused"


class Publication:
    """What became of the files in `output/`.

    Attributes:
        outcomes: of those that were looked at, by path.
        kept: the paths of those that were left as they stand, unseen.
        problems: what is wrong with any.
    """

    __slots__ = ("kept", "outcomes", "problems")

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.kept: Collection[str] = frozenset()
        self.problems: list[Problem] = []


class Kept(Collection[str]):
    """Files that are left as they stand: how many, and which as soon as anybody asks."""

    def __init__(self, count: int, listed: Callable[[], Iterable[str]]) -> None:
        self._count = count
        self._listed: Callable[[], Iterable[str]] | None = listed
        self._all: Set[str] = frozenset()

    def _paths(self) -> Set[str]:
        if self._listed:
            self._all = dict.fromkeys(self._listed()).keys()  # in their order
            self._listed = None
        return self._all

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths())

    def __contains__(self, path: object) -> bool:
        return path in self._paths()


class Staged(NamedTuple):
    """What is to become of one file; a tuple, which goes quickest between processes."""

    path: str
    outcome: Outcome
    #: Where its new bytes wait, within `output/`.
    temporary: str | None = None
    #: What `Publisher.stats` says of these.
    stats: str | None = None
    problem: Problem | None = None


def counted(outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    """Return how many files each outcome befell."""
    return {outcome.value: sum(o is outcome for o in outcomes.values()) for outcome in Outcome}
