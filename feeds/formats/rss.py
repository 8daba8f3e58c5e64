"""Where the parts of an RSS 2.0 document are, and how it escapes; `_rss` writes it, by feedgen."""

from __future__ import annotations

import re
from types import MappingProxyType

from feeds.feed import Entry, Feed
from feeds.formats import xml
from feeds.formats.said import RSS_TITLE, TITLE, Column, Said
from feeds.patterns import lazy

SUFFIX = ".rss"
PARTS = lazy(r"(.*?\n)((?: {4}<item>\n.*</item>\n)?)( {2}</channel>\n</rss>\n)", re.DOTALL)
ENTRY = lazy(r" {4}<item>\n.*?</item>\n", re.DOTALL)
BETWEEN = b""


def _spelled_out(escaped: bytes) -> bytes:
    """Return an escaped title as `_feedgen.spelled_out` writes it."""
    return escaped.replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


INSTEAD = MappingProxyType({TITLE: RSS_TITLE})
ESCAPES = MappingProxyType({**xml.ESCAPES, "title": lambda said: _spelled_out(xml.text(said))})


def load() -> None:
    """Import feedgen."""
    from feeds.formats import _rss  # noqa: F401


def write(feed: Feed) -> bytes:
    """Return the feed as an RSS 2.0 document, by feedgen."""
    from feeds.formats import _rss

    return _rss.write(feed)


def sample(entry: Entry) -> Entry:
    """Return the entry: what it does not say shows in what it is."""
    return entry


def escape(before: str) -> str:
    """Return the name of what escapes a text that comes behind `before`."""
    return "title" if before.endswith("<title>") else xml.place(before)


def escaped(said: Said) -> list[list[Column]]:
    """Return all columns, escaped."""
    columns = said.escaped(xml.text)
    for own in columns:
        own[RSS_TITLE] = list(map(_spelled_out, own[TITLE]))
    return columns
