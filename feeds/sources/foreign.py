"""A post of a blog that another program makes → `Post`.

What counts as a post, when it came and where it stands is the generator's to say. What its author
wrote into the front matter is taken as its generator takes it: nobody can mend thousands of files
that have served him for years, so that what we cannot read is mentioned, and the post stays.
"""

from __future__ import annotations

import os
import re

from feeds import urls
from feeds.errors import Problem, Severity, nearest, quoted
from feeds.layouts import COMPANION
from feeds.markup import POST as POST_POLICY
from feeds.markup import excerpt, one_line, text_of, to_html
from feeds.model import Body, CommentPolicy, Markup, Person, Post, PostType
from feeds.settings import Settings
from feeds.sources import comments, front_matter, posts, templates
from feeds.sources.fields import Fields
from feeds.sources.files import File, as_text, read_text
from feeds.sources.front_matter import Document
from feeds.sources.generators import Generator, Page
from feeds.sources.records import Record, Scalar

_HTML = frozenset({".html", ".htm"})
_TITLE_WORDS = 8
#: Each of these hides a post that says so, whatever its generator makes of the word.
_HIDDEN = posts.HIDDEN | comments.HIDDEN
#: What says that a post is public, and is not to be taken for a slip of `unpublished`.
_PUBLIC = frozenset({"approved", "listed", "public", "publish", "published"})
#: How near a slip of the pen is to what was meant: `draf`, `drafts`, `privat`. Of short words too
#: many others are near: `old` is no slip of `hold`.
_NEAR = 0.8
_SHORTEST = 5
#: No status is longer, and comparing takes time.
_MAX_STATUS = 60


def parsed(
    file: File, settings: Settings, generator: Generator, data: bytes | None = None
) -> tuple[Post | None, list[Problem]]:
    """Read one post, and everything that is wrong with it.

    None stands for a file of which the generator makes no page of its own. `data` is what stands in
    the file, if that was read already.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    document = taken_apart(file, settings, data)
    return made(file, document, generator.page(file.inside, document.head), settings)


def taken_apart(file: File, settings: Settings, data: bytes | None = None) -> Document:
    """Return the head and the body of a post; `data` is what stands in its file, if that is known.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    text = read_text(file, settings.limits.post) if data is None else as_text(file, data)
    layout = settings.content.layout
    document = front_matter.split_as(layout, text.text)
    if layout == "nikola" and not document.head:
        document = document._replace(head=_beside(file, settings))
    return document._replace(problems=text.problems) if text.problems else document


def made(
    file: File, document: Document, page: Page | None, settings: Settings
) -> tuple[Post | None, list[Problem]]:
    """Return the post that a file says, and everything that is wrong with it.

    Args:
        file: where it was read.
        document: what stands there.
        page: what the generator makes of it; None: no page of its own, so that it is no post.
        settings: the site.
    """
    if page is None:
        return None, []
    fields = Fields(page.head, file.shown)
    for warning in page.warnings:
        if templates.NOT_RENDERED in warning:
            continue  # whoever takes the body says so, if it is so
        fields.problems.append(Problem(file.shown, warning, "correct it there"))
    # What a generator drops of a head (Zola knows no keys in capitals) hides as well.
    if page.head is not document.head and _is_hidden(Fields(document.head, file.shown)):
        page = page._replace(public=False)
    body, found = templates.body_of(file, document.body, markup_of(file), page, settings)
    post = _post(file, fields, body, page, settings)
    if document.problems or fields.problems:
        found = [_warning(p) for p in (*document.problems, *fields.problems)] + found
    return post, found


def _beside(file: File, settings: Settings) -> Record:
    """Return the front matter that stands in a file of its own, beside the post's."""
    path = file.path.rpartition(".")[0] + COMPANION
    if not os.path.exists(path):
        return {}
    shown = file.shown.rpartition(".")[0] + COMPANION
    companion = file._replace(path=path, shown=shown, size=0)
    return front_matter.split_as("nikola", read_text(companion, settings.limits.post).text).head


def _warning(problem: Problem) -> Problem:
    return problem._replace(severity=Severity.WARNING)


