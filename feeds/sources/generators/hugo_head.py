"""The front matter of a Hugo page: who may see it, and what of it the reader of posts takes."""

from __future__ import annotations

from feeds.errors import quoted
from feeds.sources.generators.hugo_values import is_true, list_of, text_of
from feeds.sources.records import Record, Scalar, Value
from feeds.tuples import NamedTuple

RENDERED = frozenset({"md", "markdown", "mdown", "html", "htm"})
#: What else is a page for Hugo. Suffixes have a case there: `a.MD` is no page.
NOT_RENDERED = {
    **dict.fromkeys(("asciidoc", "adoc", "ad"), "AsciiDoc"),
    **dict.fromkeys(("rest", "rst"), "reStructuredText"),
    "org": "Org",
    **dict.fromkeys(("pandoc", "pdc"), "Pandoc's Markdown"),
}
_MARKUPS = frozenset({"", "markdown", "md", "mdown", "goldmark", "html", "htm", "blackfriday"})
#: What `list` and `render` say, in words and, until 0.76, as truth values.
_WHERE = {"always": "always", "true": "always", "1": "always", "local": "local", "never": "never"}
_WHERE |= {"false": "never", "0": "never", "link": "always"}
#: Where themes look for the picture of a page.
_PICTURES = frozenset({"images", "featured_image", "featuredimage"})
#: Keys that mean something else to Hugo than in the contract.
_NOT_OURS = frozenset({"type", "layout", "cascade", "_build", "build"})
#: Whatever stands elsewhere in our front matter.
_SEEN_TO = _NOT_OURS | _PICTURES | {"params"}
_NO_TERMS: list[Value] = []


def is_draft(said: Record) -> bool:
    """Tell whether a page or a section is a draft; what cannot be read is one.

    `published` may be a date, too, and says nothing about drafts then.
    """
    if "draft" in said:
        return is_true(said["draft"]) is not False
    return "published" in said and is_true(said["published"]) is False


class Visibility(NamedTuple):
    """Who may see a page."""

    public: bool
    #: Whether the home page's feed lists it.
    listed: bool
    warnings: tuple[str, ...] = ()


_SEEN = Visibility(True, True)
#: What besides `draft` has a say.
_OTHERWISE = frozenset({"published", "headless", "build", "_build"})


def visibility(said: Record, *, is_bundle: bool) -> Visibility:
    """Return who may see a page, by `draft`, `published`, `headless` and `build`."""
    if said.get("draft", "false") == "false" and _OTHERWISE.isdisjoint(said):
        return _SEEN
    warnings: list[str] = []
    if "draft" in said and is_true(said["draft"]) is None:
        warnings.append(f"`draft` is neither true nor false: {quoted(text_of(said['draft']))}")
    is_headless = is_bundle and is_true(said.get("headless")) is not False
    build = said.get("build", said.get("_build"))
    if build is None or (isinstance(build, Scalar) and build.is_null):
        build = {}
    if not isinstance(build, dict):
        return Visibility(False, True, (*warnings, "`build` is no table: the page stays hidden"))
    where: list[str] = []
    for key in ("list", "render"):
        word = text_of(build.get(key, Scalar("always", 1))).lower()
        if word not in _WHERE:
            warnings.append(f"`build.{key}` is {quoted(word)}: the page stays hidden")
        where.append(_WHERE.get(word, "never"))
    is_hidden = is_draft(said) or is_headless or "never" in where
    return Visibility(not is_hidden, where[0] == "always", tuple(warnings))


def unread_dates(said: Record, chain: tuple[str, ...]) -> list[str]:
    """Return what is wrong with a page that has no date, though some key says one."""
    return [
        f"a date that Hugo does not read, `{key}`: {quoted(text)}"
        for key in chain
        # What stands in `published` may as well be a truth value.
        if (text := text_of(said.get(key))) and is_true(said.get(key)) is None
    ]


def unrendered(said: Record, suffix: str) -> str | None:
    """Return the language of a body that is not rendered here; None: it is."""
    markup = text_of(said["markup"]).lower() if "markup" in said else ""
    if markup not in _MARKUPS:
        return NOT_RENDERED.get(markup, markup)
    return NOT_RENDERED.get(suffix)


def aliases_of(value: Value | None) -> list[str]:
    """Return the aliases; one text is split at blanks."""
    texts = [text_of(item) for item in value] if isinstance(value, list) else text_of(value).split()
    return [text for text in texts if text]


def for_readers(said: Record) -> Record:
    """Return the front matter as the reader of posts takes it: the same, if that is how it is.

    Terms are lists (a text with a comma in it is one term to Hugo), an author or a picture that
    themes look for elsewhere stands where ours does.
    """
    if _SEEN_TO.isdisjoint(said):
        tags, categories = said.get("tags", _NO_TERMS), said.get("categories", _NO_TERMS)
        if isinstance(tags, list) and isinstance(categories, list):
            return said
    head = dict(said)
    if not _NOT_OURS.isdisjoint(said):
        head = {key: value for key, value in said.items() if key not in _NOT_OURS}
    for key in ("tags", "categories"):
        if key in head:
            head[key] = list_of(head[key])
    params = head.get("params")
    if isinstance(params, dict):
        for key in ("author", "authors", "images", "featured_image"):
            if key in params:
                head.setdefault(key, params[key])
    if "image" not in head and not _PICTURES.isdisjoint(head):
        pictures = head.get("images") or head.get("featured_image") or head.get("featuredimage")
        first = pictures[0] if isinstance(pictures, list) else pictures
        if isinstance(first, Scalar):
            head["image"] = first
    return head
