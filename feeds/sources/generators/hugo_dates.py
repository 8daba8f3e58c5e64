"""Dates as Hugo reads and writes them: the layouts of Go's package `time`.

A date in front matter is whatever the first fitting layout of a fixed list makes of it (`cast`'s
`StringToDateInDefaultLocation`). Nothing is guessed, so what fits none of them is no date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from types import MappingProxyType

from feeds import dates
from feeds.patterns import lazy
from feeds.sources.records import Scalar, Value
from feeds.tuples import NamedTuple

#: What Go calls the zero time, and what an undated page is dated.
ZERO = datetime(1, 1, 1, tzinfo=UTC)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MAX_LENGTH = 80

# --- reading --------------------------------------------------------------------------------------


def _names(group: str, names: Sequence[str]) -> str:
    return f"(?P<{group}>(?i:{'|'.join(names)}))"


_OFFSET = r"(?P<sign>[+-])(?P<hours>\d\d){}(?P<minutes>\d\d)"
#: What each part of a layout matches. Only these occur in Hugo's list.
_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "2006": r"(?P<year>\d{4})",
        "06": r"(?P<short_year>\d\d)",
        "Jan": _names("month_name", [name[:3] for name in _MONTHS]),
        "01": r"(?P<month>\d\d)",
        "02": r"(?P<day>\d\d)",
        "_2": r" ?(?P<day>\d\d?)",
        "Monday": f"(?i:{'|'.join(_DAYS)})",
        "Mon": f"(?i:{'|'.join(name[:3] for name in _DAYS)})",
        "15": r"(?P<hour>\d\d?)",
        "04": r"(?P<minute>\d\d)",
        # Go takes a fraction behind the seconds whether the layout has one or not.
        "05": r"(?P<second>\d\d)(?:[.,]\d+)?",
        "Z07:00": f"(?:Z|{_OFFSET.format(':')})",
        "Z0700": f"(?:Z|{_OFFSET.format('')})",
        "-07:00": _OFFSET.format(":"),
        "-0700": _OFFSET.format(""),
        "MST": r"(?P<zone>UTC|GMT(?:[+-]\d\d?)?|ChST|MeST|WITA|[A-Z]{3}T?|[A-Z]{4}T|[+-]\d\d)",
        " ": " +",
    }
)
_PART = lazy("|".join(re.escape(part) for part in sorted(_PARTS, key=len, reverse=True)))
#: In Hugo's order. Layouts without a year give one that no feed can carry, and are left out.
_LAYOUTS = (
    "2006-01-02T15:04:05Z07:00",
    "2006-01-02T15:04:05",
    "Mon, 02 Jan 2006 15:04:05 -0700",
    "Mon, 02 Jan 2006 15:04:05 MST",
    "02 Jan 06 15:04 -0700",
    "02 Jan 06 15:04 MST",
    "Monday, 02-Jan-06 15:04:05 MST",
    "2006-01-02 15:04:05 -0700 MST",
    "2006-01-02T15:04:05-0700",
    "2006-01-02 15:04:05Z0700",
    "2006-01-02 15:04:05",
    "Mon Jan _2 15:04:05 2006",
    "Mon Jan _2 15:04:05 MST 2006",
    "Mon Jan 02 15:04:05 -0700 2006",
    "2006-01-02 15:04:05Z07:00",
    "2006-01-02",
    "02 Jan 2006",
    "2006-01-02 15:04:05 -07:00",
    "2006-01-02 15:04:05 -0700",
)


def _pattern(layout: str) -> re.Pattern[str]:
    found: list[str] = []
    end = 0
    for part in _PART.finditer(layout):
        found += [re.escape(layout[end : part.start()]), _PARTS[part[0]]]
        end = part.end()
    return re.compile("".join([*found, re.escape(layout[end:])]), re.ASCII)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return what the layouts match; few blogs have a date that asks for any."""
    return tuple(map(_pattern, _LAYOUTS))


_UNIX = lazy(r"-?\d{1,10}|\d{11}", re.ASCII)


