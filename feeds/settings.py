"""`site.toml` → `Settings`: every key checked, every mistake named with its line."""

from __future__ import annotations

import os
import posixpath
import re
import stat
import tomllib
from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from feeds import markup, urls
from feeds.errors import SettingsError, nearest, quoted
from feeds.layouts import LAYOUTS, NATIVE, Kind, Layout, Place
from feeds.tuples import NamedTuple

FILE_NAME = "site.toml"
#: Enough for any; in a key of 100,000 parts `tomllib` would lose itself.
_MAX_BYTES = 64_000
Format = Literal["rss", "atom", "json"]
FORMATS: tuple[Format, ...] = ("rss", "atom", "json")
LayoutName = Literal["jekyll", "hugo", "zola", "nikola", "pelican"]
#: What `ids` may name instead of a prefix: whose ids the site's present feed has.
PRESETS = (
    "hugo",
    "jekyll-feed",
    "nikola",
    "octopress",
    "pelican",
    "permalink",
    "wordpress",
    "zola",
)


class Footer(NamedTuple):
    """What the site's footer calls its feeds: the `title` of each feed's self link."""

    entries: str = "Entries RSS"
    comments: str = "Comments RSS"


class FeedSettings(NamedTuple):
    """Which feeds there are, and how much each shows."""

    formats: tuple[Format, ...] = FORMATS
    entries: int = 20
    comments: int = 50
    #: 0: no comments feeds for single posts.
    post_comments: int = 100
    content: Literal["full", "summary"] = "full"
    #: Compressed copies beside each feed.
    precompress: tuple[Literal["gzip", "br"], ...] = ()


class Limits(NamedTuple):
    """What no honest content exceeds."""

    #: A post's file, in bytes.
    post: int = 4_000_000
    #: A comment's text, in characters.
    comment: int = 65_536
    #: A name, in characters.
    name: int = 200
    #: How deep elements may nest.
    depth: int = 100
    #: One feed, in bytes; what is over it goes from full text to summary, then out.
    feed_bytes: int = 512_000


class CommentSettings(NamedTuple):
    """How comments are shown."""

    images: bool = False
    #: The fragment of a comment's address on its post's page.
    anchor: str = "comment-{id}"


class ContentSettings(NamedTuple):
    """Where the content lies, seen from the folder of `site.toml`; empty: as the layout has it."""

    #: Whose blog it is; None: our own form.
    layout: LayoutName | None = None
    #: Folders.
    posts: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    #: Folders, or files that list the comments on many posts.
    comments: tuple[str, ...] = ()
    #: The generator's configuration; a later file overrides an earlier one.
    config: tuple[str, ...] = ()
    #: The folder that the generator writes its site into: bodies with templates in them are taken
    #: from the pages there.
    built: str | None = None
    #: Which element of such a page is the body, as a CSS selector.
    selector: str | None = None
    #: Whether links that lead out of the content folder are followed.
    symlinks: bool = False


class Settings(NamedTuple):
    """The site: the one source of what feeds, footer and head links say about it."""

    title: str
    #: The site's home page.
    url: str
    #: What every id starts with; never change it.
    ids: str
    #: The folder that `site.toml` stands in.
    root: Path
    #: Where `output/` is served.
    feeds_url: str = ""
    description: str = ""
    language: str = "en"
    #: None: what the layout's generator is told, else UTC.
    timezone: str | None = None
    rights: str | None = None
    #: When a post names nobody.
    author: str = ""
    permalink: str = "/{year}/{month}/{slug}"
    logo: str | None = None
    icon: str | None = None
    #: Where feeds go, from `root`; None: `output` of the current folder.
    output: str | None = None
    footer: Footer = Footer()
    feeds: FeedSettings = FeedSettings()
    limits: Limits = Limits()
    comments: CommentSettings = CommentSettings()
    content: ContentSettings = ContentSettings()

    @property
    def zone(self) -> tzinfo:
        """The site's time zone, for whatever names none."""
        if self.timezone in {None, "UTC"}:
            return UTC
        from zoneinfo import ZoneInfo  # most sites need none

        return ZoneInfo(str(self.timezone))

    @property
    def layout(self) -> Layout:
        """The names by which the content is found."""
        return LAYOUTS[self.content.layout] if self.content.layout else NATIVE

    @property
    def posts_place(self) -> Place:
        """Where posts are first of all, and where new ones go."""
        folders = self.content.posts or self.layout.posts
        return Place(folders[0], Kind.POST, self.layout.post_suffixes)

    @property
    def comments_place(self) -> Place:
        """Where comments are first of all, and where new ones go."""
        return self.places[0]

    @property
    def trees(self) -> tuple[str, ...]:
        """The folders, or files, that hold all content; none of them within another."""
        paths = list(dict.fromkeys(place.path for place in self.places))
        return tuple(p for p in paths if not any(p.startswith(f"{q}/") for q in paths))

    @property
    def places(self) -> tuple[Place, ...]:
        """Where what kind of content is; of two that hold a file, the first is right."""
        layout, content = self.layout, self.content
        comments = content.comments or layout.comments
        posts = (*(content.drafts or layout.drafts), *(content.posts or layout.posts))
        return (
            *(Place(path, Kind.COMMENTS, layout.comment_suffixes) for path in comments),
            *(Place(path, Kind.POST, layout.post_suffixes) for path in posts),
        )


