"""A post of a blog that another program makes → `Post`.

What counts as a post, when it came and where it stands is the generator's to say. What its author
wrote into the front matter is taken as its generator takes it: nobody can mend thousands of files
that have served him for years, so that what we cannot read is mentioned, and the post stays.
"""

from __future__ import annotations

import os
from dataclasses import replace

from feeds import urls
from feeds.errors import Problem, Severity
from feeds.layouts import COMPANION
from feeds.markup import POST as POST_POLICY
from feeds.markup import excerpt, one_line, text_of, to_html
from feeds.model import Body, CommentPolicy, Markup, Post, PostType
from feeds.settings import Settings
from feeds.sources import front_matter, posts, templates
from feeds.sources.fields import Fields
from feeds.sources.files import File, read_text
from feeds.sources.generators import Generator, Page
from feeds.sources.records import Record, Scalar

_HTML = frozenset({".html", ".htm"})
_TITLE_WORDS = 8


def parsed(
    file: File, settings: Settings, generator: Generator
) -> tuple[Post | None, list[Problem]]:
    """Read one post, and everything that is wrong with it.

    None stands for a file of which the generator makes no page of its own.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    text = read_text(file, settings.limits.post)
    document = front_matter.split_as(settings.content.layout, text.text)
    if not document.head and settings.content.layout == "nikola":
        document = replace(document, head=_beside(file, settings))
    page = generator.page(file.inside, document.head)
    if page is None:
        return None, []
    fields = Fields(page.head, file.shown)
    for warning in page.warnings:
        fields.problems.append(Problem(file.shown, warning, "correct it there"))
    body, found = templates.body_of(file, document.body, markup_of(file), page, settings)
    post = _post(file, fields, body, page, settings)
    problems = [_warning(problem) for problem in (*text.problems, *fields.problems)]
    return post, problems + found


def _beside(file: File, settings: Settings) -> Record:
    """Return the front matter that stands in a file of its own, beside the post's."""
    path = file.path.rpartition(".")[0] + COMPANION
    if not os.path.exists(path):
        return {}
    companion = replace(file, path=path, shown=file.shown.rpartition(".")[0] + COMPANION, size=0)
    return front_matter.split_as("nikola", read_text(companion, settings.limits.post).text).head


def _warning(problem: Problem) -> Problem:
    return replace(problem, severity=Severity.WARNING)


def _post(file: File, fields: Fields, body: Body, page: Page, settings: Settings) -> Post:
    return Post(
        path=file.shown,
        name=page.name,
        title=fields.name("title") or page.title or _first_words(body, page),
        body=body,
        published=page.published,
        updated=page.updated,
        authors=fields.people(settings.url, settings.limits.name, "author", "authors"),
        permalink=urls.on_site(settings.url, page.address),
        id=fields.name("guid", "id"),
        excerpt=_excerpt(fields, body.markup),
        categories=fields.texts("categories"),
        tags=fields.texts("tags"),
        status=_status(fields, page),
        type=PostType.POST if page.listed else PostType.PAGE,
        comments=_policy(fields),
        language=posts.language(fields),
        enclosures=tuple(posts.enclosures(fields, settings)),
        image=_image(fields, settings),
        aliases=page.aliases,
        expires=page.expires,
        in_feeds=_is_not(fields, "feed"),
    )


def _status(fields: Fields, page: Page) -> str:
    """Return `published`, unless anything at all says that the post is not to be seen.

    A word that means nothing to us (gardens have `evergreen`) means nothing to the generator.
    """
    if not page.public or fields.first("password"):
        return "draft"
    word = fields.word("status") or ""
    return word if word in posts.HIDDEN else "published"


def _is_not(fields: Fields, key: str) -> bool:
    """Tell whether a key does not say `false`; in other programs it may hold anything."""
    return fields.word(key) != "false"


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
