"""An item of a WordPress export → a post, or the kind of thing that stays behind."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from feeds import dates, urls
from feeds.errors import ContentError
from feeds.exports import wordpress_text
from feeds.exports.values import Reader, body_text
from feeds.exports.wxr_fields import Channel, Item
from feeds.exports.wxr_library import Library, whole_number
from feeds.markup import display_name, one_line
from feeds.model import Body, CommentPolicy, Enclosure, Markup, Person, Post, PostType
from feeds.sources import native

_NEVER = "0000-00-00"
_STATUSES = {
    "draft": "drafts",
    "auto-draft": "drafts",
    "future": "scheduled {}",
    "inherit": "revisions",
    "pending": "pending {}",
    "private": "private {}",
    "trash": "trashed {}",
}
_TYPES = {
    "attachment": "attachments",
    "nav_menu_item": "menu items",
    "revision": "revisions",
}
#: No zone is further from Greenwich.
_MAX_OFFSET = timedelta(hours=15)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_LENGTH = re.compile(r"\d{1,18}")
#: In bytes, beside the text: the rest of a post's file.
_ROOM = 65_536


def why_left_out(item: Item) -> str:
    """Return the kind of thing that an item is, if it is none that is public; else nothing."""
    kind = item.said("wp:post_type")
    if kind not in {"post", "page", "attachment"}:
        return _TYPES.get(kind, f"items of type {kind[:40]}" if kind else "items of no type")
    noun = f"{kind}s"
    status = item.said("wp:status")
    if status != ("inherit" if kind == "attachment" else "publish"):
        known = _STATUSES.get(status) if kind != "attachment" else "attachments"
        return known.format(noun) if known else f"{noun} of unknown status"
    return f"password-protected {noun}" if item.said("wp:post_password") else ""


def path_of(item: Item) -> str:
    """Return what messages, and comments, call an item."""
    number = whole_number(item.said("wp:post_id"))
    return f"post {number}" if number else f"item at line {item.line}"


@dataclass(slots=True)
class Posts:
    """Makes posts of one export's items."""

    reader: Reader
    channel: Channel
    media: Library
    #: The names that posts have already; pages below different pages may share one.
    _names: set[str] = field(default_factory=set)
    _has_zoneless: bool = False

    def post(self, item: Item) -> Post:
        """Return the post that a public item is; what is wrong with it goes to the reader."""
        kind = item.said("wp:post_type")
        number = whole_number(item.said("wp:post_id"))
        body = self._body(item, number)
        published = self._moment(item, "wp:post_date") or self._pub_date(item)
        guid = item.said("guid")
        link = item.said("link")
        categories, tags = _terms(item.terms)
        title = wordpress_text.title(item.fields.get("title", ""))
        return Post(
            path=path_of(item),
            name=self._name(item, title),
            title=self.reader.title(title, body, published),
            body=body,
            published=published,
            updated=self._moment(item, "wp:post_modified"),
            authors=self._authors(item),
            permalink=link if urls.is_web_url(urls.encoded(link)) else None,
            id=guid if urls.is_absolute_uri(guid) else None,
            excerpt=_excerpt(item),
            type=PostType.POST if kind == "post" else PostType.PAGE,
            comments=_POLICIES.get(item.said("wp:comment_status"), CommentPolicy.AUTO),
            enclosures=tuple(_enclosures(item)),
            aliases=(f"/?{_QUERY_KEYS[kind]}={number}",) if number else (),
            categories=categories,
            tags=tags,
        )

    def _body(self, item: Item, number: int) -> Body:
        stored = item.fields.get("content:encoded", "")
        done = wordpress_text.post(stored, number, self.media)
        if done.dropped:
            what = f"{path_of(item)}: pictures or recordings that its text asks for are not in the export"
            self.reader.warn(what, 'export "All content", and import again', item.line)
        text = body_text(done.html)
        data = text.encode()
        room = max(self.reader.limits.post - _ROOM, 1)
        if len(data) > room:
            what = f"{path_of(item)}: a text of {len(data):,} bytes was cut to {room:,}"
            self.reader.warn(what, "shorten it, or raise `post` below [limits]", item.line)
            text = data[:room].decode(errors="ignore").rstrip() + " […]"
        return Body(text, Markup.HTML)

    def _name(self, item: Item, title: str) -> str:
        """Return `post_name`, or what the address or the title gives; with its number if taken."""
        slug = item.said("wp:post_name")
        name = native.post_name(f"/{slug}" if slug else item.said("link"), title)
        while name in self._names:
            name = f"{name}-{item.said('wp:post_id') or item.line}"
        self._names.add(name)
        return name

    def _authors(self, item: Item) -> tuple[Person, ...]:
        """Return who wrote it: by login, and before WXR 1.1 by the name itself."""
        login = item.said("dc:creator")
        name = self.channel.authors.get(login, login)
        limit = self.reader.limits.name
        return (Person(display_name(html.unescape(name), limit)),) if name else ()

    def _moment(self, item: Item, key: str) -> datetime | None:
        """Return a date that is stored in UTC, and where it is not, in the site's own zone."""
        said = item.said(f"{key}_gmt")
        if said and not said.startswith(_NEVER):
            return self.reader.moment(said, item.line)
        local = item.said(key)
        if not local or local.startswith(_NEVER):
            return None
        moment = self.reader.moment(local, item.line)
        offset = offset_of(item)
        if moment and offset is None and not self._has_zoneless:
            self._has_zoneless = True
            what = f"{path_of(item)}: {local} has no zone and was read as UTC, like others after it"
            self.reader.warn(what, "correct it in what was imported, if it matters", item.line)
        return moment - (offset or timedelta()) if moment else None

    def _pub_date(self, item: Item) -> datetime | None:
        said = item.said("pubDate")
        return self.reader.moment(said, item.line) if said and "-0001" not in said else None


