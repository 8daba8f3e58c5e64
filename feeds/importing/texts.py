"""What an import writes: the text of a post, of a comment, and of `site.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feeds import dates, urls
from feeds.exports import Site
from feeds.markup import display_name, one_line
from feeds.model import Comment, CommentPolicy, CommentType, Markup, Person, Post, PostType
from feeds.settings import Settings
from feeds.sources import native

if TYPE_CHECKING:
    from feeds.exports.page import Page


def body(text: str) -> str:
    """Return a body without the line ends around it, which the file has of its own."""
    return text.strip("\n")


def _when(moment: datetime | None) -> str | None:
    return dates.rfc3339(moment) if moment else None


def _later(updated: datetime | None, published: datetime | None) -> str | None:
    """Return when something changed, if that says more than when it came."""
    return _when(updated) if updated and (not published or updated > published) else None


def _on_site(permalink: str | None, home: str) -> str | None:
    """Return a permalink as a path, so that it moves with the site, say to https."""
    path = permalink.removeprefix(home) if permalink and permalink.startswith(home) else ""
    if path and not path.startswith("/"):
        return "/" + path
    return permalink


def post_head(post: Post, author: str | None, site: Settings) -> dict[str, native.Value]:
    """Return the front matter of a post; `author` is who wrote it if it names nobody."""
    return {
        "title": post.title,
        "id": post.id,
        "permalink": _on_site(post.permalink, site.url),
        "date": _when(post.published),
        "updated": _later(post.updated, post.published),
        **_people(post.authors, author),
        "excerpt": post.excerpt.text if post.excerpt else None,
        "categories": post.categories,
        "tags": post.tags,
        "type": "page" if post.type is PostType.PAGE else None,
        "comments": None if post.comments is CommentPolicy.AUTO else post.comments.value,
        "language": post.language,
        "image": post.image,
        "enclosures": [
            {"url": e.url, "type": e.type or "", "length": str(e.length or "")}
            for e in post.enclosures
        ],
        "aliases": post.aliases,
    }


def _people(people: tuple[Person, ...], author: str | None) -> dict[str, str | list[str] | None]:
    names = [display_name(person.name) for person in people]
    if len(names) > 1:
        return {"authors": names}
    return {"author": names[0] if names else author}


def suffix(comment: Comment, *, ours: bool) -> str:
    """Return the suffix of a comment's file, in our own layout or another program's."""
    if not ours:
        return ".yml"  # what the other program reads as well
    return ".html" if comment.body.markup is Markup.HTML else ".md"


def comment_text(comment: Comment, *, names_itself: bool, ours: bool, first: str | None) -> str:
    """Return a comment's file.

    Args:
        comment: the comment.
        names_itself: whether its id must stand in it, since no file can be called so.
        ours: whether it is for our own layout; in others it has Staticman's form.
        first: when it was first imported, if nothing says when it came.
    """
    head = {
        "id": comment.id if names_itself else None,
        "parent": comment.parent,
        "author" if ours else "name": comment.author.name,
        "uri" if ours else "url": comment.author.uri,
        "date": _when(comment.published),
        "updated": first or _later(comment.updated, comment.published),
        "type": comment.type.value if comment.type is not CommentType.COMMENT else None,
    }
    if ours:
        return native.with_body(head, body(comment.body.text))
    form = {"format": "html"} if comment.body.markup is Markup.HTML else {}
    return native.record({**head, **form}, comment.body.text)


_SITE_HEAD = """\
# Written by `feeds import` from {file}. Please check it before the feeds are published:
# ids starts every id that the export did not bring along, so never change it later; timezone is UTC
# until you set another, and feeds_url is where output/ is served.
"""


def site_toml(
    site: Site, url: str, author: str | None, file: str, year: int, page: Page | None
) -> str:
    """Return the text of a `site.toml` for the blog of an export."""
    home = urls.encoded(url.partition("#")[0])
    host = (urlsplit(home).hostname or "").removeprefix("www.")
    language = site.language if urls.LANGUAGE_TAG.fullmatch(site.language) else ""
    values = {
        "title": one_line(site.title) or host,
        "url": home.rstrip("/") + "/",
        "feeds_url": home.rstrip("/") + "/feeds/",
        "ids": f"tag:{host},{year}:",
        "description": one_line(site.description),
        "language": language,
        "author": author,
        "rights": page.rights if page else None,
    }
    labels = {
        "entries": page.entries_label if page else None,
        "comments": page.comments_label if page else None,
    }
    footer = ["", "[footer]", *_keys(labels)] if any(labels.values()) else []
    return "\n".join([_SITE_HEAD.format(file=one_line(file)), *_keys(values), *footer, ""])


def _keys(values: Mapping[str, str | None]) -> list[str]:
    return [f"{key} = {native.quoted(one_line(v))}" for key, v in values.items() if v]
