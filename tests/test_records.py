"""Front matter and data files: every scalar is the text that stands there, with its line."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError
from feeds.markup import legal
from feeds.sources import libyaml
from feeds.sources.records import (
    Scalar,
    Value,
    from_toml,
    from_yaml,
    list_from_yaml,
    parsed_toml,
    simple_mapping,
    simple_table,
)

LEGAL_TEXT = st.text().map(legal)


def refusal(read: Callable[[str], object], text: str) -> ContentError:
    """Why a text is refused."""
    with pytest.raises(ContentError) as refused:
        read(text)
    return refused.value


def items(text: str) -> list[tuple[int, Value]]:
    return list(list_from_yaml(text))


def _double_quoted(text: str) -> str:
    r"""YAML's own form: `\"`, `\\`, and numbers for what a line cannot hold."""
    plain = {'"': '\\"', "\\": "\\\\"}
    breaks = "\n\r\x85\u2028\u2029\ufeff"
    return "".join(
        plain.get(c) or (f"\\U{ord(c):08x}" if c in breaks or not c.isprintable() else c)
        for c in text
    )


# --- YAML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("null", "Null", "~", "Yes", "no", "on", "true", "False", "03752642", "0o17", "0x1F"),
        *("2720e784", "1e552947", "1.10", "1_000", "12:30", "190:20:30", ".inf", "nan", "="),
        *("2017-04-14", "2017-04-14 10:30:00", "2017-04-14T10:30:00.0000000-08:00", "0000-00-00"),
        *("1492165800", "!", "<<", "Zoë", "日本", "a: b".replace(": ", ":"), "a#b", "a'b", "it's"),
    ],
)
def test_a_scalar_is_the_text_that_stands_there(text: str) -> None:
    value = text if text not in {"!", "="} else f'"{text}"'
    assert from_yaml(f"key: {value}") == {"key": text}
    assert from_yaml(f"{value}: x") == {text: "x"}


@given(LEGAL_TEXT)
@example("null")
@example("03752642")
@example('"\\\n\r\x85\u2028\ufeff')
@settings(max_examples=300, deadline=None)
def test_any_text_in_double_quotes_comes_back_as_it_was(text: str) -> None:
    record = from_yaml(f'key: "{_double_quoted(text)}"\nother: x')
    assert record == {"key": text, "other": "x"}
    assert items(f'- "{_double_quoted(text)}"') == [(1, text)]


@given(st.text(st.characters(categories=["L", "N", "P", "S"]) | st.just(" ")))
@settings(max_examples=300, deadline=None)
def test_any_words_in_single_quotes_come_back_as_they_were(text: str) -> None:
    quoted = text.replace("'", "''")
    assert from_yaml(f"'{quoted}': '{quoted}'") == {text: text}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("|\n  one\n  two\n", "one\ntwo\n"),
        (">\n  one\n  two\n", "one two\n"),
        ("|-\n  one\n\n   indented", "one\n\n indented"),
        ('"a\\u00e9\\n\\x41"', "aé\nA"),
        ("'it''s'", "it's"),
        ("plain over\n  two lines", "plain over two lines"),
        ("", ""),
        ("# only a comment", ""),
        ("!!str 12", "12"),
        ("!!binary aGk=", "aGk="),
        ("&anchor x", "x"),
        ('"\\0"', "\0"),
    ],
)
def test_a_scalar_may_be_written_in_every_way_that_yaml_has(written: str, text: str) -> None:
    assert from_yaml(f"key: {written}") == {"key": text}


def test_lists_and_mappings_nest() -> None:
    text = "tags: [a, 'b', 03]\nauthor:\n  name: Ann\n  uri: null\nfiles:\n- url: /a\n- /b\n"
    assert from_yaml(text) == {
        "tags": ["a", "b", "03"],
        "author": {"name": "Ann", "uri": "null"},
        "files": [{"url": "/a"}, "/b"],
    }


@pytest.mark.parametrize(
    ("written", "is_null"),
    [
        ("", True),
        ("~", True),
        ("null", True),
        ("NULL", True),
        ("'null'", False),
        ('""', False),
        ("nothing", False),
    ],
)
def test_null_is_nothing_without_quotes_and_a_name_within_them(written: str, is_null: bool) -> None:
    value = from_yaml(f"key: {written}")["key"]
    assert isinstance(value, Scalar)
    assert value.is_null is is_null


