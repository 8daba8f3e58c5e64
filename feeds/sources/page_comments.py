"""The list of comments on a saved page, put together by its indentation."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from feeds.markup import ANONYMOUS
from feeds.sources import page_text
from feeds.sources import page_words as words
from feeds.sources.page_furniture import Aside, footer, furniture
from feeds.sources.page_text import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedComment:
    """One comment, or one pingback, of the list."""

    #: Its number in the list; in a reply, behind the number of what it answers: `3-1`.
    id: str
    name: str
    paragraphs: tuple[str, ...]
    #: The id of the comment it answers.
    parent: str | None = None
    #: As front matter takes it, with a zone only where the page gives one.
    date: str | None = None
    is_ping: bool = False


#: A longer id (forty replies deep) would not do as a file's name.
_MAX_ID = 80


@dataclass
class _Item:
    """An item of the list, as its blocks are gathered."""

    id: str
    indent: int
    parent: str | None
    is_ping: bool
    paragraphs: list[list[str]]
    replies: int = 0


def read(blocks: Sequence[Block], aside: Aside) -> tuple[SavedComment, ...]:
    """Return the comments in the blocks below their heading; the rest is set aside."""
    divided = [piece for block in blocks for piece in page_text.divided(block, _says_who)]
    gathering = _List(divided, aside)
    for place in range(len(divided)):
        gathering.take(place)
    found: list[SavedComment] = []
    for item in gathering.items:
        comment = _comment(item, aside, is_named=gathering.is_named)
        if comment.paragraphs:
            found.append(comment)
        else:
            aside.leave("comment without text", f"{comment.id}, by {comment.name}")
    there = {comment.id for comment in found}
    return tuple(c if c.parent in there else replace(c, parent=None) for c in found)


class _List:
    """Puts the blocks below the heading together to items, by their indentation.

    An item starts at its marker, its paragraphs are indented deeper, and what is not indented at
    all ends the list. Some pages indent nothing: there a list ends at the first furniture, and
    some have no markers either: there a comment starts at a line such as `Name says:`.
    """

    def __init__(self, blocks: Sequence[Block], aside: Aside) -> None:
        self.items: list[_Item] = []
        self._aside = aside
        self._stack: list[_Item] = []
        self._ids: set[str] = set()
        self._tops = 0
        self._has_ended = self._are_pings = False
        first = _first_item(blocks)
        #: Whether comments have no markers.
        self._is_plain = first is None and any(words.said_by(block.lines[0]) for block in blocks)
        self._blocks = [_marked(block) for block in blocks] if self._is_plain else list(blocks)
        #: Whether comments say `Name says:`, so that a short first line need not be a name.
        self.is_named = any(is_headed(block) for block in self._blocks if block.marker)
        self._is_hanging = first is not None and any(
            block.indent > first.indent for block in blocks if not block.marker
        )

    def take(self, place: int) -> None:
        """Take the block at `place` for what it is."""
        block = self._blocks[place]
        if not self.items:
            self._take_first(block)
        elif block.marker and block.indent <= self.items[0].indent:
            self._take_top(block)
        elif self._has_ended or self._ends(block):
            self._end(block)
        elif block.marker and self._is_reply(place):
            self._add(block)
        else:
            self._continue(block)

    def _take_first(self, block: Block) -> None:
        if block.marker and (not self._has_ended or is_headed(block)):
            self._has_ended = False
            self._add(block)
        else:
            self._has_ended = self._has_ended or _is_end(block)
            self._leave(block)

    def _take_top(self, block: Block) -> None:
        is_like_first = block.is_bullet == self._is_bulleted
        # A list goes on after a stray line only where a comment is unmistakable.
        if is_like_first and (not self._has_ended or is_headed(block)):
            self._has_ended = False
            self._add(block)
        else:
            self._has_ended = True
            self._leave(block)

    def _ends(self, block: Block) -> bool:
        if block.marker:
            return False
        if self._is_plain:
            return _is_end(block)
        top = self.items[0].indent
        return block.indent < top or (
            block.indent == top and (self._is_hanging or _is_end(block, "navigation"))
        )

    def _end(self, block: Block) -> None:
        self._are_pings = self._are_pings or words.is_ping_heading(block.flat)
        self._has_ended = not words.is_ping_heading(block.flat)
        self._leave(block)

    def _leave(self, block: Block) -> None:
        if not self._aside.take_footer(block.flat):
            self._aside.leave(furniture(block.flat) or "around the comments", block.flat)

    def _add(self, block: Block) -> None:
        while self._stack and self._stack[-1].indent >= block.indent:
            self._stack.pop()
        parent = self._stack[-1] if self._stack else None
        if not self.items:
            self._is_bulleted = block.is_bullet
        item = _Item(
            id=self._new_id(block, parent),
            indent=block.indent,
            parent=parent.id if parent else None,
            is_ping=self._are_pings,
            paragraphs=[list(block.inner)] if block.inner else [],
        )
        self.items.append(item)
        self._stack.append(item)

    def _new_id(self, block: Block, parent: _Item | None) -> str:
        """Return the item's number, behind that of what it answers; numbers start again there."""
        if parent:
            parent.replies += 1
        else:
            self._tops += 1
        marker = block.marker or ""
        number = marker if marker.isdigit() else str(parent.replies if parent else self._tops)
        wanted = f"{parent.id}-{number}" if parent else number
        suffixes = ["", *"bcdefghijklmnopqrstuvwxyz"]
        chosen = next((wanted + end for end in suffixes if wanted + end not in self._ids), None)
        if chosen is None or len(chosen) > _MAX_ID:
            chosen = hashlib.sha256(f"{wanted} {block.line}".encode()).hexdigest()[:16]
        self._ids.add(chosen)
        return chosen

    def _continue(self, block: Block) -> None:
        while len(self._stack) > 1 and self._stack[-1].indent >= block.indent:
            self._stack.pop()
        self._stack[-1].paragraphs.append(list(block.lines))

    def _is_reply(self, place: int) -> bool:
        """Tell whether an item within an item answers it, and is no list in its text.

        Lists that commenters make have their items line by line; their numbers are typed.
        """
        block = self._blocks[place]
        if is_headed(block):
            return True
        after = self._blocks[place + 1] if place + 1 < len(self._blocks) else None
        before = self._blocks[place - 1]
        is_line_by_line = (block.gap == 0 and _are_alike(before, block)) or (
            after is not None and after.gap == 0 and _are_alike(block, after)
        )
        has_more = after is not None and not after.marker and after.indent > block.indent
        is_number = (block.marker or "").isdigit()
        is_likely = has_more or block.is_bullet or (is_number and not self.is_named)
        return not is_line_by_line and is_likely


