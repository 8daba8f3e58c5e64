"""The JSON that Ghost exports → posts and pages; what people comment is not in it.

Tables of a database, each a list: posts, then (in any order) who wrote them and what tags they
have. So the file is read twice: the small tables, then the posts. Addresses, passwords and
tokens of users stand in it, too, and are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feeds import urls
from feeds.errors import ContentError, Problem, quoted
from feeds.exports import Item, LeftOut, Site
from feeds.exports.json_records import Place, as_record, as_text, as_truth, records
from feeds.exports.pieces import head_text
from feeds.exports.values import DEFAULT_LIMITS, Reader, address, body_text
from feeds.markup import escaped, one_line
from feeds.model import Body, Markup, Person, Post, PostType
from feeds.settings import Limits
from feeds.sources import native

_HEAD = re.compile(r'\{\s*(?:"db"\s*:\s*\[\s*\{\s*)?"(?:meta|data)"\s*:\s*\{')
_TABLE = re.compile(
    r'"(?:exported_on|posts|posts_authors|posts_meta|posts_tags|settings|users)"\s*:'
)
_SMALL = ("users", "tags", "posts_authors", "posts_tags", "posts_meta", "settings")
#: What the address of the site stands for (since Ghost 4).
_GHOST_URL = re.compile(r"__GHOST_URL__/?")
#: A post's id since Ghost 1.0; before, it was a number, and feeds had the `uuid`.
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")
#: Tags of this kind are for themes, and no feed of Ghost's has them.
_INTERNAL = "internal"
_HIDDEN = {"draft": "drafts", "scheduled": "scheduled posts", "sent": "posts sent by e-mail only"}
_MEMBERS = frozenset({"members", "paid", "tiers", "filter"})


@dataclass(slots=True)
class _Tables:
    """What the small tables say, by the ids that the posts have."""

    users: dict[str, Person] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    #: Of each post: places and ids.
    authors_of: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    tags_of: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts so is an export of Ghost."""
    text = head_text(head)
    return bool(_HEAD.match(text)) and _TABLE.search(text) is not None