def parse(value: Value, zone: tzinfo) -> datetime | None:
    """Read a date; what names no offset is in `zone`. None: Hugo reads none either.

    A whole number without quotes is Unix seconds, as YAML and Hugo have it.
    """
    if not isinstance(value, Scalar) or len(value) > _MAX_LENGTH:
        return None
    if moment := dates.usual(value):
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if _UNIX.fullmatch(value) and (value.plain or len(value) > 8):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(value))
    for pattern in _patterns():
        if (match := pattern.fullmatch(value)) and (read := _moment(match, zone)):
            return read
    return None


def _moment(match: re.Match[str], zone: tzinfo) -> datetime | None:
    found = match.groupdict()
    if found.get("year"):
        year = int(found["year"])
    else:
        year = int(found["short_year"])
        year += 1900 if year >= 69 else 2000
    if found.get("month_name"):
        month = 1 + [name[:3].lower() for name in _MONTHS].index(found["month_name"].lower())
    else:
        month = int(found["month"])
    try:
        day = datetime(year, month, int(found["day"]), tzinfo=_zone(match, zone))
        hour, minute, second = (int(found.get(part) or 0) for part in ("hour", "minute", "second"))
        return day.replace(hour=hour, minute=minute, second=second)
    except ValueError:
        return None


def _zone(match: re.Match[str], zone: tzinfo) -> tzinfo:
    """Return the zone that was written; a name alone says nothing to Go, and is `zone`."""
    found = match.groupdict()
    if sign := found.get("sign"):
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        return timezone(-offset if sign == "-" else offset)
    return UTC if "sign" in found else zone


# --- writing --------------------------------------------------------------------------------------

#: What of a layout stands for something, in the order of Go's `nextStdChunk`.
_TOKEN = lazy(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|2|3|4|5"
    r"|PM|pm|Z0700|Z07"
)
_WRITERS: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "January": lambda at: _MONTHS[at.month - 1],
        "Jan": lambda at: _MONTHS[at.month - 1][:3],
        "Monday": lambda at: _DAYS[at.weekday()],
        "Mon": lambda at: _DAYS[at.weekday()][:3],
        "MST": lambda at: at.tzname() or "",
        "002": lambda at: f"{at.timetuple().tm_yday:03}",
        "01": lambda at: f"{at.month:02}",
        "02": lambda at: f"{at.day:02}",
        "03": lambda at: f"{at.hour % 12 or 12:02}",
        "04": lambda at: f"{at.minute:02}",
        "05": lambda at: f"{at.second:02}",
        "06": lambda at: f"{at.year % 100:02}",
        "15": lambda at: f"{at.hour:02}",
        "1": lambda at: str(at.month),
        "2006": lambda at: f"{at.year:04}",
        "__2": lambda at: f"{at.timetuple().tm_yday:3}",
        "_2": lambda at: f"{at.day:2}",
        "2": lambda at: str(at.day),
        "3": lambda at: str(at.hour % 12 or 12),
        "4": lambda at: str(at.minute),
        "5": lambda at: str(at.second),
        "PM": lambda at: "PM" if at.hour >= 12 else "AM",
        "pm": lambda at: "pm" if at.hour >= 12 else "am",
        "Z0700": lambda at: _offset(at)[:5],
        "Z07": lambda at: _offset(at)[:3],
    }
)
#: The date attributes of a permalink that have a name of their own.
_NAMED: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "year": lambda at: str(at.year),
        "month": _WRITERS["01"],
        "monthname": _WRITERS["January"],
        "day": _WRITERS["02"],
        "weekday": lambda at: str((at.weekday() + 1) % 7),
        "weekdayname": _WRITERS["Monday"],
        "yearday": lambda at: str(at.timetuple().tm_yday),
    }
)


def _offset(moment: datetime) -> str:
    return moment.strftime("%z") if moment.utcoffset() else "Z"


