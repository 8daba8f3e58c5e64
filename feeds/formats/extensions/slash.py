"""Slash: `slash:comments`, the number of comments on an RSS item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from feeds.formats.extensions import Part, qualified

if TYPE_CHECKING:
    from lxml.etree import _Element


class SlashFeed(Part):
    """Declares the prefix."""

    prefix = "slash"
    uri = "http://purl.org/rss/1.0/modules/slash/"


class SlashEntry(SlashFeed):
    """`slash:comments`."""

    comments: int | None = None

    def extend_rss(self, element: _Element) -> _Element:
        """Add the element."""
        if self.comments is not None:
            etree.SubElement(element, qualified(self.uri, "comments")).text = str(self.comments)
        return element
