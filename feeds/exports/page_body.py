"""The text of a page's post, without what stands before and after it.

The same words tell it apart as on a page that was saved as text (`sources.page_furniture`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.exports import page_dates
from feeds.exports.page_blocks import Block, blocks
from feeds.exports.page_content import Content, prune
from feeds.exports.page_links import Links
from feeds.exports.page_tree import Element, inner_html
from feeds.sources import page_furniture as furniture
from feeds.sources import page_words as words
from feeds.sources.page_furniture import Aside
from feeds.urls import folded


@dataclass(kw_only=True)
class Text:
    """A post's text, and what the lines around it say."""

    title: str
    html: str = ""
    author: str = ""
    moment: datetime | None = None
    #: What the author's note calls the site.
    site: str = ""
    #: How many comments a line under the title says there are.
    stated: int | None = None


def read(content: Content, title: str, author: str, links: Links, aside: Aside) -> Text:
    """Return the text of the post in `content`; what is none of it is set aside.

    Args:
        content: where it is; what themes have named is gone from it already.
        title: the post's title, which may stand over it once more.
        author: who wrote it, if the page has said so.
        links: what its addresses are relative to.
        aside: takes what is left out; it knows the footer's words already.
    """
    text = Text(title=title, author=author)
    found = blocks(content.tops, lambda element: element.gone)
    start = _read_above(found, text, aside, is_whole=content.is_whole)
    end = _read_below(found, start, text, aside)
    for block in found[start:end]:
        if what := furniture.furniture_anywhere(block.text):
            _take(block, what, aside)
    prune(content)
    nodes = (node for top in content.tops for node in top.children)
    text.html = inner_html(nodes, links.kept_of_post)
    return text


def has_text(content: Content) -> bool:
    """Tell whether anything to read or to see is left."""
    return bool(blocks(content.tops, lambda element: element.gone))


def _take(block: Block, what: str, aside: Aside) -> None:
    if block.text:
        aside.leave(what, block.text)
    block.take_out()


def _read_above(found: Sequence[Block], text: Text, aside: Aside, *, is_whole: bool) -> int:
    """Take out what stands before the text; return how many blocks that is."""
    for place, block in enumerate(found):
        what = _above(block, text, aside, is_whole=is_whole)
        if what is None:
            return place
        _take(block, what, aside)
    return len(found)


def _above(block: Block, text: Text, aside: Aside, *, is_whole: bool) -> str | None:
    """Return what a block before the text is; None if it is of the text."""
    line = block.text
    if words.same(line, text.title):
        return "title again"
    kind = furniture.furniture(line)
    if kind and kind != "donation box":
        return kind
    heading = words.heading(line)
    if heading and heading.stated is not None:
        text.stated = heading.stated if text.stated is None else text.stated
        return "number of comments"
    byline = words.written_by(line)
    date = byline.date if byline else words.date_line(line)
    if not (byline or (date and is_whole)) or block.has_media:
        # What stands over a title on a page without names for anything is the site's.
        return None
    if byline:
        text.author = text.author or byline.name
    if date and date.value:
        text.moment = text.moment or page_dates.machine(date.value)
    if date:
        aside.leave_date(line, date)
    return "byline" if byline else "date"


def _read_below(found: Sequence[Block], start: int, text: Text, aside: Aside) -> int:
    """Take out, backwards, what stands behind the text; return where the text ends."""
    end = len(found)
    while end > start:
        near = found[max(start, end - furniture.MAX_BOX) : end]
        what, size = _below(near, text, aside)
        if not size:
            break
        for block in found[end - size : end]:
            if what == _FOOTER:
                block.take_out()
            else:
                _take(block, what, aside)
        end -= size
    return end


#: What the footer says is kept, in its own place.
_FOOTER = "footer"


def _below(near: Sequence[Block], text: Text, aside: Aside) -> tuple[str, int]:
    """Return what the last blocks are, and how many; none of them if they are text."""
    last = near[-1]
    if aside.take_footer(last.text):
        return _FOOTER, 1
    if what := furniture.furniture(last.text):
        return what, 1
    if _takes_note(near, text, aside):
        return "author's note", 1
    return furniture.box([block.text for block in near]) or ("", 0)


def _takes_note(near: Sequence[Block], text: Text, aside: Aside) -> bool:
    """Take the last block for a note about the post's author, if something says that it is one."""
    note = furniture.biography(near[-1].text)
    if not note:
        return False
    before = furniture.furniture(near[-2].text) if len(near) > 1 else None
    is_own = _names(aside.rights, note.site) or note.name == text.author or before == "follow links"
    if is_own:
        text.author = text.author or note.name
        text.site = text.site or note.site or ""
    return is_own


def _names(rights: str | None, site: str | None) -> bool:
    """Tell whether the rights line names the site."""
    name = folded(site or "").removeprefix("the-").replace("-", "")
    return bool(name) and name in folded(rights or "").replace("-", "")


def read_footer(places: Sequence[Element], aside: Aside) -> None:
    """Take the rights line and the names of the feeds' links from the site's footer."""
    for block in blocks(places, lambda element: element.gone)[-_FOOTER_LINES:]:
        for line in block.lines[:_FOOTER_LINES]:
            if len(line) <= 2 * words.MAX_LINE:
                aside.take_footer(line)


_FOOTER_LINES = 30
