"""`site.toml`: every key checked, every mistake named with its line and what was probably meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds import settings as site_toml
from feeds.errors import SettingsError
from feeds.settings import FORMATS, Settings
from tests.builders import SITE_TOML, settings

#: The first line that a test adds to `SITE_TOML`.
NEXT = SITE_TOML.count("\n") + 1
REQUIRED = 'title = "A blog"\nurl = "https://blog.example/"\nids = "tag:blog.example,2024:"\n'


def complaints(text: str) -> list[str]:
    """What is wrong with a `site.toml`, a line each."""
    with pytest.raises(SettingsError) as refusal:
        site_toml.parse(text, Path())
    return str(refusal.value).splitlines()


# --- what it says ---------------------------------------------------------------------------------


def test_three_keys_are_enough_and_the_others_have_defaults() -> None:
    site = site_toml.parse(REQUIRED, Path("content"))
    assert (site.title, site.url, site.ids) == (
        "A blog",
        "https://blog.example/",
        "tag:blog.example,2024:",
    )
    assert site.root == Path("content")
    assert site.feeds_url == site.url
    assert site.description == site.author == site.title
    assert (site.language, site.timezone, site.zone) == ("en", None, UTC)
    assert site.permalink == "/{year}/{month}/{slug}"
    assert (site.rights, site.logo, site.icon, site.output) == (None, None, None, None)
    assert (site.footer.entries, site.footer.comments) == ("Entries RSS", "Comments RSS")
    assert site.feeds.formats == FORMATS == ("rss", "atom", "json")
    assert (site.feeds.entries, site.feeds.comments, site.feeds.post_comments) == (20, 50, 100)
    assert site.feeds.content == "full"
    assert site.comments.images is False
    assert site.comments.anchor == "comment-{id}"
    assert site.content.symlinks is False


EVERY_KEY = """\
title = "AMERICAblog"
url = "https://americablog.com/"
feeds_url = "https://americablog.com/feeds/"
description = "A great nation deserves the truth"
language = "en-US"
timezone = "America/New_York"
rights = "© 2021 AMERICAblog Media, LLC. All rights reserved."
author = "John Aravosis"
ids = "tag:americablog.com,2004:"
permalink = "/{year}/{month}/{day}/{slug}.html"
logo = "https://americablog.com/logo.png"
icon = "https://americablog.com/icon.png"
output = "../output"

[footer]
entries = "Entries"
comments = "Comments"

[feeds]
formats = ["json", "rss"]
entries = 10
comments = 0
post_comments = 0
content = "summary"

[limits]
post = 1
comment = 2
name = 3
depth = 4
feed_bytes = 5

[comments]
images = true
anchor = "c{id}"

