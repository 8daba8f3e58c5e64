"""What the blog is: posts, comments and the people who wrote them, as their authors left them.

Nothing here can hold an e-mail address, an IP address or a user agent (promise 7): what a source
does not store, no feed can leak.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from feeds.tuples import NamedTuple


class Markup(StrEnum):
    """The language that a body is written in."""

    MARKDOWN = "markdown"
    HTML = "html"


class Body(NamedTuple):
    """Text as it was written, and the language it was written in."""

    text: str
    markup: Markup = Markup.MARKDOWN


class Person(NamedTuple):
    """Somebody who wrote something (RFC 4287 §3.2, without the e-mail address)."""

    name: str
    uri: str | None = None


class Enclosure(NamedTuple):
    """A file that belongs to a post, a recording say (RFC 4287 §4.2.7.2, `rel="enclosure"`)."""

    url: str
    #: A media type, or None where neither the author nor the suffix tells.
    type: str | None = None
    #: In bytes; None if the author did not say.
    length: int | None = None


class PostType(StrEnum):
    """Whether a post is an entry of the entries feed."""

    POST = "post"
    #: A page is no entry, but its comments are published.
    PAGE = "page"


class CommentPolicy(StrEnum):
    """Whether a post has a comments feed."""

    #: As soon as there is a visible comment.
    AUTO = "auto"
    #: Always.
    OPEN = "open"
    #: Only if there is a visible comment: no new ones come.
    CLOSED = "closed"


class CommentType(StrEnum):
    """What WordPress calls `comment_type`."""

    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"


class Post(NamedTuple):
    """One post, as its file says it; times are aware, in the zone that the author wrote."""

    #: Where it was read, for messages and for ties; never published.
    path: str
    #: The post name of the contract: the slug, or what the file is called.
    name: str
    title: str
    body: Body
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    #: As written: absolute, or a path on the site; None: the site's pattern decides.
    permalink: str | None = None
    #: As written; an absolute URI stands for itself, anything else takes the name's place.
    id: str | None = None
    excerpt: Body | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: Lower case; `published` is the only one that is public.
    status: str = "published"
    type: PostType = PostType.POST
    comments: CommentPolicy = CommentPolicy.AUTO
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    #: Former addresses, under which comments may still be filed.
    aliases: tuple[str, ...] = ()
    #: From when on nobody is to see it any more; None: never.
    expires: datetime | None = None
    #: False: the author keeps it, and what is said about it, out of every feed.
    in_feeds: bool = True

    @property
    def date(self) -> datetime | None:
        """When it came, as far as anything says: `published`, else `updated`."""
        return self.published or self.updated


class Comment(NamedTuple):
    """One comment, as its file says it; nobody changes one (to freeze them all takes as long again)."""

    path: str
    #: The line at which its record starts; a list file holds many.
    line: int
    #: The folder or list file it came from: what links it to a post.
    folder: str
    #: Unique within its post once `threads` has seen to it.
    id: str
    author: Person
    body: Body
    #: The id of the comment it answers; None answers the post.
    parent: str | None = None
    #: Staticman's older form: the answered comment's place among the top-level ones, from 1.
    parent_index: int | None = None
    published: datetime | None = None
    updated: datetime | None = None
    #: Lower case; `approved` and `published` are public, anything else is not.
    status: str = "approved"
    type: CommentType = CommentType.COMMENT

    @property
    def date(self) -> datetime | None:
        """When it came, as far as anything says."""
        return self.published or self.updated


class Blog(NamedTuple):
    """Everything that was read, in the order of its paths, whatever its status."""

    posts: tuple[Post, ...] = ()
    comments: tuple[Comment, ...] = ()
    #: The names of posts whose files say nothing we understand: their comments wait with them.
    unreadable: frozenset[str] = frozenset()
