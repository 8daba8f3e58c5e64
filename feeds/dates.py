"""Dates in, from whatever a person or a program wrote; dates out, as feeds want them.

`parse` never guesses and never looks at the clock: the same text gives the same time on every
machine and on every day, or an error that says what is wrong with it.
"""

from __future__ import annotations

from datetime import MAXYEAR, UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from feeds.errors import ContentError, quoted
from feeds.patterns import lazy

if TYPE_CHECKING:
    from dateutil.parser import parserinfo

#: What an empty feed of an empty site is dated (design §5).
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_REMEDY = "write it as 2017-04-14 10:30 +02:00, or as a day, 2017-04-14"
#: ISO 8601 as people write it. `fromisoformat` alone takes any character between day and time: it
#: would read 03:00 in `20170414203`.
_ISO = lazy(r"(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}-?W\d{2}-?\d)(?:[Tt ].*)?")
#: An offset, or a time? `2017-04-14-10:30` is written for both.
_DAY_AND_SIGN = lazy(r"(\d{4}-\d{2}-\d{2})[+-]\d{2}(?::?\d{2})?")
_YEAR_FIRST = lazy(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
#: Staticman writes `timestamp-seconds` (ten digits since 2001) or `timestamp-milliseconds`.
_UNIX_SECONDS = lazy(r"(\d{9,10})(?:\.\d+)?")
_UNIX_MILLISECONDS = lazy(r"\d{13}")
#: JavaScript's "GMT+0200 (CEST)" and people's "UTC+2" are two hours east; dateutil, after POSIX,
#: would go west, or with a blank between them nowhere.
_GMT_OFFSET = lazy(r"\s*\b(?:GMT|UTC)\s?([+-]\d{1,2}(?::?\d{2})?)(?!\d)(?:\s*\([^()]*\))?")
#: The same of another zone: west for POSIX, east for most people.
_NAMED_OFFSET = lazy(r":\d\d\s*(?:[AaPp][Mm]\s*)?([A-Z]{3,5})[+-]\d{1,2}(?::?\d{2})?(?!\d)")
_MAX_LENGTH = 80
_FIRST_YEAR = 1000
#: What stands between the numbers of a date and a time.
_TIMES = frozenset({"--T::", "-- ::"})
_TIMES_AND_OFFSETS = frozenset(f"{time}{sign}:" for time in _TIMES for sign in "+-")


class _UnknownZoneError(ValueError):
    """An abbreviation such as CST, which means five things."""


class _ShortYearError(ValueError):
    """A year of two digits, which dateutil takes for one near today's: it changes with the clock."""


def parse(text: str, zone: tzinfo) -> datetime:
    """Read a date and time; what names no zone is in `zone`, a day alone starts at 00:00 there.

    ISO 8601 is read by the standard library (0.2 µs against 40 µs for the rest), seconds since
    1970 as such, anything else by python-dateutil under two different defaults: parts that differ
    were guessed, and what was guessed is refused.

    Returns an aware datetime without microseconds, in the zone that was written.

    Raises:
        ContentError: it is no date, or says too little, or can be read in two ways.
    """
    text = text.strip()
    if (moment := usual(text)) and _FIRST_YEAR < moment.year < MAXYEAR:
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if not text or len(text) > _MAX_LENGTH:
        _refuse(f"{quoted(text)} is not a date")
    read = _from_unix(text) or _from_iso(text) or _from_words(text)
    return _placed(read, zone, text)


def usual(text: str) -> datetime | None:
    """Read a date in the forms that programs write; None: it has another form, or is no date.

    These are `2017-04-14`, and behind it, with `T` or a blank between, `10:30:00`, alone or with `Z`
    or `+02:00`; and `2017-04-14 10:30:00 +0200`. Whoever reads dates at all reads these alike, and all that others do to tell their
    forms apart is saved.
    """
    # Every third character, from the first hyphen on.
    match len(text):
        case 10:
            is_usual = text[4:8:3] == "--"
        case 19:
            is_usual = text[4:17:3] in _TIMES
        case 20:
            is_usual = text[4:17:3] in _TIMES and text[19] == "Z"
        case 25 if text[4:20:3] == "-- :: ":
            text = f"{text[:19]}{text[20:23]}:{text[23:]}"
            is_usual = text[19] in "+-" and text[20:22] < "24" and text[23] < "6"
        case 25:
            is_usual = text[4:23:3] in _TIMES_AND_OFFSETS and text[20:22] < "24" and text[23] < "6"
        case _:
            is_usual = False
    if not is_usual:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _refuse(what: str, remedy: str = _REMEDY) -> NoReturn:
    raise ContentError(what, remedy)


def _from_unix(text: str) -> datetime | None:
    if match := _UNIX_SECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    if _UNIX_MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) // 1000, UTC)
    return None


