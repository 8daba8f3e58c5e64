"""What a feed says, in the words of RFC 4287 and RFC 4685, whatever format spells it.

A post becomes an `Entry`; a comment becomes an `Entry` with `in_reply_to`. The writers know these
types and nothing of the blog. Addresses of feeds are kept without their suffix: a feed is
published in several formats side by side, and each links to the others of its own kind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from feeds.model import Enclosure, Person
from feeds.tuples import NamedTuple

#: Names the program in every file it writes: how `publish` knows its own. It carries no version,
#: or each release would rewrite every feed.
Tuple = TypeVar("Tuple", bound=tuple[Any, ...])
GENERATOR = "feeds (entries and comments feeds from plain files)"


class Replies(NamedTuple):
    """What is known of an entry's comments (RFC 4685 §4 and §5; slash, wfw)."""

    count: int  # type: ignore[assignment]  # nobody counts what is in the tuple
    #: When the newest came; None while there is none.
    updated: datetime | None
    #: The place on the post's page where they stand.
    page_url: str
    #: Their feed, without suffix; None if there is no such feed.
    feed_address: str | None


class InReplyTo(NamedTuple):
    """What a comment answers (RFC 4685 §3)."""

    #: The `id` of the post or comment, byte for byte: Thunderbird threads by nothing else.
    ref: str
    href: str
    #: The feed that holds it, without suffix.
    source_address: str | None


class Entry(NamedTuple):
    """One entry of a feed; every time is aware and in UTC, every URL absolute."""

    #: Never changes, even when the permalink does (RFC 4287 §4.2.6).
    id: str
    title: str
    permalink: str
    published: datetime | None
    updated: datetime
    authors: tuple[Person, ...]
    #: HTML; the excerpt. Empty if there is nothing to say.
    summary: str
    #: HTML; None where the feed carries summaries only.
    content: str | None
    categories: tuple[str, ...] = ()
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    replies: Replies | None = None
    in_reply_to: InReplyTo | None = None
    #: The summary as plain text, where that is what it was made of.
    summary_text: str | None = None


class Feed(NamedTuple):
    """One feed, newest entry first."""

    id: str
    title: str
    #: Where it is published, without suffix.
    address: str
    #: What the site's footer calls the link to it: the `title` of the self link.
    label: str
    #: The page that the feed is about.
    alternate_url: str
    subtitle: str
    rights: str | None
    language: str
    author: Person
    updated: datetime
    icon: str | None
    logo: str | None
    entries: tuple[Entry, ...]


def remade(value: Tuple, part: Callable[[Any], Any]) -> Tuple:
    """Return a tuple, or what has names for its parts, with `part` of each part in its place."""
    parts = map(part, value)
    made: Any = value._make(parts) if hasattr(value, "_make") else tuple(parts)
    return cast(Tuple, made)
