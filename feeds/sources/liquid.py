"""Liquid in a post's body, as far as it can be told without the site's templates.

What shows the same everywhere is mapped: `raw`, `highlight`, links to posts and files, the site's own
address, pictures and films by their usual tags. The rest needs the generator: it is left out, and
counted by name for whoever wants to know.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from feeds.model import Markup
from feeds.patterns import holds, lazy
from feeds.tuples import NamedTuple


class Surroundings(NamedTuple):
    """What a template may ask for."""

    #: By dotted name: `site.url`, `page.title`.
    values: Mapping[str, str]
    #: The path of the home page, without a slash at its end: Jekyll's `baseurl`.
    home: str
    #: What `site.url` says: scheme and host.
    origin: str
    #: What stands for the address of a post or a page, by what `post_url` and `link` call it.
    address: Callable[[str], str]
    markup: Markup = Markup.MARKDOWN


class _Piece(NamedTuple):
    """A tag, an output, or the text before one."""

    kind: str
    #: The text; or what stands between the braces.
    text: str
    name: str = ""

    @property
    def arguments(self) -> str:
        """What follows a tag's name."""
        return self.text[len(self.name) :].strip()


class _Run(NamedTuple):
    around: Surroundings
    dropped: Counter[str]


def expanded(text: str, around: Surroundings) -> tuple[str, Counter[str]]:
    """Return a body without Liquid, and what had to be left out, by name and number."""
    if not holds(text, "{{", "{%"):
        return text, Counter()
    run = _Run(around, Counter())
    return "".join(_shown(_pieces(text), run)), run.dropped


# --- taking apart ---------------------------------------------------------------------------------

_TAG_NAME = lazy(r"\w*")
_RAW_END = lazy(r"\{%-?\s{0,20}end(raw|comment|highlight)\s{0,20}-?%\}")
_RAW_TAG = lazy(r"\{%-?\s{0,20}(?:end)?raw\s{0,20}-?%\}")
#: Blocks whose inside is no template.
_VERBATIM = frozenset({"raw", "comment", "highlight"})


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the pieces of a text, in one pass: what is opened and never closed is text."""
    at = 0
    while (start := text.find("{", at)) >= 0:
        pair = text[start : start + 2]
        closing = {"{{": "}}", "{%": "%}"}.get(pair)
        if closing is None:
            yield _Piece("text", text[at : start + 1])
            at = start + 1
            continue
        end = text.find(closing, start + 2)
        if end < 0:
            break
        yield _Piece("text", text[at:start])
        inside = text[start + 2 : end].strip("-").strip()
        at = end + 2
        if pair == "{{":
            yield _Piece("output", inside)
            continue
        name = _TAG_NAME.match(inside)[0]  # type: ignore[index]
        yield _Piece("tag", inside, name)
        if name in _VERBATIM:
            close = next((m for m in _RAW_END.finditer(text, at) if m[1] == name), None)
            body_end, at_next = (close.start(), close.end()) if close else (len(text), len(text))
            yield _Piece("verbatim", text[at:body_end])
            at = at_next
    yield _Piece("text", text[at:])


# --- showing --------------------------------------------------------------------------------------

#: Tags that only steer, and whose inside is shown.
_STEERING = frozenset(
    [
        "assign",
        "break",
        "case",
        "continue",
        "cycle",
        "decrement",
        "echo",
        "else",
        "elsif",
        "endcase",
        "endif",
        "endunless",
        "if",
        "increment",
        "unless",
        "when",
    ]
)
#: Blocks that are nothing by themselves: a loop needs what it goes through.
_HOLLOW = frozenset({"for", "capture", "tablerow", "comment"})
#: How people put something aside.
_NEVER = frozenset({("if", "false"), ("unless", "true")})


def _shown(pieces: Iterator[_Piece], run: _Run) -> Iterator[str]:
    for piece in pieces:
        if piece.kind in {"text", "verbatim"}:
            yield piece.text
        elif piece.kind == "output":
            yield _output(piece.text, run)
        elif piece.name in _HOLLOW or (piece.name, piece.arguments) in _NEVER:
            _skip(pieces, piece.name)
        elif piece.name == "highlight":
            yield _highlighted(piece, next(pieces).text, run.around.markup)
        elif piece.name not in _STEERING and piece.name != "raw":
            yield _tag(piece, run)


def _skip(pieces: Iterator[_Piece], name: str) -> None:
    """Pass over a block, and the blocks of its kind in it."""
    if name == "comment":
        next(pieces, None)
        return
    depth = 1
    for piece in pieces:
        if piece.kind == "tag":
            depth += (piece.name == name) - (piece.name == f"end{name}")
        if not depth:
            return


def _highlighted(tag: _Piece, text: str, markup: Markup) -> str:
    language = tag.arguments.split(None, 1)[0] if tag.arguments else ""
    return code(_RAW_TAG.sub("", text), language, markup)


def code(text: str, language: str, markup: Markup) -> str:
    """Return a listing in the language of the body that it stands in."""
    text = text.strip("\n")
    if markup is Markup.HTML:
        return f"<pre><code>{html.escape(text, quote=False)}\n</code></pre>"
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n{fence}{language if language.isalnum() else ''}\n{text}\n{fence}\n"


def _tag(tag: _Piece, run: _Run) -> str:
    if tag.name in {"post_url", "link"}:
        return run.around.address(tag.arguments.strip("\"' "))
    if tag.name in {"include", "include_cached", "include_relative"}:
        file, _, rest = tag.arguments.partition(" ")
        name = re.sub(r"\.\w+$", "", file.rpartition("/")[2]).lower()
        if shown := media(name, arguments(rest), run.around.markup, run.around.home):
            return shown
        run.dropped[f"include {file}"] += 1
        return ""
    if shown := media(
        tag.name.lower(), arguments(tag.arguments), run.around.markup, run.around.home
    ):
        return shown
    if not tag.name.startswith("end"):
        run.dropped[tag.name or "tag"] += 1
    return ""


# --- pictures, films ------------------------------------------------------------------------------

_ARGUMENT = lazy(r"""(?:([\w-]{1,60})\s?[=:]\s?)?(?:"([^"]*)"|'([^']*)'|([^\s"'=,]+))""")
_SHOWN_AS_PICTURE = frozenset({"figure", "img", "image", "picture", "photo", "responsive_image"})
_ID = lazy(r"[\w-]{3,40}")
_FILMS = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtube_player": "https://www.youtube.com/watch?v={}",
    "youtubeplayer": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "gist": "https://gist.github.com/{}",
}


