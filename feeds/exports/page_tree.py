"""HTML → a small tree that is easy to ask; the only place that knows the parser.

Nothing here recurses, so a page may nest as deeply as it likes. Elements are taken out by marking
them (`gone`): whoever walks, reads or writes the tree passes over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from feeds.errors import ContentError, UsageError, quoted
from feeds.markup import legal, one_line


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_VOID = _set("area base br col embed hr img input link meta source track wbr")
#: What readers of a text see as one word with what is beside it.
INLINE = _set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q ruby s"
    " samp small span strike strong sub sup time tt u var wbr"
)
UNSEEN = _set("script style template head noscript")
#: What an element is called that stands where an author cut the excerpt.
MORE = "!--more--"


@dataclass(eq=False, slots=True)
class Element:
    """One element of a page."""

    tag: str
    attributes: Mapping[str, str]
    parent: Element | None = field(default=None, repr=False)
    children: list[Element | str] = field(default_factory=list, repr=False)
    #: Characters of text within.
    weight: int = 0
    #: Taken out, with all that is in it.
    gone: bool = False

    def get(self, name: str) -> str:
        """Return an attribute without blanks around it; empty if there is none."""
        return self.attributes.get(name, "").strip()

    @property
    def classes(self) -> frozenset[str]:
        """Its classes, in lower case."""
        return frozenset(self.attributes.get("class", "").lower().split())

    @property
    def rel(self) -> frozenset[str]:
        """What its link is, in lower case."""
        return frozenset(self.attributes.get("rel", "").lower().split())

    def has(self, prop: str) -> bool:
        """Tell whether it is the property `prop` of microdata."""
        return prop in self.attributes.get("itemprop", "").split()

    def ancestors(self) -> Iterator[Element]:
        """Yield what it stands in, from the inside out."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def is_in(self, other: Element) -> bool:
        """Tell whether it stands within `other`, or is it."""
        return self is other or any(above is other for above in self.ancestors())


@dataclass(frozen=True, slots=True)
class Tree:
    """A page, and what on it matches the caller's selector."""

    root: Element
    selected: tuple[Element, ...] = ()


def parse(text: str, selector: str | None = None) -> Tree:
    """Parse a page whose tags are bounded (`page_source.bounded`).

    Raises:
        ContentError: there is nothing in it.
        UsageError: `selector` is no selector of CSS.
    """
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    document = LexborHTMLParser(text)
    try:
        wanted = {node.mem_id for node in document.css(selector)} if selector else set()
    except (SelectolaxError, ValueError):
        raise UsageError(
            f"{quoted(selector or '')} is no selector of CSS; write one such as article .text"
        ) from None
    node = document.root
    if node is None:
        raise ContentError("the page is empty", "save it again")
    root = Element("html", _attributes(node))
    elements = [root]
    selected: list[Element] = []
    stack = [(node.first_child, root)]
    while stack:
        child, above = stack.pop()
        while child is not None:
            if child.is_element_node:
                element = Element(legal(child.tag or ""), _attributes(child), above)
                above.children.append(element)
                elements.append(element)
                if child.mem_id in wanted:
                    selected.append(element)
                if child.first_child is not None:
                    stack.append((child.next, above))
                    child, above = child.first_child, element
                    continue
            elif child.is_text_node and (content := child.text_content):
                above.children.append(legal(content))
                above.weight += len(content.strip())
            child = child.next
    for element in reversed(elements):
        if element.parent and element.tag not in UNSEEN:
            element.parent.weight += element.weight
    return Tree(root, tuple(selected))


def _attributes(node: object) -> dict[str, str]:
    attributes: Mapping[str, str | None] = getattr(node, "attributes", {})
    # HTML §13.2.5.33: a name is whatever stands there, control characters and all.
    found = ((legal(name), legal(value or "")) for name, value in attributes.items())
    return {name: value for name, value in found if name}


# --- asking ---------------------------------------------------------------------------------------


def _never(_: Element) -> bool:
    return False


def walk(top: Element, skip: Callable[[Element], bool] = _never) -> Iterator[Element]:
    """Yield `top` and all elements in it, in the order of the page, without those that `skip`."""
    stack = [top]
    while stack:
        element = stack.pop()
        if element.gone or skip(element):
            continue
        yield element
        if not element.gone:  # whoever walks may have taken it out
            stack.extend(c for c in reversed(element.children) if isinstance(c, Element))


def first(top: Element, test: Callable[[Element], bool]) -> Element | None:
    """Return the first element in `top`, or itself, that passes `test`."""
    return next((element for element in walk(top) if test(element)), None)


def text_of(top: Element, *, alts: bool = False, skip: Callable[[Element], bool] = _never) -> str:
    """Return the text of an element on one line; with `alts`, what stands for its pictures, too."""
    return one_line("".join(_texts(top, alts, skip)))


def lines_of(top: Element, skip: Callable[[Element], bool] = _never) -> str:
    """Return an element's text with what stands for its pictures, a line's end at each break."""
    return "".join(_texts(top, True, skip))


_BREAK = "\n"


def _texts(top: Element, alts: bool, skip: Callable[[Element], bool]) -> Iterator[str]:
    stack: list[Element | str] = [top]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node if node == _BREAK else node.replace(_BREAK, " ")
        elif node.gone or node.tag in UNSEEN or skip(node):
            continue
        elif node.tag == "img":
            yield node.get("alt") if alts else ""
        elif node.tag in INLINE:
            stack.extend(reversed(node.children))
        else:
            stack += [_BREAK, *reversed(node.children), _BREAK]


# --- writing --------------------------------------------------------------------------------------

Attributes = Callable[[Element], Mapping[str, str] | None]


def inner_html(
    tops: Iterable[Element | str],
    attributes: Attributes,
    text: Callable[[str], str] = str,
    skip: Callable[[Element], bool] = _never,
) -> str:
    """Return the HTML of nodes.

    Args:
        tops: the nodes.
        attributes: says what an element keeps; None: its content only.
        text: changes what is written.
        skip: elements that are passed over, with all that is in them.
    """
    pieces: list[str] = []
    # An element's end tag waits on the stack behind its children, wrapped so that it is no text.
    stack: list[Element | str | tuple[str]] = [*tops]
    stack.reverse()
    while stack:
        node = stack.pop()
        if isinstance(node, tuple):
            pieces.append(node[0])
        elif isinstance(node, str):
            pieces.append(escape(text(node), quote=False).replace("\xa0", "&nbsp;"))
        elif node.tag == MORE:
            pieces.append("<!--more-->")
        elif not node.gone and not skip(node):
            kept = attributes(node)
            if kept is not None:
                listed = "".join(f' {name}="{escape(value)}"' for name, value in kept.items())
                pieces.append(f"<{node.tag}{listed}>")
                if node.tag in _VOID:
                    continue
                stack.append((f"</{node.tag}>",))
            stack.extend(reversed(node.children))
    return "".join(pieces).strip()
