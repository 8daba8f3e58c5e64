"""Old addresses of posts → their comments feeds, said as briefly as possible.

A blog of thousands of posts mostly has addresses of one shape, `/2024/05/NAME/`, and the comments
feed of such a post is `comments/NAME`: one rule for all of them. What no shape says is a name in a
table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

#: Posts of one shape that are worth a rule of their own, and how many such rules there may be.
_ENOUGH = 5
_MOST_SHAPES = 8
#: A name that is safe in a header as it is. Digits alone are a day or a month of an archive.
_NAME = r"[0-9]*[A-Za-z_~.-][A-Za-z0-9._~-]*"
YEAR = r"[0-9]{4}"
DAY = r"[0-9]{1,2}"
#: In bytes. Servers take requests of 8 KB, and four bytes of a rule may say one of a path.
_LONGEST = 1000
_NUMBER = re.compile(r"0{0,9}[1-9][0-9]{0,19}", re.ASCII)
_BLOGGER_ID = re.compile(r"tag:blogger[.]com,1999:blog-[0-9]{1,20}[.]post-([0-9]{1,20})", re.ASCII)
_FOLDER = re.compile(r"[A-Za-z0-9_-]+")
_SUFFIX = re.compile(r"\.(?:html?|php)$")
#: WordPress takes `/2024/5/1/` for `/2024/05/01/`.
_PADDED = re.compile(r"(?<=/)0(?=[1-9]/)")
_DATED = re.compile(r"/[0-9]{4}/[0-9]{2}/")


@dataclass(frozen=True, slots=True)
class OldPost:
    """A post or page of a blog that moved."""

    #: Its address, absolute.
    permalink: str
    #: What its comments feed is called in `output/`, without folder and suffix.
    output_name: str
    #: Its number: N of WordPress's `?p=N`, of Blogger's `/feeds/N/comments/default`.
    wordpress_id: str | None = None
    #: Whether that feed is there now.
    has_feed: bool = True
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What the addresses of many posts have in common: folders, and a suffix after the name."""

    #: Each as it is, or `YEAR` or `DAY`.
    folders: tuple[str, ...]
    suffix: str

    def pattern(self, home: str) -> str:
        """Return a regular expression for the path; its one group is the name.

        It means the same to Python, to PCRE and to RE2, and none of them ever goes back far.

        Args:
            home: the path of the home page, without a slash at its end, as such an expression.
        """
        folders = "".join(f"/{folder}" for folder in self.folders)
        return f"^{home}{folders}/({_NAME}){self.suffix.replace('.', '[.]')}$"


@dataclass(frozen=True, slots=True)
class OldPosts:
    """Which comments feed belongs to which address of a post.

    Names are percent-encoded down to RFC 3986's unreserved characters: they can stand in any URL,
    and in any server's rules.
    """

    shapes: tuple[Shape, ...]
    #: The names of posts that no shape finds, or would take for another, by the post's path,
    #: decoded, without a slash at its end; empty: it has no feed.
    names: Mapping[str, str]
    #: Names by number.
    numbers: Mapping[str, str]
    #: The years of the posts, for servers that know no regular expressions.
    years: tuple[str, ...]
    #: The first folder of each address, `""` where it has none.
    folders: tuple[str, ...]
    #: How many posts stand on another host, or where no rule can find them.
    elsewhere: int


def home_path(url: str) -> str:
    """Return the path of a home page, decoded, without a slash at its end."""
    return _decoded(urlsplit(url).path).rstrip("/")


def _decoded(path: str) -> str:
    """Decode a path; bytes that are no UTF-8 become surrogates, as in Python's file names."""
    raw = unquote_to_bytes(path.encode("utf-8", "surrogatepass"))
    return raw.decode("utf-8", "surrogateescape")


def _quoted(name: str) -> str:
    return quote(name, safe="", errors="replace")


