"""What a page says of itself and of its site: address, titles, dates, people, tags.

Several places say the same thing, and none is always right: themes put the site's name into the
first heading, plug-ins write dates in UTC. The order in which they are asked is that of trust.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from feeds import urls
from feeds.exports import page_jsonld
from feeds.exports.page_jsonld import Told
from feeds.exports.page_links import without_archive
from feeds.exports.page_thread import Thread, is_elsewhere
from feeds.exports.page_tree import Element, text_of, walk
from feeds.markup import one_line
from feeds.sources import page_words as words
from feeds.urls import folded

_MAX_TITLE = 500
_SEPARATORS = r"\s+[|»«·•—–:-]+\s+|\s*[|»«]\s*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The parts of a page that say what it is; everything outside of comments and sidebars."""

    root: Element
    #: Elements in the order of the page, without comments, sidebars and menus.
    elements: tuple[Element, ...]
    #: `<meta>` by property or name; the first of each counts.
    meta: Mapping[str, str]
    #: `<link>` elements.
    links: tuple[Element, ...]
    told: Told

    def said(self, *names: str) -> str:
        """Return the first of some `<meta>` that says anything."""
        return next((self.meta[name] for name in names if self.meta.get(name)), "")

    def having(self, test: Callable[[Element], bool]) -> Iterator[Element]:
        """Yield the elements that pass a test."""
        return (element for element in self.elements if not element.gone and test(element))

    @property
    def body_classes(self) -> frozenset[str]:
        """The classes of `<body>`, in which WordPress says what kind of page it is."""
        body = next(self.having(lambda e: e.tag == "body"), None)
        return body.classes if body else frozenset()


def read(root: Element, thread: Thread) -> Head:
    """Gather what the page says of itself."""
    elements = tuple(walk(root, lambda e: e in thread.owners or is_elsewhere_not_head(e)))
    meta: dict[str, str] = {}
    for element in elements:
        if element.tag == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop")
            if content := one_line(element.get("content")):
                meta.setdefault(name.lower(), content)
    links = tuple(element for element in elements if element.tag == "link")
    return Head(root=root, elements=elements, meta=meta, links=links, told=page_jsonld.read(root))


def is_elsewhere_not_head(element: Element) -> bool:
    """Tell whether an element is of a sidebar or a menu."""
    return element.tag != "head" and is_elsewhere(element)


# --- addresses ------------------------------------------------------------------------------------

_COMMENT_PAGE = re.compile(r"/comment-page-\d+/?$")


def address(head: Head, saved_from: str | None) -> str:
    """Return where the page stands, as it says itself, without fragment; empty if it does not."""
    canonical = next((e.get("href") for e in head.links if "canonical" in e.rel), "")
    told = page_jsonld.url(head.told.post, "mainEntityOfPage") or page_jsonld.url(
        head.told.post, "url"
    )
    for said in (canonical, head.said("og:url"), saved_from or "", told):
        if found := cleaned(said):
            return found
    return ""


def cleaned(said: str) -> str:
    """Return an address as a permalink; empty if it is none, or names a user."""
    url = (
        urls.encoded(without_archive(said.strip()).partition("#")[0]) if said.isprintable() else ""
    )
    if not urls.is_web_url(url) or "@" in urlsplit(url).netloc:
        return ""
    return _COMMENT_PAGE.sub("/", url)


def base(head: Head, page: str) -> str:
    """Return what `<base href>` says, resolved; empty if it says nothing of use."""
    element = next(head.having(lambda e: e.tag == "base" and bool(e.get("href"))), None)
    return (urls.absolute(page, without_archive(element.get("href"))) or "") if element else ""


def number(head: Head, home: str) -> str:
    """Return the post's number in WordPress, from its short link or the body's class."""
    for link in head.links:
        if "shortlink" in link.rel:
            parts = urlsplit(without_archive(link.get("href")))
            found = dict(parse_qsl(parts.query)).get("p", "") if _is_on(parts.netloc, home) else ""
            if found.isdigit():
                return found
    return next((c[7:] for c in head.body_classes if re.fullmatch(r"postid-\d{1,18}", c)), "")


def _is_on(host: str, home: str) -> bool:
    ours = urlsplit(home).netloc
    return bool(ours) and host.removeprefix("www.") == ours.removeprefix("www.")


def home(head: Head, page: str) -> str:
    """Return the site's home page: where the page's links home lead, else the address's origin."""
    if not page:
        return ""
    for element in head.having(_links_home):
        href = urls.absolute(page, without_archive(element.get("href")))
        if href and _is_on(urlsplit(href).netloc, page):
            path = urlsplit(href).path
            if urlsplit(page).path.startswith(path) and not urlsplit(href).query:
                return (cleaned(href) if path else "") or urls.origin(page)
    return urls.origin(page)


