"""Pelican's files: what lines without fences say, where articles stand, and Pelican's own word."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st
from lxml import etree

from feeds.errors import ContentError
from feeds.sources.generators import Page
from feeds.sources.generators.pelican import (
    Pelican,
    config_from_python,
    configured,
    entry_id,
    site_facts,
    split,
)
from feeds.sources.records import Record

CONF = """\
AUTHOR = 'Ann'
SITENAME = "A blog"
SITEURL = 'https://blog.example'
PATH = 'content'
TIMEZONE = 'Europe/Rome'
"""


def pelican(conf: str = "") -> Pelican:
    return configured(config_from_python(CONF + conf), None)


def head_of(text: str) -> Record:
    document = split(text)
    assert document
    return document[0]


def page(text: str, path: str = "content/a.md", conf: str = "") -> Page:
    found = pelican(conf).page(path, head_of(text))
    assert found
    return found


ARTICLE = "Title: My Post\nDate: 2020-01-02 10:00\n"

# --- lines ----------------------------------------------------------------------------------------


def test_lines_up_to_a_blank_one_are_the_head() -> None:
    document = split("Title: Hello: you\nDate: 2020-01-02\n\nBody: text.\n")
    assert document == ({"title": "Hello: you", "date": "2020-01-02"}, "Body: text.\n")


def test_indented_lines_belong_to_the_key_above() -> None:
    assert head_of("Summary: one\n    two\n    three\nTitle: x\n") == {
        "summary": ["one", "two", "three"],
        "title": "x",
    }


@pytest.mark.parametrize("end", ["", "---", "--- no more", "...", "----"])
def test_a_blank_line_or_dashes_end_the_head(end: str) -> None:
    assert split(f"---\nTitle: x\nTags: a\n\tb\n{end}\nBody: text.") == (
        {"title": "x", "tags": ["a", "b"]},
        "Body: text.",
    )


def test_every_value_knows_its_line() -> None:
    head = head_of("---\nTitle: x\nTags: a\n    b\n---\nBody")
    assert getattr(head["title"], "line", 0) == 2
    assert [getattr(tag, "line", 0) for tag in head["tags"]] == [3, 4]


@pytest.mark.parametrize(
    "text", ["", "\n", "\nTitle: x\n", "Just text.\n", "# Title\n", "---\n", "    x"]
)
def test_a_file_without_such_lines_has_no_head(text: str) -> None:
    assert split(text) is None


def test_the_body_starts_at_the_first_line_that_is_none() -> None:
    assert split("Title: x\nNo key here\n") == ({"title": "x"}, "No key here\n")


def test_nothing_private_is_kept_of_a_comment() -> None:
    document = split(
        "email: ann@blog.example\nauthor: ann@blog.example\nip: 192.0.2.1\nreplyto: 1\n\nHi"
    )
    assert document == ({"author": "ann", "replyto": "1"}, "Hi")
    assert "@" not in repr(document)


@given(st.text(max_size=200))
@tries(deadline=None)
def test_any_text_can_be_split(text: str) -> None:
    document = split(text)
    assert document is None or text.endswith(document[1])


# --- conf.py --------------------------------------------------------------------------------------


def test_settings_are_read_and_nothing_is_run(tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    config = config_from_python(
        f"import os\nopen({str(proof)!r}, 'w')\nA = 'x'\nB = (('a', 1), ['b'])\nC = {{'k': None}}\n"
        "D = os.environ['HOME']\nE = A\nF: bool = True\nG = 1.5\nA = print('no')\n"
    )
    assert not proof.exists()
    assert config == {
        "B": [["a", "1"], ["b"]], "C": {"k": ""}, "E": "x", "F": "true", "G": "1.5",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["x = (", "x = " + "(" * 5000, "\0", "x = " + "-" * 100000 + "1"])
def test_what_is_not_python_is_an_error_and_no_crash(text: str) -> None:
    with pytest.raises(ContentError):
        config_from_python(text)


@given(st.text(max_size=100))
@tries(deadline=None)
def test_any_configuration_is_read_or_refused(text: str) -> None:
    try:
        config_from_python(text)
    except ContentError:
        return


def test_the_facts_are_those_of_the_site() -> None:
    assert site_facts(config_from_python(CONF)) == {
        "title": "A blog",
        "url": "https://blog.example/",
        "timezone": "Europe/Rome",
        "author": "Ann",
    }


# --- pages ----------------------------------------------------------------------------------------


def test_an_article_is_named_by_its_title() -> None:
    found = page(ARTICLE)
    assert (found.name, found.address) == ("my-post", "/my-post.html")
    assert found.published == datetime.fromisoformat("2020-01-02T09:00:00+00:00")
    assert (found.public, found.listed, found.warnings) == (True, True, ())


def test_the_file_name_gives_the_date_where_the_file_does_not() -> None:
    found = page("Title: x\n", "content/2020-01-02_anything.md")
    assert found.published
    assert f"{found.published:%Y-%m-%d}" == "2020-01-02"


def test_pages_are_no_entries() -> None:
    found = page("Title: About\n", "content/pages/about.md")
    assert (found.listed, found.public, found.address) == (False, True, "/pages/about.html")


@pytest.mark.parametrize("status", ["draft", "hidden", "skip", "Published", "whatever"])
def test_only_what_is_published_is_public(status: str) -> None:
    assert not page(f"{ARTICLE}Status: {status}\n").public


@pytest.mark.parametrize("head", ["Title: x\n", "Date: 2020-01-02\n", "Title: x\nDate: soon\n"])
def test_what_pelican_skips_is_not_public(head: str) -> None:
    assert not page(head).public


@pytest.mark.parametrize(
    "path", ["a.md", "content/a.txt", "content/.a.md", "content/.x/a.md", "contents/a.md"]
)
def test_other_files_are_none_of_pelicans(path: str) -> None:
    assert pelican().page(path, head_of(ARTICLE)) is None


def test_comments_are_no_articles_where_the_plugin_is_on() -> None:
    site, path = pelican("PELICAN_COMMENT_SYSTEM = True\n"), "content/comments/a/1.md"
    assert site.page(path, head_of(ARTICLE)) is None
    assert pelican().page(path, head_of(ARTICLE))


def test_a_date_that_could_be_two_is_named() -> None:
    found = page("Title: x\nDate: 10/11/2012\n")
    assert found.published is None
    assert "date" in found.warnings[0]


def test_a_title_of_another_script_is_said_to_be_unspellable() -> None:
    assert "Pelican" in page("Title: 日本\nDate: 2020-01-02\n").warnings[0]


def test_restructured_text_is_named() -> None:
    assert "reStructuredText" in page(ARTICLE, "content/a.rst").warnings[0]


def test_an_entry_id_is_a_tag_uri() -> None:
    found = page(ARTICLE)
    expected = "tag:blog.example,2020-01-02:/my-post.html"
    assert entry_id("https://blog.example", found.address, found.published) == expected


def test_a_generator_can_be_hashed_and_sent_to_another_process() -> None:
    one = pelican("EXTRA_PATH_METADATA = {'x': {'author': 'Bob'}}\n")
    again = pickle.loads(pickle.dumps(one))
    assert (hash(again), repr(again)) == (hash(one), repr(one))
    # The order of a set is another in every process.
    assert "frozenset" not in repr(one)


@given(
    st.dictionaries(
        st.sampled_from(["title", "date", "slug", "url", "status", "tags", "lang"]),
        st.text(max_size=30),
    ),
    st.text(max_size=20),
)
@tries(deadline=None)
def test_no_head_and_no_path_end_in_a_traceback(head: dict[str, str], name: str) -> None:
    text = "".join(f"{key}: {' '.join(value.split())}\n" for key, value in head.items())
    document = split(text)
    found = pelican().page(f"content/{name}.md", document[0] if document else {})
    assert found is None or "://" in found.address or found.address.startswith("/")


# --- Pelican itself -------------------------------------------------------------------------------

FILES = {
    "plain.md": ARTICLE,
    "slug.md": ARTICLE + "Slug: Own_Slug\n",
    "title.md": "Title: It's “Über” – C++ & more…  \nDate: 2020-02-03\n",
    "tags.md": "Title: Tags\nDate: 2020-01-02T03:04:05+02:00\nTags: a, b b,, a\nCategory: My Cat\n",
    "semicolons.md": "Title: Semi\nDate: 2020-01-02 10:00:00 -0500\nAuthors: Doe, Ann; Roe, Bob\n",
    "lines.md": "Title: Lines\nDate: 2020-01-02\nTags: a,b\n    c\n",
    "fence.md": "---\nTitle: Fence\nDate: 2020-01-02\n---\nText\n",
    "2019-05-06_named.md": "Title: Named\n",
    "2019-05-06-both.md": "Title: Both\nDate: 2020-01-02\n",
    "folder/in.md": "Title: In a folder\nDate: 2020-01-02\n",
    "folder/deep/er.md": "Title: Deep\nDate: 2020-01-02\n",
    "url.md": ARTICLE.replace("My", "Url") + "URL: some/where/\nSave_as: some/where/index.html\n",
    "draft.md": "Title: Draft\nDate: 2020-01-02\nStatus: draft\n",
    "hidden.md": "Title: Hidden\nDate: 2020-01-02\nStatus: hidden\n",
    "odd.md": "Title: Odd\nDate: 2020-01-02\nStatus: odd\n",
    "untitled.md": "Date: 2020-01-02\n",
    "undated.md": "Title: Undated\n",
    "modified.md": "Title: Modified\nDate: 2020-01-02\nModified: 2021-01-02 12:00\n",
    "winter.md": "Title: Winter\nDate: 2020-12-24 23:30\n",
    "pages/about.md": "Title: About us\n",
    "pages/sub/more.md": "Title: More\nSlug: more-of-it\n",
    "note.txt": "Title: Note\nDate: 2020-01-02\n",
}
CONFIGS = (
    "",
    "ARTICLE_URL = 'posts/{date:%Y}/{date:%b}/{date:%d}/{slug}/'\nARTICLE_SAVE_AS = ARTICLE_URL + 'index.html'\n",
    "ARTICLE_URL = '{category}/{author}/{lang}/{slug}'\nPAGE_URL = '{slug}/'\nDEFAULT_CATEGORY = 'None At All'\n",
    "ARTICLE_PATHS = ['folder']\nPAGE_PATHS = ['pages/sub']\nUSE_FOLDER_AS_CATEGORY = False\nARTICLE_URL = '{path}'\n",
    "SLUGIFY_SOURCE = 'basename'\nSLUGIFY_PRESERVE_CASE = True\nFILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})[-_](?P<slug>.*)'\n",
    (
        "SLUG_REGEX_SUBSTITUTIONS = [(r'[^\\w]+', '_'), ('_$', '')]\nSLUGIFY_USE_UNICODE = True\n"
        "EXTRA_PATH_METADATA = {'folder': {'category': 'Given'}}\nARTICLE_URL = '{category}/{slug}'\n"
    ),
)


@pytest.mark.parametrize("conf", CONFIGS)
def test_every_article_is_what_pelican_makes_of_it(tmp_path: Path, conf: str) -> None:
    pytest.importorskip("pelican")
    theirs, ids = _pelicans(tmp_path, CONF + conf)
    ours: dict[str, Any] = {}
    our_ids = set()
    # What `ARTICLE_SAVE_AS` adds up is not read, and decides nothing.
    mine = pelican(conf)
    for path, text in FILES.items():
        document = split(text)
        found = mine.page(f"content/{path}", document[0] if document else {})
        if found and found.public:
            ours[path] = _row(found)
            if found.listed:
                our_ids.add(entry_id("https://blog.example", found.address, found.published))
    assert ours == theirs
    assert our_ids == ids


def _row(found: Page) -> tuple[Any, ...]:
    moments = [at and at.astimezone(UTC) for at in (found.published, found.updated)]
    categories = found.head.get("categories", [])
    tags = found.head.get("tags", [])
    authors = found.head.get("authors", [])
    return (found.address, found.name, *moments, list(categories), list(tags), list(authors))


def _pelicans(folder: Path, conf: str) -> tuple[dict[str, Any], set[str]]:
    """What Pelican publishes, by path, and the ids in its feed."""
    from pelican import Pelican as Itself  # type: ignore[import-not-found, unused-ignore]
    from pelican import signals
    from pelican.settings import read_settings  # type: ignore[import-not-found, unused-ignore]

    for path, text in FILES.items():
        target = folder / "content" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + ("" if text.endswith("Text\n") else "\nText.\n"), "utf-8")
    (folder / "pelicanconf.py").write_text(conf, "utf-8")
    found: dict[str, Any] = {}

    def note(item: Any) -> None:
        moments = [getattr(item, key, None) for key in ("date", "modified")]
        found[item.relative_source_path] = (
            "/" + item.url.removeprefix("./"),
            item.slug,
            *(at and datetime.fromtimestamp(at.timestamp(), UTC) for at in moments),
            [item.category.name] if hasattr(item, "category") else [],
            [tag.name for tag in getattr(item, "tags", [])],
            [author.name for author in item.authors],
        )

    def articles(generator: Any) -> None:
        for item in (*generator.articles, *generator.translations):
            note(item)

    def pages(generator: Any) -> None:
        for item in (*generator.pages, *generator.translations):
            note(item)

    options = {"OUTPUT_PATH": str(folder / "output"), "DIRECT_TEMPLATES": []}
    with (
        signals.article_generator_finalized.connected_to(articles),
        signals.page_generator_finalized.connected_to(pages),
    ):
        Itself(read_settings(str(folder / "pelicanconf.py"), options)).run()
    feed = etree.parse(folder / "output" / "feeds" / "all.atom.xml")
    return found, {element.text or "" for element in feed.findall(".//{*}entry/{*}id")}
