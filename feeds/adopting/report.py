"""The verdict in words, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from feeds.adopting.comparison import Fate, Match, Remedy, Verdict
from feeds.adopting.entries import Kind, OldFeed
from feeds.errors import printable, quoted

#: Says why something at an address is not published, if that is known: `its status is 'draft'`.
Why = Callable[[str], str | None]
_ROWS = (
    (Fate.SAME, "keep their id"),
    (Fate.NEW, "would come back as new"),
    (Fate.MISSING, "are missing in ours"),
)
_REMEDIES = {
    Remedy.PIN: "--write pins its old id",
    Remedy.FOLLOWS: "has its old id again once that of its post is pinned",
    Remedy.NONE: "",
}


def lines(
    feeds: Sequence[OldFeed],
    verdict: Verdict,
    *,
    why: Why | None = None,
    named: int | None = None,
    written: bool = False,
) -> list[str]:
    """Return the report: the old feeds, a table of fates, then each entry that is not the same.

    Args:
        feeds: what was read.
        verdict: what comes of it.
        why: asked for the links of what is missing.
        named: how many entries of a fate are named at most; None: all.
        written: whether the ids were pinned already, so that nobody is told to do so.
    """
    report = chain(
        (_feed(feed) for feed in feeds),
        _table(verdict),
        _named(verdict.of(Fate.NEW), "would come back as new:", lambda m: _new(m, written), named),
        _named(verdict.of(Fate.MISSING), "missing:", lambda m: _missing(m, why), named),
        _same(verdict),
        _advice(verdict, written),
    )
    return [printable(line) for line in report]


def _feed(feed: OldFeed) -> str:
    title = f", {quoted(feed.title)}" if feed.title else ""
    return f"{feed.path}: {feed.kind}{title}, {_entries(len(feed.entries))}"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _comments(count: int) -> str:
    return "1 comment" if count == 1 else f"{count} comments"


def _table(verdict: Verdict) -> Iterator[str]:
    width = max(len(words) for _, words in _ROWS)
    for fate, words in _ROWS:
        yield f"  {words.ljust(width)}  {len(verdict.of(fate)):>6}"


def _named(
    matches: Sequence[Match], head: str, said: Callable[[Match], Iterator[str]], limit: int | None
) -> Iterator[str]:
    if not matches:
        return
    yield ""
    yield head
    for match in matches[:limit]:
        yield from said(match)
    if limit is not None and len(matches) > limit:
        yield f"  … and {len(matches) - limit} more"


def _new(match: Match, written: bool) -> Iterator[str]:
    known = match.known
    if known is None:
        return
    place = f"{known.path}:{known.line}" if known.line else known.path
    yield f"  {quoted(match.old.title or known.title)}, {place}"
    yield f"    old  {match.old.id}"
    yield f"    new  {known.id}"
    remedy = "" if written else _REMEDIES[match.remedy]
    said = [f"known by {match.by}", remedy, match.note]
    yield "    " + "; ".join(part for part in said if part)


def _missing(match: Match, why: Why | None) -> Iterator[str]:
    old = match.old
    yield f"  {quoted(old.title)}, {old.link or old.id}" if old.title else f"  {old.link or old.id}"
    reason = match.note or (why(old.link) if why and old.link else None)
    if reason:
        yield f"    {reason}"


def _same(verdict: Verdict) -> Iterator[str]:
    same = verdict.of(Fate.SAME)
    moved = sum(match.link_changes for match in same)
    doubtful = sum(not match.old.has_id for match in same)
    if moved:
        yield ""
        yield (
            f"{moved} of those that keep their id have another link: the few readers that go by link"
            " (sfeed) will show them again"
        )
    if doubtful:
        yield ""
        yield (
            f"{doubtful} of those that keep their id had none but their link: readers that make one of"
            " link and date or text (newsboat, Thunderbird) will show them again"
        )


def _advice(verdict: Verdict, written: bool) -> Iterator[str]:
    advice = [*verdict.advice]
    pinned = len(verdict.pins)
    follows = sum(match.remedy is Remedy.FOLLOWS for match in verdict.matches)
    if pinned and not written:
        posts = "1 post" if pinned == 1 else f"{pinned} posts"
        more = f"; {_comments(follows)} on them will then have the old id too" if follows else ""
        advice.append(f"--write pins the old ids of {posts}{more}")
    stay = [
        match
        for match in verdict.of(Fate.NEW)
        if match.remedy is Remedy.NONE and match.known and match.known.kind is Kind.COMMENT
    ]
    if stay:
        advice.append(
            f"{_comments(len(stay))} would be read twice: the old id of a comment cannot be pinned"
        )
    if advice:
        yield ""
        yield from (f"next: {line}" for line in advice)
