"""Texts escaped as libxml2 escapes them when lxml writes a document in UTF-8."""

from __future__ import annotations


def text(said: str) -> str:
    """Escape what stands between tags."""
    plain = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("\r", "&#13;") if "\r" in plain else plain


def attribute(said: str) -> str:
    """Escape what stands in double quotes."""
    plain = text(said).replace('"', "&quot;")
    return plain if plain.isprintable() else plain.replace("\t", "&#9;").replace("\n", "&#10;")


def is_attribute(before: str) -> bool:
    """Tell whether what comes behind `before` is in a tag."""
    return before.rfind("<") > before.rfind(">")
