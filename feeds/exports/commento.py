"""The JSON that Commento and Commento++ export → comments; their posts are known by address only.

`{"version": 1, "comments": […], "commenters": […]}`: the names come after the comments, so the
file is read twice. E-mail addresses and pictures stand in it, too, and are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from feeds import urls
from feeds.errors import ContentError, Problem
from feeds.exports import Item, LeftOut
from feeds.exports.json_records import as_record, as_text, as_truth, records
from feeds.exports.pieces import head_text
from feeds.exports.values import DEFAULT_LIMITS, Reader, Said, address
from feeds.markup import one_line
from feeds.model import Markup
from feeds.settings import Limits

_COMMENTS, _COMMENTERS = ("comments", "*"), ("commenters", "*")
_KEY = re.compile(r'"(?:commentHex|commenterHex|commenters)"\s*:')
_HIDDEN = {"unapproved": "pending comments", "flagged": "spam comments"}
#: The `parentHex` of a comment that answers the post.
_ROOT = "root"


def recognised(head: bytes) -> bool:
    """Tell whether a file that starts so is an export of Commento."""
    text = head_text(head)
    return text.startswith("{") and _KEY.search(text) is not None


def read(path: Path, *, pings: bool = False, limits: Limits = DEFAULT_LIMITS) -> Iterator[Item]:
    """Yield the comments of an export of Commento, in the order of the file.

    A comment's folder is the address of its page, `https` where the export names the host.

    Args:
        path: the file.
        pings: Commento has none.
        limits: what no honest content exceeds.

    Raises:
        ContentError: it is no export of Commento.
        StorageError: the system would not let us read it.
    """
    reader = Reader(path, limits)
    people = _commenters(path)
    any_comment = bool(people)
    for found in records(path, {_COMMENTS, _COMMENTERS}):
        if isinstance(found, Problem):
            yield found
        elif found.place == _COMMENTS:
            item = as_record(found.value)
            any_comment = any_comment or "commentHex" in item
            yield from _comment(item, found.line, people, reader)
    if not any_comment:
        raise ContentError(
            "no comment of Commento is in it", "name another file, or another --format"
        )


def _commenters(path: Path) -> dict[str, tuple[str, str]]:
    """Return names and pages by `commenterHex`."""
    people: dict[str, tuple[str, str]] = {}
    # What is wrong with the file is said when it is read for its comments.
    with suppress(ContentError):
        for found in records(path, {_COMMENTERS}):
            if not isinstance(found, Problem):
                commenter = as_record(found.value)
                own = as_text(commenter.get("commenterHex"))
                people[own] = as_text(commenter.get("name")), as_text(commenter.get("link"))
    return people


def _comment(
    item: dict[str, Any], line: int, people: dict[str, tuple[str, str]], reader: Reader
) -> Iterator[Item]:
    own = as_text(item.get("commentHex"))
    if kind := _why_hidden(item):
        yield LeftOut(kind, subject=f"comment {one_line(own)[:50]}".strip())
        return
    # `anonymous` has no name; neither has somebody who deleted the account.
    name, link = people.get(as_text(item.get("commenterHex")), ("", ""))
    typed, shown = as_text(item.get("markdown")), as_text(item.get("html"))
    parent = as_text(item.get("parentHex"))
    yield from reader.comment(
        Said(
            line=line,
            folder=_address(
                as_text(item.get("domain")), as_text(item.get("url") or item.get("path"))
            ),
            id=own,
            name=name,
            uri=link,
            text=typed if typed.strip() else shown,
            markup=Markup.MARKDOWN if typed.strip() else Markup.HTML,
            parent="" if parent == _ROOT else parent,
            published=as_text(item.get("creationDate")),
        )
    )


def _why_hidden(item: dict[str, Any]) -> str | None:
    is_deleted = as_truth(item.get("deleted"))
    state = as_text(item.get("state"))
    if is_deleted:
        return "deleted comments"
    if state == "approved" and is_deleted is False:
        return None
    return _HIDDEN.get(state, "comments of unknown status")


def _address(domain: str, path: str) -> str:
    """Return the page's address, as far as the export tells it."""
    domain, path = address(domain), address(path)
    url = address(f"https://{domain}/{path.lstrip('/')}")
    return url if path and domain and urls.is_web_url(urls.encoded(url)) else path
