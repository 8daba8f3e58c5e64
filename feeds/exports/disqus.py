"""The XML that Disqus exports → comments; their posts are known by address only.

The file holds `<thread>`s, each a page, and then `<post>`s, each a comment. E-mail addresses, IP
addresses and account names stand in it, too, and are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feeds import urls
from feeds.errors import Problem, Severity, quoted
from feeds.exports import Item, LeftOut
from feeds.exports.pieces import head_text
from feeds.exports.values import DEFAULT_LIMITS, Reader, Said, address
from feeds.exports.xml_records import Element, records
from feeds.markup import one_line
from feeds.model import Markup
from feeds.settings import Limits

_WHAT = "an export of Disqus"
_NAMESPACE = "http://disqus.com"
_DSQ = f"{_NAMESPACE} "
_ID = f"{_NAMESPACE}/disqus-internals id"
_THREAD, _POST = f"{_DSQ}thread", f"{_DSQ}post"
#: Enough of a title to know it again.
_MAX_TITLE = 200
#: A title that more pages share is the site's own.
_MAX_NAMESAKES = 5


@dataclass(slots=True)
class _Thread:
    address: str
    title: str
    is_deleted: bool
    is_used: bool = False


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts so is an export of Disqus."""
    text = head_text(head)
    return "<disqus" in text and _NAMESPACE in text


def read(path: Path, *, pings: bool = False, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Yield the comments of an export of Disqus, in the order of the file.

    A comment's folder is the address of its page. Pages that share a title may be one post under
    two addresses: a note names them at the end.

    Args:
        path: the file.
        pings: Disqus has none.
        limits: what no honest content exceeds.

    Raises:
        ContentError: it is no export of Disqus.
        StorageError: the system would not let us read it.
    """
    reader = Reader(path, limits)
    threads: dict[str, _Thread] = {}
    for record in records(path, {f"{_DSQ}disqus"}, _WHAT):
        if isinstance(record, Problem):
            yield record
        elif record.name == _THREAD:
            if own := record.attributes.get(_ID):
                threads[own] = _thread(record)
        elif record.name == _POST:
            yield from _comment(record, threads, reader)
    yield from _namesakes(threads, str(path))


def _thread(record: Element) -> _Thread:
    link, identifier = (address(record.said(f"{_DSQ}{name}")) for name in ("link", "id"))
    # Themes often give the page's address for an identifier.
    page = link or (identifier if urls.is_web_url(identifier) else "")
    return _Thread(
        page,
        record.said(f"{_DSQ}title")[:_MAX_TITLE],
        _flag(record, f"{_DSQ}isDeleted") is not False,
    )


def _flag(record: Element, name: str) -> bool | None:
    """Return a truth value; False where it does not stand, None where it cannot be read."""
    word = record.said(name).lower()
    return {"": False, "false": False, "true": True}.get(word)


def _comment(record: Element, threads: dict[str, _Thread], reader: Reader) -> Iterator[Item]:
    own = record.attributes.get(_ID) or record.said(f"{_DSQ}id")
    subject = f"comment {one_line(own)[:50]}".strip()
    if kind := _why_hidden(record):
        yield LeftOut(kind, subject=subject)
        return
    thread = threads.get(_reference(record, f"{_DSQ}thread"))
    if thread is None:
        yield LeftOut("comments on no page", "the export does not say where they stood", subject)
        return
    if thread.is_deleted:
        yield LeftOut("comments on deleted pages", subject=subject)
        return
    thread.is_used = True
    yield from reader.comment(
        Said(
            line=record.line,
            folder=thread.address,
            id=own,
            name=record.said(f"{_DSQ}author", f"{_DSQ}name"),
            text=record.said(f"{_DSQ}message"),
            markup=Markup.HTML,
            parent=_reference(record, f"{_DSQ}parent"),
            published=record.said(f"{_DSQ}createdAt"),
        )
    )


def _why_hidden(record: Element) -> str | None:
    deleted = _flag(record, f"{_DSQ}isDeleted")
    spam = _flag(record, f"{_DSQ}isSpam")
    approved = record.said(f"{_DSQ}isApproved").lower()
    if deleted:
        return "deleted comments"
    if spam:
        return "spam comments"
    if approved == "false":
        return "pending comments"
    if deleted is None or spam is None or approved not in {"", "true"}:
        return "comments of unknown status"
    return None


def _reference(record: Element, name: str) -> str:
    child = record.first(name)
    return child.attributes.get(_ID, "") if child else ""


def _namesakes(threads: dict[str, _Thread], shown: str) -> Iterator[Problem]:
    """Yield a note for each title that a few pages with comments share."""
    by_title: dict[str, dict[str, None]] = {}
    for thread in threads.values():
        if thread.is_used and thread.title:
            by_title.setdefault(thread.title, {})[thread.address] = None
    for title, addresses in by_title.items():
        if 1 < len(addresses) <= _MAX_NAMESAKES:
            yield Problem(
                shown,
                f"{len(addresses)} pages are called {quoted(one_line(title))}: "
                + ", ".join(quoted(page, 200) for page in addresses),
                "if they are one post, give it the others as `aliases`",
                severity=Severity.NOTE,
            )
