"""Compressed copies of feeds, for servers that send them as they are (nginx's `gzip_static`).

Compressing 680 KB for every request is 37 times the work of sending a copy. The same bytes always
make the same copy: no name and no time goes in.
"""

from __future__ import annotations

from collections.abc import Iterable

from feeds.errors import UsageError

#: What a copy's name ends in, by the name of its encoding (RFC 9110 §8.4.1).
SUFFIXES = {"gzip": ".gz", "br": ".br"}


def check(encodings: Iterable[str]) -> None:
    """See that everything is there that the encodings take.

    Raises:
        UsageError: the package `brotli` is missing.
    """
    if "br" in encodings:
        try:
            import brotli  # noqa: F401
        except ImportError:
            raise UsageError(
                "[feeds] precompress asks for br, and the package brotli is not installed;"
                " install it (pip install brotli), or leave br out"
            ) from None


def copies(data: bytes, encodings: Iterable[str]) -> dict[str, bytes]:
    """Return the compressed copies of a file, by what is added to its name."""
    return {SUFFIXES[encoding]: _packed(data, encoding) for encoding in encodings}


def _packed(data: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        import gzip  # which few ask for

        return gzip.compress(data, compresslevel=9, mtime=0)
    import brotli

    packed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=11)
    return packed


def original(name: str) -> str | None:
    """Return the name of the file that `name` is a copy of; None if it is no copy's."""
    for suffix in SUFFIXES.values():
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return None


def unpacked(name: str, start: bytes) -> bytes:
    """Return what the first bytes of a file say, if it is a copy unpacked; nothing if it is not."""
    try:
        if name.endswith(SUFFIXES["gzip"]):
            import zlib

            return zlib.decompressobj(wbits=31).decompress(start)
        if name.endswith(SUFFIXES["br"]):
            import brotli

            text: bytes = brotli.Decompressor().process(start)
            return text
    except Exception:  # brotli has an error of its own, and may not be there at all
        return b""
    return start
