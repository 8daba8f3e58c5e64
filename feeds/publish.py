"""The only room that touches `output/`: lock it, compare, and replace what differs, whole.

At every instant each file is the old version or the new one (promise 2): the new bytes go into a
temporary file beside it, reach the disk, and take its place by `rename`; a folder that is new takes
its place with all that is in it. What is the same is not touched (promise 3). What stands there and
was not made by us is left alone.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from feeds.errors import BusyError, Problem, StorageError
from feeds.feed import GENERATOR
from feeds.formats import FORMATS
from feeds.outcomes import Kept, Outcome, Publication, Staged
from feeds.precompress import SUFFIXES, copies, original, unpacked
from feeds.urls import file_key

if TYPE_CHECKING:
    from _thread import LockType

#: How RSS and Atom, JSON and the subscribe page name their generator, before their first entry.
_MARKS = tuple(
    mark.encode()
    for mark in (
        f"<generator>{GENERATOR}</generator>",
        f'"generator": "{GENERATOR}"',
        f'<meta name="generator" content="{GENERATOR}">',
    )
)
#: How `head.html` and `footer.html` begin. A site's own pages include them, so that what stands
#: anywhere else makes no page ours.
_OPENING = f"<!-- generator: {GENERATOR} -->".encode()
_MARK_WITHIN = 65_536
#: What may go when nobody plans it any more; pages are always planned.
_REMOVABLE = tuple(info.suffix for info in FORMATS.values())
_TEMPORARY_PREFIX = ".feeds-"
_TEMPORARY_SUFFIX = ".tmp"
#: Where files of ours are, within the output folder.
_FOLDERS = ("", "comments")
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755
#: From so many files on, one `syncfs` costs less than an `fsync` for each.
_MANY = 16
#: Whenever so many more are staged, the disk begins to write them.
_VERY_MANY = 1500


class Publisher:
    """Publishes into one folder, as a context: locked from entering to leaving.

    Files are staged in the order in which they may appear: what others link to comes first. Nothing
    is visible before `commit`; leaving without it leaves no trace. What a killed build left behind
    goes with `sweep`, which need not be asked where nobody has touched the folder since.

    Args:
        output: the folder; it is made if need be.
        wait: seconds to wait for the lock, if another build has it.
        dry: compare only.

    Raises:
        BusyError: another build holds the lock.
        StorageError: the system would not let us.
    """

    def __init__(self, output: Path, *, wait: float = 0.0, dry: bool = False) -> None:
        self.publication = Publication()
        self._output = output
        #: The same as a text: a `Path` for each of thousands of files would take longer than its `stat`.
        self._folder = os.fspath(output)
        self._wait = wait
        self._dry = dry
        self._lock: int | None = None
        #: Folders that were not there before, the outer ones first.
        self._made: list[Path] = []
        #: Folder → where new files for it wait, both within `output/`.
        self._waiting: dict[str, str] = {}
        #: Whether nothing stood in a folder when the first file for it was prepared.
        self._empty: dict[str, bool] = {}
        #: Final path → temporary path, both within `output/`.
        self._staged: dict[str, str] = {}
        #: What is known of new files without a look at them, by final path.
        self._stats: dict[str, str] = {}
        #: Held while the disk is asked to write what is staged so far.
        self._writing: LockType | None = None
        self._numbers = count()

    def __enter__(self) -> Publisher:
        if not self._dry:
            self._made += _make_folder(self._output)
            self._lock = _locked(self._output, self._wait)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and self._lock is not None:
            # Other processes may have written what nobody adopted.
            with contextlib.suppress(StorageError):
                self.sweep()
        self._leave()

    def _leave(self) -> None:
        """Take back what did not come to its end, and let go of the lock."""
        for temporary in self._staged.values():
            _discard(self._output / temporary)
        new = (self._output / _waiting_for(folder) for folder in _FOLDERS)  # by any process
        for folder in (*new, *reversed(self._made)):
            with contextlib.suppress(OSError):  # most have files in them by now
                folder.rmdir()
        if self._lock is not None:
            os.close(self._lock)

    def start_over(self) -> None:
        """Forget all that was staged, by any process: in another round it will be staged anew."""
        self.sweep()
        self._staged.clear()
        self._stats.clear()
        self._waiting.clear()
        self.publication = Publication()

    def stage(self, path: str, data: bytes) -> None:
        """Decide what to do with one file, and write its new bytes beside it if they differ."""
        self.adopt(self.prepare(path, data))

    def keep(self, count: int, listed: Callable[[], Iterable[str]]) -> None:
        """Leave so many files as they stand, which are known to be as they should."""
        self.publication.kept = Kept(count, listed)

    def adopt(self, staged: Staged) -> None:
        """Take over what `prepare` did, here or in a process that we started."""
        self.publication.outcomes[staged.path] = staged.outcome
        if staged.temporary:
            self._staged[staged.path] = staged.temporary
            if len(self._staged) % _VERY_MANY == 0:
                self.sync_ahead()
        if staged.stats:
            self._stats[staged.path] = staged.stats
        if staged.problem:
            self.publication.problems.append(staged.problem)

    def prepare_feed(self, path: str, data: bytes, encodings: Iterable[str]) -> list[Staged]:
        """Prepare a feed and its compressed copies, which replace theirs as one group."""
        feed = self.prepare(path, data)
        if feed.outcome is Outcome.REFUSED:
            return [feed]
        return [
            feed,
            *(
                # The old copies go when a new feed takes its place: then each is written anew.
                self._prepare_copy(path + end, copy, anew=feed.outcome is Outcome.WRITTEN)
                for end, copy in copies(data, encodings).items()
            ),
        ]

    def _prepare_copy(self, path: str, data: bytes, *, anew: bool) -> Staged:
        """Compare a copy, which is ours if its feed is, and write new bytes beside it."""
        target = self._output / path
        try:
            same = (
                not self._is_in_empty(path)
                and stat.S_ISREG(os.lstat(target).st_mode)
                and target.read_bytes() == data
            )
        except FileNotFoundError:
            same = False
        except OSError as error:
            raise _storage_error(target, error) from error
        if same and not anew:
            return Staged(path, Outcome.UNCHANGED)
        return self._written(path, data)

    def prepare(self, path: str, data: bytes) -> Staged:
        """Compare, and write new bytes beside the file; it takes `adopt` to let them take effect."""
        try:
            old = None if self._is_in_empty(path) else _read_ours(f"{self._folder}/{path}")
        except _NotOursError as error:
            what, remedy = (
                f"{error}, so it was left alone",
                "move it, or choose another output folder",
            )
            problem = Problem(str(self._output / path), what, remedy)
            return Staged(path, Outcome.REFUSED, problem=problem)
        except OSError as error:
            raise _storage_error(self._output / path, error) from error
        if old == data:
            return Staged(path, Outcome.UNCHANGED)
        return self._written(path, data)

    def _is_in_empty(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        if folder not in self._empty:
            self._empty[folder] = _is_empty(self._output / folder)
        return self._empty[folder]

    def commit(self, known: Iterable[str] | None = None) -> Publication:
        """Let every staged file take its place, then remove those of ours that nobody planned.

        Args:
            known: the files that are known to be ours, if all are; None: look at every file.
        """
        self._sync()
        empty = {folder for folder, is_empty in self._empty.items() if is_empty}
        self._empty.clear()  # from now on they are not
        linked = {path for folder in _FOLDERS for path in self._replace_folder(folder)}
        standing = self._standing()
        for path, temporary in list(self._staged.items()):
            is_first = path in linked or path.rpartition("/")[0] in empty
            try:
                self._replace(path, temporary, frozenset() if is_first else standing)
            except OSError as error:
                raise _storage_error(self._output / path, error) from error
            del self._staged[path]
        self._remove_unplanned(self._ours() if known is None else known)
        if not self._dry:
            self._sync_folders()
        return self.publication

    def _standing(self) -> Set[str] | None:
        """Return what stands there, for whoever replaces many files; None: ask for each."""
        if len(self._staged) < _MANY:
            return None
        paths = (path for folder in _FOLDERS for path in self._listed(folder))
        # A post may be called `my.feeds-1`; no feed begins with a dot.
        return {
            file_key(p) for p in paths if not p.rpartition("/")[2].startswith(_TEMPORARY_PREFIX)
        }

    def _replace_folder(self, folder: str) -> list[str]:
        """Let a new folder take its place with all the files that wait in it.

        Return the feeds that are links until they are replaced; see `_link_ahead`.
        """
        waiting = _waiting_for(folder)
        inside = {p: t for p, t in self._staged.items() if t.startswith(f"{waiting}/")}
        if not inside:
            return []
        linked = self._link_ahead(folder)
        try:
            for path, temporary in inside.items():
                if feed := original(path):
                    self._date(path, temporary, self._staged[feed])
            os.rename(f"{self._folder}/{waiting}", f"{self._folder}/{folder}")
        except OSError:  # it has come to be there, say: then one file after the other
            return linked
        for path in inside:
            del self._staged[path]
        for path in linked:
            self._staged[path] = folder + self._staged[path].removeprefix(waiting)
        return linked

    def _link_ahead(self, folder: str) -> list[str]:
        """Let new feeds beside a new folder appear in the same instant as it does.

        They lead to what is in it, and that leads to them. So they wait in it, too, and where they
        belong are links to where they will be, which lead nowhere as long as it is not there. As
        soon as it is they take the places of these.
        """
        linked = []
        for path, temporary in self._staged.items():
            if "/" in path or not path.endswith(_REMOVABLE):
                continue
            place, moved = f"{self._folder}/{path}", f"{_waiting_for(folder)}/{temporary}"
            with contextlib.suppress(OSError):  # where one stands, or there are no links
                os.symlink(f"{folder}/{temporary}", place)
                try:
                    os.rename(f"{self._folder}/{temporary}", f"{self._folder}/{moved}")
                except OSError:
                    os.unlink(place)
                    raise
                linked.append(path)
                self._staged[path] = moved
        return linked

    def _replace(self, path: str, temporary: str, standing: Set[str] | None) -> None:
        """Let new bytes take their place; what is compressed never outlives what it was made of.

        A server that finds no copy sends the feed itself. So the old copies go first, and the new
        ones come last, as old as their feed.
        """
        new, place = f"{self._folder}/{temporary}", f"{self._folder}/{path}"
        if feed := original(path):
            self._date(path, temporary, feed)
        elif standing is None or standing:  # or nothing at all stands there
            if standing is None or file_key(path) in standing:
                self._stats.pop(path, None)
                _later_than(new, place)
            if path.endswith(_REMOVABLE):
                for end in SUFFIXES.values():
                    if standing is None or file_key(path + end) in standing:
                        with contextlib.suppress(FileNotFoundError):
                            os.unlink(place + end)
        os.replace(new, place)

    def _date(self, copy: str, temporary: str, feed: str) -> None:
        """Let a compressed copy be as old as its feed, which is there or waits."""
        self._stats.pop(copy, None)
        moment = os.stat(f"{self._folder}/{feed}").st_mtime_ns
        os.utime(f"{self._folder}/{temporary}", ns=(moment, moment))

    def stats(self, path: str) -> str | None:
        """Return size, time and inode of a published file, as one text; None if it is not there."""
        if known := self._stats.get(path):
            return known
        try:
            status = os.lstat(f"{self._folder}/{path}")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _storage_error(self._output / path, error) from error
        return _told(status)

    def _written(self, path: str, data: bytes) -> Staged:
        """Write new bytes beside a file."""
        if self._dry:
            return Staged(path, Outcome.WRITTEN)
        temporary = self._temporary_for(path)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        try:
            descriptor = os.open(f"{self._folder}/{temporary}", flags, _FILE_MODE)
            try:
                while data:
                    data = data[os.write(descriptor, data) :]
                status = os.fstat(descriptor)
                if stat.S_IMODE(status.st_mode) != _FILE_MODE:  # by the umask; servers read it
                    os.fchmod(descriptor, _FILE_MODE)
            finally:
                os.close(descriptor)
        except OSError as error:
            _discard(self._output / temporary)
            raise _storage_error(self._output / path, error) from error
        return Staged(path, Outcome.WRITTEN, temporary, _told(status))

    def _temporary_for(self, path: str) -> str:
        """Return where the new bytes of a file wait, in a folder that is there."""
        folder, slash, name = path.rpartition("/")
        if folder not in self._waiting:
            is_new = not os.path.lexists(f"{self._folder}/{folder}")
            self._waiting[folder] = _waiting_for(folder) if is_new else folder
            self._made += _make_folder(self._output / self._waiting[folder])
        waiting = self._waiting[folder]
        if waiting == folder:
            name = f"{_TEMPORARY_PREFIX}{os.getpid()}-{next(self._numbers)}{_TEMPORARY_SUFFIX}"
        return f"{waiting}{slash}{name}"

    def sync_ahead(self) -> None:
        """Have the disk write what is staged so far, while more is made: `_sync` waits less then.

        It has a descriptor of its own: each is told once of what could not be written (syncfs(2)),
        and that is for `_sync` to hear.
        """
        if self._lock is None or (self._writing and self._writing.locked()):
            return
        import _thread  # without all that `threading` has, which takes a while to import

        done = self._writing = _thread.allocate_lock()
        done.acquire()

        def write() -> None:
            try:
                with contextlib.suppress(OSError):
                    descriptor = os.open(self._output, os.O_RDONLY)
                    try:
                        _syncfs(descriptor)
                    finally:
                        os.close(descriptor)
            finally:
                done.release()

        try:
            _thread.start_new_thread(write, ())
        except RuntimeError:  # the system has no room for another: then all is written at the end
            done.release()

    def _sync(self) -> None:
        """See to it that the new bytes are on the disk before any name leads to them."""
        if self._writing:
            self._writing.acquire()  # what comes now is one disk's work, too
            self._writing.release()
        try:
            many = len(self._staged) >= _MANY and self._lock is not None
            if many and self._is_one_disk() and _syncfs(self._lock):
                return
        except OSError as error:
            raise _storage_error(self._output, error) from error
        # Of a folder that is to take its place whole, the names must have got there, too.
        waiting = self._folders()
        whole = {folder: w for folder in _FOLDERS if (w := _waiting_for(folder)) in waiting}
        for path, temporary in (self._staged | whole).items():
            try:
                _fsync(self._output / temporary)
            except OSError as error:
                raise _storage_error(self._output / path, error) from error

    def _is_one_disk(self) -> bool:
        """Tell whether all that is staged is on the disk of the output folder itself."""
        folders = self._folders() | {""}
        return len({os.stat(self._output / folder).st_dev for folder in folders}) == 1

    def _folders(self) -> set[str]:
        """Return the folders in which new bytes wait."""
        return {path.rpartition("/")[0] for path in self._staged.values()}

    def _sync_folders(self) -> None:
        changed = {
            path.rpartition("/")[0]
            for path, outcome in self.publication.outcomes.items()
            if outcome in {Outcome.WRITTEN, Outcome.REMOVED}
        }
        # A folder that is new has its name in the one above.
        for folder in sorted(changed | {""} if changed else ()):
            try:
                _fsync(self._output / folder)
            except OSError as error:
                raise _storage_error(self._output / folder, error) from error

    def _remove_unplanned(self, ours: Iterable[str]) -> None:
        for path in ours:
            if not self._is_planned(path):
                self.publication.outcomes[path] = Outcome.REMOVED
                if not self._dry:
                    try:
                        os.unlink(self._output / path)
                    except FileNotFoundError:
                        continue  # a copy, which goes before its feed is replaced
                    except OSError as error:
                        raise _storage_error(self._output / path, error) from error

    def _ours(self) -> Iterable[str]:
        """Yield the paths of the files that we may have made: all folders of ours, one level deep."""
        for folder in _FOLDERS:
            for path in self._listed(folder):
                may_go = not self._is_planned(path) and (original(path) or path).endswith(
                    _REMOVABLE
                )
                if may_go and _has_our_mark(self._output / path):
                    yield path

    def _is_planned(self, path: str) -> bool:
        return path in self.publication.outcomes or path in self.publication.kept

    def _listed(self, folder: str, prefix: str = "") -> list[str]:
        """Return, in order, the paths of what stands in a folder and is called so."""
        names = _listed(self._output / folder, prefix)
        return [f"{folder}/{name}" for name in names] if folder else names

    def tidy(self) -> None:
        """Remove what another process of this build wrote, and was killed before we heard of it."""
        known, ours = set(self._staged.values()), f"{_TEMPORARY_PREFIX}{os.getpid()}-"
        for path in self._temporary():
            if path not in known and not path.rpartition("/")[2].startswith(ours):
                _discard(self._output / path)

    def sweep(self) -> None:
        """Remove what a killed build left behind; the lock says that nobody else is at work."""
        if self._dry:
            return
        self._replace_links()
        for path in self._temporary():
            _discard(self._output / path)
        for folder in _FOLDERS:
            with contextlib.suppress(OSError):
                os.rmdir(self._output / _waiting_for(folder))

    def _replace_links(self) -> None:
        """End what `_link_ahead` began: what is there takes the place of the link to it."""
        for path in self._listed(""):
            if not path.endswith(_REMOVABLE):
                continue
            place = f"{self._folder}/{path}"
            try:
                target = os.readlink(place)
            except OSError:  # it is no link, as nearly always
                continue
            folder, _, name = target.rpartition("/")
            if folder not in _FOLDERS or not _is_temporary(name):
                continue
            try:
                os.replace(f"{self._folder}/{target}", place)
            except OSError:  # it never got there
                _discard(self._output / path)

    def _temporary(self) -> Iterator[str]:
        """Yield the paths of the files that wait to take their places, or were to."""
        for folder in _FOLDERS:
            yield from self._listed(_waiting_for(folder))
            for path in self._listed(folder, _TEMPORARY_PREFIX):
                if _is_temporary(path.rpartition("/")[2]):
                    yield path


class _NotOursError(Exception):
    """What stands at a place of ours was made by somebody else."""


def _waiting_for(folder: str) -> str:
    """Return where the files of a folder wait as long as it is not there."""
    return f"{_TEMPORARY_PREFIX}{folder}{_TEMPORARY_SUFFIX}"


def _is_temporary(name: str) -> bool:
    return name.startswith(_TEMPORARY_PREFIX) and name.endswith(_TEMPORARY_SUFFIX)


def _storage_error(path: Path, error: OSError) -> StorageError:
    reason = error.strerror or type(error).__name__
    return StorageError(
        f"{path}: cannot be written ({reason}); the feeds there are whole, check space and permissions"
    )


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder that a web server can read, and those above it; return those that are new."""
    made = []
    try:
        if folder.is_dir():
            return []
        for missing in reversed([folder, *folder.parents]):
            if not missing.is_dir():
                missing.mkdir(exist_ok=True)
                missing.chmod(_FOLDER_MODE)
                made.append(missing)
        for new in made:
            with contextlib.suppress(PermissionError):  # may be entered, not listed
                _fsync(new.parent)
    except OSError as error:
        raise _storage_error(folder, error) from error
    return made