#: A post that is open to comments has a feed of them, even while there is none.
_POLICIES = {"closed": CommentPolicy.CLOSED, "open": CommentPolicy.OPEN}
_QUERY_KEYS = {"post": "p", "page": "page_id", "attachment": "attachment_id"}


def offset_of(item: Item) -> timedelta | None:
    """Return how far the site's clock was ahead of UTC when an item came or changed."""
    for key in ("wp:post_date", "wp:post_modified"):
        try:
            local = dates.parse(item.said(key), UTC)
            offset = local - dates.parse(item.said(f"{key}_gmt"), UTC)
        except ContentError:
            continue
        if abs(offset) <= _MAX_OFFSET:
            return offset
    return None


def _excerpt(item: Item) -> Body | None:
    """Return a hand-made excerpt, which WordPress shows as it is."""
    text = body_text(item.fields.get("excerpt:encoded", ""))
    return Body(text, Markup.HTML) if text else None


def _terms(terms: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return categories and tags, each once, in the order of the export.

    That is the order of the blog's database, and so of its feeds: by name, as its language sorts.
    WXR 1.0 says each twice, and calls a tag `tag`; what has no domain is a category.
    """
    found: dict[str, dict[str, None]] = {"category": {}, "post_tag": {}}
    for domain, written in terms:
        kind = {"": "category", "tag": "post_tag"}.get(domain, domain)
        if kind in found and (name := one_line(html.unescape(written))):
            found[kind][name] = None
    categories = tuple(found["category"])
    tags = tuple(name for name in found["post_tag"] if name not in found["category"])
    return categories, tags


def _enclosures(item: Item) -> Iterator[Enclosure]:
    """Yield what WordPress keeps as three lines each: address, length, type."""
    for key, text in item.meta:
        if key != "enclosure":
            continue
        lines = [line.strip() for line in text.strip().split("\n")[:3]] + ["", ""]
        address = urls.encoded(one_line(lines[0]))
        if not urls.is_web_url(address):
            continue
        kind = _MEDIA_TYPE.match(lines[2])
        length = int(lines[1]) if _LENGTH.fullmatch(lines[1]) else None
        yield Enclosure(address, kind[0].lower() if kind else None, length)