_TABLES: Mapping[str, Any] = MappingProxyType(
    {
        "footer": Footer,
        "feeds": FeedSettings,
        "limits": Limits,
        "comments": CommentSettings,
        "content": ContentSettings,
    }
)
_REQUIRED = ("title", "url", "ids")
_ADDRESSES = ("url", "feeds_url", "logo", "icon")
_IDS_REMEDY = (
    "it takes an absolute URI that ends in : / # = or -, such as tag:blog.example,2024:, or the name"
    f" of a preset ({', '.join(PRESETS)})"
)
#: Names that a machine gives its own zone: what they mean is not the site's (promise 1).
_MACHINE_ZONES = frozenset({"localtime", "posixrules"})
_EXAMPLES = MappingProxyType(
    {
        "title": 'title = "My blog"',
        "url": 'url = "https://blog.example/"',
        "ids": 'ids = "tag:blog.example,2024:"',
    }
)
_TYPE_NAMES = MappingProxyType(
    {str: "text in quotes", int: "a whole number", bool: "true or false"}
)


def load(root: Path, shown: str | None = None) -> Settings:
    """Read and check `site.toml` in the folder `root`.

    Args:
        root: the folder.
        shown: what messages call the file; its path if None.

    Raises:
        SettingsError: it is missing, cannot be read, or is wrong; all that is wrong, a line each.
    """
    path = root / FILE_NAME
    name = shown or str(path)
    try:
        text = _bytes_of(path, name).decode("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"{name}: no such file; `feeds init` writes one to start from"
        ) from None
    except NotADirectoryError:
        raise SettingsError(f"{root}: a file; name the folder that {FILE_NAME} is in") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name}: not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(
            f"{name}: cannot be read ({error.strerror}); check its permissions"
        ) from None
    return parse(text, root, name)


def _bytes_of(path: Path, name: str) -> bytes:
    """Return the bytes of a file, and of nothing that never ends, whatever is called so."""
    with open(
        path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)
    ) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise SettingsError(f"{name}: not a regular file; replace it by one")
        data = stream.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise SettingsError(f"{name}: over {_MAX_BYTES:,} bytes; that cannot all be settings")
    return data


