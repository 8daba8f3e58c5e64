"""One comment of a page: who wrote it, when, and what.

Only what a reader of the page sees comes along. Pictures of people are made of their addresses'
hashes, so none is kept; addresses in what they wrote lose their domain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from itertools import islice

from feeds.exports import page_blocks, page_dates, page_marks
from feeds.exports.page_blocks import Block
from feeds.exports.page_links import Links, without_addresses, without_hash
from feeds.exports.page_marks import Said
from feeds.exports.page_thread import Found, Thread
from feeds.exports.page_tree import Element, inner_html, text_of, walk
from feeds.sources import page_words as words
from feeds.sources.fields import web_uri
from feeds.sources.records import Scalar


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BODY = _set(
    "comment-content comment-text comment_text commenttext comment__content comment__text"
    " comment-body comment_body comment__body commentbody comment-entry comment-copy"
    " comment_content commententry comment-message comment__message field--name-comment-body"
    " e-content p-content entry-content format_text content text message comment-block__text"
    " wp-block-comment-content"
)
_NAME = (
    _set(
        "fn p-author comment-author-name comment__author-name comment-author__name"
        " wp-block-comment-author-name"
    ),
    _set(
        "comment-author comment_author commentauthor comment__author comment-name comment_name"
        " comment-username comment-user commenter username author-name author user by"
    ),
)
_HEAD = _set(
    "comment-author comment_author comment__author commentauthor vcard comment-meta"
    " commentmetadata comment_meta comment__meta comment-metadata comment-date comment_date"
    " comment__date comment-time comment-header comment__header comment-footer comment__footer"
    " comment-info comment-permalink submitted permalink says fn post-author comment-author-link"
)
_DATE = _set(
    "wp-block-comment-date comment-meta commentmetadata comment_meta comment-metadata comment-date"
    " comment_date comment__date comment-time comment_time comment__time date time datetime"
    " timestamp published submitted comment-footer comment-header comment-timestamp meta posted"
    " comment-info"
)
_FURNITURE = _set(
    "reply comment-reply-link comment-edit-link edit-link edit comment-reply comment_reply avatar"
    " comment-avatar comment__avatar comment__avatar-wrapper avatar-image-container wp-block-avatar"
    " comment-actions comment__actions comment-links comment-likes comment-like sharedaddy"
    " item-control icon says comment__admin_tag comment__reply-link comment-number commentnumber"
    " comment-count cancel-comment-reply comment-awaiting-moderation wp-block-comment-reply-link"
    " wp-block-comment-edit-link thread-toggle comment-parent screen-reader-text visually-hidden"
    " element-invisible links"
)
_DROPPED = _set(
    "title script style form button input textarea select template svg noscript object embed"
)
_SAID_BY = re.compile(
    r"(?:posted|written|submitted|left|comment(?:ed)?|geschrieben|publicado)\s+(?:by|von|por):?\s+"
    r"(?P<name>\S.{0,99}?)(?:\s+(?:on|at|am|um|el)\s+(?P<date>\S.{3,60}))?",
    re.I,
)
_UNVERIFIED = re.compile(r"\s+\((?:not verified|nicht überprüft|no verificado)\)$", re.I)
_SEPARATED = re.compile(r"\s+[|·•]\s+|\s*\|\s*")
#: So many places may hold a date; no theme has more.
_MOST_DATES = 30
#: Microdata names an author within two or three elements.
_NEAR = 4


class Reader:
    """Reads the comments of one page."""

    def __init__(self, thread: Thread, links: Links) -> None:
        self._owners = thread.owners
        self._links = links

    def read(self, found: Found) -> Said:
        """Return what a comment says; its zone is seen to when all of them are read."""

        def is_other(element: Element) -> bool:
            return self._owners.get(element, found) is not found

        region = [element for part in found.parts for element in walk(part, is_other)]
        said = Said(found)
        page_marks.read(region, said)
        body = _body(region)
        inside = set(walk(body, is_other)) if body else set()
        head = [element for element in region if element not in inside]
        named = self._read_name(head, set(found.parts), said)
        self._read_date(head, said)
        above = {found.parts[0], *body.ancestors()} if body else {*found.parts}
        for element in region:
            is_head = element not in inside and (element is named or _is_head(element))
            if element not in above and (is_head or self._is_furniture(element)):
                element.gone = True
        tops = [body] if body else _without_heading(found.parts)
        self._trim(page_blocks.blocks(tops, is_other), said, has_body=body is not None)
        said.html = inner_html(
            (node for top in tops for node in top.children),
            self._links.kept_of_comment,
            without_addresses,
            is_other,
        )
        said.name = words.clean_name(said.name.strip(" .…"))
        return said

    # Who

    def _read_name(self, head: list[Element], parts: set[Element], said: Said) -> Element | None:
        named = _name_element(head, parts)
        if named is None and said.ping:
            links = (e for e in head if e.tag == "a" and e.weight and self._is_abroad(e))
            named = next(links, None)
        if named is None:
            return None
        own = text_of(named, skip=lambda e: e is not named and _is_beside(e))
        text = _UNVERIFIED.sub("", own.strip(" .…•·|"))
        said.name = text
        if byline := words.said_by(text):
            said.name = byline.name
        elif match := _SAID_BY.fullmatch(text):
            said.name = match["name"]
        elif said.ping:
            said.name = words.pinged_by(text) or text
        said.uri = self._uri(named)
        return named

    def _is_abroad(self, link: Element) -> bool:
        href = link.get("href")
        return bool(href) and not self._links.on_page(href) and not link.classes & _FURNITURE

    def _uri(self, named: Element) -> str | None:
        """Return the page of who wrote it; not the comment's own, and not one named by a hash."""
        links = [element for element in walk(named) if element.tag == "a"]
        links += [element for element in named.ancestors() if element.tag == "a"]
        for link in links[:3]:
            href = self._links.resolved(link.get("href"))
            uri = web_uri(self._links.base, Scalar(href, 1))
            if uri and not self._links.on_page(href) and "bookmark" not in link.rel:
                return without_hash(uri)
        return None

    # When

    def _read_date(self, head: list[Element], said: Said) -> None:
        told = [moment for e in head if (moment := page_dates.of_element(e))]
        # Of two dates the one with an hour says more.
        said.moment = next((m for m in told if m.time() != time()), told[0] if told else None)
        candidates = (element for element in head if self._may_be_date(element))
        for element in islice(candidates, _MOST_DATES):
            if said.moment:
                return
            for line in _SEPARATED.split(text_of(element)):
                self._take_line(line, said)

    def _may_be_date(self, element: Element) -> bool:
        if not 0 < element.weight <= 2 * words.MAX_LINE:
            return False
        is_link = element.tag == "a" and self._links.on_page(element.get("href"))
        return is_link or element.tag == "time" or bool(element.classes & _DATE)

    def _take_line(self, line: str, said: Said) -> bool:
        """Take what a line says of name and date, if it says nothing else."""
        match = _SAID_BY.fullmatch(line)
        date = words.date_line((match["date"] or "") if match else line)
        byline = words.said_by(line) if date is None else None
        if match or byline:
            name = match["name"] if match else byline.name if byline else ""
            said.name = said.name or _UNVERIFIED.sub("", name)
            date = date or (byline.date if byline else None)
        if date and said.moment is None:
            said.moment = page_dates.machine(date.value) if date.value else None
            said.unread_date = "" if said.moment else line
        return bool(match or byline or date)

    # What

    def _is_furniture(self, element: Element) -> bool:
        """Tell whether a theme put this into a comment, or a picture is of who wrote it."""
        if element.tag in _DROPPED or element.classes & _FURNITURE:
            return True
        if element.tag == "img":
            return self._links.is_avatar(element)
        if element.tag != "a":
            return False
        href = element.get("href")
        is_own = not href or "replytocom=" in href or self._links.on_page(href)
        return is_own and element.weight < words.MAX_LINE and words.is_link(text_of(element))

    def _trim(self, blocks: Sequence[Block], said: Said, *, has_body: bool) -> None:
        """Take out what stands around a comment's text: its name and date, links to answer it."""
        start, end = 0, len(blocks)
        while start < end and self._is_heading(blocks[start], said, has_body=has_body):
            blocks[start].take_out()
            start += 1
        while end - 1 > start and self._is_tail(blocks[end - 1], said):
            end -= 1
            blocks[end].take_out()

    def _is_heading(self, block: Block, said: Said, *, has_body: bool) -> bool:
        if block.has_media or words.is_certain_link(block.text):
            return not block.has_media
        if said.ping and (title := words.pinged_by(block.text)) is not None:
            said.name = said.name or title
            return True
        if has_body:
            return False
        if said.name and words.same(block.text.rstrip(" :.…"), said.name):
            return True
        if said.name and words.said_by(
            f"A {block.text}"
        ):  # Kubrick's name is an element, its verb none
            return len(block.text.split()) == 1
        return len(block.text) <= words.MAX_LINE and self._take_line(block.text, said)

    def _is_tail(self, block: Block, said: Said) -> bool:
        if block.has_media:
            return False
        is_link = words.is_certain_link(block.text) or words.is_link(block.text)
        return is_link or (said.moment is None and self._take_line(block.text, said))


