"""Exports → posts and comments: whatever a reader of `feeds.exports` yields, written as files.

Written as it comes, so that an export of gigabytes needs no more memory than a small one. The disk
is told to keep it once, at the end: until then a crash may leave empty files, which the next import
takes for none.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feeds import dates, settings, urls
from feeds.errors import Problem, Severity, StorageError, UsageError, quoted
from feeds.exports import Item, LeftOut, Site
from feeds.importing import texts
from feeds.importing.content import Content, file_of, updated_in
from feeds.importing.disk import bytes_of, is_there, new_file, write_whole
from feeds.importing.report import Outcome, Row
from feeds.markup import one_line
from feeds.model import Comment, Markup, Post, PostType
from feeds.settings import FILE_NAME, Settings
from feeds.sources import native, posts
from feeds.visibility import APPROVED, PUBLISHED

if TYPE_CHECKING:
    from feeds.exports.page import Page

#: So many of a kind are named; more are a number.
_MOST_NAMED = 20
_MOST_WARNINGS = 200


@dataclass(slots=True)
class _Tally:
    """How many files of a kind fared how."""

    files: Counter[Outcome] = field(default_factory=Counter)
    #: Those that differ from the export and stay.
    kept: list[Path] = field(default_factory=list)

    def note(self, outcome: Outcome, path: Path) -> None:
        """Count one."""
        self.files[outcome] += 1
        if outcome is Outcome.KEPT and len(self.kept) <= _MOST_NAMED:
            self.kept.append(path)


class ExportRun:
    """One import of one or more exports into one content folder.

    Args:
        into: the content folder; it and its `site.toml` are made if they are not there.
        url: the site's home page, if somebody knows better than the export.
        author: who writes where an export names nobody.
        now: what posts without any date have as `updated`, once.
    """

    def __init__(self, into: Path, *, url: str | None, author: str | None, now: datetime) -> None:
        self.rows: list[Row] = []
        self.warnings: list[Problem] = []
        #: What is lost that its owner wants: the exit code says so.
        self.problems: list[Problem] = []
        self._into = into
        self._url = url
        self._author = author
        self._now = now
        self._content: Content | None = None
        self._posts, self._comments = _Tally(), _Tally()
        #: The post names of this run, by what the export calls the post.
        self._names: dict[str, str] = {}
        self._by_id: dict[str, Path] = {}
        #: What the export calls the first post of an id: exports have been seen that have one twice.
        self._ids: dict[str, str] = {}
        self._by_name: dict[str, Path] = {}
        self._left: Counter[tuple[str, str]] = Counter()
        self._subjects: dict[tuple[str, str], str] = {}
        self._lost: Counter[str] = Counter()
        self._folder: tuple[str, dict[str, Path]] = ("", {})
        self._fresh: set[str] = set()
        #: How many comments a saved page says it has, by what the post is called there.
        self._claims: dict[str, int | None] = {}
        self._page: Page | None = None

    # --- reading ----------------------------------------------------------------------------------

    def take(self, file: Path, kind: str, items: Iterable[Item]) -> None:
        """Import everything that one file holds.

        Args:
            file: what it is called in the report.
            kind: what it is, in a few words: `WordPress export`.
            items: what its reader yields.

        Raises:
            ContentError: it cannot be read, from here on: what came before is written.
            UsageError: it is not known whose blog it is.
            StorageError: something cannot be written.
        """
        counted: Counter[str] = Counter()
        place = len(self.rows)
        try:
            for item in items:
                if isinstance(item, Site):
                    self._take_site(item, file)
                elif isinstance(item, Post):
                    counted["page" if item.type is PostType.PAGE else "post"] += 1
                    self._take_post(item)
                elif isinstance(item, Comment):
                    counted["comment"] += 1
                    self._take_comment(item)
                elif isinstance(item, LeftOut):
                    self._leave_out(item)
                elif item.severity is Severity.PROBLEM:
                    self.problems.append(item)
                elif item.severity is Severity.WARNING:
                    self._warn(item)
        finally:
            said = ", ".join(_many(counted[what], what) for what in ("post", "page", "comment"))
            self.rows.insert(place, Row(Outcome.READ, str(file), f"{kind}: {said}"))

    @property
    def has_written(self) -> bool:
        """Whether anything came of what was read so far."""
        return bool(self._posts.files or self._comments.files)

    def _warn(self, warning: Problem) -> None:
        """Keep a warning; a broken export may have one for every line."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(warning)
        else:
            self._leave_out(LeftOut("warnings", "not shown"))

    def take_page(self, file: Path, page: Page) -> None:
        """Import a page that was saved as HTML.

        Raises:
            StorageError: something cannot be written.
        """
        self._claims[page.post.path] = page.responses
        self._page = page
        self.take(
            file,
            f"saved page {quoted(page.post.title)}",
            [page.site, page.post, *page.comments, *page.left_out, *page.warnings],
        )

    def finish(self) -> None:
        """Complete the rows, and see to it that the disk keeps what was written."""
        for tally, thing in ((self._posts, "post"), (self._comments, "comment")):
            folder = self._folder_of(thing)
            for outcome in (Outcome.WRITTEN, Outcome.UNCHANGED):
                if number := tally.files[outcome]:
                    self.rows.append(Row(outcome, folder, _many(number, thing)))
            named = tally.kept[:_MOST_NAMED]
            self.rows += [Row(Outcome.KEPT, str(path), _KEPT) for path in named]
            if (more := tally.files[Outcome.KEPT] - len(named)) > 0:
                self.rows.append(Row(Outcome.KEPT, folder, f"{_many(more, thing)} more, likewise"))
        self._tell_lost()
        for key, number in sorted(self._left.items()):
            kind, why = key
            subject = self._subjects.get(key, "") if number == 1 else ""
            detail = "; ".join(part for part in (f"{number:,}", subject, why) if part)
            self.rows.append(Row(Outcome.LEFT_OUT, kind, detail))
        if self._posts.files[Outcome.WRITTEN] or self._comments.files[Outcome.WRITTEN]:
            os.sync()

    def _tell_lost(self) -> None:
        """Name the pages whose comments found no post."""
        pages = sorted(self._lost.items())
        for folder, number in pages[:_MOST_NAMED]:
            detail = f"{number:,}; no post has this address"
            self.rows.append(Row(Outcome.LEFT_OUT, f"comments on {folder}", detail))
        if (more := len(pages) - _MOST_NAMED) > 0:
            rest = sum(number for _, number in pages[_MOST_NAMED:])
            detail = f"{rest:,}, on {more:,} more pages that are no posts here"
            self.rows.append(Row(Outcome.LEFT_OUT, "comments", detail))
        if pages:
            total = sum(self._lost.values())
            what = (
                f"{_many(total, 'comment')} on {_many(len(pages), 'page')} belong to no post here"
            )
            remedy = "give each address as one of the post's `aliases`, and import again"
            self.problems.append(Problem(str(self._into), what, remedy))

    def _folder_of(self, thing: str) -> str:
        if not self._content:
            return str(self._into)
        site = self._content.settings
        place = site.posts_place if thing == "post" else site.comments_place
        return f"{self._into / place.path}/"

    def _leave_out(self, item: LeftOut) -> None:
        key = (item.kind, item.why)
        self._left[key] += item.count
        self._subjects.setdefault(key, item.subject)

    # --- the site ---------------------------------------------------------------------------------

    def _take_site(self, site: Site, file: Path) -> None:
        if self._content:
            return
        path = self._into / FILE_NAME
        if is_there(path):
            self._open(settings.load(self._into))
            return
        url = self._url or (site.url if urls.is_web_url(site.url) else "")
        if not url:
            raise UsageError(
                f"{path}: no such file, and {file} does not say whose blog it is;"
                " give its address with --url, or write a site.toml first (`feeds init`)"
            )
        text = texts.site_toml(site, url, self._author, file.name, self._now.year, self._page)
        parsed = settings.parse(text, self._into, str(path))
        write_whole(path, text.encode())
        self.rows.append(Row(Outcome.WRITTEN, str(path)))
        self._open(parsed)

    def _open(self, site: Settings) -> None:
        self._content = Content(self._into, site)
        for file, post in self._content.posts():
            path = self._into / file.inside
            self._by_name.setdefault(post.name, path)
            if post.id:
                self._by_id.setdefault(post.id, path)

    def _opened(self) -> Content:
        if self._content is None:
            self._take_site(Site(), Path("the export"))
        assert self._content
        return self._content

    # --- posts ------------------------------------------------------------------------------------

    def _take_post(self, post: Post) -> None:
        content = self._opened()
        if post.status != PUBLISHED or not post.in_feeds:
            # No reader yields one; and nothing in what is written would say that it is hidden.
            self._leave_out(LeftOut("posts that are not public"))
            return
        if not content.is_ours:
            name = content.post_of(post.permalink or post.name) or content.post_of(post.name)
            if name:
                self._names[post.path] = name
            else:
                self._leave_out(LeftOut("posts", "the posts here are another program's", post.name))
            return
        if post.id and self._ids.setdefault(post.id, post.path) != post.path:
            what = f"has the id of {self._ids[post.id]}, {post.id}, so it gets one of its own"
            self._warn(Problem(post.path, what, "", severity=Severity.WARNING))
            post = post._replace(id=None)
        known = self._by_id.get(post.id or "")
        name = _name_of(known) if known else self._free_name(post)
        day = f"{post.published:%Y-%m-%d}" if post.published else ""
        suffix = ".html" if post.body.markup is Markup.HTML else ".md"
        path = known or self._by_name.get(name) or content.post_path(name, day, suffix)
        self._names[post.path] = name
        self._by_name[name] = path
        if post.id:
            self._by_id[post.id] = path
        head = texts.post_head(post, self._author, content.settings)
        head["responses"] = self._claims.get(post.path)
        if post.published is None and post.updated is None:
            head["updated"] = self._first_import(path)
        self._posts.note(
            _written(path, native.with_body(head, texts.body(post.body.text)), self._into), path
        )

    def _first_import(self, path: Path) -> str:
        """Return when something undated was first imported, which stands for its date ever after."""
        return updated_in(path) or dates.rfc3339(self._now)

    def _free_name(self, post: Post) -> str:
        """Return the post's name, or, if that is another's, one with its day."""
        name = native.safe_name(post.name) or "page"
        if name not in self._by_name or (not post.id and _is_same(self._by_name[name], post)):
            return name
        dated = f"{name}-{post.published:%Y-%m-%d}" if post.published else f"{name}-2"
        if dated not in self._by_name:
            return dated
        return f"{dated}-{hashlib.sha256((post.id or post.path).encode()).hexdigest()[:8]}"

    # --- comments ---------------------------------------------------------------------------------

    def _take_comment(self, comment: Comment) -> None:
        content = self._opened()
        if comment.status not in APPROVED:
            self._leave_out(LeftOut("comments that are not public"))
            return
        name = self._names.get(comment.folder)
        if name is None:
            name = content.post_of(comment.folder)
            if name is None:
                self._lost[comment.folder] += 1
                return
            self._names[comment.folder] = name
        folder = content.comments_folder(name)
        if folder is None:
            why = "the name of the post cannot be that of a folder here; give it another `slug`"
            self._leave_out(LeftOut("comments", why, one_line(name[:100])))
            return
        stem = file_of(comment.id)
        suffix = texts.suffix(comment, ours=content.is_ours)
        path = folder / f"{stem or _digest(comment.id)}{suffix}"
        undated = comment.published is None and comment.updated is None
        first = self._first_import(path) if undated else None
        text = texts.comment_text(
            comment, names_itself=stem is None, ours=content.is_ours, first=first
        )
        there = self._comments_in(name, folder)
        if comment.id in there and there[comment.id] != path:
            self._comments.note(Outcome.KEPT, there[comment.id])
        else:
            self._comments.note(_written(path, text, self._into), path)

    def _comments_in(self, name: str, folder: Path) -> Mapping[str, Path]:
        """Return the comments that a folder held before this run, by id."""
        if self._folder[0] != name:
            known: dict[str, Path] = {}
            if name not in self._fresh:
                known = self._opened().comments_on(name)
                if not known:
                    self._fresh.add(name)
            self._folder = (name, known)
        return self._folder[1]


