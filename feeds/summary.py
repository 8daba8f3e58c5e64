"""A build's report, in words for a person and as JSON for a program."""

from __future__ import annotations

import json

from feeds.outcomes import Outcome, counted
from feeds.pipeline import Report
from feeds.staging import Row

#: So many posts' feeds are listed one by one.
_FEW = 10


def as_table(report: Report, *, dry: bool) -> str:
    """Return the feeds, their number of entries, and what became of their files."""
    if not report.published:
        return "Nothing was published: --strict, and there are problems."
    shown = [row for row in report.feeds if "/" not in row.path][::-1]
    rest = [row for row in report.feeds if "/" in row.path]
    shown += rest if len(rest) <= _FEW else []
    cells = [(row.path, _amount(row.entries), _became(report, row)) for row in shown]
    first, second = (max(len(row[column]) for row in cells) for column in (0, 1))
    lines = [f"{path:{first}}  {amount:{second}}  {became}" for path, amount, became in cells]
    if len(rest) > _FEW:
        lines.append(f"comments feeds of {len(rest)} posts")
    tally = ", ".join(f"{n} {what}" for what, n in counted(report.outcomes).items() if n)
    return "\n".join([*lines, f"Files{' (dry run)' if dry else ''}: {tally}."])


def _became(report: Report, row: Row) -> str:
    """Return what became of a feed: its formats differ only if somebody meddled with one."""
    found = {report.outcomes.get(f"{row.path}.{suffix}") for suffix in ("rss", "atom", "json")}
    return next(
        o.value for o in (Outcome.REFUSED, Outcome.WRITTEN, Outcome.UNCHANGED) if o in found
    )


def _amount(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries} entries"


def as_json(report: Report) -> str:
    """Return the whole report."""
    return json.dumps(
        {
            "published": report.published,
            "files": {path: outcome.value for path, outcome in report.outcomes.items()},
            "counts": counted(report.outcomes),
            "read": report.read,
            "seconds": dict(report.seconds),
            "feeds": {row.path: row.entries for row in report.feeds},
            "problems": [p._asdict() | {"severity": p.severity.value} for p in report.problems],
        },
        indent=1,
    )
