"""Pages that were saved as plain text → posts and comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from feeds import dates, settings, urls
from feeds.errors import ContentError, Problem, Severity, UsageError, quoted
from feeds.importing.disk import (
    bytes_of,
    check_is_file,
    is_there,
    stays_in,
    unreadable,
    write_whole,
)
from feeds.importing.report import MAX_DETAIL, ImportReport, Outcome, Row
from feeds.markup import display_name, one_line
from feeds.settings import FILE_NAME, Settings
from feeds.sources import comments, front_matter, native, page_site, posts, saved_page
from feeds.sources.fields import Fields
from feeds.sources.files import File, read_text
from feeds.sources.page_words import date_value
from feeds.sources.saved_page import SavedComment, SavedPage
from feeds.sources.tree import Tree

#: In bytes; the longest blog page that anybody has seen has a tenth of it.
MAX_PAGE = 20_000_000


# --- an import ------------------------------------------------------------------------------------


def import_pages(
    files: Sequence[Path],
    *,
    into: Path,
    url: str | None = None,
    date: str | None = None,
    author: str | None = None,
    keep_all: bool = False,
    pings: bool = False,
    now: datetime,
) -> ImportReport:
    """Write posts and comments below `into` for pages that were saved as plain text.

    Args:
        files: the pages.
        into: the content folder; it and its `site.toml` are made if they are not there.
        url: the page's address; its origin is the site.
        date: when the post was published; none of it is guessed.
        author: who wrote the post, if not the one whom the page names.
        keep_all: leave donation boxes, authors' notes and the like in the post.
        pings: take pingbacks, too.
        now: what posts and comments without a date have as `updated`, once.

    Raises:
        UsageError: something is missing or does not fit together; nothing was written.
        ContentError: the only page is none that can be imported.
        StorageError: the system would not let us read or write.
    """
    wish = _checked(files, url=url, date=date, author=author)
    run = _Import(into, replace(wish, keep_all=keep_all, pings=pings, now=now))
    for file in files:
        try:
            run.take(file)
        except ContentError as error:
            if len(files) == 1:
                raise ContentError(f"{file}: {error.what}", error.remedy) from None
            run.problems.append(Problem(str(file), error.what, error.remedy, error.line))
    return ImportReport(tuple(run.rows), tuple(run.warnings), tuple(run.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What the caller wants, checked."""

    url: str | None = None
    date: str | None = None
    author: str | None = None
    keep_all: bool = False
    pings: bool = False
    now: datetime = dates.EPOCH


def _checked(
    files: Sequence[Path], *, url: str | None, date: str | None, author: str | None
) -> _Wish:
    if not files:
        raise UsageError("no page to import; name a file that holds one, saved as plain text")
    for file in files:
        check_is_file(file)
    if url is not None and len(files) > 1:
        raise UsageError(f"--url is the address of one page; import these {len(files)} one by one")
    return _Wish(
        url=checked_url(url) if url is not None else None,
        date=_checked_date(date) if date is not None else None,
        author=one_line(author or "") or None,
    )


def checked_url(url: str) -> str:
    """Return the address that `--url` gives.

    Raises:
        UsageError: it is none.
    """
    # Bytes that are no text reach us as lone surrogates, which no address can hold.
    address = urls.encoded(url.strip()) if url.isprintable() else ""
    if not urls.is_web_url(address):
        raise UsageError(f"--url {quoted(url)}: not an address; write it whole, https://…")
    if "@" in urlsplit(address).netloc:
        raise UsageError("--url: there is a user name in it; leave that out, feeds are public")
    return address.partition("#")[0]


def _checked_date(date: str) -> str:
    try:
        dates.parse(date, UTC)
    except ContentError as error:
        raise UsageError(f"--date: {error}") from None
    return date_value(date) or one_line(date)


# --- one page after the other ---------------------------------------------------------------------

_CHECK_ENCODING = "look at the accents in what was written, or save the page as UTF-8"


