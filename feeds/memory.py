"""Where the index lives between two builds, and whether it may be trusted.

Any doubt means a build from nothing: an index that was lost, damaged or locked, that another release
wrote, or that anybody touched since its memo was written.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from feeds import listing, unchanged
from feeds.index import Index
from feeds.listing import Look, Looking, digest_of, signature
from feeds.settings import FILE_NAME, Settings
from feeds.sources.site import Source
from feeds.tables import FORM

if TYPE_CHECKING:
    from feeds.listing import Row

#: Clocks of file systems are as coarse as two seconds: what changed so shortly before a build may
#: have changed again without its stats showing it.
_GRAIN = 2.0
#: An index of so many bytes is read in less time than SQLite takes to open it.
_SMALL = 4_000_000

#: Pages that hold a post or two each: half as large a file as with SQLite's own 4 KB.
_PRAGMAS = (
    "page_size = 16384",
    "journal_mode = MEMORY",
    "synchronous = OFF",
    "cache_size = -32000",
)


def look(
    settings: Settings,
    at: float,
    memo: Mapping[str, Any] | None = None,
    begun: Looking | None = None,
) -> Look:
    """Look at the content, as it is before anything of it is read.

    Args:
        settings: the site.
        at: the time, in seconds since 1970.
        memo: tells which folders to expect.
        begun: the lean path's look a moment ago; of use if it is one at the same places.
    """
    paths = [_path_of(settings, tree) for tree in trees_of(settings)]
    suffixes = suffixes_of(settings)
    if begun and begun.suffixes == suffixes and begun.known.keys() == set(paths):
        return begun.finish()
    seen = memo["trees"] if memo else {}
    known = {path: seen.get(path) for path in paths}
    return Looking(known, suffixes, at, much=bool(memo and memo["much"])).finish()


def glance(settings: Settings, at: float) -> Look:
    """Look at those trees only that are no folders, before anything of them is read.

    Where nothing is known, each folder is listed anyway: `with_folders` adds what was seen then.
    """
    paths = [_path_of(settings, tree) for tree in trees_of(settings)]
    known = {path: None for path in paths if not os.path.isdir(path)}
    return Looking(known, suffixes_of(settings), at, much=False).finish()


def with_folders(
    glanced: Look, settings: Settings, seen: Mapping[str, Mapping[str, bytes] | None]
) -> Look:
    """Return the look that began with a glance, with what was seen of folders since, by tree."""
    listed = {_path_of(settings, tree): listing for tree, listing in seen.items()}
    new = {path: listing for path, listing in listed.items() if path not in glanced.trees}
    is_plain = glanced.is_plain and None not in new.values()
    return Look({**new, **glanced.trees}, glanced.at, is_plain)


def trees_of(settings: Settings) -> list[str]:
    """Return every folder that content may be in, and that of the built site; none twice."""
    return [*settings.trees, *([settings.content.built] if settings.content.built else [])]


def suffixes_of(settings: Settings) -> tuple[str, ...]:
    """Return what counts as content, in a form that `str.endswith` takes."""
    return tuple(sorted({suffix for place in settings.places for suffix in place.suffixes}))


def _path_of(settings: Settings, tree: str) -> str:
    return os.path.normpath(os.path.join(os.path.realpath(settings.root), tree))


class Memory:
    """An index for one build, as a context; what it learnt is lost unless `keep` is called.

    Args:
        path: where the index is; None keeps it for this build only.
        source: the site.
    """

    def __init__(self, path: Path | None, source: Source) -> None:
        #: What the last build left; None if this one starts from nothing.
        self.memo: dict[str, Any] | None = None
        #: Where the database is; other processes may read it after `Index.flush`.
        self.file = ""
        self._path = path
        self._source = source
        self._settings = source.settings
        #: A folder for this build only; empty if there is none.
        self._temporary = ""
        self._database: sqlite3.Connection | None = None
        #: What tells this program, with its libraries, from any other.
        self.program = unchanged.program_signature()

    def __enter__(self) -> Memory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._database:
            self._database.close()
        if self._temporary:
            _remove(self._temporary)

    def open(self, now: datetime, *, clock: bool) -> Index:
        """Return the index, as the last build left it or empty.

        Args:
            now: the moment of the build.
            clock: whether that is the clock's. Then it never runs backwards from one build to the
                next: what has been published once cannot be taken back.
        """
        memo = unchanged.read_memo(unchanged.memo_path(str(self._path))) if self._path else None
        with suppress(OSError, sqlite3.Error):
            if memo and memo["index"] == _state(str(self._path)):
                self._database = self._connected(str(self._path))
                self.memo = memo
        if self._database is None:
            self._database = self._new()
        if clock and self.memo:
            now = max(now, datetime.fromtimestamp(int(self.memo["clock"]), UTC))
        index = Index(self._database, self._settings, now)
        if self.memo is None:
            index.create(kept=self._path is not None)
        return index

    def _new(self) -> sqlite3.Connection:
        """Make a database, where it belongs or, if that cannot be, where it lasts for this build."""
        if self._path:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._path.unlink(missing_ok=True)
                return self._connected(str(self._path))
            except (OSError, sqlite3.Error):
                self._path = None
        self._temporary = _private_folder()
        return self._connected(os.path.join(self._temporary, "index.sqlite"))

    def _connected(self, path: str) -> sqlite3.Connection:
        """Open a database for one writer.

        A crash leaves what it leaves: the memo does not match then, and the next build starts from
        nothing. So nothing needs to reach the disk in any order.
        """
        database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                database.execute(f"PRAGMA {pragma}")
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            database.close()
            raise
        self.file = path
        return database

    def _saved(self) -> bool:
        """Save the index; False if that failed, which costs the next build no more than time.

        It must be on the disk before a memo vouches for it: a crash of the machine may keep the
        times of a file that is written in place, and lose what was written.
        """
        assert self._database
        try:
            self._database.execute("COMMIT")
            self._database.close()
            _to_disk(str(self._path))
        except (OSError, sqlite3.Error):
            return False
        return True

    # --- what the memo tells ----------------------------------------------------------------------

    @property
    def is_of_this_program(self) -> bool:
        """Whether this program wrote the index, with the libraries that it has now."""
        return self.memo is not None and self.memo["program"] == self.program

    def distrust(self, seen: Look) -> int | None:
        """Return since when files may have changed unseen, in nanoseconds since 1970.

        None if every file must be read again: nothing is known, or the settings or the program are
        others than they were.
        """
        memo = self.memo
        if (
            memo is None
            or memo["settings"] != self._source.digest
            or not self.is_of_this_program
            or not self._is_built_the_same(memo, seen)
        ):
            return None
        return int((memo["looked"] - _GRAIN) * 1e9)

    def _is_built_the_same(self, memo: Mapping[str, Any], seen: Look) -> bool:
        built = self._settings.content.built
        if not built:
            return True
        path = _path_of(self._settings, built)
        return seen.is_plain and path in memo["trees"] and memo["trees"][path] == seen.trees[path]

    def changed_folders(self, seen: Look) -> dict[str, Iterable[str] | None]:
        """Return, for each tree, the folders whose files are not what they were; None: any."""
        memo = self.memo
        if memo is None or not seen.is_plain or not memo["plain"]:
            return dict.fromkeys(trees_of(self._settings))
        result: dict[str, Iterable[str] | None] = {}
        for tree in trees_of(self._settings):
            path = _path_of(self._settings, tree)
            now = seen.trees[path]
            if now is None and path in memo["trees"] and memo["trees"][path] is None:
                result[tree] = ()  # it is as little there as it was
                continue
            # The content was somewhere else, or what was there a moment ago was not to be seen.
            if path not in memo["trees"] or now is None:
                result[tree] = None
                continue
            then = memo["trees"][path] or {}
            folders = {f for f in then.keys() | now.keys() if then.get(f) != now.get(f)}
            racy = {f.removeprefix(tree) for f in memo["racy"] if f"{f}/".startswith(f"{tree}/")}
            result[tree] = folders | racy
        return result

    def rows(self, seen: Look) -> dict[str, list[Row]]:
        """Return what is in some of the folders that changed, by their path from the site's root."""
        result = {}
        for tree in trees_of(self._settings):
            path = _path_of(self._settings, tree)
            for folder, rows in seen.rows.items():
                if f"{folder}/".startswith(f"{path}/"):
                    result[tree + folder[len(path) :]] = rows
        return result

    def is_output_untouched(self, output: Path) -> bool:
        """Tell whether nobody has added to, or taken from, the output folder since."""
        memo = self.memo
        return memo is not None and all(
            memo["files"].get(path, ()) == signature(path) for path in _folders(output)
        )

    def keep(self, seen: Look, output: Path, files: Iterable[str], memo: Mapping[str, Any]) -> None:
        """Keep what was learnt for the next build.

        Args:
            seen: the look that was taken before anything was read.
            output: the output folder.
            files: those in it that the next run looks at before it decides to do nothing.
            memo: what else it must know.
        """
        if not self._path or not self._saved():
            return
        root = os.path.realpath(self._settings.root)
        looked_at = [
            os.path.join(root, FILE_NAME),
            *(os.path.join(root, path) for path in self._source.watched),
            *_folders(output),
            *(os.path.join(os.path.realpath(output), f) for f in files),
        ]
        unchanged.write_memo(
            unchanged.memo_path(str(self._path)),
            {
                **memo,
                "database": str(self._path),
                "index": _state(str(self._path)),
                "looked": seen.at,
                "plain": seen.is_plain,
                "program": self.program,
                "settings": self._source.digest,
                "trees": seen.trees,
                "files": {path: signature(path) for path in looked_at},
                "root": root,
                "branches": self._branches(root),
                "suffixes": suffixes_of(self._settings),
                "site_output": self._settings.output,
                "output": os.path.realpath(output),
            },
        )

    def _branches(self, root: str) -> dict[str, list[str]]:
        """Return what the next run must find where posts may stand anywhere."""
        name = self._settings.layout.anywhere
        return {name: listing.branches(root, name)} if name else {}


