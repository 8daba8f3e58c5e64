"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import TinyBlog


@pytest.fixture
def blog(tmp_path: Path) -> TinyBlog:
    """An empty blog, `site.toml` and all."""
    return TinyBlog(tmp_path)
