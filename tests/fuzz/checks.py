"""What must hold of results, whatever was put in. Each check is written anew, not taken from `feeds`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import html5lib

from feeds.errors import ContentError, FeedsError, Problem
from feeds.exports import LeftOut, Site
from feeds.markup import Policy
from feeds.model import Comment, Person, Post
from feeds.sources.records import Scalar

#: XML 1.0 §2.2, the other way round.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Elements that run or load something, and attributes that do.
_NEVER = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "link",
        "meta",
        "base",
        "svg",
        "math",
    ]
)
_URLS = frozenset({"href", "src", "poster"})
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@.]")


def is_legal(text: str) -> None:
    """Check that XML can carry a text."""
    assert not _ILLEGAL.search(text), f"XML cannot carry {_ILLEGAL.findall(text)[:3]!r}"


def is_moment(moment: datetime | None) -> None:
    """Check that a feed can carry a moment: aware, a year of four digits, no microseconds."""
    if moment is not None:
        assert moment.tzinfo is not None
        assert moment.astimezone(UTC).year >= 1000
        assert moment.microsecond == 0


def is_clean(clean: str, policy: Policy) -> None:
    """Check what a browser makes of clean HTML against what a policy allows."""
    fragment: Any = html5lib.parseFragment(clean, namespaceHTMLElements=False)
    for element in fragment.iter():
        if element is fragment:
            continue
        assert isinstance(element.tag, str), "a comment got out"
        assert element.tag in policy.tags() - _NEVER, f"<{element.tag}> got out"
        allowed = policy.attributes()
        for name, value in element.items():
            kept = allowed["*"] | allowed.get(element.tag, set())
            assert name in kept or (name == "rel" and policy.comment), f"{name}= got out"
            if name in _URLS:
                _is_address(value, element.tag, policy)


def _is_address(value: str, tag: str, policy: Policy) -> None:
    # URL Standard, basic URL parser: what a browser drops before it looks.
    seen = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(33)))))
    if re.match(r"(?i)https?:[/\\]{2}", seen):
        return
    scheme = urlsplit(seen).scheme
    is_picture = tag == "img" and seen.lower().startswith("data:image/")
    assert not policy.comment, f"{value!r} got out of a comment"
    assert scheme in {"mailto", "tel"} or is_picture, f"{value!r} got out of a post"


def texts_of(value: object, depth: int = 0) -> Iterator[str]:
    """Yield every text within a value."""
    assert depth < 60, "nests deeper than anybody reads"
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_of([*value.keys(), *value.values()], depth + 1)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_of(part, depth + 1)


def is_record(value: object, first: int, last: int) -> None:
    """Check that all scalars of a record have a line that is within the text."""
    if isinstance(value, dict):
        for part in value.values():
            is_record(part, first, last)
    elif isinstance(value, list):
        for part in value:
            is_record(part, first, last)
    else:
        assert isinstance(value, Scalar)
        assert first <= value.line <= last, f"line {value.line} of {last}"


def are_items(items: Iterable[object]) -> str:
    """Check what an export's reader yields; return what it looks like."""
    shape: list[str] = []
    for item in items:
        assert isinstance(item, Site | Post | Comment | LeftOut | Problem)
        for text in texts_of(
            item._asdict() if isinstance(item, Post | Comment | Problem) else asdict(item)
        ):
            is_legal(text)
        if isinstance(item, Problem):
            assert "\n" not in str(item)
            assert item.what
            shape.append(re.sub(r"\W.*|\d+", "", item.what))
        elif isinstance(item, LeftOut):
            shape.append(item.kind)
        elif isinstance(item, Post | Comment):
            is_item(item)
            shape.append(type(item).__name__)
        is_nobodys_address(item)
    return " ".join(sorted(set(shape)))


def is_item(item: Post | Comment) -> None:
    """Check a post or a comment of any source."""
    is_moment(item.published)
    is_moment(item.updated)
    if isinstance(item, Comment):
        assert item.id
        assert item.author.name
    else:
        assert item.name


def is_nobodys_address(item: object) -> None:
    """Check that no name that a feed shows is an e-mail address."""
    people: tuple[Person, ...] = ()
    if isinstance(item, Comment):
        people = (item.author,)
    elif isinstance(item, Post):
        people = item.authors
    for person in people:
        assert not _ADDRESS.search(person.name), f"{person.name!r} is an address"
        assert person.uri is None or person.uri.startswith(("http://", "https://"))


def is_refusal(error: FeedsError) -> str:
    """Check what a person is told; return what it looks like."""
    said = str(error)
    assert 0 < len(said) < 2000, "an error of no words or of too many"
    if isinstance(error, ContentError):
        assert error.what
        assert error.remedy
        assert error.line is None or error.line >= 0
    return shape_of(said)


def shape_of(text: str) -> str:
    """Return what a message says apart from numbers and what it quotes."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+|<[^>]*>", "_", text)[:60]
