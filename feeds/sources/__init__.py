"""`content/` → `Blog`: the only room that reads posts and comments.

`load` reads everything that is there, whatever its status: what may be published is decided in
`visibility`, and how comments hang together in `threads`. A file that cannot be understood costs
itself and a line; a file that the system will not let us read ends the build (promise 9).
"""

from __future__ import annotations

from feeds.errors import Problem, UsageError
from feeds.model import Blog, Comment, Post
from feeds.settings import Settings
from feeds.sources import comments, posts
from feeds.sources.files import Tree

__all__ = ["load"]


def load(settings: Settings, shown: str) -> tuple[Blog, list[Problem]]:
    """Read all posts and comments below the folder of `site.toml`.

    Args:
        settings: the site.
        shown: what messages call that folder.

    Returns:
        The blog, in the order of its paths, and what was wrong with it.

    Raises:
        UsageError: there is no folder for posts.
        StorageError: the system would not let us list or read something.
    """
    problems: list[Problem] = []
    tree = Tree(settings.root, shown, follow_links=settings.content.symlinks)
    comments_place, posts_place = settings.comments_place, settings.posts_place
    if not tree.has(posts_place.path):
        raise UsageError(
            f"{shown}/{posts_place.path}: no such folder; posts go there, one file each"
        )
    found_posts: list[Post] = []
    unreadable: set[str] = set()
    for file in tree.files(posts_place.path, posts_place.suffixes, problems):
        post, complaints = posts.read(file, settings)
        problems += complaints
        if post:
            found_posts.append(post)
        else:
            unreadable.add(posts.file_name(file.relative)[0])
    found_comments: list[Comment] = []
    if tree.has(comments_place.path):
        for file in tree.files(comments_place.path, comments_place.suffixes, problems):
            read, complaints = comments.read(file, settings)
            found_comments += read
            problems += complaints
    return Blog(tuple(found_posts), tuple(found_comments), frozenset(unreadable)), problems
