"""What Hugo makes of a file, said in small; `test_hugo_itself` has Hugo's own word on it."""

from __future__ import annotations

import pickle
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds.sources.generators import Page, hugo_dates
from feeds.sources.generators.hugo import Hugo, configured, leaf_bundles, site_facts
from feeds.sources.generators.hugo_cascade import freeze, lower_keys, matches, thaw
from feeds.sources.generators.hugo_urls import Spelling, escaped, joined
from feeds.sources.generators.hugo_values import text_of
from feeds.sources.records import Record, Scalar, Value, from_toml, from_yaml


def hugo(config: str = "", sections: dict[str, str] | None = None, bundles: str = "") -> Hugo:
    """Hugo with a TOML configuration, YAML heads of sections, and folders that are bundles."""
    heads = {folder: from_yaml(text) for folder, text in (sections or {}).items()}
    return configured(from_toml(config), None, heads, frozenset(bundles.split()))


def page(head: str = "", path: str = "content/posts/my-post.md", config: str = "") -> Page:
    found = hugo(config).page(path, from_yaml(f"title: A\ndate: 2020-01-02\n{head}"))
    assert found
    return found


# --- where a page stands --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("content/about.md", "/about/"),
        ("content/posts/My Post.md", "/posts/my-post/"),
        ("content/posts/Über.md", "/posts/%C3%BCber/"),
        ("content/a/b/c.html", "/a/b/c/"),
    ],
)
def test_a_page_stands_where_its_file_does(path: str, address: str) -> None:
    assert page("", path).address == address


def test_a_slug_takes_the_place_of_the_files_name() -> None:
    found = page("slug: Other Name")
    assert (found.address, found.name) == ("/posts/other-name/", "Other Name")


def test_a_url_takes_the_place_of_everything() -> None:
    assert page("url: /Some/Where/\nslug: x").address == "/Some/Where/"


def test_a_url_may_have_attributes() -> None:
    assert page("url: /:year/:month/:slug/\nslug: x").address == "/2020/01/x/"


def test_a_section_may_have_a_pattern_of_its_own() -> None:
    config = '[permalinks]\nposts = "/:year/:monthname/:slugorfilename/"'
    assert page("", config=config).address == "/2020/january/my-post/"
    assert page("", "content/notes/a.md", config).address == "/notes/a/"


def test_patterns_may_stand_under_their_kind() -> None:
    assert page("", config='[permalinks.page]\nposts = "/:slugorcontentbasename/"').address == (
        "/my-post/"
    )


def test_a_pattern_that_is_not_known_is_named() -> None:
    assert ":colour" in page("", config='[permalinks]\nposts = "/:colour/:slug/"').warnings[0]


def test_an_undated_page_has_the_year_one_in_its_address_and_no_date() -> None:
    found = hugo('[permalinks]\nposts = "/:year/:filename/"').page("content/posts/a.md", {})
    assert found
    assert (found.address, found.published) == ("/1/a/", None)


def test_an_address_on_another_site_is_left_alone() -> None:
    assert page("url: https://other.example/x").address == "https://other.example/x"


def test_an_ugly_url_has_a_suffix() -> None:
    assert page("", config="uglyURLs = true").address == "/posts/my-post.html"


# --- which files are pages ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("posts/a.md", "content/a.txt", "content/_index.md", "content/posts/_index.fr.md"),
        *("content/.a.md", "content/#a.md", "content/.git/a.md", "content/a.MD", "content/x~/a.md"),
        *("contents/a.md", "content", "content/", "", "a.md"),
    ],
)
def test_other_files_are_no_pages(path: str) -> None:
    assert hugo().page(path, {"title": Scalar("A", 1)}) is None


def test_html_without_front_matter_is_copied() -> None:
    assert hugo().page("content/a.html", {}) is None


def test_a_bundle_is_one_page_and_all_below_it_are_resources() -> None:
    site = hugo(bundles="content/posts/trip content/posts/trip/sub")
    found = site.page("content/posts/trip/index.md", {})
    assert found
    assert (found.address, found.name) == ("/posts/trip/", "trip")
    assert site.page("content/posts/trip/day.md", {}) is None
    assert site.page("content/posts/trip/sub/index.md", {}) is None


