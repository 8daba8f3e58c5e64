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


def from_yaml(text: str, first_line: int = 1) -> Record:
    """Read a YAML mapping; `first_line` is where `text` starts within its file.

    Raises:
        ContentError: it is not one, or it uses aliases, or a key twice.
    """
    records = list(_documents(text, first_line))
    if not records:
        return {}
    if len(records) > 1 or not isinstance(records[0], dict):
        raise ContentError(
            "not a list of `key: value` lines", "write one key on a line", first_line
        )
    return records[0]


def list_from_yaml(text: str | TextSource) -> Iterator[tuple[int, Value]]:
    """Yield the items of a YAML list, or the one mapping that stands there, each with its line.

    Raises:
        ContentError: at the place from which on it cannot be read.
    """
    events = _Events(text, 1)
    events.expect(yaml.StreamStartEvent)
    if isinstance(events.peek(), yaml.StreamEndEvent):
        return
    events.expect(yaml.DocumentStartEvent)
    line = events.line
    if not isinstance(events.peek(), yaml.SequenceStartEvent):
        value = events.value()
        if not isinstance(value, dict) and value != "":
            raise ContentError(
                "not a list of comments", "start each with `- ` and its first key", line
            )
        if value:
            yield line, value
    else:
        events.next()
        while not isinstance(events.peek(), yaml.SequenceEndEvent):
            line = events.line
            yield line, events.value()
        events.next()
    events.expect(yaml.DocumentEndEvent)
    events.expect(yaml.StreamEndEvent)


def _documents(text: str, first_line: int) -> Iterator[Value]:
    events = _Events(text, first_line)
    events.expect(yaml.StreamStartEvent)
    while not isinstance(events.peek(), yaml.StreamEndEvent):
        events.expect(yaml.DocumentStartEvent)
        value = events.value()
        if value != "":
            yield value
        events.expect(yaml.DocumentEndEvent)


class TextSource(Protocol):
    """Text that comes piece by piece."""

    def read(self, size: int) -> str:
        """Return about `size` characters more; nothing at the end."""


class _Events:
    """The events of a YAML text, one ahead, with our errors instead of the library's."""

    def __init__(self, text: str | TextSource, first_line: int) -> None:
        self._loader = _Loader(text)
        self._offset = first_line

    @property
    def line(self) -> int:
        """The line that the next event starts on."""
        return int(self.peek().start_mark.line) + self._offset

    def peek(self) -> Any:
        """Return the next event and leave it there."""
        try:
            return self._loader.peek_event()
        except yaml.YAMLError as error:
            raise _content_error(error, self._offset) from None

    def next(self) -> Any:
        """Return the next event and move on."""
        self.peek()
        return self._loader.get_event()

    def expect(self, kind: type) -> None:
        """Move over an event of this kind."""
        event = self.next()
        if not isinstance(event, kind):
            raise ContentError(
                "more than one YAML document", "keep one", event.start_mark.line + self._offset
            )

    def value(self, depth: int = 0) -> Value:
        """Return the scalar, list or mapping that comes next."""
        event = self.next()
        line = event.start_mark.line + self._offset
        if depth > _MAX_DEPTH:
            raise _too_deep(line)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, line, event.style is None or event.style == "")
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Value] = []
            while not isinstance(self.peek(), yaml.SequenceEndEvent):
                items.append(self.value(depth + 1))
            self.next()
            return items
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        raise ContentError(
            "a YAML alias (*name), which is not read here", "write the value out", line
        )

    def _mapping(self, depth: int) -> Record:
        record: Record = {}
        while not isinstance(self.peek(), yaml.MappingEndEvent):
            line = self.line
            key = self.value(depth + 1)
            if not isinstance(key, Scalar):
                raise ContentError("a key that is a list", "write a word before the colon", line)
            if key in record:
                raise ContentError(f"the key {str(key)!r} stands twice", "keep one of them", line)
            record[str(key)] = self.value(depth + 1)
        self.next()
        return record


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
    return {key: _from_toml(value, lines.get(key, first_line)) for key, value in table.items()}


def _from_toml(value: Any, line: int, depth: int = 1) -> Value:
    if depth > _MAX_DEPTH:
        raise _too_deep(line)
    if isinstance(value, list):
        return [_from_toml(item, line, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key: _from_toml(item, line, depth + 1) for key, item in value.items()}
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