def _from_iso(text: str) -> datetime | None:
    if _DAY_AND_SIGN.fullmatch(text):
        _refuse(f"{quoted(text)} can be read as a day and a time or as a day and an offset")
    if not _ISO.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _from_words(text: str) -> datetime:
    text = _GMT_OFFSET.sub(r" \1", text)
    if named := _NAMED_OFFSET.search(text):
        _refuse_zone(named[1], text)
    readings = {_read(text, dayfirst=False, default=datetime(2001, 3, 5))}
    readings.add(_read(text, dayfirst=False, default=datetime(2004, 6, 7)))
    if len(readings) > 1:
        _refuse(f"{quoted(text)} is only a part of a date")
    # "2017/04/05" reads the same everywhere; "10/11/2012" does not.
    if not _YEAR_FIRST.search(text):
        readings.add(_read(text, dayfirst=True, default=datetime(2001, 3, 5)))
    if len(readings) > 1:
        either = " or ".join(sorted(f"{reading:%Y-%m-%d}" for reading in readings))
        _refuse(f"{quoted(text)} can be read as {either}", "write the one that you mean")
    return readings.pop()


def _read(text: str, *, dayfirst: bool, default: datetime) -> datetime:
    from dateutil import parser  # costs 35 to 66 ms: only for dates that are not ISO

    try:
        return parser.parse(
            text, _years_in_full(), default=default, dayfirst=dayfirst, tzinfos=_zone
        )
    except _UnknownZoneError as error:
        _refuse_zone(str(error), text)
    except _ShortYearError:
        _refuse(f"{quoted(text)} has no year of four digits, so it could be several dates")
    except (ValueError, ArithmeticError, TypeError, AttributeError, RecursionError):
        _refuse(f"{quoted(text)} is not a date")


@lru_cache(maxsize=1)
def _years_in_full() -> parserinfo:
    from dateutil.parser import parserinfo

    class YearsInFull(parserinfo):
        def convertyear(self, year: int, century_specified: bool = False) -> int:
            if year < 100 and not century_specified:
                raise _ShortYearError
            return year

    return YearsInFull()


def _refuse_zone(name: str, text: str) -> NoReturn:
    _refuse(f"nobody knows the zone {name} in {quoted(text)}", "write an offset such as -05:00")


def _zone(name: str | None, seconds: int | None) -> tzinfo | None:
    """Place a zone for dateutil, which would otherwise ask the machine for its own zone's name."""
    if seconds is not None:
        return timezone(timedelta(seconds=seconds))
    if name is None:
        return None
    if name in {"UTC", "GMT", "Z"}:
        return UTC
    raise _UnknownZoneError(name)


def _placed(moment: datetime, zone: tzinfo, text: str) -> datetime:
    """Give a naive time its zone, and refuse what RFC 822 and RFC 3339 cannot write."""
    moment = moment.replace(microsecond=0)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    if (moment.utcoffset() or timedelta()) % timedelta(seconds=1):
        _refuse(f"{quoted(text)} has an offset that is no offset")
    try:
        year = moment.astimezone(UTC).year
    except (OverflowError, ValueError):
        year = 0
    if year < _FIRST_YEAR:  # Hugo's zero date is the year 1; RFC 822 wants four digits
        _refuse(f"{quoted(text)} is not a date that a feed can carry")
    return moment


def utc(moment: datetime) -> datetime:
    """Return the same moment in UTC, as every feed is written (elfeed misreads any offset)."""
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """Return `2017-04-14T08:30:00Z` (RFC 3339 §5.6; RFC 4287 §3.3)."""
    return utc(moment).isoformat()[:19] + "Z"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc822(moment: datetime) -> str:
    """Return `Fri, 14 Apr 2017 08:30:00 +0000` (RFC 822 §5, with the four digits of RFC 1123)."""
    return rfc822_of(rfc3339(moment))


def rfc822_of(moment: str) -> str:
    """Return what `rfc822` does of a moment that `rfc3339` has written."""
    return f"{_day(moment[:10])}{moment[11:19]} +0000"


@lru_cache(maxsize=4096)
def _day(day: str) -> str:
    d = date.fromisoformat(day)
    return f"{_DAYS[d.weekday()]}, {d.day:02} {_MONTHS[d.month - 1]} {d.year:04} "