def test_a_section_is_no_bundle() -> None:
    site = hugo(sections={"content/a": "title: A"}, bundles="content/a")
    found = site.page("content/a/b.md", {})
    assert found
    assert found.address == "/a/b/"


def test_a_folder_with_an_index_is_a_bundle_unless_it_is_a_section() -> None:
    paths = ["content/a/index.md", "content/b/index.de.org", "content/c/index.md"]
    others = ["content/c/_index.md", "content/d/index.txt", "content/e/a.md"]
    assert leaf_bundles([*paths, *others]) == {"content/a", "content/b"}


def test_only_the_main_language_is_in_the_feed() -> None:
    config = 'defaultContentLanguage = "de"\n[languages.de]\n[languages.fr]'
    assert page("", "content/a.de.md", config).address == "/a/"
    assert hugo(config).page("content/a.fr.md", {}) is None


@pytest.mark.parametrize(("suffix", "name"), [("org", "Org"), ("rst", "reStructuredText")])
def test_a_body_that_cannot_be_rendered_is_named(suffix: str, name: str) -> None:
    assert name in page("", f"content/a.{suffix}").warnings[0]
    assert name in page(f"markup: {suffix}").warnings[0]


# --- who sees it ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        *("draft: true", "Draft: TRUE", "draft: 'yes'", "draft: maybe", "published: false"),
        *("build: {list: never}", "_build: {render: never}", "build: {list: nevr}", "build: x"),
        *("_build: {list: false}", "draft: [true]"),
    ],
)
def test_what_is_hidden_or_cannot_be_read_stays_hidden(head: str) -> None:
    assert not page(head).public


@pytest.mark.parametrize(
    "head", ["draft: false", "draft:", "published: true", "published: 2020-01-01", "headless: true"]
)
def test_what_is_published_is_public(head: str) -> None:
    assert page(head).public


def test_a_headless_bundle_is_hidden() -> None:
    found = hugo(bundles="content/a").page("content/a/index.md", from_yaml("headless: true"))
    assert found
    assert not found.public


def test_a_page_that_only_its_section_lists_is_no_entry() -> None:
    found = page("_build: {list: local}")
    assert (found.public, found.listed) == (True, False)


def test_a_draft_section_hides_its_pages() -> None:
    site = hugo(sections={"content/posts": "draft: true"})
    found = site.page("content/posts/deep/a.md", from_yaml("draft: false"))
    assert found
    assert not found.public


def test_a_section_hands_down_what_it_says_in_cascade() -> None:
    sections = {
        "content": "cascade: {author: Ann, draft: true}",
        "content/posts": "cascade: {draft: false, tags: [a]}",
    }
    found = hugo(sections=sections).page("content/posts/a.md", {})
    assert found
    assert found.head["author"] == "Ann"
    assert found.head["tags"] == ["a"]


def test_a_cascade_may_have_a_target() -> None:
    config = '[[cascade]]\nslug = "given"\n[cascade.target]\npath = "/posts/{my,your}-*"'
    assert page("", config=config).name == "given"
    assert page("", "content/posts/other.md", config).name == "other"


def test_an_expiry_date_is_handed_on() -> None:
    assert page("expiryDate: 2021-01-01").expires == datetime(2021, 1, 1, tzinfo=UTC)


def test_a_page_is_published_no_sooner_than_it_says() -> None:
    assert page("publishDate: 2021-01-01").published == datetime(2021, 1, 1, tzinfo=UTC)


# --- dates ----------------------------------------------------------------------------------------


def test_a_time_without_zone_is_in_the_sites() -> None:
    config = 'timeZone = "America/New_York"'
    zone = ZoneInfo("America/New_York")
    assert page("", config=config).published == datetime(2020, 1, 2, tzinfo=zone)


def test_a_zone_of_thousands_of_slashes_is_none() -> None:
    assert configured(from_yaml("timeZone: " + "a/" * 5000 + "b"), None).site.zone is UTC