def parse(text: str, root: Path, name: str = FILE_NAME) -> Settings:
    """Check the text of a `site.toml`; `name` is what messages call it.

    Raises:
        SettingsError: all that is wrong with it, a line each.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5000 digits is a plain ValueError
        raise SettingsError(_toml_message(name, str(error))) from None
    reader = _Reader(name, text)
    values = reader.read(Settings, table, "")
    for key in _REQUIRED:
        if not values.get(key) and not reader.has_complaint(key):
            reader.complain(key, f"{key!r} is missing", f"add a line such as {_EXAMPLES[key]}")
    _check(values, reader)
    if reader.complaints:
        raise SettingsError("\n".join(line for _, line in reader.complaints))
    for key in _ADDRESSES:
        if values.get(key):
            values[key] = urls.encoded(values[key])
    values["feeds_url"] = values.get("feeds_url") or values["url"]
    values["description"] = values.get("description") or values["title"]
    values["author"] = markup.display_name(values.get("author") or values["title"])
    return Settings(root=root, **values)


def _toml_message(name: str, error: str) -> str:
    """Turn tomllib's `… (at line 3, column 5)` into our own form."""
    match = re.search(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", error)
    if not match:
        return f"{name}: {error}; correct the TOML there"
    place = f"{name}:{match[2]}" if match[2] else name
    return f"{place}: {match[1]}; correct the TOML there (text stands in quotes)"


class _Reader:
    """Reads tables into the arguments of named tuples and gathers what is wrong with them."""

    def __init__(self, name: str, text: str) -> None:
        self.complaints: list[tuple[str, str]] = []
        self._name = name
        self._lines = _lines_of_keys(text)

    def complain(self, key: str, what: str, remedy: str) -> None:
        """Note that `key` (dotted, if in a table) is wrong."""
        line = self._lines.get(key)
        place = f"{self._name}:{line}" if line else self._name
        self.complaints.append((key, f"{place}: {what}; {remedy}"))

    def has_complaint(self, key: str) -> bool:
        """Tell whether something is wrong with `key` already."""
        return any(name == key for name, _ in self.complaints)

    def read(self, cls: Any, table: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        """Return the arguments for `cls` that `table` gives."""
        hints = get_type_hints(cls)
        known = [name for name in cls._fields if name != "root"]
        result: dict[str, Any] = {}
        for key, value in table.items():
            dotted = prefix + key
            if key not in known:
                self._unknown(dotted, key, known, prefix)
            elif dotted in _TABLES:
                if isinstance(value, dict):
                    inner = self.read(_TABLES[dotted], value, f"{dotted}.")
                    result[key] = _TABLES[dotted](**inner)
                else:
                    self.complain(
                        dotted, f"{key!r} is a table", f"write it as [{key}] and keys below it"
                    )
            elif (checked := self._value(dotted, hints[key], value)) is not None:
                result[key] = checked
        return result

    def _unknown(self, dotted: str, key: str, known: list[str], prefix: str) -> None:
        near = nearest(key, known)
        where = f"[{prefix[:-1]}]" if prefix else "site.toml"
        elsewhere = [t for t, cls in _TABLES.items() if key in cls._fields]
        if prefix and key in Settings._fields:
            remedy = f"it is no key of {where}: move it above the first [table]"
        elif elsewhere:
            remedy = f"it belongs below [{elsewhere[0]}]"
        elif near:
            remedy = f"did you mean {near!r}?"
        else:
            remedy = f"remove it; {where} knows {', '.join(known)}"
        self.complain(dotted, f"unknown key {quoted(key)}", remedy)

    def _value(self, dotted: str, hint: Any, value: Any) -> Any:
        """Return `value` if it is of the type that `hint` asks for; otherwise complain."""
        if get_origin(hint) is tuple:
            choices = get_args(get_args(hint)[0])
            if choices:
                return self._choices(dotted, choices, value)
            return self._paths(dotted, value)
        hint = next((h for h in get_args(hint) if get_origin(h) is Literal), hint)
        if get_origin(hint) is Literal:
            if value in get_args(hint):
                return value
            near = nearest(str(value).lower(), get_args(hint))
            if near and isinstance(value, str):
                remedy = f"did you mean {near!r}?"
                return self.complain(dotted, f"{dotted!r} is {quoted(value)}", remedy)
            return self._expected(dotted, value, " or ".join(f'"{c}"' for c in get_args(hint)))
        wanted = next((t for t in (bool, int, str) if hint == t or t in get_args(hint)), str)
        if type(value) is not wanted:
            return self._expected(dotted, value, _TYPE_NAMES[wanted])
        if isinstance(value, str):
            return markup.one_line(value)
        if wanted is int and int(value) < 0:
            return self._expected(dotted, value, "a whole number, 0 or more")
        return value

    def _choices(self, dotted: str, choices: tuple[str, ...], value: Any) -> Any:
        names = ", ".join(f'"{c}"' for c in choices)
        wrong = [v for v in value if v not in choices] if isinstance(value, list) else []
        odd = wrong[0] if wrong and isinstance(wrong[0], str) else ""
        near = nearest(odd.lower(), choices)
        if near:
            what = f"{dotted!r} has {quoted(odd)}"
            return self.complain(dotted, what, f"did you mean {near!r}?")
        may_be_empty = dotted == "feeds.precompress"
        if (
            not isinstance(value, list)
            or not (value or may_be_empty)
            or any(v not in choices for v in value)
        ):
            return self._expected(dotted, value, f"a list of some of {names}")
        return tuple(c for c in choices if c in value)

    def _paths(self, dotted: str, value: Any) -> Any:
        """Return paths seen from the root: one, or a list of them."""
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(v, str) and v.strip() for v in values):
            return self._expected(dotted, value, "a path, or a list of them")
        return tuple(posixpath.normpath(v.strip()) for v in values)

    def _expected(self, dotted: str, value: Any, wanted: str) -> None:
        self.complain(dotted, f"{dotted!r} is {_said(value)}", f"it takes {wanted}")


def _said(value: Any) -> str:
    try:
        return quoted(str(value))
    except (ValueError, RecursionError):  # a number of 5000 digits, a.a.a.… = 1
        return "more than anybody can read"


def _lines_of_keys(text: str) -> dict[str, int]:
    """Return the line of each dotted key, as far as TOML written line by line shows it."""
    lines: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+\s*\"?([^\]\"]+?)\"?\s*\]+", line):
            prefix = header[1] + "."
            lines.setdefault(header[1], number)
        elif key := re.match(r"\s*\"?([\w.-]+)\"?\s*=", line):
            lines.setdefault(prefix + key[1], number)
    return lines