def test_every_scalar_knows_its_line_in_the_file() -> None:
    text = "title: a\ntags:\n- b\n\n- c\nauthor:\n  name: d\nbody: |\n  e\n"
    record: Any = from_yaml(text, first_line=2)
    lines = [record["title"].line, *(tag.line for tag in record["tags"])]
    assert lines == [2, 4, 6]
    assert (record["author"]["name"].line, record["body"].line) == (8, 9)


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment", "---", "---\n...\n"])
def test_nothing_is_an_empty_record(text: str) -> None:
    assert from_yaml(text) == {}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("title: a: b", 5, "not YAML: mapping values are not allowed"),
        ("title: a\n\tdate: b", 6, "not YAML"),
        ("title: 'a\ndate: b\n", 7, "not YAML: found unexpected end of stream"),
        ("title: a\ntags: [b\n", 7, "not YAML: did not find expected ',' or ']'"),
        ("title: @a", 5, "not YAML: found character that cannot start any token"),
        ('title: "\\ud800"', 5, "not YAML: found invalid Unicode character escape code"),
        ('title: "\\q"', 5, "not YAML: found unknown escape character"),
        ("%YAML 3.0\n---\na: b", 5, "not YAML: found incompatible YAML document"),
        ("title: a\ndate: b\ntitle: c", 7, "the key 'title' stands twice"),
        ("a: &x b\nc: *x", 6, "a YAML alias (*name), which is not read here"),
        ("a: &x [*x]", 5, "a YAML alias"),
        ("[a, b]: c", 5, "a key that is a list"),
        ("{a: b}: c", 5, "a key that is a list"),
        ("- a\n- b", 5, "not a list of `key: value` lines"),
        ("only words", 5, "not a list of `key: value` lines"),
        ("a: b\n---\nc: d", 6, "more than one YAML document"),
        ("a:\n" + "".join(" " * n + "- \n" for n in range(1, 40)), None, "nested too deep"),
        ("a: " + "[" * 100, 5, "nested too deep"),
        ("a: " + "{b: " * 100, 5, "nested too deep"),
    ],
)
def test_what_is_no_record_is_named_with_its_line(text: str, line: int | None, what: str) -> None:
    error = refusal(lambda text: from_yaml(text, first_line=5), text)
    assert error.what.startswith(what)
    assert line is None or error.line == line
    assert error.remedy


_YAML_BITS = ["a", "b", ": ", ":", "- ", "-", "\n", "\n  ", "? ", "[", "]", "{", "}", ",", "'", '"']
_YAML_BITS += [
    "|",
    ">",
    "&x ",
    "*x",
    "!!str ",
    "!",
    "%YAML 1.1\n",
    "---",
    "...",
    "#",
    " #",
    "\t",
    "@",
]
_YAML_BITS += ["\\", "`", "<<", "~", "\x85", "\u2028", "\ufeff", "0", "|2-", "\\x0"]
YAML_LIKE = st.lists(st.sampled_from(_YAML_BITS), max_size=20).map("".join)


@given(LEGAL_TEXT | YAML_LIKE)
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_record_of_texts_or_a_content_error(text: str) -> None:
    try:
        record = from_yaml(text)
    except ContentError as error:
        line = error.line
    else:
        line = 1
        _check_texts(record, text)
    assert line is not None
    assert 1 <= line <= len(text.splitlines()) + 1


@given(LEGAL_TEXT | YAML_LIKE)
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_list_of_records_or_a_content_error(text: str) -> None:
    try:
        found = items(text)
    except ContentError as error:
        line = error.line
    else:
        line = 1
        _check_texts([value for _, value in found], text)
    assert line is not None
    assert 1 <= line <= len(text.splitlines()) + 1


def _check_texts(value: Value, text: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            assert isinstance(key, str)
            _check_texts(inner, text)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner, text)
    else:
        assert isinstance(value, Scalar)
        assert 1 <= value.line <= len(text.splitlines()) + 1


@pytest.mark.parametrize(
    "text", ["[" * 60_000, "{" * 60_000, "- " * 30_000, "? " * 30_000, "a: " * 9999]
)
@pytest.mark.parametrize("read", [from_yaml, items])
def test_a_bomb_is_refused_at_once(read: Callable[[str], object], text: str) -> None:
    started = time.perf_counter()
    assert refusal(read, text).what
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("depth", [1, 19])
def test_what_nests_as_people_nest_is_read(depth: int) -> None:
    lists = "[" * depth + "]" * depth
    tables = "a" + ".a" * depth + " = 1"
    assert from_toml(f"a = {lists}") == from_yaml(f"a: {lists}")
    assert from_toml(tables) == from_yaml("{a: " * depth + "{a: 1}" + "}" * depth)


