"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import TinyBlog


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files are read at once however young, and no index outlives its test."""
    monkeypatch.setattr("feeds.cli._SETTLE", 0.0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def blog(tmp_path: Path) -> TinyBlog:
    """An empty blog, `site.toml` and all."""
    return TinyBlog(tmp_path)
