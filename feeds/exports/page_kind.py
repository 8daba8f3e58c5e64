"""What kind of page it is: one post or a list of them, all of its comments or one page of them."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urldefrag, urlsplit

from feeds import urls
from feeds.exports.page_head import Head
from feeds.exports.page_links import without_archive
from feeds.exports.page_thread import Thread
from feeds.exports.page_tree import Element, text_of, walk
from feeds.sources import page_words as words

_SINGLE = frozenset({"single", "single-post", "post-template-default", "page-template-default"})
_ENTRIES = frozenset({"hentry", "h-entry", "type-post", "post", "blog-post"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})


def posts_listed(head: Head, thread: Thread, page: str) -> int:
    """Return how many posts a page lists that is none itself; 0 if it is one.

    A list links each of its titles to another page; a page of one post says that it is one, or
    has comments, or its title leads nowhere else. `page` is where it says it stands.
    """
    classes = head.body_classes
    is_single = bool(classes & _SINGLE) or any(c.startswith("postid-") for c in classes)
    if is_single or thread.items or "article:published_time" in head.meta:
        return 0
    if head.said("og:type").lower() == "article":
        return 0
    found: set[str] = set()
    for element in head.having(_is_entry):
        if any(_is_entry(above) for above in element.ancestors()):
            continue
        link = _title_link(element)
        if link is None:
            return 0
        link = urldefrag(link).url
        found.add((urls.absolute(page, link) or link) if page else link)
    return len(found) if len(found) > 1 and page not in found else 0


def _is_entry(element: Element) -> bool:
    named = bool(element.classes & _ENTRIES) or element.has("blogPost")
    return element.tag == "article" or (named and element.tag in {"div", "section", "li"})


def _title_link(entry: Element) -> str | None:
    """Return where the title of a listed post leads; None if it is no link."""
    for element in walk(entry):
        if element.tag in _HEADINGS:
            inside = [e for e in walk(element) if e.tag == "a" and e.get("href")]
            above = element.parent if element.parent and element.parent.tag == "a" else None
            link = inside[0] if inside else above
            return link.get("href") if link else None
    return None


# --- comments -------------------------------------------------------------------------------------

_PAGE_PATH = re.compile(r"/comment-page-(\d{1,6})/?$")
_CLOSED_CLASSES = frozenset({"no-comments", "nocomments", "comments-closed", "comment-closed"})
_CLOSED = re.compile(
    r"(?:sorry, )?(?:the )?comments? (?:are|is) (?:now |currently )?closed\b.{0,60}"
    r"|(?:die )?kommentar(?:e|funktion) (?:sind|ist) geschlossen\b.{0,60}"
    r"|(?:los )?comentarios (?:están )?cerrados\b.{0,60}",
    re.IGNORECASE,
)


def are_closed(root: Element, thread: Thread) -> bool:
    """Tell whether the page says that it takes no more comments."""
    for element in walk(root, lambda e: e in thread.owners):
        if element.tag not in {"p", "div", "span", "h3", "h4"}:
            continue
        if 0 < element.weight <= words.MAX_LINE and (
            element.classes & _CLOSED_CLASSES
            or not any(isinstance(c, Element) for c in element.children)
        ):
            line = text_of(element)
            if _CLOSED.fullmatch(line.strip(" .!")) or element.classes & _CLOSED_CLASSES:
                return True
    return False


def other_pages(root: Element, page: str) -> list[int]:
    """Return which pages of comments the file does not hold, as far as its links say."""
    own = _page_number(page) if page else None
    found: set[int] = set()
    for element in walk(root):
        if element.tag != "a" or not element.get("href"):
            continue
        href = without_archive(element.get("href"))
        target = (urls.absolute(page, href) or "") if page else href
        if (number := _page_number(target)) and _is_same_post(target, page):
            if own is None and "#comment-" in href:
                own = number  # WordPress links each comment to the page that it stands on
            found.add(number)
    return sorted(found - {own})


def _page_number(address: str) -> int | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    match = _PAGE_PATH.search(parts.path)
    said = match[1] if match else dict(parse_qsl(parts.query)).get("cpage", "")
    return int(said) if said.isdigit() and len(said) <= 6 else None


def _is_same_post(target: str, page: str) -> bool:
    if not page:
        return True
    ours = _PAGE_PATH.sub("", urlsplit(page).path).rstrip("/")
    return _PAGE_PATH.sub("", urlsplit(target).path).rstrip("/") == ours
