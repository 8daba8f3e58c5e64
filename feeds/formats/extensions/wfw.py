"""The Comment API: `wfw:commentRss`, the comments feed of an RSS item (Liferea follows it)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from feeds.formats.extensions import Part, qualified

if TYPE_CHECKING:
    from lxml.etree import _Element


class WfwFeed(Part):
    """Declares the prefix."""

    prefix = "wfw"
    uri = "http://wellformedweb.org/CommentAPI/"


class WfwEntry(WfwFeed):
    """`wfw:commentRss`."""

    comment_rss: str | None = None

    def extend_rss(self, element: _Element) -> _Element:
        """Add the element."""
        if self.comment_rss:
            etree.SubElement(element, qualified(self.uri, "commentRss")).text = self.comment_rss
        return element
