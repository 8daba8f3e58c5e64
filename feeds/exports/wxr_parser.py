"""Expat's events → the items of a WordPress export, with the fields that are asked for.

What nobody asks for is never held: no e-mail address, no IP address, no user agent.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from feeds.errors import ContentError, Problem, Severity
from feeds.exports.wxr_fields import (
    AUTHOR,
    CHANNEL,
    COMMENT,
    DECISIVE,
    ITEM,
    META,
    Batch,
    Channel,
    Item,
    StoredComment,
)
from feeds.exports.wxr_names import Names
from feeds.markup import one_line
from feeds.settings import Limits

#: So many comments of an item are held; then they go on their way, and the next ones are.
BATCH = 2000
#: So many wait to know whether their post is public.
_MAX_WAITING = 10 * BATCH
#: In characters; what any other field may hold: a title, a list of addresses.
_MAX_FIELD = 20_000
#: So many terms an item may have, and so many enclosures.
_MAX_TERMS = 1000
#: In bytes; no tag is longer.
_MAX_TAG = 8_000_000


class Parser:
    """Expat and its handlers; holds the item that is being read."""

    def __init__(
        self,
        path: Path,
        channel: Channel,
        limits: Limits,
        *,
        comments: bool,
        before: int = 0,
        names: Names | None = None,
    ) -> None:
        from xml.parsers import expat

        self._path, self._channel, self._limits = path, channel, limits
        self._comments = comments
        #: Line ends before the first byte that this parser has seen.
        self._before = before
        self._fed = self._fed_before = 0
        self._lines = self._lines_before = 0
        self._ready: list[Batch | Problem] = []
        self._names = names or Names()
        self._has_ended = False
        self._depth = 0
        #: The elements that hold fields, from the outside in, and how deep each lies.
        self._holders: list[tuple[str, int]] = []
        self._item: Item | None = None
        self._held: list[StoredComment] = []
        self._author: dict[str, str] = {}
        self._comment: StoredComment | None = None
        self._meta = ""
        self._target: tuple[str, str] | None = None
        self._target_depth = 0
        self._texts: list[str] = []
        self._room = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity

    @property
    def line(self) -> int:
        """Where it is."""
        return self._before + self._parser.CurrentLineNumber

    # Feeding, and getting up again

    def feed(self, data: bytes, *, final: bool) -> None:
        """Read on.

        Raises:
            ExpatError: the XML is broken here.
            ContentError: it is no export of WordPress.
        """
        self._fed_before, self._lines_before = self._fed, self._lines
        self._fed += len(data)
        self._lines += data.count(b"\n")
        self._parser.Parse(data, final)
        if self._fed - self._parser.CurrentByteIndex > _MAX_TAG + len(data):
            self._refuse(f"a tag of more than {_MAX_TAG:,} bytes", "export it again")

    def taken(self) -> list[Batch | Problem]:
        """Return what is ready, once."""
        ready, self._ready = self._ready, []
        return ready

    def broken(self, reason: str, line: int, *, at_end: bool) -> Problem | None:
        """Return what is to be said of XML that breaks here; the item that it is in ends here.

        Raises:
            ContentError: nothing has been read yet, so this is no export.
        """
        if self._has_ended:
            return None  # what stands behind the end is nobody's
        if not self._names.is_wxr and not self._item:
            self.check_kind(f"no XML ({reason})", line + self._before)
        what = "the file ends here, before its end" if at_end else f"the XML is broken ({reason})"
        problem = Problem(
            str(self._path), what, "export it again", self._before + line, Severity.PROBLEM
        )
        if item := self._item:
            # Whoever reads the batch says so: it knows what becomes of the item.
            self._ready.append(Batch(item, self._held, is_last=True, broken=problem))
            self._item, self._held = None, []
            return None
        return problem

    def rewound(self, data: bytes, at: int) -> int:
        """Return from where in `data` to look for the next item."""
        stopped = max(self._parser.ErrorByteIndex - self._fed_before, 0)
        stop = min(at + stopped + 1, len(data))
        self._lines = self._lines_before + data.count(b"\n", at, stop)
        return stop

    def skip(self, data: bytes) -> None:
        """Count the lines of what is not read."""
        self._lines += data.count(b"\n")

    def restarted(self) -> Parser:
        """Return a parser that goes on with an item of the same channel."""
        parser = Parser(
            self._path,
            self._channel,
            self._limits,
            comments=self._comments,
            before=self._before + self._lines,
            names=self._names.outside_of_items(),
        )
        parser.feed(b"<rss><channel>", final=False)
        return parser

    def check_kind(self, what: str = "", line: int | None = None) -> None:
        """Make sure that it was an export.

        Raises:
            ContentError: it was none.
        """
        if not self._names.is_wxr:
            what = what or "an RSS feed, not an export of WordPress"
            raise ContentError(
                what, "export it below Tools > Export, or name another --format", line
            )

    def _refuse(self, what: str, remedy: str) -> NoReturn:
        raise ContentError(what, remedy, self.line)

    # Handlers

    def _entity(self, *declared: object) -> None:
        self._refuse(
            "the file declares entities, which no export of WordPress does",
            "export it again; nothing is made of them",
        )

    def _start(self, raw: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if attributes:
            self._names.declare(self._depth, attributes)
        depth = self._depth
        holder, holder_depth = self._holders[-1] if self._holders else ("", 0)
        if depth != holder_depth + 1 or self._target:
            return
        name = self._names.of(raw)
        if depth == 1:
            if name != "rss":
                self._refuse(f"<{raw[:40]}> is no export of WordPress", "name another --format")
            self._holders.append(("rss", 1))
        elif depth == 2:
            self._holders.append(("channel", 2))
        elif holder == "item":
            self._start_in_item(name, attributes)
        elif holder == "channel":
            self._start_in_channel(name)
        elif (
            (holder == "comment" and name in COMMENT)
            or (holder == "author" and name in AUTHOR)
            or (holder == "meta" and name == "wp:meta_key")
            or (holder == "meta" and name == "wp:meta_value" and self._meta in META)
        ):
            self._begin(holder, name)

    def _start_in_channel(self, name: str) -> None:
        if name == "item":
            self.check_kind(line=self.line)
            self._item = Item(self.line)
            self._holders.append(("item", self._depth))
        elif name == "wp:author":
            self._author = {}
            self._holders.append(("author", self._depth))
        elif name == "wp:wxr_version":
            self._names.is_wxr = True
        elif name in CHANNEL:
            self._begin("channel", name)

    def _start_in_item(self, name: str, attributes: dict[str, str]) -> None:
        if name in ITEM:
            self._begin(f"item {attributes.get('domain', '')}", name)
        elif name == "wp:comment" and self._item:
            self._item.comments += 1
            if self._comments:
                self._comment = StoredComment(self.line, {})
                self._holders.append(("comment", self._depth))
        elif name == "wp:postmeta":
            self._meta = ""
            self._holders.append(("meta", self._depth))

    def _begin(self, holder: str, name: str) -> None:
        self._target, self._target_depth = (holder, name), self._depth
        self._texts = []
        self._room = {
            "content:encoded": self._limits.post,
            "excerpt:encoded": self._limits.post,
            "wp:comment_content": self._limits.comment + 1,
        }.get(name, _MAX_FIELD)
        self._parser.CharacterDataHandler = self._characters

    def _characters(self, text: str) -> None:
        if self._room > 0:
            self._texts.append(text[: self._room])
            self._room -= len(text)

    def _end(self, raw: str) -> None:
        depth = self._depth
        self._depth -= 1
        if self._target:
            if depth == self._target_depth:
                holder, name = self._target
                self._target = None
                self._parser.CharacterDataHandler = None
                self._store(holder, name, "".join(self._texts))
        elif self._holders and self._holders[-1][1] == depth:
            self._leave(self._holders.pop()[0])
        self._names.leave(depth)

    def _store(self, holder: str, name: str, text: str) -> None:
        if holder == "comment" and self._comment:
            self._comment.fields[name] = text
        elif holder == "author":
            self._author[name] = one_line(text)
        elif holder == "channel":
            self._channel.fields.setdefault(name, text)
        elif self._item and holder == "meta":
            if name == "wp:meta_key":
                self._meta = one_line(text)
            elif len(self._item.meta) < _MAX_TERMS:
                self._item.meta.append((self._meta, text))
        elif self._item and name == "category":
            if len(self._item.terms) < _MAX_TERMS:
                self._item.terms.append((holder.removeprefix("item "), one_line(text)))
        elif self._item:
            said = self._item.fields.get(name)
            if said is not None and name in DECISIVE and one_line(said) != one_line(text):
                text = f"{said} {text}"
            elif said is None or name in DECISIVE or not said.strip():
                self._note_length(name, text)
            else:
                return
            self._item.fields[name] = text

    def _note_length(self, name: str, text: str) -> None:
        if self._room < 0 and self._item and name in {"content:encoded", "excerpt:encoded"}:
            what = f"a text of more than {len(text):,} characters was cut"
            remedy = "shorten it, or raise `post` below [limits]"
            self._ready.append(
                Problem(str(self._path), what, remedy, self._item.line, Severity.WARNING)
            )

    def _leave(self, holder: str) -> None:
        if holder == "comment" and self._comment and self._item:
            self._held.append(self._comment)
            self._comment = None
            if len(self._held) >= BATCH and self._item.is_decided:
                self._ready.append(Batch(self._item, self._held, is_last=False))
                self._held = []
            elif len(self._held) > _MAX_WAITING:
                self._item.is_disordered = True
                self._held = []
        elif holder == "item" and self._item:
            self._ready.append(Batch(self._item, self._held, is_last=True))
            self._item, self._held = None, []
        elif holder == "author":
            login = self._author.get("wp:author_login", "")
            self._channel.authors[login] = self._author.get("wp:author_display_name") or login
        elif holder == "rss":
            self._has_ended = True
