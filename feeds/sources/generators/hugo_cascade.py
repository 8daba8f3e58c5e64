"""What a Hugo section hands down to the pages below it: `cascade`, and that it is hidden.

A site's configuration and every `_index.md` may set front matter for what lies below them. The
values are kept frozen: a generator is hashed, pickled and compared by its `repr`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from feeds.sources.records import Record, Scalar, Value
from feeds.tuples import NamedTuple

# --- values that never change ---------------------------------------------------------------------


class Text(NamedTuple):
    """A `Scalar` without its line."""

    text: str
    plain: bool


class Items(NamedTuple):
    """A list."""

    items: tuple[Frozen, ...]


class Pairs(NamedTuple):
    """A record."""

    pairs: tuple[tuple[str, Frozen], ...]


Frozen: TypeAlias = "Text | Items | Pairs"


#: More than any cascade says, and deeper: YAML's aliases make much of little.
_MAX_ITEMS = 1000
_MAX_DEPTH = 10


def freeze(value: Value, depth: int = 0) -> Frozen:
    """Return a value that can be hashed, pickled and compared by its `repr`.

    What is nested deeper than front matter ever is comes out empty.
    """
    if isinstance(value, Scalar):
        return Text(str(value), value.plain)
    if depth > _MAX_DEPTH or _size(value) > _MAX_ITEMS:
        return Text("", plain=True)
    if isinstance(value, list):
        return Items(tuple(freeze(item, depth + 1) for item in value))
    return Pairs(tuple((key, freeze(item, depth + 1)) for key, item in value.items()))


def _size(value: Value) -> int:
    """Count the scalars that a value spells out, and stop where there are too many."""
    count, waiting = 0, [value]
    while waiting and count <= _MAX_ITEMS:
        item = waiting.pop()
        count += 1
        if isinstance(item, list | dict):
            waiting += item if isinstance(item, list) else item.values()
    return count


def thaw(frozen: Frozen) -> Value:
    """Return the value again; what a section says has no line in the page's own file."""
    if isinstance(frozen, Text):
        return Scalar(frozen.text, 1, frozen.plain)
    if isinstance(frozen, Items):
        return [thaw(item) for item in frozen.items]
    return {key: thaw(item) for key, item in frozen.pairs}


def lower_keys(record: Record) -> Record:
    """Return a record with all keys in lower case, also of records in it: Hugo's have no case.

    It is the same record if there is nothing to change.
    """
    keys = "".join(record)
    if keys == keys.lower() and not _has_records(record):
        return record
    return {key.lower(): _lower(value, 1, {}) for key, value in record.items()}


def _has_records(record: Record) -> bool:
    """Tell whether any of a record's values is a record, or may have one in it."""
    for value in record.values():
        if isinstance(value, list):
            for item in value:
                if not isinstance(item, Scalar):
                    return True
        elif not isinstance(value, Scalar):
            return True
    return False


def _lower(value: Value, depth: int, done: dict[int, Value]) -> Value:
    """Return a value with keys in lower case; one that stands in many places is made once."""
    if isinstance(value, Scalar) or depth > _MAX_DEPTH:
        return value
    if id(value) not in done:
        if isinstance(value, list):
            done[id(value)] = [_lower(item, depth + 1, done) for item in value]
        else:
            done[id(value)] = {
                key.lower(): _lower(item, depth + 1, done) for key, item in value.items()
            }
    return done[id(value)]


# --- globs ----------------------------------------------------------------------------------------

_MAX_GLOB = 1000


