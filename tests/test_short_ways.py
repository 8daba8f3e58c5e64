"""Where a usual case is read by a shorter way, the long way gives the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import dates, ids, urls
from feeds.errors import ContentError
from feeds.markup import legal, one_line
from feeds.model import Body, Post
from feeds.patterns import holds
from feeds.settings import Settings
from feeds.sources import front_matter, kramdown
from feeds.sources.generators import (
    hugo_cascade,
    hugo_dates,
    hugo_head,
    hugo_urls,
    jekyll_dates,
    jekyll_urls,
    jekyll_values,
)
from feeds.sources.generators.hugo import Hugo, configured
from feeds.sources.records import Record, Scalar, Value, from_toml, from_yaml
from feeds.urls import encoded, is_web_url, on_site

_DIGITS = st.text("0123456789", min_size=2, max_size=2)
_DAYS = st.sampled_from(
    [
        "2017-04-14",
        "2017-02-30",
        "0999-12-31",
        "1000-01-01",
        "9999-12-31",
        "0001-01-01",
        "2017-4-14",
        "2017-W04-1",
        "20170414",
        "2017-104",
        "2017/04/14",
        "٢٠١٧-٠٤-١٤",
    ]
)
_CLOCKS = st.tuples(_DIGITS, _DIGITS, _DIGITS).map(":".join) | st.sampled_from(
    ["10:30:00", "10:30", "24:00:00", "23:59:60", "103000", "10:30:00.5"]
)
_OFFSETS = st.tuples(st.sampled_from("+-−"), _DIGITS, st.sampled_from([":", ""]), _DIGITS).map(
    "".join
) | st.sampled_from(["", "", "Z", "z", " Z", "+00:00", "-00:00", "+02:00", " +0200", "+23:59"])
_TIMES = (
    st.tuples(_DAYS, st.sampled_from("T t_"), _CLOCKS, _OFFSETS).map("".join)
    | _DAYS
    | st.text("0123456789-:TZ+ ", max_size=26)
)
BLOG = Settings(title="A", url="https://blog.example/", ids="jekyll-feed", root=Path())
_ZONES = st.sampled_from([UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


@given(_TIMES, _ZONES)
@settings(max_examples=1000)
def test_a_usual_date_is_what_any_date_is(text: str, zone: ZoneInfo) -> None:
    def parsed() -> str | None:
        try:
            return _told(dates.parse(text, zone))
        except ContentError as error:
            return f"{error.what}; {error.remedy}"

    def hugos() -> str | None:
        return _told(hugo_dates.parse(Scalar(text, 1, plain=True), zone))

    quick = parsed(), hugos()
    with mock.patch.object(dates, "usual", return_value=None):
        assert (parsed(), hugos()) == quick


@given(st.text("-+. \t\nab", max_size=20), st.sampled_from(["---", "+++"]))
@settings(max_examples=1000)
def test_a_bare_fence_ends_front_matter_where_any_fence_does(text: str, fence: str) -> None:
    start = text.find("\n") + 1 or len(text)
    closing = re.compile(front_matter._CLOSING[fence], re.MULTILINE).search(text, start)
    if closing:
        assert front_matter._end(text, fence, start) == closing.span()
    else:
        with pytest.raises(ContentError):
            front_matter._end(text, fence, start)


@given(st.text())
def test_a_text_on_one_line_is_legal(text: str) -> None:
    assert one_line(text) == " ".join(legal(text).split())


_ADDRESSES = st.text("/:#?%.\\ ab\té", max_size=12) | st.text(max_size=8)


@given(_ADDRESSES)
def test_a_path_on_the_site_needs_no_look_for_a_host(address: str) -> None:
    if address.strip().startswith("/"):
        assert not is_web_url(encoded(address.strip()))
        if address.strip().startswith("//"):
            assert on_site("https://blog.example/", address) is None


# --- Hugo -----------------------------------------------------------------------------------------


@given(st.text(st.characters(max_codepoint=127), max_size=20) | st.text("a- &_\t", max_size=20))
@settings(max_examples=700)
def test_ascii_is_spelled_as_any_text_is(text: str) -> None:
    assert hugo_urls._sanitized(text) == hugo_urls._sanitized_each(text)
    address = hugo_urls.escaped(text)
    with mock.patch.object(hugo_urls, "_PLAIN", re.compile("(?!)")):
        assert hugo_urls.escaped(text) == address


_VALUES: st.SearchStrategy[Value] = st.builds(
    Scalar,
    st.sampled_from(
        ["true", "false", "no", "", "null", "always", "never", "perhaps", "2017-04-14"]
    ),
    st.just(1),
    st.booleans(),
)
_VALUES |= st.lists(_VALUES, max_size=2) | st.dictionaries(
    st.sampled_from(["list", "render", "Render"]), _VALUES, max_size=2
)
_KEYS = ["draft", "Draft", "published", "headless", "build", "_build", "title"]
_HEADS = st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=3)


@given(_HEADS, st.booleans())
@settings(max_examples=700)
def test_who_may_see_a_usual_page_is_who_may_see_any(said: Record, is_bundle: bool) -> None:
    found = hugo_head.visibility(said, is_bundle=is_bundle)
    with mock.patch.object(hugo_head, "_OTHERWISE", frozenset(said)):
        assert hugo_head.visibility(said, is_bundle=is_bundle) == found


@given(_HEADS)
def test_keys_in_lower_case_are_left_alone(head: Record) -> None:
    lower = hugo_cascade.lower_keys(head)
    with mock.patch.object(hugo_cascade, "_has_records", return_value=True):
        assert hugo_cascade.lower_keys(head) == lower


_SITES = [
    "",
    "disablePathToLower = true",
    "uglyURLs = true",
    "[permalinks]\nposts = '/:year/:slug/'",
    "defaultContentLanguageInSubdir = true\n[languages.en]\n[languages.de]",
    "[uglyURLs]\nposts = true",
]
_PATHS = st.tuples(
    st.sampled_from(
        ["", "posts/", "Posts/a b/", "posts/trip/", "a%/", "é/", ".git/", "x~/", "posts/sub/trip/"]
    ),
    st.sampled_from(
        ["index", "a", "A-b", "a b", "a..b", "2017-04-14-x", "a.de", "Über", "_x", "..."]
    ),
    st.sampled_from([".md", ".html", ".txt", ""]),
).map("".join)
_FRONT = st.sampled_from(
    [
        "",
        "slug: B c",
        "slug: '-x-'",
        "slug: a/b",
        "slug: index",
        "url: /u/",
        "aliases: [a]",
        "date: 2017-04-14\nslug: x",
    ]
)


def _hugo(config: str) -> Hugo:
    return configured(
        from_toml(config), None, {"content/posts": {}}, frozenset({"content/posts/trip"})
    )


@given(st.sampled_from(_SITES), _PATHS, _FRONT)
@settings(max_examples=700)
def test_a_usual_page_stands_where_any_page_does(config: str, path: str, front: str) -> None:
    page = _hugo(config).page(f"content/{path}", from_yaml(front))
    with mock.patch.object(Hugo, "_plain_address", return_value=None):
        assert _hugo(config).page(f"content/{path}", from_yaml(front)) == page


# --- Jekyll ---------------------------------------------------------------------------------------


@given(_TIMES, st.booleans(), _ZONES)
@settings(max_examples=1000)
def test_a_usual_date_is_what_any_date_is_to_jekyll(text: str, plain: bool, zone: ZoneInfo) -> None:
    quick = _told(jekyll_dates.read(text, plain, zone))
    with mock.patch.object(dates, "usual", return_value=None):
        assert _told(jekyll_dates.read(text, plain, zone)) == quick


@given(st.text(":/?#[]@%. ab1é~_-", max_size=12))
def test_what_has_nothing_to_escape_is_not_escaped(text: str) -> None:
    quick = jekyll_urls.escaped(text)
    with mock.patch.object(jekyll_urls, "_PLAIN", re.compile("(?!)")):
        assert jekyll_urls.escaped(text) == quick


@pytest.mark.parametrize(
    ("template", "path", "unknown"),
    [
        ("/:year/:title/", "/2017/a/", []),
        (":year:month_:day_x", "/201704_:day_x", ["day_x"]),
        ("/:_/:x", "/:_/:x", ["", "x"]),
        ("//a//:title..", "/a/a/", []),
    ],
)
def test_a_template_is_taken_apart_once(template: str, path: str, unknown: list[str]) -> None:
    at = datetime(2017, 4, 14, tzinfo=UTC)
    place = jekyll_urls.Place(at, "a", categories=(), stem="a", path="a", output_ext=".html")
    assert jekyll_urls.address(template, place) == (path, unknown)


@given(_VALUES)
def test_a_list_of_texts_is_as_flat_as_any_list(value: Value) -> None:
    assert jekyll_values._flat(value) == list(jekyll_values._flattened(value))


_LINES = [
    "{: .a}",
    "# H {#x}",
    "* toc",
    "{:toc}",
    "```",
    "~~~",
    "    {: .b}",
    "{::comment}",
    "{:/}",
]


@given(st.lists(st.sampled_from([*_LINES, "a{:.b}", "{a}", "", "*a*{: .c} {d}"]), max_size=5))
@settings(max_examples=1000)
def test_markdown_without_anything_of_kramdowns_is_left_alone(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert kramdown.plain(text) == "\n".join(kramdown._lines(kramdown._without_comments(text)))


# --- names and ids --------------------------------------------------------------------------------


@given(st.text("aconprnul1._- /é", max_size=8) | st.text(max_size=4))
def test_a_plain_name_is_safe_as_any_name_is(name: str) -> None:
    quick = urls._is_safe_name(name)
    with mock.patch.object(urls, "_PLAIN_NAME", re.compile("(?!)")):
        assert urls._is_safe_name(name) == quick


_POSTS = st.builds(
    Post,
    path=st.just("a.md"),
    name=st.text("ab-/.é%~", min_size=1, max_size=6),
    title=st.just("A"),
    body=st.just(Body("")),
    permalink=st.text("ab/.%é~?#", max_size=8).map(lambda path: f"https://blog.example/{path}"),
)


@given(_POSTS)
@settings(max_examples=500)
def test_a_plain_id_of_jekyll_feeds_is_made_as_any_id_is(post: Post) -> None:
    quick = ids._jekyll(BLOG, post)
    with mock.patch.object(ids, "_PLAIN_NAME", re.compile("(?!)")):
        assert ids._jekyll(BLOG, post) == quick


@given(
    st.text("{%#<x", max_size=12),
    st.sets(st.sampled_from(["{", "{{", "{%", "{#", "{{<"]), min_size=1),
)
def test_what_begins_with_a_rare_sign_is_found_as_anything_is(text: str, starts: set[str]) -> None:
    assert holds(text, *starts) == any(start in text for start in starts)
