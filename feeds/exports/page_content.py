"""Where a page's post is, and what themes and plug-ins have put into it by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from feeds.exports.page_links import is_named_by_hash, is_placeholder, real_image
from feeds.exports.page_thread import Thread, is_elsewhere, is_list
from feeds.exports.page_tree import MORE, Element, Tree, first, lines_of, text_of, walk
from feeds.markup import one_line
from feeds.sources import page_words as words
from feeds.sources.page_furniture import Aside


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- the element ----------------------------------------------------------------------------------

_CONTENT = _set(
    "entry-content post-content e-content article-content article-body gh-content post-body"
    " entry-body asset-body post__content article__content article__body td-post-content"
    " storycontent post-entry postcontent single-content blog-content field--name-body"
    " page__content post-text story-body post_content post-full-content entry_content articlebody"
    " wp-block-post-content"
)
_LOOSER = _set("entry format_text content-body node__content node-content content post-inner")
_POST = _set("hentry post h-entry type-post single-post blog-post")
_MAIN_IDS = _set("content main primary main-content")
_MORE_CLASSES = _set("entry-more asset-more")
_TOP_LEVEL = _set("article main section body")
#: From this rank on the element holds more than the text: the title, who wrote it, and so on.
_WHOLE = 3


class Content:
    """The elements that hold a post's text.

    Attributes:
        tops: them, in the order of the page.
        is_whole: whether the title and what belongs to it is among the text.
    """

    def __init__(self, tops: Sequence[Element], *, is_whole: bool = False) -> None:
        self.tops = tuple(tops)
        self.is_whole = is_whole


def find(tree: Tree, title: str, thread: Thread) -> Content:
    """Return where the text of the post is: the best element, within the article of that title."""
    if tree.selected:
        chosen = set(tree.selected)
        return Content([e for e in tree.selected if chosen.isdisjoint(e.ancestors())])
    ranked: dict[int, list[Element]] = {}
    for element in walk(tree.root, lambda e: e in thread.owners or is_elsewhere(e)):
        ranked.setdefault(_rank(element), []).append(element)
    scope = _scope(tree.root, title)
    for rank in sorted(ranked)[:-1]:
        there = [e for e in ranked[rank] if e.weight > 0]
        inside = [e for e in there if scope and e.is_in(scope)]
        if inside or (there and scope is None) or (there and rank >= _WHOLE):
            best = max(inside or there, key=lambda e: e.weight)
            return Content(_with_more(best), is_whole=rank >= _WHOLE)
    body = first(tree.root, lambda e: e.tag == "body")
    return Content([body or tree.root], is_whole=True)


def _rank(element: Element) -> int:
    classes = element.classes
    if element.tag == "body" or (is_list(element) and not classes & _CONTENT):
        return 9
    if element.has("articleBody"):
        return 0
    if classes & _CONTENT:
        return 1
    if classes & _LOOSER and element.tag in {"div", "section", "article"}:
        return 2
    if element.tag == "article" or (classes & _POST and element.tag in {"div", "section", "li"}):
        return 3
    is_main = element.tag == "main" or element.get("role") == "main"
    return 4 if is_main or element.get("id").lower() in _MAIN_IDS else 9


def _scope(root: Element, title: str) -> Element | None:
    """Return the article that the post's title stands over; None if it stands over none."""
    for element in walk(root, is_elsewhere):
        is_heading = element.tag in {"h1", "h2", "h3"} and 0 < element.weight <= 500
        if is_heading and words.same(text_of(element), title):
            for above in element.ancestors():
                if above.tag == "article" or above.classes & _POST or above.has("blogPost"):
                    return above
    return None


def _with_more(best: Element) -> list[Element]:
    """Return an element with its second half, which Movable Type puts beside it."""
    siblings = (
        best.parent.children if best.parent and best.classes & {"entry-body", "asset-body"} else []
    )
    return [best, *(e for e in siblings if isinstance(e, Element) and e.classes & _MORE_CLASSES)]


# --- furniture by name ----------------------------------------------------------------------------


def _names(pattern: str) -> re.Pattern[str]:
    """Return a pattern for classes and ids that have one of these parts."""
    return re.compile(rf"(?:^|[-_])(?:{pattern})(?:$|[-_])", re.IGNORECASE)


