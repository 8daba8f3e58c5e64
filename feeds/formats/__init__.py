"""`Feed` → bytes, in every format; the writers behind it are imported when the first feed is."""

from __future__ import annotations

import marshal
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TypeVar, cast

from feeds.feed import Feed, remade
from feeds.formats.forms import Forms, Writer
from feeds.formats.said import Said
from feeds.markup import REPLACEMENT, legal
from feeds.tuples import NamedTuple


class FormatInfo(NamedTuple):
    """What the world calls a format, and which module of this room writes it."""

    name: str
    suffix: str
    media_type: str
    module: str


FORMATS: Mapping[str, FormatInfo] = MappingProxyType(
    {
        "rss": FormatInfo("RSS 2.0", ".rss", "application/rss+xml", "rss"),
        "atom": FormatInfo("Atom 1.0", ".atom", "application/atom+xml", "atom"),
        "json": FormatInfo("JSON Feed 1.1", ".json", "application/feed+json", "jsonfeed"),
    }
)


def render(feed: Feed, formats: Sequence[str]) -> dict[str, bytes]:
    """Return the feed's bytes by suffix, in the order of `formats` (keys of `FORMATS`)."""
    return render_all([feed], formats)[0]


def render_all(feeds: Sequence[Feed], formats: Sequence[str]) -> list[dict[str, bytes]]:
    """Return what `render` does of each of some feeds, in less time."""
    said = Said(feeds)
    if not said.is_legal():
        said = Said([_legal(feed) for feed in feeds])
    suffixes = [FORMATS[name].suffix for name in formats]
    documents = zip(*[_forms(name).write(said) for name in formats], strict=True)
    return [dict(zip(suffixes, own, strict=True)) for own in documents]


def load(formats: Sequence[str]) -> None:
    """Import now what makes forms, unless they are known, so that nobody need wait for it later."""
    for name in formats:
        forms = _forms(name)
        if not forms.is_learned:
            forms.load()


def learned() -> bytes:
    """Return all forms that are known, for `recall` in a later run of this program."""
    states = {name: forms.state for name, forms in _FORMS.items() if forms.is_handy}
    return marshal.dumps(states, 2)


def recall(learned: bytes) -> None:
    """Know what `learned` knew, so that feedgen need not be imported to write a feed as before."""
    for name, state in marshal.loads(learned).items():
        _forms(name).recall(state)


_FORMS: dict[str, Forms] = {}


def _forms(name: str) -> Forms:
    if name not in _FORMS:
        writer = cast(Writer, import_module(f"feeds.formats.{FORMATS[name].module}"))
        _FORMS[name] = Forms(writer)
    return _FORMS[name]


T = TypeVar("T")


def _legal(value: T) -> T:
    """Return `value` with what XML forbids in any of its strings replaced by U+FFFD.

    This is the writers' door: the sanitiser turns `&#8;` back into a character that would make
    feedgen refuse the whole feed. Here the place of it is kept, since dropping it now could join
    what it kept apart.
    """
    if isinstance(value, str):
        return cast(T, legal(value, REPLACEMENT))
    if isinstance(value, tuple):
        return cast(T, remade(value, _legal))
    return value
