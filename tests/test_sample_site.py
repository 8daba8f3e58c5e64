"""The sample site: its committed feeds are what a fresh build gives, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import feedparser

from feeds import build, load_site

ROOT = Path(__file__).parent.parent


def _built(output: Path) -> dict[str, bytes]:
    build(load_site(ROOT / "content"), output, now=datetime.now(UTC))
    return _files(output)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_committed_feeds_are_what_a_fresh_build_gives(tmp_path: Path) -> None:
    assert _built(tmp_path / "output") == _files(ROOT / "output")


def test_the_sample_has_no_problems(tmp_path: Path) -> None:
    report = build(load_site(ROOT / "content"), tmp_path / "output", now=datetime.now(UTC))
    assert not report.has_problems


def test_the_footer_says_letter_for_letter_what_the_feeds_say() -> None:
    feed = feedparser.parse((ROOT / "output" / "entries.rss").read_bytes()).feed
    footer = (ROOT / "output" / "footer.html").read_text("utf-8")
    label = next(link.title for link in feed.links if link.rel == "self")
    assert (feed.rights, label) == (
        "© 2021 AMERICAblog Media, LLC. All rights reserved.",
        "Entries RSS",
    )
    assert feed.rights in footer
    assert f">{label}<" in footer.replace("<bdi>", "").replace("</bdi>", "")


def test_what_the_page_claimed_is_not_what_is_counted() -> None:
    """The saved page says "4 Responses" and holds three."""
    entries = feedparser.parse((ROOT / "output" / "entries.rss").read_bytes()).entries
    chechnya = next(entry for entry in entries if entry.title.startswith("100 Chechen"))
    assert chechnya.slash_comments == "3"


def test_nothing_of_what_is_kept_in_gets_out() -> None:
    published = b"".join(_files(ROOT / "output").values())
    for kept_in in (b"a-draft", b"Watches", b"watches.example"):
        assert kept_in not in published