_BY_NAME = (
    (
        "share links",
        _names(
            r"shar(?:e|es|ing|edaddy|eaholic)|social|socials|addtoany|addthis|a2a|shariff|ssba|heateor"
            r"|likes-widget|post-likes|sociable|twitter-share|fb-like"
        ),
    ),
    (
        "related posts",
        _names(r"related|relatedposts|yarpp|read-next|crp|more-posts|recommended-posts"),
    ),
    (
        "author's note",
        _names(
            r"author-(?:box|bio|info|description|card|note|about|profile)|about-(?:the-)?author"
            r"|authorbox|author_bio|saboxplugin|biography|authordata"
        ),
    ),
    (
        "navigation",
        _names(
            r"(?:post|entry|nav|posts)-(?:navigation|nav|links|pagination)|nav-(?:previous|next|single)"
            r"|navigation|pagination|pager|breadcrumbs?|blog-pager|skip-link"
        ),
    ),
    (
        "donation box",
        _names(r"donat(?:e|es|ion|ions)|paypal|patreon|kofi|ko-fi|tip-jar|support-us"),
    ),
    (
        "tags",
        _names(
            r"post-tags|entry-tags|tag-links|tags-links|cat-links|entry-utility|post-categories"
            r"|post-labels|taglist|entry-categories|postmetadata"
        ),
    ),
    (
        "byline",
        _names(
            r"entry-meta|post-meta|entry-footer|post-footer|byline|posted-on|post-info|entry-date"
        ),
    ),
    (
        "newsletter",
        _names(r"newsletter|mailchimp|mc4wp|jetpack-subscriptions|subscribe-(?:box|form)"),
    ),
    (
        "advertisement",
        _names(
            r"ads?|advert|advertisement|advertising|adsbygoogle|wpcnt|sponsored|google-auto-placed"
            r"|code-block-\d+"
        ),
    ),
    (
        "comment form",
        _names(r"respond|comment-form|commentform|comments-link|to_comments|disqus_thread"),
    ),
    ("table of contents", _names(r"ez-toc|toc_container|lwptoc|table-of-contents|toc")),
    ("archive's toolbar", re.compile(r"wm-ipp.*|donato")),
    ("hidden text", _names(r"screen-reader-text|sr-only|visually-hidden|visuallyhidden|noprint")),
)
#: A class that says what the text itself is: "post-123 category-social", and what wraps all of it.
_OWN = re.compile(r"(?:category|tag|post|postid|hentry|type|format|status|wp-image|align)-.*", re.I)
_BY_TAG = {"nav": "navigation", "form": "form", "aside": "aside", "footer": "footer"}
_SILENT = _set(
    "title script style template input select textarea button meta link noscript object embed"
)
#: In characters; a box of furniture may be most of a post that is shorter.
_SOME = 1500
_BOXES = _set("aside center div footer header li nav ol p section span ul a h2 h3 h4")
_ANCHORS = _set(
    "anchor headerlink header-link header-anchor heading-anchor anchorjs-link heading-link"
)


def furnish(content: Content, aside: Aside, comments: Iterable[Element]) -> None:
    """Take out of the text what classes, ids and tags say is none of it; mend pictures."""
    held = set(comments)
    for top in content.tops:
        for element in walk(top):
            _take_copies(element)
            if element is top:
                continue
            if element.tag == "img":
                real_image(element)
                element.gone = is_named_by_hash(element)
            elif element.tag in _SILENT or element in held:
                element.gone = True
            elif _is_more(element):
                element.tag, element.children = MORE, []
            elif element.tag == "a" and element.classes & _ANCHORS:
                element.gone = True
                if text := text_of(element):
                    aside.leave("link to a heading", text)
            elif (what := _kind(element, content)) and not _is_most(element, content):
                if text := one_line(lines_of(element)):
                    aside.leave(what, text)
                element.gone = True


def prune(content: Content) -> None:
    """Take out boxes in which nothing is left."""
    for top in content.tops:
        for element in reversed(list(walk(top))):
            if element is not top and element.tag in _BOXES and _is_emptied(element):
                element.gone = True


def _is_emptied(element: Element) -> bool:
    has_lost = any(
        child == "" or (isinstance(child, Element) and child.gone) for child in element.children
    )
    return has_lost and not any(
        child.strip() if isinstance(child, str) else not child.gone for child in element.children
    )


def _kind(element: Element, content: Content) -> str | None:
    """Return what kind of furniture an element says it is."""
    if element.tag in {"img", "pre", "code", "figure", "blockquote"}:
        return None
    if content.is_whole and is_list(element):
        return "around the comments"
    is_outer = element.tag in {"aside", "footer"} and not content.is_whole
    if element.tag in _BY_TAG and not is_outer:
        return _BY_TAG[element.tag]
    names = [name for name in (*element.classes, element.get("id")) if len(name) < 60]
    for what, pattern in _BY_NAME:
        if any(pattern.search(name) and not _OWN.match(name) for name in names):
            return what
    return None


def _is_most(element: Element, content: Content) -> bool:
    """Tell whether most of the text is in an element: then its name is not to be trusted."""
    whole = sum(top.weight for top in content.tops)
    return element.weight > _SOME and 2 * element.weight > whole


def _is_more(element: Element) -> bool:
    """Tell whether WordPress or Blogger marks with it where the author cut the text."""
    is_named = element.tag == "a" and element.get("name") == "more"
    return is_named or (
        element.tag == "span" and re.fullmatch(r"more-\d+", element.get("id")) is not None
    )


def _take_copies(parent: Element) -> None:
    """Put the picture of a `noscript` in the place of the one that waits for a script beside it."""
    for place, copy in enumerate(parent.children):
        if not isinstance(copy, Element) or copy.tag != "noscript":
            continue
        copy.gone = True
        picture = next((e for e in _within(copy) if e.tag == "img"), None)
        near = parent.children[max(place - 2, 0) : place + 3]
        waiting = next((e for e in near if isinstance(e, Element) and e.tag == "img"), None)
        if picture and waiting is None:
            copy.gone, copy.tag = False, "span"
        elif picture and waiting:
            real_image(waiting)
            if is_placeholder(waiting):
                waiting.attributes = picture.attributes


def _within(element: Element) -> Iterable[Element]:
    """Yield what is in an element that is taken out itself."""
    return (e for child in element.children if isinstance(child, Element) for e in walk(child))
