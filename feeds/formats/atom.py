"""Where the parts of an Atom 1.0 document are, and how it escapes; `_atom` writes it, by feedgen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from feeds.feed import Entry, Feed
from feeds.formats import xml
from feeds.formats.said import Column, Said
from feeds.patterns import lazy

SUFFIX = ".atom"
PARTS = lazy(r"(.*?\n)((?: {2}<entry[ >].*</entry>\n)?)(</feed>\n)", re.DOTALL)
ENTRY = lazy(r" {2}<entry[ >].*?</entry>\n", re.DOTALL)
BETWEEN = b""
INSTEAD: Mapping[int, int] = MappingProxyType({})
ESCAPES = xml.ESCAPES


def load() -> None:
    """Import feedgen."""
    from feeds.formats import _atom  # noqa: F401


def write(feed: Feed) -> bytes:
    """Return the feed as an Atom 1.0 document, by feedgen."""
    from feeds.formats import _atom

    return _atom.write(feed)


def sample(entry: Entry) -> Entry:
    """Return the entry: what it does not say shows in what it is."""
    return entry


def escape(before: str) -> str:
    """Return the name of what escapes a text that comes behind `before`."""
    return xml.place(before)


def escaped(said: Said) -> list[list[Column]]:
    """Return all columns, escaped."""
    return said.escaped(xml.text)