def _links_home(element: Element) -> bool:
    if element.tag != "a" or not element.get("href"):
        return False
    above = element.parent
    is_title = element.classes & _SITE_TITLES or (above and above.classes & _SITE_TITLES)
    return "home" in element.rel or bool(is_title)


# --- titles ---------------------------------------------------------------------------------------

_SITE_TITLES = frozenset(
    {"site-title", "blog-title", "site-name", "site__title", "blogname", "wp-block-site-title"}
)
_SITE_TITLE_IDS = frozenset({"site-title", "blog-title", "site-name", "logo"})
#: A heading in one of these is the site's.
_SITE_HEADERS = frozenset({"header", "headerimg", "masthead", "branding", "banner", "site-header"})
_ENTRY_TITLES = frozenset(
    {
        "entry-title", "post-title", "p-name", "article-title", "post__title", "page__title",
        "headline", "entry__title", "single-title", "posttitle", "storytitle", "asset-name",
        "post-full-title", "wp-block-post-title", "gh-article-title", "title",
    }
)  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3"})
_FEED_TITLE = re.compile(r"(.{1,200}?)\s*[|»›-]\s*(?:rss|atom|feed|entries)\b.*", re.I)


def site_title(head: Head) -> str:
    """Return what the site is called; empty if nothing says so."""
    title = head.said("og:site_name", "application-name") or page_jsonld.text(
        head.told.site, "name"
    )
    if not title and (element := next(head.having(_is_site_title), None)):
        title = text_of(element)
    if not title:
        feeds = (e.get("title") for e in head.links if "alternate" in e.rel)
        found = next((m for t in feeds if (m := _FEED_TITLE.fullmatch(one_line(t)))), None)
        title = found[1] if found else ""
    return title[:_MAX_TITLE]


def _is_site_title(element: Element) -> bool:
    if not 0 < element.weight <= _MAX_TITLE:
        return False
    above = element.parent
    named = element.classes & _SITE_TITLES or element.get("id").lower() in _SITE_TITLE_IDS
    return bool(named) or bool(
        element.tag in _HEADINGS
        and above
        and ({above.get("id").lower(), *above.classes} & (_SITE_HEADERS | _SITE_TITLE_IDS))
    )


def title(head: Head, site: str) -> str:
    """Return the post's title: og:title, the entry's heading, any heading of its own, `<title>`."""
    document = next((text_of(e) for e in head.having(lambda e: e.tag == "title")), "")[:_MAX_TITLE]
    headings = _headings(head, site, document)
    for said in (
        head.said("og:title", "twitter:title"),
        page_jsonld.text(head.told.post, "headline"),
    ):
        if said and not (site and words.same(said, site)):
            return _as_heading(said, headings, site)[:_MAX_TITLE]
    if headings:
        return headings[0]
    return _as_heading(document, headings, site)[:_MAX_TITLE]


def _headings(head: Head, site: str, document: str) -> list[str]:
    """Return what may be the title among the page's headings, the likeliest first."""
    ranked: list[tuple[int, str]] = []
    documents = folded(document)
    for element in head.having(lambda e: 0 < e.weight <= _MAX_TITLE):
        is_named = bool(element.classes & _ENTRY_TITLES) or element.has("headline")
        if not (is_named or element.tag in _HEADINGS) or element.tag in {
            "body",
            "article",
            "title",
        }:
            continue
        text = text_of(element)
        # Nearly every `<title>` holds the post's, and themes put other things into headings.
        is_held = bool(folded(text)) and folded(text) in documents
        if not (is_held or is_named or element.tag == "h1"):
            continue
        is_site = _is_site_title(element) or (site and words.same(text, site))
        if text and not is_site and not words.heading(text):
            rank = 0 if is_named and element.tag in _HEADINGS else 1
            ranked.append((rank + (0 if is_held else 2), text))
    return [text for _, text in sorted(ranked, key=lambda item: item[0])][:50]


def _as_heading(said: str, headings: Sequence[str], site: str) -> str:
    """Return a title without the site's name before or behind it."""
    said = said[:_MAX_TITLE]
    for heading in headings:
        rest = said.removeprefix(heading) if said.startswith(heading) else ""
        if words.same(said, heading) or (rest and re.match(_SEPARATORS, rest)):
            return heading
    if not site:
        return said
    name = re.escape(site[:_MAX_TITLE])
    behind = rf"(?:{_SEPARATORS})(?:\S.{{0,40}}?(?:{_SEPARATORS}))?{name}$"
    before = rf"^{name}(?:{_SEPARATORS}|:\s+)"
    cut = re.sub(before, "", re.sub(behind, "", said, flags=re.IGNORECASE), flags=re.IGNORECASE)
    return cut.strip() or said
