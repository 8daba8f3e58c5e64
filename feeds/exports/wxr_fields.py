"""What is read of a WordPress export: which fields, and the values that hold them."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.errors import Problem
from feeds.markup import one_line


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHANNEL = frozenset({"title", "link", "description", "language", "wp:base_blog_url"})
AUTHOR = frozenset({"wp:author_login", "wp:author_display_name"})
#: What decides whether an item is public: what says two things says neither.
DECISIVE = ("wp:status", "wp:post_type", "wp:post_password")
ITEM = _words(
    "title link pubDate guid category dc:creator content:encoded excerpt:encoded wp:post_id"
    " wp:post_date wp:post_date_gmt wp:post_modified wp:post_modified_gmt wp:comment_status"
    " wp:post_name wp:post_parent wp:menu_order wp:attachment_url"
).union(DECISIVE)
COMMENT = frozenset(
    f"wp:comment_{name}"
    for name in _words("id author author_url date date_gmt content approved type parent")
)
META = frozenset({"enclosure", "_wp_attachment_image_alt"})


@dataclass(slots=True)
class Item:
    """A post, a page, an attachment, or whatever else WordPress keeps."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    #: Its terms: what kind (`category`, `post_tag`), and the name.
    terms: list[tuple[str, str]] = field(default_factory=list)
    meta: list[tuple[str, str]] = field(default_factory=list)
    #: How many comments have started.
    comments: int = 0
    #: Whether more of them than can be held stand before what decides whether they are public.
    is_disordered: bool = False

    def said(self, name: str) -> str:
        """Return a field on one line; nothing if it is not there."""
        return one_line(self.fields.get(name, ""))

    @property
    def is_decided(self) -> bool:
        """Whether everything is known that may keep it private."""
        return all(name in self.fields for name in DECISIVE)


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment of an item."""

    line: int
    fields: dict[str, str]

    def said(self, name: str) -> str:
        """Return the field `wp:comment_<name>` on one line."""
        return one_line(self.fields.get(f"wp:comment_{name}", ""))


@dataclass(frozen=True, slots=True)
class Batch:
    """An item and comments on it: all of them, or the next ones."""

    item: Item
    comments: list[StoredComment]
    is_last: bool
    #: What ended it before its time, and where.
    broken: Problem | None = None


@dataclass(slots=True)
class Channel:
    """What the export says of the blog."""

    fields: dict[str, str] = field(default_factory=dict)
    #: Display names by login.
    authors: dict[str, str] = field(default_factory=dict)

    def said(self, name: str) -> str:
        """Return a field on one line; nothing if it is not there."""
        return one_line(self.fields.get(name, ""))
