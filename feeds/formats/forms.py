"""What the writers make of a kind of entry, learned once, and filled in for every entry of the kind.

feedgen takes 60 µs for an entry in one format, nearly all of it for what is the same in thousands of
entries: which elements there are, in which order, with which prefixes. So each writer writes an
entry of a kind once, with marks for what it says; from then on texts take the places of the marks,
escaped as they must be there. Whatever is written, the bytes are those that the writer itself would
give (`tests/test_forms.py` compares them).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Protocol, TypeAlias, TypeVar, cast

from feeds.feed import Entry, Feed, InReplyTo, Replies

#: What a writer says of something, in an order of its own; None and "" have no place anywhere.
Values: TypeAlias = Sequence[str | None]
Escape: TypeAlias = Callable[[str], str]
T = TypeVar("T")


class Writer(Protocol):
    """What a form is learned from."""

    #: A document taken apart: what stands before the first entry, the entries, what comes behind.
    PARTS: re.Pattern[str]
    #: What stands between two entries.
    BETWEEN: str
    #: Which values of an entry may be empty although nothing of the entry is.
    DERIVED: Sequence[int]

    def sample(self, entry: Entry) -> Entry:
        """Return an entry that is written as `entry` is, whose values are empty only where it is."""

    def write(self, feed: Feed) -> bytes:
        """Return the document, by the library that writes it."""

    def feed_values(self, feed: Feed) -> Values:
        """Return all that is said of a feed, as it is spelled in this format, unescaped."""

    def entry_values(self, entry: Entry) -> Values:
        """Return all that is said of an entry, likewise."""

    def escape(self, before: str) -> Escape:
        """Return what escapes a text that comes behind `before`."""


class _Form:
    """A piece of a document, with places for what is said."""

    __slots__ = ("_pattern", "_places")

    def __init__(self, text: str, marks: Values, escape: Callable[[str], Escape]) -> None:
        """Learn it from a text in which the marks stand."""
        number = {mark: place for place, mark in enumerate(marks) if mark}
        longest_first = sorted(number, key=len, reverse=True)
        found = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")
        self._places: list[tuple[Escape, int]] = []
        pattern, end = "", 0
        for match in found.finditer(text):
            pattern += text[end : match.start()].replace("%", "%%") + "%s"
            self._places.append((escape(text[: match.start()]), number[match[0]]))
            end = match.end()
        self._pattern = pattern + text[end:].replace("%", "%%")

    def filled(self, values: Values) -> str:
        """Return the piece with these values in it."""
        return self._pattern % tuple(
            [escape(cast(str, values[place])) for escape, place in self._places]
        )


class Forms:
    """The forms of one format; a new one is learned when the first of its kind comes along."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._entries: dict[Hashable, _Form] = {}
        self._frames: dict[Hashable, tuple[_Form, _Form]] = {}

    def write(self, feed: Feed, kinds: Sequence[Hashable]) -> bytes:
        """Return the document of a feed, given what kind each of its entries is of."""
        writer, known = self._writer, self._entries
        written = []
        for entry, kind in zip(feed.entries, kinds, strict=True):
            values = writer.entry_values(entry)
            key = (kind, *[not values[place] for place in writer.DERIVED])
            form = known.get(key) or self._learn_entry(feed, entry, key)
            written.append(form.filled(values))
        head, tail = self._frame(feed)
        said = self._writer.feed_values(feed)
        entries = self._writer.BETWEEN.join(written)
        return f"{head.filled(said)}{entries}{tail.filled(said)}".encode()

    def _learn_entry(self, feed: Feed, entry: Entry, key: Hashable) -> _Form:
        marked = _marked(self._writer.sample(entry))
        text = self._parts(replace(feed, entries=(marked,)))[1]
        form = _Form(text, self._writer.entry_values(marked), self._writer.escape)
        self._entries[key] = form
        return form

    def _frame(self, feed: Feed) -> tuple[_Form, _Form]:
        """Return what stands before the entries and behind them."""
        # Of the entries, nothing but prefixes shows there.
        needs = (
            any(entry.replies for entry in feed.entries),
            any(entry.in_reply_to for entry in feed.entries),
            any(entry.image for entry in feed.entries),
        )
        kind = (_kind_of_feed(feed), bool(feed.entries) and needs)
        if kind not in self._frames:
            marked = _marked(replace(feed, entries=()))
            shown = _needing(*needs)
            head, _, tail = self._parts(replace(marked, entries=(shown,) if feed.entries else ()))
            marks = self._writer.feed_values(marked)
            self._frames[kind] = (
                _Form(head, marks, self._writer.escape),
                _Form(tail, marks, self._writer.escape),
            )
        return self._frames[kind]

    def _parts(self, feed: Feed) -> tuple[str, str, str]:
        match = self._writer.PARTS.fullmatch(self._writer.write(feed).decode())
        if not match:
            raise ValueError(f"a document of other parts than {self._writer.PARTS.pattern}")
        return match[1], match[2], match[3]


# --- kinds ----------------------------------------------------------------------------------------


def kind_of(entry: Entry) -> Hashable:
    """Return what is the same for all entries that differ by nothing but their texts and times.

    Of each text: whether it is there, and whether there is anything in it.
    """
    replies, answered = entry.replies, entry.in_reply_to
    return (
        entry.id and entry.title and entry.permalink and True,
        entry.published is None,
        entry.summary and True,
        entry.content and True,
        entry.language and True,
        entry.image and True,
        tuple([(person.name and True, person.uri and True) for person in entry.authors]),
        tuple([term and True for term in entry.categories]),
        tuple([(e.url and True, e.type and True, e.length is None) for e in entry.enclosures]),
        replies
        and (replies.updated is None, replies.page_url and True, replies.feed_address and True),
        answered
        and (answered.ref and True, answered.href and True, answered.source_address and True),
    )


def _kind_of_feed(feed: Feed) -> Hashable:
    author = feed.author
    said = (feed.id, feed.title, feed.address, feed.label, feed.alternate_url, feed.subtitle)
    more = (feed.rights, feed.language, author.name, author.uri, feed.icon, feed.logo)
    return tuple([text and True for text in said + more])


# --- marks ----------------------------------------------------------------------------------------


def _needing(replies: bool, answer: bool, image: bool) -> Entry:
    """Return an entry that needs the prefixes of these."""
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
    if isinstance(value, str):
        # Characters for private use: nothing else that is written has any.
        return cast(T, f"\ue000{next(numbers)}\ue001") if value else value
    if isinstance(value, datetime):
        return cast(T, datetime(1000 + next(numbers), 1, 1, tzinfo=UTC))
    if isinstance(value, int):
        return cast(T, 10**15 + next(numbers))
    if isinstance(value, tuple):
        return cast(T, tuple([_marked(item, numbers) for item in value]))
    if is_dataclass(value) and not isinstance(value, type):
        new = {f.name: _marked(getattr(value, f.name), numbers) for f in fields(value)}
        return replace(value, **new)
    return value