def _locked(folder: Path, wait: float) -> int:
    """Lock a folder; the lock ends with its process, however that ends."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _storage_error(folder, error) from error
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise BusyError(
                    f"{folder}: another build is at work; try again, or use --wait"
                ) from None
            time.sleep(0.05)
        except OSError as error:
            os.close(descriptor)
            raise _storage_error(folder, error) from error
        else:
            return descriptor


def _read_ours(path: str) -> bytes | None:
    """Return the bytes of a file of ours; None if there is none.

    Raises:
        _NotOursError: somebody else made it.
    """
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise _NotOursError("this is not a regular file")
    with open(path, "rb") as stream:
        data = stream.read()
    # An empty file is nobody's work: what is left of one after some crashes.
    if data and not _is_marked(data[:_MARK_WITHIN]):
        raise _NotOursError("this file was not made by feeds")
    return data


def _is_marked(start: bytes) -> bool:
    return start.startswith(_OPENING) or any(mark in start for mark in _MARKS)


def _has_our_mark(path: Path) -> bool:
    owner = None
    try:
        status = os.lstat(path)
        owner = status.st_uid
        if not stat.S_ISREG(status.st_mode):
            return False
        with path.open("rb") as stream:
            return _is_marked(unpacked(path.name, stream.read(_MARK_WITHIN)))
    except FileNotFoundError:
        return False
    except OSError as error:
        if isinstance(error, PermissionError) and owner not in {None, os.geteuid()}:
            return False  # what somebody else keeps from us was not made by us
        raise _storage_error(path, error) from error


def _listed(folder: Path, prefix: str = "") -> list[str]:
    """Return, in order, the names in a folder that start so."""
    try:
        return sorted(name for name in os.listdir(folder) if name.startswith(prefix))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _storage_error(folder, error) from error


def _is_empty(folder: Path) -> bool:
    """Tell whether nothing stands in a folder but new bytes of ours, if only as it is not there."""
    try:
        with os.scandir(folder) as entries:
            return all(entry.name.startswith(_TEMPORARY_PREFIX) for entry in entries)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # whoever looks for a file in it is told why


def _told(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"


def _later_than(new: str, old: str) -> None:
    """Give new bytes a time whose whole second is later than that of the old ones.

    nginx and Caddy make their ETag of whole seconds and the size; Apache and Caddy answer 304 to
    anyone whose copy is not older. The clock may have gone back, or be in the same second still.
    """
    try:
        before = int(os.lstat(old).st_mtime)
    except FileNotFoundError:
        return
    if int(os.lstat(new).st_mtime) <= before:
        os.utime(new, (before + 1, before + 1))


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _syncfs(descriptor: int | None) -> bool:
    """Bring a whole file system to the disk (Linux); False where that cannot be done.

    Raises:
        OSError: it did not all get there. That is told once: to ask file by file, too, would be
            answered as if it had.
    """
    import ctypes

    try:
        failed = ctypes.CDLL(None, use_errno=True).syncfs(descriptor)
    except (AttributeError, OSError, ctypes.ArgumentError):
        return False
    if failed and (code := ctypes.get_errno()) != errno.ENOSYS:
        raise OSError(code, os.strerror(code))
    return not failed


def _discard(path: Path) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # the next build sweeps