@lru_cache(maxsize=64)
def _alternatives(pattern: str) -> tuple[str, ...]:
    """Return what `{a,b}` stands for, spelled out; a pattern with too many of them as it is."""
    found = [pattern]
    while any("{" in one for one in found):
        spelled: list[str] = []
        for one in found:
            # The last brace that opens has no other inside.
            before, brace, rest = one.rpartition("{")
            inner, closed, after = rest.partition("}")
            if not brace or not closed:
                spelled.append(one.replace("{", ""))
            else:
                spelled += [before + choice + after for choice in inner.split(",")]
        if len(spelled) > _MAX_GLOB:
            return (pattern,)
        found = spelled
    return tuple(found)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a glob fits: `*` and `?` stop at slashes, `**` does not, `{a,b}`, `[a-z]`.

    Case means nothing. All places of the pattern that fit so far are followed at once, so that no
    pattern takes longer than its length times that of the text.
    """
    text = text.lower()
    return any(_fits(one, text) for one in _alternatives(pattern.lower()[:_MAX_GLOB]))


def _fits(pattern: str, text: str) -> bool:
    steps = tuple(_steps(pattern))
    places = _reachable({0}, steps)
    for c in text:
        after: set[int] = set()
        for place in places:
            if place == len(steps):
                continue
            step = steps[place]
            if step.repeats and step.takes(c):
                after.add(place)
            elif not step.repeats and step.takes(c):
                after.add(place + 1)
        places = _reachable(after, steps)
        if not places:
            return False
    return len(steps) in places


def _reachable(places: set[int], steps: tuple[_Step, ...]) -> set[int]:
    found = set(places)
    for place in places:
        while place < len(steps) and steps[place].repeats:
            place += 1
            found.add(place)
    return found


class _Step(NamedTuple):
    """One character of a pattern, or what stands for some."""

    #: Empty: any character.
    characters: frozenset[str] = frozenset()
    #: Whether `characters` are those that do not fit.
    is_negative: bool = False
    repeats: bool = False

    def takes(self, c: str) -> bool:
        """Tell whether the character fits here."""
        return (c in self.characters) is not self.is_negative


_NOT_SLASH = frozenset("/")


def _steps(pattern: str) -> Iterator[_Step]:
    index = 0
    while index < len(pattern):
        c = pattern[index]
        index += 1
        if c == "*" and pattern[index : index + 1] == "*":
            index += 1
            yield _Step(is_negative=True, repeats=True)
        elif c in "*?":
            yield _Step(_NOT_SLASH, is_negative=True, repeats=c == "*")
        elif c == "[" and (end := pattern.find("]", index + 1)) > 0:
            inner = pattern[index:end]
            index = end + 1
            yield _Step(_range(inner.lstrip("!")), is_negative=inner.startswith("!"))
        else:
            if c == "\\" and index < len(pattern):
                c = pattern[index]
                index += 1
            yield _Step(frozenset(c))


def _range(inner: str) -> frozenset[str]:
    if len(inner) == 3 and inner[1] == "-" and ord(inner[2]) - ord(inner[0]) < _MAX_GLOB:
        return frozenset(map(chr, range(ord(inner[0]), ord(inner[2]) + 1)))
    return frozenset(inner)


# --- cascades -------------------------------------------------------------------------------------


class Cascade(NamedTuple):
    """Front matter for some of what lies below a section."""

    values: Pairs
    #: A glob of paths from the content folder, with a leading slash; empty: all.
    path: str = ""
    #: Globs of kinds (`page`), languages and environments; empty: all.
    kind: str = ""
    lang: str = ""
    environment: str = ""

    def is_for(self, path: str, lang: str, kind: str = "page") -> bool:
        """Tell whether a page gets it, in a build for the public.

        Hugo matched the file's path until 0.122, and the path without suffix since.
        """
        logical = path.rpartition(".")[0].removesuffix("/index").removesuffix("/_index")
        return (
            (not self.kind or matches(self.kind, kind))
            and (not self.lang or matches(self.lang, lang))
            and (not self.environment or matches(self.environment, "production"))
            and (not self.path or matches(self.path, path) or matches(self.path, logical))
        )


def cascades(value: Value | None) -> tuple[Cascade, ...]:
    """Return what `cascade` says: one record, or a list of them, each with its `_target`."""
    found: list[Cascade] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            continue
        head = dict(lower_keys(item))
        # `target` is its name since 0.123; `params` hold nothing that a page's own keys do.
        target = head.pop("_target", None) or head.pop("target", None)
        found.append(_cascade(head, target if isinstance(target, dict) else {}))
    return tuple(found)


def merged(
    head: Record, handed_down: Iterable[Cascade], path: str, lang: str, kind: str = "page"
) -> Record:
    """Return a page's front matter with what is handed down to it, the nearest first.

    Args:
        head: its own, keys in lower case.
        handed_down: what the sections above it say, and the site.
        path: of its file from the content folder, with a leading slash.
        lang: its language.
        kind: `page`, `section` or `home`.
    """
    said = dict(head)
    for cascade in handed_down:
        if cascade.is_for(path, lang, kind):
            for key, value in cascade.values.pairs:
                said.setdefault(key, thaw(value))
    return said


def _cascade(head: Record, target: Record) -> Cascade:
    def glob(key: str) -> str:
        value = target.get(key)
        return str(value) if isinstance(value, Scalar) else ""

    values = Pairs(tuple((key, freeze(value, 1)) for key, value in head.items()))
    return Cascade(values, glob("path"), glob("kind"), glob("lang"), glob("environment"))
