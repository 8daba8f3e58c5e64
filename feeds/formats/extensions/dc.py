"""Dublin Core: `dc:creator`, who wrote an RSS item.

RSS's own `author` is an e-mail address, which nobody wants published; feedgen leaves out authors
that have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from feeds.formats.extensions import Part, qualified

if TYPE_CHECKING:
    from lxml.etree import _Element


class DcFeed(Part):
    """Declares the prefix."""

    prefix = "dc"
    uri = "http://purl.org/dc/elements/1.1/"


class DcEntry(DcFeed):
    """`dc:creator`."""

    #: All authors in one text: readers show the first element or the last, and rarely both.
    creator: str | None = None

    def extend_rss(self, element: _Element) -> _Element:
        """Add the element."""
        if self.creator:
            etree.SubElement(element, qualified(self.uri, "creator")).text = self.creator
        return element
