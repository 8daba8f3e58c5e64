"""A post's file → `Post` (design §3, "Post keys")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from feeds import dates, urls
from feeds.errors import ContentError, Problem, nearest, quoted
from feeds.markup import one_line
from feeds.model import Body, CommentPolicy, Enclosure, Markup, Post, PostType
from feeds.patterns import lazy
from feeds.settings import Settings
from feeds.sources import front_matter
from feeds.sources.fields import Fields
from feeds.sources.files import File, as_text, read_text
from feeds.sources.front_matter import Document
from feeds.sources.records import Record
from feeds.visibility import PUBLISHED, UNREADABLE

#: What a post can be besides published; anything else may be a slip of the pen.
HIDDEN = frozenset(
    [
        "archived",
        "auto-draft",
        "deleted",
        "draft",
        "future",
        "hidden",
        "inherit",
        "password",
        "pending",
        "private",
        "protected",
        "scheduled",
        "spam",
        "trash",
        "unlisted",
    ]
)
_DATED = lazy(r"(\d{4}-\d{2}-\d{2})-(?=.)")
#: What feed readers play or show; `mimetypes` would ask each machine's own tables.
_MEDIA_TYPES = MappingProxyType(
    {
        ".aac": "audio/aac",
        ".epub": "application/epub+zip",
        ".flac": "audio/flac",
        ".gif": "image/gif",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".m4a": "audio/mp4",
        ".m4v": "video/mp4",
        ".mov": "video/quicktime",
        ".mp3": "audio/mpeg",
        ".mp4": "video/mp4",
        ".oga": "audio/ogg",
        ".ogg": "audio/ogg",
        ".ogv": "video/ogg",
        ".opus": "audio/ogg",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".wav": "audio/wav",
        ".webm": "video/webm",
        ".webp": "image/webp",
        ".zip": "application/zip",
    }
)
_MEDIA_TYPE = lazy(r"[\w.+-]+/[\w.+-]+")


def file_name(relative: str) -> tuple[str, str | None]:
    """Return the post name that a file's path gives, and the day, if there is one in it.

    The name without suffix and without a leading `YYYY-MM-DD-`; `index` takes its folder's name.
    """
    folder, _, name = relative.rpartition("/")
    stem = name.rpartition(".")[0]
    if stem == "index":
        stem = folder.rpartition("/")[2] or "index"
    if dated := _DATED.match(stem):
        return stem[dated.end() :], dated[1]
    return stem, None


def read(file: File, settings: Settings) -> tuple[Post | None, list[Problem]]:
    """Read one post of our own layout, and everything that is wrong with it.

    None stands for a file that cannot be taken apart; a post of which something vital cannot be
    read has the status `unreadable`.
    """
    try:
        return parsed(file, settings)
    except ContentError as error:
        return None, [Problem(file.shown, error.what, error.remedy, error.line)]


def parsed(file: File, settings: Settings, data: bytes | None = None) -> tuple[Post, list[Problem]]:
    """Do what `read` does; `data` is what stands in the file, if that was read already.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    return made(file, taken_apart(file, settings, data), settings)


def taken_apart(file: File, settings: Settings, data: bytes | None = None) -> Document:
    """Return the head and the body of a post; `data` is what stands in its file, if that is known.

    Raises:
        ContentError: the file cannot be taken apart.
    """
    text = read_text(file, settings.limits.post) if data is None else as_text(file, data)
    document = front_matter.split(text.text)
    return document._replace(problems=text.problems) if text.problems else document


def made(file: File, document: Document, settings: Settings) -> tuple[Post, list[Problem]]:
    """Return the post that a file says, and everything that is wrong with it."""
    fields = Fields(document.head, file.shown)
    markup = Markup.HTML if file.suffix == ".html" else Markup.MARKDOWN
    post = _post(file, fields, Body(document.body, markup), document.head, settings)
    return post, [*document.problems, *fields.problems]


def _post(file: File, fields: Fields, body: Body, head: Record, settings: Settings) -> Post:
    stem, day = file_name(file.relative)
    title = fields.name("title")
    if not title:
        fields.complain("title", "no title" if head else "no front matter", _title_remedy(head))
    status = _status(fields)
    published = fields.date(settings.zone, "date")
    # Most posts say none of these, and asking for each takes as long as all the rest.
    says_more = fields.has_any(_SELDOM)
    if not published and day and not fields.broken:
        published = _day(fields, day, settings)
    updated = fields.date(settings.zone, "updated") if says_more else None
    if not published and not updated and not fields.broken:
        fields.complain("date", "no date", "add a line such as `date: 2017-04-14 10:30`")
    post = Post(
        path=file.shown,
        name=fields.name("slug") or stem,
        title=title or "",
        body=body,
        published=published,
        updated=updated,
        categories=fields.texts("categories"),
        tags=fields.texts("tags"),
        status=status,
    )
    if says_more:
        post = post._replace(
            permalink=_permalink(fields, settings),
            authors=fields.people(settings.url, settings.limits.name, "author", "authors"),
            id=fields.name("id"),
            excerpt=_excerpt(fields, body.markup),
            type=PostType(_choice(fields, "type", PostType, PostType.POST)),
            comments=CommentPolicy(_choice(fields, "comments", CommentPolicy, CommentPolicy.AUTO)),
            language=language(fields),
            enclosures=tuple(enclosures(fields, settings)),
            image=image(fields, settings),
            aliases=fields.texts("aliases", "redirect_from"),
            in_feeds=fields.truth("feed") is not False,
        )
    return post._replace(status=UNREADABLE) if fields.broken else post


