"""The command line in processes of their own: another user, another locale, another terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534

#: As root: build once, so that everything is imported, then be nobody and run the real arguments.
_AS_NOBODY = f"""
import os, sys
from feeds.cli import main
content, scratch, *arguments = sys.argv[1:]
main(["build", content, "-o", scratch, "-q", "--settle", "0"])
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
raise SystemExit(main(arguments))
"""

#: Takes the lock of a folder, says so, and keeps it until its standard input ends.
_HOLDER = """
import sys
from pathlib import Path
from feeds.publish import Publisher
with Publisher(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def run(
    *arguments: object, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m feeds` and return what came of it; a build reads files however young."""
    return subprocess.run(
        [sys.executable, "-m", "feeds", *_at_once(arguments)],
        cwd=cwd,
        env=os.environ if env is None else env,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def _at_once(arguments: Sequence[object]) -> list[str]:
    words = list(map(str, arguments))
    return [*words, "--settle", "0"] if words[:1] == ["build"] else words


def run_as_nobody(
    *arguments: object, content: Path, scratch: Path
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user to whom permissions apply (root is above them)."""
    command = [sys.executable, "-m", "feeds"]
    if os.geteuid() == 0:
        command = [sys.executable, "-c", _AS_NOBODY, str(content), str(scratch)]
    return subprocess.run(
        [*command, *_at_once(arguments)],
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def run_on_terminal(*arguments: object, cwd: Path) -> tuple[int, str]:
    """Run `python -m feeds` on a terminal; return its exit code and all that was shown."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "feeds", *map(str, arguments)],
        cwd=cwd,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    try:
        while piece := os.read(master, 65_536):
            shown += piece
    except OSError:  # Linux's way of saying that nobody holds the other end any more
        pass
    os.close(master)
    return process.wait(timeout=60), shown.decode().replace("\r\n", "\n")


@contextmanager
def lock_holder(output: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the lock of `output` as long as the context lasts."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        try:
            yield process
        finally:
            process.kill()
