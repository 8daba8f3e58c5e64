"""Chromium with nothing of the network but one server of ours, which writes down who is asked for."""

from __future__ import annotations

import json
import re
import shutil
import socketserver
import struct
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

VIEWER = Path(__file__).with_name("viewer.html")
_OPTIONS = (
    "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    " disable-component-update disable-sync disable-default-apps no-proxy-server mute-audio"
    " disable-extensions autoplay-policy=no-user-gesture-required"
)
#: What a browser asks for by itself.
_PAGES = frozenset({"/", "/job.json", "/favicon.ico"})
#: Whom it calls by itself, with its background networking switched off.
_MAKERS = re.compile(r"(?:^|\.)(?:google|googleapis|gstatic|google-analytics|gvt1)\.com$")


@dataclass(frozen=True, slots=True)
class File:
    """A file that is opened as it is, with the type that a server gives it."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a visit."""

    #: Where, what, and the content it happened in.
    findings: list[tuple[str, str, str]]
    #: Every host that was asked for anything, ours by its path.
    asked: set[str]


@dataclass
class _Job:
    contents: Sequence[str]
    files: Mapping[str, File]
    asked: set[str] = field(default_factory=set)
    findings: list[Any] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, job: _Job) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.job = job

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # the other one asks the DNS for our name
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        """A browser may hang up whenever it likes."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def handle(self) -> None:
        first = self.connection.recv(4096, 2)  # MSG_PEEK
        if first[:1] == b"\x16":
            self._asked(_server_name(first))
        else:
            super().handle()

    def _asked(self, host: str) -> None:
        if not _MAKERS.search(host):
            self.server.job.asked.add(host)

    def _is_ours(self) -> bool:
        """Say whether a request is to our own host; write down whom it is to if it is not."""
        host = self.headers.get("Host", "a host without a name")
        if host == f"127.0.0.1:{self.server.server_port}":
            return True
        self._asked(host.partition(":")[0])
        self._say(404, "text/plain", b"")
        return False

    def do_GET(self) -> None:
        if not self._is_ours():
            return
        job, path = self.server.job, self.path.partition("?")[0]
        if path in job.files:
            self._say(200, job.files[path].media_type, job.files[path].data)
        elif path == "/job.json":
            data = json.dumps({"contents": list(job.contents), "files": list(job.files)})
            self._say(200, "application/json", data.encode())
        elif path == "/":
            self._say(200, "text/html", VIEWER.read_bytes())
        else:
            if path not in _PAGES:
                self._asked(path)
            self._say(404, "text/plain", b"")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if not self._is_ours():
            return
        if self.path != "/result":
            self._asked(self.path)
            self._say(404, "text/plain", b"")
            return
        self.server.job.findings = json.loads(data)
        self._say(200, "text/plain", b"")
        self.server.job.done.set()

    def _say(self, status: int, media_type: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _server_name(hello: bytes) -> str:
    """Return the host that the first message of TLS names, in clear (RFC 6066 §3)."""
    for start in range(len(hello) - 9):
        kind, whole, listed, form, length = struct.unpack_from(">HHHBH", hello, start)
        name = hello[start + 9 : start + 9 + length]
        if (
            (kind, form, whole, listed) == (0, 0, length + 5, length + 3)
            and name.isascii()
            and name
        ):
            return name.decode("ascii")
    return "an unnamed host"


def browser() -> str:
    """Where Chromium is; a test that needs it is skipped where it is not."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    return found


def visit(
    contents: Sequence[str],
    files: Mapping[str, File],
    profile: Path,
    wait: float = 120,
) -> Seen:
    """Show each content as feed readers do, open each file, and say what happened.

    Args:
        contents: HTML, as feeds carry it.
        files: what is opened in a frame, by its path on our server.
        profile: a folder that is not there yet, for the browser's own files.
        wait: seconds after which a browser that has not finished is an error.
    """
    job = _Job(contents, files)
    program = browser()
    with _Server(job) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"127.0.0.1:{server.server_port}"
        flags = [f"--{option}" for option in _OPTIONS.split()]
        flags += [f"--host-resolver-rules=MAP * {home}", f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            [program, *flags, "--remote-debugging-port=0", f"http://{home}/"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            finished = job.done.wait(wait)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            server.shutdown()
    assert finished, "the browser did not come to an end"
    return Seen([(where, what, text) for where, what, text in job.findings], job.asked)
