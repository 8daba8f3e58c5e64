"""Values of front matter and configuration, as Ruby sees them and Jekyll makes lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.markup import one_line
from feeds.sources.records import Record, Scalar, Value

#: YAML's own words for nil and false, which Ruby takes for the same where they stand unquoted.
_FALSE = frozenset({"null", "false", "no", "off"})
#: What people take for "no", quoted or not.
_NO = frozenset({"", "false", "no", "off", "n", "0"})
_YES = frozenset({"true", "yes", "on", "y", "1"})
#: A list of more categories or tags is no list that a person wrote.
_MAX_ITEMS = 10_000


def is_nothing(value: Value | None) -> bool:
    """Tell whether Ruby has nil or false here."""
    if not isinstance(value, Scalar):
        return value is None
    return value.is_null or (value.plain and value.lower() in _FALSE)


def is_no(value: Value) -> bool:
    """Tell whether a person says no: in quotes, too, though Ruby takes any text for true."""
    return isinstance(value, Scalar) and (value.is_null or value.strip().lower() in _NO)


def is_yes(value: Value | None) -> bool:
    """Tell whether a person says yes, in quotes or without."""
    return isinstance(value, Scalar) and value.strip().lower() in _YES


def text(value: Value | None) -> str | None:
    """Return a text as it stands there; None for Ruby's nil and false, and for what is no text."""
    return str(value) if isinstance(value, Scalar) and not is_nothing(value) else None


def stripped(record: Record, key: str) -> str:
    """Return a text without blanks around it; empty if there is none."""
    return (text(record.get(key)) or "").strip()


def items(record: Record, key: str) -> Iterator[str]:
    """Yield the texts of a list; nothing of what is no list."""
    value = record.get(key)
    for item in value if isinstance(value, list) else []:
        if isinstance(item, Scalar) and not item.is_null:
            yield str(item)


def plural(value: Value | None) -> list[str]:
    """Return a list, or a text with blanks between its items (`Utils.value_from_plural_key`)."""
    if value is None:
        return []
    if isinstance(value, Scalar):
        return [] if is_nothing(value) else re.findall(r"[^ \t\n\v\f\r]+", value)
    return _flat(value)


def singular(value: Value | None) -> list[str]:
    """Return one text, with blanks in it or without, or a list (`Utils.value_from_singular_key`)."""
    return [] if is_nothing(value) else _flat(value)


def distinct(record: Record, *keys: str) -> tuple[str, ...]:
    """Return the texts in `keys`, one or a list of them in each, on one line and each once."""
    found = (one_line(item) for key in keys if key in record for item in _flat(record[key]))
    return tuple(dict.fromkeys(item for item in found if item))


def line(record: Record, *keys: str) -> int:
    """Return the line of the first of `keys` that is there, else the first one."""
    for key in keys:
        value = record.get(key)
        while isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, Scalar):
            return value.line
    return 1


def _flat(value: Value | None) -> list[str]:
    """Return the texts of a list and of lists within it; of aliases that multiply, the first ones."""
    if isinstance(value, Scalar):
        return [] if value.is_null else [str(value)]
    if isinstance(value, list) and len(value) < _MAX_ITEMS:
        texts = [item for item in value if isinstance(item, Scalar)]
        if len(texts) == len(value):
            return [str(text) for text in texts if not text.is_null]
    return list(_flattened(value))


def _flattened(value: Value | None) -> Iterator[str]:
    stack = [iter(() if value is None else (value,))]
    for _ in range(_MAX_ITEMS):
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            if not stack:
                return
        elif isinstance(item, list):
            stack.append(iter(item))
        elif isinstance(item, Scalar) and not item.is_null:
            yield str(item)
