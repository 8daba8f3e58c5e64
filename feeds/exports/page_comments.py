"""All comments of a page as values of the blog's own model, and what of them stays behind."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from feeds.exports import LeftOut, page_dates, page_jsonld
from feeds.exports.page_comment import Reader
from feeds.exports.page_dates import Zones
from feeds.exports.page_jsonld import Told
from feeds.exports.page_links import Links, without_addresses, without_hash
from feeds.exports.page_marks import Said
from feeds.exports.page_thread import Found, Thread
from feeds.exports.page_tree import Element, text_of, walk
from feeds.markup import ANONYMOUS, display_name, escaped
from feeds.model import Body, Comment, CommentType, Markup, Person
from feeds.settings import Limits
from feeds.sources import page_words as words
from feeds.sources.fields import web_uri
from feeds.sources.records import Scalar


def gather(thread: Thread, links: Links, told: Told) -> list[Said]:
    """Read the comments; where the page shows none, those that it tells machines of."""
    reader = Reader(thread, links)
    said = [reader.read(found) for found in thread.items]
    return said or [_told(thing, links) for thing in told.comments]


def _told(thing: page_jsonld.Thing, links: Links) -> Said:
    said = Said(Found("", []))
    _, _, number = page_jsonld.url(thing, "@id").rpartition("#comment-")
    said.found.number = number if number.isdigit() else ""
    author = thing.get("author")
    people = page_jsonld.names(thing, "author")
    said.name = people[0] if people else ""
    if isinstance(author, dict):
        said.uri = without_hash(web_uri(links.base, Scalar(page_jsonld.text(author, "url"), 1)))
    said.moment = page_dates.machine(page_jsonld.text(thing, "datePublished", "dateCreated"))
    text = thing.get("text")
    lines = text.split("\n\n") if isinstance(text, str) else []
    said.html = "".join(f"<p>{escaped(without_addresses(line))}</p>" for line in lines if line)
    return said


# --- values ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Sorted:
    """What comes along of a page's comments, and what does not."""

    comments: list[Comment] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    #: How many comments and pings are on the page.
    there: int = 0
    pings: int = 0
    hidden: int = 0
    #: Printed dates that cannot be read, and how many comments were cut.
    unread_dates: list[str] = field(default_factory=list)
    cut: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page's comments are filed."""

    path: str
    #: What the page calls its post.
    folder: str
    #: The line of each id in the file.
    lines: Mapping[str, int]


def values(
    gathered: list[Said], place: Place, zones: Zones, limits: Limits, *, pings: bool
) -> Sorted:
    """Return the comments that are public, each with an id of its own."""
    result = Sorted()
    left: Counter[str] = Counter()
    ids: dict[Found, str] = {}
    taken: set[str] = set()
    for said in gathered:
        comment = _comment(said, place, zones, limits)
        is_empty = not said.html and not said.ping
        kind = said.hidden or ("comments without text" if is_empty else "")
        result.there += not said.hidden
        result.hidden += bool(said.hidden)
        result.pings += bool(said.ping) and not said.hidden
        if not kind and said.ping and not pings:
            kind = f"{said.ping}s"
        if kind:
            left[kind] += 1
            continue
        if comment.id in taken:
            comment = comment._replace(id=_digest(comment, str(len(taken))))
        taken.add(comment.id)
        ids[said.found] = comment.id
        if said.unread_date:
            result.unread_dates.append(said.unread_date)
        result.cut += len(said.html) > limits.comment
        parent = said.answers if said.answers in taken else _parent(said.found, ids)
        result.comments.append(comment._replace(parent=parent))
    result.left_out = [LeftOut(kind, count=count) for kind, count in left.items()]
    return result


def _parent(found: Found, ids: Mapping[Found, str]) -> str | None:
    """Return the id of the answered comment; None if that does not come along."""
    return ids.get(found.parent) if found.parent else None


def _comment(said: Said, place: Place, zones: Zones, limits: Limits) -> Comment:
    name = display_name(said.name, limits.name) if said.name else ANONYMOUS
    html = said.html or f"<p>{escaped(name)}</p>"
    if len(html) > limits.comment:
        html = _cut(html, limits.comment)
    comment = Comment(
        path=place.path,
        line=place.lines.get(said.found.anchor, 1),
        folder=place.folder,
        id=said.found.number,
        author=Person(name, said.uri),
        body=Body(html, Markup.HTML),
        published=zones.placed(said.moment),
        type=CommentType(said.ping) if said.ping else CommentType.COMMENT,
    )
    return comment if comment.id else comment._replace(id=_digest(comment))


def _cut(html: str, limit: int) -> str:
    """Return the start of some HTML, cut between tags; whoever cleans it closes what is open."""
    end = html.rfind("<", 0, limit)
    within_tag = html.rfind(">", 0, limit) < end
    return (html[:end] if within_tag else html[:limit]) + " […]"


def _digest(comment: Comment, salt: str = "") -> str:
    """Return an id made of what a comment says: its place changes when another one goes."""
    said = "\0".join((comment.author.name, str(comment.published), comment.body.text, salt))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


# --- the number -----------------------------------------------------------------------------------

_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def stated(root: Element, thread: Thread, told: Told) -> words.Heading | None:
    """Return the heading over the comments that says how many there are; None if none does."""
    best: words.Heading | None = None
    for element in walk(root):
        if element in thread.owners:
            break
        if 0 < element.weight <= 2 * words.MAX_LINE and _may_count(element):
            heading = words.heading(text_of(element))
            best = heading if heading and heading.stated is not None else best
    if best is None:
        count = page_jsonld.text(told.post, "commentCount")
        best = words.Heading("en", int(count), None) if count.isdigit() and len(count) < 9 else None
    return best


def _may_count(element: Element) -> bool:
    """Tell whether an element may be the line over the comments: a heading, or so called."""
    if element.tag in _TITLES:
        return True
    above = element.parent.classes if element.parent else frozenset()
    return element.weight < words.MAX_LINE // 2 and any(
        name.startswith("comment") for name in element.classes | above
    )
