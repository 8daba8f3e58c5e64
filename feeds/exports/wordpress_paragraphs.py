"""Blank lines → paragraphs, line ends → line breaks: what WordPress makes of its stored text.

Where `wpautop` leaves tags that do not match (`<div>one</p>`), this writes the ones that were meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.exports.wordpress_markup import COMMENT, tokens
from feeds.markup import legal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS = _words(
    "address area article aside blockquote caption col colgroup dd details div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li map menu nav ol p"
    " section summary table tbody td tfoot th thead tr ul"
)
_VOID = frozenset({"area", "col", "hr"})
#: Elements with line ends of their own. The first are blocks, the others stand in a line of text.
_OPAQUE_BLOCKS = frozenset({"pre", "style"})
_OPAQUE = _OPAQUE_BLOCKS | {
    "audio",
    "math",
    "object",
    "script",
    "select",
    "svg",
    "textarea",
    "video",
}
#: What a reader never sees makes no paragraph.
_INVISIBLE = frozenset({"script"})
_BLANK_LINE = re.compile(r"\n\s*\n")
_BREAKS = ("<br>", "<br/>", "<br />")
_TWO_BREAKS = re.compile(r"<br\s*/?>\s*<br\s*/?>", re.IGNORECASE)
#: A line end that is none; XML forbids the character, so no text has it.
_KEPT_END = "\x01"


def paragraphs(text: str) -> str:
    """Return stored text as HTML with `<p>` and `<br />`.

    Block elements, and what stands in `pre`, `script`, `style` and the like, stay as they are.
    """
    text = legal(text).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return ""
    builder = _Builder()
    for token, name, is_block in _parts(_without_double_breaks(text)):
        if is_block:
            builder.block(token, name)
        else:
            builder.inline(token, is_visible=name not in _INVISIBLE and name != COMMENT)
    return builder.result()


def _parts(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield tokens, opaque elements as one, and whether each is a block or within a line."""
    opaque: list[str] = []
    name_of_opaque = ""
    closed = _last_ends(text)
    at = 0
    for token, name in tokens(text):
        at += len(token)
        if name_of_opaque:
            opaque.append(token)
            if name == f"/{name_of_opaque}":
                yield _joined(opaque), name_of_opaque, name_of_opaque in _OPAQUE_BLOCKS
                opaque, name_of_opaque = [], ""
        elif name in _OPAQUE and closed.get(name, -1) >= at:
            opaque, name_of_opaque = [token], name
        elif name.removeprefix("/") in _BLOCKS | _OPAQUE_BLOCKS:
            yield token.replace("\n", " "), name, True
        elif name == COMMENT:
            yield _joined([token]), name, False
        else:
            yield token.replace("\n", " ") if name else token, name, False
    if opaque:  # the only end tag stood in a comment
        yield _joined(opaque), name_of_opaque, name_of_opaque in _OPAQUE_BLOCKS


def _joined(pieces: list[str]) -> str:
    return "".join(pieces).replace("\n", _KEPT_END)


_OPAQUE_END = re.compile(rf"</({'|'.join(sorted(_OPAQUE))})[^<>]*>", re.IGNORECASE)


def _last_ends(text: str) -> dict[str, int]:
    """Return where the last end tag of each opaque element stands: without one it ends nowhere."""
    return {match[1].lower(): match.start() for match in _OPAQUE_END.finditer(text)}


class _Builder:
    """Collects what stands within lines, and writes it when a block tag ends it."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._run: list[str] = []
        self._is_visible = False
        #: Whether a block has just been opened: what follows on the same line is in no paragraph.
        self._after_open = False
        #: Whether a `<p>` of the author's is open.
        self._in_paragraph = False

    def inline(self, token: str, *, is_visible: bool) -> None:
        """Take text, or a tag within a line."""
        self._run.append(token)
        self._is_visible |= is_visible and not token.isspace()

    def block(self, token: str, name: str) -> None:
        """Take a tag that starts or ends a block, or a block that is one piece."""
        self._flush()
        if name == "/p":
            self._close_paragraph()  # and where ours has ended there already, it ends nothing
            return
        self._close_paragraph()
        is_end = name.startswith("/") or name in _VOID or name in _OPAQUE_BLOCKS
        self._out.append(f"{token}\n" if is_end else token)
        self._in_paragraph = name == "p"
        self._after_open = not is_end and name != "blockquote"

    def result(self) -> str:
        """Return all of it."""
        self._flush()
        self._close_paragraph()
        return "".join(self._out).strip("\n").replace(_KEPT_END, "\n")

    def _close_paragraph(self) -> None:
        if self._in_paragraph:
            self._out.append("</p>\n")
        self._in_paragraph = self._after_open = False

    def _flush(self) -> None:
        text = "".join(self._run)
        self._run = []
        if not self._is_visible:
            self._out.append(text.strip())
            return
        self._is_visible = False
        parts = _BLANK_LINE.split(text)
        is_bare = self._after_open and (self._in_paragraph or len(parts) == 1) and parts[0].strip()
        for number, part in enumerate(parts):
            if not part.strip():
                continue
            if number == 0 and is_bare:
                self._out.append(_broken(part))
                continue
            self._close_paragraph()
            is_note = (
                part.lstrip().startswith("<!--") and part.find("-->") == len(part.rstrip()) - 3
            )
            self._out.append(f"{part.strip()}\n" if is_note else f"<p>{_broken(part)}</p>\n")
        self._after_open = False


def _without_double_breaks(text: str) -> str:
    return _TWO_BREAKS.sub("\n\n", text) if "<br" in text.lower() else text


def _broken(text: str) -> str:
    """Return the lines of a paragraph with a break at the end of each but the last."""
    *lines, last = text.strip("\n").rstrip().split("\n")
    return "".join(f"{_with_break(line.rstrip())}\n" for line in lines) + last


def _with_break(line: str) -> str:
    return line if line.lower().endswith(_BREAKS) else f"{line}<br />"
