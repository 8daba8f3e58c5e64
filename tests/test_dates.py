"""What people write for a date: read the same everywhere and on every day, or refused in words."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds import dates
from feeds.errors import ContentError

NEW_YORK = ZoneInfo("America/New_York")
MORNING = "2017-04-14T10:30:00-04:00"
MIDNIGHT = "2017-04-14T00:00:00-04:00"

#: What must be read, and as what. The site is in New York.
READ = [
    # ISO 8601, as programs write it
    ("2017-04-14T10:30:00Z", "2017-04-14T10:30:00+00:00"),
    ("2017-04-14T10:30Z", "2017-04-14T10:30:00+00:00"),
    ("2017-04-14T10:30:00+01:00", "2017-04-14T10:30:00+01:00"),
    ("2017-04-14T10:30:00-0500", "2017-04-14T10:30:00-05:00"),
    ("2017-04-14 10:30:00 -0800", "2017-04-14T10:30:00-08:00"),
    ("2017-04-14 10:30 +02:00", "2017-04-14T10:30:00+02:00"),
    ("2017-04-14 10:30:59", "2017-04-14T10:30:59-04:00"),
    ("2017-04-14 10:30", MORNING),
    ("2017-04-14t10:30", MORNING),
    ("20170414T1030", MORNING),
    ("201704141030", MORNING),
    ("20170414103000", MORNING),
    ("20170414", MIDNIGHT),
    ("2017-W15-5", MIDNIGHT),
    # fractions of a second: three digits, seven, one
    ("2017-04-14T10:30:00.123Z", "2017-04-14T10:30:00+00:00"),
    ("2017-04-14T10:30:00.0000000-08:00", "2017-04-14T10:30:00-08:00"),
    ("2017-04-14 10:30:00.5", MORNING),
    ("14 Apr 2017 10:30:00.5", MORNING),
    # as people write it
    ("  2017-04-14  ", MIDNIGHT),
    ("2017/4/14", MIDNIGHT),
    ("2017.04.14", MIDNIGHT),
    ("14.04.2017", MIDNIGHT),
    ("14 April 2017", MIDNIGHT),
    ("14th of April 2017", MIDNIGHT),
    ("April 14, 2017", MIDNIGHT),
    ("Apr 14 2017", MIDNIGHT),
    ("14 APR-2017", MIDNIGHT),
    ("14-Apr-2017 10:30", MORNING),
    ("Friday, 14 April 2017, 10:30 am", MORNING),
    ("14/04-2017 - 10:30", MORNING),
    ("04/14/2017 10:30:00 PM", "2017-04-14T22:30:00-04:00"),
    # RFC 822, JavaScript, C
    ("Fri, 14 Apr 2017 10:30:00 +0200", "2017-04-14T10:30:00+02:00"),
    ("Fri, 14 Apr 2017 10:30:00 GMT", "2017-04-14T10:30:00+00:00"),
    ("Fri Apr 14 2017 10:30:00 GMT+0200 (CEST)", "2017-04-14T10:30:00+02:00"),
    (
        "Fri Apr 14 2017 10:30:00 GMT-0400 (Eastern Daylight Time)",
        "2017-04-14T10:30:00-04:00",
    ),
    ("Fri Apr 14 10:30:00 2017", MORNING),
    # offsets in words: plus is east, as people have it, not west, as POSIX has
    ("2017-04-14 10:30 UTC", "2017-04-14T10:30:00+00:00"),
    ("2017-04-14 10:30 UTC+2", "2017-04-14T10:30:00+02:00"),
    ("2017-04-14 10:30 GMT-05:30", "2017-04-14T10:30:00-05:30"),
    ("2017-04-14 10:30 UTC +2", "2017-04-14T10:30:00+02:00"),
    ("2017-04-14 10:30 +0200 (CEST)", "2017-04-14T10:30:00+02:00"),
    # seconds and milliseconds since 1970
    ("1492165800", "2017-04-14T10:30:00+00:00"),
    ("1492165800.75", "2017-04-14T10:30:00+00:00"),
    ("1492165800123", "2017-04-14T10:30:00+00:00"),
    ("999999999", "2001-09-09T01:46:39+00:00"),
]

#: What must be refused, and a word of the reason.
REFUSED = [
    ("", "not a date"),
    ("   ", "not a date"),
    ("null", "not a date"),
    ("noon", "not a date"),
    ("soon" * 30, "not a date"),
    ("31 February", "not a date"),
    ("31 February 2017", "not a date"),
    ("2017-02-29", "not a date"),
    ("2017-14-04", "not a date"),
    ("2017-04-14 25:00", "not a date"),
    ("2017-04-14 10:61", "not a date"),
    ("0000-00-00", "not a date"),
    ("0000-00-00 00:00:00", "not a date"),
    ("2017-104", "not a date"),
    ("2017-04-14 10:30 +25:00", "not a date"),
    ("2017-04-14 10:30 America/New_York", "not a date"),
    ("Fri Apr 14 2017 10:30:00 GMT+0200 (" + "x" * 60 + ")", "not a date"),
    # too little: what is missing would be today's
    ("2017", "part of a date"),
    ("2017-04", "part of a date"),
    ("April 2017", "part of a date"),
    ("14 April", "part of a date"),
    ("Friday", "part of a date"),
    ("10:30", "part of a date"),
    ("5", "part of a date"),
    # two readings
    ("10/11/2012", "2012-10-11 or 2012-11-10"),
    ("4.5.2017", "2017-04-05 or 2017-05-04"),
    ("10 11 2012 10:30", "2012-10-11 or 2012-11-10"),
    ("2017-04-14-10:30", "a day and an offset"),
    ("2017-04-14+02:00", "a day and an offset"),
    # a year of two digits, which changes with the century; an offset or a clock is no year
    ("10/11/12", "no year of four digits"),
    ("14 Apr 17", "no year of four digits"),
    ("14 Apr 17 1030", "no year of four digits"),
    ("Fri, 14 Apr 17 10:30:00 +0200", "no year of four digits"),
    # a digit too many is not the letter between day and time
    ("20170414103", "not a date"),
    ("201704141030001", "not a date"),
    ("2017-04-14x10:30", "not a date"),
    # zones that nobody can place, and offsets behind them that point either way
    ("2017-04-14 10:30 CST", "the zone CST"),
    ("2017-04-14 10:30 QXZ", "the zone QXZ"),
    ("2017-04-14 10:30 EST-0500", "the zone EST"),
    ("14 Apr 2017 10:30 PM EST+5", "the zone EST"),
    # what RFC 822 cannot write, and what UTC has no year for
    ("0001-01-01T00:00:00Z", "a feed can carry"),
    ("0999-12-31", "a feed can carry"),
    ("9999-12-31T23:59:59-05:00", "a feed can carry"),
]

#: What texts of dates are made of, so that chance gets further than "not a date".
_WORDS = "2017 04 14 17 10:30 Apr May Fri GMT UTC CEST am PM +0200 -05:00 of th nan 1e9 inf \u0662"
_CRUMBS = st.sampled_from([*"0123456789-/:.,+ TZ()", *_WORDS.split()])
DATE_LIKE = st.lists(_CRUMBS, max_size=14).map("".join) | st.lists(_CRUMBS, max_size=9).map(
    " ".join
)


def _reading(text: str) -> str:
    try:
        return dates.parse(text, NEW_YORK).isoformat()
    except ContentError as error:
        return str(error)


@pytest.mark.parametrize(("text", "moment"), READ)
def test_a_date_is_read_as_it_was_meant(text: str, moment: str) -> None:
    assert dates.parse(text, NEW_YORK).isoformat() == moment


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_what_would_have_to_be_guessed_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ContentError) as refusal:
        dates.parse(text, NEW_YORK)
    assert reason in refusal.value.what
    assert "write" in refusal.value.remedy


def test_a_day_alone_starts_at_midnight_in_the_sites_zone() -> None:
    assert dates.parse("2017-04-14", NEW_YORK) == datetime(2017, 4, 14, 4, tzinfo=UTC)
    assert dates.parse("2017-04-14", ZoneInfo("Asia/Tokyo")) == datetime(
        2017, 4, 13, 15, tzinfo=UTC
    )


def test_summer_time_is_that_of_the_day_and_not_of_today() -> None:
    winter, summer = (dates.parse(day, NEW_YORK) for day in ("2017-01-14", "2017-07-14"))
    assert (winter.utcoffset(), summer.utcoffset()) == (timedelta(hours=-5), timedelta(hours=-4))


def test_the_first_of_two_hours_with_one_name_is_meant_when_clocks_go_back() -> None:
    moment = dates.parse("2017-11-05 01:30", NEW_YORK)
    assert dates.rfc3339(moment) == "2017-11-05T05:30:00Z"


def test_an_offset_in_the_text_wins_over_the_sites_zone() -> None:
    assert dates.parse("2017-04-14 10:30 +00:00", NEW_YORK).utcoffset() == timedelta(0)


def test_a_message_about_a_long_text_stays_short() -> None:
    with pytest.raises(ContentError) as refusal:
        dates.parse("2017-04-14 " * 100_000, NEW_YORK)
    assert len(str(refusal.value)) < 200


@given(st.text() | DATE_LIKE)
@example("9" * 13)
@example("9" * 80)
@example("1e400 2017")
@example("2017-04-14 10:30 +999999999999")
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_date_that_feeds_can_write_or_a_content_error(text: str) -> None:
    try:
        moment = dates.parse(text, NEW_YORK)
    except ContentError:
        return
    assert moment.utcoffset() is not None
    assert moment.microsecond == 0
    assert 1000 <= dates.utc(moment).year <= 9999
    assert dates.parse(dates.rfc3339(moment), NEW_YORK) == dates.utc(moment)


@given(DATE_LIKE)
@settings(max_examples=600, deadline=None)
def test_the_year_of_every_date_stands_in_its_text(text: str) -> None:
    """A year of the reader's own making would be this year, or this century."""
    try:
        year = dates.parse(text, NEW_YORK).year
    except ContentError:
        return
    western = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    since_1970 = western.strip().partition(".")[0].isdigit() and len(western.strip()) >= 9
    assert f"{year:04}" in western or since_1970


