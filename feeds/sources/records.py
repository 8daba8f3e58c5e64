"""YAML and TOML as people mean them: a record of texts, each with the line it stands on.

Every scalar is text, and the reader of a key gives it its type. Typed YAML would turn the id
`03752642` into an octal number, `2720e784` into infinity, and the commenters `Yes` and `null` into
a truth value and nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Protocol, TypeAlias

from feeds import dates
from feeds.errors import ContentError
from feeds.patterns import lazy

#: Deeper than any front matter; also bounds our recursion.
_MAX_DEPTH = 20
#: A dotted key (TOML 1.0, "Keys") of more parts than anybody writes: `tomllib` takes the square of
#: their number, hours for a post of the size that we read.
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = lazy(rf"""(?<![\w."'-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{64}}""")


#: What YAML reads as nothing, where it stands without quotes.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(str):
    """A text from a record."""

    __slots__ = ("line", "plain")

    #: Counted from 1 within its file.
    line: int
    #: Whether it stood without quotes: `null` is nothing then, and "null" a name.
    plain: bool

    def __new__(cls, text: str, line: int, plain: bool = False) -> Scalar:
        """Return `text` with its line, and whether it stood without quotes."""
        self = str.__new__(cls, text)
        self.line = line
        self.plain = plain
        return self

    @property
    def is_null(self) -> bool:
        """Whether YAML would read nothing here."""
        return self.plain and self in NULLS


Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
Record: TypeAlias = dict[str, Value]


class TextSource(Protocol):
    """Text that comes piece by piece."""

    def read(self, size: int) -> str:
        """Return about `size` characters more; nothing at the end."""


def from_yaml(text: str, first_line: int = 1, *, lenient: bool = False) -> Record:
    """Read a YAML mapping; `first_line` is where `text` starts within its file.

    Args:
        text: the YAML.
        first_line: where it starts within its file, for messages.
        lenient: read what other programs read, too: aliases, and the last of two equal keys.

    Raises:
        ContentError: it is not one, or it uses aliases, or a key twice.
    """
    record = simple_mapping(text, first_line)
    if record is not None:
        return record
    from feeds.sources import libyaml

    return libyaml.mapping(text, first_line, lenient=lenient)


def list_from_yaml(text: str | TextSource) -> Iterator[tuple[int, Value]]:
    """Yield the items of a YAML list, or the one mapping that stands there, each with its line.

    Raises:
        ContentError: at the place from which on it cannot be read.
    """
    record = simple_mapping(text, 1) if isinstance(text, str) else None
    if record is not None:
        yield 1, record
        return
    from feeds.sources import libyaml

    yield from libyaml.items(text)


#: What begins something else than a text without quotes.
_INDICATORS = frozenset("-?:,[]{}#&*!|>%@`")
#: What YAML takes for the end of a line, or refuses; and tabs, which it allows here and there.
_ODD = lazy("[\x00-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


#: What is longer may hold more values than any front matter does; libyaml counts them.
_LONG = 100_000


def simple_mapping(text: str, first_line: int) -> Record | None:
    """Read `key: value` lines, and lists of texts, without waking libyaml.

    None if there may be more to it: what is read here is what libyaml would read.
    """
    if len(text) > _LONG:
        return None
    record: Record = {}
    lines = text.rstrip("\n").split("\n")
    #: Of a key with nothing behind it, until the next one: it may have a list below it.
    open_key = margin = ""
    for number, line in enumerate(lines, first_line):
        if not line.isprintable() and _ODD.search(line):
            return None
        key, colon, rest = line.partition(":")
        value: Value | None
        if colon and key.isidentifier() and key.isascii():
            if key in record or (rest and rest[0] != " "):
                return None
            said = rest.strip(" ")
            value = _flow_list(said, number) if said[:1] == "[" else _scalar(said, number)
            if value is None:
                return None
            record[key] = value
            open_key, margin = "" if said else key, ""
            continue
        blanks, dash, said = line.partition("- ")
        said = said.strip(" ")
        if not open_key or not dash or not said or blanks.strip(" "):
            return None
        items = record[open_key]
        if not isinstance(items, list):
            items = record[open_key] = []
            margin = blanks
        value = _scalar(said, number)
        if value is None or blanks != margin or len(items) == _MAX_ITEMS:
            return None
        items.append(value)
    return record


def _scalar(said: str, line: int) -> Scalar | None:
    """Return a text, quoted or not; None if there may be more to it."""
    first = said[:1]
    if first in {'"', "'"}:
        text = _unquoted(said)
        return None if text is None else Scalar(text, line)
    if first in _INDICATORS or ": " in said or " #" in said or said[-1:] == ":":
        return None
    return Scalar(said, line, plain=True)


#: Longer lists are libyaml's, which knows how much is too much.
_MAX_ITEMS = 1000
#: A text between commas that has nothing in it which means something there.
_ITEM = lazy(r"\w(?:[\w.+/&'()#-]| (?!#))*")


def _flow_list(said: str, line: int) -> Value | None:
    """Return the texts of `[one, two]`; None if there may be more to it."""
    if said[-1:] != "]" or len(said) < 2:
        return None
    inner = said[1:-1].strip(" ")
    items: list[Value] = []
    for item in inner.split(",", _MAX_ITEMS) if inner else []:
        text = item.strip(" ")
        if _ITEM.fullmatch(text):
            items.append(Scalar(text, line, plain=True))
        elif text[:1] in {'"', "'"} and (unquoted := _unquoted(text)) is not None:
            items.append(Scalar(unquoted, line))
        else:
            return None
    return items


def _unquoted(text: str) -> str | None:
    """Return what stands in quotes; None if there is more to it."""
    inner, quote = text[1:-1], text[0]
    if len(text) < 2 or text[-1] != quote:
        return None
    escaped = '\\"' if quote == '"' else "''"
    rest = inner.replace(escaped, "")
    if quote in rest or (quote == '"' and "\\" in rest):
        return None
    return inner.replace(escaped, quote)


def from_toml(text: str, first_line: int = 1) -> Record:
    """Read TOML front matter as texts, so that dates and names follow the same rules as in YAML.

    Raises:
        ContentError: it is not TOML.
    """
    record = simple_table(text, first_line)
    return parsed_toml(text, first_line) if record is None else record


_TEXT = r"""(?:"[^"\\\x00-\x08\n-\x1f\x7f]*"|'[^'\x00-\x08\n-\x1f\x7f]*')"""
_PAIR = lazy(
    rf"""([A-Za-z0-9_-]+)\ *=\ *
    (?:({_TEXT})
    |(true|false|0|[1-9]\d{{0,17}})
    |(\d{{4}}-\d\d-\d\d)(?:[T\ ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?))?
    |(\[\ *(?:{_TEXT}(?:,\ *{_TEXT})*)?\ *\])
    )\ *""",
    re.VERBOSE | re.ASCII,
)
_TEXTS = lazy(_TEXT)


def simple_table(text: str, first_line: int) -> Record | None:
    """Read `key = value` lines and nothing else, in a tenth of the time that `tomllib` takes.

    None if there may be more to it: what is read here is what `tomllib` would read.
    """
    record: Record = {}
    lines = text.split("\n")
    # Asked once for all: what is in quotes is then what it looks like.
    is_plain = "\\" not in text and "".join(lines).isprintable()
    for number, line in enumerate(lines, first_line):
        if not line:
            continue
        key, _, said = line.partition(" = ")
        is_usual = is_plain and key.isidentifier() and key.isascii()
        value = _usual(said, number) if is_usual else None
        if value is None:
            key, value = _pair(line, number)
        if value is None or key in record:
            return None
        record[key] = value
    return record


def _usual(said: str, line: int) -> Value | None:
    """Return a value that is written as nearly everybody does; None: `_pair` knows the others.

    It can be printed, and has no backslash in it.
    """
    first = said[:1]
    if first == '"':
        if said[-1:] == '"' and said.count('"') == 2:
            return Scalar(said[1:-1], line)
    elif first == "[":
        # What stands before, between and behind the texts, and the texts.
        parts = said[1:-1].split('"')
        is_list = said[-1:] == "]" and len(parts) % 2 and not parts[0] and not parts[-1]
        if is_list and _COMMAS.issuperset(parts[2:-1:2]):
            return [Scalar(item, line) for item in parts[1::2]]
    elif said == "false" or said == "true":
        return Scalar(said, line)
    elif said[19:20] != " " and (moment := dates.usual(said)):
        is_canonical = said[10:11] != " " and not said.endswith(("Z", "-00:00"))
        return Scalar(said if is_canonical else moment.isoformat(), line)
    return None


#: What stands between the texts of a list.
_COMMAS = frozenset({",", ", "})


def _pair(written: str, line: int) -> tuple[str, Value | None]:
    """Return a key and its value, if that is a text, a word, a number, a time or a list of texts."""
    pair = _PAIR.fullmatch(written)
    if not pair:
        return "", None
    key, text, word, day, time_of_day, listed = pair.groups()
    if text:
        return key, Scalar(text[1:-1], line)
    if word:
        return key, Scalar(word, line)
    if listed:
        return key, [Scalar(item[1:-1], line) for item in _TEXTS.findall(listed)]
    try:
        moment = datetime.fromisoformat(f"{day}T{time_of_day}" if time_of_day else day)
    except ValueError:
        return key, None
    return key, Scalar(moment.isoformat() if time_of_day else day, line)


def parsed_toml(text: str, first_line: int) -> Record:
    """Read TOML by `tomllib`."""
    if long := _LONG_KEY.search(text):
        raise _too_deep(first_line + text.count("\n", 0, long.start()))
    try:
        table = tomllib.loads(text, parse_float=str)  # the slug 1.10 is not 1.1
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is a plain ValueError
        match = re.search(r"at line (\d+)", str(error))
        last = text.rstrip().count("\n") + 1 if "at end of document" in str(error) else 1
        line = first_line - 1 + (int(match[1]) if match else last)
        what = re.sub(r" \(at .*\)$", "", str(error))
        raise ContentError(f"not TOML: {what}", "correct it there", line) from None
    lines = {
        match[1]: number
        for number, row in enumerate(text.split("\n"), first_line)
        if (match := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", row))
    }
    return {key: _typed(value, lines.get(key, first_line)) for key, value in table.items()}


def from_json(text: str, first_line: int = 1) -> Record:
    """Read a JSON object as texts.

    Raises:
        ContentError: it is none.
    """
    import json  # of no use to nearly every blog

    try:
        table = json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError as error:
        line = first_line - 1 + error.lineno
        raise ContentError(f"not JSON: {error.msg}", "correct it there", line) from None
    except (ValueError, RecursionError):
        raise _too_deep(first_line) from None
    if not isinstance(table, dict):
        raise ContentError("not a JSON object", "write { and } around it", first_line)
    return {key: _typed(value, first_line) for key, value in table.items()}


def _typed(value: Any, line: int, depth: int = 1) -> Value:
    """Return values that a parser has typed as texts again."""
    if depth > _MAX_DEPTH:
        raise _too_deep(line)
    if value is None:
        return Scalar("", line, plain=True)
    if isinstance(value, list):
        return [_typed(item, line, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: _typed(item, line, depth + 1) for key, item in value.items()}
    if isinstance(value, bool):
        return Scalar(str(value).lower(), line)
    if isinstance(value, datetime | date | time):
        return Scalar(value.isoformat(), line)
    try:
        return Scalar(str(value), line)
    except ValueError:  # 0xfff… of any length is a number, and Python writes 4300 digits
        raise ContentError("a number that nobody can read", "put it in quotes", line) from None


def _too_deep(line: int) -> ContentError:
    return ContentError("nested too deep", "make it flat", line)
