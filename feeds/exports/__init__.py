"""What other programs export of a blog → sites, posts and comments, one after the other.

A module per format. Each reads its file piece by piece, so that an export of gigabytes needs no
more memory than a small one, and yields values of the blog's own model: nothing in them can hold an
e-mail address, an IP address or a password (promise 7). Nothing is dropped without a word: what
does not come along is yielded, too, as `LeftOut`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from feeds.errors import Problem
from feeds.model import Comment, Post


@dataclass(frozen=True, slots=True)
class Site:
    """What an export says of its blog; empty where it says nothing."""

    title: str = ""
    #: The home page.
    url: str = ""
    description: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing that does not come along."""

    #: What kind of thing, in the plural and small: `spam comments`, `drafts`. The report counts them.
    kind: str
    #: Why, in a few words, where the kind does not say it.
    why: str = ""
    #: Which one, for people who look for it; never a private thing.
    subject: str = ""
    count: int = 1


#: In this order: the site, if the export knows one; then each post before the comments on it. A
#: `Post.path` is what the export itself calls the post, and the `Comment.folder` of the comments
#: on it; exports without posts have the page's address there. A `Problem` is a warning.
Item: TypeAlias = Site | Post | Comment | LeftOut | Problem