@given(
    st.datetimes(
        min_value=datetime(1000, 1, 3),
        max_value=datetime(9999, 12, 29),
        timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
    ),
    st.sampled_from("T "),
)
@settings(max_examples=200, deadline=None)
def test_what_python_writes_is_read_back_to_the_second(moment: datetime, separator: str) -> None:
    text = moment.isoformat(separator)
    assert dates.parse(text, NEW_YORK) == moment.replace(microsecond=0)


_CHILD = """
import locale, sys, time, zoneinfo
from types import SimpleNamespace
from feeds import dates
from feeds.errors import ContentError
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
if sys.argv[1] == "later":
    this_year = time.localtime
    time.localtime = lambda *args: time.struct_time((2090, *this_year(*args)[1:]))
for text in sys.stdin.read().split("\\0"):
    try:
        print(dates.parse(text, zoneinfo.ZoneInfo("America/New_York")).isoformat())
    except ContentError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("zone", "language", "clock"),
    [
        ("UTC", "C", "now"),
        ("Asia/Tokyo", "de_DE.UTF-8", "now"),
        ("CST6CDT", "ja_JP.UTF-8", "later"),
    ],
)
def test_the_machines_zone_language_and_clock_change_nothing(
    zone: str, language: str, clock: str
) -> None:
    texts = [text for text, _ in READ + REFUSED]
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, clock],
        input="\0".join(texts),
        env=os.environ | {"TZ": zone, "LC_ALL": language, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert child.stdout.splitlines() == [_reading(text) for text in texts]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2017, 4, 14, 10, 30, tzinfo=NEW_YORK), "2017-04-14T14:30:00Z"),
        (datetime(2017, 4, 14, 8, 30, tzinfo=UTC), "2017-04-14T08:30:00Z"),
        # local mean time, of seconds that RFC 3339 has no offset for
        (datetime(1888, 1, 1, tzinfo=ZoneInfo("Europe/Paris")), "1887-12-31T23:50:39Z"),
        (dates.EPOCH, "1970-01-01T00:00:00Z"),
    ],
)
def test_a_moment_is_written_in_utc_with_a_z(moment: datetime, written: str) -> None:
    assert dates.rfc3339(moment) == written
    assert dates.utc(moment) == moment


@pytest.mark.parametrize(
    "text", ["2:303030303030303030303030303030", "1:1e999999999", "2024-05-01 10+02022424"]
)
def test_numbers_that_no_clock_shows_are_no_date(text: str) -> None:
    with pytest.raises(ContentError):
        dates.parse(text, UTC)
