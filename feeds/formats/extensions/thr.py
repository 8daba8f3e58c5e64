"""Atom Threading Extensions (RFC 4685): what an entry answers, and what answers it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree

from feeds.dates import rfc3339
from feeds.formats.extensions import Part, qualified
from feeds.tuples import NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element


class Answer(NamedTuple):
    """`thr:in-reply-to` (§3)."""

    ref: str
    href: str
    source: str | None


class Answers(NamedTuple):
    """The `replies` links and `thr:total` of an Atom entry (§4, §5)."""

    count: int  # type: ignore[assignment]  # nobody counts what is in the tuple
    updated: datetime | None
    page_url: str
    feed_url: str | None


class ThrFeed(Part):
    """Declares the prefix."""

    prefix = "thr"
    uri = "http://purl.org/syndication/thread/1.0"


class ThrEntry(ThrFeed):
    """Everything that threading says of one entry."""

    answer: Answer | None = None
    answers: Answers | None = None

    def extend_atom(self, element: _Element) -> _Element:
        """Add the elements, and the links that feedgen's own `link` refuses (its PR 138).

        Links have no namespace here: feedgen gives Atom elements theirs only on the way out.
        """
        self.extend_rss(element)
        if self.answer:
            # §3: for readers that know of no threads.
            etree.SubElement(
                element, "link", rel="related", type="text/html", href=self.answer.href
            )
        if self.answers:
            self._link(element, self.answers, "text/html", self.answers.page_url)
            if self.answers.feed_url:
                self._link(element, self.answers, "application/atom+xml", self.answers.feed_url)
            etree.SubElement(element, qualified(self.uri, "total")).text = str(self.answers.count)
        return element

    def extend_rss(self, element: _Element) -> _Element:
        """Add `thr:in-reply-to`, the one element that RSS can carry, too."""
        if self.answer:
            node = etree.SubElement(
                element,
                qualified(self.uri, "in-reply-to"),
                ref=self.answer.ref,
                href=self.answer.href,
                type="text/html",
            )
            if self.answer.source:
                node.set("source", self.answer.source)
        return element

    def _link(self, element: _Element, answers: Answers, media_type: str, href: str) -> None:
        link = etree.SubElement(element, "link", rel="replies", type=media_type, href=href)
        link.set(qualified(self.uri, "count"), str(answers.count))
        if answers.updated:
            link.set(qualified(self.uri, "updated"), rfc3339(answers.updated))
