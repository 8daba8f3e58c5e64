"""Dates as Jekyll reads them: YAML's timestamps by Psych, every other text by Ruby's `Time.parse`.

An unquoted `2013-03-14 23:42:50` is a YAML timestamp and thus UTC. The same in quotes, without
seconds, or a day alone is text and thus in the site's zone (Jekyll 4.3, `Utils.parse_date`).
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, tzinfo
from types import MappingProxyType

from feeds import dates
from feeds.errors import ContentError
from feeds.patterns import lazy

#: Ruby's own limit for `Date._parse`; no date is longer.
_MAX_LENGTH = 128
_DAY_LONG = timedelta(days=1)
#: `Psych::ScalarScanner::TIME`: with seconds, or it is text.
_TIMESTAMP = lazy(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt]|\s+)(\d{1,2}):(\d\d):(\d\d)(?:\.\d*)?"
    r"(?:\s*(?:Z|([-+]\d{1,2}:?(?:\d\d)?)))?",
    re.ASCII,
)
#: How it reads the offset then: the 50 hours of -500 are none, and make the whole a text again.
_PSYCH_OFFSET = lazy(r"([-+]\d{1,2}):?(\d{1,2})?", re.ASCII)
_DAY = lazy(r"\s*(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?!\d)", re.ASCII)
_DIGITS = lazy(r"\s*(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(?!\d)", re.ASCII)
#: Behind the day: a clock, and whatever names a zone.
_CLOCK = lazy(
    r"(?:\s*T\s*|\s*,\s*|\s+at\s+|\s+|-)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?"
    r"(?:\s*([ap])(?:m\b|\.m\.))?(.*)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
#: `Time.zone_offset`: two digits or none of it counts.
_OFFSET = lazy(r"([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?", re.ASCII)
#: RFC 822 §5.1, in hours; its letters of the military alphabet with the signs that Ruby gives them.
_ZONES = MappingProxyType(
    {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0}
    | {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
    | {letter: hours for hours, letter in enumerate("ABCDEFGHIKLM", 1)}
    | {letter: -hours for hours, letter in enumerate("NOPQRSTUVWXY", 1)}
)


def read(text: str, plain: bool, zone: tzinfo) -> datetime | None:
    """Return the moment that Jekyll makes of `text`, in the site's `zone`, without microseconds.

    None: Jekyll refuses it, and with it the site. `plain` tells whether it stood without quotes.
    """
    if len(text) > _MAX_LENGTH:
        return None
    if moment := _usual(text, plain, zone):
        return moment
    if plain and (match := _TIMESTAMP.fullmatch(text.strip())):
        civil = _civil(*(int(part) for part in match.group(1, 2, 3, 4, 5, 6)))
        offset = _psych_offset(match[7])
        if civil and abs(offset) < _DAY_LONG:
            return _placed(civil, offset, zone)
    return _from_text(text, zone)


def _usual(text: str, plain: bool, zone: tzinfo) -> datetime | None:
    """Return what `read` does, for a day alone and for most timestamps; None: ask there."""
    moment = dates.usual(text) if plain or len(text) == 10 else None
    if moment is None or not MINYEAR + 1 < moment.year < MAXYEAR:
        return None
    if len(text) == 10:
        return moment.replace(tzinfo=UTC) if zone is UTC else _placed(moment, None, zone)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC).astimezone(zone)
    # What Psych makes of -00:30 is its own.
    return None if "-00" in text[19:23] else moment.astimezone(zone)


def day_of(text: str, zone: tzinfo) -> datetime | None:
    """Return the start of the day that `text` begins with, whatever may follow."""
    match = _DAY.match(text[:_MAX_LENGTH])
    day = _day(match) if match else None
    return _placed(_civil(*day), None, zone) if day else None


def _psych_offset(text: str | None) -> timedelta:
    match = _PSYCH_OFFSET.match(text or "")
    if not match:
        return timedelta()
    hours = int(match[1])
    minutes = int(match[2] or 0)
    # The sign is that of the hours: -00:30 is half an hour east.
    return timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes)


def _from_text(text: str, zone: tzinfo) -> datetime | None:
    if match := _DAY.match(text):
        day = _day(match)
        rest = text[match.end() :]
        if not rest.strip():
            return _placed(_civil(*day), None, zone) if day else None
        if clock := _CLOCK.fullmatch(rest):
            return _at(day, clock, zone) if day else None
    elif (match := _DIGITS.match(text)) and not text[match.end() :].strip():
        numbers = [int(part or 0) for part in match.groups()]
        return _placed(_civil(*numbers), None, zone)
    try:
        return dates.parse(text, zone).astimezone(zone)
    except (ContentError, OverflowError):
        return None


def _day(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Return year, month and day: the year comes first, unless what comes last can only be one."""
    first, month, last = match[1], int(match[3]), match[4]
    if len(last) > 2:
        return (int(last), month, int(first)) if len(first) <= 2 else None
    year = int(first)
    if len(first) <= 2:  # `Date._parse` with `comp`
        year += 1900 if year >= 69 else 2000
    return year, month, int(last)


def _at(day: tuple[int, int, int], clock: re.Match[str], zone: tzinfo) -> datetime | None:
    hour, minute, second = (int(part or 0) for part in clock.group(1, 2, 3))
    if half := clock[4]:
        hour = hour % 12 + (12 if half in "pP" else 0)
    moment = _civil(*day, hour, minute, second)
    offset = _offset(clock[5].strip().upper(), day[0], zone)
    if offset is not None and abs(offset) >= _DAY_LONG:
        return None
    return _placed(moment, offset, zone)


def _offset(name: str, year: int, zone: tzinfo) -> timedelta | None:
    """Return what a zone's name or an offset means; None: nothing, and the site's zone counts."""
    if name in _ZONES:
        return timedelta(hours=_ZONES[name])
    if match := _OFFSET.fullmatch(name):
        hours, minutes, seconds = (int(part or 0) for part in match.group(2, 3, 4))
        size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return -size if match[1] == "-" else size
    if name and year > 0:
        for month in (1, 7):  # the abbreviations of the site's own zone
            local = datetime(year, month, 1, tzinfo=zone)
            if (local.tzname() or "").upper() == name:
                return local.utcoffset()
    return None


def _civil(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> datetime | None:
    """Return a time as Ruby's `Time.local` has it: 30 February is 2 March, 24:00 the next day."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and minute <= 59 and second <= 60):
        return None
    if hour > 24 or (hour == 24 and (minute or second)):
        return None
    try:
        start = datetime(year, month, 1)
        return start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    except (ValueError, OverflowError):
        return None


def _placed(moment: datetime | None, offset: timedelta | None, zone: tzinfo) -> datetime | None:
    """Give a naive time its offset, or the one of `zone` on that day, and return it in `zone`."""
    if moment is None:
        return None
    try:
        if offset is not None:
            return (moment - offset).replace(tzinfo=UTC).astimezone(zone)
        # Of an hour that a clock shows twice Ruby takes the second, and an hour that it leaves out
        # comes after the gap: both are the later of Python's two readings (PEP 495).
        readings = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return max(readings).astimezone(zone)
    except (ValueError, OverflowError):
        return None
