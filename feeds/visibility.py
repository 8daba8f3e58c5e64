"""What may be published: one gate for posts, one for comments, used by every feed (promise 6).

Both answer with the reason, for the author who asks "why is my post not in the feed?", and None
when there is none. They let through what is known to be public, and nothing else: a status that
nobody knows, or that could not be read, hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feeds.model import Comment, Post

#: The one status of a post that is public, and those of a comment.
PUBLISHED = "published"
APPROVED = frozenset({"approved", "published"})
#: The status of what could not be read.
UNREADABLE = "unreadable"


def why_post_hidden(post: Post, now: datetime) -> str | None:
    """Say why a post, and every comment on it, stays in; None if it is public at `now`."""
    if post.status != PUBLISHED:
        return f"its status is {post.status!r}"
    if not post.in_feeds:
        return "it says `feed: false`"
    if post.date is None:
        return "it has no date"
    if post.date > now:
        return f"it is scheduled for {post.date.isoformat(' ')}"
    if post.expires is not None and post.expires <= now:
        return f"it expired on {post.expires.isoformat(' ')}"
    return None


def why_comment_hidden(comment: Comment, now: datetime) -> str | None:
    """Say why a comment on a public post stays in; None if it is public at `now`."""
    if comment.status not in APPROVED:
        return f"its status is {comment.status!r}"
    if comment.date and comment.date > now:
        return f"its date is still to come, {comment.date.isoformat(' ')}"
    return None


def are_comments_public(comments: Sequence[Comment], now: datetime) -> bool:
    """Tell whether nothing keeps any of the comments in, which is so on nearly every post."""
    if not APPROVED.issuperset([comment.status for comment in comments]):
        return False
    dates = [comment.published or comment.updated for comment in comments]
    return not [date for date in dates if date and date > now]


def effective_update(
    published: datetime | None, updated: datetime | None, now: datetime
) -> datetime | None:
    """Return when something public last changed, of what has happened by `now`.

    Never before it was published, and a change that is dated ahead has not happened yet.
    """
    if updated is None:
        return published if published and published <= now else None
    past = [moment for moment in (published, updated) if moment and moment <= now]
    return max(past, default=None)
