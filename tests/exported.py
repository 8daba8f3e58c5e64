"""What the tests of the readers of exports share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TypeVar

from hypothesis import strategies as st

from feeds.errors import ContentError, Problem
from feeds.exports import Item, LeftOut, Site
from feeds.markup import first_illegal
from feeds.model import Comment, Post

T = TypeVar("T")

#: Anything that JSON can say.
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "\ud800",
            "\x0b/",
            "2016-03-04T07:05:00Z",
            "-1",
            "root",
            "approved",
            "published",
            "/ferry/",
        ]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def records_of(*keys: str) -> st.SearchStrategy[dict[str, object]]:
    """Objects with some of these keys, and anything for values."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(keys, ANYTHING))


def only(kind: type[T], items: Iterable[Item]) -> list[T]:
    """The items of one kind."""
    return [item for item in items if isinstance(item, kind)]


def kinds_left_out(items: Iterable[Item]) -> list[str]:
    """What did not come along, in order."""
    return [item.kind for item in only(LeftOut, items)]


def items_or_refusal(items: Iterator[Item]) -> list[Item] | ContentError:
    """Everything that an export gives, or why it gives nothing."""
    try:
        found = list(items)
    except ContentError as error:
        return error
    for item in found:
        assert isinstance(item, Site | Post | Comment | LeftOut | Problem)
        assert [
            text
            for text in _texts(
                item._asdict() if isinstance(item, Post | Comment | Problem) else asdict(item)
            )
            if first_illegal(text)
        ] == []
    return found


def _texts(value: object) -> Iterator[str]:
    """Every text within a value, since any of them may end up in a file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