_KEPT = "differs from the export (edited since?), so it stays; delete it to import it again"


def _many(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _written(path: Path, text: str, root: Path) -> Outcome:
    """Write a file below `root` that is not there; say what became of it."""
    data = text.encode()
    old = bytes_of(path, len(data) + 1)
    if old:  # an empty one is what a crash left
        return Outcome.UNCHANGED if old == data else Outcome.KEPT
    temporary = root / ".import-new"
    try:
        with open(new_file(temporary), "wb", buffering=0) as stream:
            os.fchmod(stream.fileno(), 0o644)
            stream.write(data)
        try:
            os.replace(temporary, path)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(temporary, path)
    except OSError as error:
        raise _failed(path, error) from error
    return Outcome.WRITTEN


def _failed(path: Path, error: OSError) -> StorageError:
    reason = error.strerror or type(error).__name__
    return StorageError(
        f"{path}: cannot be written ({reason}); make room or check the permissions, and import again"
    )


def _name_of(path: Path) -> str:
    return posts.file_name(path.name)[0]


def _is_same(path: Path, post: Post) -> bool:
    """Tell whether the post of that name is this one, imported before."""
    name, day = posts.file_name(path.name)
    return name == (native.safe_name(post.name) or "page") and (
        not post.published or day == f"{post.published:%Y-%m-%d}"
    )


def _digest(id: str) -> str:
    return hashlib.sha256(id.encode()).hexdigest()[:16]
