"""What Atom 1.0 says of a feed and of an entry, spelled; `_atom` is how, by feedgen."""

from __future__ import annotations

import re

from feeds.dates import rfc3339
from feeds.feed import Entry, Feed
from feeds.formats.forms import Escape, Values
from feeds.formats.xml import attribute, is_attribute, text

SUFFIX = ".atom"
PARTS = re.compile(r"(.*?\n)((?: {2}<entry[ >].*</entry>\n)?)(</feed>\n)", re.DOTALL)
BETWEEN = ""
DERIVED: tuple[int, ...] = ()


def write(feed: Feed) -> bytes:
    """Return the feed as an Atom 1.0 document, by feedgen."""
    from feeds.formats import _atom  # imports feedgen

    return _atom.write(feed)


def sample(entry: Entry) -> Entry:
    """Return the entry: what it does not say shows in what it is."""
    return entry


def feed_values(feed: Feed) -> Values:
    """Return what is said of a feed."""
    return (
        feed.id,
        feed.title,
        feed.subtitle,
        feed.alternate_url,
        feed.address + SUFFIX,
        feed.label,
        feed.rights,
        feed.language,
        feed.author.name,
        feed.author.uri,
        rfc3339(feed.updated),
        feed.icon,
        feed.logo,
    )


def entry_values(entry: Entry) -> Values:
    """Return what is said of an entry."""
    values: list[str | None] = [
        entry.id,
        entry.title,
        entry.permalink,
        rfc3339(entry.updated),
        rfc3339(entry.published) if entry.published else None,
        entry.summary,
        entry.content,
        entry.language,
        entry.image,
        *entry.categories,
    ]
    for person in entry.authors:
        values += (person.name, person.uri)
    for enclosure in entry.enclosures:
        values += (enclosure.url, enclosure.type, str(enclosure.length))
    if replies := entry.replies:
        updated = rfc3339(replies.updated) if replies.updated else None
        values += (replies.page_url, str(replies.count), _feed(replies.feed_address), updated)
    if answered := entry.in_reply_to:
        values += (answered.ref, answered.href, _feed(answered.source_address))
    return values


def _feed(address: str | None) -> str | None:
    return address and address + SUFFIX


def escape(before: str) -> Escape:
    """Return what escapes a text that comes behind `before`."""
    return attribute if is_attribute(before) else text
