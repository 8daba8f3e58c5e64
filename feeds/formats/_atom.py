"""`Feed` → Atom 1.0 (RFC 4287) with its threading extensions (RFC 4685)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feeds.feed import Entry, Feed
from feeds.formats._feedgen import Item, Moment, new_generator
from feeds.formats.atom import SUFFIX
from feeds.formats.extensions.media import MediaEntry, MediaFeed
from feeds.formats.extensions.thr import Answer, Answers, ThrEntry, ThrFeed
from feeds.model import Person


def write(feed: Feed) -> bytes:
    """Return the feed as an Atom 1.0 document."""
    generator = new_generator(feed, _extensions(feed))
    # Four readers take the last link that could be an alternate: it comes first all the same.
    generator.link(href=feed.alternate_url, rel="alternate", type="text/html")
    generator.link(
        href=feed.address + SUFFIX, rel="self", type="application/atom+xml", title=feed.label
    )
    # §4.1.1: a feed has an author, or each of its entries; an empty feed has no entries.
    generator.author(_person(feed.author))
    if feed.icon:
        generator.icon(feed.icon)
    if feed.logo:
        generator.logo(feed.logo)
    for entry in feed.entries:
        _add(generator, entry)
    document: bytes = generator.atom_str(pretty=True)
    return document


def _extensions(feed: Feed) -> Iterator[tuple[str, type, type]]:
    """Yield the namespaces that a feed needs."""
    if any(entry.replies or entry.in_reply_to for entry in feed.entries):
        yield "thr", ThrFeed, ThrEntry
    if any(entry.image for entry in feed.entries):
        yield "media", MediaFeed, MediaEntry


def _add(generator: Any, entry: Entry) -> None:
    item = generator.add_entry(Item(), order="append")
    item.id(entry.id)
    item.title(entry.title)
    item.link(href=entry.permalink, rel="alternate", type="text/html")
    item.updated(Moment.of(entry.updated))
    if entry.published:
        item.published(Moment.of(entry.published))
    item.author([_person(person) for person in entry.authors])
    if entry.summary:
        item.summary(entry.summary, type="html")
    if entry.content:
        item.content(entry.content, type="html")
    if entry.categories:  # all at once: for each call feedgen looks at all that came before
        item.category([{"term": term} for term in entry.categories])
    links = []
    for enclosure in entry.enclosures:
        link = {"href": enclosure.url, "rel": "enclosure"}
        if enclosure.type:
            link["type"] = enclosure.type
        if enclosure.length is not None:
            link["length"] = str(enclosure.length)
        links.append(link)
    if links:
        item.link(links)
    item.language = entry.language
    if entry.image:
        item.media.thumbnail = entry.image
    if replies := entry.replies:
        feed_url = replies.feed_address and replies.feed_address + SUFFIX
        item.thr.answers = Answers(replies.count, replies.updated, replies.page_url, feed_url)
    if answered := entry.in_reply_to:
        source = answered.source_address and answered.source_address + SUFFIX
        item.thr.answer = Answer(answered.ref, answered.href, source)


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name} | ({"uri": person.uri} if person.uri else {})
