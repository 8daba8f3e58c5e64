"""Reading what is imported, writing what comes of it: whole files, or none."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from feeds.errors import StorageError, UsageError

_HEAD = 8192
#: What Linux and macOS take for one name, in bytes.
_MAX_NAME = 255


def check_is_file(file: Path) -> None:
    """Make sure that there is a file to import.

    Raises:
        UsageError: there is none, or it is a folder, or a pipe, which could be read once only.
        StorageError: the system would not let us look.
    """
    try:
        mode = os.stat(file).st_mode
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file; name the export, or the saved page") from None
    except OSError as error:
        raise unreadable(file, error) from error
    if stat.S_ISDIR(mode):
        raise UsageError(f"{file}: a folder; name the files in it that are to be imported")
    if not stat.S_ISREG(mode):
        raise UsageError(f"{file}: not a regular file; save the export as one, and name that")


def head_of(file: Path) -> bytes:
    """Return the first 8 kB of a file: enough to know what it is."""
    try:
        with open(file, "rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise unreadable(file, error) from error


def bytes_of(path: Path, most: int = -1) -> bytes | None:
    """Return what stands in a file, or its first `most` bytes; None if there is none.

    Raises:
        StorageError: it cannot be read, or it is none: to read a pipe might never end.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise StorageError(f"{path}: not a regular file; remove it, and import again")
            return stream.read(most)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def new_file(path: Path) -> int:
    """Open a file of our own to be written, and never one that a link of its name leads to.

    Raises:
        OSError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o644)
    except FileExistsError:  # what an import left that was killed, or somebody put there
        os.unlink(path)
        return os.open(path, flags, 0o644)


def stays_in(folder: Path, root: Path) -> bool:
    """Tell whether a folder, there or yet to be made, is one within `root`, links resolved."""
    try:
        real = os.path.realpath(folder)
    except (OSError, ValueError):
        return False
    within = real.startswith(os.path.realpath(root).rstrip(os.sep) + os.sep)
    return within and all(len(os.fsencode(part)) <= _MAX_NAME for part in folder.parts)


def is_there(path: Path) -> bool:
    """Tell whether there is such a file or folder."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unreadable(path, error) from error
    return True


def unreadable(path: Path, error: OSError) -> StorageError:
    """Return the error that ends an import, for something that the system keeps from us."""
    reason = error.strerror or type(error).__name__
    return StorageError(f"{path}: cannot be read ({reason}); check the disk and the permissions")


def write_whole(path: Path, data: bytes) -> None:
    """Write a new file, so that nobody ever sees half of it.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=".import-", dir=path.parent)
        try:
            with open(descriptor, "wb") as stream:
                os.fchmod(descriptor, 0o644)  # mkstemp's 0600 would keep a web server's user out
                stream.write(data)
                stream.flush()
                os.fsync(descriptor)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"{path}: cannot be written ({reason}); make room or check the permissions, and import again"
        ) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