def _first_item(blocks: Sequence[Block]) -> Block | None:
    """Return the block that starts the list; None if there is no list above the page's end."""
    for block in blocks:
        if block.marker:
            return block
        if _is_end(block):
            break
    headed = (block for block in blocks if block.marker and is_headed(block))
    return next(headed, None)


def _is_end(block: Block, *kinds: str) -> bool:
    """Tell whether a block is what follows a list: the form, the footer, or one of `kinds`."""
    return furniture(block.flat) in {"comment form", *kinds} or footer(block.flat) is not None


def _marked(block: Block) -> Block:
    """Return a block as an item, if it starts a comment on a page without markers."""
    if block.marker or not words.said_by(block.lines[0]):
        return replace(block, marker=None)
    return replace(block, marker="·", indent=block.indent - 1)


def is_headed(block: Block) -> bool:
    """Tell whether an item starts by saying who speaks."""
    return bool(block.inner) and _says_who(block.inner[0])


def _says_who(line: str) -> bool:
    return bool(words.said_by(line)) or words.pinged_by(line) is not None


def _are_alike(one: Block, other: Block) -> bool:
    return bool(one.marker and other.marker) and one.indent == other.indent


def _comment(item: _Item, aside: Aside, *, is_named: bool) -> SavedComment:
    paragraphs = _without_links(item.paragraphs, aside)
    head = _read_head(paragraphs, aside, is_named=is_named)
    _read_tail(paragraphs, head, aside)
    texts = tuple("\n".join(lines) for lines in paragraphs)
    if head.is_ping and not texts:
        texts = (head.name or ANONYMOUS,)
    return SavedComment(
        id=item.id,
        name=head.name or ANONYMOUS,
        paragraphs=texts,
        parent=item.parent,
        date=head.date,
        is_ping=item.is_ping or head.is_ping or _is_ping_excerpt(texts),
    )


