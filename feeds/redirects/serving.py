"""What every server is told, whatever its language: where our files are, and how to serve them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from urllib.parse import quote, urlsplit

from feeds.formats import FORMATS
from feeds.plans import POST_COMMENTS_FOLDER
from feeds.redirects.old_addresses import NUMBER, Kind, OldAddresses, OldFormat, System
from feeds.redirects.posts import OldPosts, home_path
from feeds.settings import Format, Settings

#: For a day, so that a wrong address can be mended; browsers would keep a bare 301 for ever.
MOVED_CACHE = "public, max-age=86400"
#: Readers that ask more often than builds run get no news anyway; after it they ask with a
#: validator, and mostly get 304.
FEED_CACHE = "public, max-age=900, must-revalidate"
#: Feeds are public: readers that run in a browser may load them, and nobody is to guess types.
FEED_HEADERS = (
    ("Cache-Control", FEED_CACHE),
    ("Access-Control-Allow-Origin", "*"),
    ("X-Content-Type-Options", "nosniff"),
)
#: All that may stand in the addresses we send readers to: nothing that a server's rules take for
#: more than a letter, but for `%`.
_SAFE = "/:?=@[]%"
_NAMES = {System.WORDPRESS: "WordPress"}
_PREFERRED: dict[OldFormat, tuple[Format, ...]] = {
    "rss": ("rss", "atom", "json"),
    "atom": ("atom", "rss", "json"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """All that a server's rules are made of."""

    settings: Settings
    system: System
    old: OldAddresses
    posts: OldPosts

    @property
    def home(self) -> str:
        """The path of the home page, decoded, without a slash at its end."""
        return home_path(self.settings.url)

    @property
    def host(self) -> str:
        """The host that the old addresses are on."""
        return quote(urlsplit(self.settings.url).netloc, safe=_SAFE)

    @property
    def base(self) -> str:
        """Where `output/` is served, without a slash at its end."""
        return quote(self.settings.feeds_url, safe=_SAFE).rstrip("/")

    @property
    def feeds_host(self) -> str:
        """The host that the new files are on."""
        return self.base.partition("://")[2].partition("/")[0]

    @property
    def folder(self) -> str:
        """The path of that, decoded, without a slash at its end."""
        return home_path(self.settings.feeds_url)

    @property
    def post_base(self) -> str:
        """What the addresses of the comments feeds of posts start with."""
        return f"{self.base}/{POST_COMMENTS_FOLDER}/"

    @property
    def has_posts(self) -> bool:
        """Whether addresses of posts' comments feeds are sent anywhere."""
        posts = self.posts
        return bool(self.old.tails and (posts.shapes or posts.names or posts.numbers))

    @property
    def has_numbers(self) -> bool:
        """Whether posts are known by number."""
        return bool(self.old.numbers and self.has_posts)

    def suffix(self, wanted: OldFormat) -> str:
        """Return the suffix of what stands in for a format: itself if there is such a file."""
        formats = self.settings.feeds.formats
        return FORMATS[next(name for name in _PREFERRED[wanted] if name in formats)].suffix

    def target(self, kind: Kind, wanted: OldFormat) -> str:
        """Return the address of one of the site's feeds."""
        return f"{self.base}/{kind}{self.suffix(wanted)}"


OLD_FORMATS: tuple[OldFormat, ...] = ("rss", "atom")
KINDS: tuple[Kind, ...] = ("entries", "comments")


def media_types(settings: Settings) -> list[tuple[str, str]]:
    """Return each suffix with its media type; JSON is UTF-8 by definition (RFC 8259 §8.1)."""
    infos = [FORMATS[name] for name in settings.feeds.formats]
    return [
        (
            info.suffix,
            info.media_type + ("" if info.suffix == ".json" else "; charset=utf-8"),
        )
        for info in infos
    ]


# --- regular expressions --------------------------------------------------------------------------

#: Turns text into a regular expression that finds it.
Literally = Callable[[str], str]


def pcre(text: str) -> str:
    r"""Return text for PCRE, byte by byte: whatever means anything to anybody is `\xHH`.

    So no quote, blank, brace, dollar or backslash of an address is ever seen by the server's own
    reader, and bytes that are no UTF-8 are found, too.
    """
    return "".join(map(_byte, text.encode("utf-8", "surrogateescape")))


def _byte(byte: int) -> str:
    c = chr(byte)
    return c if _PLAIN.fullmatch(c) else r"\." if c == "." else rf"\x{byte:02x}"


def re2(text: str) -> str:
    r"""Return text for Go's RE2, character by character: there `\xHH` is a character's number."""
    return "".join(map(_character, text))


def _character(c: str) -> str:
    if c.isascii():
        return _byte(ord(c))
    return c if c.isprintable() else rf"\x{{{ord(c):x}}}"


_PLAIN = re.compile(r"[A-Za-z0-9_/-]")