class _Import:
    """Takes pages, writes what they say, and keeps the report."""

    def __init__(self, into: Path, wish: _Wish) -> None:
        self.rows: list[Row] = []
        self.warnings: list[Problem] = []
        self.problems: list[Problem] = []
        self._into = into
        self._wish = wish
        self._posts: _Posts | None = None
        self._site = settings.load(into) if is_there(into / FILE_NAME) else None
        if not self._site and not wish.url:
            raise UsageError(
                f"{into / FILE_NAME}: no such file, so it is not known whose page this is;"
                " give the page's address with --url, or write a site.toml first (`feeds init`)"
            )

    def take(self, file: Path) -> None:
        """Import one page.

        Raises:
            ContentError: it cannot be imported.
        """
        text, is_utf8 = _read_page(file)
        page = saved_page.parse(text, keep_all=self._wish.keep_all)
        if not is_utf8:
            self._warn(file, "not UTF-8, so it was read as Windows-1252", _CHECK_ENCODING)
        amount = (
            f"{_many(len(page.paragraphs), 'paragraph')}, {_many(len(page.comments), 'comment')}"
        )
        self.rows.append(Row(Outcome.READ, str(file), f"{quoted(page.title)}: {amount}"))
        self._warn_of_count(file, page)
        site = self._site_of(file, page, text)
        if self._posts is None:
            self._posts = _posts_in(self._into, site)
        # Without an address, a page is known again by its title.
        known = None if self._wish.url else self._posts.by_title.get(page.title)
        name = known or native.post_name(self._wish.url, page.title)
        place = self._into / site.comments_place.path / name
        if not stays_in(place, self._into) and not site.content.symlinks:
            hint = "give the post another `slug`, or set symlinks = true below [content]"
            raise UsageError(f"{place}: leads out of the content folder; {hint}")
        self._take_post(page, name, site)
        self._take_comments(page, name, site)
        self.rows += [Row(Outcome.LEFT_OUT, left.what, left.text) for left in page.left_out]

    def _warn(self, path: Path, what: str, remedy: str, line: int | None = None) -> None:
        self.warnings.append(Problem(str(path), what, remedy, line, Severity.WARNING))

    def _warn_of_count(self, file: Path, page: SavedPage) -> None:
        there = len(page.comments)
        if page.responses is not None and page.responses != there:
            what = f"the page says {_many(page.responses, 'response')} and has {there}"
            remedy = "the others are not in the file, or were not recognised"
            self._warn(file, what, remedy, page.responses_line)

    # The site

    def _site_of(self, file: Path, page: SavedPage, text: str) -> Settings:
        if self._site:
            self._compare(self._site, file, page)
            return self._site
        path = self._into / FILE_NAME
        written = page_site.site_toml(
            page,
            text,
            file=file.name,
            url=self._wish.url or "",
            author=self._wish.author,
            date=self._wish.date,
            this_year=self._wish.now.year,
        )
        self._site = settings.parse(written, self._into, str(path))
        self._write(path, written.encode())
        return self._site

    def _compare(self, site: Settings, file: Path, page: SavedPage) -> None:
        """Warn where the page says something else of the site than `site.toml`, which holds."""
        path = self._into / FILE_NAME
        said = (
            ("rights", site.rights, page.rights),
            ("entries of [footer]", site.footer.entries, page.entries_label),
            ("comments of [footer]", site.footer.comments, page.comments_label),
        )
        for key, ours, theirs in said:
            if theirs and theirs != ours:
                here = quoted(ours, MAX_DETAIL) if ours else "not there"
                what = f"{key}: {here}, and {file} says {quoted(theirs, MAX_DETAIL)}"
                self._warn(path, what, "change it if the page is right")
        if self._wish.url and page_site.host(self._wish.url) != page_site.host(site.url):
            what = f"url: {site.url}, and {file} comes from {urls.origin(self._wish.url)}"
            self._warn(path, what, "import the pages of another site into a folder of their own")

    # The post

    def _take_post(self, page: SavedPage, name: str, site: Settings) -> None:
        date = self._wish.date or page.date
        prefix = f"{self._wish.date[:10]}-" if self._wish.date else ""
        folder = self._into / site.posts_place.path
        known = self._posts.by_name if self._posts else {}
        target = known.setdefault(name, folder / f"{prefix}{name}.md")
        head = {
            "title": page.title,
            "author": self._wish.author or page.author,
            "date": date,
            "updated": None if date else self._updated(len(page.comments)),
            "permalink": _permalink(self._wish.url),
            "responses": page.responses,
        }
        self._take_file(target, head, page.paragraphs, "" if date else _UNDATED)

    def _take_comments(self, page: SavedPage, name: str, site: Settings) -> None:
        folder = self._into / site.comments_place.path / name
        there = _comment_files(self._into, name, site)
        taken = {c.id for c in page.comments if self._wish.pings or not c.is_ping}
        for after, comment in zip(
            range(len(page.comments) - 1, -1, -1), page.comments, strict=True
        ):
            target = folder / f"{comment.id}.md"
            if comment.id not in taken:
                hint = f"{display_name(comment.name)}; --pings takes it"
                self.rows.append(Row(Outcome.LEFT_OUT, f"pingback {comment.id}", hint))
            elif there.get(comment.id, target) != target:
                hint = f"holds comment {comment.id} already"
                self.rows.append(Row(Outcome.KEPT, str(there[comment.id]), hint))
            else:
                head = _comment_head(comment, taken, site.limits.name, self._updated(after))
                self._take_file(target, head, comment.paragraphs)

    def _updated(self, after: int) -> str:
        """Return the day of import for something undated, with so many behind it on the page.

        A second apart, so that readers, which sort by time, show them in the page's order.
        """
        return dates.rfc3339(self._wish.now - timedelta(seconds=after))

    # Files

    def _take_file(
        self, path: Path, head: native.Head, paragraphs: Sequence[str], hint: str = ""
    ) -> None:
        """Write a content file, if it is not there; say so if it is there and differs."""
        old = bytes_of(path)
        if old is None:
            self._write(path, native.document(head, paragraphs).encode(), hint)
            return
        # What the page does not say (when it was imported, where it stands) stands as it is there.
        there = _head_of(old)
        if head.get("updated"):
            head = {**head, "updated": there.name("updated") or head["updated"]}
        if "permalink" in head and not head["permalink"]:
            head = {**head, "permalink": there.name("permalink")}
        if native.document(head, paragraphs).encode() == old:
            self.rows.append(Row(Outcome.UNCHANGED, str(path)))
        else:
            hint = (
                "differs from the page (edited since?), so it stays; delete it to import it again"
            )
            self.rows.append(Row(Outcome.KEPT, str(path), hint))

    def _write(self, path: Path, data: bytes, hint: str = "") -> None:
        write_whole(path, data)
        self.rows.append(Row(Outcome.WRITTEN, str(path), hint))


