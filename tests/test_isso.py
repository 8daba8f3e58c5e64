"""Databases of Isso: what is public of them, and what a strange or damaged file costs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem, StorageError
from feeds.exports import LeftOut, isso
from feeds.model import Body, Comment, Markup, Person
from tests.builders import at
from tests.exported import items_or_refusal, kinds_left_out, only

SCHEMA = """
CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
CREATE TABLE comments (
    tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL,
    modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR,
    email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
    voters BLOB NOT NULL, notification INTEGER DEFAULT 0);
"""
#: 4 March 2016, 07:05.
MORNING = 1457075100.25


class Database:
    """A small database of Isso."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(sqlite3.connect(path)) as database:
            database.executescript(SCHEMA)
            database.execute("INSERT INTO threads VALUES (1, '/ferry/', 'The ferry')")
            database.commit()

    def add(self, **changes: Any) -> Database:
        row = {
            "tid": 1,
            "created": MORNING,
            "mode": 1,
            "remote_addr": "192.0.2.8",
            "text": "Nine is *too* late.",
            "author": "Olaf",
            "email": "olaf@goats.example",
            "website": None,
            "voters": b"\x7f",
        } | changes
        with closing(sqlite3.connect(self.path)) as database:
            database.execute("PRAGMA synchronous = OFF")
            columns, marks = ", ".join(row), ", ".join("?" * len(row))
            database.execute(
                f"INSERT INTO comments ({columns}) VALUES ({marks})", tuple(row.values())
            )
            database.commit()
        return self

    def change(self, script: str) -> Database:
        with closing(sqlite3.connect(self.path)) as database:
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(script)
        return self

    def comments(self) -> list[Comment]:
        return only(Comment, isso.read(self.path))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "comments.db")


# --- what comes along -----------------------------------------------------------------------------


def test_a_comment_is_markdown_on_the_path_of_its_thread(database: Database) -> None:
    database.add(website="https://goats.example/")

    assert list(isso.read(database.path)) == [
        Comment(
            path=str(database.path),
            line=0,
            folder="/ferry/",
            id="1",
            author=Person("Olaf", "https://goats.example/"),
            body=Body("Nine is *too* late.", Markup.MARKDOWN),
            published=at("2016-03-04 07:05"),
        )
    ]


def test_a_reply_names_the_comment_that_it_answers(database: Database) -> None:
    database.add().add(parent=1)

    assert [comment.parent for comment in database.comments()] == [None, "1"]


def test_an_edit_is_the_update(database: Database) -> None:
    database.add(modified=MORNING + 3600).add(modified=MORNING)

    assert [c.updated for c in database.comments()] == [at("2016-03-04 08:05"), None]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (2, "pending comments"),
        (4, "deleted comments"),
        (3, "comments of unknown status"),
        (None, "comments of unknown status"),
        ("1; --", "comments of unknown status"),
    ],
)
def test_what_is_not_accepted_is_left_out_by_kind(
    database: Database, mode: object, kind: str
) -> None:
    database.add(mode=mode)

    assert list(isso.read(database.path)) == [LeftOut(kind, subject="comment 1")]


def test_a_comment_on_no_thread_is_left_out(database: Database) -> None:
    database.add(tid=9)

    assert kinds_left_out(isso.read(database.path)) == ["comments on no page"]


def test_nobody_without_a_name_has_one(database: Database) -> None:
    database.add(author=None)

    assert [comment.author for comment in database.comments()] == [Person("Anonymous")]


def test_nothing_private_of_anybody_is_held(database: Database) -> None:
    database.add(author="olaf@goats.example", website="http://olaf@goats.example")

    (comment,) = database.comments()

    assert comment.author == Person("olaf")
    assert "192.0.2" not in repr(comment)


def test_a_database_of_an_old_isso_has_fewer_columns(database: Database) -> None:
    database.add().change(
        "ALTER TABLE comments DROP COLUMN website; ALTER TABLE comments DROP COLUMN modified"
    )

    assert len(database.comments()) == 1


# --- the file stays as it is ----------------------------------------------------------------------


def test_reading_changes_nothing_in_the_folder(database: Database) -> None:
    database.add()
    before = (database.path.read_bytes(), os.stat(database.path).st_mtime_ns)

    database.comments()

    assert (database.path.read_bytes(), os.stat(database.path).st_mtime_ns) == before
    assert os.listdir(database.path.parent) == ["comments.db"]


def test_a_write_ahead_log_that_is_empty_or_gone_leaves_no_trace(database: Database) -> None:
    database.add().change("PRAGMA journal_mode = WAL")

    assert len(database.comments()) == 1
    assert os.listdir(database.path.parent) == ["comments.db"]


def test_what_stands_in_a_write_ahead_log_counts(database: Database, tmp_path: Path) -> None:
    database.add().change("PRAGMA journal_mode = WAL")
    copied = tmp_path / "copied" / "comments.db"
    copied.parent.mkdir()
    with closing(sqlite3.connect(database.path)) as writer:
        writer.execute(
            "INSERT INTO comments (tid, created, mode, text, voters) VALUES (1, 0, 1, 'New.', '')"
        )
        writer.commit()
        for suffix in ("", "-wal"):
            copied.with_name(f"comments.db{suffix}").write_bytes(
                database.path.with_name(f"comments.db{suffix}").read_bytes()
            )

    found = only(Comment, isso.read(copied))

    assert [comment.body.text for comment in found] == ["Nine is *too* late.", "New."]
    assert sorted(os.listdir(copied.parent)) == ["comments.db", "comments.db-wal"]


