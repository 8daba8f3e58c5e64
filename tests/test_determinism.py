"""Promise 1: the output is a function of the content and of the moment, and of nothing else."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.builders import SITE_TOML

NOW = "2024-06-01T12:00:00+00:00"
FILES = {
    "site.toml": SITE_TOML + 'timezone = "America/St_Johns"\nrights = "© Ünïcode"\n',
    "posts/hello.md": "---\ntitle: Hello\ndate: 2024-05-01 10:00\ntags: [z, a, é, A]\n---\n\nText.\n",
    "posts/2024-05-01-été.md": "---\ntitle: « Été » & <hiver>\n---\n\n![](/é.png) ĿÀ 日本語 🚢\n",
    "posts/tie-10.md": "---\ntitle: Ten\ndate: 2024-05-01 10:00\ncomments: open\n---\n\nText.\n",
    "posts/tie-9.html": "---\ntitle: Nine\ndate: 2024-05-01 10:00\n---\n<p>Text.</p>\n",
    "posts/HELLO.md": "---\ntitle: Upper\ndate: 14 April 2017 8:30 PM +0300\n---\n\nText.\n",
    "posts/undated.md": "---\ntitle: Undated\nupdated: 2024-05-04\n---\n\nText.\n",
    "posts/deeper/hidden.md": "---\ntitle: Hidden\ndate: 2024-05-01\nstatus: draft\n---\n\nText.\n",
    "posts/soon.md": "---\ntitle: Soon\ndate: 2030-05-01\n---\n\nText.\n",
    "comments/hello/1.md": "---\nauthor: Zoë\ndate: 2024-05-02 10:00\n---\n\nYes.\n",
    "comments/hello/2.yml": "name: Ann\ndate: 2024-05-02 10:00\nreply_to: 1\nmessage: No.\n",
    "comments/hello/10.md": "---\nid: 1\nauthor: Twin\ndate: 2024-05-02 10:00\n---\n\nAgain.\n",
    "comments/été.yml": "- {name: Bea, message: Undated.}\n- {name: Cem, message: Undated, too.}\n",
    "comments/HELLO/é.md": "---\nauthor: Ann\ndate: 2024-05-02\n---\n\nUnder an accent.\n",
}  # fmt: skip


def plain() -> dict[str, str]:
    """The environment without all that a variant may be about."""
    dropped = ("LC_", "LANG", "TZ", "PYTHON", "HOME")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return kept | {"HOME": "/tmp"} | _where_we_are_found()


def _where_we_are_found() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key == "PYTHONPATH"}


@dataclass(frozen=True)
class Machine:
    """One way in which a build may find the world."""

    name: str
    env: Mapping[str, str | None] = field(default_factory=dict)
    umask: int = 0o022
    cwd: str | None = None
    #: What the files are shuffled with before they are written.
    order: int | None = None
    open_files: int | None = None
    closed: str = ""


MACHINES = [
    Machine("the same once more"),
    *(Machine(f"hash seed {seed}", {"PYTHONHASHSEED": str(seed)}) for seed in range(4)),
    Machine("locale C", {"LC_ALL": "C"}),
    Machine("locale POSIX", {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}),
    Machine("ASCII", {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    Machine("Latin 1", {"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "0"}),
    Machine("ASCII output", {"PYTHONIOENCODING": "ascii"}),
    Machine("a locale of commas", {"LC_ALL": "de_DE.UTF-8"}),
    *(Machine(zone, {"TZ": zone}) for zone in ("Pacific/Kiritimati", "America/New_York", "XYZ+13")),
    Machine("umask 077", umask=0o077),
    Machine("umask 0", umask=0),
    Machine("in /", cwd="/"),
    Machine("no home", {"HOME": None}),
    Machine(
        "no environment but a path",
        {**dict.fromkeys(plain(), None), "PATH": "/usr/bin:/bin", **_where_we_are_found()},
    ),
    *(Machine(f"files in another order, {order}", order=order) for order in range(3)),
    Machine("few open files", open_files=32),
    Machine("no standard input", closed="stdin"),
    Machine("no standard output", closed="stdout"),
    Machine("no standard error", closed="stderr"),
]


def write_content(folder: Path, order: int | None) -> Path:
    names = list(FILES)
    if order is not None:
        random.Random(order).shuffle(names)
    for name in names:
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name], "utf-8")
        os.utime(path, (order or 7, 10**9))
    return folder / "content"


def output_of(machine: Machine, folder: Path) -> dict[str, tuple[bytes, int]]:
    """Build in a process of its own; return each file's bytes and mode, by its path."""
    content, output = write_content(folder, machine.order), folder / "output"
    env: dict[str, str | None] = {**plain(), **machine.env}

    def prepare() -> None:
        os.umask(machine.umask)
        if machine.open_files:
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (machine.open_files, hard))
        if machine.closed:
            os.close(("stdin", "stdout", "stderr").index(machine.closed))

    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "feeds",
            "build",
            "--settle",
            "0",
            content,
            "-o",
            output,
            "--now",
            NOW,
        ],
        cwd=machine.cwd or folder,
        env={key: value for key, value in env.items() if value is not None},
        preexec_fn=prepare,
        capture_output=True,
        timeout=60,
    )
    problem = b"the id '1' is another comment's"
    assert done.returncode == 1
    assert done.stdout == b""
    assert problem in done.stderr or machine.closed == "stderr"
    return {
        str(path.relative_to(output)): (path.read_bytes(), path.stat().st_mode & 0o7777)
        for path in output.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, int]]:
    output = output_of(Machine("plain"), tmp_path_factory.mktemp("plain"))
    assert "comments/été.atom" in output
    assert {mode for _, mode in output.values()} == {0o644}
    return output


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_the_bytes_are_the_same_on_every_machine(
    machine: Machine, expected: dict[str, tuple[bytes, int]], tmp_path: Path
) -> None:
    assert output_of(machine, tmp_path) == expected
