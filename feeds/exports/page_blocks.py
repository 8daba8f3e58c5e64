"""A piece of a page as the blocks that a reader sees: paragraphs, lists, pictures, loose lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from feeds.exports.page_tree import INLINE, UNSEEN, Element, lines_of, walk
from feeds.markup import one_line

#: Elements that only hold blocks together.
_WRAPPERS = frozenset(
    {"address", "article", "center", "div", "footer", "header", "main", "section", "hgroup"}
)
_LOOSE = INLINE | {"img", "picture", "button", "svg"}
_MEDIA = frozenset({"img", "picture", "iframe", "video", "audio", "object", "embed", "svg", "hr"})


@dataclass(frozen=True, slots=True)
class Block:
    """One block: an element, or loose text with what stands in it, by its place in its parent."""

    places: tuple[tuple[Element, int], ...]
    #: With what stands for its pictures.
    lines: tuple[str, ...]
    has_media: bool

    @property
    def text(self) -> str:
        """Its text on one line."""
        return " ".join(self.lines)

    def take_out(self) -> None:
        """Take it out of the page."""
        for parent, place in self.places:
            child = parent.children[place]
            if isinstance(child, Element):
                child.gone = True
            else:
                parent.children[place] = ""


def blocks(tops: Iterable[Element], skip: Callable[[Element], bool]) -> list[Block]:
    """Return the blocks in some elements, in the order of the page; empty ones are passed over."""
    found = (_block(run, skip) for run in _runs(tops, skip))
    return [block for block in found if block.text or block.has_media]


_Run = list[tuple[Element, int]]


def _runs(tops: Iterable[Element], skip: Callable[[Element], bool]) -> Iterator[_Run]:
    """Yield places that belong together: one block element, or loose nodes up to an empty line."""
    stack: list[tuple[Element, int]] = [(top, 0) for top in reversed(list(tops))]
    run: _Run = []
    breaks = 0
    while stack:
        parent, place = stack.pop()
        if place >= len(parent.children):
            if run:
                yield run
            run, breaks = [], 0
            continue
        stack.append((parent, place + 1))
        child = parent.children[place]
        if isinstance(child, str) or child.tag in _LOOSE or child.tag == "br":
            if isinstance(child, Element) and child.tag == "br":
                breaks += 1
            elif isinstance(child, Element) or child.strip():
                if breaks > 1 and run:  # a blank line between two paragraphs
                    yield run
                    run = []
                breaks = 0
            run.append((parent, place))
            continue
        if run:
            yield run
        run, breaks = [], 0
        if child.gone or skip(child) or child.tag in UNSEEN:
            continue
        if child.tag in _WRAPPERS:
            stack.append((child, 0))
        else:
            yield [(parent, place)]


def _block(run: _Run, skip: Callable[[Element], bool]) -> Block:
    pieces: list[str] = []
    has_media = False
    for parent, place in run:
        child = parent.children[place]
        if isinstance(child, str):
            pieces.append(child.replace("\n", " "))
        elif child.tag == "br":
            pieces.append("\n")
        else:
            pieces.append(lines_of(child, skip))
            has_media = has_media or any(e.tag in _MEDIA for e in walk(child, skip))
    lines = (one_line(line) for line in "".join(pieces).split("\n"))
    return Block(tuple(run), tuple(line for line in lines if line), has_media)