_UNDATED = "no date was found, so it counts as changed today; --date 2017-04-14 gives one"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _comment_head(comment: SavedComment, taken: set[str], limit: int, updated: str) -> native.Head:
    return {
        # A name that is an e-mail address must not get into anybody's repository.
        "author": display_name(comment.name, limit),
        "parent": comment.parent if comment.parent in taken else None,
        "date": comment.date,
        "updated": None if comment.date else updated,
        "type": "pingback" if comment.is_ping else None,
    }


def _permalink(url: str | None) -> str | None:
    """Return the page's address, unless it is only that of its site."""
    if not url:
        return None
    parts = urlsplit(url)
    return url if parts.path.strip("/") or parts.query else None


# --- what is there --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Posts:
    """The posts that are there already, wherever they were moved and whatever day they got."""

    #: Where each stands.
    by_name: dict[str, Path] = field(default_factory=dict)
    #: What each is called.
    by_title: dict[str, str] = field(default_factory=dict)


def _posts_in(into: Path, site: Settings) -> _Posts:
    found = _Posts()
    tree = Tree(into, str(into), follow_links=site.content.symlinks)
    place = site.posts_place
    if not tree.has(place.path):
        return found
    for file in tree.files(place.path, place.suffixes, []):
        fields = _fields_of(file, site)
        name = fields.name("slug") or posts.file_name(file.relative)[0]
        found.by_name.setdefault(name, into / place.path / file.relative)
        found.by_title.setdefault(fields.name("title") or "", name)
    return found


def _fields_of(file: File, site: Settings) -> Fields:
    try:
        return Fields(front_matter.split(read_text(file, site.limits.post).text).head, file.shown)
    except ContentError:
        return Fields({}, file.shown)


def _comment_files(into: Path, name: str, site: Settings) -> dict[str, Path]:
    """Return where the comments stand that the post has already, by id, in whatever form."""
    tree = Tree(into, str(into), follow_links=site.content.symlinks)
    place = site.comments_place
    if not tree.has(place.path):
        return {}
    return {
        comment.id: into / place.path / file.relative
        for file in tree.files(place.path, place.suffixes, [])
        if (file.folder or file.stem) == name
        for comment in comments.read(file, site)[0]
    }


def _head_of(data: bytes) -> Fields:
    try:
        return Fields(front_matter.split(data.decode()).head, "")
    except (UnicodeDecodeError, ContentError):
        return Fields({}, "")


# --- disk ----------------------------------------------------------------------------------------


def _read_page(file: Path) -> tuple[str, bool]:
    """Return the text of a page, and whether it is UTF-8."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_PAGE + 1)
    except OSError as error:
        raise unreadable(file, error) from error
    if len(data) > MAX_PAGE:
        what = f"more than {MAX_PAGE // 1_000_000} MB, which is no blog page"
        raise ContentError(what, "cut it into pages, each with one post and its comments")
    try:
        return data.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), False
