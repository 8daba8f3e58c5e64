"""`Feed` → RSS 2.0, with the modules that WordPress made common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from feeds.feed import Entry, Feed
from feeds.formats._feedgen import Item, Moment, new_generator, spelled_out
from feeds.formats.extensions import Part
from feeds.formats.extensions.dc import DcEntry, DcFeed
from feeds.formats.extensions.media import MediaEntry, MediaFeed
from feeds.formats.extensions.slash import SlashEntry, SlashFeed
from feeds.formats.extensions.thr import Answer, ThrEntry, ThrFeed
from feeds.formats.extensions.wfw import WfwEntry, WfwFeed
from feeds.formats.rss import SUFFIX

if TYPE_CHECKING:
    from lxml.etree import _Element


class _Nothing(Part):
    """No namespace and no element."""

    def extend_ns(self) -> dict[str, str]:
        return {}


class _Titles(_Nothing):
    """Not a namespace: feedgen's hook for the channel's own titles."""

    def extend_rss(self, element: _Element) -> _Element:
        spelled_out(element.iter("title"))
        return element


def _extensions(feed: Feed) -> Iterator[tuple[str, type, type]]:
    """Yield the namespaces that a feed needs: each declared and unused would cost every item."""
    yield "dc", DcFeed, DcEntry
    yield "titles", _Titles, _Nothing
    if any(entry.replies for entry in feed.entries):
        yield "slash", SlashFeed, SlashEntry
        yield "wfw", WfwFeed, WfwEntry
    if any(entry.in_reply_to for entry in feed.entries):
        yield "thr", ThrFeed, ThrEntry
    if any(entry.image for entry in feed.entries):
        yield "media", MediaFeed, MediaEntry


def write(feed: Feed) -> bytes:
    """Return the feed as an RSS 2.0 document."""
    generator = new_generator(feed, _extensions(feed))
    generator.link(
        href=feed.address + SUFFIX, rel="self", type="application/rss+xml", title=feed.label
    )
    # The channel's link is the last one added, whatever its rel.
    generator.link(href=feed.alternate_url, rel="alternate")
    generator.lastBuildDate(Moment.of(feed.updated))
    if picture := feed.logo or feed.icon:
        generator.image(url=picture, title=feed.title, link=feed.alternate_url)
    for entry in feed.entries:
        _add(generator, entry)
    document: bytes = generator.rss_str(pretty=True)
    return document


def _add(generator: Any, entry: Entry) -> None:
    item = generator.add_entry(Item(), order="append")
    item.guid(entry.id, permalink=False)
    item.title(entry.title)
    item.link(href=entry.permalink)
    # RSS has no other date, and nine readers in twelve call an item without one "just now".
    item.published(Moment.of(entry.published or entry.updated))
    item.dc.creator = ", ".join(person.name for person in entry.authors)
    # Without a summary feedgen puts the content into `description`, as the RSS profile has it.
    if entry.summary:
        item.summary(entry.summary, type="html")
    if entry.content:
        item.content(entry.content, type="html")
    if entry.categories:  # all at once: for each call feedgen looks at all that came before
        item.category([{"term": term} for term in entry.categories])
    # RSS profile: at most one enclosure an item. It gets the first; Atom has them all.
    for enclosure in entry.enclosures[:1]:
        item.enclosure(
            enclosure.url, enclosure.length or 0, enclosure.type or "application/octet-stream"
        )
    if entry.image:
        item.media.thumbnail = entry.image
    if replies := entry.replies:
        item.comments(replies.page_url)
        item.slash.comments = replies.count
        if replies.feed_address:
            item.wfw.comment_rss = replies.feed_address + SUFFIX
    if answered := entry.in_reply_to:
        source = answered.source_address and answered.source_address + SUFFIX
        item.thr.answer = Answer(answered.ref, answered.href, source)
