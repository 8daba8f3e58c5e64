"""Element names of an export under the prefixes that everybody uses, whichever a file has."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAMESPACES = (
    (re.compile(r"https?://wordpress\.org/export/1\.\d+/?"), "wp"),
    (re.compile(r"https?://wordpress\.org/export/1\.\d+/excerpt/?"), "excerpt"),
    (re.compile(r"https?://purl\.org/rss/1\.0/modules/content/?"), "content"),
    (re.compile(r"https?://purl\.org/dc/elements/1\.1/?"), "dc"),
)
#: What an unknown namespace is called.
_FOREIGN = "?"
#: So many different names are remembered.
_MAX_NAMES = 1000


class Names:
    """The prefixes that are in force (Namespaces in XML 1.0 §6.1), by depth.

    A prefix that nobody declares means what it always does.

    Attributes:
        is_wxr: whether anything has said that this is an export of WordPress.
    """

    def __init__(self, scopes: list[tuple[int, dict[str, str]]] | None = None) -> None:
        self.is_wxr = False
        self._scopes = scopes or []
        self._known: dict[str, str] = {}

    def outside_of_items(self) -> Names:
        """Return the names that hold between two items."""
        names = Names([scope for scope in self._scopes if scope[0] <= 2])
        names.is_wxr = self.is_wxr
        return names

    def declare(self, depth: int, attributes: Mapping[str, str]) -> None:
        """Note the prefixes that an element declares."""
        found: dict[str, str] = {}
        for key, uri in attributes.items():
            if key == "xmlns" or key.startswith("xmlns:"):
                kind = next((kind for uris, kind in _NAMESPACES if uris.fullmatch(uri)), "")
                found[key[6:]] = kind or (_FOREIGN if uri else "")
                self.is_wxr |= kind == "wp"
        if found:
            self._scopes.append((depth, found))
            self._known.clear()

    def leave(self, depth: int) -> None:
        """Forget what an element has declared that ends."""
        if self._scopes and self._scopes[-1][0] == depth:
            self._scopes.pop()
            self._known.clear()

    def of(self, raw: str) -> str:
        """Return a name under its usual prefix: `wp:status`, `content:encoded`, `title`."""
        if name := self._known.get(raw):
            return name
        prefix, _, local = raw.rpartition(":")
        for _, scope in reversed(self._scopes):
            if prefix in scope:
                kind = scope[prefix]
                break
        else:
            kind = prefix
        name = f"{kind}:{local}" if kind else local
        if len(self._known) < _MAX_NAMES:
            self._known[raw] = name
        return name
