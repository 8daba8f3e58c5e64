"""Bodies with templates in them: from the pages that the generator built, or without the templates."""

from __future__ import annotations

import os
from collections import Counter
from urllib.parse import unquote, urlsplit

from feeds import references
from feeds.errors import ContentError, Problem, SettingsError, Severity
from feeds.model import Body, Markup
from feeds.patterns import holds
from feeds.settings import Settings
from feeds.sources import kramdown, liquid, shortcodes
from feeds.sources.files import File, unreadable
from feeds.sources.generators import Page
from feeds.sources.records import Scalar

#: How the note begins that the report sums up.
LEFT_OUT = "left out of the body: "
#: What themes call the element that holds the body, the surest first.
_MAIN = (
    "[itemprop=articleBody]",
    ".e-content",
    ".entry-content",
    ".post-content",
    ".article-content",
    ".article-body",
    ".post__content",
    "article .content",
    "article",
    "main",
)
#: Whose templates, and what else is taken out here, all have braces.
_IN_BRACES = frozenset({"hugo", "jekyll", "nikola"})
_PAGE_LIMIT = 20_000_000
#: What generators say of a body that we may be able to read all the same.
NOT_RENDERED = "which is not rendered here"
_TAKE_BUILT = "set `built` below [content] to take it from the built site"
_RESTRUCTURED = "reStructuredText"
_LANGUAGES = {
    ".rst": _RESTRUCTURED,
    ".txt": _RESTRUCTURED,  # Nikola's
    ".org": "Org",
    ".adoc": "AsciiDoc",
    ".asciidoc": "AsciiDoc",
}


def body_of(
    file: File, text: str, markup: Markup, page: Page, settings: Settings
) -> tuple[Body, list[Problem]]:
    """Return a post's body as its readers should see it, and what had to be left out.

    Args:
        file: the post's file.
        text: what stands in it behind the front matter.
        markup: the language of `text`.
        page: what the generator makes of the file.
        settings: the site.

    Raises:
        StorageError: the built page is there and cannot be read.
    """
    if settings.content.built:
        built = _built(settings.content.built, page, settings)
        if built is not None:
            return Body(built, Markup.HTML), []
    if language := _LANGUAGES.get(file.suffix):
        return _rendered(file, text, language)
    if "{" not in text and settings.content.layout in _IN_BRACES:
        return Body(text, markup), []
    shown, dropped = _without_templates(file, text, markup, page, settings)
    if not dropped:
        return Body(shown, markup), []
    what = LEFT_OUT + liquid.counted(dropped)
    return Body(shown, markup), [Problem(file.shown, what, severity=Severity.NOTE)]


def _rendered(file: File, text: str, language: str) -> tuple[Body, list[Problem]]:
    """Return a body in a language that is neither Markdown nor HTML; empty if nobody can read it."""
    if language != _RESTRUCTURED:
        problem = Problem(file.shown, f"its body is {language}, {NOT_RENDERED}", _TAKE_BUILT)
        return Body("", Markup.HTML), [problem]
    from feeds.sources import restructured

    try:
        return Body(restructured.rendered(text), Markup.HTML), []
    except ContentError as error:
        return Body("", Markup.HTML), [Problem(file.shown, error.what, error.remedy)]


def is_selector(text: str) -> bool:
    """Tell whether `text` is a CSS selector."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError

    try:
        LexborHTMLParser("<p>").css_first(text)
    except SelectolaxError:
        return False
    return True


# --- from the built site --------------------------------------------------------------------------


def _built(folder: str, page: Page, settings: Settings) -> str | None:
    """Return the body as it stands in the page that the generator built; None if it is not there."""
    root = os.path.realpath(os.path.join(settings.root, folder))
    home = os.path.realpath(settings.root).rstrip(os.sep) + os.sep
    if not settings.content.symlinks and not root.startswith(home):
        what = f"{folder}: leads out of the content folder"
        raise SettingsError(f"{what}; set symlinks = true below [content] to follow it")
    path = unquote(urlsplit(page.address).path).strip("/")
    for name in (f"{path}/index.html", path, f"{path}.html"):
        place = os.path.realpath(os.path.join(root, name))
        if place.startswith(root + os.sep) and os.path.isfile(place):
            return _main(_page(place), settings.content.selector)
    return None


def _page(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read(_PAGE_LIMIT)
    except OSError as error:
        raise unreadable(path, error) from error


def _main(data: bytes, selector: str | None) -> str | None:
    """Return the inside of the element that holds the body."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(data.decode("utf-8", "replace"))
    for wanted in [selector] if selector else _MAIN:
        node = tree.css_first(wanted)
        if node is not None:
            return "".join(child.html or "" for child in node.iter(include_text=True))
    return None


# --- without ----------------------------------------------------------------------------------------


def _without_templates(
    file: File, text: str, markup: Markup, page: Page, settings: Settings
) -> tuple[str, Counter[str]]:
    layout = settings.content.layout
    folder = file.inside.rpartition("/")[0]
    if layout == "jekyll" and page.head.get("render_with_liquid") != "false":
        dropped: Counter[str] = Counter()
        if holds(text, "{{", "{%"):
            text, dropped = liquid.expanded(text, _surroundings(folder, markup, page, settings))
        return (kramdown.plain(text) if markup is Markup.MARKDOWN else text), dropped
    if layout in {"hugo", "zola"} and markup is Markup.MARKDOWN:
        text = kramdown.without_heading_ids(text)
    if layout in {"hugo", "nikola"}:
        return shortcodes.hugo(text, lambda asked: references.mark(asked, folder), markup)
    if layout == "zola":
        return shortcodes.zola(shortcodes.inner_links(text, folder))
    if layout == "pelican":
        return shortcodes.pelican(text, folder, file.tree), Counter()
    return text, Counter()


def _surroundings(
    folder: str, markup: Markup, page: Page, settings: Settings
) -> liquid.Surroundings:
    parts = urlsplit(settings.url)
    origin, home = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    title = page.head.get("title")
    values = {
        "site.url": origin,
        "site.baseurl": home,
        "site.title": settings.title,
        **{f"page.{key}": value for key, value in page.head.items() if isinstance(value, Scalar)},
        "page.url": page.address,
        "page.title": title if isinstance(title, Scalar) else page.title,
        "page.id": page.address,
        "jekyll.environment": "production",
    }
    return liquid.Surroundings(
        values, home, origin, lambda asked: references.mark(asked, folder), markup
    )