def test_laughing_a_billion_times_is_not_read() -> None:
    layers = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    assert "alias" in refusal(from_yaml, f"a0: &a0 ha\n{layers}").what


# --- the simple form of it --------------------------------------------------------------------------

#: What means something to YAML, and what looks as if it did.
_PIECES = st.sampled_from(
    [
        *" -?:,[]{}#&*!|>%@`'\"\\~=<.",
        ": ",
        " #",
        "''",
        '\\"',
        "\\\\",
        "a",
        "1",
        "é",
        "\t",
        "\x7f",
        "\x85",
        "\u2028",
        "\ufeff",
        "\xa0",
        "---",
        "...",
        "null",
        "<<",
        "- ",
        "\n",
        "\n\n",
        "\n ",
        "\n#",
    ]
)
_SIMPLE_KEYS = st.sampled_from(
    ["a", "b", "_id", "Date", "null", "y", "é", "a-b", "'a'", "", "-a", "- a"]
)
_SIMPLE_VALUES = st.lists(_PIECES, max_size=6).map("".join) | st.text(max_size=5).map(legal)
_QUOTED_VALUES = st.tuples(st.sampled_from("'\""), _SIMPLE_VALUES).map(lambda t: t[0] + t[1] + t[0])
_SIMPLE_LINES = st.tuples(
    _SIMPLE_KEYS, st.sampled_from([":", ": ", ":  ", " : ", ":\t"]), _SIMPLE_VALUES | _QUOTED_VALUES
).map("".join)


_ITEMS = st.lists(
    st.sampled_from(
        ["a", "b c", " d", "e ", "'f'", '"g"', "h:", "i: j", "k #", "C#", "n#m", "", "-"]
    )
    | _PIECES
    | _QUOTED_VALUES,
    max_size=4,
)
_FLOWS = st.tuples(_SIMPLE_KEYS, st.sampled_from([",", ", ", " , "]), _ITEMS).map(
    lambda found: f"{found[0]}: [{found[1].join(found[2])}]"
)
_LIST_LINES = st.tuples(
    st.sampled_from(["- ", "  - ", "  -  ", "-", "   "]), _SIMPLE_VALUES | _QUOTED_VALUES
).map("".join)
_LIST_KEYS = _SIMPLE_KEYS.map(lambda key: f"{key}:")


def _told_apart(record: dict[str, Value]) -> list[object]:
    return [(key, _told(value)) for key, value in record.items()]


def _told(value: Value) -> object:
    if isinstance(value, Scalar):
        return str(value), value.line, value.plain
    return [_told(item) for item in value] if isinstance(value, list) else None


_WORDS = "true false True 0 7 -7 +7 007 1_000 1.10 1e5 inf nan 0x1f 123456789012345678 1234567890123456789"
_TIMES = (
    "2024-05-01 2024-02-30 2024-13-01 2024-05-01T10:00:00Z 2024-05-01t10:00:00z 2024-05-01T24:00:00"
    " 2024-05-01T10:00 2024-05-01T10:00:00.25+02:00 2024-05-01T10:00:00-00:00 0000-01-01 10:00:00"
    " 9999-12-31T23:59:59+23:59 2024-05-01T10:00:60Z 2024-05-01T10:00:00+24:00"
)
_TEXTS = [
    *(
        [
            '""',
            "''",
            '"a"',
            "'a'",
            '"a\'b"',
            "'a\"b'",
            '"a\\"b"',
            '"a\\u00e9"',
            "'a\\b'",
            '"""',
            '""""',
            '"\\t"',
            '"a',
            "a",
        ]
    ),
    *('"a" # c', '"é\u2028\x85"', "2024-05-01 10:00:00", '"a\tb"'),
]
_LISTS = [
    "[]",
    "[ ]",
    '["a"]',
    "['a', \"b\"]",
    '[ "a" , "b" ]',
    '["a",]',
    "[1]",
    '["a", 1]',
    '[["a"]]',
    '["a"',
    "{}",
]
_TOML_VALUES = st.sampled_from([*_WORDS.split(), *_TIMES.split(), *_TEXTS, *_LISTS])
_TOML_LINES = st.tuples(
    st.sampled_from(["a", "b", "a-1", "A_b", "1", '"a"', "a.b", "é", "", " a", "# a", "[a]"]),
    st.sampled_from([" = ", "=", " =  ", "\t= ", " ", " == "]),
    _TOML_VALUES | st.text(max_size=4).map(lambda text: f'"{text}"'),
    st.sampled_from(["", "", "", " ", "\t", " # c", "\n"]),
).map("".join)


