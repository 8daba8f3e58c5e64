"""Pages and exports from elsewhere → `content/`: the only room that writes posts and comments.

An import adds and never changes: a file that is there already stays as it is, whoever wrote it,
and importing a file again writes the same bytes, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from feeds import dates
from feeds.errors import ContentError, Problem, UsageError
from feeds.exports import Item
from feeds.exports.pieces import head_text
from feeds.importing.disk import check_is_file, head_of
from feeds.importing.exports import ExportRun
from feeds.importing.report import ImportReport, Outcome, Row
from feeds.importing.text_pages import MAX_PAGE, checked_url, import_pages

if TYPE_CHECKING:
    from feeds.exports.page import Page

__all__ = ["FORMATS", "MAX_PAGE", "ImportReport", "Outcome", "Row", "import_files", "import_pages"]

#: What can be imported, and what the report calls it; those that are surest to know come first.
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "isso": "Isso database",
        "wxr": "WordPress export",
        "disqus": "Disqus export",
        "blogger": "Blogger export",
        "ghost": "Ghost export",
        "commento": "Commento export",
        "remark42": "Remark42 backup",
        "page": "saved page",
    }
)


def import_files(
    files: Sequence[Path],
    *,
    into: Path,
    url: str | None = None,
    date: str | None = None,
    author: str | None = None,
    format: str | None = None,
    keep_all: bool = False,
    pings: bool = False,
    now: datetime,
) -> ImportReport:
    """Write posts and comments below `into` for exports and saved pages.

    Args:
        files: the exports and pages.
        into: the content folder; it and its `site.toml` are made if they are not there.
        url: the address of the saved page, or of the home page of an export's blog.
        date: when the post of a saved page was published; none of it is guessed.
        author: who wrote, where nobody is named.
        format: one of `FORMATS`; None: each file says by itself what it is.
        keep_all: leave donation boxes, authors' notes and the like in the post of a text page.
        pings: take pingbacks and trackbacks, too.
        now: what posts and comments without a date have as `updated`, once.

    Raises:
        UsageError: something is missing or does not fit together.
        ContentError: the only file is none that can be imported.
        StorageError: the system would not let us read or write.
    """
    if not files:
        raise UsageError("nothing to import; name an export, or a saved page")
    for file in files:
        check_is_file(file)
    kinds = {file: format or _kind(file) for file in files}
    pages = [file for file, kind in kinds.items() if kind == "page"]
    if url and len(pages) > 1:
        raise UsageError(f"--url is the address of one page; import these {len(pages)} one by one")
    texts = [file for file, kind in kinds.items() if kind == "page" and not _is_html(file)]
    others = [file for file in files if file not in texts]
    reports = []
    if texts:
        reports.append(
            import_pages(
                texts,
                into=into,
                url=url,
                date=date,
                author=author,
                keep_all=keep_all,
                pings=pings,
                now=now,
            )
        )
    if others:
        reports.append(_import_exports(others, kinds, into, url, date, author, pings, now))
    return ImportReport(
        tuple(row for report in reports for row in report.rows),
        tuple(warning for report in reports for warning in report.warnings),
        tuple(problem for report in reports for problem in report.problems),
    )


_PACKED = (b"PK\x03\x04", b"7z\xbc\xaf", b"BZh9", b"\xfd7zX")
_FEED = re.compile(
    r"(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:rdf)[\s>]", re.DOTALL
)


def _kind(file: Path) -> str:
    """Return which of `FORMATS` a file is; what is none of the others is a page."""
    head = head_of(file)
    for name in FORMATS:
        if name != "page" and _recognises(name, head):
            return name
    if head[:4] in _PACKED or head[:2] == b"\x1f\x8b":
        raise UsageError(f"{file}: packed; unpack it, and import what is in it")
    if _FEED.search(head_text(head)[:2000]):
        raise UsageError(
            f"{file}: a feed, not an export; `feeds adopt` compares it with what would be published"
        )
    return "page"


def _recognises(format: str, head: bytes) -> bool:
    module = import_module(f"feeds.exports.{format}")
    recognised: bool = module.recognised(head_text(head) if format == "wxr" else head)
    return recognised


def _is_html(file: Path) -> bool:
    return _recognises("page", head_of(file))


def _import_exports(
    files: Sequence[Path],
    kinds: Mapping[Path, str],
    into: Path,
    url: str | None,
    date: str | None,
    author: str | None,
    pings: bool,
    now: datetime,
) -> ImportReport:
    pages = [file for file in files if kinds[file] == "page"]
    address = checked_url(url) if url else None
    day = dates.parse(date, UTC) if date else None
    run = ExportRun(into, url=None if pages else address, author=author, now=now)
    problems: list[Problem] = []
    for file in files:
        kind = kinds[file]
        try:
            if kind == "page":
                run.take_page(file, _page(file, address, day, pings))
            else:
                run.take(file, FORMATS[kind], _items(file, kind, pings))
        except ContentError as error:
            if len(files) == 1 and not run.has_written:
                where = f"{file}:{error.line}" if error.line else f"{file}"
                raise ContentError(f"{where}: {error.what}", error.remedy) from None
            problems.append(Problem(str(file), error.what, error.remedy, error.line))
    run.finish()
    return ImportReport(tuple(run.rows), tuple(run.warnings), (*run.problems, *problems))


def _page(file: Path, url: str | None, day: datetime | None, pings: bool) -> Page:
    from feeds.exports import page

    with open(file, "rb") as stream:
        data = stream.read(MAX_PAGE + 1)
    found = page.parse(data, str(file), url=url, pings=pings)
    return replace(found, post=found.post._replace(published=day)) if day else found


def _items(file: Path, kind: str, pings: bool) -> Iterator[Item]:
    items: Iterator[Item] = import_module(f"feeds.exports.{kind}").read(file, pings=pings)
    return items
