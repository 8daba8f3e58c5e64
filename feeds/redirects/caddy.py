r"""Rules for Caddy: a chain of `map`s, each computed only when the next asks for it.

Expressions are RE2: they know neither look-aheads nor bytes that are no UTF-8, and never go back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.redirects.serving import (
    FEED_HEADERS,
    MOVED_CACHE,
    OLD_FORMATS,
    Task,
    comment,
    file_pattern,
    home_pattern,
    introduction,
    media_types,
    moves,
    numbered_pattern,
    post_names,
    post_pattern,
    re2,
)

REDIRECTS_PART = "# --- 1. Into the block of {host} ---"
FILES_PART = "# --- 2. Into the block of {host}: how the files are served ---"
#: What Caddy's reader takes as it is, between quotes; for the rest there are expressions.
_PLAIN = re.compile(r"[^\s\"'\\$`{}#~]+")


def rules(task: Task) -> str:
    """Return what goes into a Caddyfile, in two parts, with the place of each."""
    lines = introduction(task, "Caddy")
    lines += ["", REDIRECTS_PART.format(host=task.host), *_redirects(task)]
    lines += ["", FILES_PART.format(host=task.feeds_host), *_files(task)]
    return "\n".join(lines) + "\n"


def _map(source: str, names: str, *lines: tuple[str, ...], why: str) -> Iterator[str]:
    placeholders = " ".join(f"{{feeds_{name}}}" for name in names.split())
    yield f"# {why}"
    yield f'map "{source}" {placeholders} {{'
    for key, *values in lines:
        yield f"    {key if key == 'default' else _in_quotes(key)} {' '.join(map(_in_quotes, values))}"
    yield "}"


def _in_quotes(text: str) -> str:
    return f'"{text}"'


def _redirects(task: Task) -> Iterator[str]:
    yield from _address(task)
    if task.has_posts:
        yield from _posts(task)
    where = [(f"~{pattern}", target) for pattern, target in moves(task, re2)]
    where.append(("default", "{feeds_of_post}" if task.has_posts else ""))
    yield from _map("{feeds_address}", "moved_to", *where, why="Where a feed is now.")
    yield "# Redirects are kept for a day: a mistake can be mended."
    yield '@feeds_moved vars_regexp {feeds_moved_to} "^http"'
    yield f'header @feeds_moved Cache-Control "{MOVED_CACHE}"'
    yield "redir @feeds_moved {feeds_moved_to} 301"
    if task.has_numbers:
        yield "@feeds_unknown vars {feeds_moved_to} 404"
        yield "respond @feeds_unknown 404"


def _address(task: Task) -> Iterator[str]:
    """Yield what makes one path of a path and a query."""
    old = task.old
    place = "{path}"
    if task.has_numbers:
        numbers = "".join(f"{{query.{name}}}" for name in old.numbers)
        place = "{feeds_place}"
        yield from _map(
            f"{{path}} {numbers}",
            "place",
            (f"~{_numbered(home_pattern(task, re2))}", "?$1"),
            (f"~{_numbered(numbered_pattern(task, re2))}", "?$1/feed"),
            ("default", "{path}"),
            why="A post's number in the query, as in /?p=71&feed=rss2.",
        )
    for name in dict.fromkeys(parameter.name for parameter in old.parameters):
        lines = [
            (value, parameter.suffix)
            for parameter in old.parameters
            if parameter.name == name
            for value in parameter.values
        ]
        place += f"{{feeds_{name}}}"
        why = f"What `{name}` in the query is worth in a path."
        yield from _map(f"{{query.{name}}}", name, *lines, ("default", ""), why=why)
    lines = [("default", place)]
    if old.archives:
        lines.insert(0, (f"~(?:^|&)(?:{'|'.join(old.archives)})=", "none"))
    why = "The address with its query; a part of the posts is none."
    yield from _map("{query}", "address", *lines, why=why)


def _numbered(pattern: str) -> str:
    return pattern.removesuffix("$") + " 0*([0-9]+)$"


def _posts(task: Task) -> Iterator[str]:
    names = post_names(task)
    skipped = [key for key in names if not _is_utf8(key)]
    yield from _map(
        "{feeds_address}",
        "format post",
        *(
            (f"~{post_pattern(task, wanted, re2)}", task.suffix(wanted), "$1")
            for wanted in OLD_FORMATS
        ),
        ("default", "", ""),
        why="A post's comments feed: of which post, in which format.",
    )
    if skipped:
        yield from comment(
            f"No rules for {len(skipped):,} addresses: they are no UTF-8, and Caddy's expressions "
            "cannot say them."
        )
    yield from _map(
        "{feeds_post}",
        "name",
        # The slash keeps Caddy from reading `1e3` as a number, and `-` as nothing.
        *((_key(key), name and f"/{name}") for key, name in names.items() if _is_utf8(key)),
        *((f"~{shape.pattern(re2(task.home))}", "/$1") for shape in task.posts.shapes),
        ("default", ""),
        why="The post's name in comments/: by itself, or by the shape of its address.",
    )
    yield from _map(
        "{feeds_format} {feeds_name} {feeds_post}",
        "of_post",
        ("~^([.][a-z]+) /([^ ]+) ", f"{task.post_base}$2$1"),
        *([("~^[.][a-z]+  \\?", "404")] if task.has_numbers else []),
        ("default", ""),
        why="Where that is; for a number that no feed has: 404, and not the home page.",
    )


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _key(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.isprintable()
    return text if plain else f"~^{re2(text)}$"


def _files(task: Task) -> Iterator[str]:
    for suffix, media_type in media_types(task.settings):
        name = f"@feeds_{suffix[1:]}"
        yield f'{name} path_regexp "{file_pattern(task, suffix, re2)}"'
        yield f"header {name} {{"
        for header, value in (("Content-Type", media_type), *FEED_HEADERS):
            yield f'    {header} "{value}"'
        yield "}"
        if packed := " ".join(reversed(task.settings.feeds.precompress)):
            yield f"file_server {name} {{"
            yield f"    precompressed {packed}"
            yield "}"
