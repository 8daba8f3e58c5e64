"""What Jekyll's Markdown knows beyond everybody's: attributes, comments, tables of contents.

They are taken out of the text, so that nobody reads `{: .notice}`, and nothing that was a comment is
published. Listings stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from feeds.patterns import holds, lazy

_FENCE = lazy(r" {0,3}(`{3,}|~{3,})")
#: A line of nothing but attributes: `{: .notice}`, `{:toc}`, `{:.no_toc #id}`.
_ATTRIBUTES = lazy(r"\s{0,12}\{:(?!:)[^{}\n]{0,500}\}\s*$")
_CONTENTS = lazy(r"\s{0,12}\{:\s?toc\b[^{}\n]{0,200}\}\s*$")
#: The same behind a link, a word in stars, a listing in a line.
_INLINE = lazy(r"(?<=[)\]*_`>])\{:[^{}\n`]{0,300}\}")
_HEADING_ID = lazy(r"(#{1,6}\s.{0,500}?)\s*\{#[\w:.-]{1,200}\}\s*$")
_EXTENSION = lazy(r"\{::(?:options|nomarkdown)\b[^{}\n]{0,300}\}|\{:/(?:nomarkdown)?\}")
_COMMENT_OPEN, _COMMENT_CLOSE = lazy(r"\{::comment\s?\}"), lazy(r"\{:/(?:comment)?\}")


def plain(text: str) -> str:
    """Return Markdown without what only kramdown reads."""
    if not holds(text, "{:", "{#"):
        return text
    return "\n".join(_lines(_without_comments(text)))


def without_heading_ids(text: str) -> str:
    """Return Markdown without the `{#id}` of headings, which Hugo, Zola and kramdown share."""
    if not holds(text, "{#"):
        return text
    return "\n".join(
        line if is_code else _HEADING_ID.sub(r"\1", line) for line, is_code in _told_apart(text)
    )


def _without_comments(text: str) -> str:
    pieces: list[str] = []
    at = 0
    while opening := _COMMENT_OPEN.search(text, at):
        pieces.append(text[at : opening.start()])
        closing = _COMMENT_CLOSE.search(text, opening.end())
        at = closing.end() if closing else len(text)  # one that never ends hides the rest
    return "".join(pieces) + text[at:]


def _lines(text: str) -> Iterator[str]:
    lines = list(_told_apart(text))
    for number, (line, is_code) in enumerate(lines):
        if is_code:
            yield line
            continue
        after = lines[number + 1][0] if number + 1 < len(lines) else ""
        if "{:" in after and _CONTENTS.match(after):
            continue  # the list item above `{:toc}` is a place to put the contents
        if "{" not in line:
            yield line
            continue
        if _ATTRIBUTES.match(line):
            continue
        line = _HEADING_ID.sub(r"\1", line)
        yield _EXTENSION.sub("", _INLINE.sub("", line)) if "{:" in line else line


def _told_apart(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is part of a listing."""
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence:
            yield line, True
            if match and match[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        else:
            yield line, bool(match) or line.startswith(("    ", "\t"))
            if match:
                fence = match[1]
