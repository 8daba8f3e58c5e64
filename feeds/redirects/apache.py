r"""Rules for Apache: mod_rewrite, in an .htaccess or a `<Directory>`, where there is no RewriteMap.

Ten thousand RewriteRules would be compiled again for every request. So names are looked up in long
strings: `RewriteCond` compares one with an expression that finds the post's path in it by a
back-reference, and only for requests that look like a post's feed. What is found goes from rule to
rule in variables of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

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
    parameter_pattern,
    pcre,
    post_names,
    post_pattern,
)

REDIRECTS_PART = "# --- 1. On {host}: first in the .htaccess of the home page's folder, or in its <Directory> ---"
FILES_PART = (
    "# --- 2. On {host}: likewise, or in OUTPUT's own .htaccess: how the files are served ---"
)
#: What neither Apache's reader nor mod_rewrite takes for more than a letter. A name in the table
#: ends at a blank or an equals sign, a path at the bar.
_PLAIN = re.compile(r"[^\s\"'\\$%{}=|<>#]+")
#: A line of an .htaccess has at most 8192 bytes, with what it continues on.
_LONGEST = 7500
_MOVED = "[R=301,L,NE,QSD,E=FEEDS_MOVED:1]"
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


def rules(task: Task) -> str:
    """Return what goes into Apache's configuration, in two parts, with the place of each."""
    lines = introduction(task, "Apache")
    lines += comment(
        "It takes the modules rewrite and headers, and `AllowOverride All` for .htaccess."
    )
    lines += ["", REDIRECTS_PART.format(host=task.host), *_redirects(task)]
    lines += ["", FILES_PART.format(host=task.feeds_host), *_files(task)]
    return "\n".join(lines) + "\n"


def _redirects(task: Task) -> Iterator[str]:
    yield "<IfModule mod_rewrite.c>"
    yield "RewriteEngine On"
    yield from _address(task)
    yield ""
    yield "# The site's own feeds."
    for pattern, target in moves(task, pcre):
        yield f'RewriteCond %{{ENV:FEEDS_ADDRESS}} "{pattern}"'
        yield f'RewriteRule ^ "{_literal(target)}" {_MOVED}'
    if task.has_posts:
        yield from _posts(task)
    yield "</IfModule>"
    yield ""
    yield "# Redirects are kept for a day: a mistake can be mended."
    yield "<IfModule mod_headers.c>"
    yield f'Header always set Cache-Control "{MOVED_CACHE}" env=FEEDS_MOVED'
    yield "</IfModule>"


def _literal(text: str) -> str:
    """Return text for a place where mod_rewrite puts in what it found."""
    return text.replace("%", r"\%")


def _set(**variables: str) -> str:
    flags = ",".join(f"E=FEEDS_{name}:{value}" for name, value in variables.items())
    return f"RewriteRule ^ - [{flags}]"


def _address(task: Task) -> Iterator[str]:
    """Yield what makes one path of a path and a query."""
    old = task.old
    yield ""
    yield "# The address, as if whatever the query says were part of the path."
    yield _set(ADDRESS="%{REQUEST_URI}")
    if task.has_numbers:
        number = parameter_pattern(old.numbers, "[0-9]+").replace("([0-9]+)", "0*([0-9]+)")
        for pattern, end in (
            (home_pattern(task, pcre), ""),
            (numbered_pattern(task, pcre), "/feed"),
        ):
            yield f'RewriteCond %{{REQUEST_URI}} "{pattern}"'
            yield f'RewriteCond %{{QUERY_STRING}} "{number}"'
            yield _set(ADDRESS=f"?%1{end}")
    for parameter in old.parameters:
        pattern = parameter_pattern([parameter.name], "|".join(parameter.values))
        yield f'RewriteCond %{{QUERY_STRING}} "{pattern}"'
        yield _set(ADDRESS=f"%{{ENV:FEEDS_ADDRESS}}{parameter.suffix}")
    if old.archives:
        yield "# A part of the posts."
        yield f'RewriteCond %{{QUERY_STRING}} "(?:^|&)(?:{"|".join(old.archives)})="'
        yield _set(ADDRESS="-")


def _posts(task: Task) -> Iterator[str]:
    yield ""
    yield "# A post's comments feed: of which post, in which format."
    for wanted in OLD_FORMATS:
        yield f'RewriteCond %{{ENV:FEEDS_ADDRESS}} "{post_pattern(task, wanted, pcre)}"'
        yield _set(POST="%1", FORMAT=task.suffix(wanted))
    yield "# The post's name in comments/: by itself, or by the shape of its address."
    yield from _table(task)
    for shape in task.posts.shapes:
        yield "RewriteCond %{ENV:FEEDS_NAME} ^$"
        yield f'RewriteCond %{{ENV:FEEDS_POST}} "{shape.pattern(pcre(task.home))}"'
        yield _set(NAME="=%1")
    yield "# Where that is; for a number that no feed has: 404, and not the home page."
    yield 'RewriteCond "%{ENV:FEEDS_FORMAT}%{ENV:FEEDS_NAME}" "^([.][a-z]+)=(.+)$"'
    yield f'RewriteRule ^ "{_literal(task.post_base)}%2%1" {_MOVED}'
    if task.has_numbers:
        yield 'RewriteCond %{ENV:FEEDS_POST} "^\\?"'
        yield "RewriteRule ^ - [R=404,L]"


