r"""Rules for nginx: a chain of `map`s, each computed only when the next asks for it, and one `if`.

`map` finds a name among ten thousand by a hash. `if` with `return` or `rewrite` directly in a
`server` block is its safe use. Nothing of a request gets into a header but names that a regular expression has held
to harmless letters: `$uri` is decoded, and could bring a line break.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from feeds.redirects.serving import (
    FEED_HEADERS,
    MOVED_CACHE,
    OLD_FORMATS,
    Task,
    file_pattern,
    home_pattern,
    introduction,
    media_types,
    moves,
    numbered_pattern,
    parameter_pattern,
    pcre,
    post_names,
    post_pattern,
)

HTTP_PART = "# --- 1. Into the `http` block: a file in /etc/nginx/conf.d/ ---"
SERVER_PART = "# --- 2. Into the `server` block of {host} ---"
FILES_PART = "# --- 3. Into the `server` block of {host}: how the files are served ---"
#: What nginx's own reader takes as it is, between quotes; for the rest there are expressions.
_PLAIN = re.compile(r"[^\s\"'\\$;{}#~]+")
#: Where redirects are made; nobody can ask for it.
_MOVED = "/.feeds-moved"
#: What nginx makes room for if nobody asks for more: a bucket of 64 bytes. An
#: element of it is a pointer, a length and the key, to the next multiple of a pointer; a pointer ends
#: the bucket. With many names, some buckets get many of them.
_BUCKET = 64
_POINTER = 8
_FEW = 100
_PER_BUCKET = 8


def rules(task: Task) -> str:
    """Return what goes into nginx's configuration, in three parts, with the place of each."""
    lines = introduction(task, "nginx")
    lines += ["", HTTP_PART, *_maps(task)]
    lines += ["", SERVER_PART.format(host=task.host), *_server(task)]
    lines += ["", FILES_PART.format(host=task.feeds_host), *_files(task)]
    return _with_own_variables(task, "\n".join(lines) + "\n")


def _with_own_variables(task: Task, text: str) -> str:
    """Give the maps' variables names of their site: all servers of an nginx share them.

    What an expression captures is used at once, and may be called the same in all of them.
    """
    names = set(re.findall(r'(?m)^map ".*" \$(feeds_\w+) {$', text))
    if not names:
        return text
    own = re.sub(r"[^a-z0-9]+", "_", (task.host + task.home).lower())
    return re.sub(rf"\$({'|'.join(sorted(names))})\b", rf"$\1_of_{own}", text)


def _map(source: str, name: str, *lines: tuple[str, str], why: str) -> Iterator[str]:
    yield ""
    yield f"# {why}"
    yield f'map "{source}" ${name} {{'
    for key, value in lines:
        yield f"    {key if key == 'default' else _in_quotes(key)} {_in_quotes(value)};"
    yield "}"


def _in_quotes(text: str) -> str:
    return f'"{text}"'


def _maps(task: Task) -> Iterator[str]:
    names = post_names(task) if task.has_posts else {}
    yield from _room(names)
    yield from _address(task)
    if task.has_posts:
        yield from _posts(task, names)
    where = [("default", "$feeds_of_post" if task.has_posts else "")]
    where += ((f"~{pattern}", target) for pattern, target in moves(task, pcre))
    yield from _map("$feeds_address", "feeds_moved_to", *where, why="Where a feed is now.")


def _room(names: dict[str, str]) -> Iterator[str]:
    longest = max((len(key.encode("utf-8", "surrogateescape")) for key in names), default=0)
    element = longest + 2 * _POINTER + 2
    if len(names) <= _FEW and element + _POINTER <= _BUCKET:
        return
    size = _PER_BUCKET * element if len(names) > _FEW else element + _POINTER
    yield "# Room for the names below; if nginx.conf has such lines, keep the larger numbers there."
    yield f"map_hash_bucket_size {1 << (size - 1).bit_length()};"
    if len(names) > _FEW:
        yield f"map_hash_max_size {1 << max(11, len(names).bit_length())};"


