"""The guard: what publishing a main feed would do to those who subscribe to it (promise 5).

A reader knows an entry by its id. If the id of a standing entry is gone and the same entry comes
under another, every subscriber reads it again; if most entries are gone at once, a disk is missing
more often than an author has deleted his blog. Neither is published without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feeds.dates import rfc3339
from feeds.errors import ContentError, quoted
from feeds.feed import Feed
from feeds.tuples import NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element

_FEW = 3
_ATOM = "{http://www.w3.org/2005/Atom}"
#: The first of these that can be read tells what subscribers have; JSON is read without lxml.
_SUFFIXES = (".json", ".atom", ".rss")
_MAX_BYTES = 64_000_000
_MOST_NAMED = 5


class Standing(NamedTuple):
    """An entry of a feed, as far as the guard looks at it."""

    id: str
    link: str
    title: str
    #: RFC 3339 in UTC; empty if it has none.
    date: str


class Verdict(NamedTuple):
    """What would happen to one feed."""

    #: The feed's path within `output/`, without suffix.
    path: str
    #: Entries that would come back as new: as they stand, and as they would.
    replayed: tuple[tuple[Standing, Standing], ...] = ()
    #: Entries that are no longer in the content.
    vanished: tuple[Standing, ...] = ()
    #: How many entries stand there.
    standing: int = 0
    #: What ids start with.
    ids: str = ""

    @property
    def is_harmless(self) -> bool:
        """Whether it may be published."""
        many = len(self.vanished) >= _FEW and 2 * len(self.vanished) > self.standing
        return not self.replayed and not many

    def lines(self, cause: str = "") -> list[str]:
        """Say what would happen, to which entries, and what is the likely cause.

        Args:
            cause: why ids are others than they were, if that is known of all feeds together.
        """
        result = []
        if self.replayed:
            count = _entries(len(self.replayed))
            result.append(f"{self.path}: {count} would come back as new, under another id:")
            result += [
                f"  {quoted(new.title)}: {old.id} would become {new.id}"
                for old, new in self.replayed[:_MOST_NAMED]
            ]
            result.append(f"  likely cause: {cause or self.cause()}")
        if self.vanished:
            count = f"{len(self.vanished)} of {_entries(self.standing)}"
            result.append(f"{self.path}: {count} would vanish, being no longer in the content:")
            result += [
                f"  {quoted(entry.title)} ({entry.id})" for entry in self.vanished[:_MOST_NAMED]
            ]
            if not self.replayed:
                result.append("  likely cause: a folder that is not mounted, or the wrong one")
        return result

    def cause(self) -> str:
        """Return the likely reason for which ids are others than they were."""
        prefixes = {_prefix(old.id, new.id) for old, new in self.replayed}
        strange = not any(old.id.startswith(self.ids) for old, _ in self.replayed)
        all_at_once = len(self.replayed) == self.standing > _FEW
        if all_at_once or (strange and len(self.replayed) > 1 and len(prefixes) == 1):
            return _CHANGED
        return "a file or `slug` was renamed; pin the old id in its front matter (`id: …`)"


_CHANGED = "`ids` in site.toml was changed; change it back"


def told(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what several feeds together say: a change of `ids` in one of them explains all."""
    changed = any(v.replayed and v.cause() == _CHANGED for v in verdicts)
    return [line for v in verdicts for line in v.lines(_CHANGED if changed else "")]


