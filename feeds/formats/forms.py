"""What the writers make of a kind of entry, learned once, and filled in for every entry of the kind.

feedgen takes 60 µs for an entry in one format, nearly all of it for what is the same in thousands of
entries: which elements there are, in which order, with which prefixes. So each writer writes an
entry of a kind once, with marks for what it says; from then on texts take the places of the marks,
escaped as they must be there. Whatever is written, the bytes are those that the writer itself would
give (`tests/test_forms.py` compares them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from feeds.feed import Entry, Feed, InReplyTo, Replies, remade
from feeds.formats.said import Column, Escape, Lot, Said, prefixes_needed

#: A form: what stands around the places in it, which text goes to each, and what escapes it there.
State: TypeAlias = tuple[tuple[str, ...], tuple[int, ...], tuple[str, ...]]
FormsState: TypeAlias = tuple[dict[Hashable, State], dict[Hashable, tuple[State, State]]]
#: More forms than these take longer to read than to learn.
_MOST = 200
#: Who says more than this of an entry has given it dozens of categories.
_MANY = 60
T = TypeVar("T")


class Writer(Protocol):
    """What a form is learned from."""

    #: A document taken apart: what stands before the first entry, the entries, what comes behind.
    PARTS: re.Pattern[str]
    #: One entry, with what belongs to it alone.
    ENTRY: re.Pattern[str]
    #: What stands between two entries.
    BETWEEN: bytes
    #: Values that it takes from another place, by the place of those that look the same.
    INSTEAD: Mapping[int, int]
    #: What escapes a text, by the name of where it stands.
    ESCAPES: Mapping[str, Escape]

    def load(self) -> None:
        """Import the library that writes it."""

    def write(self, feed: Feed) -> bytes:
        """Return the document, by that library."""

    def sample(self, entry: Entry) -> Entry:
        """Return an entry that is written as `entry` is, whose texts are empty only where it is."""

    def escape(self, before: str) -> str:
        """Return the name of what escapes a text that comes behind `before`."""

    def escaped(self, said: Said) -> list[list[Column]]:
        """Return all columns, escaped for any place that they may have, if they are plain."""


class _Form:
    """A piece of a document, with places for what is said.

    Attributes:
        state: all of it, in plain values.
    """

    __slots__ = ("_escapes", "_line", "_places", "state")

    def __init__(self, state: State, escapes: Mapping[str, Escape]) -> None:
        """Make it of what `learned` returned, here or in an earlier run."""
        self.state = state
        around, self._places, names = state
        self._escapes = [escapes[name] for name in names]
        #: What stands around the places, and between two of these a gap for a text.
        self._line = list(chain.from_iterable((piece.encode(), b"") for piece in around))[:-1]

    def filled(self, columns: Sequence[Column], count: int) -> list[bytes]:
        """Return the parts of the piece, for all first texts, then for all second ones, and so on.

        Args:
            columns: the texts, escaped for wherever they go.
            count: how many there are in a column in which anything is said.
        """
        return self._filled([columns[place] for place in self._places], count)

    def filled_one_by_one(self, columns: Sequence[Sequence[str]], count: int) -> list[bytes]:
        """Return the parts of the piece, as `filled` does, each text escaped as its place asks for."""
        places = zip(self._escapes, self._places, strict=True)
        texts = [[escape(value.encode()) for value in columns[at]] for escape, at in places]
        return self._filled(texts, count)

    def _filled(self, texts: Sequence[Column], count: int) -> list[bytes]:
        parts = self._line * count
        width = len(self._line)
        for number, column in enumerate(texts):
            parts[2 * number + 1 :: width] = column
        return parts

    def rows(self, parts: list[bytes]) -> Iterator[list[bytes]]:
        """Yield what `filled` returned for each of them."""
        width = len(self._line)
        return (parts[start : start + width] for start in range(0, len(parts), width))


#: How a form takes the columns of a lot, and how many it is of.
_Fill: TypeAlias = Callable[[_Form, Any, int], list[bytes]]


def _learned(text: str, marked: Lot, writer: Writer) -> _Form:
    """Return the form of a text in which marks stand."""
    marks = [column[0] if column else "" for column in marked.columns]
    number = {mark: place for place, mark in reversed(list(enumerate(marks))) if mark}
    number |= {marks[place]: own for place, own in writer.INSTEAD.items() if marks[place]}
    longest_first = sorted(number, key=len, reverse=True)
    found = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
    around: list[str] = []
    places: list[int] = []
    names: list[str] = []
    end = 0
    for match in found.finditer(text):
        around.append(text[end : match.start()])
        places.append(number[match[0]])
        names.append(writer.escape(text[: match.start()]))
        end = match.end()
    return _Form(((*around, text[end:]), tuple(places), tuple(names)), writer.ESCAPES)


class Forms:
    """The forms of one format; a new one is learned when the first of its kind comes along."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._entries: dict[Hashable, _Form] = {}
        self._frames: dict[Hashable, tuple[_Form, _Form]] = {}

    @property
    def is_handy(self) -> bool:
        """Whether there are few enough to be kept for the next run."""
        return len(self._entries) + len(self._frames) <= _MOST

    @property
    def is_learned(self) -> bool:
        """Whether any form is known already."""
        return bool(self._frames)

    def load(self) -> None:
        """Import now what the writer needs."""
        self._writer.load()

    @property
    def state(self) -> FormsState:
        """All that was learned, in plain values."""
        return (
            {kind: form.state for kind, form in self._entries.items()},
            {kind: (head.state, tail.state) for kind, (head, tail) in self._frames.items()},
        )

    def recall(self, state: FormsState) -> None:
        """Know what was learned in an earlier run."""
        escapes = self._writer.ESCAPES
        entries, frames = state
        self._entries = {kind: _Form(form, escapes) for kind, form in entries.items()}
        self._frames = {
            kind: (_Form(head, escapes), _Form(tail, escapes))
            for kind, (head, tail) in frames.items()
        }

    def write(self, said: Said) -> list[bytes]:
        """Return the documents of feeds, in their order."""
        lots = (*said.heads, *said.lots)
        if max([len(lot.columns) for lot in lots], default=0) > _MANY:
            # Of such a kind hardly two will come along.
            return [self._writer.write(feed) for feed in said.feeds]
        if not self._knows(said):
            for feed in said.feeds:
                self._learn(feed)
        columns: Sequence[Any] = [lot.columns for lot in lots]
        fill: _Fill = _Form.filled_one_by_one
        if said.is_plain:
            fill, columns = _Form.filled, self._writer.escaped(said)
        frames = [self._frames[lot.kind] for lot in said.heads]
        heads = _in_order(said.heads, [head for head, _ in frames], columns, fill)
        tails = _in_order(said.heads, [tail for _, tail in frames], columns, fill)
        forms = [self._entries[lot.kind] for lot in said.lots]
        entries = _in_order(said.lots, forms, columns[len(frames) :], fill)
        documents = []
        end = 0
        for feed, head, tail in zip(said.feeds, heads, tails, strict=True):
            shown = entries[end : (end := end + len(feed.entries))]
            if shown:
                shown[-1][-1] = shown[-1][-1].removesuffix(self._writer.BETWEEN)
            documents.append(b"".join([*head, *chain.from_iterable(shown), *tail]))
        return documents

    def _knows(self, said: Said) -> bool:
        frames, entries = {lot.kind for lot in said.heads}, {lot.kind for lot in said.lots}
        return self._frames.keys() >= frames and self._entries.keys() >= entries

    def _learn(self, feed: Feed) -> None:
        """Have a document written that has all which is new of a feed: entries, or what is around."""
        said = Said([feed])
        if self._knows(said):
            return
        writer = self._writer
        (head,) = said.heads
        examples = [said.entries[lot.places[0]] for lot in said.lots]
        new = [
            (lot.kind, _marked(writer.sample(entry)))
            for lot, entry in zip(said.lots, examples, strict=True)
            if lot.kind not in self._entries
        ]
        samples = tuple([sample for _, sample in new])
        marked = _marked(feed._replace(entries=()))
        # The last one sees to it that the prefixes are those which all entries need.
        shown = (*samples, _needing(feed.entries)) if examples else ()
        match = writer.PARTS.fullmatch(writer.write(marked._replace(entries=shown)).decode())
        if not match:
            raise ValueError(f"a document of other parts than {writer.PARTS.pattern}")
        text, written, tail = match.groups()
        texts = writer.ENTRY.findall(written)[: len(new)]
        between = writer.BETWEEN.decode()
        for (new_kind, sample), own in zip(new, texts, strict=True):
            (lot,) = Said([marked._replace(entries=(sample,))]).lots
            self._entries[new_kind] = _learned(own + between, lot, writer)
        (marks,) = Said([marked]).heads
        self._frames[head.kind] = _learned(text, marks, writer), _learned(tail, marks, writer)


