"""Where the parts of an RSS 2.0 document are, and how it escapes; `_rss` writes it, by feedgen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feeds.feed import Entry, Feed
from feeds.formats import xml
from feeds.formats.said import RSS_TITLE, TITLE, Escape, Said

SUFFIX = ".rss"
PARTS = re.compile(r"(.*?\n)((?: {4}<item>\n.*</item>\n)?)( {2}</channel>\n</rss>\n)", re.DOTALL)
BETWEEN = ""
INSTEAD = {TITLE: RSS_TITLE}


def write(feed: Feed) -> bytes:
    """Return the feed as an RSS 2.0 document, by feedgen."""
    from feeds.formats import _rss  # imports feedgen

    return _rss.write(feed)


def sample(entry: Entry) -> Entry:
    """Return the entry: what it does not say shows in what it is."""
    return entry


def escape(before: str) -> Escape:
    """Return what escapes a text that comes behind `before`."""
    if before.endswith("<title>"):
        return _title
    return xml.attribute if xml.is_attribute(before) else xml.text


def escaped(said: Said) -> Sequence[Sequence[str]]:
    """Return all texts, escaped."""
    texts = said.escaped(xml.text)
    for values in texts:
        if "&" in (title := values[RSS_TITLE]):
            values[RSS_TITLE] = _spelled_out(title)
    return texts


def _title(said: str) -> str:
    """Escape a title as `_feedgen.spelled_out` does."""
    return _spelled_out(xml.text(said))


def _spelled_out(escaped: str) -> str:
    return escaped.replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;")
