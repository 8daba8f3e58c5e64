"""All that feeds say, text by text, spelled and escaped once for all of their formats.

Nearly all entries say the same things, each something else. So what they say is kept, and escaped,
column by column: all titles, all dates. What is done for a column costs a tenth of what it costs when
it is done for each entry; and so it does for feeds, of which most have few entries.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias, TypeVar, cast

from feeds.dates import rfc822_of, rfc3339
from feeds.feed import Entry, Feed, Replies
from feeds.markup import text_of
from feeds.model import Enclosure
from feeds.tuples import NamedTuple

#: In UTF-8; works from character to character, and on nothing that XML forbids.
Escape: TypeAlias = Callable[[bytes], bytes]
#: What is said in one place, by several; None where nothing is said.
Values: TypeAlias = Sequence[str | None]
#: The same, escaped, in UTF-8; empty where nobody says anything.
Column: TypeAlias = Sequence[bytes]

T = TypeVar("T")
#: Where a title stands among the columns, and once more, to be escaped as RSS needs it.
TITLE, RSS_TITLE = 0, 1
#: Where a summary stands as HTML, and as text.
SUMMARY, SUMMARY_TEXT = 2, 3
#: Stands between texts that are escaped together: no escape changes it, hardly any text holds it.
_BETWEEN = "\x7f"
_BYTE_BETWEEN = _BETWEEN.encode()
#: What XML 1.0 §2.2 forbids and ASCII has.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
#: What attributes must escape and texts need not.
_FOR_ATTRIBUTES = '"\t\n'


class Lot(NamedTuple):
    """What is of one kind: entries, or feeds, that differ by nothing but their texts."""

    kind: Hashable
    #: In an order that is the same for all of the kind; empty where they say nothing.
    columns: Sequence[Sequence[str]]
    #: How many of the columns hold texts; the others are addresses, dates and the like, any of which
    #: may stand in an attribute.
    texts: int
    #: Where they are among all entries, or among the feeds.
    places: Sequence[int]


class Said:
    """The texts of feeds and of their entries.

    Attributes:
        feeds: what is said.
        entries: those of all feeds, one feed's after the other's.
        heads: what the feeds say of themselves, those of a kind together.
        lots: what the entries say, likewise.
        is_plain: whether addresses, dates and the like hold nothing that attributes must escape
            and texts need not.
    """

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self.feeds = feeds
        self.entries = list(chain.from_iterable([feed.entries for feed in feeds]))
        self.heads = _of_feeds(feeds)
        self.lots = _in_lots(self.entries)
        lots = (*self.heads, *self.lots)
        texts = [_joined(lot.columns[: lot.texts]) for lot in lots]
        codes = [_joined(lot.columns[lot.texts :]) for lot in lots]
        self.is_plain = not any(sign in code for code in codes for sign in _FOR_ATTRIBUTES)
        pieces = chain.from_iterable(zip(texts, codes, strict=True))
        self._joined = _BETWEEN.join([piece for piece in pieces if piece])
        self._data: bytes | None = None
        self._escaped: dict[Escape, list[list[Column]]] = {}

    def is_legal(self) -> bool:
        """Tell whether XML can carry all of it: nearly always, so this is quick."""
        try:
            data = self._in_utf8()
        except UnicodeEncodeError:  # half a pair of surrogates
            return False
        if "\ufffe" in self._joined or "\uffff" in self._joined:
            return False
        return len(data) == len(data.translate(None, _CONTROLS))

    def escaped(self, escape: Escape) -> list[list[Column]]:
        """Return the columns of each of the heads, then those of each lot, escaped."""
        known = self._escaped.get(escape)
        if known is None:
            known = self._escaped[escape] = self._escape(escape)
        return known

    def _in_utf8(self) -> bytes:
        if self._data is None:
            self._data = self._joined.encode()
        return self._data

    def _escape(self, escape: Escape) -> list[list[Column]]:
        # All at once: a call for each would take ten times as long.
        parts = escape(self._in_utf8()).split(_BYTE_BETWEEN)
        all_columns = [lot.columns for lot in (*self.heads, *self.lots)]
        if len(parts) != sum(map(len, chain.from_iterable(all_columns))):
            return [
                [[escape(value.encode()) for value in column] for column in columns]
                for columns in all_columns
            ]
        end = 0
        return [
            [parts[end : (end := end + len(column))] for column in columns]
            for columns in all_columns
        ]


def _joined(columns: Iterable[Sequence[str]]) -> str:
    return _BETWEEN.join(chain.from_iterable(columns))


def _of_feeds(feeds: Sequence[Feed]) -> list[Lot]:
    titles, subtitles = [feed.title for feed in feeds], [feed.subtitle for feed in feeds]
    updated = [rfc3339(feed.updated) for feed in feeds]
    texts: list[Values] = [
        titles,
        titles,
        subtitles,
        subtitles,
        [feed.rights for feed in feeds],
        [feed.author.name for feed in feeds],
    ]
    codes: list[Values] = [
        [feed.label for feed in feeds],  # words, and yet they stand in an attribute
        [feed.id for feed in feeds],
        [feed.address for feed in feeds],
        [feed.alternate_url for feed in feeds],
        [feed.language for feed in feeds],
        [feed.author.uri for feed in feeds],
        updated,
        list(map(rfc822_of, updated)),
        [feed.icon for feed in feeds],
        [feed.logo for feed in feeds],
    ]
    found = []
    for needs, places in _places([prefixes_needed(feed.entries) for feed in feeds]).items():
        own = _at(places, [*texts, *codes], len(feeds))
        found += [
            Lot((kind, needs), columns, len(texts), [places[at] for at in alike])
            for kind, columns, alike in _kinds(own)
        ]
    return found


def prefixes_needed(entries: Sequence[Entry]) -> tuple[bool, bool, bool, bool]:
    """Return what of entries shows in the prefixes that a feed declares."""
    return (
        any(entry.replies for entry in entries),
        any(entry.in_reply_to for entry in entries),
        any(entry.image for entry in entries),
        bool(entries),
    )


def _in_lots(entries: Sequence[Entry]) -> list[Lot]:
    lots = []
    for structure, places in _places(list(map(_structure, entries))).items():
        texts, codes = _columns([entries[place] for place in places])
        lots += [
            Lot((structure, *kind), columns, len(texts), [places[at] for at in alike])
            for kind, columns, alike in _kinds([*texts, *codes])
        ]
    return lots


def _kinds(
    columns: Sequence[Values],
) -> Iterator[tuple[tuple[Hashable, ...], list[Sequence[str]], Sequence[int]]]:
    """Yield each kind of what columns say, the columns of it alone, and where these stood."""
    kinds = _places(list(zip(*map(_truths, columns), strict=True)))
    for kind, alike in kinds.items():
        said = [
            () if not says else column if len(kinds) == 1 else [column[at] for at in alike]
            for column, says in zip(columns, kind, strict=True)
        ]
        yield kind, cast(list[Sequence[str]], said), alike


def _at(places: Sequence[int], columns: Sequence[Values], count: int) -> Sequence[Values]:
    """Return what columns of so many values say in some places."""
    if len(places) == count:
        return columns
    return [[column[place] for place in places] for column in columns]


def _places(values: Sequence[T]) -> Mapping[T, Sequence[int]]:
    """Return where each of some values stands among them."""
    if values and values.count(values[0]) == len(values):
        return {values[0]: range(len(values))}
    found: dict[T, list[int]] = {}
    for place, value in enumerate(values):
        found.setdefault(value, []).append(place)
    return found


def _structure(entry: Entry) -> Hashable:
    """Return how many there are of what an entry may have several of, or none."""
    return (
        len(entry.authors),
        len(entry.categories),
        len(entry.enclosures),
        entry.replies is None,
        entry.in_reply_to is None,
    )


def _truths(column: Values) -> Sequence[bool | str | None]:
    """Return what is the same for all values that show in the same places."""
    return [True] * len(column) if all(column) else [value and True for value in column]


def _columns(entries: Sequence[Entry]) -> tuple[list[Values], list[Values]]:
    """Return the texts of entries of one structure, and their addresses, dates and the like."""
    people = list(zip(*[entry.authors for entry in entries], strict=True))
    names = [[person.name for person in column] for column in people]
    titles = [entry.title for entry in entries]
    texts: list[Values] = [
        titles,
        titles,
        [entry.summary for entry in entries],
        list(map(summary_text, entries)),
        [entry.content for entry in entries],
        names[0]
        if len(names) == 1
        else [", ".join([person.name for person in entry.authors]) for entry in entries],
        *names,
    ]
    updated = [rfc3339(entry.updated) for entry in entries]
    published: Values = updated
    if any(entry.published is not entry.updated for entry in entries):
        published = [rfc3339(e.published) if e.published else None for e in entries]
    codes: list[Values] = [
        [entry.id for entry in entries],
        [entry.permalink for entry in entries],
        updated,
        published,
        [rfc822_of(first or last) for first, last in zip(published, updated, strict=True)],
        [entry.language for entry in entries],
        [entry.image for entry in entries],
        *[[person.uri for person in column] for column in people],
        *zip(*[entry.categories for entry in entries], strict=True),
    ]
    for enclosures in zip(*[entry.enclosures for entry in entries], strict=True):
        codes += zip(*map(_of_enclosure, enclosures), strict=True)
    replies = [entry.replies for entry in entries if entry.replies]
    codes += zip(*map(_of_replies, replies), strict=True)
    answers = [entry.in_reply_to for entry in entries if entry.in_reply_to]
    codes += zip(*answers, strict=True)
    return texts, codes


def summary_text(entry: Entry) -> str:
    """Return the summary of an entry as plain text."""
    return text_of(entry.summary) if entry.summary_text is None else entry.summary_text


def _of_enclosure(enclosure: Enclosure) -> tuple[str | None, ...]:
    length = None if enclosure.length is None else str(enclosure.length)
    return enclosure.url, enclosure.type, length


def _of_replies(replies: Replies) -> tuple[str | None, ...]:
    latest = rfc3339(replies.updated) if replies.updated else None
    return str(replies.count), replies.page_url, replies.feed_address, latest