def _in_order(
    lots: Sequence[Lot],
    forms: Sequence[_Form],
    columns: Sequence[Any],
    fill: _Fill,
) -> list[list[bytes]]:
    """Return the parts of all that is in lots, of each its own, in the order of their places."""
    rows: dict[int, list[bytes]] = {}
    for lot, form, own in zip(lots, forms, columns, strict=False):
        rows.update(zip(lot.places, form.rows(fill(form, own, len(lot.places))), strict=True))
    return [rows[place] for place in range(len(rows))]


# --- marks ----------------------------------------------------------------------------------------


def _needing(entries: Sequence[Entry]) -> Entry:
    """Return an entry that needs the prefixes of all that entries need."""
    replies, answer, image, _ = prefixes_needed(entries)
    return Entry(
        id="-",
        title="-",
        permalink="-",
        published=None,
        updated=datetime(1001, 1, 1, tzinfo=UTC),
        authors=(),
        summary="",
        content="-",
        image="-" if image else None,
        replies=Replies(count=0, updated=None, page_url="-", feed_address=None)
        if replies
        else None,
        in_reply_to=InReplyTo(ref="-", href="-", source_address=None) if answer else None,
    )


def _marked(value: T, numbers: Iterator[int] | None = None) -> T:
    """Return a value of the same kind in which every text, time and number is a mark of its own."""
    numbers = numbers or count(1)
    marked: Any = value
    if isinstance(value, str):
        # Characters for private use: nothing else that is written then has any.
        marked = f"\ue000{next(numbers)}\ue001" if value else value
    elif isinstance(value, datetime):
        marked = datetime(1000 + next(numbers), 1, 1, tzinfo=UTC)
    elif isinstance(value, int):
        marked = 10**15 + next(numbers)
    elif isinstance(value, tuple):
        marked = remade(value, lambda part: _marked(part, numbers))
    return cast(T, marked)
