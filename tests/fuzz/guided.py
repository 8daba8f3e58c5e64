"""One target under `atheris`, libFuzzer for Python: inputs that reach new code are kept.

Findings are told and passed over, so that one does not hide the next; only a hang ends a run.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

_LONGEST = 4096
_HANG = 20
_MEGABYTES = 2048


def main(name: str, seconds: float, found: Path) -> int:
    """Run one target; libFuzzer ends the process itself, and that with 0 unless it hangs."""
    try:
        atheris: Any = import_module("atheris")
    except ImportError:
        print("atheris is not installed: pip install atheris", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["feeds"]):
        targets = import_module("tests.fuzz.targets").TARGETS
        engine = import_module("tests.fuzz.engine")
        session = engine.Session(targets[name])
        for data in session.target.seeds:  # what is imported late is imported here
            engine.attempt(session, data, set())
    from tests.fuzz.__main__ import save

    def one(data: bytes) -> None:
        before = len(session.findings)
        engine.attempt(session, data, {None})
        if len(session.findings) > before:
            finding = list(session.findings.values())[-1]
            path = save(name, finding.data)
            print(
                f"  {finding.where}\n  {path}: {finding.data[:300]!r}\n{finding.what}", flush=True
            )

    corpus = Path(tempfile.mkdtemp(prefix="feeds-fuzz-"))
    for number, data in enumerate(session.target.seeds):
        (corpus / f"seed-{number}").write_bytes(data)
    words = corpus.parent / f"{corpus.name}.dict"
    # libFuzzer takes no empty dictionary.
    known = [word for word in session.target.words if word] or [b"\0"]
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in known))
    limits = [f"-max_len={_LONGEST}", f"-timeout={_HANG}", f"-rss_limit_mb={_MEGABYTES}"]
    more = [f"-dict={words}", f"-artifact_prefix={found}/{name}-hang-", "-print_final_stats=1"]
    command = [name, f"-max_total_time={int(seconds)}", *limits, *more, str(corpus)]
    atheris.Setup(command, one)
    atheris.Fuzz()
    return 0


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)
