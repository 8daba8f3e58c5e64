"""What must hold of whole files: exports, saved pages, old feeds."""

from __future__ import annotations

import atexit
import re
import tempfile
from collections.abc import Hashable, Iterable
from pathlib import Path
from types import ModuleType

from feeds.adopting import keys, old_feed
from feeds.exports import page, wordpress_text, wxr
from feeds.exports.wxr_library import Library
from feeds.settings import Limits
from feeds.sources import saved_page
from tests.fuzz import checks, seeds
from tests.fuzz.texts import legal_text


class _Disk:
    """One file in memory, for readers that take a path."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self._folder = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        self.path = Path(self._folder.name, "fuzzed")
        atexit.register(self._folder.cleanup)

    def write(self, data: bytes) -> Path:
        self.path.write_bytes(data)
        return self.path


_disk: list[_Disk] = []


def on_disk(data: bytes) -> Path:
    """Return a file that holds `data`."""
    if not _disk:
        _disk.append(_Disk())
    return _disk[0].write(data)


def export(data: bytes, module: ModuleType) -> Hashable:
    """What a reader yields can be published; its own format is recognised from the head alone."""
    path = on_disk(data)
    recognised = module.recognised
    head: object = data[:4096]
    if module is wxr:
        head = data[:4096].decode("utf-8", "replace")
    assert recognised(head) in {True, False}
    items: Iterable[object] = module.read(path, pings=True)
    return checks.are_items(items)


def html_page(data: bytes) -> Hashable:
    found = page.parse(data, "page.html", pings=True)
    items = (found.site, found.post, *found.comments, *found.left_out, *found.warnings)
    shape = checks.are_items(items)
    ids = [comment.id for comment in found.comments]
    assert len(ids) == len(set(ids)), "an id twice"
    return shape, min(len(ids), 4), found.responses is None


def text_page(data: bytes) -> Hashable:
    text = legal_text(data)
    found = saved_page.parse(text)
    whole = saved_page.parse(text, keep_all=True)
    assert len(whole.paragraphs) >= len(found.paragraphs)
    assert len(whole.comments) == len(found.comments)
    for said in (found.title, *found.paragraphs):
        checks.is_legal(said)
    return len(found.comments) > 0, found.responses is None, len(found.left_out) > 0, found.language


def old(data: bytes) -> Hashable:
    found = old_feed.read_feed(on_disk(data))
    for entry in found.entries:
        assert entry.id
        assert entry.date is None or entry.date.tzinfo
        keys.page_key(entry.link)
        keys.title_key(entry.title)
    return found.kind, min(len(found.entries), 3), len(found.problems)


def wordpress(data: bytes) -> Hashable:
    text = legal_text(data)
    library = Library(on_disk(seeds.WXR[0]), Limits())
    rendered = wordpress_text.post(text, 1, library)
    said = wordpress_text.comment(text)
    named = wordpress_text.title(text)
    for result in (rendered.html, said):
        checks.is_legal(result)
    assert "\n" not in named
    return frozenset(re.findall(r"<\w+", rendered.html)[:12])
