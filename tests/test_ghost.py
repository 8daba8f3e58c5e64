"""Exports of Ghost: what is public of them, and what a broken file costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, StorageError
from feeds.exports import Item, LeftOut, Site, ghost
from feeds.model import Body, Markup, Person, Post, PostType
from feeds.settings import Limits
from tests.builders import at
from tests.exported import ANYTHING, items_or_refusal, kinds_left_out, only, records_of

OWN = "5f0c2a9d8e7b6a5c4d3e2f10"


def post(**changes: Any) -> dict[str, Any]:
    return {
        "id": OWN,
        "uuid": "0b9d1f4e-6a0c-4a52-9d86-1c5d2a7e0f33",
        "title": "Ferry to the island",
        "slug": "ferry-runs-again",
        "mobiledoc": '{"version":"0.3.1"}',
        "html": "<p>After two winters the ferry is back.</p>",
        "status": "published",
        "visibility": "public",
        "type": "post",
        "email_recipient_filter": "none",
        "published_at": "2016-03-03T09:00:00.000Z",
        "updated_at": "2016-03-05T10:30:00.000Z",
        "created_at": "2016-03-01T08:00:00.000Z",
    } | changes


def export(*posts: Any, outer: bool = True, **tables: Any) -> bytes:
    inner = {
        "meta": {"exported_on": 1457075100000, "version": "5.80.0"},
        "data": {"posts": posts} | tables,
    }
    return json.dumps({"db": [inner]} if outer else inner).encode()


class File:
    """One export on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ghost.json"

    def read(self, data: bytes, limits: Limits | None = None) -> list[Item]:
        self.path.write_bytes(data)
        return list(ghost.read(self.path, limits=limits or Limits()))

    def post(self, *, among: dict[str, Any] | None = None, **changes: Any) -> Post:
        (found,) = only(Post, self.read(export(post(**changes), **among or {})))
        return found


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


# --- what comes along -----------------------------------------------------------------------------


@pytest.mark.parametrize("outer", [True, False])
def test_a_post_has_its_html_its_slug_and_the_id_of_its_row(file: File, outer: bool) -> None:
    assert file.read(export(post(), outer=outer)) == [
        Post(
            path=OWN,
            name="ferry-runs-again",
            title="Ferry to the island",
            body=Body("<p>After two winters the ferry is back.</p>", Markup.HTML),
            published=at("2016-03-03 09:00"),
            updated=at("2016-03-05 10:30"),
            permalink="/ferry-runs-again/",
            id=OWN,
        )
    ]


def test_before_ghost_1_a_feed_had_the_uuid(file: File) -> None:
    old: dict[str, Any] = {"id": 7, "uuid": "0b9d1f4e", "published_at": 1456995600000, "page": 0}

    found = file.post(**old, type=None, visibility=None)

    assert (found.id, found.path) == ("0b9d1f4e", "7")
    assert found.published == at("2016-03-03 09:00")


def test_the_site_comes_first(file: File) -> None:
    rows = [
        {"key": "title", "value": "Harbour Gazette"},
        {"key": "description", "value": "News from\nthe pier"},
        {"key": "lang", "value": "de"},
        {"key": "password", "value": "hush"},
    ]

    found = file.read(export(post(), settings=rows))

    assert found[0] == Site("Harbour Gazette", "", "News from the pier", "de")


def test_authors_stand_in_their_order_and_without_addresses(file: File) -> None:
    tables = {
        "users": [
            {"id": "u1", "name": "Mona", "email": "mona@harbour.example", "password": "hush"},
            {"id": "u2", "name": "olaf@goats.example", "website": "https://goats.example"},
        ],
        "posts_authors": [
            {"post_id": OWN, "author_id": "u1", "sort_order": 1},
            {"post_id": OWN, "author_id": "u2", "sort_order": 0},
        ],
    }

    found = file.post(among=tables)

    assert found.authors == (Person("olaf", "https://goats.example"), Person("Mona"))
    assert "hush" not in repr(found)


def test_one_author_may_stand_in_the_post(file: File) -> None:
    assert file.post(among={"users": [{"id": 1, "name": "Mona"}]}, author_id=1).authors == (
        Person("Mona"),
    )


def test_tags_stand_in_their_order_without_internal_ones(file: File) -> None:
    tables = {
        "tags": [
            {"id": "t1", "name": "Boats", "visibility": "public"},
            {"id": "t2", "name": "#wide", "visibility": "internal"},
            {"id": "t3", "name": "Island"},
        ],
        "posts_tags": [
            {"post_id": OWN, "tag_id": "t1", "sort_order": 2},
            {"post_id": OWN, "tag_id": "t2", "sort_order": 1},
            {"post_id": OWN, "tag_id": "t3", "sort_order": 0},
            {"post_id": "another", "tag_id": "t1"},
        ],
    }

    assert file.post(among=tables).tags == ("Island", "Boats")


@pytest.mark.parametrize(
    ("changes", "type"),
    [({"type": "page"}, PostType.PAGE), ({"type": None, "page": 1}, PostType.PAGE)],
)
def test_a_page_is_a_page(file: File, changes: dict[str, Any], type: PostType) -> None:
    assert file.post(**changes).type is type


def test_the_address_of_the_site_becomes_a_path(file: File) -> None:
    found = file.post(
        html='<a href="__GHOST_URL__/quay/">Quay</a> <a href="__GHOST_URL__">Home</a>',
        feature_image="__GHOST_URL__/content/images/pier.jpg",
    )

    assert found.body.text == '<a href="/quay/">Quay</a> <a href="/">Home</a>'
    assert found.image == "/content/images/pier.jpg"


