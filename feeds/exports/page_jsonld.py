"""What a page tells machines in JSON-LD (schema.org's BlogPosting and its kin)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TypeAlias

from feeds.exports.page_tree import Element, walk
from feeds.markup import one_line

Thing: TypeAlias = "dict[str, object]"

_POSTS = frozenset(
    {"BlogPosting", "Article", "NewsArticle", "TechArticle", "Report", "SocialMediaPosting"}
)
_SITES = frozenset({"WebSite", "Blog"})
#: No page has more things, and a file made to be walked for ever ends here.
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Told:
    """The post and the site among all things that a page describes."""

    post: Thing
    site: Thing
    comments: tuple[Thing, ...] = ()


def read(root: Element) -> Told:
    """Return what the page's JSON-LD says; nothing of what cannot be read."""
    things = list(_all(root))
    by_id = {str(thing.get("@id")): thing for thing in things if len(thing) > 1}
    post = next((thing for thing in things if kinds(thing) & _POSTS), {})
    site = next((thing for thing in things if kinds(thing) & _SITES and thing.get("name")), {})
    if isinstance(author := post.get("author"), dict) and "name" not in author:
        post = {**post, "author": by_id.get(str(author.get("@id")), author)}
    comments = tuple(comment for comment in _listed(post.get("comment")))
    return Told(post, site, comments)


def _all(root: Element) -> Iterator[Thing]:
    """Yield every thing, however deep it stands."""
    stack: list[object] = []
    for element in walk(root):
        if element.tag == "script":
            text = "".join(child for child in element.children if isinstance(child, str))
            try:
                stack.append(json.loads(text, strict=False))
            except (ValueError, RecursionError):
                continue
    stack.reverse()
    seen = 0
    while stack and seen < _MOST:
        seen += 1
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(reversed([v for v in node.values() if isinstance(v, dict | list)]))
        elif isinstance(node, list):
            stack.extend(reversed([v for v in node if isinstance(v, dict | list)]))


def _listed(value: object) -> Iterator[Thing]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield item


def kinds(thing: Thing) -> set[str]:
    """Return what a thing is."""
    value = thing.get("@type")
    return {str(kind) for kind in (value if isinstance(value, list) else [value])}


def text(thing: Thing, *keys: str) -> str:
    """Return the first of `keys` that holds a text, on one line; entities are decoded once."""
    for key in keys:
        value = thing.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and one_line(value):
            return one_line(unescape(value))
    return ""


def names(thing: Thing, key: str) -> list[str]:
    """Return the names of people, or of whatever `key` lists."""
    value = thing.get(key)
    found = []
    for item in value if isinstance(value, list) else [value]:
        name = text(item, "name") if isinstance(item, dict) else item
        if isinstance(name, str) and one_line(name):
            found.append(one_line(unescape(name)))
    return found


def url(thing: Thing, key: str) -> str:
    """Return an address, which may stand alone or as the `@id` or `url` of a thing."""
    value = thing.get(key)
    return text(value, "@id", "url") if isinstance(value, dict) else text(thing, key)