def attribute(name: str, moment: datetime) -> str | None:
    """Return what `:name` of a permalink pattern stands for on that date; None: it is no date."""
    if write := _NAMED.get(name):
        return write(moment)
    if not _TOKEN.search(name):
        return None
    return _TOKEN.sub(lambda token: _WRITERS[token[0]](moment), name)


# --- which keys say when --------------------------------------------------------------------------

_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "lastmod": ("modified",),
        "publishdate": ("pubdate", "published"),
        "expirydate": ("unpublishdate",),
    }
)
_DEFAULTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "date": ("date", "publishdate", "lastmod"),
        "lastmod": (":git", "lastmod", "date", "publishdate"),
        "publishdate": ("publishdate", "date"),
        "expirydate": ("expirydate",),
    }
)
#: What depends on more than the file: the times of the file system, and git's history.
_IMPURE = frozenset({":filemodtime", ":git"})


class Keys(NamedTuple):
    """The keys that each of a page's four dates is looked for in, in this order (`[frontmatter]`)."""

    date: tuple[str, ...]
    lastmod: tuple[str, ...]
    publish: tuple[str, ...]
    expiry: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        """Every one of them."""
        return frozenset((*self.date, *self.lastmod, *self.publish, *self.expiry))


def keys(configured: Mapping[str, Sequence[str]]) -> Keys:
    """Return the keys, from `[frontmatter]` with names in lower case; `:default` is what it says."""

    def chain(name: str) -> tuple[str, ...]:
        default = _DEFAULTS[name]
        found: dict[str, None] = {}
        for key in configured.get(name, default):
            for one in default if key.lower() == ":default" else (key.lower(),):
                found |= dict.fromkeys((one, *_ALIASES.get(one, ())))
        return tuple(key for key in found if key not in _IMPURE)

    return Keys(chain("date"), chain("lastmod"), chain("publishdate"), chain("expirydate"))


class Dates(NamedTuple):
    """The four dates of a page; None: nothing says when."""

    date: datetime | None = None
    lastmod: datetime | None = None
    publish: datetime | None = None
    expiry: datetime | None = None
    #: What the file name says the slug is, where a date was taken from it.
    slug: str | None = None


@lru_cache(maxsize=4)
def _besides_date(chains: Keys) -> frozenset[str] | None:
    """Return the other keys where a page that says but `date` has it for three dates; else None."""
    listed = (chains.date, chains.lastmod, chains.publish)
    is_so = all("date" in chain and ":filename" not in chain for chain in listed)
    return chains.all - {"date"} if is_so and "date" not in chains.expiry else None


def of_page(head: Mapping[str, Value], base_name: str, chains: Keys, zone: tzinfo) -> Dates:
    """Return the dates of a page.

    Args:
        head: its front matter, keys in lower case.
        base_name: its file's name without suffix, or its bundle's.
        chains: where to look.
        zone: of what names no offset.
    """
    besides = _besides_date(chains)
    if besides is not None and besides.isdisjoint(head) and (said := head.get("date")):
        moment = parse(said, zone)
        return Dates(moment, moment, moment) if moment else Dates()
    used: list[str] = []
    #: Most pages say one date, which all the chains come to.
    read: dict[str, datetime | None] = {}

    def first(chain: tuple[str, ...]) -> datetime | None:
        for key in chain:
            if key in read:
                moment = read[key]
            elif key == ":filename":
                moment = read[key] = parse(Scalar(base_name[:10], 1), zone)
            elif key in head:
                moment = read[key] = parse(head[key], zone)
            else:
                continue
            if moment:
                used.append(key)
                return moment
        return None

    date, lastmod = first(chains.date), first(chains.lastmod)
    publish, expiry = first(chains.publish), first(chains.expiry)
    slug = None
    if ":filename" in used and "slug" not in head:
        # What looks like a suffix goes, though the suffix has gone already.
        stem = base_name.rpartition(".")[0] if "." in base_name else base_name
        slug = stem[10:].strip(" -_")
    return Dates(date, lastmod, publish, expiry, slug)
