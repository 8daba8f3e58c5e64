"""Texts escaped as libxml2 escapes them when lxml writes a document in UTF-8."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from feeds.formats.said import Escape


def text(said: bytes) -> bytes:
    """Escape what stands between tags."""
    plain = said.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return plain.replace(b"\r", b"&#13;") if b"\r" in plain else plain


def attribute(said: bytes) -> bytes:
    """Escape what stands in double quotes."""
    plain = text(said).replace(b'"', b"&quot;")
    return plain.replace(b"\t", b"&#9;").replace(b"\n", b"&#10;")


#: By the name of where a text stands.
ESCAPES: Mapping[str, Escape] = MappingProxyType({"text": text, "attribute": attribute})


def place(before: str) -> str:
    """Return the name of where a text stands that comes behind `before`."""
    return "attribute" if before.rfind("<") > before.rfind(">") else "text"