_SELDOM = frozenset(
    [
        "aliases",
        "author",
        "authors",
        "comments",
        "description",
        "enclosures",
        "excerpt",
        "feed",
        "id",
        "image",
        "language",
        "permalink",
        "redirect_from",
        "summary",
        "type",
        "updated",
    ]
)


def _day(fields: Fields, day: str, settings: Settings) -> datetime | None:
    """Return the day in a file's name, which front matter beats."""
    try:
        return dates.parse(day, settings.zone)
    except ContentError as error:
        fields.complain("date", f"{error.what} (it stands in the file's name)", error.remedy)
        return None


def _title_remedy(head: Record) -> str:
    if not head:
        return "start the file with `---`, `title: …`, `date: …`, and `---`"
    near = nearest("title", head)
    return f"did you mean `title:` by `{near}:`?" if near else "add a line such as `title: My post`"


#: What has a say in that.
_DECIDING = frozenset({"draft", "password", "private", "published", "status"})


def _status(fields: Fields) -> str:
    """Return the one word that decides whether a post is public; what hides wins over all else."""
    if not fields.has_any(_DECIDING):
        return PUBLISHED
    for key, hiding in (("draft", True), ("published", False)):
        said = fields.truth(key)
        if said is hiding:
            return "draft"
        if said is None and key in fields:
            return UNREADABLE
    if fields.holds("password"):
        return "password"
    if fields.holds("private") and not fields.says_no("private"):
        return "private"
    word = fields.word("status")
    if word is None or word in {PUBLISHED, "publish"}:
        return PUBLISHED
    if word not in HIDDEN:
        near = nearest(word, [PUBLISHED, *sorted(HIDDEN)])
        remedy = f"did you mean {near!r}?" if near else "write `published` or `draft`"
        fields.complain("status", f"unknown status {quoted(word)}: the post stays hidden", remedy)
        return word or UNREADABLE
    return word


def _choice(fields: Fields, key: str, choices: type[StrEnum], default: str) -> str:
    word = fields.word(key)
    if word is None:
        return default
    if word not in set(choices):
        allowed = " or ".join(f"`{choice}`" for choice in choices)
        fields.complain(key, f"{key!r} is {quoted(word)}", f"it takes {allowed}")
        return default
    return word


def _excerpt(fields: Fields, markup: Markup) -> Body | None:
    text = fields.first("excerpt", "description", "summary")
    return Body(text, markup) if text else None


def _permalink(fields: Fields, settings: Settings) -> str | None:
    written = fields.name("permalink")
    if written is None:
        return None
    permalink = urls.on_site(settings.url, written)
    if not permalink:
        fields.complain(
            "permalink",
            f"'permalink' is {quoted(written)}",
            "it takes https://… or a path on the site",
        )
    return permalink


def language(fields: Fields) -> str | None:
    """Return the language of a post; one that is no tag is mentioned."""
    tag = fields.name("language")
    if tag and not urls.LANGUAGE_TAG.fullmatch(tag):
        fields.mention("language", f"'language' is {quoted(tag)}", "it takes a tag such as en-US")
        return None
    return tag


def image(fields: Fields, settings: Settings) -> str | None:
    """Return the address of the picture that stands for a post."""
    written = fields.name("image")
    image = urls.absolute(settings.url, written) if written else None
    if written and not image:
        fields.mention("image", f"'image' is {quoted(written)}", "it takes an address on the web")
    return image


def enclosures(fields: Fields, settings: Settings) -> Iterable[Enclosure]:
    """Yield the files that belong to a post."""
    for record in fields.records("enclosures"):
        inner = Fields(record, "", fields.line("enclosures"))
        written = inner.first("url", "path")
        url = urls.absolute(settings.url, written) if written else None
        if not url:
            fields.mention(
                "enclosures",
                "an enclosure without a `url`",
                "give its address and its length in bytes",
            )
            continue
        kind = one_line(inner.first("type") or "")
        suffix = re.sub(r"[?#].*", "", url).rpartition(".")[2].lower()
        yield Enclosure(
            url=url,
            type=kind if _MEDIA_TYPE.fullmatch(kind) else _MEDIA_TYPES.get(f".{suffix}"),
            length=inner.number("length"),
        )
        for problem in inner.problems:
            fields.mention("enclosures", problem.what, problem.remedy)
