"""Which feeds there are, as data: a new feed is a row here and a recipe in `compose`."""

from __future__ import annotations

from typing import Literal

from feeds.model import CommentPolicy
from feeds.public import PublicPost
from feeds.settings import Settings
from feeds.tuples import NamedTuple

Kind = Literal["entries", "comments", "post_comments"]

#: The folder of the comments feeds of single posts.
POST_COMMENTS_FOLDER = "comments"


class Plan(NamedTuple):
    """One feed to be: what it shows, and where it goes."""

    kind: Kind
    #: Within `output/`, with `/`, without suffix.
    path: str
    #: What it adds to the prefix of ids, or to the post's id.
    id_part: str
    #: At most so many entries.
    limit: int
    #: The post whose comments it shows.
    post: PublicPost | None = None


def main_plans(settings: Settings) -> tuple[Plan, ...]:
    """Return the feeds of the site, those that others link to before those that link to them."""
    feeds = settings.feeds
    return (
        Plan("comments", "comments", "feeds/comments", feeds.comments),
        Plan("entries", "entries", "feeds/entries", feeds.entries),
    )


def post_plan(post: PublicPost, settings: Settings) -> Plan:
    """Return the comments feed of one post."""
    path = post_comments_path(post.output_name)
    return Plan("post_comments", path, "#comments", settings.feeds.post_comments, post)


def has_comments_feed(post: PublicPost, settings: Settings) -> bool:
    """Tell whether a post has a comments feed: if there is a comment, or it takes some."""
    wanted = bool(post.count) or post.post.comments is CommentPolicy.OPEN
    return wanted and settings.feeds.post_comments > 0


def post_comments_path(output_name: str) -> str:
    """Return where in `output/` a post's comments feed goes, without suffix."""
    return f"{POST_COMMENTS_FOLDER}/{output_name}"