def test_an_excerpt_that_somebody_wrote_is_text(file: File) -> None:
    described = {"posts_meta": [{"post_id": OWN, "meta_description": "For search"}]}

    assert file.post(custom_excerpt="Nine < ten").excerpt == Body("Nine &lt; ten", Markup.HTML)
    assert file.post(among=described).excerpt == Body("For search", Markup.HTML)
    assert file.post().excerpt is None


def test_the_first_versions_kept_markdown(file: File) -> None:
    assert file.post(html=None, markdown="*Back*").body == Body("*Back*", Markup.MARKDOWN)


def test_an_untitled_post_is_named_by_its_first_words_or_its_day(file: File) -> None:
    assert file.post(title=" ").title == "After two winters the ferry is back."
    assert file.post(title="", html="<img src=x>").title == "2016-03-03"


def test_a_post_without_text_comes_along_and_is_named(file: File) -> None:
    found = file.read(export(post(html=None)))

    assert only(Post, found)[0].body.text == ""
    assert "has no text" in only(Problem, found)[0].what


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"status": "draft"}, "drafts"),
        ({"status": "scheduled"}, "scheduled posts"),
        ({"status": "sent"}, "posts sent by e-mail only"),
        ({"status": None}, "posts of unknown status"),
        ({"visibility": "members"}, "posts for members only"),
        ({"visibility": "paid"}, "posts for members only"),
        ({"visibility": "moonlit"}, "posts of unknown status"),
        ({"type": "product"}, "posts of unknown status"),
    ],
)
def test_what_is_not_public_is_left_out_by_kind(
    file: File, changes: dict[str, Any], kind: str
) -> None:
    assert file.read(export(post(**changes))) == [LeftOut(kind, subject="Ferry to the island")]


# --- what a broken file costs ---------------------------------------------------------------------


def test_a_post_over_the_limit_is_left_out(file: File) -> None:
    found = file.read(export(post(html="x" * 200)), Limits(post=100))

    assert kinds_left_out(found) == ["posts of more than 100 bytes"]


def test_an_unreadable_date_costs_the_date(file: File) -> None:
    found = file.read(export(post(published_at="soon", created_at=None)))

    assert only(Post, found)[0].published is None
    assert "'soon' is not a date" in only(Problem, found)[0].what


def test_of_an_export_that_breaks_off_what_was_whole_counts(file: File) -> None:
    data = export(post(), post(id="5f0c2a9d8e7b6a5c4d3e2f11"))

    found = file.read(data[: data.rindex(b"slug")])

    assert [item.id for item in only(Post, found)] == [OWN]
    assert "breaks off" in only(Problem, found)[0].what


def test_a_row_that_json_cannot_read_costs_itself(file: File) -> None:
    data = export(post(), "row", post(id="5f0c2a9d8e7b6a5c4d3e2f11"))

    found = file.read(data.replace(b'"row"', b'{"id": [' + b"[" * 9999 + b"]" * 9999 + b"]}"))

    assert len(only(Post, found)) == 2
    assert "nests too deep" in only(Problem, found)[0].what


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"db": [', b'{"db": [{"data": {"posts": []}}]}', b"\x00\xff"]
)
def test_what_is_no_export_is_refused_with_a_next_step(file: File, data: bytes) -> None:
    with pytest.raises(ContentError) as refused:
        file.read(data)

    assert refused.value.remedy


def test_a_file_that_is_not_there_is_the_systems_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(ghost.read(tmp_path / "none.json"))


POSTS = records_of(*post(), "page", "author_id", "custom_excerpt", "feature_image", "markdown")
ROWS = records_of("id", "name", "post_id", "author_id", "tag_id", "sort_order", "key", "value")
TABLES = st.lists(ROWS | ANYTHING, max_size=3) | ANYTHING


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(POSTS | POSTS.map(lambda record: post() | record) | ANYTHING, max_size=3),
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("users", "tags", "posts_authors", "settings"), TABLES)
    ),
)
def test_whatever_the_json_says_there_is_no_traceback(
    file: File, posts: list[Any], tables: dict[str, Any]
) -> None:
    file.path.write_bytes(export(*posts, **tables))

    items_or_refusal(ghost.read(file.path))


def test_no_text_holds_what_no_file_can(file: File) -> None:
    bad = "\ud800\x0b"
    row = post(id=None, feature_image="/a", custom_excerpt="b", author_id="1", created_at="")
    rows = {key: f"{value}{bad}" for key, value in row.items() if value and key != "type"}
    user, tag = {"id": f"1{bad}", "name": f"M{bad}"}, {"id": "1", "name": f"T{bad}"}
    file.path.write_bytes(
        export(
            rows | {"status": "published", "visibility": "public"},
            rows,
            users=[user],
            tags=[tag],
            posts_tags=[{"post_id": "", "tag_id": "1"}],
        )
    )

    found = items_or_refusal(ghost.read(file.path))

    assert isinstance(found, list)
    assert [item.authors for item in only(Post, found)] == [(Person("M"),)]
    assert kinds_left_out(found) == ["posts of unknown status"]


# --- recognised -----------------------------------------------------------------------------------


@pytest.mark.parametrize("outer", [True, False])
def test_an_export_is_known_by_its_head(outer: bool) -> None:
    assert ghost.recognised(export(post(), outer=outer)[:8192])


@pytest.mark.parametrize("head", [b"", b"[]", b'{"data": {}}', b'{"users": []}', b"\xff\xfe"])
def test_other_files_are_not_taken_for_one(head: bytes) -> None:
    assert not ghost.recognised(head)
