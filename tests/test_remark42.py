"""Backups of Remark42: what is public of them, and what a broken line costs."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, Severity, StorageError
from feeds.exports import Item, LeftOut, remark42
from feeds.model import Body, Comment, Markup, Person
from tests.builders import at
from tests.exported import ANYTHING, items_or_refusal, kinds_left_out, only, records_of

PAGE = "https://harbour.example/ferry/"
META: dict[str, Any] = {
    "version": 1,
    "users": [{"id": "github_77", "blocked": {"status": False}, "verified": True}],
    "posts": [{"url": PAGE, "read_only": False}],
}


def comment(id: str = "a1", **changes: Any) -> dict[str, Any]:
    return {
        "id": id,
        "pid": "",
        "text": "<p>Nine is <em>too</em> late.</p>\n",
        "orig": "Nine is *too* late.",
        "user": {
            "name": "Olaf",
            "id": "email_77aa",
            "picture": "https://chat.example/olaf.png",
            "ip": "c0ffee00c0ffee",
        },
        "locator": {"site": "harbour", "url": PAGE},
        "votes": {"github_78": True},
        "voted_ips": {"192.0.2.9": {"Value": True}},
        "time": "2016-03-04T08:05:00.123456789+01:00",
    } | changes


def backup(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


class File:
    """One backup on disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "backup.gz"

    def read(self, data: bytes) -> list[Item]:
        self.path.write_bytes(data)
        return list(remark42.read(self.path))


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path)


# --- what comes along -----------------------------------------------------------------------------


def test_a_comment_is_html_on_the_address_of_its_page(file: File) -> None:
    assert file.read(backup(META, comment())) == [
        Comment(
            path=str(file.path),
            line=2,
            folder=PAGE,
            id="a1",
            author=Person("Olaf"),
            body=Body("<p>Nine is <em>too</em> late.</p>", Markup.HTML),
            published=at("2016-03-04 07:05"),
        )
    ]


def test_a_backup_may_be_compressed_in_several_members(file: File) -> None:
    packed = gzip.compress(backup(META, comment())) + gzip.compress(backup(comment("a2")))

    assert [item.id for item in only(Comment, file.read(packed))] == ["a1", "a2"]


def test_what_was_typed_stands_in_where_nothing_was_rendered(file: File) -> None:
    (found,) = only(Comment, file.read(backup(META, comment(text=""))))

    assert found.body == Body("Nine is *too* late.", Markup.MARKDOWN)


def test_a_reply_and_an_edit_are_known(file: File) -> None:
    edited = comment("a2", pid="a1", edit={"time": "2016-03-05T09:00:00Z", "summary": "typo"})

    found = only(Comment, file.read(backup(META, comment(), edited)))

    assert [(item.parent, item.updated) for item in found] == [
        (None, None),
        ("a1", at("2016-03-05 09:00")),
    ]


def test_deleted_comments_are_left_out(file: File) -> None:
    found = file.read(backup(META, comment(delete=True), comment("a2", deleted=1)))

    assert kinds_left_out(found) == ["deleted comments", "deleted comments"]


def test_whoever_cannot_say_whether_a_comment_is_deleted_shows_none(file: File) -> None:
    assert file.read(backup(META, comment(delete=["no"]))) == [
        LeftOut("comments of unknown status", subject="comment a1")
    ]


def test_nothing_private_of_anybody_is_held(file: File) -> None:
    said = repr(file.read(backup(META, comment(user={"name": "olaf@goats.example", "ip": "x9"}))))

    assert "name='olaf'" in said
    for private in ("goats", "x9", "192.0.2", "github", "email_"):
        assert private not in said


def test_a_later_version_is_read_with_a_warning(file: File) -> None:
    found = file.read(backup(META | {"version": 2}, comment()))

    assert len(only(Comment, found)) == 1
    assert "version 2" in only(Problem, found)[0].what


def test_a_version_that_is_no_version_is_told_in_plain_letters(file: File) -> None:
    found = file.read(backup(META | {"version": "\x1b[2J"}, comment()))

    assert r"version \x1b[2J of" in only(Problem, found)[0].what


