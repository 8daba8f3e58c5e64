"""What RSS 2.0 says of a feed and of an entry, spelled; `_rss` is how, by feedgen."""

from __future__ import annotations

import re

from feeds.dates import rfc822
from feeds.feed import Entry, Feed
from feeds.formats.forms import Escape, Values
from feeds.formats.xml import attribute, is_attribute, text

SUFFIX = ".rss"
PARTS = re.compile(r"(.*?\n)((?: {4}<item>\n.*</item>\n)?)( {2}</channel>\n</rss>\n)", re.DOTALL)
BETWEEN = ""
DERIVED: tuple[int, ...] = ()


def write(feed: Feed) -> bytes:
    """Return the feed as an RSS 2.0 document, by feedgen."""
    from feeds.formats import _rss  # imports feedgen

    return _rss.write(feed)


def sample(entry: Entry) -> Entry:
    """Return the entry: what it does not say shows in what it is."""
    return entry


def feed_values(feed: Feed) -> Values:
    """Return what is said of a feed."""
    return (
        feed.title,
        feed.subtitle,
        feed.alternate_url,
        feed.address + SUFFIX,
        feed.label,
        feed.rights,
        feed.language,
        rfc822(feed.updated),
        feed.logo or feed.icon,
    )


def entry_values(entry: Entry) -> Values:
    """Return what is said of an entry."""
    values: list[str | None] = [
        entry.id,
        entry.title,
        entry.permalink,
        rfc822(entry.published or entry.updated),
        ", ".join([person.name for person in entry.authors]),
        entry.summary,
        entry.content,
        entry.image,
        *entry.categories,
    ]
    if entry.enclosures:
        first = entry.enclosures[0]
        values += (first.url, first.type, str(first.length))
    if replies := entry.replies:
        values += (replies.page_url, str(replies.count), _feed(replies.feed_address))
    if answered := entry.in_reply_to:
        values += (answered.ref, answered.href, _feed(answered.source_address))
    return values


def _feed(address: str | None) -> str | None:
    return address and address + SUFFIX


def escape(before: str) -> Escape:
    """Return what escapes a text that comes behind `before`."""
    if before.endswith("<title>"):
        return _title
    return attribute if is_attribute(before) else text


def _title(said: str) -> str:
    """Escape a title as `_feedgen.spelled_out` does."""
    return text(said).replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;")
