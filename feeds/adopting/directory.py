"""Everything of ours, by all that an old entry can be known by."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from feeds.adopting import keys
from feeds.adopting.entries import Kind, Known, OldEntry

#: What an old entry can be found by, the surest first.
TIERS = (
    "its id",
    "its link",
    "its id, an address",
    "a former address",
    "its title and moment",
    "its title and day",
    "its path, on another host",
)
Thing = TypeVar("Thing")


@dataclass(slots=True)
class _Lookup(Generic[Thing]):
    """Finds what has a key, unless two have it."""

    found: dict[Hashable, Thing] = field(default_factory=dict)
    ambiguous: set[Hashable] = field(default_factory=set)

    def add(self, key: Hashable, thing: Thing) -> None:
        if key and self.found.setdefault(key, thing) != thing:
            self.ambiguous.add(key)

    def get(self, key: Hashable) -> Thing | None:
        return None if key in self.ambiguous else self.found.get(key)


class Directory:
    """Everything of ours, by all that it can be known by."""

    def __init__(self, ours: Iterable[Known]) -> None:
        self.by_id: dict[str, Known] = {}
        #: Posts alone.
        self.posts: dict[str, Known] = {}
        self._links: _Lookup[Known] = _Lookup()
        self._aliases: _Lookup[Known] = _Lookup()
        self._paths: _Lookup[Known] = _Lookup()
        self._comments: _Lookup[Known] = _Lookup()
        self._ours = tuple(ours)
        for known in self._ours:
            self.by_id.setdefault(known.id, known)
            self._add(known)

    def _add(self, known: Known) -> None:
        page = keys.page_key(known.link)
        if known.kind is Kind.COMMENT:
            if anchor := keys.anchor_key(known.link):
                self._comments.add((page, anchor), known)
                self._comments.add((known.post, anchor), known)
            return
        self.posts.setdefault(known.id, known)
        self._links.add(page, known)
        self._paths.add(keys.path_key(page), known)
        for alias in known.aliases:
            former = keys.alias_key(alias, known.link)
            self._aliases.add(former, known)
            self._paths.add(keys.path_key(former), known)

    @cached_property
    def _titles(self) -> _Lookup[Known]:
        """Titles cost most and are seldom asked for."""
        lookup: _Lookup[Known] = _Lookup()
        for known in self._ours:
            if known.date and (title := keys.title_key(known.title)):
                for when in _moments(known):
                    lookup.add((known.kind, title, when), known)
        return lookup

    def candidates(self, old: OldEntry) -> Iterator[tuple[str, Known | None, bool]]:
        """Yield how it can be looked for, what is found so, and whether two have a claim."""
        for address, what in ((old.link, "link"), (old.id, "id, an address")):
            page = keys.page_key(address)
            if not page:
                continue
            if comment := self._comment(page, address):
                yield f"its {what}", comment, False
            if not keys.means_comment(address) and not keys.means_comment(old.link):
                yield self._found(f"its {what}", self._links, page)
                yield self._found("a former address", self._aliases, page)
        if title := keys.title_key(old.title):
            kinds = (Kind.COMMENT,) if keys.means_comment(old.link) else (Kind.POST, Kind.COMMENT)
            for kind in kinds:
                for when in _moments(old):
                    how = "its title and moment" if when.endswith("s") else "its title and day"
                    yield self._found(how, self._titles, (kind, title, when))
        path = keys.path_key(keys.page_key(old.link))
        if path and not keys.means_comment(old.link):
            yield self._found("its path, on another host", self._paths, path)

    def _found(
        self, how: str, lookup: _Lookup[Known], key: Hashable
    ) -> tuple[str, Known | None, bool]:
        return how, lookup.get(key), key in lookup.ambiguous

    def _comment(self, page: str, address: str) -> Known | None:
        """Return the comment that an address means, on its post's page or a former one."""
        anchor = keys.anchor_key(address)
        if not anchor:
            return None
        if found := self._comments.get((page, anchor)):
            return found
        path = keys.path_key(page)
        post = self._links.get(page) or self._aliases.get(page) or self._paths.get(path)
        return self._comments.get((post.id, anchor)) if post else None


def _moments(entry: Known | OldEntry) -> Iterator[str]:
    """Yield what titles are told apart by: the moment, then the days that it can be taken for."""
    if entry.date:
        yield str(int(entry.date.timestamp())) + "s"
        yield from keys.days(entry.date)
