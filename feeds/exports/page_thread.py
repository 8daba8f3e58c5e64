"""Where the comments of a page are: which elements make one, and which comment it answers.

Themes agree on little. A comment is known by its number (`comment-12`, `li-comment-12`, Blogger's
`c8723`), by microdata, or by its class within a list of comments; several elements with one number
are one comment, and what nests is a reply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from feeds.exports.page_tree import Element

#: WordPress's numbers, the places of generators' themes (`1-2` answers `1`), and the hexadecimal
#: ids of TypePad and Staticman.
_NUMBER = re.compile(
    r"(?:li-|div-|dt-|article-|post-)?comment[-_]?(\d{1,20}(?:-\d{1,6}){0,3}|[0-9a-f][0-9a-f-]{15,63})"
)
_BLOGGER_NUMBER = re.compile(r"c(\d{1,20})")
_ITEM_TYPE = re.compile(r"https?://schema\.org/(?:User)?Comments?/?")
_ITEM_CLASSES = frozenset(
    {
        "comment", "pingback", "trackback", "comment-item", "comment_item", "js-comment",
        "single-comment", "u-comment",
    }
)  # fmt: skip
_ITEM_TAGS = frozenset({"li", "article", "div", "section", "dt"})
#: What holds comments: by its id or one of its classes.
_LISTS = re.compile(
    r"comments?|comments?[-_]?(?:list|area|block|section|holder|thread|wrapper|container|content|inner)"
    r"|comments[-_].{1,40}|.{1,20}[-_]comments|pings?list|pinglist|trackbacks?|pingbacks|thread"
)
_REPLIES = frozenset(
    {"children", "indented", "replies", "comment-replies", "comment-children", "comment-thread"}
)
_REPLY_TAGS = frozenset({"ol", "ul", "dl"})
_DEPTH = re.compile(r"depth-(\d{1,3})")
#: Where themes repeat comments of other posts, or of this one.
_ELSEWHERE = frozenset({"nav", "form", "head"})
_ELSEWHERE_CLASSES = re.compile(r"sidebar|widget(?:-area|-container|s|_.*)?|recentcomments")


@dataclass(eq=False, slots=True)
class Found:
    """The elements of one comment, and its place in the thread."""

    #: What it is called on the page; empty if the page does not number its comments.
    number: str
    parts: list[Element]
    parent: Found | None = None
    is_microdata: bool = False
    #: The id of its element, for the line on which it stands.
    anchor: str = ""


@dataclass(slots=True)
class _Frame:
    """One element on the way down, and what is known there."""

    element: Element
    children: Iterator[Element]
    item: Found | None
    #: Whether a list was entered since the comment began.
    is_nested: bool
    is_list: bool
    #: The comment that came last among the children, for replies that stand behind it.
    last: Found | None = None
    #: What an empty anchor before a comment says it is called.
    announced: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Thread:
    """All comments of a page, in its order."""

    items: list[Found] = field(default_factory=list)
    #: Every element that starts a comment or goes on with it.
    owners: dict[Element, Found] = field(default_factory=dict)


def find(root: Element) -> Thread:
    """Return the comments on a page."""
    finder = _Finder()
    finder.run(root)
    return finder.thread


class _Finder:
    """Walks a page from its top and notes where comments start."""

    def __init__(self) -> None:
        self.thread = Thread()
        self._by_number: dict[str, Found] = {}
        self._depths: dict[int, Found] = {}
        #: The comment that `child`, a class of Jekyll's themes, answers.
        self._last_top: Found | None = None

    def run(self, root: Element) -> None:
        """Walk the page."""
        stack = [_Frame(root, _elements(root), None, False, False)]
        while stack:
            frame = stack[-1]
            element = next(frame.children, None)
            if element is None:
                stack.pop()
                continue
            if element.gone or is_elsewhere(element):
                continue
            item, is_new = self._item(element, frame)
            is_container = not is_new and is_list(element)
            is_replies = element.tag in _REPLY_TAGS or bool(element.classes & _REPLIES)
            above = item
            if not is_new and frame.last and element.classes & _REPLIES:
                above = frame.last  # Drupal's replies stand behind what they answer
            if is_new:
                frame.last = item
            stack.append(
                _Frame(
                    element,
                    _elements(element),
                    above,
                    not is_new and (frame.is_nested or is_replies),
                    frame.is_list or is_container,
                )
            )

    def _item(self, element: Element, frame: _Frame) -> tuple[Found | None, bool]:
        """Return the comment that an element is of, and whether it starts there."""
        current = frame.item
        if element.tag == "dd" and frame.last and frame.element.tag == "dl":
            frame.last.parts.append(element)
            self.thread.owners[element] = frame.last
            return frame.last, False
        anchor, number = _number(element, in_list=frame.is_list)
        is_marked, is_microdata = _mark(element, in_list=frame.is_list)
        if number and element.tag == "a":
            self._announce(anchor, number, frame)
            return current, False
        if not (number or is_marked):
            return current, False
        if number and (known := self._by_number.get(number)):
            if known is frame.last and known is not current:
                known.parts.append(element)
                self.thread.owners[element] = known
                return known, False
            return current, False
        if current and not current.number and number and not frame.is_nested:
            self._call(current, number, anchor)
            return current, False
        if current and not number:
            is_other = frame.is_nested or (is_microdata and current.is_microdata)
            if not (is_other and is_marked):
                current.is_microdata = current.is_microdata or is_microdata
                return current, False
        found = Found("", [element], current or self._above(element, number), is_microdata)
        if not number:
            anchor, number = frame.announced
        frame.announced = ("", "")
        self._call(found, number, anchor)
        self._depths[_depth(element)] = found
        if "child" not in element.classes:
            self._last_top = found
        self.thread.items.append(found)
        self.thread.owners[element] = found
        return found, True

    def _announce(self, anchor: str, number: str, frame: _Frame) -> None:
        if frame.item and not frame.item.number and not frame.is_nested:
            self._call(frame.item, number, anchor)
        else:
            frame.announced = (anchor, number)

    def _call(self, found: Found, number: str, anchor: str) -> None:
        if number and number not in self._by_number:
            found.number, found.anchor = number, anchor
            self._by_number[number] = found

    def _above(self, element: Element, number: str) -> Found | None:
        """Return what a comment of a flat list answers, if its class or its number says so."""
        depth = _depth(element)
        if depth > 1:
            return self._depths.get(depth - 1)
        before, hyphen, _ = number.rpartition("-")
        if hyphen and (known := self._by_number.get(before)):
            return known
        return self._last_top if "child" in element.classes else None


def _depth(element: Element) -> int:
    return next((int(m[1]) for c in element.classes if (m := _DEPTH.fullmatch(c))), 0)


def _elements(element: Element) -> Iterator[Element]:
    return (child for child in element.children if isinstance(child, Element))


def _number(element: Element, *, in_list: bool) -> tuple[str, str]:
    """Return the id that numbers a comment, and the number in it; empty if it has none."""
    for name in ("id", "name"):
        value = element.get(name) if name == "id" or element.tag == "a" else ""
        if not value or element.tag in {"input", "textarea", "form", "button"}:
            continue
        if match := _NUMBER.fullmatch(value.lower()):
            return value, match[1]
        if in_list and (match := _BLOGGER_NUMBER.fullmatch(value)):
            return value, match[1]
    return "", ""


def _mark(element: Element, *, in_list: bool) -> tuple[bool, bool]:
    """Tell whether an element says that it is a comment, and whether microdata says so."""
    if is_list(element) and not element.classes & _ITEM_CLASSES:
        return False, False
    if element.has("comment") or (
        "itemscope" in element.attributes and _ITEM_TYPE.fullmatch(element.get("itemtype"))
    ):
        return True, True
    is_classed = bool(element.classes & _ITEM_CLASSES) and element.tag in _ITEM_TAGS
    return is_classed and in_list, False


def is_list(element: Element) -> bool:
    """Tell whether an element is called what themes call a list of comments."""
    name = element.get("id").lower()
    return (len(name) < 60 and bool(_LISTS.fullmatch(name))) or any(
        len(c) < 60 and _LISTS.fullmatch(c) for c in element.classes
    )


def is_elsewhere(element: Element) -> bool:
    """Tell whether an element is no part of the page's own post: a sidebar, a menu."""
    if element.tag in _ELSEWHERE or (element.tag == "aside" and not is_list(element)):
        return True
    classes = element.classes
    if element.tag in {"html", "body", "main", "article"} or "blog" in classes:
        return False  # Blogger's posts stand in a `widget Blog`
    return any(len(c) < 60 and _ELSEWHERE_CLASSES.fullmatch(c) for c in classes)
