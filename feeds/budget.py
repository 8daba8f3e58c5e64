"""A feed in bytes, no larger than services take: FeedBurner stopped at 512 KB, others at more.

What is over the budget loses weight from the oldest entry on: first from full text to summary,
then the entry itself. An entry that no budget would hold pays for itself first, so that the others
stay. All formats of a feed show the same, so the largest of them decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from feeds.compose import latest, without_content
from feeds.feed import Entry, Feed
from feeds.formats import render, render_all
from feeds.settings import Settings


def fitted(feed: Feed, settings: Settings) -> tuple[dict[str, bytes], str | None]:
    """Return the feed's bytes by suffix, and what had to be done to fit them into the budget."""
    return all_fitted([feed], settings)[0]


def all_fitted(
    feeds: Sequence[Feed], settings: Settings
) -> list[tuple[dict[str, bytes], str | None]]:
    """Return what `fitted` does of each of some feeds, in less time."""
    limit = settings.limits.feed_bytes
    return [
        (documents, None)
        if _size(documents) <= limit or not feed.entries
        else _cut(feed, settings, limit)
        for feed, documents in zip(feeds, render_all(feeds, settings.feeds.formats), strict=True)
    ]


def _cut(feed: Feed, settings: Settings, limit: int) -> tuple[dict[str, bytes], str]:
    """Return the bytes of a feed that is over the budget, with less in it, and what was done."""
    count = len(feed.entries)

    def fits(smaller: Feed) -> bool:
        return _size(render(smaller, settings.feeds.formats)) <= limit

    feed = feed._replace(entries=tuple(_lighter(entry, limit) for entry in feed.entries))
    full = _most(count, lambda n: fits(_shortened(feed, n)))
    if full >= 0:
        shown = _shortened(feed, full)
        cut = sum(entry.content is None for entry in shown.entries)
        said = f"over {limit:,} bytes: {cut} of {count} entries carry their summary only"
        return render(shown, settings.feeds.formats), said
    summaries = _shortened(feed, 0)
    # What is too large all by itself must not drive out the rest; if all are, one is shown.
    small = tuple(entry for entry in summaries.entries if fits(_only(summaries, (entry,))))
    summaries = _only(summaries, small or summaries.entries)
    kept = max(_most(len(summaries.entries), lambda n: fits(_first(summaries, n))), 1)
    said = f"over {limit:,} bytes: {kept} of {count} entries fit, as summaries"
    return render(_first(summaries, kept), settings.feeds.formats), said


def _lighter(entry: Entry, limit: int) -> Entry:
    """Return an entry without a text that is over the limit all by itself."""
    size = len(entry.content.encode("utf-8", "replace")) if entry.content else 0
    return without_content(entry) if size > limit else entry


def _size(documents: dict[str, bytes]) -> int:
    return max(map(len, documents.values()))


def _most(count: int, fits: Callable[[int], bool]) -> int:
    """Return the largest n up to `count` that fits, by halving; -1 if not even none does."""
    low, high = -1, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _shortened(feed: Feed, full: int) -> Feed:
    entries = (*feed.entries[:full], *map(without_content, feed.entries[full:]))
    return feed._replace(entries=entries)


def _first(feed: Feed, count: int) -> Feed:
    return _only(feed, feed.entries[:count])


def _only(feed: Feed, shown: tuple[Entry, ...]) -> Feed:
    return feed._replace(entries=shown, updated=latest(shown, feed.updated))
