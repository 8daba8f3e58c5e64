"""What must hold of text that is cleaned, parsed or expanded."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds import dates, markup, references, settings
from feeds.adopting import pinning
from feeds.markup import Policy
from feeds.model import Body, Markup
from feeds.sources import front_matter, liquid, records, shortcodes
from feeds.sources.generators import hugo_dates, jekyll_dates, python_settings
from feeds.sources.records import Scalar
from tests.fuzz import checks
from tests.fuzz.texts import legal_text, text_of

BASE = "https://blog.example/2024/05/hello"
NEW_YORK = ZoneInfo("America/New_York")
#: YAML 1.1 §4.1.4, "Line Break Characters": more than an editor has.
YAML_BREAKS = re.compile("[\\n\\r\\x85\\u2028\\u2029]")


# --- cleaning -------------------------------------------------------------------------------------


def clean(data: bytes, language: Markup, policy: Policy) -> Hashable:
    """Whatever goes in, what comes out is clean, and cleaning it changes nothing."""
    result = markup.to_html(Body(text_of(data), language), BASE, policy)
    # HTML §13.2.6.4.7: a parser takes eight steps to part nested links, and goes on the next time.
    result = markup.to_html(Body(result, Markup.HTML), BASE, policy)
    published = markup.legal(result, markup.REPLACEMENT)
    checks.is_legal(markup.text_of(result))
    if len(result) < 20_000:  # html5lib takes a second for 100 KB
        checks.is_clean(result, policy)
        again = markup.to_html(Body(published, Markup.HTML), BASE, policy)
        assert again == published, f"cleaned again: {again!r}, was: {published!r}"
    return frozenset(re.findall(r"<\w+[^>]{0,12}", result)[:12])


# --- records and heads ----------------------------------------------------------------------------


def yaml(data: bytes, *, lenient: bool) -> Hashable:
    text = legal_text(data)
    record = records.from_yaml(text, 2, lenient=lenient)
    checks.is_record(record, 2, len(YAML_BREAKS.findall(text)) + 3)
    return tuple(sorted({type(value).__name__ for value in record.values()}))


def yaml_list(data: bytes) -> Hashable:
    lines = [line for line, _ in records.list_from_yaml(legal_text(data))]
    assert all(first <= second for first, second in pairwise(lines))
    return min(len(lines), 5)


def toml(data: bytes) -> Hashable:
    text = legal_text(data)
    record = records.from_toml(text)
    checks.is_record(record, 1, text.count("\n") + 2)
    return tuple(sorted({type(value).__name__ for value in record.values()}))


def head(data: bytes, layout: str | None) -> Hashable:
    text = legal_text(data)
    document = front_matter.split_as(layout, text)
    assert document.body in text or "\t" in text or "\r" in text
    return bool(document.head), bool(document.body), len(document.head) > 1


def site_toml(data: bytes) -> Hashable:
    found = settings.parse(legal_text(data), Path("site"))
    assert found.ids
    assert found.title
    return found.content.layout, found.feeds.content, found.timezone


def pinned(data: bytes) -> Hashable:
    id = "tag:a.example,2024:x"
    new, result = pinning.with_id(data, id, "post.md")
    if new is not None:
        again, said = pinning.with_id(new, id, "post.md")
        assert again is None
        assert said.outcome is pinning.Outcome.ALREADY
        assert len(new) > len(data)
    return result.outcome, checks.shape_of(result.what)


# --- dates ----------------------------------------------------------------------------------------


def date(data: bytes) -> Hashable:
    text = text_of(data)
    found = dates.parse(text, NEW_YORK)
    checks.is_moment(found)
    assert dates.parse(text, NEW_YORK) == found
    # An offset may have fractions of a second, which RFC 3339 has not.
    assert abs(dates.parse(dates.rfc3339(found), UTC) - found) < timedelta(seconds=1)
    return found.tzinfo is NEW_YORK, found.hour == 0


def generators_date(data: bytes) -> Hashable:
    text = text_of(data)
    found = (
        jekyll_dates.read(text, True, NEW_YORK),
        jekyll_dates.read(text, False, NEW_YORK),
        hugo_dates.parse(Scalar(text, 1, True), NEW_YORK),
    )
    for moment in found:
        assert moment is None or moment.tzinfo
    return tuple(moment is None for moment in found)


# --- templates ------------------------------------------------------------------------------------


def templates(data: bytes) -> Hashable:
    text = legal_text(data)
    around = liquid.Surroundings(
        {"site.url": "https://a.example", "page.title": "x"},
        "/b",
        "https://a.example",
        lambda asked: references.mark(asked, "_posts"),
    )
    shown, dropped = liquid.expanded(text, around)
    assert all(dropped.values())
    liquid.counted(dropped)
    references.resolved(shown, lambda: [("_posts/2024-05-01-x.md", "https://a.example/x/")])
    if "{" not in text:
        assert shown == text
    return frozenset(list(dropped)[:3]) if len(dropped) < 4 else len(dropped)


def codes(data: bytes) -> Hashable:
    text = legal_text(data)
    found = []
    for markup_language in Markup:
        shown, dropped = shortcodes.hugo(text, lambda path: f"/{len(path)}/", markup_language)
        shortcodes.inner_links(text, "content/a")
        assert "{" in text or shown == text
        found.append(min(len(dropped), 3))
    shown, dropped = shortcodes.zola(text)
    assert "{" in text or shown == text
    return (*found, min(len(dropped), 3))


def python(data: bytes) -> Hashable:
    text = legal_text(data)
    record = python_settings.config_from_python(text)
    for said in checks.texts_of(record):
        assert isinstance(said, str)
    return tuple(sorted({type(value).__name__ for value in record.values()}))