def alternatives(paths: Iterable[str], literally: Literally) -> str:
    """Return a group that finds any of some paths, `*` being a number."""
    unique = list(dict.fromkeys(paths))
    grouped = []
    # Brackets around what follows the same first part keep the lines short.
    for first, group in groupby(unique, lambda path: path.partition("/")[0]):
        rests = [path.removeprefix(first) for path in group]
        start = _with_numbers(first, literally)
        if len(rests) == 1:
            grouped.append(start + _with_numbers(rests[0], literally))
        else:
            ends = "|".join(_with_numbers(rest, literally) for rest in rests if rest)
            grouped.append(f"{start}(?:{ends}){'?' if '' in rests else ''}")
    return f"(?:{'|'.join(grouped)})"


def _with_numbers(path: str, literally: Literally) -> str:
    return "[0-9]+".join(map(literally, path.split(NUMBER)))


def site_pattern(task: Task, kind: Kind, wanted: OldFormat, literally: Literally) -> str | None:
    """Return what finds the old addresses of one of the site's feeds; None if there are none."""
    paths = task.old.paths(kind, wanted)
    if not paths:
        return None
    starts = [start for start in task.old.starts if start]
    start = f"(?:/{alternatives(starts, literally)})?" if starts else ""
    found = alternatives(paths, literally)
    if kind == "comments" and (mark := _mark(task, literally)):
        entries = alternatives(task.old.paths("entries", wanted), literally)
        found = f"(?:{found}{mark}?|{entries}{mark})"
    # Two slashes: one of the path, one of what a parameter adds to it.
    return f"^{literally(task.home)}{start}//?{found}/*$"


def moves(task: Task, literally: Literally) -> list[tuple[str, str]]:
    """Return what finds each of the site's feeds, with where it is now."""
    found = (
        (site_pattern(task, kind, wanted, literally), task.target(kind, wanted))
        for kind in KINDS
        for wanted in OLD_FORMATS
    )
    return [(pattern, target) for pattern, target in found if pattern]


def post_pattern(task: Task, wanted: OldFormat, literally: Literally, group: str = "") -> str:
    """Return what finds the address of a post in that of its comments feed, as its first group."""
    tails = alternatives((t.path for t in task.old.tails if t.format == wanted), literally)
    mark = f"{_mark(task, literally)}?" if task.old.comments_mark else ""
    # A path may have a line break.
    return f"^({group}(?s:.+?))//?{tails}{mark}/*$"


def _mark(task: Task, literally: Literally) -> str:
    return f"(?://?{literally(task.old.comments_mark)})" if task.old.comments_mark else ""


def home_pattern(task: Task, literally: Literally) -> str:
    """Return what finds the home page."""
    return f"^{literally(task.home)}(?:/index\\.php)?/*$"


def numbered_pattern(task: Task, literally: Literally) -> str:
    """Return what finds the file that takes a post's number."""
    return f"^{literally(task.home)}/{literally(task.old.numbered_file)}$"


def file_pattern(task: Task, suffix: str, literally: Literally) -> str:
    """Return what finds our feeds of one format."""
    end = suffix.replace(".", "[.]")
    return f"^{literally(task.folder)}/(?:entries|comments|comments/[^/]+){end}$"


def parameter_pattern(names: Iterable[str], value: str) -> str:
    """Return what finds a parameter in a query; its first group is the value."""
    unique = list(names)
    name = unique[0] if len(unique) == 1 else f"(?:{'|'.join(unique)})"
    return f"(?:^|&){name}=({value})(?:&|$)"


def post_names(task: Task) -> dict[str, str]:
    """Return the names that no shape finds, by the post's path, or by where its number stands."""
    names = dict(task.posts.names)
    if task.old.numbered_path:
        for number, name in task.posts.numbers.items():
            names[f"{task.home}/{task.old.numbered_path.replace(NUMBER, number)}"] = name
    if task.has_numbers:
        names |= {f"?{number}": name for number, name in task.posts.numbers.items()}
    return names


# --- words ----------------------------------------------------------------------------------------


def comment(text: str) -> list[str]:
    """Return some words as lines of a comment: `#` means one to every server."""
    return [f"# {line}" for line in wrap(text, 98, break_long_words=False)]


def introduction(task: Task, server: str) -> list[str]:
    """Return the comment that everything starts with."""
    old = "" if task.system is System.ANY else f" of {_NAMES.get(task.system, task.system.title())}"
    lines = comment(
        f"Feeds of {quote(task.settings.url, safe=_SAFE)}, for {server}: the old addresses{old} lead "
        "to the new files, and the files get their media types. Made by `feeds redirects`: print it "
        "again when site.toml has changed, or more posts have got comments."
    )
    if task.old.left_alone:
        lines += comment(
            f"Left alone: {task.old.left_alone}. There are no such feeds here, and whoever wanted a "
            "part of the posts does not want all of them."
        )
    if task.old.tails:
        lines += comment(
            "A post that has no comments feed has no rule of its own, and its old feed is a 404."
        )
        if count := task.posts.elsewhere:
            lines += comment(
                f"No rule for {count:,} post{'s'[: count > 1]}: not on {task.host}, or at no address "
                "that a server would see."
            )
    return lines
