"""What the last run of `feeds build` came to: left by each run, read by `feeds cron --check`.

A run that finds nothing changed may cost nothing, so it only touches the memo (`unchanged`): its time
is the memo's modification time, its exit code the memo's. Every other run leaves a *trace* beside the
index. The younger of the two is the last run.
"""

from __future__ import annotations

import os
from contextlib import suppress

from feeds.tuples import NamedTuple
from feeds.unchanged import memo_path, read_memo

#: The first line of a trace; a change of its form makes every trace an old one.
_FORM = "feeds trace 1"
_LONGEST_LINE = 500


class Run(NamedTuple):
    """One run of `feeds build`."""

    #: When it ended, in seconds since 1970.
    at: float
    exit_code: int
    #: The first line of what was wrong; empty if nothing was.
    line: str = ""


def trace_path(index: str) -> str:
    """Return where the trace beside an index is."""
    return index + "-trace"


def leave(index: str, run: Run) -> None:
    """Leave a run's trace, whole or not at all: a build never fails for it."""
    line = run.line.partition("\n")[0][:_LONGEST_LINE]
    text = f"{_FORM}\n{run.at!r}\n{run.exit_code}\n{line}\n"
    temporary = f"{trace_path(index)}.new"  # always the same: a killed build leaves one at most
    with suppress(OSError):
        os.makedirs(os.path.dirname(index) or ".", mode=0o700, exist_ok=True)
        try:
            # Names of files may hold bytes that are no UTF-8.
            with open(temporary, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
            os.replace(temporary, trace_path(index))
        except OSError:
            os.unlink(temporary)


def last(index: str) -> Run | None:
    """Return the last run that used an index; None if none has left anything."""
    traced, touched = _traced(index), _touched(index)
    if traced and touched and touched.at > traced.at:
        # The problems that stand are those which the run before that one named.
        line = traced.line if traced.exit_code == touched.exit_code else ""
        return Run(touched.at, touched.exit_code, line)
    return traced or touched


def _traced(index: str) -> Run | None:
    try:
        with open(trace_path(index), encoding="utf-8") as stream:
            form, at, code, line = stream.read().splitlines()
        return Run(float(at), int(code), line) if form == _FORM else None
    except (OSError, ValueError):
        return None


def _touched(index: str) -> Run | None:
    path = memo_path(index)
    try:
        memo = read_memo(path)
        return Run(os.stat(path).st_mtime, int(memo["exit"])) if memo else None
    except (OSError, LookupError, TypeError, ValueError, EOFError):
        return None
