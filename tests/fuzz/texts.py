"""Bytes as the texts that functions are given."""

from __future__ import annotations

from feeds.markup import legal


def text_of(data: bytes) -> str:
    """Return any text: lone surrogates, control characters and all."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def legal_text(data: bytes) -> str:
    """Return a text as `sources.files` gives it to a parser: what XML forbids is gone."""
    return legal(data.decode("utf-8", "replace").removeprefix("\ufeff"))
