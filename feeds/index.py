"""The index: everything that was read, in SQLite, and what is public of it, ready to be asked.

A cache, never truth: whatever is wrong with it, a build from nothing gives the same bytes. It knows
the files, the posts and comments in them (as they were when they last could be read), which posts
are public and where, and which folder of comments belongs to which. Whatever changes touches the
names of posts; only what shows them is composed anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

from feeds import rows, tables, threads, wrong
from feeds.errors import Problem, Severity
from feeds.fresh import OUTLINE_COLUMNS, NewComments, Thread, thread
from feeds.ids import post_id
from feeds.known import KnownFiles, path_of
from feeds.layouts import Kind
from feeds.linking import Finder
from feeds.model import Comment, Post
from feeds.public import (
    PublicComment,
    PublicPost,
    comment_update,
    newest_first,
    public_posts,
    public_thread,
    qualified,
)
from feeds.settings import Settings
from feeds.sources.posts import file_name
from feeds.urls import comment_id
from feeds.visibility import APPROVED
from feeds.wrong import KnownProblems

#: What is sorted at once must fit into the memory that SQLite has, or it needs a disk for it.
_MOST_UNSORTED = 100_000
#: What is at hand of more posts weighs too much.
_MOST_OUTLINES = 20_000
#: So many questions take less time than one for all.
_FEW = 100
#: So many values may stand in one question.
_MANY_AT_ONCE = 500

Row: TypeAlias = tuple[Any, ...]
_path = attrgetter("path")
#: Where a comment stands: its file and line.
_PLACE = itemgetter(0, 1)


class Index:
    """One database; not shared between processes while it is written.

    Args:
        database: as `create` made it, or an older run of it.
        settings: the site that it is of.
        now: what is dated later is not public.
    """

    def __init__(self, database: sqlite3.Connection, settings: Settings, now: datetime) -> None:
        self.database = database
        #: The moment of the build.
        self.now = now
        #: Whether nothing was known of any file when this build began.
        self.is_new = False
        #: Whether a later build is to find here what this one knows.
        self.is_kept = True
        #: Which files there are.
        self.known = KnownFiles(database)
        #: What is wrong, by what it is wrong with.
        self.wrong = KnownProblems(database)
        self._settings = settings
        #: How many more comments there may be before they are sorted; None: they are.
        self._room: int | None = None
        self._is_public_sorted = True
        self._lacks_later = False
        #: Where comments stand and what they come to, as long as they are few and new; None: there is
        #: an index for that.
        self._fresh: NewComments | None = None
        #: All posts, as long as they are few and new; None: they must be fetched.
        self._outlines: list[Post] | None = None
        #: What `publish_posts` found.
        self._published: tuple[list[PublicPost], list[Post], set[str]] | None = None
        self._finder: Finder | None = None

    def create(self, *, kept: bool = True) -> None:
        """Make the tables; they are slow to ask until `complete`."""
        self.is_new = True
        self.is_kept = kept
        self._room = _MOST_UNSORTED
        self._is_public_sorted = False
        self._lacks_later = True
        self._fresh = NewComments(int(self.now.timestamp()))
        self._outlines = []
        self._execute(tables.SCHEMA)
        self.known.create()
        self.wrong.create()

    def complete(self) -> None:
        """Make what finds things quickly in new tables, as far as this build asks for it."""
        if self._room is not None:
            self._room = None
            if not self._fresh or not self._fresh.is_handy:
                self._fresh = None
                self._execute(tables.LOOKUPS)
        if not self._fresh:  # there are many, and they weigh; or there was an index before
            self.known.write()

    def complete_for_later(self) -> None:
        """Write what is known of files, and make what finds things quickly in a later build.

        Other processes may ask meanwhile, if everything was flushed before.
        """
        if self._lacks_later:
            self._lacks_later = False
            self._execute(tables.LATER_LOOKUPS)
            self._sort()
        if self.is_new:
            self.known.write()

    def _sort(self) -> None:
        """Find comments by an index from now on."""
        if self._fresh:
            self._fresh = None
            if self._room is None:
                self._execute(tables.LOOKUPS)

    def elsewhere(self, database: sqlite3.Connection) -> Index:
        """Return this index for another process to ask, which has a connection of its own.

        What was written must have been flushed before.
        """
        index = Index(database, self._settings, self.now)
        index._fresh = self._fresh
        return index

    def _execute(self, statements: str) -> None:
        for statement in statements.split(";"):  # `executescript` would commit first
            self.database.execute(statement)

    # --- what was read ----------------------------------------------------------------------------

    def folders(self) -> set[str]:
        """Return every folder that held a file, or something that is none of ours and a problem."""
        return self.known.folders() | self.wrong.names(wrong.FOLDER)

    def forget(self, folder: str, name: str) -> None:
        """Drop a file that is gone, and what stood in it."""
        file = path_of(folder, name)
        self.known.forget(folder, name)
        self.wrong.replace_in(wrong.FILE, file, ())
        self.drop_contents(file)

    def drop_contents(self, file: str) -> None:
        """Drop what stood in a file, which is about to be read again."""
        self._outlines = None
        self._sort()
        self.database.execute("DELETE FROM posts WHERE file = ?", (file,))
        self.database.execute("DELETE FROM comments WHERE file = ?", (file,))

    def add_posts(self, found: Sequence[Row]) -> None:
        """Add posts, as `rows.from_post` gives them."""
        self.database.executemany("INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", found)
        if self._outlines is not None:
            # Now another process may be at work; when all are there, none is.
            self._outlines += [rows.to_outline(row[0], row[1], row[5]) for row in found]
            if len(self._outlines) > _MOST_OUTLINES:
                self._outlines = None

    def add_comments(self, found: Sequence[Row]) -> None:
        """Add comments, as `rows.from_comment` gives them."""
        if self._room is not None:
            self._room -= len(found)
            if self._room < 0:
                self._sort()
                self.complete()
                self.complete_for_later()
        if self._fresh:
            self._fresh.add(found)
        self.database.executemany(
            "INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", found
        )

    def comments_of(self, file: str) -> list[Row]:
        """Return the rows of the comments in a file, in their order."""
        query = "SELECT * FROM comments WHERE file = ? ORDER BY line"
        return self.database.execute(query, (file,)).fetchall()

    def begin_attempt(self) -> None:
        """Begin something that may have to be undone by itself."""
        self.database.execute("SAVEPOINT attempt")

    def undo_attempt(self) -> None:
        """Undo what was done since `begin_attempt`."""
        self.database.execute("ROLLBACK TO attempt")
        self.database.execute("RELEASE attempt")

    def keep_attempt(self) -> None:
        """Keep what was done since `begin_attempt`."""
        self.database.execute("RELEASE attempt")

    def flush(self) -> None:
        """Write everything where other processes can read it."""
        self.database.execute("COMMIT")
        self.database.execute("BEGIN EXCLUSIVE")

    def post_of(self, file: str) -> Row | None:
        """Return the row of the post in a file."""
        found: Row | None = self.database.execute(
            "SELECT * FROM posts WHERE file = ?", (file,)
        ).fetchone()
        return found

    def comment_folders_of(self, file: str) -> set[str]:
        """Return the folders under which the comments in a file are filed."""
        found = self.database.execute(
            "SELECT DISTINCT folder FROM comments WHERE file = ?", (file,)
        )
        return {row[0] for row in found}

    # --- what is public ---------------------------------------------------------------------------

    def publish_posts(self, folders: Iterable[str]) -> None:
        """Do what of `resolve_posts` asks for no comments, as soon as all posts are there.

        Args:
            folders: those that comments may be filed under: whose each is, is found out, too.
        """
        public, posts, _ = self._published = self._publish()
        self._finder = Finder(public, posts, self._unreadable(), self._settings)
        for folder in folders:
            self._finder.find(folder)

    def resolve_posts(self) -> set[str]:
        """Find which posts are public and which folder belongs to which; return the names touched."""
        public, posts, touched = self._published or self._publish()
        self._published = None
        touched |= self._replace_links(public, posts)
        if not self._is_public_sorted:
            self._is_public_sorted = True
            self._execute(tables.PUBLIC_LOOKUPS)
        return touched

    def _publish(self) -> tuple[list[PublicPost], list[Post], set[str]]:
        """Find which posts are public; return these, all there are, and the names touched."""
        posts, self._outlines = self._outlines, None
        if posts is None:
            query = "SELECT file, name, head FROM posts ORDER BY file"
            posts = [rows.to_outline(*row) for row in self.database.execute(query)]
        posts.sort(key=_path)
        if self._settings.content.layout:
            posts = qualified(posts)
        public, problems = public_posts(posts, self._settings, self.now)
        self.wrong.replace(wrong.SITE, problems)
        return public, posts, self._replace_public(public)

    def _replace_public(self, public: list[PublicPost]) -> set[str]:
        """Write which posts are public; return the names of those that are others now, or gone."""
        old = {
            row[0]: row[1:9]
            for row in self.database.execute(
                "SELECT name, file, id, permalink, output_name, published, updated, type, policy FROM public"
            )
        }
        changed = public
        if old:
            changed = [
                post for post in public if old.pop(post.post.name, None) != _public_row(post)
            ]
        for name in old:
            self.database.execute("DELETE FROM public WHERE name = ?", (name,))
            self.wrong.replace(wrong.THREAD + name, ())
        self.database.executemany(
            "INSERT OR REPLACE INTO public VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, 0)",
            # In the order of the table's own key, in which it takes them quickest.
            ((post.post.name, *_public_row(post)) for post in sorted(changed, key=_name)),
        )
        return {*old, *map(_name, changed)}

    def _replace_links(self, public: list[PublicPost], posts: list[Post]) -> set[str]:
        old = {row[0]: row[1:] for row in self.database.execute("SELECT * FROM links")}
        folders = self._fresh.folders() if self._fresh else self._comment_folders()
        if not old and not folders:
            return set()
        unreadable, finder = self._unreadable(), self._finder
        self._finder = None
        if not finder or finder.unreadable != unreadable:
            finder = Finder(public, posts, unreadable, self._settings)
        new = {folder: finder.find(folder) for folder in folders}
        changed = {
            folder for folder in old.keys() | new.keys() if old.get(folder) != new.get(folder)
        }
        self.database.executemany("DELETE FROM links WHERE folder = ?", ((f,) for f in changed))
        self.database.executemany(
            "INSERT INTO links VALUES (?, ?, ?)", ((f, *new[f]) for f in changed if f in new)
        )
        names = [post.post.name for post in public]
        self._replace_orphans(names)
        found = (link[folder][0] for link in (old, new) for folder in changed if folder in link)
        return {name for name in found if name}

    def _comment_folders(self) -> list[str]:
        query = "SELECT DISTINCT folder FROM comments"
        return [folder for (folder,) in self.database.execute(query)]

    def _unreadable(self) -> list[str]:
        """Return the names of posts in files that say nothing we understand, and never did.

        Comments on them are neither published nor a problem.
        """
        query = "SELECT 1 FROM posts WHERE file = ?"
        return [
            file_name(name)[0]
            for file in sorted(self.wrong.names(wrong.FILE))
            if (name := self._name_in_posts(file))
            and not self.database.execute(query, (file,)).fetchone()
        ]

    def _name_in_posts(self, file: str) -> str | None:
        """Return the path of a file within its folder for posts; None if it is in none."""
        places = self._settings.places
        place = next((place for place in places if place.holds(file)), None)
        is_post = place is not None and place.kind is Kind.POST
        return file.removeprefix(f"{place.path}/") if place and is_post else None

    def link(self, folders: Iterable[str]) -> bool:
        """Link folders of comments that changed to their posts, where that asks for no search.

        False: it takes `resolve_posts`, as nobody knows where one belongs, or did before.
        """
        for folder in folders:
            query = "SELECT name, silent FROM links WHERE folder = ?"
            link = self.database.execute(query, (folder,)).fetchone()
            query = "SELECT 1 FROM comments WHERE folder = ? LIMIT 1"
            any_comment = self.database.execute(query, (folder,)).fetchone()
            if link == (None, 0) or (link and not any_comment):
                return False
            if any_comment and not link:
                if not self._is_of_one(folder):
                    return False
                self.database.execute("INSERT INTO links VALUES (?, ?, 0)", (folder, folder))
        return True

    def _is_of_one(self, folder: str) -> bool:
        """Tell whether a folder is called as one public post is, and no other post of any kind."""
        query = (
            "SELECT file FROM posts WHERE name = ? UNION ALL SELECT file FROM public WHERE name = ?"
        )
        files = self.database.execute(query, (folder, folder)).fetchall()
        return len(files) == 2 and files[0] == files[1]

    def names_of(self, folders: Iterable[str]) -> set[str]:
        """Return the names of the public posts that folders belong to."""
        query = "SELECT name FROM links WHERE folder = ? AND name IS NOT NULL"
        found = (self.database.execute(query, (folder,)).fetchone() for folder in folders)
        return {row[0] for row in found if row}

    def names_from(self, names: Iterable[str]) -> set[str]:
        """Return the names under which posts are public that call themselves by one of `names`."""
        query = (
            "SELECT public.name FROM public JOIN posts ON posts.file = public.file"
            " WHERE posts.name = ?"
        )
        return {row[0] for name in names for row in self.database.execute(query, (name,))}

    def public_names(self) -> set[str]:
        """Return the name of every public post."""
        return {name for (name,) in self.database.execute("SELECT name FROM public")}

    def resolved_at(self) -> datetime | None:
        """Return the moment at which what is public was last found out."""
        said = self.get("resolved_at")
        return datetime.fromtimestamp(int(said), UTC) if said else None

    def set_resolved(self) -> None:
        """Note that what is public has been found out for the moment of this build."""
        self.set("resolved_at", str(rows.seconds(self.now)))

    def resolve_threads(self, names: Collection[str]) -> None:
        """Count the public comments of posts, and note what is wrong with their threads."""
        linked = self._values("SELECT name FROM links WHERE name IS NOT NULL", "name", names)
        counted = self._values("SELECT name FROM public WHERE count", "name", names)
        query = "SELECT scope FROM problems WHERE scope >= 'thread ' AND scope < 'thread!'"
        told = self._values(query, "scope", [wrong.THREAD + name for name in names])
        plain = self._fresh_threads(names) if self._fresh else self._plain_threads(names)
        found: list[Row] = []
        for name in names:
            problems: list[Problem] = []
            count, newest, is_dated = plain.get(name, (0, None, False))
            if name in linked and name not in plain:
                count, newest, problems = self._count(name)
            if count or name in counted:
                found.append((count, newest, is_dated, name))
            if problems or wrong.THREAD + name in told:
                self.wrong.replace(wrong.THREAD + name, problems)
        self.database.executemany(
            "UPDATE public SET count = ?, last_comment = ?, plain = ? WHERE name = ?", found
        )

    def _fresh_threads(self, names: Collection[str]) -> dict[str, Thread]:
        """Return what `_plain_threads` does, of comments that are new."""
        assert self._fresh
        query = "SELECT name, folder FROM links WHERE name IS NOT NULL"
        folders: dict[str, list[str]] = {}
        for name, folder in self.database.execute(query):
            folders.setdefault(name, []).append(folder)
        result = {}
        for name in folders.keys() & names:
            first, *more = folders[name]
            if more or first not in self._fresh.threads:
                test, values = self._fresh.where(folders[name])
                query = f"SELECT {OUTLINE_COLUMNS} FROM comments WHERE {test}"
                rows = self.database.execute(query, values).fetchall()
                found = thread(rows, self._fresh.now)
            else:
                found = self._fresh.threads[first]
            if found:
                result[name] = found
        return result

    def _plain_threads(self, names: Collection[str]) -> dict[str, Thread]:
        """Return what the threads come to that nothing is wrong with, and all of which are public."""
        now = rows.seconds(self.now)
        query = (
            "SELECT p.name, count(*), count(DISTINCT c.own), max(c.parent > ''),"
            f" max(c.parent_index != 0 OR c.status NOT IN ({_marks(APPROVED)})),"
            " max(coalesce(c.date, p.published, p.updated)),"
            " max(CASE WHEN c.changed <= ? THEN c.changed END), max(c.date IS c.changed)"
            " FROM public p CROSS JOIN links l ON l.name = p.name"
            " CROSS JOIN comments c ON c.folder = l.folder {} GROUP BY p.name"
        )
        found: Iterable[Row] = (
            self.database.execute(query.format(""), (*APPROVED, now))
            if len(names) > _FEW
            else chain.from_iterable(
                self.database.execute(query.format("WHERE p.name = ?"), (*APPROVED, now, name))
                for name in names
            )
        )
        result = {}
        answering: list[str] = []
        for name, count, ids, answers, is_odd, newest, changed, undated in found:
            # One that is still to come is not public; the date of a post is never one.
            if name not in names or is_odd or ids < count or newest > self.now.timestamp():
                continue
            if answers:
                answering.append(name)
            result[name] = Thread(count, max(newest, changed or newest), not undated)
        for name in self._unsound(answering):
            del result[name]
        return result

    def _unsound(self, names: Sequence[str]) -> Iterator[str]:
        """Yield the names of those posts on which a comment answers none, or in the end itself."""
        for start in range(0, len(names), _FEW):
            lot = names[start : start + _FEW]
            query = (
                "SELECT l.name, c.own, c.parent FROM links l"
                f" CROSS JOIN comments c ON c.folder = l.folder WHERE l.name IN ({_marks(lot)})"
            )
            parents: dict[str, dict[str, str | None]] = {}
            for name, own, parent in self.database.execute(query, lot):
                parents.setdefault(name, {})[own] = parent
            yield from (name for name, found in parents.items() if not threads.is_sound(found))

    def _values(self, query: str, column: str, asked: Collection[str]) -> set[str]:
        """Return the values of a column, at least those that are asked for if these are few."""
        if len(asked) > _FEW:
            return {value for (value,) in self.database.execute(query)}
        test = f"{query} AND {column} = ?"
        return {v for value in asked for (v,) in self.database.execute(test, (value,))}

    def _count(self, name: str) -> tuple[int, int | None, list[Problem]]:
        """Return how many public comments a post has, when the last came, and what is wrong."""
        query = "SELECT published, updated FROM public WHERE name = ?"
        post = self.database.execute(query, (name,)).fetchone()
        if not post:
            return 0, None, []
        visible, problems = threads.thread(self._light_comments(name), self.now)
        dated = datetime.fromtimestamp(post[1] if post[0] is None else post[0], UTC)
        newest = max(
            (comment_update(comment, dated, self.now) for comment in visible), default=None
        )
        return len(visible), rows.seconds(newest), problems

    def come_due(self, since: datetime) -> tuple[bool, set[str]]:
        """Tell what time alone has changed since then: whether posts, and which folders."""
        span = {"since": rows.seconds(since), "now": rows.seconds(self.now)}
        test = "(date > :since AND date <= :now OR {0} > :since AND {0} <= :now)"
        posts = self.database.execute(
            f"SELECT 1 FROM posts WHERE {test.format('updated')}"
            " OR expires > :since AND expires <= :now LIMIT 1",
            span,
        )
        folders = self.database.execute(
            f"SELECT DISTINCT folder FROM comments WHERE {test.format('changed')}", span
        )
        return posts.fetchone() is not None, {row[0] for row in folders}

    def next_due(self) -> int | None:
        """Return when something dated ahead comes due, in seconds since 1970."""
        found = self.database.execute(
            "SELECT min(at) FROM (SELECT min(date) AS at FROM posts WHERE date > :now"
            " UNION ALL SELECT min(updated) FROM posts WHERE updated > :now"
            " UNION ALL SELECT min(expires) FROM posts WHERE expires > :now"
            " UNION ALL SELECT min(date) FROM comments WHERE date > :now"
            " UNION ALL SELECT min(changed) FROM comments WHERE changed > :now)",
            {"now": rows.seconds(self.now)},
        )
        due: int | None = found.fetchone()[0]
        return due

    # --- what feeds ask ---------------------------------------------------------------------------

    def entries(self, limit: int) -> list[PublicPost]:
        """Return the newest posts that are entries, bodies and all."""
        newest = self._newest_posts("public.type = 'post'", limit)
        return [post for entry in newest if (post := self._with_body(entry))]

    def entries_without_body(self, limit: int) -> list[str]:
        """Return the files of those of the newest entries whose bodies were not read yet."""
        query = "SELECT 1 FROM posts WHERE file = ? AND body IS NULL"
        files = [post.post.path for post in self._newest_posts("public.type = 'post'", limit)]
        return [file for file in files if self.database.execute(query, (file,)).fetchone()]

    def set_body(self, row: Row) -> None:
        """Note the body of a post, if what else its row says is what is known of it."""
        self.database.execute(
            "UPDATE posts SET body = ?7 WHERE file = ?1 AND name = ?2 AND date IS ?3"
            " AND updated IS ?4 AND expires IS ?5 AND head = ?6 AND markup = ?8",
            row,
        )

    def posts_with_feed(self, limit: int) -> list[PublicPost]:
        """Return the newest posts and pages that have a comments feed."""
        return self._newest_posts("(count > 0 OR policy = 'open')", limit)

    def count_with_feed(self) -> int:
        """Return how many posts and pages have a comments feed."""
        query = "SELECT count(*) FROM public WHERE count > 0 OR policy = 'open'"
        return int(self.database.execute(query).fetchone()[0])

    def names_with_feed(self, among: Collection[str] | None = None) -> list[tuple[str, str, int]]:
        """Return name, output name and number of comments of every post with a comments feed.

        Args:
            among: only of those with one of these names, which are few.
        """
        query = (
            "SELECT name, output_name, count FROM public"
            " WHERE (count > 0 OR policy = 'open') {} ORDER BY name"
        )
        if among is None:
            return self.database.execute(query.format("")).fetchall()
        where = f"AND name IN ({_marks(among)})"
        return self.database.execute(query.format(where), tuple(among)).fetchall()

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield the file and the address of every public post and page."""
        yield from self.database.execute("SELECT file, permalink FROM public ORDER BY file")

    def newest_update(self) -> datetime | None:
        """Return when anything public last changed."""
        newest = self.database.execute("SELECT max(updated) FROM public").fetchone()[0]
        return None if newest is None else datetime.fromtimestamp(newest, UTC)

    def comments(self, limit: int) -> list[PublicComment]:
        """Return the newest comments of all posts and pages, bodies and all."""
        dated = self._names_of_newest_comments(limit)
        found = [c for name in dated for c in self._thread(self.post(name), limit) if c.published]
        if len(found) < limit:
            everyone = self.database.execute("SELECT name FROM public WHERE count > 0").fetchall()
            found = [c for (name,) in everyone for c in self._thread(self.post(name), limit)]
        return [self._with_text(comment) for comment in newest_first(found, limit)]

    def _names_of_newest_comments(self, limit: int) -> set[str]:
        """Return the posts on which the newest dated comments may stand, those of one second all.

        A few hidden ones among them do no harm: the thread of the post decides.
        """
        query = (
            "SELECT c.date, l.name FROM comments c CROSS JOIN links l ON l.folder = c.folder"
            " WHERE c.published IS NOT NULL AND c.date <= ? AND l.name IS NOT NULL"
            " AND c.status IN ('approved', 'published') ORDER BY c.date DESC"
        )
        names: set[str] = set()
        last, seen = None, 0
        for date, name in self.database.execute(query, (rows.seconds(self.now),)):
            if seen >= limit and date != last:
                break
            names.add(name)
            last, seen = date, seen + 1
        return names

    def post(self, name: str) -> PublicPost:
        """Return the public post of that name, without its body."""
        post = self.find_post(name)
        if post is None:
            raise LookupError(name)
        return post

    def posts(self, names: Sequence[str]) -> list[PublicPost]:
        """Return the public posts of those names, in their order, without their bodies."""
        found = self._posts(f"public.name IN ({_marks(names)})", tuple(names))
        by_name = {post.post.name: post for post in found}
        return [by_name[name] for name in names]

    def find_post(self, name: str) -> PublicPost | None:
        """Return the public post of that name, without its body; None if there is none."""
        found = self._posts("public.name = ?", (name,))
        return found[0] if found else None

    def thread(self, name: str, limit: int | None) -> list[PublicComment]:
        """Return the newest comments on a public post; all without bodies if there is no limit."""
        return self.thread_on(self.post(name), limit)

    def thread_on(self, post: PublicPost, limit: int | None) -> list[PublicComment]:
        """Return the newest comments on a post that is at hand; see `thread`."""
        return self._thread(post, None) if limit is None else self.threads_on([post], limit)[0]

    def threads_on(self, posts: Sequence[PublicPost], limit: int) -> list[list[PublicComment]]:
        """Return the newest comments on each of some posts, bodies and all."""
        # Nearly every thread is read whole, unless what is hidden of it is much. One step after the
        # other with all of them: the processor has it at hand.
        filed = [
            self._filed_under(post.post.name, rows.COMMENT_COLUMNS, limit + 1)
            if post.count <= limit
            else None
            for post in posts
        ]
        whole = [
            [rows.to_comment(row, rows.to_body(*row[-2:])) for row in found]
            if found is not None and len(found) <= limit
            else None
            for found in filed
        ]
        return [
            [self._with_text(c) for c in self._thread(post, limit)]
            if comments is None
            else public_thread(post, comments, self._settings, self.now)[0]
            for post, comments in zip(posts, whole, strict=True)
        ]

    def is_public(self, id: str) -> bool:
        """Tell whether an id is that of a public post or comment."""
        if self.database.execute("SELECT 1 FROM public WHERE id = ?", (id,)).fetchone():
            return True
        owner, mark, _ = id.partition("#comment-")
        query = "SELECT name FROM public WHERE id = ?"
        names = self.database.execute(query, (owner,)).fetchall() if mark else []
        if self._is_on_one_of(names, id):
            return True
        # An absolute URI of its own says nothing about its post: that takes a look at all.
        own = self.database.execute(
            "SELECT l.name FROM comments c JOIN links l ON l.folder = c.folder"
            " WHERE c.own = ? AND l.name IS NOT NULL",
            (id,),
        )
        return self._is_on_one_of(own.fetchall(), id)

    def _is_on_one_of(self, names: Iterable[tuple[str]], id: str) -> bool:
        return any(comment.id == id for (name,) in names for comment in self.thread(name, None))

    def known_ids(self) -> Iterator[str]:
        """Yield the id of everything in the content, hidden or not."""
        owners: dict[str, list[str]] = {}
        for row in self.database.execute("SELECT file, name, head FROM posts"):
            post = rows.to_post(*row)
            id = post_id(self._settings, post)
            owners.setdefault(post.name, []).append(id)
            yield id
        for folder, own, name in self.database.execute(
            "SELECT c.folder, c.own, l.name FROM comments c LEFT JOIN links l ON l.folder = c.folder"
        ):
            for owner in owners.get(name or folder, []):
                yield comment_id(owner, own)

    # --- problems ---------------------------------------------------------------------------------

    def problems(self, *, notes: bool) -> list[Problem]:
        """Return everything that is wrong, and, with `notes`, all that was left out and why."""
        return self.wrong.listed(notes=notes) + (list(self._silent()) if notes else [])

    def _silent(self) -> Iterator[Problem]:
        query = (
            "SELECT c.file, c.line FROM comments c JOIN links l ON l.folder = c.folder"
            " WHERE l.name IS NULL AND l.silent"
        )
        for file, line in self.database.execute(query):
            yield Problem(file, "left out: its post is hidden", "", line, Severity.NOTE)

    def _replace_orphans(self, names: list[str]) -> None:
        query = "SELECT folder FROM links WHERE name IS NULL AND NOT silent"
        orphans = []
        for (folder,) in self.database.execute(query).fetchall():
            test, values = self._filed([folder])
            query = f"SELECT min(file), count(*) FROM comments WHERE {test}"
            file, count = self.database.execute(query, values).fetchone()
            orphans.append(threads.Orphans(folder, _place(folder, file), count))
        self.wrong.replace(wrong.ORPHANS, threads.unlinked(orphans, names))

    # --- what was published -----------------------------------------------------------------------

    def outputs(self) -> dict[str, str]:
        """Return the stats of every published file, by path."""
        return dict(self.database.execute("SELECT path, stats FROM outputs"))

    def is_output(self, path: str) -> bool:
        """Tell whether a file is one that was published."""
        query = "SELECT 1 FROM outputs WHERE path = ?"
        return self.database.execute(query, (path,)).fetchone() is not None

    def count_outputs(self) -> int:
        """Return how many files were published."""
        return int(self.database.execute("SELECT count(*) FROM outputs").fetchone()[0])

    def replace_outputs(self, changed: dict[str, str | None]) -> None:
        """Note published files as they are now; None: it was removed."""
        gone = [(path,) for path, stats in changed.items() if stats is None]
        self.database.executemany("DELETE FROM outputs WHERE path = ?", gone)
        # In the order of the table's own key, in which it takes them quickest.
        there = sorted((path, stats) for path, stats in changed.items() if stats is not None)
        self.database.executemany("INSERT OR REPLACE INTO outputs VALUES (?, ?)", there)

    def get(self, key: str) -> str | None:
        """Return a note of an earlier run."""
        found = self.database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return found[0] if found else None

    def set(self, key: str, value: str) -> None:
        """Leave a note for later runs."""
        self.database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # --- rows -------------------------------------------------------------------------------------

    def _posts(self, where: str, values: Row = (), order: str = "") -> list[PublicPost]:
        found = self.database.execute(
            "SELECT public.file, public.name, posts.head, public.id, public.permalink,"
            " public.output_name, public.updated, public.count, public.last_comment"
            f" FROM public JOIN posts ON posts.file = public.file WHERE {where} {order}",
            values,
        )
        return [_public_post(row) for row in found]

    def _newest_posts(self, where: str, limit: int) -> list[PublicPost]:
        """Return the newest posts of a kind; those of the last one's second come along to compare."""
        query = f"SELECT published FROM public WHERE {where} AND published IS NOT NULL ORDER BY published DESC LIMIT 1 OFFSET ?"
        last = self.database.execute(query, (max(limit - 1, 0),)).fetchone()
        posts = self._posts(f"{where} AND published >= ?", last) if last else self._posts(where)
        return newest_first(posts, limit)

    def _with_body(self, post: PublicPost) -> PublicPost | None:
        """Return a post with its body; None if that could not be read."""
        text, markup = self.database.execute(
            "SELECT body, markup FROM posts WHERE file = ?", (post.post.path,)
        ).fetchone()
        if text is None:
            return None
        return post._replace(post=post.post._replace(body=rows.to_body(text, markup)))

    def _with_text(self, public: PublicComment) -> PublicComment:
        comment = public.comment
        test, values = self._filed([comment.folder])
        text, markup = self.database.execute(
            # In a new index by the folder, of whose comments few share a second.
            f"SELECT body, markup FROM comments WHERE {test} AND date IS ? AND file = ? AND line = ?",
            (*values, rows.seconds(comment.date), comment.path, comment.line),
        ).fetchone()
        return public._replace(comment=comment._replace(body=rows.to_body(text, markup)))

    def _thread(self, post: PublicPost, limit: int | None) -> list[PublicComment]:
        """Return the newest comments on a public post, or all, without bodies."""
        name = post.post.name
        newest = None if limit is None else self._newest_comments(name, limit)
        comments = self._light_comments(name) if newest is None else newest
        return public_thread(post, comments, self._settings, self.now, limit)[0]

    def _newest_comments(self, name: str, limit: int) -> list[Comment] | None:
        """Return the newest comments on a post, those of one second all, and what these answer.

        None: which of them are public, and which of these the newest, takes a look at all.
        """
        query = "SELECT 1 FROM public WHERE name = ? AND plain AND count > ?"
        if not self.database.execute(query, (name, limit)).fetchone():
            return None
        test, values = self._filed(self._folders_of(name))
        query = f"SELECT date FROM comments WHERE {test} ORDER BY date DESC LIMIT 1 OFFSET ?"
        last = self.database.execute(query, (*values, max(limit, 1) - 1)).fetchone()
        light = f"SELECT {rows.LIGHT_COLUMNS} FROM comments WHERE {test}"
        newest = self.database.execute(f"{light} AND date >= ?", (*values, *last)).fetchall()
        parents = {row[4] for row in newest} - {row[3] for row in newest} - {None, ""}
        if len(newest) > _MANY_AT_ONCE:
            return None
        answered = self.database.execute(
            f"{light} AND own IN ({_marks(parents)}) AND date < ?", (*values, *parents, *last)
        )
        found = sorted([*newest, *answered], key=_PLACE)
        return [rows.to_comment(row) for row in found]

    def _light_comments(self, name: str) -> list[Comment]:
        return [rows.to_comment(row) for row in self._filed_under(name, rows.LIGHT_COLUMNS, -1)]

    def _filed_under(self, name: str, columns: str, limit: int) -> list[Row]:
        """Return comments on a post, in the order of files and lines; if there are more, any."""
        test, values = self._filed(self._folders_of(name))
        query = f"SELECT {columns} FROM comments WHERE {test} LIMIT ?"
        found = self.database.execute(query, (*values, limit)).fetchall()
        found.sort(key=_PLACE)
        return found

    def _folders_of(self, name: str) -> list[str]:
        query = "SELECT folder FROM links WHERE name = ?"
        return [folder for (folder,) in self.database.execute(query, (name,))]

    def _filed(self, folders: Sequence[str]) -> tuple[str, Sequence[object]]:
        """Return what finds the comments of some folders, and the values for it."""
        if self._fresh:
            return self._fresh.where(folders)
        return f"folder IN ({_marks(folders)})", folders


def _marks(values: Collection[object]) -> str:
    """Return as many question marks as there are values."""
    return ", ".join("?" * len(values))


def _place(folder: str, file: str) -> str:
    """Return the folder that a comment's file lies in, or the list file that it stands in."""
    above = file.rpartition("/")[0]
    return above if above.endswith(folder) else file


def _name(public: PublicPost) -> str:
    return public.post.name


def _public_row(public: PublicPost) -> Row:
    post, id, permalink, output_name, published, updated, _, _ = public
    since = rows.seconds(published)
    changed = since if updated is published else rows.seconds(updated)
    return (
        post.path,
        id,
        permalink,
        output_name,
        since,
        changed,
        str(post.type),
        str(post.comments),
    )


def _public_post(row: Row) -> PublicPost:
    file, name, head, id, permalink, output_name, updated, count, last_comment = row
    post = rows.to_post(file, name, head)
    return PublicPost(
        post=post,
        id=id,
        permalink=permalink,
        output_name=output_name,
        published=post.published,
        updated=datetime.fromtimestamp(updated, UTC),
        count=count,
        last_comment=None if last_comment is None else datetime.fromtimestamp(last_comment, UTC),
    )