def collect(posts: Sequence[OldPost], site_url: str, *, suffixes: bool = True) -> OldPosts:
    """Find the shapes of addresses and what is left; the order of `posts` does not matter.

    Args:
        posts: all of them.
        site_url: the home page.
        suffixes: whether the server can tell a name from its suffix.
    """
    home = home_path(site_url)
    here = _host(site_url)
    paths: dict[str, OldPost] = {}
    numbers: dict[str, str] = {}
    elsewhere = 0
    for post in sorted(posts, key=lambda post: (not post.has_feed, post.permalink)):
        number = post.wordpress_id or number_of(post.permalink)
        if number and post.has_feed and _NUMBER.fullmatch(number):
            numbers.setdefault(number.lstrip("0"), _quoted(post.output_name))
        path = _path(post.permalink, here, home)
        if path is not None:
            paths.setdefault(path, post)
        elif number is None:
            elsewhere += 1
    shapes = [shape for shape in _shapes(paths, home) if suffixes or not shape.suffix]
    return OldPosts(
        shapes=tuple(shapes),
        names=_names(paths, shapes, home),
        numbers=dict(sorted(numbers.items(), key=lambda item: (len(item[0]), item[0]))),
        years=tuple(sorted({year for path in paths for year in _years(path[len(home) :])})),
        folders=tuple(
            _first(path[len(home) :]) for path, post in paths.items() if not post.is_page
        ),
        elsewhere=elsewhere,
    )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _path(permalink: str, host: str, home: str) -> str | None:
    """Return where a post stands on its site; None if a path does not say it."""
    try:
        parts = urlsplit(permalink)
    except ValueError:
        return None
    if parts.query or _host(permalink) != host:
        return None
    path = _decoded(parts.path).rstrip("/")
    if len(path.encode("utf-8", "surrogateescape")) > _LONGEST:
        return None
    # No server lets a NUL through; `..` is resolved before any rule sees it.
    if "\0" in path or not path.startswith(home + "/") or {".", ".."} & set(path.split("/")):
        return None
    return path


def number_of(address: str) -> str | None:
    """Return the number that an id or a plain permalink has of the old system; None if none.

    WordPress's `https://blog.example/?p=71` (or `page_id`), Blogger's
    `tag:blogger.com,1999:blog-5.post-71`.
    """
    if match := _BLOGGER_ID.fullmatch(address):
        return match[1]
    try:
        fields = dict(parse_qsl(urlsplit(address).query, max_num_fields=20))
    except ValueError:
        return None
    found = (fields[name] for name in ("p", "page_id") if name in fields)
    return next((number for number in found if _NUMBER.fullmatch(number)), None)


def _shapes(paths: Mapping[str, OldPost], home: str) -> list[Shape]:
    """Return the shapes that many posts share whose last part is the name of their feed."""
    found = (
        _shape(path[len(home) :], post.output_name) for path, post in paths.items() if post.has_feed
    )
    counts = Counter(shape for shape in found if shape)
    often = [shape for shape, count in counts.items() if count >= _ENOUGH]
    often.sort(key=lambda shape: (-counts[shape], shape.folders, shape.suffix))
    return often[:_MOST_SHAPES]


def _shape(path: str, name: str) -> Shape | None:
    *folders, last = path.removeprefix("/").split("/")
    suffix = last.removeprefix(name) if last.startswith(name) else "?"
    if (suffix and not _SUFFIX.fullmatch(suffix)) or not re.fullmatch(_NAME, name):
        return None
    if not all(map(_FOLDER.fullmatch, folders)):
        return None
    return Shape(tuple(map(_kind, folders)), suffix)


def _kind(folder: str) -> str:
    return next((kind for kind in (YEAR, DAY) if re.fullmatch(kind, folder, re.ASCII)), folder)


def _names(paths: Mapping[str, OldPost], shapes: Iterable[Shape], home: str) -> dict[str, str]:
    patterns = [re.compile(shape.pattern(re.escape(home))) for shape in shapes]
    result: dict[str, str] = {}
    for path, post in paths.items():
        found = next((match[1] for p in patterns if (match := p.fullmatch(path))), None)
        if found == post.output_name or (found is None and not post.has_feed):
            continue
        for spelling in _spellings(path, home):
            if spelling == path or spelling not in paths:
                result[spelling] = _quoted(post.output_name) if post.has_feed else ""
    return dict(sorted(result.items()))


def _spellings(path: str, home: str) -> Iterator[str]:
    yield path
    rest = path[len(home) :]
    if _DATED.match(rest):
        plain = home + _PADDED.sub("", rest)
        if plain != path:
            yield plain


def _years(path: str) -> list[str]:
    return [folder for folder in path.split("/") if re.fullmatch(YEAR, folder)]


def _first(path: str) -> str:
    folder, slash, _ = path.removeprefix("/").partition("/")
    return folder if slash else ""