[content]
posts = "_posts"
comments = "_comments"
symlinks = true
"""


def test_every_key_of_the_contract_is_understood() -> None:
    site = site_toml.parse(EVERY_KEY, Path())
    assert site.rights == "© 2021 AMERICAblog Media, LLC. All rights reserved."
    assert site.zone.utcoffset(datetime(2021, 7, 1)) == timedelta(hours=-4)
    assert site.feeds.formats == ("rss", "json"), "in the order of publication"
    assert (site.feeds.comments, site.feeds.post_comments, site.feeds.content) == (0, 0, "summary")
    assert (site.footer.entries, site.footer.comments) == ("Entries", "Comments")
    assert site.limits == (1, 2, 3, 4, 5)
    assert (site.comments.images, site.comments.anchor) == (True, "c{id}")
    assert (site.content.posts, site.content.comments) == (("_posts",), ("_comments",))
    assert site.content.symlinks
    assert (site.output, site.author) == ("../output", "John Aravosis")


@pytest.mark.parametrize(
    "ids", ["tag:a.example,1:", "https://a.example/", "urn:x#", "a:b=", "a:b-"]
)
def test_ids_start_with_a_uri_that_ends_where_a_name_can_follow(ids: str) -> None:
    text = REQUIRED.replace("tag:blog.example,2024:", ids)
    assert site_toml.parse(text, Path()).ids == ids


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ('description = "two\\nlines"', "description", "two lines"),
        ('rights = "a\\u0008b"', "rights", "ab"),
        ('author = "Ann <ann@blog.example>"', "author", "Ann ann"),
        ('author = ""', "author", "A blog"),
        ('description = ""', "description", "A blog"),
        ('logo = ""', "logo", ""),
        ('icon = "https://blog.example/ü"', "icon", "https://blog.example/%C3%BC"),
        ("feeds.entries = 3", "feeds", site_toml.FeedSettings(entries=3)),
    ],
)
def test_a_text_is_kept_as_feeds_can_carry_it(line: str, key: str, value: Any) -> None:
    assert getattr(settings(line), key) == value


def test_a_site_beyond_ascii_has_an_address_that_every_reader_can_open() -> None:
    text = REQUIRED.replace("https://blog.example/", "https://münchen.example/blög/")
    site = site_toml.parse(text, Path())
    assert site.url == site.feeds_url == "https://xn--mnchen-3ya.example/bl%C3%B6g/"


# --- what is wrong with it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        # unknown keys, near misses, keys in the wrong place
        ('langauge = "en"', "unknown key 'langauge'", "did you mean 'language'?"),
        ('Title = "x"', "unknown key 'Title'", "did you mean 'title'?"),
        ('time_zone = "UTC"', "unknown key 'time_zone'", "did you mean 'timezone'?"),
        ('formats = ["rss"]', "unknown key 'formats'", "it belongs below [feeds]"),
        ("xyz = 1", "unknown key 'xyz'", "remove it; site.toml knows title, url, ids"),
        ("feeds.xyz = 1", "unknown key 'xyz'", "remove it; [feeds] knows formats, entries"),
        ("root = 1", "unknown key 'root'", ""),
        ("[foter]", "unknown key 'foter'", "did you mean 'footer'?"),
        ("footer = 1", "'footer' is a table", "write it as [footer] and keys below it"),
        # wrong types
        ("description = 1", "'description' is '1'", "it takes text in quotes"),
        ("rights = true", "'rights' is 'True'", "it takes text in quotes"),
        ("author = {name = 'Ann'}", "'author' is", "it takes text in quotes"),
        ("feeds.entries = '20'", "'feeds.entries' is '20'", "it takes a whole number"),
        ("feeds.entries = 20.5", "'feeds.entries' is '20.5'", "it takes a whole number"),
        ("feeds.entries = true", "'feeds.entries' is 'True'", "it takes a whole number"),
        ("feeds.entries = -1", "'feeds.entries' is '-1'", "a whole number, 0 or more"),
        ("comments.images = 1", "'comments.images' is '1'", "it takes true or false"),
        ("comments.images = 'no'", "'comments.images' is 'no'", "it takes true or false"),
        ("feeds.content = 'half'", "'feeds.content' is 'half'", 'it takes "full" or "summary"'),
        ("feeds.formats = 'rss'", "'feeds.formats' is 'rss'", "it takes a list of some of"),
        ("feeds.formats = []", "'feeds.formats' is '[]'", '"rss", "atom", "json"'),
        ("feeds.formats = ['rss', 'rdf']", "'feeds.formats' is", "it takes a list of some of"),
        ("feeds.formats = [['rss']]", "'feeds.formats' is", "it takes a list of some of"),
        ("description = 0x" + "f" * 5000, "'description' is more than anybody can read", "text"),
        # addresses
        ("logo = '/logo.png'", "'logo' is '/logo.png'", "it takes a whole address, https://…"),
        ("icon = 'ftp://a.example/i'", "'icon' is", "it takes a whole address"),
        ("logo = 'https://a.example:x/'", "'logo' is", "it takes a whole address"),
        # times, languages, patterns
        ("timezone = 'Mars/Phobos'", "'timezone' is 'Mars/Phobos'", "such as Europe/Berlin"),
        ("timezone = 'EDT'", "'timezone' is 'EDT'", "such as Europe/Berlin"),
        ("timezone = 'Europe'", "'timezone' is 'Europe'", "such as Europe/Berlin"),
        ("timezone = '../../etc/passwd'", "'timezone' is", "such as Europe/Berlin"),
        ("timezone = '+02:00'", "'timezone' is '+02:00'", "such as Europe/Berlin"),
        ("timezone = ''", "'timezone' is ''", "such as Europe/Berlin"),
        ("timezone = 'localtime'", "'timezone' is 'localtime'", "such as Europe/Berlin"),
        ("language = 'English!'", "'language' is 'English!'", "it takes a tag such as en-US"),
        ("language = 'en_US'", "'language' is 'en_US'", "it takes a tag such as en-US"),
        ("language = ''", "'language' is ''", "it takes a tag such as en-US"),
        ("permalink = '/{year}/'", "'permalink' is '/{year}/'", "{slug} among them"),
        ("permalink = '/{slug}/{title}'", "'permalink' is", "the fields {day}, {month}, {slug}"),
        ("permalink = '/{slug'", "'permalink' is '/{slug'", "{slug} among them"),
        ("permalink = '/{slug:>99}'", "'permalink' is", "{slug} among them"),
        ("permalink = '/{slug!r}'", "'permalink' is", "{slug} among them"),
        ("permalink = '/{slug.upper}'", "'permalink' is", "{slug} among them"),
        ("permalink = '/{}'", "'permalink' is", "{slug} among them"),
        ("permalink = ''", "'permalink' is ''", "{slug} among them"),
        ("comments.anchor = 'comment'", "'comments.anchor' is", "it takes the fields {id}"),
        ("footer.entries = ' '", "'footer.entries' is empty", "the words of a link"),
        ("footer.comments = ''", "'footer.comments' is empty", "the words of a link"),
    ],
)
def test_a_mistake_is_named_with_what_was_probably_meant(line: str, what: str, remedy: str) -> None:
    (complaint,) = complaints(SITE_TOML + line)
    assert complaint.startswith(f"site.toml:{NEXT}: {what}")
    assert remedy in complaint
    assert len(complaint) < 300


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('title = "A blog"\n', "", "site.toml: 'title' is missing; add a line such as title = "),
        ('title = "A blog"', 'title = " "', "site.toml:1: 'title' is missing"),
        ('title = "A blog"', "title = 1", "site.toml:1: 'title' is '1'; it takes text in quotes"),
        ('url = "https://blog.example/"\n', "", "site.toml: 'url' is missing"),
        ("https://blog.example/", "blog.example", "site.toml:2: 'url' is 'blog.example'"),
        ('ids = "tag:blog.example,2024:"', "", "site.toml: 'ids' is missing"),
        ("tag:blog.example,2024:", "tag:blog.example,2024", "site.toml:3: 'ids' is"),
        ("tag:blog.example,2024:", "blog:", "site.toml:3: 'ids' is 'blog:'"),
        ("tag:blog.example,2024:", "/posts/", "site.toml:3: 'ids' is '/posts/'"),
    ],
)
def test_what_every_feed_needs_must_be_there(old: str, new: str, complaint: str) -> None:
    (found,) = complaints(REQUIRED.replace(old, new))
    assert found.startswith(complaint)


def test_all_that_is_wrong_is_told_in_one_go() -> None:
    found = complaints('titel = "x"\nurl = 1\nlanguage = "?"\n\n[feeds]\nentries = -1\nfoo = 2\n')
    places = [line.partition(": ")[0] for line in found]
    assert places == [
        "site.toml:1",
        "site.toml:2",
        "site.toml:6",
        "site.toml:7",
        "site.toml",
        "site.toml",
        "site.toml:3",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = A blog", "site.toml:1: Invalid value; correct the TOML there"),
        ('title = "a"\nurl = https://blog.example/', "site.toml:2: "),
        ('title = "a"\ntitle = "b"', "site.toml"),
        ("title = 'a", "site.toml"),
        ("[feeds", "site.toml"),
        ("a = " + "[" * 5000, "site.toml"),
        ("a = " + "1" * 5000, "site.toml"),
    ],
)
def test_what_is_not_toml_is_named_where_it_stops_being_it(text: str, place: str) -> None:
    (complaint,) = complaints(text)
    assert complaint.startswith(place)
    assert "correct the TOML there" in complaint


_KEYS = [*Settings._fields, "titel", "x-y"]
_TABLES = ["", "feeds.", "limits.", "comments.", "content.", "footer.", "feeds.formats."]
_INNER = ["entries", "comments", "post", "depth", "images", "anchor", "content", "formats"]
_VALUES = st.sampled_from(
    [
        *("''", "1", "-1", "1.5", "nan", "true", "[]", "['rss']", "{}", "{a = 1}", "2017-04-14"),
        *(
            "'UTC'",
            "'Europe/Paris'",
            "'https://a.example/'",
            "'a:b:'",
            "'{slug}'",
            "'{id}'",
            "'en'",
        ),
        *(
            ".a" * 2000 + " = 1",
            "0x" + "f" * 4000,
            '"\\u0000"',
            "'../x'",
            "'{'",
            "'summary'",
            "[[1]]",
        ),
    ]
) | st.text(max_size=8).map(lambda text: f"'''{text}'''")
_LINES = st.tuples(st.sampled_from(_TABLES), st.sampled_from(_KEYS + _INNER), _VALUES).map(
    lambda parts: f"{parts[0]}{parts[1]}{'' if parts[2][0] == '.' else ' = '}{parts[2]}"
)


@given(st.lists(_LINES | st.text(max_size=12), max_size=3).map("\n".join))
@example("author" + ".a" * 5000 + " = 1")
@example("a = " + "[" * 100_000)
@tries(max_examples=400, deadline=None)
def test_any_text_is_a_site_or_a_list_of_what_is_wrong(lines: str) -> None:
    for text in (lines, REQUIRED + lines):
        try:
            site = site_toml.parse(text, Path())
        except SettingsError as error:
            told = str(error).split("\n")
        else:
            told = []
            assert site.title
            assert site.url.isascii()
            assert site.zone.utcoffset(datetime(2024, 5, 1)) is not None
            assert site.permalink.format(year=1, month=1, day=1, slug="x")
        assert all(line.startswith("site.toml") for line in told)


# --- where it stands ------------------------------------------------------------------------------


def test_it_is_read_from_the_content_folder_with_or_without_a_byte_order_mark(
    tmp_path: Path,
) -> None:
    for start in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "site.toml").write_bytes(start + REQUIRED.encode())
        site = site_toml.load(tmp_path)
        assert (site.title, site.root) == ("A blog", tmp_path)


def test_without_it_there_is_a_way_to_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^content/site\.toml: no such file; `feeds init`"):
        site_toml.load(tmp_path, "content/site.toml")


def test_one_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b'title = "Gr\xfc\xdfe"')
    with pytest.raises(SettingsError, match=r"site\.toml: not UTF-8 \(byte 11\); save it as UTF-8"):
        site_toml.load(tmp_path)


def test_one_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site.toml").mkdir()
    with pytest.raises(SettingsError, match=r"site\.toml: cannot be read"):
        site_toml.load(tmp_path)


def test_messages_call_it_what_they_are_told_to(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text("titel = 1")
    with pytest.raises(SettingsError, match=r"^my blog/site\.toml:1: unknown key 'titel'"):
        site_toml.load(tmp_path, "my blog/site.toml")