def _check(values: Mapping[str, Any], reader: _Reader) -> None:
    """Check what a type does not say."""
    for key in _ADDRESSES:
        if values.get(key) and not urls.is_web_url(values[key]):
            reader.complain(
                key, f"{key!r} is {quoted(values[key])}", "it takes a whole address, https://…"
            )
    ids = values.get("ids")
    if ids and not (urls.is_absolute_uri(ids) and ids[-1] in ":/#=-") and ids not in PRESETS:
        near = nearest(ids, PRESETS)
        remedy = f"did you mean {near!r}?" if near else _IDS_REMEDY
        reader.complain("ids", f"'ids' is {quoted(ids)}", remedy)
    zone = values.get("timezone", "UTC")
    if zone != "UTC" and not is_zone(zone):
        from zoneinfo import available_timezones

        places = sorted(name for name in available_timezones() if "/" in name)
        near = nearest(zone, places, 0.8)
        usual = "it takes a name such as Europe/Berlin or UTC"
        remedy = f"did you mean {near}?" if near else usual
        reader.complain("timezone", f"'timezone' is {quoted(zone)}", remedy)
    language = values.get("language")
    if language is not None and not urls.LANGUAGE_TAG.fullmatch(language):
        reader.complain(
            "language", f"'language' is {quoted(language)}", "it takes a tag such as en-US"
        )
    for key in ("entries", "comments"):
        if (footer := values.get("footer")) and not getattr(footer, key):
            what = f"'footer.{key}' is empty"
            reader.complain(f"footer.{key}", what, 'it takes the words of a link, "Entries RSS"')
    _check_pattern(
        reader, "permalink", values.get("permalink"), {"year", "month", "day", "slug"}, "slug"
    )
    if comments := values.get("comments"):
        _check_pattern(reader, "comments.anchor", comments.anchor, {"id"}, "id")
    if (content := values.get("content")) and not content.symlinks:
        _check_paths(reader, content)


def _check_paths(reader: _Reader, content: ContentSettings) -> None:
    """Check that what is to be read lies in the folder of `site.toml`, unless links may lead out."""
    for key in ("posts", "drafts", "comments", "config", "built"):
        value = getattr(content, key)
        for path in [value] if isinstance(value, str) else value or ():
            if posixpath.isabs(path) or posixpath.normpath(path).split("/")[0] == "..":
                what = f"'content.{key}' leads out of the folder of site.toml, {quoted(path)}"
                remedy = "set symlinks = true below [content] to read there"
                reader.complain(f"content.{key}", what, remedy)


def is_zone(name: str) -> bool:
    """Tell whether `name` is a time zone that means the same on every machine."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError, RecursionError):
        return False
    return name not in _MACHINE_ZONES


def _check_pattern(
    reader: _Reader, key: str, pattern: str | None, known: set[str], needed: str
) -> None:
    """Check that a pattern has only fields that we fill, and the one that tells things apart."""
    if pattern is None:
        return
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        parts = [("", "{", "", None)]
    found = {name for _, name, _, _ in parts if name is not None}
    plain = not any(spec or conversion for _, _, spec, conversion in parts)
    if not found <= known or needed not in found or not plain:
        names = ", ".join(f"{{{name}}}" for name in sorted(known))
        reader.complain(
            key,
            f"{key!r} is {quoted(pattern)}",
            f"it takes the fields {names}, {{{needed}}} among them",
        )
