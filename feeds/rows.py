"""Posts and comments as rows of the index, and back."""

from __future__ import annotations

import marshal
from datetime import datetime
from typing import Any

from feeds.model import (
    Body,
    Comment,
    CommentPolicy,
    CommentType,
    Enclosure,
    Markup,
    Person,
    Post,
    PostType,
)

POST_COLUMNS = "file, name, date, updated, expires, head, body, markup"
COMMENT_COLUMNS = (
    "file, line, folder, own, parent, parent_index, author, uri, published, updated,"
    " status, type, date, changed, body, markup"
)
#: What it takes to see how a thread hangs together.
LIGHT_COLUMNS = COMMENT_COLUMNS.removesuffix(", body, markup")


#: Of `marshal`, which packs a post in a fifth of the time that JSON takes; the next Python reads it.
_VERSION = 2


def seconds(moment: datetime | None) -> int | None:
    """Return a time as whole seconds since 1970, which sort and compare."""
    return None if moment is None else int(moment.timestamp())


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def from_post(post: Post, *, body: bool = True) -> tuple[Any, ...]:
    """Return the row of a post, in the order of `POST_COLUMNS`; its path is its file.

    Without its body, if that is left where it is until an entry shows it.
    """
    published, updated, expires = post.published, post.updated, post.expires
    head = (
        post.title,
        _written(published),
        _written(updated),
        tuple([tuple(person) for person in post.authors]) if post.authors else (),
        post.permalink,
        post.id,
        (post.excerpt.text, str(post.excerpt.markup)) if post.excerpt else None,
        post.categories,
        post.tags,
        post.status,
        str(post.type),
        str(post.comments),
        post.language,
        tuple([tuple(enclosure) for enclosure in post.enclosures]) if post.enclosures else (),
        post.image,
        post.aliases,
        post.in_feeds,
        _written(expires),
    )
    return (
        post.path,
        str(post.name),
        seconds(published or updated),
        seconds(updated),
        seconds(expires),
        _packed(head),
        str(post.body.text) if body else None,
        str(post.body.markup),
    )


def _packed(head: tuple[Any, ...]) -> bytes:
    try:
        return marshal.dumps(head, _VERSION)
    except ValueError:  # a text of a kind of its own, which still knows its line
        return marshal.dumps(_plain(head), _VERSION)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return str(value) if isinstance(value, str) else value


def to_post(file: str, name: str, head: bytes, body: str = "", markup: str = "markdown") -> Post:
    """Return the post of a row; without a body it is light, and good for all but its entry."""
    (
        title,
        published,
        updated,
        authors,
        permalink,
        id,
        excerpt,
        categories,
        tags,
        status,
        type,
        comments,
        language,
        enclosures,
        image,
        aliases,
        in_feeds,
        expires,
    ) = marshal.loads(head)
    return Post(
        path=file,
        name=name,
        title=title,
        body=Body(body, Markup(markup)),
        published=_read(published),
        updated=_read(updated),
        authors=tuple([Person(*person) for person in authors]),
        permalink=permalink,
        id=id,
        excerpt=Body(excerpt[0], Markup(excerpt[1])) if excerpt else None,
        categories=categories,
        tags=tags,
        status=status,
        type=PostType(type),
        comments=CommentPolicy(comments),
        language=language,
        enclosures=tuple([Enclosure(*enclosure) for enclosure in enclosures]),
        image=image,
        aliases=aliases,
        in_feeds=in_feeds,
        expires=_read(expires),
    )


def to_outline(file: str, name: str, head: bytes) -> Post:
    """Return what of a post decides whether it is public and where; a tenth of its weight."""
    said = marshal.loads(head)
    return Post(
        path=file,
        name=name,
        title=said[0],
        body=_NOTHING,
        published=_read(said[1]),
        updated=_read(said[2]),
        permalink=said[4],
        id=said[5],
        status=said[9],
        type=_POST_TYPES[said[10]],
        comments=_POLICIES[said[11]],
        aliases=said[15],
        in_feeds=said[16],
        expires=_read(said[17]),
    )


def from_comment(comment: Comment) -> tuple[Any, ...]:
    """Return the row of a comment, in the order of `COMMENT_COLUMNS`."""
    return (
        comment.path,
        comment.line,
        comment.folder,
        comment.id,
        comment.parent,
        comment.parent_index,
        comment.author.name,
        comment.author.uri,
        _written(comment.published),
        _written(comment.updated),
        comment.status,
        str(comment.type),
        seconds(comment.date),
        seconds(comment.updated),
        comment.body.text,
        str(comment.body.markup),
    )


_NOTHING = Body("")
#: Ten times as fast as to ask the types, for every post and comment there is.
_POST_TYPES = {kind.value: kind for kind in PostType}
_POLICIES = {policy.value: policy for policy in CommentPolicy}
_COMMENT_TYPES = {kind.value: kind for kind in CommentType}
_MARKUPS = {markup.value: markup for markup in Markup}


def to_body(text: str, markup: str) -> Body:
    """Return the body of a row's last two columns."""
    return Body(text, _MARKUPS[markup])


def to_comment(row: tuple[Any, ...], body: Body = _NOTHING) -> Comment:
    """Return the comment of a row that starts with `LIGHT_COLUMNS`."""
    path, line, folder, id, parent, parent_index, name, uri, published, updated, status, type = row[
        :12
    ]
    return Comment(
        path,
        line,
        folder,
        id,
        Person(name, uri),
        body,
        parent,
        parent_index,
        datetime.fromisoformat(published) if published else None,
        datetime.fromisoformat(updated) if updated else None,
        status,
        _COMMENT_TYPES[type],
    )