def _without_links(paragraphs: Sequence[list[str]], aside: Aside) -> list[list[str]]:
    """Return the paragraphs that are not, as a whole, a link to answer the comment."""
    kept: list[list[str]] = []
    for lines in paragraphs:
        if len(lines) == 1 and words.is_certain_link(lines[0]):
            aside.leave_link(lines[0])
        else:
            kept.append(list(lines))
    return kept


@dataclass
class _Head:
    """Who wrote a comment and when, as it is read."""

    name: str | None = None
    date: str | None = None
    is_ping: bool = False

    def take(self, line: str, date: words.DateLine, aside: Aside) -> None:
        """Take a line's date, and note what of it is lost."""
        self.date = date.value
        aside.leave_date(line, date)


def _read_head(paragraphs: list[list[str]], aside: Aside, *, is_named: bool) -> _Head:
    """Take the lines off a comment's start that say who wrote it, and when."""
    head = _Head()
    while paragraphs:
        line = paragraphs[0][0]
        title = words.pinged_by(line)
        if _is_link(paragraphs, line):
            aside.leave_link(line)
        elif head.date is None and (date := words.date_line(line)):
            head.take(line, date, aside)
        elif head.name is None and title is not None:
            head.name, head.is_ping = title, True
        elif head.name is None and (byline := words.said_by(line)):
            head.name = byline.name
            if byline.date:
                head.take(line, byline.date, aside)
        elif head.name is None and _is_name_alone(paragraphs, is_named=is_named):
            head.name = words.clean_name(line)
        else:
            break
        _drop(paragraphs, 0)
    return head


def _is_name_alone(paragraphs: Sequence[Sequence[str]], *, is_named: bool) -> bool:
    """Tell whether a comment's first line is a name without a verb: a date follows, or a text."""
    line = paragraphs[0][0]
    lines = [line for paragraph in paragraphs[:2] for line in paragraph]
    if not words.could_be_name(line) or len(lines) < 2:
        return False
    return bool(words.date_line(lines[1])) or (not is_named and len(paragraphs[0]) == 1)


def _read_tail(paragraphs: list[list[str]], head: _Head, aside: Aside) -> None:
    """Take links, and a date if there was none, off a comment's end."""
    while paragraphs:
        line = paragraphs[-1][-1]
        date = words.date_line(line) if head.date is None else None
        if _is_link(paragraphs, line):
            aside.leave_link(line)
        elif date and len(paragraphs[-1]) == 1 and len(paragraphs) > 1:
            head.take(line, date, aside)
        else:
            paragraphs[-1][-1] = words.without_blogger_links(line)
            return
        _drop(paragraphs, -1)


def _is_link(paragraphs: Sequence[Sequence[str]], line: str) -> bool:
    """Tell whether a line at a comment's edge is a link; "Like" alone may be all that was said."""
    is_all = len(paragraphs) == 1 and len(paragraphs[0]) == 1
    return words.is_certain_link(line) or (words.is_link(line) and not is_all)


def _drop(paragraphs: list[list[str]], end: int) -> None:
    """Drop the first (0) or last (-1) line, and its paragraph if nothing else is in that."""
    paragraphs[end].pop(end)
    if not paragraphs[end]:
        paragraphs.pop(end)


def _is_ping_excerpt(texts: Sequence[str]) -> bool:
    """Tell whether a comment is what WordPress quotes of a page that links to the post."""
    whole = " ".join(texts)
    marks = ("[…]", "[...]")
    return len(whole) > 2 * len(marks[1]) and whole.startswith(marks) and whole.endswith(marks)
