"""What two spellings of one address, one title or one day have in common."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit

from feeds import urls
from feeds.markup import display_name

#: What links carry so that somebody can count who followed them, and Blogger's jump to a comment.
_TRACKING = re.compile(
    r"(?i)(?:utm_\w*|fbclid|gclid|dclid|msclkid|yclid|mc_[ce]id|mtm_\w*|pk_\w*|_hs(?:enc|mi)|igshid"
    r"|showcomment)(?:=.*)?",
    re.DOTALL,
)
_INDEX = re.compile(r"(?i)/index\.(?:html?|php|xhtml|aspx?)\Z")
#: The anchors of single comments: WordPress and its kin, Movable Type, Blogger, Disqus.
_ANCHOR_START = re.compile(r"(?i)(?:li-|div-)?(?:comment|cmt)[-_]?(?=.)|c(?=\d+\Z)")
_COMMENT_ANCHOR = re.compile(r"(?i)(?:li-|div-)?(?:comment|cmt)[-_]?[^\d]*\d.*|c\d+", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_MAX_TITLE = 1000
_MAX_ADDRESS = 4000


def page_key(address: str) -> str:
    """Return what is the same in all addresses of one page: no scheme, no `www.`, no tracking.

    Host in lower case and as DNS has it, path percent-decoded (NFC), without a slash or an
    `index.html` at its end; then the query, but for what only counts readers. Empty for what is no
    address on the web.
    """
    address = address.strip()
    # Comments share the pages of their posts.
    return _page_key(address.partition("#")[0]) if len(address) <= _MAX_ADDRESS else ""


@lru_cache(maxsize=4096)
def _page_key(address: str) -> str:
    try:
        parts = urlsplit(urls.encoded(address))
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    place = f"{host}:{port}" if port and port not in {80, 443} else host
    path = unicodedata.normalize("NFC", unquote(parts.path))
    path = _INDEX.sub("", path).rstrip("/")
    query = "&".join(
        part for part in parts.query.split("&") if part and not _TRACKING.fullmatch(part)
    )
    return f"{place}{path}?{unquote(query)}" if query else place + path


def path_key(page: str) -> str:
    """Return the part of a page's key that a move to another host leaves; empty for a home page."""
    start = min((at for at in (page.find("/"), page.find("?")) if at >= 0), default=-1)
    return page[start:] if start >= 0 else ""


def alias_key(alias: str, permalink: str) -> str:
    """Return the key of a former address: absolute, or a path on the host of the permalink."""
    try:
        return page_key(urljoin(permalink, alias.strip()))
    except ValueError:
        return ""


def anchor_key(address: str) -> str:
    """Return the place on its page that an address means, without what all comments start with."""
    fragment = unquote(address.partition("#")[2])
    return fragment[_start(fragment) :] if len(fragment) <= _MAX_ADDRESS else ""


def _start(fragment: str) -> int:
    match = _ANCHOR_START.match(fragment)
    return match.end() if match else 0


def means_comment(address: str) -> bool:
    """Tell whether an address means a comment, by the looks of its anchor (`#comment-12`)."""
    fragment = unquote(address.partition("#")[2])
    return len(fragment) <= _MAX_ADDRESS and _COMMENT_ANCHOR.fullmatch(fragment) is not None


def shown_title(text: str) -> str:
    """Return a title as plain text on one line: no tags, no references, nobody's address."""
    text = _TAG.sub("", html.unescape(text[:_MAX_TITLE]))
    return display_name(text, 300) if text.strip() else ""


def title_key(text: str) -> str:
    """Return what is the same in two spellings of one title; a title of signs alone is itself."""
    title = shown_title(text)
    return urls.folded(title) or title


def days(moment: datetime) -> Iterator[str]:
    """Yield the days that a moment can be taken for: in UTC, and where it was written."""
    yield f"{moment:%Y-%m-%d}"
    try:
        utc = f"{moment.astimezone(UTC):%Y-%m-%d}"
    except OverflowError:
        return
    if utc != f"{moment:%Y-%m-%d}":
        yield utc