def test_a_zone_that_is_given_beats_the_configured_one() -> None:
    site = configured(from_toml('timeZone = "Asia/Tokyo"'), UTC)
    found = site.page("content/a.md", from_yaml("date: 2020-01-02"))
    assert found
    assert found.published == datetime(2020, 1, 2, tzinfo=UTC)


def test_an_unreadable_date_is_named_and_left_out() -> None:
    found = hugo().page("content/a.md", from_yaml("date: 2020-1-2"))
    assert found
    assert found.published is None
    assert "2020-1-2" in found.warnings[0]


def test_the_file_name_may_say_when() -> None:
    config = '[frontmatter]\ndate = [":filename", ":default"]'
    found = hugo(config).page("content/posts/2020-01-02-named.md", {})
    assert found
    assert (found.name, found.address) == ("named", "/posts/named/")
    assert found.published == datetime(2020, 1, 2, tzinfo=UTC)


def test_without_that_a_day_in_the_file_name_is_part_of_the_address_only() -> None:
    found = hugo().page("content/posts/2020-01-02-named.md", {})
    assert found
    assert (found.name, found.address, found.published) == (
        "named",
        "/posts/2020-01-02-named/",
        None,
    )


@given(
    st.datetimes(datetime(1000, 1, 2), datetime(9998, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)
@tries(deadline=None)
def test_what_rfc_3339_writes_is_read_back(moment: datetime, offset: timedelta) -> None:
    from datetime import timezone

    at = moment.replace(tzinfo=timezone(offset))
    assert hugo_dates.parse(Scalar(at.isoformat(), 1), UTC) == at


@given(st.text(max_size=100), st.booleans())
@tries(deadline=None)
def test_any_text_is_a_date_or_none(text: str, plain: bool) -> None:
    found = hugo_dates.parse(Scalar(text, 1, plain), UTC)
    assert found is None or found.tzinfo


# --- the head -------------------------------------------------------------------------------------


def test_one_term_is_a_list_of_itself() -> None:
    head = page("tags: a, b\ncategories: [c]").head
    assert (head["tags"], head["categories"]) == (["a, b"], ["c"])


def test_what_hugo_calls_a_type_is_not_ours() -> None:
    assert "type" not in page("type: page\nlayout: wide").head


def test_an_author_and_a_picture_are_found_where_themes_look() -> None:
    head = page("params: {author: Ann}\nimages: [a.png, b.png]").head
    assert (head["author"], head["image"]) == ("Ann", "a.png")


def test_aliases_are_paths_on_the_site() -> None:
    assert page("aliases: [/old/, beside, ../up/]").aliases == ("/old/", "/posts/beside", "/up/")


@pytest.mark.parametrize(
    ("written", "text"),
    [("1.10", "1.1"), ("007", "7"), ("0x1F", "31"), ("1_000", "1000"), ("yes", "true"), ("1e3", "1000"),
     ("~", ""), ("2020-01", "2020-01"), ("1.2.3", "1.2.3"), ("'007'", "007")],
)  # fmt: skip
def test_a_value_without_quotes_is_typed_as_yaml_has_it(written: str, text: str) -> None:
    value = from_yaml(f"x: {written}")["x"]
    assert text_of(value) == text


def test_the_facts_are_those_of_the_main_language() -> None:
    config = from_toml(
        'baseURL = "https://blog.example"\ntitle = "A blog"\nlanguageCode = "en-GB"\n'
        'timeZone = "UTC"\n[params]\ndescription = "Words"\n[params.author]\nname = "Ann"\n'
        '[languages.en]\ntitle = "The blog"\n'
    )
    assert site_facts(config) == {
        "title": "The blog",
        "url": "https://blog.example/",
        "description": "Words",
        "language": "en-GB",
        "timezone": "UTC",
        "author": "Ann",
    }


# --- always ---------------------------------------------------------------------------------------


def test_a_generator_can_be_hashed_and_sent_to_another_process() -> None:
    one = hugo(
        'ignoreFiles = ["x"]\n[[cascade]]\na = [1, {b = 2}]', {"content": "cascade: {x: [y]}"}
    )
    again = pickle.loads(pickle.dumps(one))
    assert (again, hash(again), repr(again)) == (one, hash(one), repr(one))
    assert again.page("content/a.md", {}) == one.page("content/a.md", {})
    # The order of a set is another in every process.
    assert "frozenset" not in repr(one)


_WORDS = st.text(max_size=30)
_VALUES = st.recursive(
    st.builds(Scalar, _WORDS, st.just(1), st.booleans()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=5,
)
_KEYS = st.sampled_from(
    [
        "title",
        "date",
        "slug",
        "url",
        "draft",
        "tags",
        "aliases",
        "build",
        "headless",
        "images",
        "published",
        "expirydate",
        "params",
        "markup",
        "cascade",
        "author",
    ]
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=6), _WORDS)
@tries(deadline=None)
def test_no_head_and_no_path_end_in_a_traceback(head: Record, name: str) -> None:
    site = hugo('[permalinks]\nposts = "/:year/:section/:sections[1:]/:title/:slug/"')
    found = site.page(f"content/posts/{name}.md", head)
    assert found is None or "://" in found.address or found.address.startswith("/")


@given(st.dictionaries(_WORDS, _VALUES, max_size=4))
@tries(deadline=None)
def test_any_configuration_gives_a_generator(config: Record) -> None:
    keys = ("permalinks", "languages", "cascade", "frontmatter", "uglyurls", "module", "timezone")
    for value in config.values():
        said: Record = dict.fromkeys(keys, value)
        site = configured(said, None, {"content": config})
        assert hash(site) == hash(configured(said, None, {"content": config}))
        site.page("content/posts/a.md", {})
        site_facts(said)


@given(_VALUES)
@tries(deadline=None)
def test_a_value_thaws_as_it_froze(value: Value) -> None:
    assert thaw(freeze(value)) == value


@given(st.text())
@tries(deadline=None)
def test_an_address_is_ascii_and_escaped_once(text: str) -> None:
    path = escaped("/" + Spelling().sanitized(text))
    assert path.isascii()
    assert escaped(path) == path


@given(st.lists(st.sampled_from(["a", "..", ".", "", "b/c", "/"]), min_size=1))
def test_a_joined_path_never_leaves_its_root(parts: list[str]) -> None:
    assert not joined("/", *parts).startswith("/..")
    assert "//" not in joined("/", *parts)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/posts/*", "/posts/a.md", True), ("/posts/*", "/posts/a/b.md", False),
        ("/posts/**", "/posts/a/b.md", True), ("**/x.md", "/a/b/x.md", True),
        ("/{a,b}/?.md", "/b/c.md", True), ("/[a-c]*", "/bcd", True), ("/[!a-c]*", "/bcd", False),
        ("/a\\*", "/a*", True), ("/a\\*", "/ab", False), ("", "", True), ("*", "", True),
    ],
)  # fmt: skip
def test_a_glob_fits_what_gobwas_says(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


def test_hostile_input_costs_no_more_than_its_size() -> None:
    start = time.perf_counter()
    matches("*a" * 500, "a" * 3000)
    matches("{" * 1000, "x")
    Spelling(plain_letters=True).sanitized("a" + " " * 1_000_000 + "b")
    escaped("/" + "%" * 500_000)
    site = hugo('[permalinks]\nposts = "/:title/"')
    head: Record = {"title": Scalar("x" * 1_000_000, 1), "url": Scalar("/" + ":title" * 100_000, 1)}
    assert site.page("content/posts/a.md", head)
    bomb: Value = Scalar("x", 1)
    for _ in range(60):
        bomb = {"a": bomb, "b": bomb}
    assert isinstance(bomb, dict)
    lower_keys(bomb)
    assert site.page("content/posts/a.md", {"params": bomb, "cascade": bomb})
    configured(bomb, None, {"content": {"cascade": bomb}})
    assert time.perf_counter() - start < 5
