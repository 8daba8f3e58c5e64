"""What WordPress stores → what it shows: posts, comments and titles, filter after filter.

WordPress keeps text as it was typed and makes HTML of it whenever it shows it. An export has the
text, so this has to do the same: without it, paragraphs run into one another.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from feeds.exports.wordpress_links import linked, smilies
from feeds.exports.wordpress_markup import COMMENT, tokens
from feeds.exports.wordpress_paragraphs import paragraphs
from feeds.exports.wordpress_quotes import curled
from feeds.exports.wordpress_shortcodes import Library, Rendered, rendered, with_links
from feeds.markup import legal, one_line

__all__ = ["comment", "curled", "linked", "paragraphs", "post", "smilies", "title"]

_BLOCK = re.compile(r"<!--\s+(/?)wp:([a-z][\w/-]*)")
#: Blocks that hold text as the old editor typed it.
_CLASSIC = frozenset({"shortcode", "freeform", "core/shortcode", "core/freeform"})
_PAGE_BREAK = "<!--nextpage-->"
_NO_TEASER = "<!--noteaser-->"


def post(text: str, number: int, library: Library) -> Rendered:
    """Return the HTML of a post's or a page's stored text.

    All its pages are one: WordPress's feeds show the first and do not say that there are more.
    `<!--more-->` stays, since that is where an excerpt ends.

    Args:
        text: as stored.
        number: the post's `post_id`, whose own pictures a `[gallery]` shows.
        library: where galleries find their pictures.
    """
    text = legal(text).replace("\r\n", "\n").replace(_NO_TEASER, "")
    text = text.replace(_PAGE_BREAK, "\n\n")
    done = rendered(curled(text), number, library)
    shown = with_links(done.html)
    # Whoever writes in blocks writes paragraphs, too: WordPress adds none to them.
    shown = _without_blocks(shown) if _BLOCK.search(shown) else paragraphs(shown)
    return Rendered(smilies(shown), done.dropped)


def comment(text: str) -> str:
    """Return the HTML of a comment's stored text; no shortcode means anything in it."""
    return paragraphs(smilies(curled(linked(legal(text)))))


_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")


def title(text: str) -> str:
    """Return a stored title as plain text on one line: curled, tags stripped, entities decoded."""
    return one_line(html.unescape(_TAG.sub("", curled(legal(text)))))


@dataclass(slots=True)
class _Classic:
    """A block that the old editor's rules hold for, and what has been read of it."""

    kind: str
    pieces: list[str]


def _without_blocks(text: str) -> str:
    """Return a post without the comments that say where its blocks begin and end."""
    return "".join(_pieces(text)).strip("\n")


def _pieces(text: str) -> Iterator[str]:
    classic: _Classic | None = None
    for token, name in tokens(text):
        block = _BLOCK.match(token) if name == COMMENT else None
        if not block:
            if classic:
                classic.pieces.append(token)
            else:
                yield token
        elif classic and block[1] and block[2] == classic.kind:
            yield paragraphs("".join(classic.pieces))
            classic = None
        elif block[2] in _CLASSIC and not block[1] and not token.endswith("/-->"):
            classic = classic or _Classic(block[2], [])
    if classic:
        yield paragraphs("".join(classic.pieces))
