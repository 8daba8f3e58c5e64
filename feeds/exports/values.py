"""What exports have in common: a name, an address, a moment, a comment, made into the model's."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from feeds import dates, markup
from feeds.errors import ContentError, Problem, Severity
from feeds.exports import LeftOut
from feeds.markup import one_line
from feeds.model import Body, Comment, Markup, Person
from feeds.settings import Limits
from feeds.sources.fields import web_uri
from feeds.sources.records import Scalar

#: Where nobody says otherwise.
DEFAULT_LIMITS = Limits()
#: An id is a name of something; what is longer is none.
_MAX_ID = 200
#: No browser takes a longer address.
_MAX_ADDRESS = 8000
#: What nobody calls a post, in characters.
_MAX_TITLE = 2000
#: Of an untitled post's text, what names it.
_TITLE_WORDS = 8
_UNTITLED = "Untitled"
#: Relative links mean nothing while only words are looked for.
_NOWHERE = "https://feeds.invalid/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment in an export's own words: as text, and nothing private."""

    line: int
    #: What the export calls the post, or the page's address.
    folder: str
    id: str
    name: str
    text: str
    markup: Markup
    uri: str = ""
    #: The id of the comment it answers; nothing answers the post.
    parent: str = ""
    published: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """What one file's words are, and what is wrong with them."""

    path: Path
    limits: Limits
    #: Warnings of which nobody has heard yet.
    problems: list[Problem] = field(default_factory=list)

    def warn(self, what: str, remedy: str, line: int | None = None) -> None:
        """Note something that is not as it should be."""
        self.problems.append(Problem(str(self.path), what, remedy, line, Severity.WARNING))

    def warnings(self) -> list[Problem]:
        """Return the warnings so far, once."""
        noted = list(self.problems)
        self.problems.clear()
        return noted

    def moment(self, said: str, line: int | None = None) -> datetime | None:
        """Return a time in UTC; what cannot be read is a warning, what says nothing is not."""
        if not said.strip():
            return None
        try:
            return dates.utc(dates.parse(said, UTC))
        except ContentError as error:
            self.warn(error.what, "correct the date in what was imported", line)
            return None

    def person(self, name: str, uri: str = "") -> Person:
        """Return who wrote something.

        Entities in a name are read once, since these exports are made from web pages.
        """
        # A long way over the limit, so that no name costs more than itself.
        plain = html.unescape(name[: self.limits.name * 20])
        page = web_uri("", Scalar(uri, 0)) if len(uri) <= 2000 else None
        return Person(markup.display_name(plain, self.limits.name), page)

    def title(self, said: str, body: Body, published: datetime | None) -> str:
        """Return a post's title; an untitled one is named by its first words, else its day."""
        if title := one_line(said[:_MAX_TITLE]):
            return title
        head = Body(body.text[: _TITLE_WORDS * 2000], body.markup)
        words = markup.text_of(markup.to_html(head, _NOWHERE, markup.POST))
        if words:
            return markup.excerpt(words, _TITLE_WORDS).replace(" […]", "…")
        return f"{published:%Y-%m-%d}" if published else _UNTITLED

    def comment(self, said: Said) -> Iterator[Comment | LeftOut | Problem]:
        """Yield the comment, or why it does not come along, after what is wrong with it."""
        folder, own = one_line(address(said.folder)), one_line(said.id)
        text = body_text(said.text)
        if not folder:
            yield LeftOut("comments on no page", subject=f"comment {own[:_MAX_ID]}".strip())
            return
        if not text:
            yield LeftOut("comments without text", subject=f"comment {own[:_MAX_ID]}".strip())
            return
        if len(text) > self.limits.comment:
            what = f"a comment of {len(text):,} characters was cut to {self.limits.comment:,}"
            self.warn(what, "shorten it, or raise `comment` below [limits]", said.line)
            text = text[: self.limits.comment].rstrip() + " […]"
        author = self.person(said.name, said.uri)
        published = self.moment(said.published, said.line)
        updated = self.moment(said.updated, said.line)
        if updated and published and updated <= published:
            updated = None
        yield from self.warnings()
        yield Comment(
            path=str(self.path),
            line=said.line,
            folder=folder,
            id=own[:_MAX_ID] or _digest(folder, author.name, said.published, text),
            author=author,
            body=Body(text, said.markup),
            parent=one_line(said.parent)[:_MAX_ID] or None,
            published=published,
            updated=updated,
        )


def address(said: str) -> str:
    """Return an address as it was written; nothing for what no browser would take for one."""
    return said.strip() if len(said) <= _MAX_ADDRESS else ""


def body_text(text: str) -> str:
    """Return a body without what XML forbids and without blank lines around it."""
    plain = markup.legal(text).replace("\r\n", "\n").replace("\r", "\n")
    # Blanks before the first word would make it a code block.
    return plain.strip("\n").rstrip() if plain.strip() else ""


def _digest(*said: str) -> str:
    """Return an id made of what a comment says, never of its place in the file."""
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()[:16]
