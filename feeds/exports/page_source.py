"""The bytes of a saved page → text that an HTML parser reads in linear time.

A parser follows the rules of HTML, and some of them look at everything that is open for every tag
that comes: 200,000 nested elements take Lexbor 45 seconds. So tags are counted and bounded before
it sees them, and what no importer needs (scripts, styles, comments) does not get that far.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.errors import ContentError

#: No honest page has more, with a thousand comments or with ten.
MAX_TAGS = 500_000
_MAX_DEPTH = 1000
_MAX_ATTRIBUTES = 100
#: Elements such as `<b>` that are left open are opened again in every paragraph that follows.
_MAX_FORMATTING = 50
_MAX_REOPENED = 500_000

# --- what is a page -------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HTML_START = re.compile(
    r"<!doctype\s+html\b|<(?:html|head|body|meta|title|link|article|main)\b", re.I
)


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts with `head` (some kB) is an HTML page, and no XML export."""
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "latin-1")
    text = head.decode(encoding, "replace").lstrip("\ufeff\xef\xbb\xbf \t\r\n\f")
    # XHTML may start with an XML declaration, and a browser writes where a page was saved from.
    while text.startswith(("<?", "<!--")):
        text = text.partition("?>" if text.startswith("<?") else "-->")[2].lstrip()
    return _HTML_START.match(text) is not None


# --- bytes → text ---------------------------------------------------------------------------------

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_DECLARED_WITHIN = 8192
#: Labels of the Encoding Standard whose codecs are safe to run on anybody's bytes.
_KNOWN = re.compile(
    r"(?:iso-?8859-?\d{1,2}|latin-?\d|us-ascii|ascii|windows-125\d|cp125\d|koi8-[ru]|gb2312|gbk"
    r"|gb18030|big5|shift[_-]jis|sjis|x-sjis|euc-jp|euc-kr|iso-2022-jp|macintosh|tis-620)",
    re.I,
)
#: The Encoding Standard reads these labels as their larger kin.
_LARGER = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030",
    "gbk": "gb18030", "x-sjis": "shift_jis", "macintosh": "mac_roman", "euc-kr": "cp949",
}  # fmt: skip
#: Of so many characters outside of ASCII one may be broken: then it is UTF-8 with a scratch.
_SCRATCH = 20


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page, and what had to be guessed to read it; empty if nothing had."""

    text: str
    doubt: str = ""


def decoded(data: bytes) -> Decoded:
    """Decode a page by its byte order mark, as UTF-8, by what it declares, or as Windows-1252.

    UTF-8 comes before the declaration, since browsers save in UTF-8 and leave that as it was.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return Decoded(data[len(bom) :].decode(name, "replace"))
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    label = match[1].decode("ascii", "replace").lower() if match else ""
    try:
        if label != "iso-2022-jp":  # which is ASCII to the eye
            return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if _KNOWN.fullmatch(label):
        try:
            return Decoded(data.decode(_LARGER.get(label, label)))
        except (UnicodeDecodeError, LookupError):
            doubt = f"declares {label}, and not all of it is"
            if _LARGER.get(label, label) != "cp1252":
                return Decoded(data.decode("cp1252", "replace"), f"{doubt}; read as Windows-1252")
            return Decoded(data.decode("cp1252", "replace"), doubt)
    return _undeclared(data)


def _undeclared(data: bytes) -> Decoded:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for c in text if c > "\x7f") - broken
    if broken * _SCRATCH <= foreign:
        return Decoded(text, f"not all of it is UTF-8 ({broken} characters are lost)")
    return Decoded(data.decode("cp1252", "replace"), "not UTF-8, so it was read as Windows-1252")


# --- text → text that can be parsed ---------------------------------------------------------------


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MARKUP = re.compile(r"<(?:!--|(?P<end>/)?(?P<name>[A-Za-z][^\s/>\x00]*)|[!?/])")
#: HTML §13.2.5: quotes mean something behind an equals sign only.
_TO_TAG_END = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""")
_PLAIN_ATTRIBUTES = re.compile(
    r"""(?:\s++[^\s"'<>/=\x00]++(?:=(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`/]++))?+)*+\s*+/?"""
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=\x00]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
_PLAIN_LENGTH = 4000
_NAME = re.compile(r"[a-z][a-z0-9:_.-]*")
_VOID = _set(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source"
    " track wbr"
)
_FORMATTING = _set("a b big code em font i nobr s small strike strong tt u")
#: What ends at its end tag alone, whatever is in it (HTML §13.2.5.1).
_RAW = _set("script style textarea title xmp iframe noembed noframes plaintext")
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in _RAW}
_JSON_LD = re.compile(r"""\stype\s*=\s*["']?application/ld\+json""", re.I)
#: End tags do not reach out of these (HTML §13.2.4.2, "has an element in scope").
_WALLS = _set("applet button caption marquee object table td template th")
_CELLS = _set("caption tbody td tfoot th thead tr")
_IMPLIED = _set("dd dt li option optgroup p rp rt tbody td tfoot th thead tr")


def bounded(text: str) -> str:
    """Return a page without scripts, styles and comments, and within what parsing takes.

    What is written here is spelled so that a parser cannot see other tags in it than we did.

    Raises:
        ContentError: there are more tags on it than on any page.
    """
    return "".join(_Bounds().pieces(text))