def _state(index: str) -> list[Any]:
    """Return what tells whether an index is as it was left: its times, and if it is small its bytes.

    What a disk loses of a large one, and no time tells, is left for SQLite to find.
    """
    told = signature(index)
    small = told is not None and told[0] <= _SMALL
    return [FORM, told, digest_of(Path(index).read_bytes()) if small else None]


def is_sound(index: Path) -> bool:
    """Tell whether SQLite finds nothing wrong with an index; it reads all of it."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(index)) as db:
        return bool(db.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    return False


def discard(index: Path) -> None:
    """Forget an index that could not be used to the end, so that nobody tries again."""
    for path in (unchanged.memo_path(str(index)), str(index)):
        with suppress(OSError):
            os.unlink(path)


#: Where other programs put what lasts for an hour, the first choice first.
_PLACES = ("/tmp", "/var/tmp", ".")


def temporary_place() -> str:
    """Return the folder for files that last no longer than a process, as Python chooses it."""
    places = filter(None, (*map(os.environ.get, ("TMPDIR", "TEMP", "TMP")), *_PLACES))
    return next((place for place in places if os.access(place, os.W_OK | os.X_OK)), _PLACES[0])


def _private_folder() -> str:
    """Make a folder that nobody else may look into.

    `tempfile` does no more, and takes as long to import as to read fifty posts.
    """
    path = os.path.join(temporary_place(), f"feeds-{os.getpid()}-{time.time_ns()}")
    os.mkdir(path, 0o700)  # fails if there is anything, or a link
    return path


def _remove(folder: str) -> None:
    """Remove a folder of files, as far as that goes."""
    with suppress(OSError):
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)


def _to_disk(path: str) -> None:
    """See to it that what was written survives a crash of the machine."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _folders(output: Path) -> list[str]:
    root = os.path.realpath(output)
    return [root, os.path.join(root, "comments")]
