"""Reading what is imported, writing what comes of it: whole files, or none."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from feeds.errors import StorageError, UsageError

_HEAD = 8192


def check_is_file(file: Path) -> None:
    """Make sure that there is a file to import.

    Raises:
        UsageError: there is none, or it is a folder.
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


def head_of(file: Path) -> bytes:
    """Return the first 8 kB of a file: enough to know what it is."""
    try:
        with open(file, "rb") as stream:
            return stream.read(_HEAD)
    except OSError as error:
        raise unreadable(file, error) from error


def bytes_of(path: Path) -> bytes | None:
    """Return what stands in a file; None if there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error


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