def _post(file: File, fields: Fields, body: Body, page: Page, settings: Settings) -> Post:
    # Most posts say none of these, and asking for each takes as long as all the rest.
    says_more = fields.has_any(_SELDOM)
    return Post(
        path=file.shown,
        name=page.name,
        title=fields.name("title") or one_line(page.title) or _first_words(body, page),
        body=body,
        published=page.published,
        updated=page.updated,
        authors=_authors(fields, settings) if says_more else (),
        permalink=urls.on_site(settings.url, page.address),
        id=fields.name("guid", "id") if says_more else None,
        excerpt=_excerpt(fields, body.markup),
        categories=fields.texts("categories"),
        tags=fields.texts("tags"),
        status=_status(fields, page),
        type=PostType.POST if page.listed else PostType.PAGE,
        comments=_policy(fields) if says_more else CommentPolicy.AUTO,
        language=posts.language(fields) if says_more else None,
        enclosures=tuple(posts.enclosures(fields, settings)) if says_more else (),
        image=_image(fields, settings) if says_more else None,
        aliases=page.aliases,
        expires=page.expires,
        in_feeds=not (says_more and fields.says_no("feed")),
    )


_SELDOM = frozenset(
    ["author", "authors", "comments", "enclosures", "feed", "guid", "id", "image", "language"]
)


def _authors(fields: Fields, settings: Settings) -> tuple[Person, ...]:
    return fields.people(settings.url, settings.limits.name, "author", "authors")


def _status(fields: Fields, page: Page) -> str:
    """Return `published`, unless anything at all says that the post is not to be seen."""
    return "published" if page.public and not _is_hidden(fields) else "draft"


#: Where that may stand, and where besides `draft` and `private`.
_HIDING = frozenset({"draft", "password", "private", "published", "status"})
_HIDING_TOO = _HIDING - {"draft", "private"}


def _is_hidden(fields: Fields) -> bool:
    """Tell whether front matter says that a post is not to be seen.

    We show no more than the generator, and less in this: what only a person would take for hidden
    (`Draft: true`, `draft: perhaps`, `private: yes`) stays hidden. A key with nothing behind it is
    what a template left there, and says nothing.
    """
    if not fields.has_any(_HIDING):
        return False
    for key in ("draft", "private"):
        if key in fields and not fields.says_no(key) and fields.holds(key):
            return True
    if not fields.has_any(_HIDING_TOO):
        return False
    is_list = fields.holds("published") and not fields.word("published")
    return (
        is_list
        or fields.says_no("published")
        or fields.holds("password")
        or _has_hiding_status(fields)
    )


def _has_hiding_status(fields: Fields) -> bool:
    """Tell whether a post has a status that hides it, or one that only a slip keeps from that.

    A word that means nothing to us (gardens have `evergreen`) means nothing to the generator. A
    list hides: nobody knows which of its words counts.
    """
    if not fields.holds("status"):
        return False
    status = fields.word("status") or ""
    if not status or status in _HIDDEN:
        return True
    known = [*sorted(_PUBLIC), *sorted(word for word in _HIDDEN if len(word) >= _SHORTEST)]
    for word in re.findall(r"[\w-]+", status[:_MAX_STATUS]):
        near = word if word in _HIDDEN else nearest(word, known, _NEAR)
        if near in _HIDDEN:
            what = f"the status {quoted(status)}: the post stays hidden"
            fields.mention("status", what, f"write `{near}`, or another word if it is public")
            return True
    return False


def _policy(fields: Fields) -> CommentPolicy:
    return CommentPolicy.CLOSED if fields.word("comments") == "closed" else CommentPolicy.AUTO


def _excerpt(fields: Fields, markup: Markup) -> Body | None:
    text = fields.first("excerpt", "summary", "description")
    return Body(text, markup) if text and text != "null" else None


def _image(fields: Fields, settings: Settings) -> str | None:
    """Return the picture of a post: an address, or a record with one."""
    for record in fields.records("image")[:1]:
        found = Fields(_texts_of(record), "").first("url", "path", "src", "feature", "file")
        return urls.absolute(settings.url, found) if found else None
    return None


def _texts_of(record: Record) -> Record:
    return {key: value for key, value in record.items() if isinstance(value, Scalar)}


def _first_words(body: Body, page: Page) -> str:
    """Return what an untitled post is called: its first words, else its day, else its name."""
    shown = text_of(to_html(body, "https://feeds.invalid/", POST_POLICY))
    if words := one_line(excerpt(shown, _TITLE_WORDS).removesuffix(" […]")):
        return words if len(shown) == len(words) else f"{words}…"
    return f"{page.published:%Y-%m-%d}" if page.published else page.name


def markup_of(file: File) -> Markup:
    """Return the language that a file's body is written in, by its suffix."""
    return Markup.HTML if file.suffix in _HTML else Markup.MARKDOWN
