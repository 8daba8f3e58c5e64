"""What an import did, as rows of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feeds.errors import Problem, printable


class Outcome(StrEnum):
    """What became of a page, a file, or a part of a page."""

    READ = "read"
    WRITTEN = "written"
    UNCHANGED = "unchanged"
    #: It is there and says something else: edited since, or another post's.
    KEPT = "kept"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report."""

    outcome: Outcome
    #: A path, or what was left out.
    subject: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in the order in which it did it."""

    rows: tuple[Row, ...] = ()
    #: Worth a line on stderr, and no reason for another exit code.
    warnings: tuple[Problem, ...] = ()
    #: Pages that could not be imported, where others could.
    problems: tuple[Problem, ...] = ()

    @property
    def has_problems(self) -> bool:
        """Whether the exit code is 1."""
        return bool(self.problems)

    def count(self, outcome: Outcome) -> int:
        """Return how many rows have this outcome."""
        return sum(row.outcome is outcome for row in self.rows)

    def table(self) -> str:
        """Return the rows as lines for a terminal; what was left out is cut to one line each."""
        rows = list(_folded(self.rows))
        width = max((len(row.subject) for row in rows), default=0)
        width = min(width, _MAX_SUBJECT)
        lines = (f"{row.outcome:9}  {row.subject:{width}}  {_cut(row.detail)}" for row in rows)
        return "\n".join(printable(line.rstrip()) for line in lines)


_MAX_SUBJECT = 60
MAX_DETAIL = 80
#: So many comments of one outcome are a list; more are a number.
_FEW = 5


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows, with one for all the files of a folder that are many and fared the same."""
    folders = Counter((row.outcome, row.subject.rpartition("/")[0]) for row in rows)
    seen: set[tuple[Outcome, str]] = set()
    for row in rows:
        folder = row.subject.rpartition("/")[0]
        group = (row.outcome, folder)
        if not folder or folders[group] <= _FEW or row.outcome in {Outcome.READ, Outcome.LEFT_OUT}:
            yield row
        elif group not in seen:
            seen.add(group)
            yield Row(row.outcome, f"{folder}/", f"{folders[group]} files")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"
