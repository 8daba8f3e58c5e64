"""A page that was saved as HTML → its site, its post and the comments on it.

Themes differ, and pages lie a little: what is found is taken from where it is said best, what is
left out is named, and what had to be guessed is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from feeds import urls
from feeds.errors import ContentError, Problem, StorageError, UsageError, quoted
from feeds.exports import Item, LeftOut, Site, page_source, page_tree
from feeds.exports.page_reading import Reading
from feeds.exports.page_source import recognised
from feeds.model import Comment, Post
from feeds.settings import Limits

__all__ = ["MAX_PAGE", "Page", "parse", "read", "recognised"]

#: In bytes; the longest blog page that anybody has seen has a tenth of it.
MAX_PAGE = 20_000_000
_AGAIN = "open the page in a browser and save it again"
_USUAL = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a saved page says."""

    site: Site
    post: Post
    comments: tuple[Comment, ...] = ()
    #: How many the page says there are: a claim, never a count to fill up to.
    responses: int | None = None
    #: The footer's rights line, and what its links to the feeds are called.
    rights: str | None = None
    entries_label: str | None = None
    comments_label: str | None = None
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[Problem, ...] = field(default=(), repr=False)


def read(
    path: Path,
    *,
    url: str | None,
    pings: bool = False,
    limits: Limits = _USUAL,
    selector: str | None = None,
) -> Iterator[Item]:
    """Yield a page's site, its post, the comments on it, what is left out, and warnings.

    Args:
        path: the page.
        url: its address, if somebody knows better than the page.
        pings: take pingbacks and trackbacks, too.
        limits: what no honest content exceeds.
        selector: where the post's text is, in CSS.

    Raises:
        ContentError: it is no page of one post.
        StorageError: the system would not let us read it.
        UsageError: `url` is no address, or `selector` no selector.
    """
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_PAGE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"{path}: cannot be read ({reason}); check the disk and the permissions"
        ) from error
    page = parse(data, str(path), url=url, pings=pings, limits=limits, selector=selector)
    yield page.site
    yield page.post
    yield from page.comments
    yield from page.left_out
    yield from page.warnings


def parse(
    data: bytes,
    shown: str,
    *,
    url: str | None = None,
    pings: bool = False,
    limits: Limits = _USUAL,
    selector: str | None = None,
) -> Page:
    """Read a page from its bytes; `shown` is what messages call it. The rest is as in `read`.

    Raises:
        ContentError: it is no page of one post.
        UsageError: `url` is no address, or `selector` no selector.
    """
    if len(data) > MAX_PAGE:
        what = f"more than {MAX_PAGE // 1_000_000} MB, which is no blog page"
        raise ContentError(what, "cut it into pages, each with one post and its comments")
    address = _checked(url) if url is not None else ""
    source = page_source.decoded(data)
    if not source.text.strip():
        raise ContentError("the page is empty", _AGAIN)
    tree = page_tree.parse(page_source.bounded(source.text), selector)
    if selector and not tree.selected:
        remedy = "look into its source for another selector"
        raise ContentError(f"nothing on the page is {quoted(selector)}", remedy)
    reading = Reading(tree, source, shown, address, limits)
    comments = reading.comments(pings=pings)
    return Page(
        site=reading.site(),
        post=reading.post(),
        comments=tuple(comments.comments),
        responses=reading.responses,
        rights=reading.aside.rights,
        entries_label=reading.aside.entries_label,
        comments_label=reading.aside.comments_label,
        left_out=(*reading.furniture(), *comments.left_out),
        warnings=tuple(reading.warnings),
    )


def _checked(url: str) -> str:
    """Return the caller's address without its fragment."""
    # Bytes that are no text reach us as lone surrogates, which no address can hold.
    address = urls.encoded(url.strip()) if url.isprintable() else ""
    if not urls.is_web_url(address):
        raise UsageError(f"{quoted(url)} is not an address; write it whole, https://…")
    if "@" in urlsplit(address).netloc:
        raise UsageError(
            "there is a user name in the page's address; leave it out, feeds are public"
        )
    return address.partition("#")[0]
