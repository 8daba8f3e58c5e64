"""Where Jekyll puts a post: templates, their placeholders, slugs and escapes (Jekyll 4.3).

The rules of `lib/jekyll/url.rb`, `drops/url_drop.rb` and `Utils.slugify`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote

from feeds.patterns import lazy
from feeds.tuples import NamedTuple

#: The names that `permalink` in `_config.yml` takes beside a template.
STYLES = MappingProxyType(
    {
        "none": "/:categories/:title:output_ext",
        "date": "/:categories/:year/:month/:day/:title:output_ext",
        "ordinal": "/:categories/:year/:y_day/:title:output_ext",
        "pretty": "/:categories/:year/:month/:day/:title/",
        "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    }
)
#: Ruby's `strftime` knows no other language; ours would ask the machine for its own.
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Place(NamedTuple):
    """What the address of a post is made of."""

    #: In the site's zone; None, if nothing says when, leaves its fields empty.
    date: datetime | None
    slug: str
    categories: tuple[str, ...]
    #: The file's name without its suffix.
    stem: str
    #: The file's path without `_posts` and without its suffix.
    path: str
    output_ext: str


def address(template: str, place: Place) -> tuple[str, list[str]]:
    """Return the path that a template gives a post, and the placeholders that Jekyll has not."""
    unknown: list[str] = []
    pieces = ["/"]
    for name, literal in _taken_apart(template):
        if name is None:
            pieces.append(literal)
        elif fill := _PLACEHOLDERS.get(name):
            pieces += (escaped(fill(place)), literal)
        else:
            unknown.append(name)
            pieces += (":", name, literal)
    path = "".join(pieces).replace("..", "/").replace("./", "")
    return _SLASHES.sub("/", path) if "//" in path else path, unknown


_SLASHES = lazy("//+")


@lru_cache(maxsize=64)
def _taken_apart(template: str) -> tuple[tuple[str | None, str], ...]:
    """Return the placeholders of a template, each with the text that follows it; text has no name."""
    first, *parts = re.split(r":([a-z_]+)", template)
    found: list[tuple[str | None, str]] = [(None, first)]
    for name, literal in zip(parts[::2], parts[1::2], strict=True):
        bare = name.removesuffix("_")  # one of `:month_:day` is none of the name
        found.append((bare, name[len(bare) :] + literal))
    return tuple(found)


def identifier(path: str, slug: str) -> str:
    """Return `Document#id`: the folder of a post's address, and its slug as it is written."""
    folder = path.rstrip("/").rpartition("/")[0].rstrip("/")
    return f"{folder}/{slug.lstrip('/')}"


def downcased(text: str) -> str:
    """Return `text` in lower case as Ruby has it, which knows no final sigma."""
    return text.lower() if text.isascii() else "".join(c.lower() for c in text)


def titled(slug: str) -> str:
    """Return what a post without a title is called (`Utils.titleize_slug`)."""
    words = slug.rstrip("-").split("-")
    return " ".join(word[:1].title() + downcased(word[1:]) for word in words)


_NEITHER = lazy(r"[^A-Za-z0-9]+")
_NOT_PRETTY = lazy(r"[^A-Za-z0-9._~!$&'()+,;=@]+")
_PRETTY_SIGNS = frozenset("._~!$&'()+,;=@")


def slugified(text: str, *, pretty: bool = False) -> str:
    """Return `text` with a hyphen for each run of what may not stand in a slug.

    Letters, marks and decimal digits of every script may; with `pretty` some signs, too, and the
    case is kept.
    """
    if text.isascii():
        slug = (_NOT_PRETTY if pretty else _NEITHER).sub("-", text)
    else:
        kept = "".join(c if _may_stand(c, pretty) else "-" for c in text)
        slug = re.sub("--+", "-", kept)
    slug = slug.removeprefix("-").removesuffix("-")
    return slug if pretty else downcased(slug)


@lru_cache(maxsize=4096)
def _may_stand(character: str, pretty: bool) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Nd" or (pretty and character in _PRETTY_SIGNS)


#: RFC 3986, appendix B, and what Addressable takes for a scheme.
_PARTS = lazy(
    r"(?:([A-Za-z][A-Za-z0-9.+-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
#: What has nothing to escape.
_PLAIN = lazy(r"[A-Za-z0-9/_.~-]*")
_SUB_DELIMITERS = "!$&'()*+,;=:@"


def escaped(value: str) -> str:
    """Return a placeholder's value as it stands in an address (`URL.escape_path`).

    It is read as an address itself: what stands behind a question mark is a query.
    """
    if (value.isascii() and value.isdecimal()) or _PLAIN.fullmatch(value):
        return value
    match = _PARTS.fullmatch(value)
    assert match  # each of its parts may be empty
    scheme, host, path, query, fragment = match.groups()
    return "".join(
        [
            f"{scheme}:" if scheme else "",
            f"//{_quoted(host, _SUB_DELIMITERS + '[]')}" if host is not None else "",
            _quoted(path, _SUB_DELIMITERS + "/"),
            f"?{_quoted(query, _SUB_DELIMITERS + '/?')}" if query is not None else "",
            f"%23{_quoted(fragment, _SUB_DELIMITERS + '/?')}" if fragment is not None else "",
        ]
    )


def _quoted(text: str, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")


def _joined(categories: tuple[str, ...], spell: Callable[[str], str]) -> str:
    return "/".join(dict.fromkeys(spell(category) for category in categories))


def _dated(spell: Callable[[datetime], str]) -> Callable[[Place], str]:
    return lambda place: spell(place.date) if place.date else ""


_PLACEHOLDERS: Mapping[str, Callable[[Place], str]] = MappingProxyType(
    {
        "categories": lambda place: _joined(place.categories, downcased),
        "slugified_categories": lambda place: _joined(place.categories, slugified),
        "collection": lambda place: "posts",
        "name": lambda place: slugified(place.stem),
        "output_ext": lambda place: place.output_ext,
        "path": lambda place: place.path,
        "slug": lambda place: slugified(place.slug),
        "title": lambda place: slugified(place.slug, pretty=True),
        "year": _dated(lambda date: f"{date.year:04}"),
        "short_year": _dated(lambda date: f"{date.year % 100:02}"),
        "month": _dated(lambda date: f"{date.month:02}"),
        "i_month": _dated(lambda date: str(date.month)),
        "short_month": _dated(lambda date: _MONTHS[date.month - 1][:3]),
        "long_month": _dated(lambda date: _MONTHS[date.month - 1]),
        "day": _dated(lambda date: f"{date.day:02}"),
        "i_day": _dated(lambda date: str(date.day)),
        "y_day": _dated(lambda date: f"{date.timetuple().tm_yday:03}"),
        "w_year": _dated(lambda date: f"{date.isocalendar().year:04}"),
        "week": _dated(lambda date: f"{date.isocalendar().week:02}"),
        "w_day": _dated(lambda date: str(date.isoweekday())),
        "short_day": _dated(lambda date: _DAYS[date.weekday()][:3]),
        "long_day": _dated(lambda date: _DAYS[date.weekday()]),
        "hour": _dated(lambda date: f"{date.hour:02}"),
        "minute": _dated(lambda date: f"{date.minute:02}"),
        "second": _dated(lambda date: f"{date.second:02}"),
    }
)