@given(st.lists(_TOML_LINES, min_size=1, max_size=3))
@settings(max_examples=4000)
def test_what_is_read_without_tomllib_is_what_tomllib_reads(lines: list[str]) -> None:
    text = legal("\n".join(lines))
    record = simple_table(text, 3)
    if record is not None:
        assert _with_lines(record) == _with_lines(parsed_toml(text, 3))


def _with_lines(record: dict[str, Value]) -> list[tuple[str, bool, list[tuple[str, int | None]]]]:
    return [
        (
            key,
            isinstance(value, list),
            [
                (str(item), item.line if isinstance(item, Scalar) else None)
                for item in (value if isinstance(value, list) else [value])
            ],
        )
        for key, value in record.items()
    ]


def test_usual_front_matter_needs_no_tomllib() -> None:
    text = 'title = "One"\ndate = 2024-05-01T10:00:00+02:00\ntags = ["a", \'b\']\ndraft = false\n'
    assert simple_table(text, 2) == {
        "title": "One",
        "date": "2024-05-01T10:00:00+02:00",
        "tags": ["a", "b"],
        "draft": "false",
    }


@given(
    st.lists(_SIMPLE_LINES | _FLOWS | _LIST_LINES | _LIST_KEYS, min_size=1, max_size=5),
    st.sampled_from(["", "\n", "\n\n"]),
)
@example(["a: 'it''s'", "b:"], "\n")
@example(["a:", "- b", "- c", "d: e"], "\n")
@example(["a:", "  - b", " - c"], "\n")
@example(["a: ''", "- b"], "\n")
@example(["a: b", " - c"], "\n")
@example(["a:", "- b", "  - c"], "\n")
@example(["a: [b, 'c', \"d\"]", "b: []", "c: [ ]"], "\n")
@example(["a: [b, ]", "b: [c #d]"], "\n")
@example(['a: "b\\"c"', "b: c "], "")
@example(['a: "b\\\\"', 'b: "c\\"'], "")
@settings(max_examples=3000)
def test_what_is_read_without_libyaml_is_what_libyaml_reads(lines: list[str], end: str) -> None:
    text = "\n".join(lines) + end
    record = simple_mapping(text, 3)
    if record is not None:
        assert _told_apart(record) == _told_apart(libyaml.mapping(text, 3))


def test_common_front_matter_is_read_without_libyaml() -> None:
    text = "title: It's 10:30, “so” what?\ndate: 2005-01-01 00:00:00 +0000\ntags:\nname: 'Zoë'\n"
    lists = "categories: [one, 'two', C# 4]\nredirect_from:\n  - /a/\n  - \"/b/\"\n"
    assert simple_mapping(text + lists, 2) == {
        "title": "It's 10:30, “so” what?",
        "date": "2005-01-01 00:00:00 +0000",
        "tags": "",
        "name": "Zoë",
        "categories": ["one", "two", "C# 4"],
        "redirect_from": ["/a/", "/b/"],
    }


# --- lists of records -----------------------------------------------------------------------------


def test_a_list_gives_each_item_with_its_line() -> None:
    text = "# comments\n- name: Ann\n  message: one\n- name: Bob\n\n- words\n"
    assert items(text) == [
        (2, {"name": "Ann", "message": "one"}),
        (4, {"name": "Bob"}),
        (6, "words"),
    ]


def test_one_record_alone_is_a_list_of_one() -> None:
    assert items("\nname: Ann\nmessage: one\n") == [(2, {"name": "Ann", "message": "one"})]


@pytest.mark.parametrize("text", ["", "# nothing", "---\n", "[]", "{}", "---\n...\n"])
def test_an_empty_list_has_no_items(text: str) -> None:
    assert items(text) == []


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("words", 1, "not a list of comments"),
        ("- a: b\n---\n- c: d", 2, "more than one YAML document"),
        ("- a: b\n- c: [\n", 3, "not YAML: did not find expected node content"),
        ("- a: b\n- *x", 2, "a YAML alias"),
        ("- &x {a: b}\n- *x", 2, "a YAML alias"),
        ("- a: 1\n  a: 2", 2, "the key 'a' stands twice"),
    ],
)
def test_what_is_no_list_is_named_with_its_line(text: str, line: int, what: str) -> None:
    error = refusal(items, text)
    assert error.what.startswith(what)
    assert error.line == line


def test_items_before_a_mistake_have_come_by_then() -> None:
    stream = list_from_yaml("- a: b\n- c: [")
    assert next(stream) == (1, {"a": "b"})
    with pytest.raises(ContentError):
        next(stream)


