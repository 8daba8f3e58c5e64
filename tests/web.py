"""Real web servers on loopback, for tests that ask for feeds as readers do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest

_NGINX = """\
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
_APACHE = """\
ServerName 127.0.0.1
ServerRoot {work}
Listen 127.0.0.1:{port}
PidFile {work}/apache.pid
ErrorLog {work}/error.log
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
TypesConfig /dev/null
AddType application/rss+xml .rss
AddType application/atom+xml .atom
AddType application/feed+json .json
AddType text/html .html
User nobody
Group nogroup
DocumentRoot {root}
"""
_APACHE_MODULES = Path("/usr/lib/apache2/modules")
_CADDY = """\
{{
  admin off
}}
http://127.0.0.1:{port} {{
  bind 127.0.0.1
  root * {root}
  @rss path *.rss
  header @rss Content-Type application/rss+xml
  @atom path *.atom
  header @atom Content-Type application/atom+xml
  @json path *.json
  header @json Content-Type application/feed+json
  file_server
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a folder is served."""

    url: str


@dataclass(frozen=True, slots=True)
class Nginx(Server):
    """The same, with what was asked of it."""

    log: Path

    def asked(self) -> list[tuple[str, int]]:
        """The paths that were asked for, with the status of each answer."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        parts = [line.split('"') for line in lines]
        return [(part[1].split()[1], int(part[2].split()[0])) for part in parts]


Serving: TypeAlias = Callable[[Path, Path], AbstractContextManager[Server]]


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
    binary, port = program("nginx"), free_port()
    config = _configured(_NGINX, root, work, port=port)
    command: list[str | Path] = [binary, "-c", config, "-p", work, "-e", work / "error.log"]
    with running(command, port):
        yield Nginx(f"http://127.0.0.1:{port}", work / "access.log")


@contextmanager
def apache(root: Path, work: Path) -> Iterator[Server]:
    """Serve `root` by Apache; `work` holds its configuration and logs."""
    binary, port = program("apache2"), free_port()
    config = _configured(_APACHE, root, work, port=port, modules=_APACHE_MODULES)
    with running([binary, "-DFOREGROUND", "-f", config], port):
        yield Server(f"http://127.0.0.1:{port}")


@contextmanager
def caddy(root: Path, work: Path) -> Iterator[Server]:
    """Serve `root` by Caddy; `work` is its home."""
    binary, port = program("caddy"), free_port()
    config = _configured(_CADDY, root, work, port=port)
    home = {name: str(work) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    command: list[str | Path] = [binary, "run", "--config", config, "--adapter", "caddyfile"]
    with running(command, port, home):
        yield Server(f"http://127.0.0.1:{port}")


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that servers' workers can enter, whoever they are.

    Those of pytest are closed again by every other session of pytest that starts meanwhile.
    """
    with TemporaryDirectory(prefix="feeds-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def _configured(template: str, root: Path, work: Path, **values: object) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    for folder in (*work.parents, *root.parents):
        if folder.stat().st_uid == work.stat().st_uid and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)  # most servers' workers are another user
    config = work / "server.conf"
    config.write_text(template.format(work=work, root=root, **values))
    return config


@contextmanager
def running(
    command: Sequence[str | Path], port: int, home: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Have a server run as long as the context lasts; it must not outlive it."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=os.environ | (home or {}), stdin=quiet, stdout=quiet, stderr=quiet
    )
    try:
        _wait_for(port, str(command[0]))
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _wait_for(port: int, name: str) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"{name} does not answer")
