"""Texts escaped as libxml2 escapes them when lxml writes a document in UTF-8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType


def text(said: str) -> str:
    """Escape what stands between tags."""
    plain = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("\r", "&#13;") if "\r" in plain else plain


def attribute(said: str) -> str:
    """Escape what stands in double quotes."""
    plain = text(said).replace('"', "&quot;")
    return plain if plain.isprintable() else plain.replace("\t", "&#9;").replace("\n", "&#10;")


#: By the name of where a text stands.
ESCAPES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"text": text, "attribute": attribute}
)


def place(before: str) -> str:
    """Return the name of where a text stands that comes behind `before`."""
    return "attribute" if before.rfind("<") > before.rfind(">") else "text"
