"""What a page says of its post: when it was published, by whom, and under which tags."""

from __future__ import annotations

import re
from datetime import datetime

from feeds import urls
from feeds.exports import page_dates, page_jsonld
from feeds.exports.page_head import Head
from feeds.exports.page_tree import Element, first, text_of
from feeds.markup import one_line
from feeds.sources import page_words as words

# --- dates ----------------------------------------------------------------------------------------

_PUBLISHED = frozenset(
    {"entry-date", "published", "dt-published", "post-date", "entry-time", "date", "timestamp"}
)
_POSTED = re.compile(
    r"\b(?:posted|published|submitted|written|veröffentlicht|publicad[ao])\b(?:\s+(?:by|von|por):?\s+"
    r"(?P<name>\S.{0,60}?))?(?:\s+(?:on|am|at|el)|:)\s+(?P<date>\S.{5,60}?)"
    r"(?=\s+(?:and|und|y|in|by|von|por)\b|[.|]?$|\s+\|)",
    re.IGNORECASE,
)
_POSTED_CLASSES = frozenset(
    {"postmetadata", "submitted", "entry-footer", "post-footer", "post-footers", "posted", "byline",
     "entry-meta", "post-meta", "meta", "small", "headline_meta", "entry-utility"}
)  # fmt: skip
_PRINTED = _PUBLISHED | {
    "posted-on",
    "date-header",
    "entry-meta",
    "post-meta",
    "meta",
    "byline",
    "posted",
}


def published(head: Head) -> datetime | None:
    """Return when the post was published; `UNPLACED` if no zone is told.

    A theme's own date comes with the site's zone, a plug-in's in UTC: of the same moment, the
    former is what the author wrote.
    """
    meta = page_dates.machine(
        head.said("article:published_time", "datepublished", "dc.date.issued", "date")
    ) or page_dates.machine(page_jsonld.text(head.told.post, "datePublished", "dateCreated"))
    shown = next((d for e in head.having(_is_published) if (d := page_dates.of_element(e))), None)
    if meta and shown and shown.tzinfo is not page_dates.UNPLACED:
        return shown if shown == meta else meta
    return meta or shown or _printed(head)


def _is_published(element: Element) -> bool:
    if "updated" in element.classes and "published" not in element.classes:
        return False
    named = bool(element.classes & _PUBLISHED) or element.has("datePublished")
    return named or (element.tag == "time" and bool(element.get("datetime")))


def _printed(head: Head) -> datetime | None:
    if (posted := _posted(head)) and (found := page_dates.printed(posted["date"])):
        return found
    for element in head.having(lambda e: 0 < e.weight <= words.MAX_LINE):
        if element.classes & _PRINTED or element.tag == "small":
            line = text_of(element)
            byline = words.written_by(line)
            value = byline.date.value if byline and byline.date else None
            if found := page_dates.machine(value or "") or page_dates.printed(line):
                return found
    return None


def _posted(head: Head) -> re.Match[str] | None:
    """Find a sentence such as "This entry was posted on July 11th, 2007 at 9:42 pm and …"."""
    for element in head.having(lambda e: 0 < e.weight <= 2 * words.MAX_LINE):
        if element.classes & _POSTED_CLASSES and (match := _POSTED.search(text_of(element))):
            return match
    return None


def modified(head: Head) -> datetime | None:
    """Return when the post was changed last, if the page says so."""
    meta = head.said("article:modified_time", "og:updated_time", "datemodified")
    found = page_dates.machine(meta) or page_dates.machine(
        page_jsonld.text(head.told.post, "dateModified")
    )
    if found:
        return found
    updated = head.having(lambda e: "updated" in e.classes or e.has("dateModified"))
    return next((d for e in updated if (d := page_dates.of_element(e))), None)


# --- people and tags ------------------------------------------------------------------------------

_BYLINES = frozenset(
    {
        "byline",
        "entry-author",
        "post-author",
        "p-author",
        "author-name",
        "posted-by",
        "wp-block-post-author__name",
        "wp-block-post-author-name",
    }
)


def authors(head: Head) -> list[str]:
    """Return who wrote the post, by name, as the page has it."""
    named = [*head.having(_is_byline)]
    for element in named:
        inner = first(element, lambda e: "fn" in e.classes or e.has("name"))
        line = text_of(inner or element)
        byline = words.written_by(line)
        name = byline.name if byline else re.sub(r"^(?:by|von|por)\s+", "", line, flags=re.I)
        if name and len(name) <= 100:
            return [name]
    if told := page_jsonld.names(head.told.post, "author"):
        return told
    if (posted := _posted(head)) and posted["name"]:
        return [posted["name"]]
    said = head.said("author", "article:author", "dc.creator", "twitter:data1")
    return [said] if said and "://" not in said else []


def _is_byline(element: Element) -> bool:
    if not 0 < element.weight <= words.MAX_LINE:
        return False
    if "author" in element.rel or element.has("author"):
        return True
    is_named = bool(element.classes & _BYLINES)
    return is_named or ({"author", "vcard"} & element.classes != set() and element.tag != "div")


def labels(head: Head) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the post's categories and its tags, each once, in the order of the page."""
    categories: dict[str, None] = {}
    tags: dict[str, None] = {}
    for element in head.having(lambda e: e.tag == "a" and 0 < e.weight <= words.MAX_LINE):
        above = element.parent
        in_list = above is not None and bool(
            above.classes & {"cat-links", "post-categories", "taxonomy-category"}
        )
        if "category" in element.rel or in_list:
            categories[text_of(element)] = None
        elif "tag" in element.rel or "p-category" in element.classes:
            tags[text_of(element).removeprefix("#")] = None
    if not categories and not tags:
        post = head.told.post
        said = [name for text in page_jsonld.names(post, "keywords") for name in text.split(",")]
        sections = page_jsonld.names(post, "articleSection") or [head.said("article:section")]
        tags = dict.fromkeys(one_line(name) for name in said)
        categories = dict.fromkeys(one_line(name) for name in sections)
    lower = {name.casefold() for name in categories}
    return (
        tuple(name for name in categories if name),
        tuple(name for name in tags if name and name.casefold() not in lower),
    )


def language(head: Head) -> str:
    """Return the language of the page, as RFC 5646 writes it; empty if it names none."""
    said = head.root.get("lang") or head.root.get("xml:lang") or head.said("og:locale")
    tag = said.replace("_", "-")
    return tag if urls.LANGUAGE_TAG.fullmatch(tag) else ""
