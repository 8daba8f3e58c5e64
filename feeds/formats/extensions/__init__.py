"""One module per namespace beside RSS and Atom: what it says of an entry, and how it is spelt.

feedgen asks an extension for nothing but the three methods of `Part`, so these need not know it.
The feed's part declares the prefix at the root; the entry's part writes the elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from lxml.etree import _Element


class Part:
    """An extension that adds nothing; what each namespace starts from."""

    prefix: ClassVar[str]
    uri: ClassVar[str]

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes to declare at the root."""
        return {self.prefix: self.uri}

    def extend_atom(self, element: _Element) -> _Element:
        """Add to an Atom feed or entry."""
        return element

    def extend_rss(self, element: _Element) -> _Element:
        """Add to an RSS document or item."""
        return element


def qualified(uri: str, name: str) -> str:
    """Return a name as lxml wants it."""
    return f"{{{uri}}}{name}"
