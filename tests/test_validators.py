"""Validators that nobody of this project wrote, over the sample site and over a difficult one."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.builders import TinyBlog

ROOT = Path(__file__).parent.parent
VALIDATE = ROOT.parent / "shared" / "tools" / "validate"
#: As it is before a test begins: the tools keep their cache where the user has it.
ENVIRONMENT = dict(os.environ)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "feedharness" / "venv"
#: Two entries of one second, dates before 1970, and a U+FFFD that says what was there, are honest.
_HONEST = {"DuplicateUpdated", "ImplausibleDate", "BadCharacters"}
#: Takes a feed without entries for something else.
_CANNOT_READ_EMPTY = "@extractus/feed-extractor"


def _findings(output: Path, site: str) -> list[dict[str, Any]]:
    if not VALIDATE.exists() or not CACHE.exists():
        pytest.skip("the validators are not installed")
    command: list[str | Path] = [VALIDATE, "--json", "--site", site, "--root", output, output]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, env=ENVIRONMENT)
    findings = [
        finding | {"file": file["file"]}
        for file in json.loads(result.stdout)["files"]
        for finding in file["findings"]
    ]
    return [
        finding
        for finding in findings
        if finding["level"] in {"error", "warning"}
        and finding["type"] not in _HONEST
        and finding["validator"] != _CANNOT_READ_EMPTY
    ]


def test_nobody_has_anything_to_say_about_the_sample_site() -> None:
    assert _findings(ROOT / "output", "https://americablog.com/feeds") == []


def test_nobody_has_anything_to_say_about_a_difficult_blog(blog: TinyBlog) -> None:
    """Everything that a key can hold, and what people put into comments."""
    blog = TinyBlog(
        blog.folder,
        'rights = "© 2024 A & B"\nlogo = "https://blog.example/logo.png"\nlanguage = "de-AT"\n',
    )
    blog.post(
        "full",
        "Text with ![a picture](/a.png), a [link](#below), `code` & *more*.\n\n<!--more-->\n\nRest.",
        title="Fish & chips, 1 < 2",
        updated="2024-05-03",
        authors="[Ann, {name: Ben, uri: 'https://ben.example/'}]",
        tags="[one, 'two & three']",
        language="en",
        image="/a.png",
        enclosures="[{url: /a.mp3, length: 12, type: audio/mpeg}, {url: /b.ogg}]",
    )
    blog.post("undated", date="", updated="2024-04-01").post("quiet", comments="open")
    blog.comment("full", "1", "First <script>alert(1)</script> *comment* & a < b")
    blog.comment(
        "full", "2", "Reply", parent="1", date="2024-05-02 11:00", author="'<Zoë> & \u202eson'"
    )
    blog.comment(
        "full", "3", "\x08 ]]> &#8; &nbsp; 🐟 שלום", date="2024-05-02 12:00", uri="x.example"
    )
    blog.build()
    assert _findings(blog.output, "https://blog.example/feeds") == []