def _is_beside(element: Element) -> bool:
    """Tell whether something stands beside a name and is no part of it."""
    return element.tag == "time" or bool(element.classes & (_DATE | _FURNITURE))


def _is_head(element: Element) -> bool:
    return bool(element.classes & (_HEAD | _DATE)) or element.tag == "time"


def _without_heading(parts: Sequence[Element]) -> list[Element]:
    """Return the parts of a comment without the term of a list of terms, which names somebody."""
    return [*parts[1:]] if len(parts) > 1 and parts[0].tag == "dt" else [*parts]


def _body(region: Sequence[Element]) -> Element | None:
    """Return the element that a comment's text has for itself; None if it has none."""
    above: set[Element] = set()
    within: set[Element] = set()
    for element in region:
        is_head = bool(element.classes & _HEAD) or element.has("author") or element.has("creator")
        if is_head or (element.parent in within):
            within.add(element)
        for ancestor in element.ancestors() if is_head else ():
            if ancestor in above:
                break
            above.add(ancestor)
    free = [e for e in region if e not in above and e not in within]
    said = next((e for e in free if e.has("text") or e.has("commentText")), None)
    return said or next((e for e in free if e.classes & _BODY), None)


def _name_element(head: Sequence[Element], parts: set[Element]) -> Element | None:
    """Return the element that names who wrote a comment, by how surely it does."""
    found: dict[int, Element] = {}
    for element in head:
        if not 0 < element.weight <= 2 * words.MAX_LINE:
            continue
        is_author = element.has("author") or element.has("creator")
        is_name = element.has("name") and any(
            above.has("author") or above.has("creator")
            for above in islice(element.ancestors(), _NEAR)
        )
        rank = (
            0 if is_name
            else 1 if element.classes & _NAME[0]
            else 2 if is_author
            else 3 if element.tag == "cite"
            else 4 if element.classes & _NAME[1] and (element not in parts or element.tag == "dt")
            else 9
        )  # fmt: skip
        found.setdefault(rank, element)
    best = min(found, default=9)
    return found[best] if best < 9 else None