# --- what a broken file costs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", [b'{"id": "a9", "pid"', b"[1, 2]", b"null", b"{" * 99_999, b"9" * 5000, b"\xff\xfe"]
)
def test_a_broken_line_costs_itself(file: File, line: bytes) -> None:
    found = file.read(backup(META, comment()) + line + b"\n" + backup(comment("a2")))

    assert [item.id for item in only(Comment, found)] == ["a1", "a2"]
    assert {problem.line for problem in only(Problem, found)} == {3}


def test_a_broken_first_line_costs_itself(file: File) -> None:
    found = file.read(b"{{\n" + backup(comment()))

    assert len(only(Comment, found)) == 1
    assert [problem.line for problem in only(Problem, found)] == [1]


def test_a_line_that_is_no_comment_is_named(file: File) -> None:
    (warning,) = only(Problem, file.read(backup(META, {"weather": "fine"})))

    assert (warning.line, warning.severity) == (2, Severity.WARNING)


def test_a_line_longer_than_any_comment_costs_itself(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remark42, "_MAX_LINE", 1000)

    found = file.read(backup(META, comment(text="x" * 2000), comment("a2")))

    assert [item.id for item in only(Comment, found)] == ["a2"]
    assert "more than 1,000 bytes" in only(Problem, found)[0].what


def test_of_a_backup_that_breaks_off_what_was_whole_counts(file: File) -> None:
    data = gzip.compress(backup(META, *(comment(f"a{n}", text=f"<p>{n}") for n in range(500))))

    found = file.read(data[: len(data) // 2])

    assert 0 < len(only(Comment, found)) < 500
    assert any("breaks off" in problem.what for problem in only(Problem, found))


def test_damaged_data_is_a_warning_where_something_was_read(file: File) -> None:
    whole = gzip.compress(backup(META, comment()))
    second = bytearray(gzip.compress(backup(comment("a2"))))
    second[12:20] = b"\xff" * 8

    found = file.read(whole + bytes(second))

    assert [item.id for item in only(Comment, found)] == ["a1"]
    assert any("damaged" in problem.what for problem in only(Problem, found))


def test_what_unpacks_to_more_than_any_backup_is_refused(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remark42, "_MAX_UNSUSPICIOUS", 1_000_000)

    with pytest.raises(ContentError, match="200 times its size"):
        file.read(gzip.compress(b" " * 30_000_000))


def test_a_megabyte_of_tiny_members_costs_seconds_at_most(file: File) -> None:
    tiny = gzip.compress(b" ", mtime=0)
    start = time.perf_counter()

    found = file.read(
        gzip.compress(backup(META)) + tiny * 50_000 + gzip.compress(backup(comment()))
    )

    assert len(only(Comment, found)) == 1
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"once upon a time", b"\x1f\x8b", gzip.compress(b"[]"), b"\n\n"]
)
def test_what_is_no_backup_is_refused_with_a_next_step(file: File, data: bytes) -> None:
    with pytest.raises(ContentError) as refused:
        file.read(data)

    assert refused.value.remedy


def test_a_file_that_is_not_there_is_the_systems_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(remark42.read(tmp_path / "none.gz"))


RECORDS = records_of(*comment(), "delete", "edit", "version")


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(RECORDS | RECORDS.map(lambda record: comment() | record) | ANYTHING, max_size=4))
def test_whatever_the_json_says_there_is_no_traceback(file: File, values: list[object]) -> None:
    file.path.write_bytes(backup(*values))

    items_or_refusal(remark42.read(file.path))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 200), st.binary(max_size=30))
def test_wherever_a_backup_is_damaged_there_is_no_traceback(
    file: File, place: int, damage: bytes
) -> None:
    data = bytearray(gzip.compress(backup(META, comment()), mtime=0))
    data[place : place + len(damage)] = damage
    file.path.write_bytes(data)

    items_or_refusal(remark42.read(file.path))


# --- recognised -----------------------------------------------------------------------------------


def test_a_backup_is_known_by_its_head() -> None:
    many = backup(META, *(comment(f"a{n}") for n in range(1000)))

    assert remark42.recognised(many[:8192])
    assert remark42.recognised(gzip.compress(many)[:8192])
    assert remark42.recognised(backup(comment()))


@pytest.mark.parametrize(
    "head", [b"", b"\x1f\x8b\xff", b'{"version": 1}', b"[]", zlib.compress(b"x"), b"\xff\xfe"]
)
def test_other_files_are_not_taken_for_one(head: bytes) -> None:
    assert not remark42.recognised(head)
