"""What is wrong with a blog, by what it is wrong with: a file, a folder, a thread, a feed or all of it.

Each of these is a *scope*: what was wrong within it goes when it is looked at anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from feeds.errors import Problem, Severity

#: The scope of what is wrong with posts among themselves, and with folders of no post.
SITE = "site"
ORPHANS = "folders"
#: How the scope begins of what is wrong with one file, and so on; its name follows.
FILE, FOLDER, FEED, THREAD = "file ", "folder ", "feed ", "thread "


class KnownProblems:
    """The problems of a blog.

    Args:
        database: has the table `problems`.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        #: Whether nothing was known of any file, folder or feed when this build began.
        self._is_new = False

    def create(self) -> None:
        """Begin with nothing, in a new table."""
        self._is_new = True

    def replace(self, scope: str, problems: Iterable[Problem]) -> None:
        """Note what is wrong within a scope, instead of what was."""
        self._database.execute("DELETE FROM problems WHERE scope = ?", (scope,))
        self._database.executemany(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?)",
            ((scope, p.path, p.what, p.remedy, p.line, p.severity.value) for p in problems),
        )

    def replace_in(self, kind: str, name: str, problems: Sequence[Problem]) -> None:
        """Note what is wrong with one file, folder or feed, which is looked at once in a build.

        With a folder: with what lies in it, and is no file of ours.
        """
        if problems or not self._is_new:
            self.replace(kind + name, problems)

    def has(self, kind: str, name: str) -> bool:
        """Tell whether anything is wrong with one file, folder, feed or thread."""
        query = "SELECT 1 FROM problems WHERE scope = ?"
        return self._database.execute(query, (kind + name,)).fetchone() is not None

    def names(self, kind: str) -> set[str]:
        """Return the files, folders, feeds or threads with which something is wrong."""
        query = "SELECT DISTINCT substr(scope, ?) FROM problems WHERE scope >= ? AND scope < ?"
        span = (len(kind) + 1, kind, f"{kind[:-1]}!")
        return {name for (name,) in self._database.execute(query, span)}

    def drop_feeds(self, but: Callable[[str], bool]) -> None:
        """Drop what was wrong with feeds of which `but` does not say that they are there."""
        for path in self.names(FEED):
            if not but(path):
                self.replace(FEED + path, ())

    def listed(self, *, notes: bool) -> list[Problem]:
        """Return everything that is wrong, and, with `notes`, all that was left out and why."""
        test = "" if notes else " WHERE severity != 'note'"
        return [
            Problem(path, what, remedy, line, Severity(severity))
            for path, what, remedy, line, severity in self._database.execute(
                f"SELECT path, what, remedy, line, severity FROM problems{test}"
            )
        ]

    def count_noted(self, beginning: str) -> int:
        """Return how many files have a note that begins so."""
        query = "SELECT count(DISTINCT scope) FROM problems WHERE instr(what, ?) = 1"
        return int(self._database.execute(query, (beginning,)).fetchone()[0])
