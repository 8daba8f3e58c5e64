"""`python -m tests.fuzz`: run targets for as long as somebody wants, and keep what was found.

With `atheris` installed (it is coverage-guided) each target runs under it, too: `--atheris`.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import time
import warnings
from pathlib import Path

FOUND = Path("build/fuzz")


def main() -> int:
    """Fuzz, and return 1 if something was found."""
    arguments = _arguments()
    warnings.simplefilter("error")
    if arguments.guided:
        from tests.fuzz import guided

        return guided.main(arguments.targets[0], arguments.seconds, FOUND)
    from tests.fuzz.engine import fuzz
    from tests.fuzz.targets import TARGETS

    names = arguments.targets or list(TARGETS)
    if arguments.input:
        for name in names:
            print(name, TARGETS[name].run(arguments.input.read_bytes()))
        return 0
    failed = False
    for name in names:
        if arguments.atheris:
            command = [sys.executable, "-m", "tests.fuzz", "--guided", name]
            failed |= subprocess.call([*command, "--seconds", str(arguments.seconds)]) != 0
            continue
        started = time.monotonic()
        session = fuzz(TARGETS[name], seconds=arguments.seconds, seed=arguments.seed)
        took = time.monotonic() - started
        print(
            f"{name:18} {session.executions:7} inputs, {session.stretched:5} stretched,"
            f" {len(session.corpus):4} kept, {len(session.findings)} findings, {took:.0f} s",
            flush=True,
        )
        for finding in session.findings.values():
            failed = True
            path = save(name, finding.data)
            print(
                f"  {finding.where}\n  {path}: {finding.data[:300]!r}\n{finding.what}", flush=True
            )
    return int(failed)


def save(target: str, data: bytes) -> Path:
    """Keep an input, so that it can be run again with `--input`."""
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{target}-{hashlib.sha256(data).hexdigest()[:10]}"
    path.write_bytes(data)
    return path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="all, if none is named")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: the clock")
    parser.add_argument("--input", type=Path, help="run one input, as it was kept")
    parser.add_argument("--atheris", action="store_true", help="coverage-guided")
    parser.add_argument("--guided", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