def test_a_list_is_read_from_a_stream_as_from_a_text() -> None:
    text = "".join(f"- {{id: {n}, message: 'größer 🙂'}}\n" for n in range(5000))
    assert list(list_from_yaml(StringIO(text))) == items(text)


# --- TOML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"text"', "text"),
        ("'null'", "null"),
        ('""', ""),
        ("true", "true"),
        ("false", "false"),
        ("17", "17"),
        ("0x1F", "31"),
        ("1.10", "1.10"),
        ("1e5", "1e5"),
        ("2017-04-14", "2017-04-14"),
        ("2017-04-14T10:30:00", "2017-04-14T10:30:00"),
        ("2017-04-14 10:30:00Z", "2017-04-14T10:30:00+00:00"),
        ("10:30:00", "10:30:00"),
        ('["a", 1, true]', ["a", "1", "true"]),
        ('{name = "Ann"}', {"name": "Ann"}),
        ('"""\none\ntwo"""', "one\ntwo"),
    ],
)
def test_a_toml_value_is_its_text_as_well(written: str, value: Value) -> None:
    assert from_toml(f"key = {written}") == {"key": value}


@pytest.mark.parametrize("part", ["a", "'a'", '"a b"', "a "])
@pytest.mark.parametrize("form", ["{} = 1", "[{}]", "x = {{{} = 1}}", "[[{}]]"])
def test_a_toml_key_of_more_parts_than_anybody_writes_is_refused_at_once(
    part: str, form: str
) -> None:
    start = time.process_time()
    with pytest.raises(ContentError, match="nested too deep") as refused:
        from_toml("title = 'x'\n" + form.format(".".join([part] * 100_000)))
    assert refused.value.line == 2
    assert time.process_time() - start < 2


def test_a_toml_key_of_some_parts_and_a_text_of_many_are_read() -> None:
    key, text = ".".join("a" * 15), ".".join("b" * 90)
    assert from_toml(f"{key} = '{text}'\nc = \"{text}\"")["c"] == text


def test_a_toml_null_is_a_name_since_toml_has_no_nothing() -> None:
    value = from_toml("key = 'null'")["key"]
    assert isinstance(value, Scalar)
    assert not value.is_null


def test_a_toml_value_knows_its_line() -> None:
    text = 'title = "a"\n\ntags = ["b",\n  "c"]\n"quoted" = 1\n[author]\nname = "d"\n'
    record: Any = from_toml(text, first_line=2)
    assert (record["title"].line, record["tags"][1].line, record["quoted"].line) == (2, 4, 6)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('title = "a"\ndate = b', 6, "not TOML: Invalid value"),
        ("title: a", 5, "not TOML: Expected '='"),
        ("a = 1\na = 2", 6, "not TOML: Cannot overwrite a value"),
        ("a = 2017-02-31", 5, "not TOML: Invalid date or datetime"),
        ("a = 1\nb = '''c\nd", 7, "not TOML"),
        ("a = " + "1" * 5000, 5, "not TOML"),
        ("b = 1\na = 0x" + "f" * 5000, 6, "a number that nobody can read"),
        ("a = " + "[" * 5000, 5, "not TOML"),
        ("a = " + "[" * 50 + "]" * 50, 5, "nested too deep"),
        ("a" + ".a" * 5000 + " = 1", 5, "nested too deep"),
    ],
)
def test_what_is_not_toml_is_named_with_its_line(text: str, line: int, what: str) -> None:
    error = refusal(lambda text: from_toml(text, first_line=5), text)
    assert error.what.startswith(what)
    assert error.line == line


_TOML_BITS = [
    "a",
    "b",
    " = ",
    "1",
    "1.5",
    "'",
    '"',
    "'''",
    '"""',
    "\n",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
]
_TOML_BITS += [
    ",",
    ".",
    "2017-04-14",
    "T",
    "10:30:00",
    "Z",
    "true",
    "inf",
    "nan",
    "0x",
    "f" * 4000,
    "#",
]
_TOML_BITS += ["1" * 5000, ".a" * 3000, "\\", "\\u0000", "\ufeff"]


@given(LEGAL_TEXT | st.lists(st.sampled_from(_TOML_BITS), max_size=14).map("".join))
@example("a = 2017-04-14T10:30:00.5+23:59")
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_toml_record_of_texts_or_a_content_error(text: str) -> None:
    try:
        record = from_toml(text)
    except ContentError as error:
        assert error.remedy  # noqa: PT017  # whether it is one is up to chance
        return
    _check_texts(record, text)