def _table(task: Task) -> Iterator[str]:
    names = post_names(task)
    plain = sorted(key for key in names if _PLAIN.fullmatch(key) and key.isprintable())
    pieces = list(_pieces(plain, names))
    if pieces:
        # A path with what ends a path in the table is none of the table's.
        yield "RewriteCond %{ENV:FEEDS_FORMAT} ^$ [OR]"
        yield 'RewriteCond %{ENV:FEEDS_POST} "[|= ]"'
        yield f"RewriteRule ^ - [S={len(pieces)}]"
    for start, piece in pieces:
        yield f'RewriteCond %{{ENV:FEEDS_POST}} "^{pcre(start)}"'
        yield 'RewriteCond "%{ENV:FEEDS_POST}| \\'
        yield from piece
        yield r'" "^([^|]+)\|.*? \1(=[^ ]*) "'
        yield _set(NAME="%2")
    for key in sorted(names.keys() - set(plain)):
        yield f'RewriteCond %{{ENV:FEEDS_POST}} "^{pcre(key)}$"'
        yield _set(NAME=f"={_literal(names[key])}")


def _pieces(keys: list[str], names: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Cut the sorted table where a line must end; yield what a piece's keys start with, and it."""
    piece: list[str] = []
    first, room = "", _LONGEST
    for key in keys:
        line = f"{key}={_literal(names[key])} \\"
        if len(line.encode()) > room:
            yield first, piece
            piece, room = [], _LONGEST
        first = _shared(first, key) if piece else key
        piece.append(line)
        room -= len(line.encode())
    if piece:
        yield first, piece


def _shared(first: str, second: str) -> str:
    """Return what two texts start with."""
    pairs = enumerate(zip(first, second, strict=False))
    end = next((place for place, (a, b) in pairs if a != b), min(len(first), len(second)))
    return first[:end]


def _files(task: Task) -> Iterator[str]:
    packed = [name for name in _ENCODINGS if name in task.settings.feeds.precompress]
    if packed:
        yield from _precompressed(task, packed)
    ends = "".join(f"|[.]{_ENCODINGS[name][1:]}" for name in packed)
    for suffix, media_type in media_types(task.settings):
        pattern = file_pattern(task, suffix, pcre).removesuffix("$")
        pattern += f"(?:{ends[1:]})?$" if ends else "$"
        yield f'<If "%{{REQUEST_URI}} =~ m#{pattern}#">'
        yield f'    ForceType "{media_type}"'
        yield "    <IfModule mod_headers.c>"
        yield f'    Header set Content-Type "{media_type}"'
        yield from (f'    Header set {name} "{value}"' for name, value in FEED_HEADERS)
        yield "    # mod_deflate adds to an ETag what nobody takes off again: no 304 ever."
        yield "    RequestHeader edit If-None-Match '-gzip\"' '\"'"
        yield "    </IfModule>"
        yield "</If>"
    for name in packed:
        end = _ENCODINGS[name]
        patterns = "|".join(suffix[1:] for suffix, _ in media_types(task.settings))
        yield f'<If "%{{REQUEST_URI}} =~ m#^{pcre(task.folder)}/.+[.](?:{patterns})[.]{end[1:]}$#">'
        yield f"    Header set Content-Encoding {name}"
        yield "    SetEnv no-gzip 1"
        yield "    SetEnv no-brotli 1"
        yield "</If>"


def _precompressed(task: Task, packed: Sequence[str]) -> Iterator[str]:
    yield "# The compressed copy, for who takes it."
    yield "<IfModule mod_rewrite.c>"
    yield "RewriteEngine On"
    suffixes = "|".join(suffix[1:] for suffix, _ in media_types(task.settings))
    for name in packed:
        yield f'RewriteCond %{{HTTP:Accept-Encoding}} "(?:^|[ ,]){name}(?:$|[ ,;])"'
        yield f'RewriteCond %{{REQUEST_URI}} "^{pcre(task.folder)}/[^?%]+[.](?:{suffixes})$"'
        yield f'RewriteCond "%{{REQUEST_FILENAME}}{_ENCODINGS[name]}" -f'
        yield f'RewriteRule ^ "%{{REQUEST_URI}}{_ENCODINGS[name]}" [L]'
    yield "</IfModule>"
    yield "<IfModule mod_headers.c>"
    yield f'Header merge Vary Accept-Encoding "expr=%{{REQUEST_URI}} =~ m#^{pcre(task.folder)}/.+[.](?:{suffixes})(?:[.](?:gz|br))?$#"'
    yield "</IfModule>"
