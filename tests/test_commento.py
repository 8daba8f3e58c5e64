"""Exports of Commento: what is public of them, and what a broken file costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, StorageError
from feeds.exports import Item, LeftOut, commento
from feeds.model import Body, Comment, Markup, Person
from tests.builders import at
from tests.exported import ANYTHING, items_or_refusal, only, records_of


def comment(hex: str = "c1", **changes: Any) -> dict[str, Any]:
    return {
        "commentHex": hex,
        "domain": "harbour.example",
        "url": "/ferry/",
        "commenterHex": "p1",
        "markdown": "Nine is *too* late.",
        "html": "<p>Nine is <em>too</em> late.</p>",
        "parentHex": "root",
        "score": 3,
        "state": "approved",
        "creationDate": "2016-03-04T07:05:00.722181Z",
        "deleted": False,
    } | changes


def commenter(hex: str = "p1", **changes: Any) -> dict[str, Any]:
    return {
        "commenterHex": hex,
        "email": "olaf@goats.example",
        "name": "Olaf",
        "link": "https://goats.example/",
        "photo": "https://gravatar.example/avatar/77aa",
    } | changes


def export(*comments: Any, people: Any = None) -> bytes:
    people = [commenter()] if people is None else people
    return json.dumps({"version": 1, "comments": comments, "commenters": people}).encode()


class File:
    """One export on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "commento.json"

    def read(self, data: bytes) -> list[Item]:
        self.path.write_bytes(data)
        return list(commento.read(self.path))


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


# --- what comes along -----------------------------------------------------------------------------


def test_a_comment_is_markdown_on_the_address_of_its_page(file: File) -> None:
    assert file.read(export(comment())) == [
        Comment(
            path=str(file.path),
            line=1,
            folder="https://harbour.example/ferry/",
            id="c1",
            author=Person("Olaf", "https://goats.example/"),
            body=Body("Nine is *too* late.", Markup.MARKDOWN),
            published=at("2016-03-04 07:05"),
        )
    ]


def test_a_page_without_a_host_is_a_path(file: File) -> None:
    found = only(
        Comment, file.read(export(comment(domain=None), comment("c2", domain="not a host")))
    )

    assert [item.folder for item in found] == ["/ferry/", "/ferry/"]


def test_a_reply_names_the_comment_that_it_answers(file: File) -> None:
    found = only(Comment, file.read(export(comment(), comment("c2", parentHex="c1"))))

    assert [item.parent for item in found] == [None, "c1"]


def test_the_anonymous_and_the_unknown_have_no_name(file: File) -> None:
    strangers = (comment(commenterHex="anonymous"), comment("c2", commenterHex="gone"))

    found = only(Comment, file.read(export(*strangers)))

    assert [item.author for item in found] == [Person("Anonymous")] * 2


def test_the_html_stands_in_where_no_markdown_is(file: File) -> None:
    (found,) = only(Comment, file.read(export(comment(markdown=""))))

    assert found.body == Body("<p>Nine is <em>too</em> late.</p>", Markup.HTML)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"deleted": True}, "deleted comments"),
        ({"state": "unapproved"}, "pending comments"),
        ({"state": "flagged"}, "spam comments"),
        ({"state": "shiny"}, "comments of unknown status"),
        ({"state": None}, "comments of unknown status"),
        ({"deleted": "perhaps"}, "comments of unknown status"),
    ],
)
def test_what_is_not_approved_is_left_out_by_kind(
    file: File, changes: dict[str, Any], kind: str
) -> None:
    assert file.read(export(comment(**changes))) == [LeftOut(kind, subject="comment c1")]


def test_nothing_private_of_anybody_is_held(file: File) -> None:
    people = [commenter(name="olaf@goats.example", link="undefined")]

    said = repr(file.read(export(comment(), people=people)))

    assert "name='olaf'" in said
    assert "goats" not in said
    assert "gravatar" not in said


# --- what a broken file costs ---------------------------------------------------------------------


def test_of_an_export_that_breaks_off_what_was_whole_counts(file: File) -> None:
    data = export(comment(), comment("c2"))

    found = file.read(data[: data.index(b"c2") + 30])

    assert [item.id for item in only(Comment, found)] == ["c1"]
    assert "breaks off" in only(Problem, found)[0].what


def test_a_broken_commenter_is_named_once(file: File) -> None:
    found = file.read(export(comment(), people=["row"]).replace(b'"row"', b'{"a" 1}'))

    assert [item.author for item in only(Comment, found)] == [Person("Anonymous")]
    assert len(only(Problem, found)) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"{}", b'{"comments": null}', b"once upon a time", b'{"comments": [1 2]}'],
)
def test_what_is_no_export_is_refused_with_a_next_step(file: File, data: bytes) -> None:
    with pytest.raises(ContentError) as refused:
        file.read(data)

    assert refused.value.remedy


def test_an_empty_export_of_known_people_has_no_comments(file: File) -> None:
    assert file.read(export()) == []


def test_a_file_that_is_not_there_is_the_systems_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(commento.read(tmp_path / "none.json"))


COMMENTS = records_of(*comment())
PEOPLE = records_of(*commenter())


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(COMMENTS | COMMENTS.map(lambda record: comment() | record) | ANYTHING, max_size=4)
    | ANYTHING,
    st.lists(PEOPLE | ANYTHING, max_size=3) | ANYTHING,
)
def test_whatever_the_json_says_there_is_no_traceback(
    file: File, comments: object, people: object
) -> None:
    file.path.write_text(json.dumps({"comments": comments, "commenters": people}))

    items_or_refusal(commento.read(file.path))


# --- recognised -----------------------------------------------------------------------------------


def test_an_export_is_known_by_its_head() -> None:
    assert commento.recognised(export(comment())[:8192])
    assert commento.recognised(export())


@pytest.mark.parametrize("head", [b"", b"[]", b'{"comments": []}', b"\xff\xfe", b"<commentHex"])
def test_other_files_are_not_taken_for_one(head: bytes) -> None:
    assert not commento.recognised(head)