def _address(task: Task) -> Iterator[str]:
    """Yield what makes one path of a path and a query."""
    old = task.old
    place = "$uri"
    if task.has_numbers:
        numbers = "".join(f"$arg_{name}" for name in old.numbers)
        place = "$feeds_place"
        yield from _map(
            f"$uri {numbers}",
            "feeds_place",
            ("default", "$uri"),
            (f"~{_numbered(home_pattern(task, pcre))}", "?$feeds_number"),
            (f"~{_numbered(numbered_pattern(task, pcre))}", "?$feeds_number/feed"),
            why="A post's number in the query, as in /?p=71&feed=rss2.",
        )
    for name in dict.fromkeys(parameter.name for parameter in old.parameters):
        lines = [
            (value, parameter.suffix)
            for parameter in old.parameters
            if parameter.name == name
            for value in parameter.values
        ]
        place += f"$feeds_{name}"
        yield from _map(
            f"$arg_{name}",
            f"feeds_{name}",
            ("default", ""),
            *lines,
            why=f"What `{name}` in the query is worth in a path.",
        )
    lines = [("default", place)]
    if old.archives:
        lines.append((f"~{parameter_pattern(old.archives, '')[: -len('()(?:&|$)')]}", "-"))
    yield from _map(
        "$args",
        "feeds_address",
        *lines,
        why="The address with its query; a part of the posts is none.",
    )


def _numbered(pattern: str) -> str:
    return pattern.removesuffix("$") + " 0*(?<feeds_number>[0-9]+)$"


def _posts(task: Task, names: dict[str, str]) -> Iterator[str]:
    yield from _map(
        "$feeds_address",
        "feeds_format",
        ("default", ""),
        *(
            (f"~{post_pattern(task, wanted, pcre, '?<feeds_post>')}", task.suffix(wanted))
            for wanted in OLD_FORMATS
        ),
        why="A post's comments feed: of which post, in which format.",
    )
    yield from _map(
        "$feeds_post",
        "feeds_name",
        ("default", ""),
        *_table(task, names),
        *(
            (f"~{_named(shape.pattern(pcre(task.home)))}", "$feeds_slug")
            for shape in task.posts.shapes
        ),
        why="The post's name in comments/: by itself, or by the shape of its address.",
    )
    yield from _map(
        # In this order: the format's expression finds the post that the name is looked up for.
        "$feeds_format $feeds_post $feeds_name",
        "feeds_of_post",
        ("default", ""),
        (
            "~^(?<feeds_suffix>[.][a-z]+) (?s:.*) (?<feeds_file>[^ ]+)$",
            f"{task.post_base}$feeds_file$feeds_suffix",
        ),
        *([("~^[.][a-z]+ \\?", "404")] if task.has_numbers else []),
        why="Where that is; for a number that no feed has: 404, and not the home page.",
    )


def _named(pattern: str) -> str:
    return pattern.replace("(", "(?<feeds_slug>", 1)


def _table(task: Task, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names by hash where that is safe, else by expression: a hash knows no case."""
    spellings = Counter(map(_lower, names))
    for key, name in names.items():
        if _PLAIN.fullmatch(key) and key.isprintable() and spellings[_lower(key)] == 1:
            yield key, name
    for key, name in names.items():
        if not (_PLAIN.fullmatch(key) and key.isprintable() and spellings[_lower(key)] == 1):
            yield f"~^{pcre(key)}$", name


def _lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def _server(task: Task) -> Iterator[str]:
    if task.has_numbers:
        yield "if ($feeds_moved_to = 404) { return 404; }"
    yield f"if ($feeds_moved_to) {{ rewrite ^ {_MOVED} last; }}"
    # Not in the server block: there it would switch off the headers of the http block.
    yield f"location = {_MOVED} {{"
    yield "    internal;"
    yield "    # For a day: a mistake can be mended."
    yield f'    add_header Cache-Control "{MOVED_CACHE}";'
    yield "    return 301 $feeds_moved_to;"
    yield "}"


def _files(task: Task) -> Iterator[str]:
    packed = task.settings.feeds.precompress
    for suffix, media_type in media_types(task.settings):
        pattern = file_pattern(task, suffix, pcre).removeprefix("^").removesuffix("$")
        folder = pcre(task.folder)
        yield f'location ~ "^{folder}(?<feeds_path>{pattern.removeprefix(folder)})$" {{'
        yield "    # If OUTPUT is not below this server's root: alias /PATH/OF/OUTPUT$feeds_path;"
        yield "    types { }"
        yield f'    default_type "{media_type}";'
        yield from (f'    add_header {name} "{value}";' for name, value in FEED_HEADERS)
        yield "    # Some readers send a date of their own, not the one they were given."
        yield "    if_modified_since before;"
        if "gzip" in packed:
            yield "    gzip_static on;"
            yield "    gzip_vary on;"
        if "br" in packed:
            yield "    # With the module ngx_brotli: brotli_static on;"
        yield "}"