def test_a_path_may_hold_what_means_something_in_an_address(tmp_path: Path) -> None:
    folder = tmp_path / "50% off? #1"
    folder.mkdir()

    assert len(Database(folder / "comments.db").add().comments()) == 1


# --- what a strange file costs --------------------------------------------------------------------


def test_a_locked_database_is_refused_with_a_next_step(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isso, "_WAIT", 0.01)
    with closing(sqlite3.connect(database.path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")

        with pytest.raises(ContentError, match=r"somebody is writing.*stop Isso"):
            list(isso.read(database.path))


#: A view with the right columns that never ends.
ENDLESS = """
CREATE TABLE threads (id, uri);
CREATE VIEW comments AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n)
SELECT x AS tid, x AS id, x AS parent, x AS created, x AS mode, x AS text, x AS author FROM n;
"""


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE notes (id)",
        "CREATE TABLE threads (id, uri); CREATE TABLE comments (id, body)",
        ENDLESS,
    ],
)
def test_the_database_of_another_program_is_refused(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.executescript(schema)

    with pytest.raises(ContentError, match="another program than Isso"):
        list(isso.read(path))


@pytest.mark.parametrize("data", [b"", b"not a database", b"SQLite format 4\0"])
def test_what_is_no_database_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "comments.db"
    path.write_bytes(data)

    with pytest.raises(ContentError, match="not a SQLite database"):
        list(isso.read(path))


def test_a_damaged_database_is_refused_with_a_next_step(database: Database) -> None:
    data = database.add().path.read_bytes()
    database.path.write_bytes(data[:100] + b"\xff" * (len(data) - 100))

    with pytest.raises(ContentError, match=r"damaged.*\.recover"):
        list(isso.read(database.path))


def test_of_a_database_that_is_damaged_further_on_what_was_read_counts(
    database: Database,
) -> None:
    row = (
        "INSERT INTO comments (tid, created, mode, text, voters)"
        f" VALUES (1, 0, 1, '{'goat ' * 40}', '');"
    )
    database.change(f"BEGIN; {row * 300} COMMIT")
    data = bytearray(database.path.read_bytes())
    data[-8192:] = b"\xff" * 8192
    database.path.write_bytes(data)

    found = list(isso.read(database.path))

    assert 0 < len(only(Comment, found)) < 300
    assert "not all of it was read" in only(Problem, found)[-1].what


def test_a_file_that_is_not_there_is_the_systems_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        list(isso.read(tmp_path / "none.db"))


def test_a_disk_that_fails_is_the_systems_fault(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> sqlite3.Connection:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
        raise error

    monkeypatch.setattr(isso, "_opened", failing)

    with pytest.raises(StorageError, match="disk I/O error"):
        list(isso.read(database.path))


def test_a_date_that_is_none_costs_the_date(database: Database) -> None:
    database.add(created="soon").add(created=-1e300).add(created=float("inf"))

    found = list(isso.read(database.path))

    assert [comment.published for comment in only(Comment, found)] == [None] * 3
    assert len(only(Problem, found)) == 3


def test_a_schema_that_is_no_text_is_a_damaged_database(database: Database) -> None:
    data = database.add().path.read_bytes()
    assert b"CREATE TABLE" in data
    database.path.write_bytes(data.replace(b"CREATE TABLE", b"CREATE \xbf\xbf\xbf\xbf\xbf"))

    with pytest.raises(ContentError, match="damaged"):
        list(isso.read(database.path))


VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("tid", "parent", "mode", "text", "author", "website"), VALUES)
        | {"created": VALUES.filter(lambda value: value is not None and value == value)},
    )
)
def test_whatever_stands_in_a_column_there_is_no_traceback(
    database: Database, row: dict[str, object]
) -> None:
    database.change("DELETE FROM comments").add(**_writable(row))

    items_or_refusal(isso.read(database.path))


def _writable(row: dict[str, object]) -> dict[str, object]:
    return {
        key: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for key, value in row.items()
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 12287), st.binary(min_size=1, max_size=40))
def test_wherever_a_file_is_damaged_there_is_no_traceback(
    database: Database, place: int, damage: bytes
) -> None:
    if not (whole := database.path.with_suffix(".whole")).exists():
        whole.write_bytes(database.add().add(parent=1).path.read_bytes())
    data = bytearray(whole.read_bytes())
    data[place : place + len(damage)] = damage
    database.path.write_bytes(data)

    items_or_refusal(isso.read(database.path))


# --- recognised -----------------------------------------------------------------------------------


def test_a_database_is_known_by_its_head(database: Database) -> None:
    assert isso.recognised(database.path.read_bytes()[:8192])
    assert not isso.recognised(b"")
    assert not isso.recognised(b"SQLite")
