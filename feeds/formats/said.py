"""All that a feed says, text by text, spelled and escaped once for all of its formats."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import chain, islice
from typing import TypeAlias

from feeds.dates import rfc822, rfc3339
from feeds.feed import Entry, Feed
from feeds.markup import text_of

Escape: TypeAlias = Callable[[str], str]
#: In an order that is the same for all of a kind; None where nothing is said.
Values: TypeAlias = list[str | None]

#: Where a title stands among the values, and once more, to be escaped as RSS needs it.
TITLE, RSS_TITLE = 0, 1
#: Where a summary stands as HTML, and as text.
SUMMARY, SUMMARY_TEXT = 2, 3
#: Stands between texts that are escaped together: no escape changes it, hardly any text holds it.
_BETWEEN = "\x7f"
_BYTE_BETWEEN = _BETWEEN.encode()
#: What XML 1.0 §2.2 forbids and ASCII has.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))


class Said:
    """The texts of a feed and of its entries.

    Attributes:
        feed: what is said.
        kinds: what is the same for all entries that differ by nothing but their texts.
        raw: the texts of the feed, then those of each entry.
        is_plain: whether addresses, dates and the like hold nothing that attributes must escape
            and texts need not.
    """

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        head, *entries = [_of_feed(feed), *map(_of_entry, feed.entries)]
        self.kinds: list[Hashable] = [
            (_structure(entry), *[value and True for value in chain(texts, codes)])
            for entry, (texts, codes) in zip(feed.entries, entries, strict=True)
        ]
        self.kind: Hashable = tuple([value and True for value in chain(*head)])
        self.raw = [
            [value or "" for value in chain(texts, codes)] for texts, codes in (head, *entries)
        ]
        codes = "".join([value for _, codes in (head, *entries) for value in codes if value])
        self.is_plain = codes.isprintable() and '"' not in codes
        self._joined = _BETWEEN.join(chain.from_iterable(self.raw))
        self._escaped: dict[Escape, list[list[bytes]]] = {}

    def is_legal(self) -> bool:
        """Tell whether XML can carry all of it: nearly always, so this is quick."""
        try:
            data = self._joined.encode()
        except UnicodeEncodeError:  # half a pair of surrogates
            return False
        controls = len(data) != len(data.translate(None, _CONTROLS))
        return not controls and b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data

    def escaped(self, escape: Escape) -> list[list[bytes]]:
        """Return the texts, escaped and in UTF-8; `escape` works from character to character."""
        known = self._escaped.get(escape)
        if known is None:
            known = self._escaped[escape] = self._escape(escape)
        return known

    def _escape(self, escape: Escape) -> list[list[bytes]]:
        # All at once: a call for each would take ten times as long.
        parts = escape(self._joined).encode().split(_BYTE_BETWEEN)
        if len(parts) != sum(map(len, self.raw)):
            return [[escape(value).encode() for value in values] for values in self.raw]
        found = iter(parts)
        return [list(islice(found, len(values))) for values in self.raw]


def _of_feed(feed: Feed) -> tuple[Values, Values]:
    title, subtitle = feed.title, feed.subtitle
    texts = [title, title, subtitle, subtitle, feed.label, feed.rights, feed.author.name]
    codes = [
        feed.id,
        feed.address,
        feed.alternate_url,
        feed.language,
        feed.author.uri,
        rfc3339(feed.updated),
        rfc822(feed.updated),
        feed.icon,
        feed.logo,
    ]
    return [*texts], codes


def _of_entry(entry: Entry) -> tuple[Values, Values]:
    updated = rfc3339(entry.updated)
    published = entry.published
    texts: Values = [
        entry.title,
        entry.title,
        entry.summary,
        text_of(entry.summary),
        entry.content,
        ", ".join([person.name for person in entry.authors]),
        *[person.name for person in entry.authors],
    ]
    codes: Values = [
        entry.id,
        entry.permalink,
        updated,
        updated if published is entry.updated else rfc3339(published) if published else None,
        rfc822(published or entry.updated),
        entry.language,
        entry.image,
        *[person.uri for person in entry.authors],
        *entry.categories,
    ]
    for enclosure in entry.enclosures:
        length = None if enclosure.length is None else str(enclosure.length)
        codes += (enclosure.url, enclosure.type, length)
    if replies := entry.replies:
        latest = rfc3339(replies.updated) if replies.updated else None
        codes += (str(replies.count), replies.page_url, replies.feed_address, latest)
    if answered := entry.in_reply_to:
        codes += (answered.ref, answered.href, answered.source_address)
    return texts, codes


def _structure(entry: Entry) -> Hashable:
    """Return how many there are of what an entry may have several of, or none."""
    return (
        len(entry.authors),
        len(entry.categories),
        len(entry.enclosures),
        entry.replies is None,
        entry.in_reply_to is None,
    )