def read(path: Path, *, pings: bool = False, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Yield the site, then the posts and pages of an export of Ghost, in the order of the file.

    A post's id is what Ghost's own feed has for a `guid`: the id of its row, and before Ghost 1.0
    its UUID.

    Args:
        path: the file.
        pings: Ghost has none.
        limits: what no honest content exceeds.

    Raises:
        ContentError: it is no export of Ghost.
        StorageError: the system would not let us read it.
    """
    reader = Reader(path, limits)
    tables = _tables(path, reader)
    if (site := _site(tables.settings)) != Site():
        yield site
    any_post = False
    for found in records(path, _places("posts", *_SMALL)):
        if isinstance(found, Problem):
            yield found
        elif found.place[-2] == "posts":
            any_post = True
            yield from _post(as_record(found.value), found.line, tables, reader)
    if not any_post and not tables.settings:
        raise ContentError("no post of Ghost is in it", "name another file, or another --format")


def _places(*names: str) -> set[Place]:
    """Return where tables stand; the outer `db` went and came back over the years."""
    return {
        place for name in names for place in (("db", "*", "data", name, "*"), ("data", name, "*"))
    }


# --- the small tables -----------------------------------------------------------------------------


def _tables(path: Path, reader: Reader) -> _Tables:
    tables = _Tables()
    # What is wrong with the file is said when it is read for its posts.
    with suppress(ContentError):
        for found in records(path, _places(*_SMALL)):
            if not isinstance(found, Problem):
                _note(found.place[-2], as_record(found.value), tables, reader)
    return tables


def _note(table: str, row: dict[str, Any], tables: _Tables, reader: Reader) -> None:
    own, post = as_text(row.get("id")), as_text(row.get("post_id"))
    match table:
        case "users":
            name, page = as_text(row.get("name")), as_text(row.get("website"))
            tables.users[own] = reader.person(name, page)
        case "tags":
            name = one_line(as_text(row.get("name")))
            if name and row.get("visibility") != _INTERNAL and not name.startswith("#"):
                tables.tags[own] = name
        case "posts_authors":
            at = _place(row), as_text(row.get("author_id"))
            tables.authors_of.setdefault(post, []).append(at)
        case "posts_tags":
            tables.tags_of.setdefault(post, []).append((_place(row), as_text(row.get("tag_id"))))
        case "posts_meta":
            if described := as_text(row.get("meta_description")):
                tables.descriptions[post] = described
        case _:
            tables.settings[as_text(row.get("key"))] = as_text(row.get("value"))


def _place(row: dict[str, Any]) -> int:
    place = as_text(row.get("sort_order"))
    return int(place) if re.fullmatch(r"\d{1,9}", place) else 0


def _site(said: dict[str, str]) -> Site:
    language = said.get("locale") or said.get("lang") or said.get("defaultLang") or ""
    return Site(
        title=one_line(said.get("title", "")),
        description=one_line(said.get("description", "")),
        language=language if urls.LANGUAGE_TAG.fullmatch(language) else "",
    )


# --- posts ----------------------------------------------------------------------------------------


def _post(row: dict[str, Any], line: int, tables: _Tables, reader: Reader) -> Iterator[Item]:
    own, slug = as_text(row.get("id")), one_line(address(as_text(row.get("slug"))))
    called = one_line(own)[:100]
    said = one_line(as_text(row.get("title")))
    subject = (said or slug or called)[:100]
    kind = _why_hidden(row)
    body = _body(row)
    if not kind and len(body.text.encode("utf-8", "replace")) > reader.limits.post:
        kind = f"posts of more than {reader.limits.post:,} bytes"
    if kind:
        yield LeftOut(kind, subject=subject)
        return
    published = reader.moment(as_text(row.get("published_at")), line)
    updated = reader.moment(as_text(row.get("updated_at")), line)
    if not published:
        published = reader.moment(as_text(row.get("created_at")), line)
    permalink = f"/{slug.strip('/')}/" if slug.strip("/") else None
    title = reader.title(said, body, published)
    if not body.text:
        what = f"the post {quoted(title)} has no text in the export"
        reader.warn(what, "look at it on the site, and write it yourself if it has one there", line)
    if not permalink:
        reader.warn(f"the post {quoted(title)} has no slug", "give it its `permalink`", line)
    yield from reader.warnings()
    image = one_line(address(as_text(row.get("feature_image") or row.get("image"))))
    yield Post(
        path=called or slug or title,
        name=native.post_name(urls.encoded(permalink) if permalink else None, title),
        title=title,
        body=body,
        published=published,
        updated=updated if not published or (updated and updated > published) else None,
        authors=tuple(dict.fromkeys(_authors(row, tables))),
        permalink=permalink,
        id=_id(own, as_text(row.get("uuid"))),
        excerpt=_excerpt(row, tables.descriptions.get(own, "")),
        tags=_tags(tables.tags_of.get(own, []), tables),
        type=PostType.PAGE if _is_page(row) else PostType.POST,
        image=_GHOST_URL.sub("/", image) or None,
    )


def _why_hidden(row: dict[str, Any]) -> str | None:
    status, visibility = as_text(row.get("status")), as_text(row.get("visibility"))
    kind = as_text(row.get("type")) or "post"
    if status != "published":
        return _HIDDEN.get(status, "posts of unknown status")
    if visibility in _MEMBERS:
        return "posts for members only"
    if visibility not in {"", "public"} or kind not in {"post", "page"}:
        return "posts of unknown status"
    return None


def _is_page(row: dict[str, Any]) -> bool:
    return row.get("type") == "page" or as_truth(row.get("page")) is True


def _body(row: dict[str, Any]) -> Body:
    """Return the HTML that Ghost showed; the first versions kept Markdown beside it."""
    shown = body_text(as_text(row.get("html")))
    typed = body_text(as_text(row.get("markdown")))
    text, markup = (shown, Markup.HTML) if shown else (typed, Markup.MARKDOWN)
    return Body(_GHOST_URL.sub("/", text), markup)


def _id(own: str, uuid: str) -> str | None:
    return own if _OBJECT_ID.fullmatch(own) else one_line(uuid)[:100] or None


def _excerpt(row: dict[str, Any], described: str) -> Body | None:
    """Return what Ghost's feed has for a description, if somebody wrote it: plain text."""
    for said in (row.get("custom_excerpt"), row.get("meta_description"), described):
        if text := body_text(as_text(said)):
            return Body(escaped(text), Markup.HTML)
    return None


def _authors(row: dict[str, Any], tables: _Tables) -> Iterator[Person]:
    own = as_text(row.get("id"))
    # One author a post, before Ghost 1.22.
    ids = sorted(tables.authors_of.get(own, [])) or [(0, as_text(row.get("author_id")))]
    return (tables.users[user] for _, user in ids if user in tables.users)


def _tags(places: list[tuple[int, str]], tables: _Tables) -> tuple[str, ...]:
    names = (tables.tags.get(tag) for _, tag in sorted(places))
    return tuple(dict.fromkeys(name for name in names if name))
