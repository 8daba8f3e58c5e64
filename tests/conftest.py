"""Fixtures that every test may use.

Properties are tried on the same examples every time, so that a change is judged by what it changes.
None has a deadline: how long one takes is the machine's business.
`pytest --hypothesis-profile default` looks for new ones; what it finds becomes a case of its own.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.builders import TinyBlog

settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def _nobody_waits(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Files are read at once however young, and no index outlives its test."""
    monkeypatch.setattr("feeds.cli._SETTLE", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def blog(tmp_path: Path) -> TinyBlog:
    """An empty blog, `site.toml` and all."""
    return TinyBlog(tmp_path)
