"""YAML by libyaml's events, made into records: for whatever `records` does not read by itself.

PyYAML takes 8 ms to import, so this module is imported when the first such text comes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import yaml

from feeds.errors import ContentError
from feeds.sources.records import Record, Scalar, TextSource, Value

#: Deeper than any front matter; also bounds our recursion.
_MAX_DEPTH = 20
#: More values than any record has. What is beyond them is read past, and the record is none: what
#: is not held could be what hides it.
_MAX_VALUES = 100_000

try:
    _Loader: Any = yaml.CBaseLoader
except AttributeError:  # PyYAML built without libyaml: 15 times slower, and right
    _Loader = yaml.BaseLoader


def mapping(text: str, first_line: int, *, lenient: bool = False) -> Record:
    """Read a YAML mapping; see `records.from_yaml`."""
    try:
        value = _Events(text, first_line, lenient=lenient).only_document()
    except yaml.YAMLError as error:
        if lenient and "\\'" in text:  # Go's reader takes it for a quote
            return mapping(text.replace("\\'", "'"), first_line, lenient=True)
        raise _content_error(error, first_line) from None
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise ContentError(
            "not a list of `key: value` lines", "write one key on a line", first_line
        )
    return value


def items(text: str | TextSource) -> Iterator[tuple[int, Value]]:
    """Yield the items of a YAML list; see `records.list_from_yaml`."""
    try:
        yield from _Events(text, 1).items()
    except yaml.YAMLError as error:
        raise _content_error(error, 1) from None


class _Events:
    """The events of a YAML text, made into values as they come: no tree of the whole is ever held."""

    def __init__(self, text: str | TextSource, first_line: int, *, lenient: bool = False) -> None:
        self._next = _Loader(text).get_event
        self._offset = first_line
        self._lenient = lenient
        self._named: dict[str, Value] = {}
        self._held = 0
        self._room = sys.maxsize

    def only_document(self) -> Value | None:
        """Return the value of the one document; None if there is none."""
        value = None
        event = self._start()
        if event is not None:
            self._room = _MAX_VALUES
            value = self._value(event)
            if self._held > self._room:
                raise ContentError(
                    f"more than {_MAX_VALUES:,} values", "leave some out", self._line(event)
                )
            self._end()
        return value

    def items(self) -> Iterator[tuple[int, Value]]:
        """Yield the items of the list that the one document is, each with its line."""
        event = self._start()
        if event is None:
            return
        line = self._line(event)
        if type(event) is yaml.SequenceStartEvent:
            self._room = _MAX_VALUES
            while type(event := self._next()) is not yaml.SequenceEndEvent:
                self._held = 0
                value = self._value(event)
                yield self._line(event), value if self._held <= self._room else []
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
        self._held += 1
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
                value = self._value(event, depth + 1)
                if self._held <= self._room:
                    items.append(value)
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
            value = self._value(self._next(), depth)
            if self._held <= self._room:
                record[key] = value
        return record

    def _merge(self, record: Record, value: Value) -> None:
        """Add what `<<: *defaults` stands for; keys of the record's own win (YAML 1.1, merge)."""
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                self._held += len(item)
                if self._held <= self._room:
                    record |= item | record


def _content_error(error: yaml.YAMLError, offset: int) -> ContentError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    line = mark.line + offset if mark else offset
    return ContentError(f"not YAML: {what}", "quote the value, or mind the indentation", line)
