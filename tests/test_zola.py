"""What Zola makes of a file, by its documentation and source."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds.sources.generators import Page
from feeds.sources.generators.latin import ascii_of
from feeds.sources.generators.zola import Zola, configured, entry_id, site_facts
from feeds.sources.records import Record, Scalar, from_toml

CONFIG = 'base_url = "https://blog.example"\n'


def zola(config: str = "", sections: dict[str, str] | None = None) -> Zola:
    heads = {folder: from_toml(text) for folder, text in (sections or {}).items()}
    return configured(from_toml(CONFIG + config), None, heads)


def page(head: str = "", path: str = "content/posts/my-post.md", config: str = "") -> Page:
    found = zola(config).page(path, from_toml(f'title = "A"\n{head}'))
    assert found
    return found


# --- where a page stands --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "address", "name"),
    [
        ("content/about.md", "/about/", "about"),
        ("content/posts/My Post.md", "/posts/my-post/", "My Post"),
        ("content/My Posts/Über_uns.md", "/My Posts/uber-uns/", "Über_uns"),
        ("content/posts/trip/index.md", "/posts/trip/", "trip"),
        ("content/posts/2020-01-02-named.md", "/posts/named/", "named"),
        ("content/posts/2020-01-02_named.md", "/posts/named/", "named"),
        ("content/posts/2020-01-02T10:00:00Z-named.md", "/posts/named/", "named"),
        ("content/posts/2020-01-02-trip/index.md", "/posts/trip/", "trip"),
        ("content/posts/2020-01-02.md", "/posts/2020-01-02/", "2020-01-02"),
        ("content/posts/it's.md", "/posts/it-s/", "it's"),
    ],
)
def test_a_page_stands_where_its_file_does(path: str, address: str, name: str) -> None:
    found = page("", path)
    assert (found.address, found.name, found.warnings) == (address, name, ())


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('slug = "Other Name"', "/posts/other-name/"),
        ('path = "Some/Where"', "/Some/Where/"),
        ('path = "/some/where/"\nslug = "x"', "/some/where/"),
    ],
)
def test_front_matter_beats_the_files_name(head: str, address: str) -> None:
    assert page(head).address == address


@pytest.mark.parametrize(
    ("config", "address"),
    [
        ('[slugify]\npaths = "safe"', "/posts/Ü (x)/"),
        ('[slugify]\npaths = "off"', "/posts/Ü (x):/"),
        ("", "/posts/u-x/"),
        ("[slugify]\npaths_keep_dates = true", "/posts/2020-01-02-u-x/"),
    ],
)
def test_slugs_are_made_as_the_site_says(config: str, address: str) -> None:
    assert page("", "content/posts/2020-01-02-Ü (x):.md", config).address == address


def test_a_name_of_another_script_is_said_to_be_unspellable() -> None:
    assert "Zola" in page("", "content/日本.md").warnings[0]


def test_the_id_of_an_entry_is_the_permalink_as_zola_writes_it() -> None:
    found = page("", "content/My Posts/a.md")
    assert entry_id("https://blog.example", found.address) == "https://blog.example/My Posts/a/"


# --- which files are pages, and who sees them -----------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "posts/a.md",
        "content/a.markdown",
        "content/_index.md",
        "content/p/_index.fr.md",
        "content/.a.md",
    ],
)
def test_other_files_are_no_pages(path: str) -> None:
    assert zola().page(path, from_toml('title = "A"')) is None


def test_a_page_may_have_empty_front_matter() -> None:
    found = zola().page("content/2020-01-02-a.md", {})
    assert found
    assert (found.address, found.listed) == ("/a/", True)


def test_ignored_content_is_ignored() -> None:
    config = 'ignored_content = ["*.skip.md", "**/{tmp,old}/**"]'
    for path in ("content/a/b.skip.md", "content/tmp/a.md", "content/x/old/y/a.md"):
        assert zola(config).page(path, from_toml('title = "A"')) is None
    assert page("", "content/a.md", config)


def test_only_the_main_language_is_in_the_feed() -> None:
    config = 'default_language = "de"\n[languages.fr]\n[languages.de]'
    assert zola(config).page("content/a.fr.md", from_toml('title = "A"')) is None
    assert page("", "content/a.md", config).address == "/a/"
    assert page("", "content/a.fr.md").address == "/a-fr/"


@pytest.mark.parametrize(
    "head", ["draft = true", 'draft = "maybe"', "draft = [true]", 'draft = "true"']
)
def test_what_is_hidden_or_cannot_be_read_stays_hidden(head: str) -> None:
    assert not page(head).public


def test_a_draft_section_hides_its_pages() -> None:
    site = zola(sections={"content/posts": "draft = true", "content/notes": "draft = false"})
    for path, is_public in (
        ("posts/deep/a.md", False),
        ("notes/a.md", True),
        ("postscript/a.md", True),
    ):
        found = site.page(f"content/{path}", from_toml('title = "A"'))
        assert found
        assert found.public is is_public


def test_an_undated_page_is_no_entry() -> None:
    assert not page().listed
    assert page("date = 2020-01-02").listed


# --- dates and terms ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        ("2020-01-02", 0),
        ("2020-01-02T10:00:00", 10),
        ("2020-01-02T10:00:00+02:00", 8),
        ("'2020-01-02'", 0),
    ],
)
def test_a_time_without_zone_is_utc(date: str, hour: int) -> None:
    assert page(f"date = {date}").published == datetime(2020, 1, 2, hour, tzinfo=UTC)


def test_front_matter_beats_the_day_in_the_files_name() -> None:
    found = page("date = 2021-03-04\nupdated = 2022-05-06", "content/2020-01-02-a.md")
    assert found.published == datetime(2021, 3, 4, tzinfo=UTC)
    assert found.updated == datetime(2022, 5, 6, tzinfo=UTC)


def test_a_date_that_cannot_be_read_is_named() -> None:
    found = page('date = "soon"')
    assert found.published is None
    assert "soon" in found.warnings[0]


def test_terms_and_authors_are_found_where_they_stand() -> None:
    head = page('[taxonomies]\ntags = ["a", "b"]\ncategories = ["c"]\n[extra]\nauthor = "Ann"').head
    assert (head["tags"], head["categories"], head["author"]) == (["a", "b"], ["c"], "Ann")
    assert page('authors = ["Ann", "Bob"]').head["authors"] == ["Ann", "Bob"]


def test_aliases_are_paths_on_the_site() -> None:
    assert page('aliases = ["old/one", "/two.html"]').aliases == ("/old/one", "/two.html")


def test_the_facts_are_those_of_the_site() -> None:
    config = from_toml(CONFIG + 'title = "A blog"\ndescription = "Words"\nauthor = "Ann"')
    assert site_facts(config) == {
        "title": "A blog",
        "url": "https://blog.example/",
        "description": "Words",
        "language": "en",
        "author": "Ann",
    }


# --- always ---------------------------------------------------------------------------------------


def test_a_generator_can_be_hashed_and_sent_to_another_process() -> None:
    one = zola('ignored_content = ["x"]', {"content/x": "draft = true"})
    again = pickle.loads(pickle.dumps(one))
    assert (again, hash(again), repr(again)) == (one, hash(one), repr(one))
    # The order of a set is another in every process.
    assert "frozenset" not in repr(one)


_WORDS = st.text(max_size=30)


@given(
    st.dictionaries(
        st.sampled_from(
            ["title", "date", "slug", "path", "draft", "aliases", "taxonomies", "extra"]
        ),
        st.builds(Scalar, _WORDS, st.just(1)) | st.just([]) | st.just({}),
    ),
    _WORDS,
)
@tries(deadline=None)
def test_no_head_and_no_path_end_in_a_traceback(head: Record, name: str) -> None:
    found = zola().page(f"content/{name}.md", head)
    assert found is None or (found.address.startswith("/") and found.address.endswith("/"))


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Ça – été…", "Ca - ete..."),
        ("Straße №1", "Strasse No. 1"),
        ("日本", None),
        ("½", None),
        ("¨", None),
    ],
)
def test_only_latin_letters_are_spelled(text: str, spelled: str | None) -> None:
    assert ascii_of(text) == spelled


@given(st.text())
def test_what_is_spelled_in_ascii_is_ascii(text: str) -> None:
    spelled = ascii_of(text)
    assert spelled is None or spelled.isascii()
