"""`Feed` → bytes, in every format; the writers behind it are imported when the first feed is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple, TypeVar, cast

from feeds.feed import Feed, remade
from feeds.formats.forms import Forms, Writer
from feeds.formats.said import Said
from feeds.markup import REPLACEMENT, legal


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
    said = Said(feed)
    if not said.is_legal():
        said = Said(_legal(feed))
    return {FORMATS[name].suffix: _forms(name).write(said) for name in formats}


def load(formats: Sequence[str]) -> None:
    """Import the writers now, so that each of several processes need not."""
    for name in formats:
        _forms(name)


@cache
def _forms(name: str) -> Forms:
    return Forms(cast(Writer, import_module(f"feeds.formats.{FORMATS[name].module}")))


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
