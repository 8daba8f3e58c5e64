"""Lines of `key: value` that are read in one look say what libyaml says."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.markup import legal
from feeds.sources import libyaml
from feeds.sources.pairs import pairs_of
from feeds.sources.records import Scalar

#: What means something to YAML, and what looks as if it did.
_PIECES = st.sampled_from(
    [
        *" -?:,[]{}#&*!|>%@`'\"\\~=<.",
        *(": ", " #", "''", '\\"', "\\\\", "\\n", "\\r\\n", "\\x41", "\\u00e9", "\\ud83d", "\\N"),
        *("\\U0001F37B", "\\U0011ffff", "a", "1", "é", "\t", "\x7f", "\x85", "\u2028", "\ufeff"),
        *("\xa0", "---", "...", "null", "<<", "- ", "\n", "\n\n", "\n ", "\n#"),
    ]
)
_KEYS = st.sampled_from(
    ["a", "b", "_id", "Date", "null", "y", "é", "a-b", "a-", "1", "'a'", "", "-a", "- a"]
)
_VALUES = st.lists(_PIECES, max_size=6).map("".join) | st.text(max_size=5).map(legal)
_QUOTED = st.tuples(st.sampled_from("'\""), _VALUES).map(lambda t: t[0] + t[1] + t[0])
_BLOCKS = st.tuples(
    st.sampled_from(["|-", ">-", ">", "|", ">+", "|2", "|- "]),
    st.lists(
        st.sampled_from(
            ["  a", "  b ", "  # e: f", "", "", " ", "   ", "    c", " d", "  - g", "  'h"]
        ).map("\n{}".format),
        max_size=6,
    ).map("".join),
).map("".join)
_LINES = st.tuples(
    _KEYS, st.sampled_from([":", ": ", ":  ", " : ", ":\t"]), _VALUES | _QUOTED | _BLOCKS
).map("".join)


@given(st.lists(_LINES, min_size=1, max_size=4), st.sampled_from(["", "\n", "\n\n"]))
@example(["a: 'it''s'", "b:"], "\n")
@example(['a: "b\\"c"', "b: c "], "")
@example(['a: "b\\\\"', 'b: "c\\"'], "")
@example(['a: "\\n \\r \\t \\" \\\\ \\/ \\x7f \\u00e9 \\U0001F37B"'], "")
@example(['a: "\\\\n"'], "")
@example(['a: "\\uDFFF"'], "")
@example(['a: "\\U00110000"'], "")
@example(['a: "\\x0"'], "")
@example(["a" * 1100 + ": b"], "")
@example(["a: |-\n  b\n   c\n\n  d", "b: >-\n  e\n  f", "c: >-\n  g \n\n\n  h\n"], "\n")
@settings(max_examples=1000, deadline=None)
def test_what_is_read_in_one_look_is_what_libyaml_reads(lines: list[str], end: str) -> None:
    text = "\n".join(lines) + end
    pairs = pairs_of(text)
    if pairs is not None:
        record = libyaml.mapping(text, 1)
        said = {k: (str(v), v.plain) for k, v in record.items() if isinstance(v, Scalar)}
        assert list(pairs.items()) == list(said.items())
        assert len(said) == len(record)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("It's 10:30, “so” what?", "It's 10:30, “so” what?"),
        ("", ""),
        ("'it''s'", "it's"),
        (r'"one\r\n\"two\" \U0001F37B"', 'one\r\n"two" \U0001f37b'),
        (r'"C:\\new\tone"', "C:\\new\tone"),
        (">-\n  one\n  two\n\n  three", "one two\nthree"),
        ("|-\n  one\n   two\n\n", "one\n two"),
    ],
)
def test_usual_texts_are_read_in_one_look(written: str, text: str) -> None:
    pairs = pairs_of(f"a: {written}\nlast-one: b\n")
    assert pairs is not None
    assert pairs["a"][0] == text
    assert pairs["last-one"] == ("b", True)


@pytest.mark.parametrize(
    "text", ["", "\n", "- a: b", "a: b\n\nc: d", "a: b\na: c", "a: [b]", "a:\tb"]
)
def test_anything_else_is_left_to_records(text: str) -> None:
    assert pairs_of(text) is None
