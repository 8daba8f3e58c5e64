"""The only importer of feedgen, and the home of what it takes to get right feeds out of it.

Each work-around names what feedgen 1.0.0 does. All are harmless should a release mend it: they
set what feedgen ought to have set.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import feedgen.entry
import feedgen.feed
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.dates import rfc822
from feeds.feed import GENERATOR, Feed

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Item", "Moment", "new_generator", "spelled_out"]


class Moment(datetime):
    """A time that feedgen writes as `2017-04-14T08:30:00Z`.

    It asks `isoformat`, which says `+00:00`; elfeed takes any offset for UTC, and `Z` is what
    every reader has seen.
    """

    @classmethod
    def of(cls, moment: datetime) -> Moment:
        """Return `moment` in UTC, to the second."""
        m = moment.astimezone(UTC)
        return cls(m.year, m.month, m.day, m.hour, m.minute, m.second, tzinfo=UTC)

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        """Return RFC 3339 with `Z`."""
        return super().isoformat()[:19] + "Z"


# feedgen's own switches the locale of the whole process there and back for every single date.
feedgen.entry.formatRFC2822 = feedgen.feed.formatRFC2822 = rfc822


class Item(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """A `FeedEntry` whose Atom links keep their attributes and whose RSS title is safe."""

    #: The entry's own language (RFC 4287 §2, `xml:lang`), which feedgen cannot say.
    language: str | None = None

    def atom_entry(self, extensions: bool = True) -> _Element:
        """Return the Atom element, with what feedgen 1.0.0 loses on the way.

        Its loop over links reuses the loop variable (issues 135 and 143), so each keeps `href`
        alone, and an enclosure becomes a second permalink.
        """
        entry: _Element = super().atom_entry(extensions)
        for element, link in zip(entry.iterchildren("link"), self.link() or (), strict=False):
            for name in ("rel", "type", "hreflang", "title", "length"):
                if link.get(name):
                    element.set(name, str(link[name]))
        if self.language:
            entry.set("{http://www.w3.org/XML/1998/namespace}lang", self.language)
        return entry

    def rss_entry(self, extensions: bool = True) -> _Element:
        """Return the RSS element."""
        item: _Element = super().rss_entry(extensions)
        spelled_out(item.iterchildren("title"))
        return item


def spelled_out(titles: Iterable[_Element]) -> None:
    """Write `&` and `<` in RSS titles as `&#x26;` and `&#x3C;`.

    RSS does not say whether a title is text or HTML, and a third of the readers take it for HTML.
    Numeric references of this form are what the RSS profile found most of them to show right.
    """
    for title in titles:
        text = title.text or ""
        if "&" not in text and "<" not in text:
            continue
        title.text = None
        last: _Element | None = None
        piece = ""
        for character in text:
            if character not in "&<":
                piece += character
                continue
            _append_text(title, last, piece)
            piece = ""
            last = etree.Entity("#x26" if character == "&" else "#x3C")
            title.append(last)
        _append_text(title, last, piece)


def _append_text(parent: _Element, last: _Element | None, text: str) -> None:
    if last is None:
        parent.text = text or None
    else:
        last.tail = text or None


def new_generator(feed: Feed, extensions: Iterable[tuple[str, type, type]]) -> Any:
    """Return a generator that knows what both formats say of a feed, but for its links.

    The times are set always (feedgen's default is the clock), and the generator's version never.
    """
    generator = FeedGenerator()
    for name, feed_part, entry_part in extensions:
        generator.register_extension(name, feed_part, entry_part)
    generator.id(feed.id)
    generator.title(feed.title)
    generator.description(feed.subtitle)
    generator.language(feed.language)
    generator.generator(GENERATOR)
    generator.docs("")
    generator.updated(Moment.of(feed.updated))
    if feed.rights:
        generator.rights(feed.rights)
    return generator
