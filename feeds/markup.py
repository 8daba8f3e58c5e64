"""Text and HTML: Markdown rendered, strangers' markup cleaned, links absolute, excerpts cut.

The order matters and is one function's business (`to_html`): what XML forbids goes first, since
dropping a character *after* the cleaning can make `javascript:` out of harmless text; then
Markdown; then a bound on nesting; then the sanitiser, which resolves relative URLs as it goes.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from feeds import nesting, simple, urls
from feeds.model import Body, Markup
from feeds.patterns import lazy
from feeds.tuples import NamedTuple

#: The first paragraph break that an author marks by hand (WordPress, Hugo, Jekyll alike).
_MORE = lazy(r"<!--\s*more\b.{0,200}?-->", re.IGNORECASE | re.DOTALL)
#: Everything outside of Char in XML 1.0 §2.2; lone surrogates are among it.
_ILLEGAL = lazy("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EXCERPT_WORDS = 55
_EXCERPT_CHARACTERS = 1000
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ANONYMOUS = "Anonymous"


# --- text -----------------------------------------------------------------------------------------


def legal(text: str, replacement: str = "") -> str:
    """Return `text` without the characters that XML 1.0 §2.2 forbids."""
    # What can be printed is legal, and is told in a fifth of the time.
    if text.isprintable() or not _ILLEGAL.search(text):
        return text
    return _ILLEGAL.sub(replacement, text)


def first_illegal(text: str) -> re.Match[str] | None:
    """Find the first character that XML forbids, if there is one."""
    return _ILLEGAL.search(text)


def one_line(text: str) -> str:
    """Return `text` as a title can carry it: legal, on one line, blanks folded."""
    text = text.strip()
    return text if _is_folded(text) else " ".join(legal(text).split())


def _is_folded(text: str) -> bool:
    """Tell whether there is surely no blank in a text but single ones, and nothing illegal."""
    # No other blank than this one can be printed.
    return "  " not in text and text.isprintable()


def escaped(text: str) -> str:
    """Return plain text as HTML that shows it."""
    return html.escape(text, quote=False)


#: A local part, an at sign, and a host with a dot in it; a parenthesis may close behind it. What
#: comes before is looked at once, or a long name would take minutes.
_ADDRESS = lazy(r"(?<![^\s@])([^\s@]++)@[^\s@]*\.[^\s@(),;]+")
#: Letters and symbols that look like nothing: Hangul fillers, the empty Braille pattern.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_ISOLATES = lazy("[\u2066-\u2069]")
_OVERRIDES = lazy("[\u202a-\u202e]")


def display_name(text: str, limit: int = 200) -> str:
    """Return a name as a feed shows it; never an address, never nothing.

    An e-mail address is shown without its domain. Angle brackets go, since four readers in twelve
    take what stands between them for an address or a tag. A name that turns the direction of text
    is isolated (UAX #9), so that it cannot turn the rest of the line. A name without anything to
    see is "Anonymous", as WordPress has it.
    """
    name = _without_brackets(text)
    if "&" in name and _ADDRESS.search(plain := _without_brackets(_unescaped(name))):
        name = plain  # `ann&#64;blog.example` is an address to whoever takes a name for HTML
    if name.isascii() and name.isprintable() and "@" not in name and 0 < len(name) <= limit:
        return name
    while (masked := _ADDRESS.sub(r"\1", name)) != name:
        name = masked  # what is left of `ann@blog.example@blog.example` is an address again
    if len(name) > limit:
        name = name[: max(limit - 1, 1)] + "…"
    if _OVERRIDES.search(name) or _ISOLATES.search(name):
        name = f"\u2068{_ISOLATES.sub('', name)}\u2069"
    visible = any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANKS for c in name)
    return name if visible else ANONYMOUS


def _without_brackets(text: str) -> str:
    return one_line(text.replace("<", "").replace(">", ""))


def _unescaped(text: str) -> str:
    """Resolve references to characters, and such as become ones by that."""
    for _ in range(3):
        text = html.unescape(text)
    return text


# --- policies -------------------------------------------------------------------------------------


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TEXT_TAGS = _set(
    "a abbr b blockquote br cite code dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li ol p"
    " pre q s samp small strong strike sub sup tt u ul var"
)
_POST_TAGS = _TEXT_TAGS | _set(
    "acronym address article aside audio bdi bdo big caption center col colgroup details figcaption"
    " figure footer header hgroup iframe img main mark nav picture rp rt ruby section source span"
    " summary table tbody td tfoot th thead time tr track video wbr"
)
#: Elements that go with all that is in them, unless a policy keeps them.
_DROPPED = _set(
    "script style template svg math object embed applet iframe noembed noframes frameset form select"
    " button textarea title head"
)
#: Properties that neither load nor cover anything.
_STYLES = _set(
    "color background-color font-style font-weight list-style-type text-align text-decoration"
    " vertical-align white-space"
)
_POST_ATTRIBUTES = {
    "*": _set("title lang dir style"),
    "a": _set("href hreflang rel type"),
    "audio": _set("src controls loop muted"),
    "code": _set("class"),
    "col": _set("span align"),
    "colgroup": _set("span align"),
    "details": _set("open"),
    "iframe": _set("src"),
    "img": _set("src srcset sizes alt width height align"),
    "li": _set("value"),
    "ol": _set("start type reversed"),
    "source": _set("src srcset sizes type media"),
    "td": _set("colspan rowspan align headers"),
    "th": _set("colspan rowspan align headers scope"),
    "time": _set("datetime"),
    "track": _set("src kind srclang label"),
    "video": _set("src poster controls loop muted width height"),
}


class Policy(NamedTuple):
    """What markup may keep: comments little, posts much (RFC 4287 §8.1 is why)."""

    comment: bool
    #: Comments: whether images show. Posts always show theirs.
    images: bool = False
    #: How deep elements may nest: 100,000 nested quotes take the sanitiser a minute.
    depth: int = 100

    @property
    def rel(self) -> str | None:
        """What links are marked with, for whoever ranks pages by them; None: they stay as they are."""
        return "nofollow ugc" if self.comment else None

    def tags(self) -> set[str]:
        """Return the elements that stay."""
        if not self.comment:
            return set(_POST_TAGS)
        return set(_TEXT_TAGS | {"img"} if self.images else _TEXT_TAGS)

    def attributes(self) -> dict[str, set[str]]:
        """Return the attributes that stay, by element."""
        if not self.comment:
            return {tag: set(names) for tag, names in _POST_ATTRIBUTES.items()}
        kept = {"*": {"lang", "dir"}, "a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}}
        return kept | ({"img": {"src", "alt", "title"}} if self.images else {})

    def schemes(self) -> set[str]:
        """Return the URL schemes that stay; an address in a comment is text, not a link."""
        return {"http", "https"} if self.comment else {"http", "https", "mailto", "tel", "data"}


POST = Policy(comment=False)


# --- HTML -----------------------------------------------------------------------------------------


def to_html(body: Body, base: str, policy: Policy) -> str:
    """Return `body` as clean HTML whose every URL is absolute.

    Args:
        body: Markdown (GitHub's flavour, raw HTML let through) or HTML, from anybody.
        base: the page it stands on, an http or https URL; what relative links are relative to.
        policy: what stays.
    """
    if policy.depth >= simple.DEPTH:
        plain = simple.html_of(body.text, body.markup, policy.rel)
        if plain is not None:
            return plain
    text = legal(body.text)
    if body.markup is Markup.MARKDOWN and not simple.is_one_block(text):
        text = _from_markdown(text, policy)
    # Nothing is relative to a page where no attribute can be, and a sanitiser for each takes time.
    clean = _cleaner(base if "=" in text else _ANY_PAGE, policy)
    text = nesting.shallow(text, policy.depth)
    mended = cleaned = clean(text)
    # Nearly every text has none of these, and to find that out with `in` is ten times as quick.
    if "<iframe" in mended:
        mended = _IFRAME.sub(_framed, mended)
    if "<a" in mended:
        mended = _without_empty_links(mended)
    if "<img" in mended:
        mended = _PIXEL.sub("", mended)
    # Once more: what went may have kept apart what must not nest, such as the links of
    # `<a><table><a>`, and a parser makes something else of them than the sanitiser has seen. It has
    # seen what is no other than it was.
    return (cleaned if mended == text else clean(nesting.in_parts(mended))).strip()


#: A page like any other.
_ANY_PAGE = "https://blog.example/"


def load() -> None:
    """Import now what makes HTML and cleans it, so that nobody need wait for it later."""
    import nh3  # noqa: F401

    from feeds import cmark  # noqa: F401


def split_at_more(body: Body) -> Body | None:
    """Return what stands before the author's `<!--more-->`; None if there is no such mark."""
    parts = _MORE.split(body.text, maxsplit=1)
    return Body(parts[0], body.markup) if len(parts) > 1 else None


def _from_markdown(text: str, policy: Policy) -> str:
    from feeds import cmark

    extensions = ["strikethrough", "autolink"] + ([] if policy.comment else ["table"])
    footnotes = not policy.comment and text.count("[^") <= _MAX_FOOTNOTES
    return cmark.to_html(text, extensions, footnotes=footnotes)


#: A reference of four characters becomes two hundred, and leads back from its note as well.
_MAX_FOOTNOTES = 10_000
#: A frame as the sanitiser writes it. What is in it is raw text, whatever it looks like.
_IFRAME = lazy(r'<iframe((?: [^\s=>"]+="[^"]*")*)>.*?(?:</iframe>|\Z)', re.DOTALL)
_ATTRIBUTE = lazy(r' ([^\s=>"]+)="([^"]*)"')
#: A picture of one pixel is there to count readers.
_PIXEL = lazy(
    r'<img(?=(?:[^>"]|"[^"]*")*\swidth="[01](?:px)?")(?=(?:[^>"]|"[^"]*")*\sheight="[01](?:px)?")(?:[^>"]|"[^"]*")*>'
)
#: A parser drops a line end right behind `<pre>`: what starts with a blank line needs two.
_PRE = lazy(r"(<pre(?: [^>]*)?>)\n")
_LINK_TAG = lazy(r"<a(?: [^>]*)?>|</a>")


def _without_empty_links(text: str) -> str:
    """Leave the text of a link that leads nowhere, now that its address is gone."""
    kept: list[bool] = []

    def keep(tag: re.Match[str]) -> str:
        if tag[0] != "</a>":
            kept.append("href" in dict(_ATTRIBUTE.findall(tag[0])))
            return tag[0] if kept[-1] else ""
        return tag[0] if kept and kept.pop() else ""

    return _LINK_TAG.sub(keep, text)


def _framed(match: re.Match[str]) -> str:
    src = dict(_ATTRIBUTE.findall(match[1])).get("src")
    return f'<p><a href="{src}">{src}</a></p>' if src else ""


@lru_cache(maxsize=64)
def _cleaner(base: str, policy: Policy) -> Callable[[str], str]:
    import nh3

    tags = policy.tags()
    options: dict[str, Any] = {} if policy.comment else {"filter_style_properties": set(_STYLES)}
    cleaner = nh3.Cleaner(
        tags=tags,
        clean_content_tags=set(_DROPPED) - tags,
        attributes=policy.attributes(),
        attribute_filter=_attribute_filter(base),
        link_rel=policy.rel,
        url_schemes=policy.schemes(),
        url_relative=("rewrite_with_base", base),
        **options,
    )

    def clean(text: str) -> str:
        cleaned: str = cleaner.clean(text)
        return _PRE.sub(r"\1\n\n", cleaned) if "<pre" in cleaned else cleaned

    return clean


_DATA_IMAGE = lazy(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_DATA_LIMIT = 8192
#: `background-color: url(…)` is no colour and loads nothing, as long as the reader knows its CSS.
_CALL = lazy(r"(?<!\brgb)(?<!\brgba)(?<!\bhsl)(?<!\bhsla)\(|\\", re.IGNORECASE)
#: What readers that colour code go by (HTML §4.5.15).
_LANGUAGE_OF_CODE = lazy(r"lang(?:uage)?-[A-Za-z0-9+#._-]{1,40}")
#: What browsers drop from a URL before they look at its scheme (URL Standard, basic URL parser).
_URL_NOISE = lazy(r"^[\x00-\x20]+|[\t\n\r]+")
#: `https:page.html` is relative where the page's scheme is the same, and to every feed reader not.
_SCHEME_ALONE = lazy(r"https?:(?![/\\]{2})", re.IGNORECASE)


def _attribute_filter(base: str) -> Callable[[str, str, str], str | None]:
    """Make absolute what the sanitiser leaves relative, and let no `data:` in but small images."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "srcset":
            return _srcset(value, base)
        if attribute == "class":
            return value if _LANGUAGE_OF_CODE.fullmatch(value) else None
        if attribute == "style":
            return None if _CALL.search(value) else value
        if attribute not in {"href", "src", "poster"}:
            return value
        url = _URL_NOISE.sub("", value)
        if url.lower().startswith("data:"):
            small = tag == "img" and len(url) <= _DATA_LIMIT and _DATA_IMAGE.fullmatch(url)
            return url if small else None
        return urls.absolute(base, url) if _SCHEME_ALONE.match(url) else value

    return keep


#: HTML §4.8.4.2.1: a URL, and unless a comma ends it, a width or density up to the next comma.
_CANDIDATE = lazy(r"([^\s,]\S*)(?:(?<=,)|([^,]*))")


def _srcset(value: str, base: str) -> str | None:
    found = []
    for url, size in _CANDIDATE.findall(value[:16_384]):
        if address := urls.absolute(base, url.rstrip(",")):
            found.append(f"{address.replace(',', '%2C')} {size.strip()}".strip())
    return ", ".join(found) or None


# --- excerpts -------------------------------------------------------------------------------------

#: Elements within a line of text; any other ends a word.
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|i|ins|kbd|mark|q|ruby|s|samp|small|span|strike"
    "|strong|sub|sup|time|tt|u|var|wbr"
)
_BREAKS = lazy(r"</?+(?:p|br)>[ \n]*+(?:</?+(?:p|br)>[ \n]*+)*+")
_REST_OF_TAG = r'[^>"]*+(?:"[^"]*+"[^>"]*+)*+>'
_INLINE_TAG = lazy(rf"</?+(?:{_INLINE})(?![a-z0-9]){_REST_OF_TAG}")
_TAG = lazy(rf"</?+[a-z]{_REST_OF_TAG}")


def text_of(clean: str) -> str:
    """Return the text of HTML that `to_html` made, blanks folded."""
    return one_line(_without_tags(clean))


def _without_tags(clean: str) -> str:
    # Most tags are these, and this is quicker; in the value of an attribute it does no harm.
    text = _BREAKS.sub(" ", clean)
    if "<" in text:
        text = _INLINE_TAG.sub("", text)
        if "<" in text:
            text = _TAG.sub(" ", text)
    return (html.unescape(text) if "&" in text else text).strip()


def excerpt_of(clean: str, words: int = _EXCERPT_WORDS) -> str:
    """Return the first `words` words of HTML that `to_html` made, as plain text; see `excerpt`."""
    text = _without_tags(clean)
    if len(text) <= _EXCERPT_CHARACTERS and text.count(" ") < words and _is_folded(text):
        return text
    return excerpt(legal(text), words)


def excerpt(text: str, words: int = _EXCERPT_WORDS) -> str:
    """Return the first `words` words of plain text, and ` […]` if there are more (WordPress).

    Scripts that put no blanks between words are cut by length, or the excerpt would be the text.
    """
    parts = text.split(None, words)
    cut = " ".join(parts[:words])
    is_whole = len(parts) <= words
    if len(cut) > _EXCERPT_CHARACTERS:
        cut = cut[:_EXCERPT_CHARACTERS].rstrip()
        is_whole = False
    return cut if is_whole else f"{cut} […]"
