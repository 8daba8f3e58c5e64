"""WordPress's own shortcodes → the HTML that they stand for.

Those of plugins stay as they were written: what they stand for is not in the export.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from feeds.exports.wordpress_markup import LITERAL, SHORTCODE, SHORTCODES, in_text, tokens
from feeds.markup import escaped, one_line
from feeds.urls import encoded, is_web_url


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the blog's library."""

    url: str
    title: str = ""
    #: What stands for a picture where it is not shown.
    alt: str = ""


class Library(Protocol):
    """Where galleries find their pictures."""

    def media(self, ids: Sequence[int]) -> list[Media]:
        """Return the files with these numbers, as far as they are there."""

    def pictures_of(self, post: int) -> list[Media]:
        """Return the pictures that were uploaded for a post, in their order."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text without WordPress's own shortcodes."""

    html: str
    #: How many came to nothing, since their files are not in the export.
    dropped: int = 0


_PARTS = re.compile(rf"\[(\[?)(/?)({'|'.join(SHORTCODES)})([^\[\]]*)\](\]?)")
_ATTRIBUTE = re.compile(r"(?<![\w-])([\w-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")
_BARE_ADDRESS = re.compile(r"\s*+(https?://[^\s\"'|]++)\s*+(?:\|.*)?")
_PICTURE = re.compile(r"\s*((?:<a [^<>]*>\s*)?<img [^<>]*>(?:\s*</a>)?)", re.IGNORECASE)
_AUDIO = ("src", "mp3", "ogg", "m4a", "flac", "wav", "wma")
_VIDEO = ("src", "mp4", "m4v", "webm", "ogv", "flv", "wmv")
#: A gallery has so many pictures at most; and in characters, all that shortcodes may stand for:
#: `[gallery]` is nine letters, and a post may hold a hundred thousand of them.
_MAX_PICTURES = 1000
_MAX_SHOWN = 4_000_000
#: Shortcodes that stand around something.
_PAIRED = frozenset({"caption", "wp_caption", "embed"})
#: Addresses alone on a line are what WordPress embeds; a feed reader wants something to press.
_LONE_ADDRESS = re.compile(r"^([ \t]*+)(https?://[^\s<>\"\[\]]++)([ \t]*+)$", re.MULTILINE)


def rendered(text: str, post: int, library: Library) -> Rendered:
    """Return the text of `post` with WordPress's own shortcodes done.

    `[[gallery]]` is how an author shows `[gallery]`.
    """
    if "[" not in text:
        return Rendered(text)
    stream = list(tokens(text))
    ends = {name: _ends(stream, name) for name in _PAIRED}
    pieces: list[str] = []
    dropped = at = 0
    room = _MAX_SHOWN
    while at < len(stream):
        token, name = stream[at]
        at += 1
        match = _PARTS.fullmatch(token) if name == SHORTCODE else None
        if not match:
            pieces.append(token)
            continue
        before, is_end, kind, attributes, after = match.groups()
        if before or after or is_end:
            pieces.append(_shown(token, before, after))
            continue
        inside = ""
        if kind in _PAIRED:
            end = _next(ends[kind], at)
            if end is None:
                pieces.append(token)
                continue
            inside = "".join(piece for piece, _ in stream[at:end])
            at = end + 1
        elif at < len(stream) and stream[at][0] == f"[/{kind}]":
            at += 1
        shown = _html(kind, _attributes(attributes), inside, post, library) if room > 0 else ""
        room -= len(shown)
        dropped += not shown
        pieces.append(shown)
    return Rendered("".join(pieces), dropped)


def _shown(token: str, before: str, after: str) -> str:
    """Return an escaped shortcode, or one half of it, without the brackets that escape it."""
    start = 1 if before and (after or "[/" not in token) else 0
    return token[start : len(token) - bool(after)]


def _ends(stream: Sequence[tuple[str, str]], kind: str) -> list[int]:
    """Return where end tags of a shortcode stand, the last one first."""
    end = f"[/{kind}]"
    return [at for at in range(len(stream) - 1, -1, -1) if stream[at][0] == end]


def _next(ends: list[int], at: int) -> int | None:
    while ends and ends[-1] < at:
        ends.pop()
    return ends[-1] if ends else None


def _attributes(text: str) -> dict[str, str]:
    found = {
        match[1].lower(): match[2] or match[3] or match[4] or ""
        for match in _ATTRIBUTE.finditer(text)
    }
    if not found and (address := _BARE_ADDRESS.fullmatch(text)):
        found["src"] = address[1]  # `[audio https://…]`, as wordpress.com had it
    return found


def _html(kind: str, said: dict[str, str], inside: str, post: int, library: Library) -> str:
    if kind in {"caption", "wp_caption"}:
        return _caption(said, inside)
    if kind == "embed":
        address = _address(one_line(inside)) or _address(said.get("src", ""))
        return f"\n\n{_link(address, address)}\n\n" if address else inside
    if kind in {"audio", "video"}:
        return _player(kind, said)
    written = said.get("ids") or said.get("include", "")
    ids = [int(number) for number in re.findall(r"\d{1,18}", written)[:_MAX_PICTURES]]
    if kind == "playlist":
        return _playlist(library.media(ids))
    pictures = library.media(ids) if ids else library.pictures_of(post)[:_MAX_PICTURES]
    return "\n\n" + "\n".join(_picture(media) for media in pictures) + "\n\n" if pictures else ""


def _caption(said: dict[str, str], inside: str) -> str:
    """Return a picture and what stands below it: an attribute once, its text since 3.4."""
    picture = _PICTURE.match(inside)
    text = said.get("caption") or (inside[picture.end() :] if picture else "")
    if not text.strip():
        return inside
    shown = picture[1] if picture else inside
    return f"<figure>{shown}<figcaption>{text.strip()}</figcaption></figure>"


def _player(kind: str, said: dict[str, str]) -> str:
    sources = _AUDIO if kind == "audio" else _VIDEO
    address = next((url for key in sources if (url := _address(said.get(key, "")))), "")
    if not address:
        return ""
    poster = _address(said.get("poster", ""))
    poster = f' poster="{_attribute(poster)}"' if poster else ""
    return (
        f'<{kind} controls src="{_attribute(address)}"{poster}>{_link(address, address)}</{kind}>'
    )


def _playlist(tracks: list[Media]) -> str:
    items = "".join(f"<li>{_link(media.url, media.title or media.url)}</li>" for media in tracks)
    return f"\n<ul>{items}</ul>\n" if items else ""


def _picture(media: Media) -> str:
    return f'<img src="{_attribute(media.url)}" alt="{_attribute(media.alt)}" />'


def _link(address: str, text: str) -> str:
    return f'<a href="{_attribute(address)}">{escaped(text)}</a>'


def _attribute(text: str) -> str:
    return escaped(text).replace('"', "&quot;")


def _address(text: str) -> str:
    """Return a web address, or a path on the site; empty if it is neither."""
    text = text.strip().replace("&amp;", "&").replace("&#038;", "&")
    if text.startswith("/") and not text.startswith("//"):
        return text
    return text if is_web_url(encoded(text)) else ""


def with_links(text: str) -> str:
    """Return HTML with addresses that stand alone on a line, which WordPress embeds, as links."""
    if "://" not in text:
        return text
    return in_text(text, lambda piece: _LONE_ADDRESS.sub(_lone_link, piece), LITERAL | {"a"})


def _lone_link(match: re.Match[str]) -> str:
    before, address, after = match.groups()
    return f"{before}{_link(html.unescape(address), html.unescape(address))}{after}"