def arguments(text: str) -> dict[str, str]:
    """Return the arguments of a tag or shortcode by name; those without one by number, from `0`."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ARGUMENT.findall(text[:4000]):
        found[name or str(len(found))] = html.unescape(double or single or bare)
    return found


def media(
    name: str, given: Mapping[str, str], markup: Markup = Markup.MARKDOWN, home: str = ""
) -> str | None:
    """Return what stands for a tag that shows a picture, a film or a listing; None for any other."""
    first = given.get("id") or given.get("0") or ""
    if name in _FILMS:
        parts = [part for part in (first, given.get("1", "")) if part]
        id = "/".join(parts[:2]) if name == "gist" else first.rpartition("/")[2].rpartition("=")[2]
        if not all(_ID.fullmatch(part) for part in id.split("/")):
            return None
        url = _FILMS[name].format(id)
        # In Markdown the text of an `<a>` would become a link of its own.
        return f"<{url}>" if markup is Markup.MARKDOWN else f'<a href="{url}">{url}</a>'
    if name in _SHOWN_AS_PICTURE:
        keys = ("src", "url", "image_path", "path", "link", "0")
        source = next((given[key] for key in keys if given.get(key)), "")
        if not source or "{{" in source:
            return None
        if source.startswith("/") and home and not source.startswith(f"{home}/"):
            source = home + source
        alt = html.escape(given.get("alt") or given.get("title") or "")
        caption = html.escape(given.get("caption") or given.get("title") or "", quote=False)
        shown = f'<img src="{html.escape(source)}" alt="{alt}">'
        closing = f"<figcaption>{caption}</figcaption></figure>" if caption else "</figure>"
        return f"<figure>{shown}{closing}"
    return None


# --- outputs --------------------------------------------------------------------------------------


def _output(text: str, run: _Run) -> str:
    """Return what `{{ value | filter }}` shows, if it can be told."""
    parts = [part.strip() for part in _split_filters(text)]
    value = _value(parts[0], run.around)
    for part in parts[1:]:
        if value is None:
            break
        value = _filtered(value, part, run.around)
    if value is None:
        run.dropped["{{ " + parts[0][:40] + " }}"] += 1
    return value or ""


def _split_filters(text: str) -> list[str]:
    """Split at bars that stand outside of quotes."""
    return re.findall(r"""(?:"[^"]*"|'[^']*'|[^|"']|["'])+""", text) or [""]


def _value(text: str, around: Surroundings) -> str | None:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return around.values.get(text)


def _filtered(value: str, filter: str, around: Surroundings) -> str | None:
    name, _, argument = (part.strip() for part in filter.partition(":"))
    if name == "relative_url":
        return value if "://" in value else f"{around.home}/{value.lstrip('/')}"
    if name == "absolute_url":
        if "://" in value:
            return value
        return f"{around.origin}{around.home}/{value.lstrip('/')}"
    if name in {"prepend", "append"}:
        other = _value(argument, around)
        if other is None:
            return None
        return other + value if name == "prepend" else value + other
    if name in {"escape", "xml_escape", "strip", "escape_once"}:
        return value.strip() if name == "strip" else html.escape(value)
    return None


def counted(dropped: Counter[str], most: int = 5) -> str:
    """Return what was left out in a few words: `include a.html (3 times), toc`."""
    named = [f"{name} ({n} times)" if n > 1 else name for name, n in dropped.most_common(most)]
    more = len(dropped) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")
