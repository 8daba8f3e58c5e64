"""What can go wrong, said once for scripts (an exit code) and once for people (a line)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from feeds.tuples import NamedTuple


class FeedsError(Exception):
    """Base of every error that `feeds` raises on purpose; its text is one line for a person."""

    #: What the command line exits with when nobody catches it.
    exit_code: ClassVar[int] = 1


class UsageError(FeedsError):
    """Called wrongly, or there is nothing to work on; nothing was written."""

    exit_code = 2


class SettingsError(UsageError):
    """`site.toml` is missing or wrong."""


class GuardError(FeedsError):
    """Publishing would harm subscribers, so nothing was published."""

    exit_code = 3


class StorageError(FeedsError):
    """The system would not let us read or write; every feed is whole, the old one or the new."""

    exit_code = 4


class BusyError(FeedsError):
    """Another build holds the lock; nothing was done (EX_TEMPFAIL of sysexits.h)."""

    exit_code = 75


class ContentError(FeedsError):
    """Something in one file of `content/` cannot be read; whoever knows the path adds it.

    Attributes:
        line: counted from 1, or None where no single line is to blame.
        what: what is wrong.
        remedy: what the author can do about it.
    """

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what
        self.remedy = remedy
        self.line = line


class Severity(StrEnum):
    """How much a `Problem` matters to the exit code."""

    #: Something is not published as its author meant it: exit code 1.
    PROBLEM = "problem"
    #: Worth a line on stderr, changes no exit code.
    WARNING = "warning"
    #: Shown with `-v` only: why something was left out, though all is as it should be.
    NOTE = "note"


class Problem(NamedTuple):
    """One line for the blog's author: `path:line: what is wrong; what to do`."""

    path: str
    what: str
    remedy: str = ""
    line: int | None = None
    severity: Severity = Severity.PROBLEM

    def __str__(self) -> str:
        """Return the line, safe for a terminal whatever the content says."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        text = f"{place}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")
        return printable(text)

    @property
    def order(self) -> tuple[str, int, str]:
        """The order in which problems are shown: by file, then by line."""
        return (self.path, self.line or 0, self.what)


def printable(text: str) -> str:
    """Return `text` on one line, with whatever a terminal could act on made visible."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return which of the known words may be meant; None if none is like `word`."""
    import difflib  # nobody pays for it who makes no mistake

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)


def quoted(text: str, limit: int = 60) -> str:
    """Return `text` in quotes and cut to `limit` characters, for use within a message."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
