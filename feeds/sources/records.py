"""YAML and TOML as people mean them: a record of texts, each with the line it stands on.

Every scalar is text, and the reader of a key gives it its type. Typed YAML would turn the id
`03752642` into an octal number, `2720e784` into infinity, and the commenters `Yes` and `null` into
a truth value and nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Protocol, TypeAlias

import yaml

from feeds.errors import ContentError

#: Deeper than any front matter; also bounds our recursion.
_MAX_DEPTH = 20


class Scalar(str):
    """A text from a record."""

    __slots__ = ("line", "plain")

    #: Counted from 1 within its file.
    line: int
    #: Whether it stood without quotes: `null` is nothing then, and "null" a name.
    plain: bool

    def __new__(cls, text: str, line: int, plain: bool = False) -> Scalar:
        """Return `text` with its line, and whether it stood without quotes."""
        self = super().__new__(cls, text)
        self.line = line
        self.plain = plain
        return self

    @property
    def is_null(self) -> bool:
        """Whether YAML would read nothing here."""
        return self.plain and self in {"", "~", "null", "Null", "NULL"}


Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
Record: TypeAlias = dict[str, Value]

try:
    _Loader: Any = yaml.CBaseLoader
except AttributeError:  # PyYAML built without libyaml: 15 times slower, and right
    _Loader = yaml.BaseLoader


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
    events = _Events(text, first_line, lenient=lenient)
    try:
        value = events.only_document()
    except yaml.YAMLError as error:
        raise _content_error(error, first_line) from None
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise ContentError(
            "not a list of `key: value` lines", "write one key on a line", first_line
        )
    return value


def list_from_yaml(text: str | TextSource) -> Iterator[tuple[int, Value]]:
    """Yield the items of a YAML list, or the one mapping that stands there, each with its line.

    Raises:
        ContentError: at the place from which on it cannot be read.
    """
    events = _Events(text, 1)
    try:
        yield from events.items()
    except yaml.YAMLError as error:
        raise _content_error(error, 1) from None


class _Events:
    """The events of a YAML text, made into values as they come: no tree of the whole is ever held."""

    def __init__(self, text: str | TextSource, first_line: int, *, lenient: bool = False) -> None:
        self._next = _Loader(text).get_event
        self._offset = first_line
        self._lenient = lenient
        self._named: dict[str, Value] = {}

    def only_document(self) -> Value | None:
        """Return the value of the one document; None if there is none."""
        value = None
        event = self._start()
        if event is not None:
            value = self._value(event)
            self._end()
        return value

    def items(self) -> Iterator[tuple[int, Value]]:
        """Yield the items of the list that the one document is, each with its line."""
        event = self._start()
        if event is None:
            return
        line = self._line(event)
        if type(event) is yaml.SequenceStartEvent:
            while type(event := self._next()) is not yaml.SequenceEndEvent:
                yield self._line(event), self._value(event)
        elif value := self._value(event):
            if not isinstance(value, dict):
                raise ContentError(
                    "not a list of comments", "start each with `- ` and its first key", line
                )
            yield line, value
        self._end()

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self._offset

    def _start(self) -> Any:
        """Return the first event of the document; None if there is none."""
        self._next()  # the stream starts
        if type(self._next()) is yaml.StreamEndEvent:
            return None
        return self._next()

    def _end(self) -> None:
        self._next()  # the document ends
        event = self._next()
        if type(event) is not yaml.StreamEndEvent:
            raise ContentError("more than one YAML document", "keep one", self._line(event))

    def _value(self, event: Any, depth: int = 0) -> Value:
        """Return the scalar, list or mapping that starts with `event`."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            value: Value = Scalar(event.value, self._line(event), not event.style)
        elif kind is yaml.AliasEvent and self._lenient:
            # A value that is shared, not copied: a bomb of aliases stays as small as its text.
            return self._named.get(event.anchor, Scalar("", self._line(event), plain=True))
        else:
            value = self._collection(event, depth)
        if self._lenient and event.anchor:
            self._named[event.anchor] = value
        return value

    def _collection(self, event: Any, depth: int) -> Value:
        kind = type(event)
        if depth > _MAX_DEPTH:
            raise ContentError("nested too deep", "make it flat", self._line(event))
        if kind is yaml.MappingStartEvent:
            return self._mapping(depth + 1)
        if kind is yaml.SequenceStartEvent:
            items: list[Value] = []
            while type(event := self._next()) is not yaml.SequenceEndEvent:
                items.append(self._value(event, depth + 1))
            return items
        raise ContentError(
            "a YAML alias (*name), which is not read here", "write the value out", self._line(event)
        )

    def _mapping(self, depth: int) -> Record:
        record: Record = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent:
                raise ContentError(
                    "a key that is a list", "write a word before the colon", self._line(event)
                )
            key = event.value
            if key == "<<" and self._lenient:
                self._merge(record, self._value(self._next(), depth))
                continue
            if key in record and not self._lenient:
                raise ContentError(
                    f"the key {key!r} stands twice", "keep one of them", self._line(event)
                )
            record[key] = self._value(self._next(), depth)
        return record

    def _merge(self, record: Record, value: Value) -> None:
        """Add what `<<: *defaults` stands for; keys of the record's own win (YAML 1.1, merge)."""
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                record |= item | record


def _content_error(error: yaml.YAMLError, offset: int) -> ContentError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    line = mark.line + offset if mark else offset
    return ContentError(f"not YAML: {what}", "quote the value, or mind the indentation", line)


def from_toml(text: str, first_line: int = 1) -> Record:
    """Read TOML front matter as texts, so that dates and names follow the same rules as in YAML.

    Raises:
        ContentError: it is not TOML.
    """
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
        for number, row in enumerate(text.splitlines(), first_line)
        if (match := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", row))
    }
    return {key: _typed(value, lines.get(key, first_line)) for key, value in table.items()}


def from_json(text: str, first_line: int = 1) -> Record:
    """Read a JSON object as texts.

    Raises:
        ContentError: it is none.
    """
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
