"""Exports of WordPress (WXR 1.0 to 1.2) → posts, pages and the comments on them.

What was public on the blog comes along: published posts and pages without a password, and approved
comments. Everything else is counted and left behind. What is held of a file is one item and some
thousands of its comments, however large the file is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from feeds.errors import Problem
from feeds.exports import Item, LeftOut, Site, wordpress_text
from feeds.exports.values import Reader, Said
from feeds.exports.wxr_fields import Batch, Channel, StoredComment
from feeds.exports.wxr_fields import Item as StoredItem
from feeds.exports.wxr_library import Library, whole_number
from feeds.exports.wxr_posts import Posts, offset_of, path_of, why_left_out
from feeds.exports.wxr_records import records
from feeds.model import Comment, CommentType, Markup
from feeds.settings import Limits

_NAMESPACE = re.compile(r"https?://wordpress\.org/export/1\.\d+/|<wp:wxr_version>")
_HIDDEN = {
    "0": "held comments",
    "hold": "held comments",
    "post-trashed": "trashed comments",
    "spam": "spam comments",
    "trash": "trashed comments",
}
_PINGS = frozenset({CommentType.PINGBACK, CommentType.TRACKBACK})
_PING_KIND = "pingbacks and trackbacks"


def recognised(head: str) -> bool:
    """Tell whether a file that starts with `head`, some kilobytes of text, is an export."""
    return "<rss" in head and _NAMESPACE.search(head) is not None


def read(path: Path, *, pings: bool = False, limits: Limits = Limits()) -> Iterator[Item]:  # noqa: B008
    """Yield the site, then each post with its comments behind it, and what does not come along.

    Args:
        path: the file.
        pings: whether pingbacks and trackbacks come along.
        limits: how long a text or a name may be.

    Raises:
        ContentError: it is no export of WordPress, or declares entities.
        StorageError: the system would not let us read it.
    """
    channel = Channel()
    reader = Reader(path, limits)
    library = Library(path, limits)
    posts = Posts(reader, channel, library)
    is_first = True
    current: _Reading | None = None
    for batch in records(path, channel, limits):
        if is_first and isinstance(batch, Batch):
            yield _site(channel)
            is_first = False
        if isinstance(batch, Problem):
            yield batch
            continue
        if not current or current.item is not batch.item:
            current = _Reading(batch.item, posts, pings)
        yield from current.take(batch)
    if is_first:
        yield _site(channel)


def _site(channel: Channel) -> Site:
    return Site(
        title=channel.said("title"),
        url=channel.said("link") or channel.said("wp:base_blog_url"),
        description=channel.said("description"),
        language=channel.said("language"),
    )


@dataclass(slots=True)
class _Reading:
    """An item, and what has become of it and its comments so far."""

    item: StoredItem
    posts: Posts
    pings: bool
    left_out: Counter[str] = field(default_factory=Counter)
    #: The comments that came along.
    taken: set[str] = field(default_factory=set)
    _kind: str | None = None

    def take(self, batch: Batch) -> Iterator[Item]:
        """Yield what comes along of a batch, and behind the last one what does not."""
        if self._kind is None:
            self._kind = self._why_left_out(batch)
            if not self._kind:
                yield self.posts.post(self.item)
                yield from self.posts.reader.warnings()
        if not self._kind:
            yield from self._comments(batch.comments)
        if batch.broken:
            yield self._broken(batch.broken)
        if batch.is_last:
            yield from self._counted()

    def _why_left_out(self, batch: Batch) -> str:
        """Return the kind of what stays behind with all its comments; nothing if it comes along."""
        item = self.item
        if item.is_disordered:
            return "posts whose comments stand before their status"
        if batch.broken and not (item.is_decided and item.comments):
            return "broken items"
        kind = why_left_out(item)
        if kind or item.said("wp:post_type") != "attachment":
            return kind
        # The comments feed has comments on pictures, so their pages come along.
        parent = whole_number(item.said("wp:post_parent"))
        has_comments = any(comment.said("approved") == "1" for comment in batch.comments)
        is_public = has_comments and (not parent or self.posts.media.is_public(parent))
        return "" if is_public else "attachments"

    def _comments(self, comments: list[StoredComment]) -> Iterator[Item]:
        public: list[tuple[StoredComment, CommentType]] = []
        for comment in comments:
            kind = comment.said("type") or "comment"
            if comment.said("approved") != "1":
                hidden = _HIDDEN.get(comment.said("approved"), "comments of unknown status")
                self.left_out[hidden] += 1
            elif kind not in set(CommentType):
                # Shops keep what they note about an order in this way.
                self.left_out[f"comments of type {kind[:40]}"] += 1
            elif CommentType(kind) in _PINGS and not self.pings:
                self.left_out[_PING_KIND] += 1
            else:
                public.append((comment, CommentType(kind)))
                self.taken.add(comment.said("id"))
        for comment, type_ in public:
            for found in self.posts.reader.comment(self._said(comment)):
                yield found._replace(type=type_) if isinstance(found, Comment) else found

    def _said(self, comment: StoredComment) -> Said:
        parent = comment.said("parent")
        return Said(
            line=comment.line,
            folder=path_of(self.item),
            id=comment.said("id"),
            name=comment.said("author"),
            text=wordpress_text.comment(comment.fields.get("wp:comment_content", "")),
            markup=Markup.HTML,
            uri=_address(comment.said("author_url")),
            # What it answers may be spam or in the trash: then it answers the post.
            parent=parent if parent in self.taken else "",
            published=self._date(comment),
        )

    def _date(self, comment: StoredComment) -> str:
        """Return when it came, with its zone."""
        said = comment.said("date_gmt")
        if said and not said.startswith("0000"):
            return said
        local = comment.said("date")
        if not local or local.startswith("0000"):
            return ""
        moment = self.posts.reader.moment(local, comment.line)
        offset = offset_of(self.item)
        return (moment - offset).isoformat() if moment and offset else local

    def _broken(self, problem: Problem) -> Problem:
        path = path_of(self.item)
        if self._kind:
            return problem._replace(what=f"{problem.what}, and so {path} was left out")
        return problem._replace(
            what=f"{problem.what}: comments on {path} may be missing from here on"
        )

    def _counted(self) -> Iterator[LeftOut]:
        path = path_of(self.item)
        if kind := self._kind:
            yield LeftOut(kind, subject=path)
            if self.item.comments:
                yield LeftOut(f"comments on {kind}", subject=path, count=self.item.comments)
        for kind, count in sorted(self.left_out.items()):
            yield LeftOut(kind, subject=path, count=count)


def _address(text: str) -> str:
    return text.replace("&amp;", "&").replace("&#038;", "&")
