"""Shortcodes in a post's body, as far as they can be told without the site's templates.

Hugo's `{{< name args >}}` and `{{% name args %}}`, Nikola's, which look the same, and Zola's
`{{ name(args) }}` and `{% name(args) %}…{% end %}`. Pictures, films and listings are mapped as in
`liquid`; of others the tags go, what stands between a pair of them stays, and all are counted.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left as bisect
from collections import Counter
from collections.abc import Callable

from feeds.model import Markup
from feeds.patterns import holds, lazy
from feeds.references import mark
from feeds.sources.liquid import arguments, code, media

_ZOLA = lazy(
    r"\{\{\s?(?P<name>\w{1,80})\((?P<args>[^{}]{0,4000}?)\)\s?\}\}"
    r"|\{%-?\s?(?P<block>\w{1,80})\((?P<more>[^{}]{0,4000}?)\)\s?-?%\}"
    r"|\{%-?\s?(?P<end>end)\s?-?%\}"
)
_OPENING = lazy(r"\{\{([<%])")
_HIGHLIGHT_END = lazy(r"\{\{[<%]\s{0,9}/\s{0,9}highlight\s{0,9}[>%]\}\}")
_LINKS = frozenset({"ref", "relref"})
#: What stands between a pair of these is for some readers only, or for nobody: Hugo's own `comment`,
#: and what the common encryptors are called.
_HIDING = (
    "comment",
    "encrypt",
    "encrypted",
    "hugo-encrypt",
    "hugo-encryptor",
    "hugoencrypt",
    "hugoencryptor",
    "password",
    "private",
    "protected",
    "secret",
)
_HIDING_END = lazy(
    rf"\{{\{{[<%]\s{{0,9}}/\s{{0,9}}({'|'.join(_HIDING)})\s{{0,9}}[>%]\}}\}}", re.IGNORECASE
)


def hugo(text: str, address: Callable[[str], str], markup: Markup) -> tuple[str, Counter[str]]:
    """Return a body without Hugo's shortcodes, and what had to be left out, by name and number.

    Args:
        text: the body.
        address: what stands for the address of a page, by what `ref` calls it.
        markup: the language of the body.
    """
    dropped: Counter[str] = Counter()
    if not holds(text, "{{<", "{{%"):
        return text, dropped
    pieces: list[str] = []
    at = 0
    ends = [match.span() for match in _HIGHLIGHT_END.finditer(text)]
    closed: dict[str, list[int]] = {}
    for match in _HIDING_END.finditer(text):
        closed.setdefault(match[1].lower(), []).append(match.end())
    while found := _next_tag(text, at):
        start, end, mark = found
        pieces.append(text[at:start])
        inside, at = text[start + 3 : end].strip(), end + 3
        name, _, rest = inside.rstrip("/").strip().partition(" ")
        if inside.startswith("/*"):  # `{{</* x */>}}` shows `{{< x >}}`
            closing = ">" if mark == "<" else "%"
            pieces.append(f"{{{{{mark}{inside[2:].removesuffix('*/')}{closing}}}}}")
        elif name == "highlight" and (place := bisect(ends, (at,))) < len(ends):
            start, end = ends[place]
            pieces.append(_code(rest, text[at:start], markup))
            at = end
        elif name.lower() in _HIDING and not inside.endswith("/"):
            later = closed.get(name.lower(), [])
            place = bisect(later, at)
            at = later[place] if place < len(later) else len(text)
            _lost(name, dropped)
        elif name in _LINKS:
            given = arguments(rest)
            asked = given.get("path") or given.get("0", "")
            pieces.append(address(asked))
        elif shown := media(name.lower(), arguments(rest), markup):
            pieces.append(shown)
        elif name and not name.startswith("/"):
            _lost(name, dropped)
    return "".join(pieces) + text[at:], dropped


def _next_tag(text: str, at: int) -> tuple[int, int, str] | None:
    """Return where the next shortcode starts and where it closes, and its kind: `<` or `%`.

    What opens another before it closes is text.
    """
    if opening := _OPENING.search(text, at):
        mark = opening[1]
        end = text.find(">}}" if mark == "<" else "%}}", opening.end())
        if end < 0:
            return None
        start = text.rfind("{{" + mark, opening.start(), end)
        return start, end, mark
    return None


def zola(text: str) -> tuple[str, Counter[str]]:
    """Return a body without Zola's shortcodes, and what had to be left out, by name and number."""
    dropped: Counter[str] = Counter()
    if not holds(text, "{{", "{%"):
        return text, dropped

    def shown(match: re.Match[str]) -> str:
        name = match["name"] or match["block"]
        if not name:
            return ""
        given = arguments(match["args"] or match["more"] or "")
        return media(name.lower(), given) or _lost(name, dropped)

    return _ZOLA.sub(shown, text), dropped


def inner_links(text: str, folder: str) -> str:
    """Return a body whose links to `@/page.md` (Zola) are marked for their addresses."""
    if "@/" not in text:
        return text
    return _INNER.sub(lambda match: match[1] + mark(f"/{match[2]}", folder), text)


_INNER = lazy(r"""(\]\(\s?|href=["'])@/([^\s)"'<>]{1,1000})""")
_PELICAN = lazy(
    r"""(\]\(\s?|\]:\s?|(?:href|src)=["'])(?:\{(\w{1,20})\}|\|(\w{1,20})\|)([^\s)"'<>]{1,1000})"""
)


def pelican(text: str, folder: str, root: str) -> str:
    """Return a body whose `{filename}` and `{static}` links (Pelican) lead where they should.

    Args:
        text: the body.
        folder: that of the file, from the root of the repository.
        root: the folder of all content.
    """

    def shown(match: re.Match[str]) -> str:
        kind, path = match[2] or match[3], match[4]
        if kind == "filename":
            return match[1] + mark(path, folder)
        if kind in {"static", "attach"}:
            inside = path if path.startswith("/") else f"{folder.removeprefix(root)}/{path}"
            return f"{match[1]}/{posixpath.normpath(inside).lstrip('/')}"
        return match[0]

    return _PELICAN.sub(shown, text) if "{" in text or "|" in text else text


def _lost(name: str, dropped: Counter[str]) -> str:
    dropped[name] += 1
    return ""


def _code(options: str, text: str, markup: Markup) -> str:
    return code(text, (options.split() or [""])[0].strip("\"'"), markup)