def _prefix(old: str, new: str) -> tuple[str, str]:
    """Return what two ids start with before their common end."""
    end = 0
    while end < min(len(old), len(new)) and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[: len(old) - end], new[: len(new) - end]


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def judge(
    path: str,
    feed: Feed,
    standing: Sequence[Standing],
    is_public: Callable[[str], bool],
    is_known: Callable[[str], bool],
    ids: str,
) -> Verdict:
    """Compare a feed with the one that stands in its place.

    Args:
        path: the feed's path within `output/`, without suffix.
        feed: what would be published.
        standing: what subscribers have.
        is_public: whether an id is that of something public, within the feed's window or not.
        is_known: whether an id is that of anything in the content, hidden or not.
        ids: what the site's ids start with.
    """
    new = [_as_standing(entry) for entry in _shown(feed)]
    ours = {entry.id for entry in standing}
    shown = {entry.id for entry in new}
    gone = [entry for entry in standing if entry.id not in shown and not is_public(entry.id)]
    fresh = [entry for entry in new if entry.id not in ours]
    by_link = {entry.link: entry for entry in fresh}
    by_words = {(entry.title, entry.date): entry for entry in fresh if entry.date}
    replayed = []
    for old in gone:
        again = by_link.get(old.link) or by_words.get((old.title, old.date))
        if again:
            replayed.append((old, again))
    again_ids = {old.id for old, _ in replayed}
    vanished = [old for old in gone if old.id not in again_ids and not is_known(old.id)]
    return Verdict(path, tuple(replayed), tuple(vanished), len(standing), ids)


def _shown(feed: Feed) -> Sequence[Any]:
    return feed.entries


def _as_standing(entry: Any) -> Standing:
    date = entry.published or entry.updated
    return Standing(entry.id, entry.permalink, entry.title, rfc3339(date))


# --- what stands there ----------------------------------------------------------------------------


def read_standing(folder: Path, path: str) -> list[Standing]:
    """Return the entries of the feed that stands at `path` in `folder`, in any format.

    A feed that cannot be read, or that somebody else wrote in a way that we cannot follow, is no
    feed: there is nothing to compare with.
    """
    for suffix in _SUFFIXES:
        standing = folder / f"{path}{suffix}"
        try:
            # A pipe is never read to its end, and what is so large is no feed.
            if not standing.is_file() or standing.stat().st_size > _MAX_BYTES:
                continue
            data = standing.read_bytes()
        except OSError:
            continue
        entries = _READERS[suffix](data)
        if entries is not None:
            return entries
    return []


def _parsed(data: bytes) -> _Element | None:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def _from_atom(data: bytes) -> list[Standing] | None:
    root = _parsed(data)
    if root is None or root.tag != f"{_ATOM}feed":
        return None
    return [
        Standing(
            _text(entry, f"{_ATOM}id"),
            next(
                (
                    link.get("href", "")
                    for link in entry.iterfind(f"{_ATOM}link")
                    if link.get("rel", "alternate") == "alternate"
                ),
                "",
            ),
            _text(entry, f"{_ATOM}title"),
            _moment(_text(entry, f"{_ATOM}published") or _text(entry, f"{_ATOM}updated")),
        )
        for entry in root.iterfind(f"{_ATOM}entry")
    ]


def _from_rss(data: bytes) -> list[Standing] | None:
    root = _parsed(data)
    if root is None or root.tag != "rss":
        return None
    return [
        Standing(
            _text(item, "guid") or _text(item, "link"),
            _text(item, "link"),
            _text(item, "title"),
            _moment(_text(item, "pubDate")),
        )
        for item in root.iterfind("channel/item")
    ]


def _from_json(data: bytes) -> list[Standing] | None:
    try:
        items = json.loads(data)["items"]
        return [
            Standing(
                str(item["id"]),
                str(item.get("url", "")),
                str(item.get("title", "")),
                _moment(str(item.get("date_published") or item.get("date_modified") or "")),
            )
            for item in items
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


_READERS: dict[str, Callable[[bytes], list[Standing] | None]] = {
    ".atom": _from_atom,
    ".rss": _from_rss,
    ".json": _from_json,
}


def _text(element: _Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def _moment(text: str) -> str:
    from datetime import UTC

    from feeds import dates

    if not text:
        return ""
    try:
        moment: datetime = dates.parse(text, UTC)
    except ContentError:
        return ""
    return rfc3339(moment)
