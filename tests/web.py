"""A real nginx on loopback, for tests that ask for feeds as readers do."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_CONFIG = """\
daemon off;
pid {work}/nginx.pid;
error_log {work}/error.log;
worker_processes 1;
events {{}}
http {{
  types {{
    application/rss+xml rss;
    application/atom+xml atom;
    application/feed+json json;
    text/html html;
  }}
  access_log {work}/access.log;
  client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
  uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


class Nginx:
    """Where a folder is served, and what was asked of it."""

    def __init__(self, work: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = work / "access.log"

    def asked(self) -> list[tuple[str, int]]:
        """The paths that were asked for, with the status of each answer."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        parts = [line.split('"') for line in lines]
        return [(part[1].split()[1], int(part[2].split()[0])) for part in parts]


def program(name: str) -> str:
    """The path of a program; the test skips where it is not installed."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not path:
        pytest.skip(f"{name} is not installed")
    return path


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def nginx(root: Path, work: Path) -> Iterator[Nginx]:
    """Serve `root` by nginx; `work` holds its configuration and logs."""
    binary = program("nginx")
    work.mkdir(parents=True, exist_ok=True)
    for folder in (*work.parents, *root.parents):
        if folder.stat().st_uid == work.stat().st_uid and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)  # nginx's worker is another user
    port = free_port()
    config = work / "nginx.conf"
    config.write_text(_CONFIG.format(work=work, root=root, port=port))
    process = subprocess.Popen([binary, "-c", config, "-p", work, "-e", work / "error.log"])
    try:
        _wait_for(port)
        yield Nginx(work, port)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx does not answer")
