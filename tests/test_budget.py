"""A feed that is larger than services take loses weight from its oldest entry on."""

from __future__ import annotations

from datetime import timedelta

import feedparser
import pytest

from feeds.budget import all_fitted, fitted
from feeds.compose import without_content
from feeds.errors import Severity
from feeds.feed import Entry, Feed
from feeds.formats import render
from feeds.model import Person
from tests.builders import NOW, TinyBlog, settings

ALL = ("rss", "atom", "json")


def entry(number: int, size: int) -> Entry:
    """Entry 0 is the newest."""
    moment = NOW - timedelta(days=number)
    return Entry(
        id=f"urn:{number}",
        title=f"No. {number}",
        permalink=f"https://blog.example/{number}",
        published=moment,
        updated=moment,
        authors=(Person("Ann"),),
        summary=f"In short, {number}.",
        content="x" * size,
    )


def feed_of(*sizes: int) -> Feed:
    return Feed(
        id="urn:feed",
        title="A blog",
        address="https://blog.example/feeds/entries",
        label="Entries",
        alternate_url="https://blog.example/",
        subtitle="About",
        rights=None,
        language="en",
        author=Person("Ann"),
        updated=NOW,
        icon=None,
        logo=None,
        entries=tuple(entry(number, size) for number, size in enumerate(sizes)),
    )


def shown(limit: int, *sizes: int) -> tuple[str, str | None]:
    """What a budget leaves of each entry, newest first: Full text, its summary or nothing."""
    site = settings(f"[limits]\nfeed_bytes = {limit}\n")
    documents, said = fitted(feed_of(*sizes), site)
    assert list(documents) == [".rss", ".atom", ".json"]
    left = ""
    for number, size in enumerate(sizes):
        full, present = b"x" * size, f'"urn:{number}"'.encode()
        left += "F" if full in documents[".json"] else "s" if present in documents[".json"] else "-"
        for other in (".rss", ".atom"):
            assert (full in documents[other]) is (left[-1] == "F")
            assert (f">urn:{number}<".encode() in documents[other]) is (left[-1] != "-")
    return left, said


def test_what_fits_is_left_alone() -> None:
    assert shown(512_000, 1000, 1001, 1002) == ("FFF", None)


def test_the_oldest_go_from_full_text_to_summary_first() -> None:
    left, said = shown(10_000, 3000, 3001, 3002, 3003)
    assert left == "FFss"
    assert said == "over 10,000 bytes: 2 of 4 entries carry their summary only"


def test_the_newest_may_lose_its_text_too() -> None:
    assert shown(5_000, 50_000, 50_001)[0] == "ss"


def test_where_not_even_summaries_fit_the_oldest_go() -> None:
    left, said = shown(3_000, *range(9000, 9020))
    assert left.strip("-") == "s" * (20 - left.count("-"))
    assert 1 <= left.count("s") < 20
    assert said
    assert said.startswith("over 3,000 bytes: ")


def test_one_entry_is_shown_whatever_the_budget() -> None:
    assert shown(0, 1000, 1001)[0] == "s-"


def test_of_several_feeds_only_those_are_shortened_that_are_too_large() -> None:
    site = settings("[limits]\nfeed_bytes = 5000\n")
    feeds = [feed_of(100, 101), feed_of(50_000, 100), feed_of(), feed_of(102)]
    found = all_fitted(feeds, site)
    assert found == [fitted(feed, site) for feed in feeds]
    assert [said is None for _, said in found] == [True, False, True, True]


def test_no_entry_is_nothing_to_shorten() -> None:
    assert shown(0)[1] is None


@pytest.mark.parametrize("limit", [2_000, 4_000, 6_000, 9_000, 20_000])
def test_it_keeps_to_the_budget_and_keeps_as_much_as_it_can(limit: int) -> None:
    site = settings(f"[limits]\nfeed_bytes = {limit}\n")
    documents, _ = fitted(feed_of(*range(900, 912)), site)
    assert max(map(len, documents.values())) <= limit
    left, _ = shown(limit, *range(900, 912))
    if "s" in left and "-" not in left:
        whole, more = feed_of(*range(900, 912)), left.count("F") + 1
        entries = (*whole.entries[:more], *map(without_content, whole.entries[more:]))
        assert max(map(len, render(whole._replace(entries=entries), ALL).values())) > limit


def test_a_shorter_feed_is_dated_by_what_it_shows() -> None:
    """An old post that was edited last is cut, and its edit with it."""
    site = settings("[limits]\nfeed_bytes = 2000\n")
    edited = NOW + timedelta(days=7)
    whole = feed_of(*[900] * 12)
    old = whole.entries[-1]._replace(updated=edited)
    documents, _ = fitted(whole._replace(updated=edited, entries=(*whole.entries[:-1], old)), site)
    parsed = feedparser.parse(documents[".atom"])
    assert 0 < len(parsed.entries) < 12
    assert parsed.feed.updated == "2024-06-01T12:00:00Z"


def test_the_largest_format_decides_for_all_so_that_they_show_the_same() -> None:
    sizes = [1000 + n for n in range(6)]
    largest = max(map(len, render(feed_of(*sizes), ALL).values()))
    smallest = min(map(len, render(feed_of(*sizes), ALL).values()))
    assert smallest < largest
    assert shown(largest, *sizes)[0] == "FFFFFF"
    assert shown(largest - 1, *sizes)[0] == "FFFFFs"


def test_a_build_says_so_and_it_is_no_problem(blog: TinyBlog) -> None:
    blog.write(
        "site.toml", (blog.content / "site.toml").read_text() + "[limits]\nfeed_bytes = 5000\n"
    )
    for number in range(5):
        blog.post(f"p{number}", body="word " * 600)
    report = blog.build()
    (said,) = [p for p in report.problems if p.severity is Severity.WARNING]
    assert said.what.startswith("the feed entries is over 5,000 bytes")
    assert not report.has_problems
    assert len(blog.files()["entries.rss"]) <= 5000
    assert len(blog.feed("entries.rss").entries) == 5
