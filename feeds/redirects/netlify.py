"""Rules for Netlify, and whoever else reads its `_redirects` and `_headers`.

There are no expressions in them: every address has its line, `:name` is one part of a path, `*` the
rest of it. A slash at the end means nothing, and the first line that fits wins. A line with
parameters fits only if the query has them all; whether it may have others, too, is not documented,
so the order must be right either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from feeds.redirects.old_addresses import NUMBER, Kind, OldFormat
from feeds.redirects.posts import DAY, YEAR, Shape
from feeds.redirects.serving import (
    FEED_HEADERS,
    KINDS,
    Task,
    comment,
    introduction,
    media_types,
    post_names,
)

REDIRECTS_PART = "# --- 1. A file `_redirects` in the published folder of {host} ---"
HEADERS_PART = "# --- 2. A file `_headers` in the published folder of {host} ---"
#: A post's number is `p`, or `page_id`; attachments have no feeds here.
_FIELDS = 2
#: More specific first: everything else is RSS.
_FORMATS: tuple[OldFormat, ...] = ("atom", "rss")


def rules(task: Task) -> str:
    """Return what goes into `_redirects` and into `_headers`."""
    lines = introduction(task, "Netlify")
    lines += comment(
        "The `!` has a line count though there is a page at that address. Netlify passes the query "
        "on, and a query with more in it than a line says may not fit it."
    )
    lines += ["", REDIRECTS_PART.format(host=task.host), *_redirects(task)]
    lines += ["", HEADERS_PART.format(host=task.feeds_host), *_headers(task)]
    return "\n".join(lines) + "\n"


def _line(path: str, target: str, *query: str, status: str = "301!") -> str:
    return " ".join((path or "/", *query, target, status))


def _redirects(task: Task) -> Iterator[str]:
    home = _path(task.home)
    if task.old.parameters:
        yield from _queries(task, home)
    yield "# The site's own feeds."
    for kind in KINDS:
        for wanted in _FORMATS:
            yield from _site(task, home, kind, wanted)
    if task.has_posts:
        yield from _posts(task)


def _path(path: str) -> str:
    """Return a decoded path for a line: nothing in it is a splat, a placeholder or a comment."""
    return quote(path, safe="/", errors="surrogateescape")


def _site(task: Task, home: str, kind: Kind, wanted: OldFormat) -> Iterator[str]:
    for address in task.old.site:
        if (address.kind, address.format) == (kind, wanted):
            for start in ("",) if address.path.endswith(".php") else task.old.starts:
                path = f"{home}/{start}/{address.path}" if start else f"{home}/{address.path}"
                yield _line(path.replace(NUMBER, ":number"), task.target(kind, wanted))


def _queries(task: Task, home: str) -> Iterator[str]:
    """Yield the lines for addresses that ask by their query."""
    old = task.old
    homes = [home or "/", f"{home}/index.php"]
    if old.archives:
        yield "# A part of the posts: the page itself, as if nothing were asked."
        for name in old.archives:
            yield _line(homes[0], f"{home}/index.html", f"{name}=:x", status="200!")
    if task.has_numbers:
        yield "# The comments on a post, by its number; for one that no feed has: 404."
        yield from _numbers(task, homes[0])
    yield "# The site's own feeds, by the query."
    mark = next((p for p in old.parameters if p.suffix == f"/{old.comments_mark}"), None)
    if mark:
        marked = f"{mark.name}={mark.values[0]}"
        for address in old.site:
            if address.kind == "entries":
                yield _line(
                    f"{home}/{address.path}", task.target("comments", address.format), marked
                )
    paths = {address.path: address.format for address in old.site}
    for parameter in (p for p in old.parameters if p is not mark):
        for address in old.site:
            path = f"/{address.path}"
            base = path.removesuffix(parameter.suffix)
            # Where the format is the same, the line of the path alone does.
            if base == path or (base and paths.get(base[1:], address.format) == address.format):
                continue
            for value in parameter.values:
                for path in [home + base] if base else homes:
                    asked = f"{parameter.name}={value}"
                    if mark and address.kind == "entries":
                        target = task.target("comments", address.format)
                        yield _line(path, target, asked, marked)
                    yield _line(path, task.target(address.kind, address.format), asked)


def _numbers(task: Task, home: str) -> Iterator[str]:
    for number, name in task.posts.numbers.items():
        for field in task.old.numbers[:_FIELDS]:
            for value, wanted in _asked(task):
                target = f"{task.post_base}{name}{task.suffix(wanted)}"
                yield _line(home, target, f"{field}={number}", f"feed={value}")
        path = f"{_path(task.home)}/{task.old.numbered_file}"
        yield _line(path, f"{task.post_base}{name}{task.suffix('rss')}", f"p={number}")
    missing = f"{_path(task.home)}/404.html"
    for field in task.old.numbers:
        yield _line(home, missing, f"{field}=:x", "feed=:feed", status="404!")
    yield _line(f"{_path(task.home)}/{task.old.numbered_file}", missing, "p=:x", status="404!")


def _asked(task: Task) -> Sequence[tuple[str, OldFormat]]:
    """Return what WordPress's `feed` may be in the query: Atom, or whatever else."""
    return [("atom", "atom"), (":feed", "rss")] if task.old.numbers else []


