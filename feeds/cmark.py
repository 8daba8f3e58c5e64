"""Markdown rendered by cmarkgfm, whose own function never frees what it made (1 KB a comment)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cmarkgfm import _cmark, cmark

_as_number = _cmark.ffi.cast
_POINTER = _cmark.ffi.typeof("uintptr_t")


def to_html(text: str, extensions: Sequence[str], *, footnotes: bool) -> str:
    """Render Markdown with some of GitHub's extensions; raw HTML is let through."""
    options: int = cmark.Options.CMARK_OPT_UNSAFE
    try:
        return _rendered(
            text, options | (cmark.Options.CMARK_OPT_FOOTNOTES if footnotes else 0), extensions
        )
    except UnicodeDecodeError:
        # Its footnotes cut the name of one at a byte: `[^` and an emoji further down will do.
        return _rendered(text, options, extensions, errors="replace")


def _rendered(text: str, options: int, extensions: Sequence[str], errors: str = "strict") -> str:
    parser = cmark.parser_new(options=options)
    try:
        for name in extensions:
            cmark.parser_attach_syntax_extension(parser, _extension(name))
        cmark.parser_feed(parser, text)
        root = cmark.parser_finish(parser)
        try:
            used = cmark.parser_get_syntax_extensions(parser)
            return _taken(_cmark.lib.cmark_render_html(root, options, used), errors)
        finally:
            _free_node(int(_as_number(_POINTER, root)))
    finally:
        cmark.parser_free(parser)


@lru_cache
def _extension(name: str) -> Any:
    cmark.core_extensions_ensure_registered()
    return cmark.find_syntax_extension(name)


def _taken(raw: Any, errors: str) -> str:
    """Return the text at an address, and give its memory back.

    `&#xFFFE;` and `&#xFFFF;` come out of it as bytes that are no UTF-8.
    """
    try:
        text: str = _cmark.ffi.string(raw).decode("utf-8", errors)
    finally:
        _free(int(_as_number(_POINTER, raw)))
    return text


def _freeing(library: str | None, name: str) -> Any:
    """Return a function that frees what it is given; where there is none, nothing is freed."""
    try:
        function = getattr(ctypes.CDLL(library), name)
    except (OSError, AttributeError):
        return lambda _: None
    function.argtypes, function.restype = [ctypes.c_void_p], None
    return function


# cmark-gfm allocates by the C library's malloc, and cmarkgfm does not offer the function that frees
# a tree; its library has it all the same.
_free_node = _freeing(_cmark.__file__, "cmark_node_free")
_free = _freeing(None, "free")
