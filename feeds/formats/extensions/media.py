"""Media RSS: `media:thumbnail`, the picture that stands for an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from feeds.formats.extensions import Part, qualified

if TYPE_CHECKING:
    from lxml.etree import _Element


class MediaFeed(Part):
    """Declares the prefix."""

    prefix = "media"
    uri = "http://search.yahoo.com/mrss/"


class MediaEntry(MediaFeed):
    """`media:thumbnail`."""

    thumbnail: str | None = None

    def extend_atom(self, element: _Element) -> _Element:
        """Add the element."""
        return self.extend_rss(element)

    def extend_rss(self, element: _Element) -> _Element:
        """Add the element."""
        if self.thumbnail:
            etree.SubElement(element, qualified(self.uri, "thumbnail"), url=self.thumbnail)
        return element
