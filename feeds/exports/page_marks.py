"""What classes and links say of a comment: a ping, one that waits, which other one it answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feeds.exports.page_thread import Found
from feeds.exports.page_tree import Element, text_of
from feeds.sources import page_words as words


@dataclass(slots=True)
class Said:
    """What the elements of one comment say."""

    found: Found
    name: str = ""
    uri: str | None = None
    moment: datetime | None = None
    #: A line that is a date to people and cannot be read.
    unread_date: str = ""
    html: str = ""
    #: `pingback` or `trackback`; empty for a comment.
    ping: str = ""
    #: Why it is not published on the page itself: `pending comments`, `removed comments`.
    hidden: str = ""
    #: The number of the comment that it says it answers.
    answers: str = ""


_PENDING = re.compile(
    r"\W*(?:your comment is awaiting moderation|(?:dein|ihr) kommentar wartet auf"
    r"|tu comentario está pendiente de moderaci)",
    re.I,
)
_ANSWERS = re.compile(r"^(?:in reply to|als antwort auf|in antwort auf|en respuesta a)\b", re.I)
_ANSWERED = re.compile(r"#(?:li-|div-)?comment[-_]?(\d{1,20})$|#c(\d{1,20})$")
_REPLY_TO = re.compile(r"[?&]replytocom=(\d{1,20})")


def read(region: Sequence[Element], said: Said) -> None:
    """Read what classes and links say: a ping, a comment that waits, which comment is answered."""
    number = said.found.number
    for element in region:
        classes = element.classes
        if element in said.found.parts[:1]:
            said.ping = next((word for word in ("pingback", "trackback") if word in classes), "")
            said.answers = _digits(element.get("data-parent") or element.get("data-parent-id"))
        if any("awaiting-moderation" in c for c in classes) or (
            element.tag in {"em", "p"}
            and element.weight < words.MAX_LINE
            and _PENDING.match(text_of(element))
        ):
            said.hidden = "pending comments"
        if "deleted-comment" in classes or "comment-deleted" in classes:
            said.hidden = "removed comments"
        if element.tag == "a" and (match := _ANSWERED.search(element.get("href"))):
            answered = match[1] or match[2]
            is_told = bool(classes & {"comment-parent", "in-reply-to"}) or (
                element.weight < words.MAX_LINE and _ANSWERS.match(text_of(element))
            )
            if is_told and answered != number:
                said.answers = said.answers or answered
        if element.tag == "a" and not number and (m := _REPLY_TO.search(element.get("href"))):
            number = said.found.number = m[1]


def _digits(text: str) -> str:
    return text if text.isdigit() and text != "0" else ""
