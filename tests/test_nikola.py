"""Nikola's files: `.. key: value` lines, `conf.py`, addresses, and Nikola's own word."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from feeds.errors import ContentError
from feeds.sources.generators import Page
from feeds.sources.generators.nikola import (
    Nikola,
    config_from_python,
    configured,
    entry_id,
    site_facts,
    split,
)
from feeds.sources.records import Record

CONF = """\
BLOG_AUTHOR = "Ann"
BLOG_TITLE = "A blog"
SITE_URL = "https://blog.example/"
BLOG_EMAIL = "ann@blog.example"
BLOG_DESCRIPTION = "Words"
DEFAULT_LANG = "en"
TRANSLATIONS = {DEFAULT_LANG: "", "es": "./es"}
TIMEZONE = "Europe/Rome"
POSTS = (
    ("posts/*.rst", "posts", "post.tmpl"),
    ("posts/*.md", "posts", "post.tmpl"),
    ("posts/*.html", "posts", "post.tmpl"),
)
PAGES = (("pages/*.md", "", "page.tmpl"),)
"""


def nikola(conf: str = "") -> Nikola:
    return configured(config_from_python(CONF + conf), None)


def head_of(text: str) -> Record:
    document = split(text)
    assert document
    return document[0]


def page(text: str, path: str = "posts/my-post.md", conf: str = "") -> Page:
    found = nikola(conf).page(path, head_of(text))
    assert found
    return found


POST = ".. title: My Post\n.. date: 2020-01-02 10:00:00 UTC+01:00\n"

# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        ".. title: Hi: you\n.. slug: hi\n\nBody.\n",
        "<!--\n.. title: Hi: you\n.. slug: hi\n-->\n\nBody.\n",
        "\n\n.. title: Hi: you\n.. slug: hi\n.. tags: \n\n\nBody.\n",
        "---\ntitle: 'Hi: you'\nslug: hi\n---\nBody.\n",
        "+++\ntitle = 'Hi: you'\nslug = 'hi'\n+++\n\nBody.\n",
    ],
)
def test_a_head_may_be_written_in_every_way_that_nikola_has(text: str) -> None:
    assert split(text) == ({"title": "Hi: you", "slug": "hi"}, "Body.\n")


def test_a_meta_file_has_a_head_and_no_body() -> None:
    assert split(".. title: Hi\n.. date: 2020-01-02\n") == (
        {"title": "Hi", "date": "2020-01-02"},
        "",
    )


def test_every_value_knows_its_line() -> None:
    head = head_of("\n<!--\n.. title: Hi\n.. slug: hi\n-->\n\nBody")
    assert [getattr(head[key], "line", 0) for key in ("title", "slug")] == [3, 4]


@pytest.mark.parametrize("text", ["", "\n", "Text.\n", "Text.\n\n.. title: late\n", "..title: x\n"])
def test_a_file_without_such_lines_has_no_head(text: str) -> None:
    assert split(text) is None


def test_nothing_private_is_kept_of_a_comment() -> None:
    document = split(
        ".. id: 7\n.. approved: True\n.. author: ann@blog.example\n.. author_email: ann@blog.example\n"
        ".. author_IP: 192.0.2.1\n.. author_url: https://ann.example/\n.. parent_id: 3\n\nHi.\n"
    )
    assert document == (
        {"id": "7", "approved": "True", "author": "ann", "author_url": "https://ann.example/",
         "parent_id": "3"},
        "Hi.\n",
    )  # fmt: skip


@given(st.text(max_size=200))
@tries(deadline=None)
def test_any_text_can_be_split(text: str) -> None:
    try:
        document = split(text)
    except ContentError:
        return
    assert document is None or text.endswith(document[1])


# --- pages ----------------------------------------------------------------------------------------


def test_a_post_stands_in_a_folder_of_its_name() -> None:
    found = page(POST)
    assert (found.name, found.address, found.warnings) == ("my-post", "/posts/my-post/", ())
    assert found.published == datetime(2020, 1, 2, 9, tzinfo=UTC)
    assert (found.public, found.listed) == (True, True)


def test_a_zone_that_is_not_written_is_the_sites() -> None:
    assert page(".. date: 2020-01-02 10:00\n").published == datetime(2020, 1, 2, 9, tzinfo=UTC)


def test_pages_are_no_entries() -> None:
    found = page(".. title: About\n", "pages/about.md")
    assert (found.address, found.listed) == ("/about/", False)


@pytest.mark.parametrize(
    "line",
    [
        ".. status: draft",
        ".. status: private",
        ".. status: odd",
        ".. tags: a, Draft",
        ".. tags: private",
    ],
)
def test_what_is_hidden_stays_hidden(line: str) -> None:
    assert not page(f"{POST}{line}\n").public


@pytest.mark.parametrize("line", [".. status: featured", ".. status: published", ".. tags: drafts"])
def test_what_is_published_is_public(line: str) -> None:
    assert page(f"{POST}{line}\n").public


def test_the_words_that_hide_are_no_tags() -> None:
    assert page(f"{POST}.. tags: a, draft, b\n").head["tags"] == ["a", "b"]


@pytest.mark.parametrize(
    "path", ["posts/a.txt", "post/a.md", "posts/.a.md", "posts/.x/a.md", "posts/a.es.md", "a.md"]
)
def test_other_files_are_none_of_nikolas(path: str) -> None:
    assert nikola().page(path, head_of(POST)) is None


def test_a_body_that_cannot_be_rendered_is_named() -> None:
    assert ".rst" in page(POST, "posts/a.rst").warnings[0]


def test_a_guid_of_its_own_is_the_posts_id() -> None:
    text = f"{POST}.. guid: tag:blog.example,2001:7\n"
    assert page(text).head["id"] == "tag:blog.example,2001:7"
    assert entry_id("https://blog.example", "/posts/x/", head_of(text)) == "tag:blog.example,2001:7"
    assert entry_id("https://blog.example/", "/posts/x/", {}) == "https://blog.example/posts/x/"


def test_the_facts_are_those_of_the_site() -> None:
    facts = site_facts(config_from_python(CONF))
    assert facts == {
        "title": "A blog",
        "url": "https://blog.example/",
        "description": "Words",
        "language": "en",
        "timezone": "Europe/Rome",
        "author": "Ann",
    }


def test_a_generator_can_be_hashed_and_sent_to_another_process() -> None:
    one = nikola()
    again = pickle.loads(pickle.dumps(one))
    assert (hash(again), repr(again)) == (hash(one), repr(one))
    # The order of a set is another in every process.
    assert "frozenset" not in repr(one)


@given(
    st.dictionaries(
        st.sampled_from(["title", "date", "slug", "status", "tags", "pretty_url"]),
        st.text(max_size=30),
    ),
    st.text(max_size=20),
)
@tries(deadline=None)
def test_no_head_and_no_path_end_in_a_traceback(head: dict[str, str], name: str) -> None:
    document = split("".join(f".. {key}: {' '.join(said.split())}\n" for key, said in head.items()))
    found = nikola().page(f"posts/{name}.md", document[0] if document else {})
    assert found is None or found.address.startswith("/")


# --- Nikola itself --------------------------------------------------------------------------------

FILES = {
    "posts/plain.md": f"<!--\n{POST}-->\n",
    "posts/Big Name_x.y.md": POST,
    "posts/über+2.md": POST,
    "posts/slug.md": f"{POST}.. slug: Own Slug/ü\n",
    "posts/index.md": POST,
    "posts/2020/deep/er.md": POST,
    "posts/tags.md": f"{POST}.. tags: b, a, a,, c d\n.. category: Some\n",
    "posts/draft.md": f"{POST}.. tags: draft, x\n",
    "posts/draft2.md": f"{POST}.. status: draft\n",
    "posts/private.md": f"{POST}.. status: private\n",
    "posts/featured.md": f"{POST}.. status: featured\n",
    "posts/ugly.md": f"{POST}.. pretty_url: False\n",
    "posts/pretty.md": f"{POST}.. pretty_url: yes\n",
    "posts/updated.md": f"{POST}.. updated: 2021-01-02 03:04\n",
    "posts/local.md": ".. title: L\n.. date: 2020-07-02 10:00\n",
    "posts/yaml.md": "---\ntitle: Y\ndate: 2020-01-02 10:00:00\ntags: [p, q]\n---\n",
    "posts/guid.md": f"{POST}.. guid: tag:blog.example,2001:7\n",
    "posts/plain.es.md": POST,
    "posts/untitled.md": ".. date: 2020-01-02\n",
    "pages/about.md": ".. title: About\n.. date: 2020-01-02\n",
    "pages/sub/more.md": ".. title: More\n.. date: 2020-01-02\n",
}
CONFIGS = (
    "",
    "PRETTY_URLS = False\n",
    "STRIP_INDEXES = False\nINDEX_FILE = 'index.html'\n",
    "TRANSLATIONS = {'en': './english', 'es': ''}\nUSE_TAG_METADATA = False\n",
    "POSTS = (('posts/*.md', {'en': 'blog/entries', 'es': 'x'}, 'post.tmpl'),)\nUSE_SLUGIFY = False\n",
)


@pytest.mark.parametrize("conf", CONFIGS)
def test_every_post_is_what_nikola_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, conf: str
) -> None:
    pytest.importorskip("nikola")
    pytest.importorskip("ruamel.yaml")
    monkeypatch.chdir(tmp_path)
    theirs = _nikolas(tmp_path, CONF + conf)
    ours: dict[str, Any] = {}
    mine = nikola(conf)
    for path, text in FILES.items():
        document = split(text)
        if found := mine.page(path, document[0] if document else {}):
            ours[path] = (
                found.address,
                found.name,
                found.published and found.published.astimezone(UTC),
                (found.updated or found.published or datetime.max).astimezone(UTC),
                sorted(str(tag) for tag in found.head.get("tags", [])),
                found.public and found.listed,
                entry_id("https://blog.example/", found.address, document[0] if document else {}),
                found.head.get("title", found.title),
            )
    assert ours == theirs


def _nikolas(folder: Path, conf: str) -> dict[str, Any]:
    """What Nikola makes of each file."""
    from nikola import Nikola as Itself  # type: ignore[import-not-found, unused-ignore]

    for path, text in FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text + "\nText.\n", "utf-8")
    settings: dict[str, Any] = {}
    exec(conf, settings)
    settings.pop("__builtins__")
    settings["COMPILERS"] = {"rest": (".rst",), "markdown": (".md",), "html": (".html",)}
    settings["BASE_URL"] = settings["SITE_URL"]
    site = Itself(**settings)
    site.init_plugins()
    site.scan_posts()
    return {
        post.source_path: (
            post.permalink("en"),
            post.meta["en"]["slug"],
            post.date.astimezone(UTC),
            post.updated.astimezone(UTC),
            sorted(post.tags_for_language("en")),
            post.use_in_feeds,
            post.guid("en"),
            post.title("en"),
        )
        for post in site.timeline
    }
