"""The dates of a saved page: what machines read, what people read, and the zone of the rest.

Readers of a page know where its author sits; a program has nothing but the other dates on it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from feeds import dates
from feeds.errors import ContentError
from feeds.exports.page_tree import Element, text_of
from feeds.sources import page_words as words

#: Stands for "no zone was written" until the whole page is read; it never leaves these modules.
UNPLACED = timezone(timedelta(0), "unplaced")
#: Blogger writes milliseconds since 1970 into the link of each comment.
_SHOW_COMMENT = re.compile(r"[?&]showComment=(\d{13})(?!\d)")


def machine(text: str) -> datetime | None:
    """Read a date that is meant for programs; `UNPLACED` if it names no zone."""
    try:
        return dates.parse(text, UNPLACED)
    except ContentError:
        return None


def printed(text: str) -> datetime | None:
    """Read a line that is nothing but a date, in the words that people use."""
    line = words.date_line(text)
    return machine(line.value) if line and line.value else None


def of_element(element: Element) -> datetime | None:
    """Read what an element tells programs: `<time>`, microdata, hAtom, Blogger's links."""
    classes = element.classes
    if element.tag == "time" and (found := machine(element.get("datetime"))):
        return found
    if element.get("itemprop") and (found := machine(element.get("content"))):
        return found
    if element.tag in {"abbr", "span", "time"} and (
        classes & {"published", "updated", "dt-published", "dtstart", "comment-date", "timestamp"}
        or element.get("itemprop").startswith(("date", "commentTime"))
    ):
        title = element.get("title")
        if found := machine(title) or printed(title):
            return found
    if element.tag == "a" and (match := _SHOW_COMMENT.search(element.get("href"))):
        return machine(match[1])
    return None


def shown(element: Element) -> datetime | None:
    """Read an element's text, if that is nothing but a date."""
    return printed(text_of(element))


# --- zones ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zones:
    """The offsets that a page names, each with the time at which it held."""

    _known: tuple[tuple[datetime, tzinfo], ...] = ()

    @property
    def are_local(self) -> bool:
        """Whether a date on the page names another zone than UTC, which plugins write anyhow."""
        return any(zone.utcoffset(when) for when, zone in self._known)

    def placed(self, moment: datetime | None) -> datetime | None:
        """Return a time with the offset that held nearest to it; UTC if the page names none."""
        if moment is None or moment.tzinfo is not UNPLACED:
            return moment
        if not self._known:
            return moment.replace(tzinfo=UTC)
        plain = moment.replace(tzinfo=UTC)
        place = bisect_left(self._known, plain, key=lambda known: known[0])
        near = self._known[max(place - 1, 0) : place + 1]
        _, zone = min(near, key=lambda known: abs(known[0] - plain))
        return moment.replace(tzinfo=zone)


def zones(moments: Iterable[datetime | None]) -> Zones:
    """Return the zones of the dates that name one.

    UTC counts only where nothing else is named: plugins write it whatever zone the site has.
    """
    known = {
        (moment.astimezone(UTC), moment.tzinfo)
        for moment in moments
        if moment and moment.tzinfo and moment.tzinfo is not UNPLACED
    }
    local = [(when, zone) for when, zone in known if zone.utcoffset(when)]
    return Zones(tuple(sorted(local or known, key=lambda item: (item[0], str(item[1])))))
