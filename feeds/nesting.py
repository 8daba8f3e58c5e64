"""HTML that a parser has no trouble with: what would cost it more than its length is taken out.

Deep nesting, formatting that is never closed and that each paragraph opens again, hundreds of
attributes on one element: the text stays, the tags go. The HTML Standard's numbers are those of
"Parsing HTML documents".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from itertools import islice

from feeds.patterns import lazy


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ATTRIBUTE_SOURCE = r"[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\s>]*+))?+"
#: Comments, what only begins like one, and tags, each as the tokeniser takes it (HTML §13.2.5).
#: Whatever begins ends, if need be with the text, so that nothing is looked at twice.
_TOKEN = lazy(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-z]))[^>]*+>?+"
    rf"|<(/?+)([a-z][^\s/>]*+)((?:[\s/]++|{_ATTRIBUTE_SOURCE})*+)(?:>|\Z)",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
_RAW_ATTRIBUTE = lazy(_ATTRIBUTE_SOURCE, re.ASCII)
#: The sanitiser compares each attribute of an element with each, and what it has to escape in a
#: text or a value costs it the length of all of it.
_LONG_TAG = 2048
_MOST_ATTRIBUTES = 200
_MOST_STRAYS = 1000
_LONG_VALUE = 17_000
_LONG_TEXT = 8192
#: Never within a character reference: before the next one, or far behind the last.
_PART_OF_TEXT = lazy(r".{4096}[^&\xa0]{0,4096}+", re.DOTALL)
_TEXT_RUN = lazy(rf"(?<![^>])[^<>]{{{_LONG_TEXT},}}+")

#: §13.2.4.3: what a parser opens again wherever something else closed it.
_FORMATTING = _set("a b big code em font i nobr s small strike strong tt u")
_VOID = _set("area base br col embed frame hr img input link meta param source track wbr")
#: Their start ends another of their own.
_SELF_CLOSING = {name: _set(name) for name in ["a", "button", "li", "nobr", "p"]} | {
    name: _set("dd dt") for name in ("dd", "dt")
}
_TABLE_PARTS = _set("caption colgroup tbody td tfoot th thead tr")
_CELLS = _set("caption td th")
#: An end tag reaches no further than to these (§13.2.4.2, "has an element in scope").
_BARRIERS = _CELLS | _set(
    "annotation-xml applet desc foreignobject marquee mi mn mo ms mtext object select table"
    " template title"
)
_CLOSES_P = _set(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext"
    " pre search section summary table ul xmp"
)
#: Elements that a list's item, or the end of a span, does not reach through ("special").
_SPECIAL = _BARRIERS | _CLOSES_P | _TABLE_PARTS | _set("button iframe noembed noframes noscript")
_TABLE = frozenset({"table"})
_BUTTON_SCOPE = _BARRIERS | {"button"}
_LIST_SCOPE = _SPECIAL - {"address", "div", "p"}
#: Elements that do not nest, or that a parser closes by itself.
_FLAT = _VOID | _CELLS | _set("dd dt li p")


def shallow(text: str, depth: int) -> str:
    """Return HTML that a parser has no trouble with; all of its text stays.

    Tags that nest deeper than `depth` go. So does what makes a parser's work grow faster than the
    text: hundreds of attributes on one element, and formatting that is never closed and that each
    paragraph would open again.
    """
    if len(text) < _LONG_TAG and text.count("<") <= depth:
        return text
    nesting = _Nesting(depth, allowance=10_000 + 2 * len(text))
    pieces: list[str] = []
    start = 0
    for match in _TOKEN.finditer(text):
        pieces.append(_text_in_parts(text[start : match.start()]))
        start = match.end()
        # What goes leaves a comment: text that grew together would be a long one.
        pieces.append((nesting.tag(match) or "<!---->") if match[2] else match[0])
    pieces.append(_text_in_parts(text[start:]))
    return "".join(pieces)


def _text_in_parts(text: str) -> str:
    """Part long text by comments, which the sanitiser takes away again."""
    return _PART_OF_TEXT.sub(r"\g<0><!---->", text) if len(text) >= _LONG_TEXT else text


def _run_in_parts(run: re.Match[str]) -> str:
    return _text_in_parts(run[0])


def _written(tag: re.Match[str]) -> str:
    """Return a tag as it is; a long one without what no honest element has."""
    if len(tag[0]) < _LONG_TAG:
        return tag[0]
    if tag[1]:
        return f"</{tag[2]}>"
    attributes = islice(_RAW_ATTRIBUTE.finditer(tag[3]), _MOST_ATTRIBUTES)
    kept = (attribute[0] for attribute in attributes if len(attribute[0]) <= _LONG_VALUE)
    return f"<{tag[2]} {' '.join(kept)}>"


class _Open:
    """An element that is open."""

    __slots__ = ("loose", "name", "size")

    def __init__(self, name: str, size: int) -> None:
        self.name = name
        #: What it takes to open it once more.
        self.size = size
        #: Whether it went with something around it, and comes back in whatever follows.
        self.loose = False


class _Nesting:
    """What is open where: as a parser sees it or, where that is hard to tell, more than that."""

    def __init__(self, depth: int, allowance: int) -> None:
        self._depth = depth
        #: How much may be opened again, in characters.
        self._allowance = allowance
        self._open: list[_Open] = []
        self._names: Counter[str] = Counter()
        self._level = 0
        self._loose = 0
        self._strays = 0
        #: Elements whose start has gone, so that their end goes too.
        self._gone: Counter[str] = Counter()

    def tag(self, tag: re.Match[str]) -> str:
        """Return what stands for a tag: itself, nothing, or ends of formatting before it."""
        name = tag[2].lower()
        before = self._tied() if name not in _FORMATTING else ""
        if name not in _TABLE_PARTS and name != "table":
            before += self._fostered()
        stays = self._end(name) if tag[1] else self._start(name, tag)
        return before + (_written(tag) if stays else "")

    def _tied(self) -> str:
        """End what would be opened again once too often."""
        self._allowance -= self._loose
        if self._allowance >= 0 or not self._loose:
            return ""
        loose = [element for element in self._open if element.loose]
        for element in loose:
            self._forget(element)
        self._open = [element for element in self._open if not element.loose]
        return "".join(f"</{element.name}>" for element in reversed(loose))

    def _fostered(self) -> str:
        """End a table that has too much between its cells: each piece has to go before it."""
        table = self._find(_TABLE, _BARRIERS)
        if table is None:
            return ""
        self._strays += 1
        if self._strays <= _MOST_STRAYS:
            return ""
        self._close("table", table)
        return "</table>"

    def _start(self, name: str, tag: re.Match[str]) -> bool:
        if name in _TABLE_PARTS and (self._back_to_table() is None or name not in _CELLS):
            return True
        if name in _CLOSES_P:
            self._close("p", self._find(_SELF_CLOSING["p"], _BUTTON_SCOPE))
        if name in _SELF_CLOSING and name != "p":
            stops = _BARRIERS if name in _FORMATTING else _LIST_SCOPE
            self._close(name, self._find(_SELF_CLOSING[name], stops))
        if name in _VOID:
            return True
        if tag[3].endswith("/") and (self._names["svg"] or self._names["math"]):
            return True
        if name not in _FLAT and self._level >= self._depth:
            self._gone[name] += 1
            return False
        size = 2 * len(name) + 5 + min(len(tag[3]), _LONG_VALUE) if name in _FORMATTING else 0
        self._open.append(_Open(name, size))
        self._names[name] += 1
        self._level += name not in _FLAT
        return True

    def _end(self, name: str) -> bool:
        if self._gone[name]:
            self._gone[name] -= 1
            return False
        if name == "table" or name in _TABLE_PARTS:
            table = self._back_to_table()
            if name == "table":
                self._close(name, table)
        elif name in _FORMATTING or name in _SPECIAL:
            self._close(name, self._find({name}, _BARRIERS))
        else:
            self._close(name, self._find({name}, _SPECIAL))
        return True

    def _find(self, names: Set[str], stops: Set[str]) -> int | None:
        """Return where the innermost of some elements is open, if no stop is in between."""
        if not any(map(self._names.get, names)):
            return None
        for place in range(len(self._open) - 1, -1, -1):
            name = self._open[place].name
            if name in names:
                return place
            if name in stops:
                return None
        return None

    def _close(self, name: str, place: int | None) -> None:
        """Close an element, and what is in it: formatting comes back, unless a cell held it."""
        if place is None:
            return
        if name in _FORMATTING:
            self._forget(self._open.pop(place))
            return
        self._forget(self._open[place])
        self._leave(place + 1, comes_back=name not in _BARRIERS or name in {"table", "select"})
        del self._open[place]

    def _leave(self, place: int, *, comes_back: bool) -> None:
        """Close what is open from a place on."""
        self._gone.clear()
        inner = self._open[place:]
        del self._open[place:]
        for element in inner:
            comes_back = comes_back and element.name not in _CELLS
            if comes_back and element.name in _FORMATTING:
                self._loose += 0 if element.loose else element.size
                element.loose = True
                self._open.append(element)
            else:
                self._forget(element)

    def _back_to_table(self) -> int | None:
        """Close what stands between here and the table around it; return where that is."""
        place = self._find(_TABLE, {"template"})
        if place is not None:
            self._leave(place + 1, comes_back=True)
        return place

    def _forget(self, element: _Open) -> None:
        self._names[element.name] -= 1
        self._level -= element.name not in _FLAT
        self._loose -= element.size if element.loose else 0


def in_parts(clean: str) -> str:
    """Return clean HTML whose long texts the sanitiser takes part by part."""
    return _TEXT_RUN.sub(_run_in_parts, clean)