def _posts(task: Task) -> Iterator[str]:
    yield "# A post's comments feed."
    missing = f"{_path(task.home)}/404.html"
    for key, name in post_names(task).items():
        if not key.startswith("?"):
            target = f"{task.post_base}{name}" if name else ""
            yield from _post(task, _path(key), target, missing)
    if task.posts.shapes:
        yield "# The same for all posts whose address is of one shape, year by year."
    for shape in task.posts.shapes:
        for path in _shape_paths(shape, task.posts.years):
            yield from _post(task, _path(task.home) + path, f"{task.post_base}:name", missing)


def _post(task: Task, path: str, target: str, missing: str) -> Iterator[str]:
    """Yield the lines of one post; `target` is empty if it has no feed."""

    def line(path: str, wanted: OldFormat, *query: str) -> str:
        if not target:
            return _line(path, missing, *query, status="404!")
        return _line(path, target + task.suffix(wanted), *query)

    yield from (line(path, wanted, f"feed={value}") for value, wanted in _asked(task))
    tails = {tail.path: tail.format for tail in task.old.tails}
    for parameter in task.old.parameters:
        for tail, wanted in tails.items():
            base = tail.removesuffix(parameter.suffix)
            if base != tail and tails.get(base, wanted) != wanted:
                yield line(f"{path}/{base}", wanted, f"{parameter.name}={parameter.values[0]}")
    for wanted in _FORMATS:
        for tail in _splats([tail for tail, format in tails.items() if format == wanted]):
            yield line(f"{path}/{tail}", wanted)


def _splats(tails: Iterable[str]) -> list[str]:
    """Return the tails with those that begin like another left to that one's splat."""
    result: dict[str, str] = {}
    for tail in sorted(tails):
        first = next((other for other in result if tail.startswith(f"{other}/")), None)
        result[first or tail] = f"{first}/*" if first else tail
    return list(result.values())


def _shape_paths(shape: Shape, years: Iterable[str]) -> Iterator[str]:
    folders = [
        f":part{place}" if folder == DAY else folder for place, folder in enumerate(shape.folders)
    ]
    for year in years if YEAR in folders else ("",):
        yield "".join(f"/{year if folder == YEAR else folder}" for folder in folders) + "/:name"


def _headers(task: Task) -> Iterator[str]:
    folder = _path(task.folder)
    for suffix, media_type in media_types(task.settings):
        for kind in KINDS:
            yield f"{folder}/{kind}{suffix}"
            yield f"  Content-Type: {media_type}"
            yield from (f"  {name}: {value}" for name, value in FEED_HEADERS)
    yield "# The comments on each post; Netlify knows the types of .rss and .atom itself."
    yield f"{folder}/comments/*"
    yield from (f"  {name}: {value}" for name, value in FEED_HEADERS)
