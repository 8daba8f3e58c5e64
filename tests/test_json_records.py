"""Large JSON files, read piece by piece: the same values as `json` finds, wherever a piece ends."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem
from feeds.exports import json_records, pieces
from feeds.exports.json_records import Found, as_text, as_truth, records

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)
FIXTURES = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class File:
    """One JSON file, read in pieces of some size."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, text: str, *places: tuple[str, ...], size: int = 1 << 20) -> list[Any]:
        self.path.write_text(text, "utf-8", "surrogatepass")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pieces, "PIECE", size)
            return list(records(self.path, places))


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "export.json")


@FIXTURES
@given(st.lists(JSON), JSON, st.integers(1, 40), st.sampled_from([None, 2]), st.booleans())
def test_values_are_what_json_reads_whatever_the_pieces(
    file: File, items: list[Any], other: Any, size: int, indent: int | None, is_ascii: bool
) -> None:
    document = {"other": other, "data": {"more": other, "items": items}, "end": other}
    text = json.dumps(document, indent=indent, ensure_ascii=is_ascii)

    found = file.read(text, ("data", "items", "*"), size=size)

    assert [item.value for item in found] == json.loads(json.dumps(items))


@FIXTURES
@given(st.text(st.sampled_from('{}[]",:\\ab1 \n'), max_size=60), st.integers(1, 9))
def test_whatever_stands_in_a_file_it_ends_in_values_or_a_refusal(
    file: File, text: str, size: int
) -> None:
    try:
        found = file.read(text, ("a", "*"), ("*", "b"), size=size)
    except ContentError:
        return
    assert all(isinstance(item, Found | Problem) for item in found)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_may_be_in_any_form_of_unicode(file: File, encoding: str) -> None:
    file.path.write_bytes('{"a": ["Fähre"]}'.encode(encoding))

    assert list(records(file.path, [("a", "*")])) == [Found(("a", "*"), "Fähre", 1)]


def test_bytes_of_another_encoding_and_control_characters_are_mended_and_named(
    file: File,
) -> None:
    file.path.write_bytes(b'{"a": ["F\xe4hre", "quay\x0b"]}')

    found = list(records(file.path, [("a", "*")]))

    assert [item.value for item in found if isinstance(item, Found)] == ["Fähre", "quay"]
    assert len([item for item in found if isinstance(item, Problem)]) == 2


def test_a_value_knows_its_line(file: File) -> None:
    found = file.read('{"a":\n[1,\n\n2]}', ("a", "*"), size=2)

    assert [(item.value, item.line) for item in found] == [(1, 2), (2, 4)]


def test_a_record_that_is_too_large_costs_itself(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "MAX_RECORD", 100)

    found = file.read(json.dumps({"a": ["x" * 99, "y", ["z" * 99]]}), ("a", "*"), size=7)

    assert [item.value for item in found if isinstance(item, Found)] == ["y"]
    assert [type(item) for item in found] == [Problem, Found, Problem]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [' + '"\\' * 500_000,
        '{"a": [' + "[" * 1_000_000,
        '{"a": [' + "1" * 1_000_000,
        '{"' + "a" * 1_000_000,
        '{"a": [' + '"\\"' * 1_000_000 + '"]}',
        " " * 1_000_000,
    ],
    ids=["escapes", "brackets", "digits", "key", "quotes", "blanks"],
)
def test_hostile_megabytes_cost_seconds_at_most(file: File, text: str) -> None:
    start = time.perf_counter()
    with suppress(ContentError):
        file.read(text, ("a", "*"), size=64)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (7, "7"),
        (7.0, "7"),
        (7.5, "7.5"),
        (float("inf"), "inf"),
        (True, ""),
        (None, ""),
        ([1], ""),
        ({"a": 1}, ""),
    ],
)
def test_a_number_is_a_text_and_nothing_else_is(value: object, text: str) -> None:
    assert as_text(value) == text


def test_what_cannot_be_read_is_neither_true_nor_false() -> None:
    unclear: list[object] = ["yes?", 2, [], {}]

    assert [as_truth(value) for value in (True, 1, "true")] == [True] * 3
    assert [as_truth(value) for value in (False, 0, None, "", "false")] == [False] * 5
    assert [as_truth(value) for value in unclear] == [None] * 4
