"""`feeds serve`: a preview of `output/` on this machine, as a well-set-up web server would send it.

It is there to look at feeds before they are published and to point a feed reader at them. It
listens on loopback unless told otherwise, knows neither TLS nor compression nor limits, and is no
server for the open web: for that, any web server or static host takes the folder as it is.
"""

from __future__ import annotations

import errno
import hashlib
import mimetypes
import os
import re
import socket
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from socketserver import TCPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from feeds.errors import StorageError, UsageError, quoted
from feeds.formats import FORMATS

_INDEX = "index.html"
_TYPES = {info.suffix: f"{info.media_type}; charset=utf-8" for info in FORMATS.values()}
#: An idle connection holds a thread; a browser opens several and forgets them.
_IDLE_SECONDS = 30.0
_LARGEST_PORT = 65535


def serve(
    output: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the folder `output` until Ctrl-C; a preview, not for the open web.

    Args:
        output: what `feeds build` wrote.
        host: the address to listen on.
        port: the port to listen on; 0 takes any that is free.
        on_ready: called with the preview's URL as soon as it answers.

    Raises:
        UsageError: there is no such folder, or nothing can listen there.
        StorageError: the system would not let us read the folder.
    """
    with PreviewServer(output, host, port) as server:
        try:
            on_ready(server.url)
            server.serve_forever()
        except KeyboardInterrupt:
            pass


class PreviewServer(ThreadingHTTPServer):
    """Listens as soon as it is made; `serve_forever` answers, a thread for each connection."""

    def __init__(self, output: Path, host: str = "127.0.0.1", port: int = 8000) -> None:
        """Check the folder, then the port; raises what `serve` does."""
        _check(output)
        if not 0 <= port <= _LARGEST_PORT:
            raise UsageError(
                f"there is no port {port}; choose one from 1024 to {_LARGEST_PORT} with --port"
            )
        self.output = output
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            self.address_family = found[0][0]
            super().__init__((host, port), _Handler)
        except (OSError, UnicodeError) as error:
            raise UsageError(_cannot_listen(host, port, error)) from None

    @property
    def url(self) -> str:
        """Where the preview is to be found."""
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def server_bind(self) -> None:
        """Bind without the base class's look-up of a host name, which may ask the network."""
        TCPServer.server_bind(self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hung up; anything else is a bug, and shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def _check(output: Path) -> None:
    try:
        if not stat.S_ISDIR(os.stat(output).st_mode):
            raise UsageError(
                f"{output}: not a folder; name the folder that `feeds build` writes to"
            )
        os.scandir(output).close()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{output}: no such folder; run `feeds build` first, or name the folder it wrote to"
        ) from None
    except OSError as error:
        raise StorageError(
            f"{output}: cannot be read ({error.strerror}); check its permissions"
        ) from None


def _cannot_listen(host: str, port: int, error: OSError | UnicodeError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {port} is taken; choose another with --port (0: any that is free)"
    if number == errno.EACCES:
        return f"port {port} is kept for the system; choose one above 1023 with --port"
    return (
        f"cannot listen on {quoted(host)}, port {port} ({error}); name an address of this machine"
    )


# --- files ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    """One version of a file: its bytes and what a client may remember it by."""

    content: bytes
    media_type: str
    #: When it was last changed, in whole seconds, as HTTP counts.
    modified: int

    @property
    def etag(self) -> str:
        """A strong validator: the same bytes, the same tag (RFC 9110 §8.8.3)."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


def _find(output: Path, target: str) -> _File | None:
    """Return the file that a request's target names; None if there is none to be shown.

    It is read in one go from one open file, so it is one version, whatever replaces it meanwhile.
    """
    try:
        parts = _parts(target)
        root = output.resolve(strict=True)
        path = root.joinpath(*parts).resolve(strict=True)
        if not _is_shown(path.relative_to(root).parts):
            return None
        return _read(path)
    except (OSError, ValueError, RuntimeError):
        # Missing, unreadable, not below the root, a NUL, a loop of links: nothing to see here.
        return None


def _parts(target: str) -> list[str]:
    """Return the names in a path, decoded once; ValueError if it is none that we could have."""
    path = unquote(urlsplit(target).path, errors="surrogateescape")
    names = (path.removeprefix("/") or _INDEX).split("/")
    if not _is_shown(names):
        raise ValueError(target)
    return names


def _is_shown(names: list[str] | tuple[str, ...]) -> bool:
    return all(name and not name.startswith(".") for name in names)


def _read(path: Path) -> _File | None:
    # Not followed: it is no link by now. Not waited for: a named pipe would never answer.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        return _File(file.read(), _media_type(path.name), int(status.st_mtime))


def _media_type(name: str) -> str:
    if known := _TYPES.get(PurePosixPath(name).suffix.lower()):
        return known
    guess, encoding = mimetypes.guess_type(name)
    if guess is None or encoding:
        return "application/octet-stream"
    return f"{guess}; charset=utf-8" if guess.startswith("text/") else guess


# --- requests -------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD as RFC 9110 has it."""

    server: PreviewServer
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"

    def do_GET(self) -> None:
        """Send a file, or word that the client has it."""
        file = _find(self.server.output, self.path)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif self._has(file):
            self._send(HTTPStatus.NOT_MODIFIED, file)
        else:
            self._send(HTTPStatus.OK, file)

    do_HEAD = do_GET  # noqa: N815 (http.server's names)

    def _has(self, file: _File) -> bool:
        """Tell whether the client's copy is this version (RFC 9110 §13.2.2).

        If-None-Match has the say where there is one; If-Modified-Since is then not looked at.
        """
        tags = self.headers.get_all("If-None-Match")
        if tags is not None:
            return _matches(", ".join(tags), file.etag)
        return _not_since(self.headers.get("If-Modified-Since"), file.modified)

    def _send(self, status: HTTPStatus, file: _File) -> None:
        self.send_response(status)
        self.send_header("ETag", file.etag)
        # Never later than the answer itself (RFC 9110 §8.8.2.1): a clock may have been set back.
        shown = min(file.modified, int(time.time()))
        self.send_header("Last-Modified", formatdate(shown, usegmt=True))
        # Ask each time: a preview is looked at because something has just changed.
        self.send_header("Cache-Control", "no-cache")
        if status is HTTPStatus.OK:
            self.send_header("Content-Type", file.media_type)
            self.send_header("Content-Length", str(len(file.content)))
        self.end_headers()
        if status is HTTPStatus.OK and self.command != "HEAD":
            self.wfile.write(file.content)

    def end_headers(self) -> None:
        """End the head of any answer, errors too: nobody is to guess at what we send."""
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def version_string(self) -> str:
        """Return what the Server field says; our Python's version is nobody's business."""
        return "feeds-preview"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the terminal belongs to the command line."""


_OPAQUE_TAG = re.compile(r'"[^"]*"')


def _matches(field: str, etag: str) -> bool:
    """Compare weakly, as If-None-Match does (RFC 9110 §13.1.2): a `W/` makes no difference."""
    return field.strip() == "*" or etag in _OPAQUE_TAG.findall(field)


def _not_since(field: str | None, modified: int) -> bool:
    """Tell whether nothing changed since the date in `field`; False where that is no date."""
    if field is None:
        return False
    try:
        date = parsedate_to_datetime(field)
        since = date if date.tzinfo else date.replace(tzinfo=UTC)
        return datetime.fromtimestamp(modified, UTC) <= since
    except (ValueError, OverflowError, OSError):
        return False
