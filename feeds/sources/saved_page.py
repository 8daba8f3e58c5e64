"""A page saved as plain text → what it says: the post, its comments, the site's footer.

Text has lost what HTML said about it, so this room goes by how such pages look: a title, the
body, boxes and links that a theme puts after it, a heading such as `4 Responses to “…”`, a list
of comments indented as browsers and extractors indent it, and a footer. What is taken for
furniture is never lost without a word: `left_out` names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from feeds.errors import ContentError, quoted
from feeds.markup import one_line
from feeds.sources import page_comments, page_text
from feeds.sources import page_furniture as furniture
from feeds.sources import page_words as words
from feeds.sources.page_comments import SavedComment
from feeds.sources.page_furniture import Aside, LeftOut
from feeds.sources.page_text import AGAIN, Block
from feeds.urls import folded

__all__ = ["LeftOut", "SavedComment", "SavedPage", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """What a page says; None where it says nothing."""

    title: str
    paragraphs: tuple[str, ...]
    author: str | None = None
    #: As front matter takes it, from a line under the title.
    date: str | None = None
    #: What the author's note calls the site.
    site: str | None = None
    #: Known from the words over the comments, unless they are English.
    language: str | None = None
    comments: tuple[SavedComment, ...] = ()
    #: How many the page says there are: a claim, never a count to fill up to.
    responses: int | None = None
    #: The line that says so, counted from 1.
    responses_line: int | None = None
    rights: str | None = None
    #: What the footer's links to the feeds are called.
    entries_label: str | None = None
    comments_label: str | None = None
    left_out: tuple[LeftOut, ...] = ()


def parse(text: str, *, keep_all: bool = False) -> SavedPage:
    """Read a page.

    Args:
        text: the page, as a browser or an extractor saved it.
        keep_all: leave donation boxes, authors' notes and the like in the body.

    Raises:
        ContentError: it is no such page: empty, a title alone, binary, HTML, an export.
    """
    page_text.refuse_other_formats(text)
    blocks = page_text.blocks(text)
    if not blocks:
        raise ContentError("the page is empty", AGAIN)
    place = _heading_place(blocks)
    heading, size = _heading_at(blocks, place) if place is not None else (None, 0)
    if place is not None and len(blocks[place].lines) > size:
        blocks.insert(place + 1, _after(blocks[place], size))
    # What is below comes first: an author's note is known by the site that the footer names.
    below = Aside()
    comments = page_comments.read(blocks[place + 1 :], below) if place is not None else ()
    aside = Aside(below)
    post = _post(blocks[:place], heading, aside, keep_all=keep_all)
    if not post.paragraphs and not comments:
        raise _nothing_in(post.title, aside)
    counted = heading or post.counted
    return SavedPage(
        title=post.title,
        paragraphs=post.paragraphs,
        author=post.author,
        date=post.date,
        site=post.site,
        language=counted.language if counted and counted.language != "en" else None,
        comments=comments,
        responses=counted.stated if counted else None,
        responses_line=blocks[place].line if place is not None else post.counted_line,
        rights=aside.rights,
        entries_label=aside.entries_label,
        comments_label=aside.comments_label,
        left_out=aside.listed(),
    )


def _nothing_in(title: str, aside: Aside) -> ContentError:
    if count := len(aside.listed()):
        what = (
            f"besides the title {quoted(title)} there is nothing but furniture ({count} paragraphs)"
        )
        return ContentError(what, "import it with --keep-all, or write the post by hand")
    return ContentError(f"there is nothing on the page but its title, {quoted(title)}", AGAIN)


# --- the heading over the comments ----------------------------------------------------------------

#: The title stands among the first lines of a page, under the site's name and its links.
_EARLY = 12
#: Between a heading and the list under it there may be a link to the comments' feed.
_NEAR = 3


def _heading_place(blocks: Sequence[Block]) -> int | None:
    """Find the heading over the comments.

    A line such as `4 comments` may also stand under a title, or in a sentence's place: the one
    that names the page's title, and after it the one above a list, is meant.
    """
    best: tuple[int, int] | None = None
    for place, block in enumerate(blocks):
        if place == 0 or block.indent > 1 or block.marker:
            continue
        heading, _ = _heading_at(blocks, place)
        if heading and (rank := _rank(blocks, place, heading)):
            best = max(best or (0, 0), (rank, place))
    return best[1] if best else None


def _heading_at(blocks: Sequence[Block], place: int) -> tuple[words.Heading | None, int]:
    """Read the heading that a block starts with; return how many lines of the block it has.

    One line, unless that quotes a long title, and the whole is the page's.
    """
    block = blocks[place]
    if 1 < len(block.lines) <= _NEAR:
        whole = words.heading(block.flat)
        if (
            whole
            and whole.title
            and _title_place(blocks[: min(place, _EARLY)], whole.title) is not None
        ):
            return whole, len(block.lines)
    return words.heading(block.lines[0]), 1


def _after(block: Block, size: int) -> Block:
    """Return what follows the first `size` lines of a block."""
    return replace(block, line=block.line + size, lines=block.lines[size:], marker=None, gap=0)


def _rank(blocks: Sequence[Block], place: int, heading: words.Heading) -> int:
    """Return how sure it is that comments are below this heading; 0: not at all."""
    near = blocks[place + 1 : place + 1 + _NEAR]
    has_comments = any(page_comments.is_headed(block) for block in near)
    has_list = has_comments or bool(near and near[0].marker)
    if heading.title:
        if _title_place(blocks[: min(place, _EARLY)], heading.title) is not None:
            return 4 if has_list else 3
        return 2 if has_comments else 0  # "Three thoughts on the matter" may be the text's own
    if has_list:
        return 2
    rest = range(place + 1, len(blocks))
    is_last = all(furniture.is_furniture(blocks[later].flat) for later in rest)
    return 1 if is_last and heading.stated is not None else 0


def _title_place(blocks: Sequence[Block], title: str) -> int | None:
    early = enumerate(blocks[:_EARLY])
    return next((place for place, block in early if words.same(block.lines[0], title)), None)


# --- the post -------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class _Post:
    """A post, as it is gathered from the blocks above the comments."""

    title: str
    paragraphs: tuple[str, ...] = ()
    author: str | None = None
    date: str | None = None
    site: str | None = None
    counted: words.Heading | None = None
    counted_line: int | None = None


def _post(
    blocks: Sequence[Block], heading: words.Heading | None, aside: Aside, *, keep_all: bool
) -> _Post:
    place = (_title_place(blocks, heading.title) if heading and heading.title else None) or 0
    titled = blocks[place]
    post = _Post(title=one_line(titled.lines[0]))
    for block in blocks[:place]:
        aside.leave("above the title", block.flat)
    body = list(blocks[place + 1 :])
    if len(titled.lines) > 1:
        body.insert(0, _after(titled, 1))
    above = _read_above(body, post, aside)
    below = _read_below(body, len(above), post, aside)
    inside = [furniture.furniture_anywhere(block.flat) for block in body]
    inside[: len(above)] = above
    inside[len(body) - len(below) :] = below
    kept: list[str] = []
    for block, what in zip(body, inside, strict=True):
        if what == _FOOTER:
            continue
        if what is None or keep_all:
            kept.append(block.text)
        else:
            aside.leave(what, block.flat)
    post.paragraphs = tuple(kept)
    return post


#: What the footer says is kept, in its own place.
_FOOTER = "footer"


def _read_above(body: Sequence[Block], post: _Post, aside: Aside) -> list[str]:
    """Read the lines between title and text: who, when, how many comments; return what each is."""
    above: list[str] = []
    for block in body:
        line = block.flat
        date: words.DateLine | None = None
        if byline := words.written_by(line):
            what: str | None = "byline"
            date = byline.date
            post.author = post.author or byline.name
        elif date := words.date_line(line):
            what = "date"
        elif _takes_count(block, post):
            what = "number of comments"
        elif words.same(line, post.title):
            what = "title again"
        else:
            what = furniture.furniture(line)
        if what in {None, "donation box"}:
            break
        if date:
            post.date = post.date or date.value
            aside.leave_date(line, date)
        above.append(what or "")
    return above


def _takes_count(block: Block, post: _Post) -> bool:
    """Take a line such as `4 Comments` for what it says, if it is one."""
    heading = words.heading(block.flat)
    if not heading or (heading.title and not words.same(heading.title, post.title)):
        return False
    if not post.counted:
        post.counted, post.counted_line = heading, block.line
    return True


def _read_below(body: Sequence[Block], start: int, post: _Post, aside: Aside) -> list[str]:
    """Read, backwards, what stands below the text; return what each block of it is."""
    below: list[str] = []
    end = len(body)
    while end > start:
        found = _furniture_at(body[max(start, end - furniture.MAX_BOX) : end], post, aside)
        if not found:
            break
        what, size = found
        below += [what] * size
        end -= size
    return below[::-1]


def _furniture_at(body: Sequence[Block], post: _Post, aside: Aside) -> tuple[str, int] | None:
    """Return what the last blocks of `body` are, and how many; None if they are text."""
    last = body[-1].flat
    if aside.take_footer(last):
        return _FOOTER, 1
    if what := furniture.furniture(last):
        return what, 1
    if _takes_note(body, post, aside):
        return "author's note", 1
    return furniture.box([block.flat for block in body])


def _takes_note(body: Sequence[Block], post: _Post, aside: Aside) -> bool:
    """Take the last block for a note about the post's author, if it is one.

    "NAME is the editor of SITE" may also be the last sentence of a text about somebody else:
    something must say that the note is the site's own.
    """
    note = furniture.biography(body[-1].flat)
    if not note:
        return False
    is_own = (
        _names(aside.rights, note.site)
        or note.name == post.author
        or body[-1].gap > 1  # a box of its own
        or (len(body) > 1 and furniture.furniture(body[-2].flat) == "follow links")
    )
    if is_own:
        post.author = post.author or note.name
        post.site = post.site or note.site
    return is_own


def _names(rights: str | None, site: str | None) -> bool:
    """Tell whether the rights line names the site."""
    name = folded(site or "").removeprefix("the-").replace("-", "")
    return bool(name) and name in folded(rights or "").replace("-", "")
