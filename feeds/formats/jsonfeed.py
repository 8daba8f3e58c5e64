"""`Feed` → JSON Feed 1.1; what it has no word for stands below `_feeds`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from feeds.dates import rfc3339
from feeds.feed import GENERATOR, Entry, Feed, InReplyTo, Replies
from feeds.formats.said import SUMMARY, SUMMARY_TEXT, Column, Said, summary_text
from feeds.model import Enclosure, Person
from feeds.patterns import lazy

SUFFIX = ".json"
_VERSION = "https://jsonfeed.org/version/1.1"
PARTS = lazy(r'(.*?"items": \[\n)(.*)(\n\]\}\n)', re.DOTALL)
ENTRY = lazy(r".+?(?=,\n|\Z)")
BETWEEN = b",\n"
INSTEAD = MappingProxyType({SUMMARY: SUMMARY_TEXT})


def write(feed: Feed) -> bytes:
    """Return the feed as a JSON Feed 1.1 document."""
    document = _given(
        version=_VERSION,
        title=feed.title,
        home_page_url=feed.alternate_url,
        feed_url=feed.address + SUFFIX,
        description=feed.subtitle,
        icon=feed.logo or feed.icon,
        favicon=feed.icon,
        authors=[_author(feed.author)],
        language=feed.language,
        _feeds=_given(generator=GENERATOR, id=feed.id, label=feed.label, rights=feed.rights),
    )
    # A line for each item: as easy to compare as indented text, and four times as fast to write.
    head = _dumped(document)[:-1]
    items = ",\n".join(_dumped(_item(entry)) for entry in feed.entries)
    return f'{head}, "items": [\n{items}\n]}}\n'.encode()


#: `json.dumps` would make a new one for each entry.
_dumped = json.JSONEncoder(ensure_ascii=False).encode


def _given(**values: Any) -> dict[str, Any]:
    """Return what there is: JSON Feed leaves out what is unknown."""
    return {key: v for key, v in values.items() if v or v not in (None, [], {})}


def _item(entry: Entry) -> Mapping[str, Any]:
    summary = summary_text(entry)
    item: dict[str, Any] = {"id": entry.id, "url": entry.permalink, "title": entry.title}
    # One of the two is required, also where there is nothing to say.
    if entry.content is None:
        item["content_text"] = summary
    else:
        item["content_html"] = entry.content
    if summary:
        item["summary"] = summary
    if entry.image is not None:
        item["image"] = entry.image
    if entry.published:
        item["date_published"] = rfc3339(entry.published)
    item["date_modified"] = rfc3339(entry.updated)
    if entry.authors:
        item["authors"] = [_author(person) for person in entry.authors]
    if entry.categories:
        item["tags"] = entry.categories
    if entry.language is not None:
        item["language"] = entry.language
    if entry.enclosures:
        item["attachments"] = [_attachment(enclosure) for enclosure in entry.enclosures]
    if entry.replies or entry.in_reply_to:
        item["_feeds"] = _given(
            comments=entry.replies and _comments(entry.replies),
            in_reply_to=entry.in_reply_to and _in_reply_to(entry.in_reply_to),
        )
    return item


def _author(person: Person) -> dict[str, str]:
    return {"name": person.name} if person.uri is None else {"name": person.name, "url": person.uri}


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _given(
        url=enclosure.url,
        mime_type=enclosure.type or "application/octet-stream",
        size_in_bytes=enclosure.length,
    )


def _comments(replies: Replies) -> dict[str, Any]:
    return _given(
        count=replies.count,
        url=replies.page_url,
        feed_url=replies.feed_address and replies.feed_address + SUFFIX,
        updated=replies.updated and rfc3339(replies.updated),
    )


def _in_reply_to(answered: InReplyTo) -> dict[str, Any]:
    return _given(
        ref=answered.ref,
        href=answered.href,
        type="text/html",
        source=answered.source_address and answered.source_address + SUFFIX,
    )


# --- for forms ------------------------------------------------------------------------------------


def load() -> None:
    """Import nothing: `json` is there."""


def sample(entry: Entry) -> Entry:
    """Return an entry whose summary is empty if there is no text in it."""
    return entry if summary_text(entry) else entry._replace(summary="")


def escape(before: str) -> str:
    """Return the name of what escapes a text: the same everywhere, numbers included."""
    return "text"


def escaped(said: Said) -> list[list[Column]]:
    """Return all columns, escaped."""
    return said.escaped(_escape)


def _escape(said: bytes) -> bytes:
    """Escape as `json` does, what XML can carry: among that are no other control characters."""
    plain = said.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return plain.replace(b"\t", b"\\t").replace(b"\r", b"\\r")


ESCAPES = MappingProxyType({"text": _escape})