class _Bounds:
    """Which elements are open, roughly as a parser will see it."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._open: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._formatting: Counter[str] = Counter()
        self._formatting_open = 0
        self._reopened = 0
        self._tags = 0

    def pieces(self, text: str) -> Iterator[str]:
        """Yield the page, piece by piece."""
        place = 0
        while markup := _MARKUP.search(text, place):
            # Spelled out, a lone "<" cannot become a tag with what follows it.
            yield text[place : markup.start()].replace("<", "&lt;")
            name = (markup["name"] or "").lower()
            if name:
                tag_end = _TO_TAG_END.match(text, markup.end())
                if not tag_end:  # HTML drops a tag that the end of the file cuts
                    return
                place = tag_end.end()
                if markup["end"]:
                    yield self._end(name)
                    continue
                attributes = text[markup.end() : place - 1]
                if name in _RAW:
                    end = _RAW_ENDS[name].search(text, place)
                    yield _raw(name, attributes, text[place : end.start() if end else len(text)])
                    place = end.end() if end else len(text)
                    place = (text.find(">", place) + 1) or len(text)
                else:
                    yield self._start(name, attributes)
            else:
                end_mark = "-->" if markup[0] == "<!--" else ">"
                found = text.find(end_mark, markup.end() - (2 if end_mark == "-->" else 0))
                doctype = text[markup.start() : markup.start() + 9].lower() == "<!doctype"
                place = found + len(end_mark) if found >= 0 else len(text)
                yield "<!DOCTYPE html>" if doctype else ""
        yield text[place:].replace("<", "&lt;")

    def _start(self, name: str, attributes: str) -> str:
        self._tags += 1
        self._reopened += 0 if name in _FORMATTING else self._formatting_open
        if self._tags > MAX_TAGS or self._reopened > _MAX_REOPENED:
            raise ContentError(
                f"there are more tags in it than on any page ({MAX_TAGS:,} at most)",
                "cut it into pages, each with one post and its comments",
            )
        if name in _VOID:
            return _tag(name, attributes)
        if name in _IMPLIED and self._stack and self._stack[-1] == name:
            self._open[self._stack.pop()] -= 1
        too_many = name in _FORMATTING and self._formatting_open >= _MAX_FORMATTING
        if len(self._stack) >= _MAX_DEPTH or too_many:
            self._dropped[name] += 1
            return ""
        if name in _FORMATTING:
            if name == "a":  # a link ends where the next one starts
                self._formatting_open -= self._formatting[name]
                self._formatting[name] = 0
            self._formatting[name] += 1
            self._formatting_open += 1
        self._stack.append(name)
        self._open[name] += 1
        return _tag(name, attributes)

    def _end(self, name: str) -> str:
        self._tags += 1
        if self._dropped[name]:
            self._dropped[name] -= 1
            return ""
        if self._formatting[name]:
            self._formatting[name] -= 1
            self._formatting_open -= 1
        if self._open[name] and (place := self._in_scope(name)) is not None:
            for closed in self._stack[place:]:
                self._open[closed] -= 1
            del self._stack[place:]
        return f"</{name}>" if _NAME.fullmatch(name) else ""

    def _in_scope(self, name: str) -> int | None:
        walls = {"table", "template"} if name in _CELLS else _WALLS
        for place in range(len(self._stack) - 1, -1, -1):
            if self._stack[place] == name:
                return place
            if self._stack[place] in walls and name != "table":
                return None
        return None


def _raw(name: str, attributes: str, content: str) -> str:
    """Return an element whose content is no markup: what can be read of it, and nothing else."""
    if name in {"title", "textarea"}:
        return f"<{name}>{content.replace('<', '&lt;')}</{name}>"
    if name == "iframe":
        return f"{_tag(name, attributes)}</{name}>"
    if name == "script" and _JSON_LD.search(attributes[:_PLAIN_LENGTH]):
        # JSON may spell "<" as an escape; in this way nothing in it looks like a tag.
        escaped = content.replace("<", "\\u003c")
        return f'<script type="application/ld+json">{escaped}</script>'
    return ""


def _tag(name: str, attributes: str) -> str:
    if not _NAME.fullmatch(name):
        return ""
    if len(attributes) <= _PLAIN_LENGTH and _PLAIN_ATTRIBUTES.fullmatch(attributes):
        return f"<{name}{attributes.rstrip('/')}>"
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        value = match[2] or match[3] or match[4] or ""
        found.setdefault(match[1].lower(), value.replace('"', "&quot;"))
        if len(found) >= _MAX_ATTRIBUTES:
            break
    listed = "".join(f' {key}="{value}"' for key, value in found.items())
    return f"<{name}{listed}>"


# --- where it was saved from ----------------------------------------------------------------------

_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)\s*|Page saved with SingleFile\s+url:\s*)(https?://\S{1,2000})"
)


def saved_from(text: str) -> str | None:
    """Return the address that Internet Explorer, Chrome or SingleFile noted at a page's start."""
    match = _SAVED_FROM.search(text[:_DECLARED_WITHIN])
    return match[1] if match else None


_ID = re.compile(r"""\b(?:id|name)\s*=\s*["']?([\w-]{2,64})""", re.I)


def lines_of_ids(text: str) -> dict[str, int]:
    """Return the line on which each id of a page stands first, counted from 1."""
    found: dict[str, int] = {}
    line, place = 1, 0
    for match in _ID.finditer(text):
        line += text.count("\n", place, match.start())
        place = match.start()
        found.setdefault(match[1], line)
    return found
