"""The public blog, ready to be asked: the newest entries, the newest comments, one post's thread.

What the feeds are composed from. Everything hidden has been left behind at this door.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feeds import threads
from feeds.errors import Problem, Severity
from feeds.model import Blog, Body, Comment, Post, PostType
from feeds.public import PublicComment, PublicPost, newest_first, public_posts, public_thread
from feeds.settings import Settings

_EMPTY = Body("")


class Index:
    """What is public at one moment."""

    def __init__(self, threads: Mapping[PublicPost, Sequence[PublicComment]]) -> None:
        #: Newest first; pages among them.
        self.posts = tuple(newest_first(threads))
        self._by_name = {post.post.name: post for post in self.posts}
        self._threads = {post.post.name: thread for post, thread in threads.items()}

    def entries(self, limit: int) -> list[PublicPost]:
        """Return the newest posts that are entries."""
        return [post for post in self.posts if post.post.type is PostType.POST][:limit]

    def comments(self, limit: int) -> list[PublicComment]:
        """Return the newest comments of all posts and pages."""
        return newest_first((c for thread in self._threads.values() for c in thread), limit)

    def post(self, name: str) -> PublicPost:
        """Return the public post of that name."""
        return self._by_name[name]

    def thread(self, name: str, limit: int) -> Sequence[PublicComment]:
        """Return the newest comments on the public post of that name."""
        return self._threads[name][:limit]


def resolve(blog: Blog, settings: Settings, now: datetime) -> tuple[Index, list[Problem]]:
    """Find what is public of a blog at `now`, and say what is wrong or left out and why."""
    posts, problems = public_posts(blog.posts, settings, now)
    by_post = _comments_by_post(blog, [post.post for post in posts], problems)
    found: dict[PublicPost, Sequence[PublicComment]] = {}
    for post in posts:
        comments, complaints = public_thread(post, by_post[post.post.name], settings, now)
        problems += complaints
        newest = max((comment.updated for comment in comments), default=None)
        found[replace(post, count=len(comments), last_comment=newest)] = comments
    return Index(found), problems


def _comments_by_post(
    blog: Blog, public: list[Post], problems: list[Problem]
) -> dict[str, list[Comment]]:
    """Sort comments by the name of their public post; those of hidden posts go without a word.

    All posts take part in the search: a folder that is a hidden post's by name must not fall to a
    public one of a similar name.
    """
    unreadable = [Post(path="", name=n, title="", body=_EMPTY) for n in blog.unreadable]
    links = threads.Links([*blog.posts, *unreadable])
    names = {post.name for post in public}
    by_post: dict[str, list[Comment]] = defaultdict(list)
    orphans: Counter[str] = Counter()
    places: dict[str, str] = {}
    found: dict[str, str | None] = {}
    for comment in blog.comments:
        folder = comment.folder
        if folder not in found:
            found[folder] = links.find(folder)
            if not found[folder]:
                places[folder] = _place(comment)
        if (name := found[folder]) in names:
            by_post[name].append(comment)
        elif folder in places:
            orphans[folder] += 1
        else:
            what = "left out: its post is hidden"
            problems.append(Problem(comment.path, what, "", comment.line, Severity.NOTE))
    problems += threads.unlinked(orphans, places, [post.name for post in public])
    return by_post


def _place(comment: Comment) -> str:
    """Return the folder that a comment's file lies in, or the list file that it stands in."""
    above = comment.path.rpartition("/")[0]
    return above if above.endswith(comment.folder) else comment.path
