"""Large XML files, read piece by piece: the same records wherever a piece ends, and bounds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.errors import ContentError, Problem
from feeds.exports import pieces, xml_records
from feeds.exports.xml_records import Element, records

TEXT = (
    '<?xml version="1.0" encoding="utf-8"?>\n<r xmlns:n="urn:n">\n'
    '<a n:id="1">one &amp; <b>two\x0b</b> &#8;&#233;<![CDATA[ <é> ]]></a>\n'
    "<!-- between --><a><b/>\n<c>three</c></a>\n</r>"
)


class File:
    """One XML file, read in pieces of some size."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, text: str | bytes, size: int = 1 << 20) -> list[Element | Problem]:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pieces, "PIECE", size)
            return list(records(self.path, {"r"}, "a list of records"))

    def elements(self, text: str | bytes, size: int = 1 << 20) -> list[Element]:
        return [item for item in self.read(text, size) if isinstance(item, Element)]


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "export.xml")


def test_records_are_the_children_of_the_root(file: File) -> None:
    first, second = file.elements(TEXT)

    assert (first.line, first.attributes, first.text) == (3, {"urn:n id": "1"}, "one &  é <é> ")
    assert [child.name for child in second.children] == ["b", "c"]
    assert (second.line, second.said("c"), second.said("c", "d"), second.said("x")) == (
        4,
        "three",
        "",
        "",
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 60))
def test_records_are_the_same_whatever_the_pieces(file: File, size: int) -> None:
    assert file.read(TEXT, size) == file.read(TEXT)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "windows-1252", "shift_jis"])
def test_half_a_character_at_the_end_of_a_piece_waits(file: File, encoding: str) -> None:
    word = "日本" if encoding == "shift_jis" else "für"
    text = f'<?xml version="1.0" encoding="{encoding}"?><r><a>{word}</a></r>'

    assert [element.text for element in file.elements(text.encode(encoding), 3)] == [word]


@pytest.mark.parametrize(
    "name", ["rot13", "zlib", "unicode_escape", "utf-7", "punycode", "cp99999"]
)
def test_a_declared_encoding_is_believed_if_it_is_one_of_text(file: File, name: str) -> None:
    text = f'<?xml version="1.0" encoding="{name}"?><r><a>plain</a></r>'

    assert [element.text for element in file.elements(text)] == ["plain"]


def test_a_record_with_too_much_of_anything_costs_itself(
    file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_records, "_MAX_TEXT", 100)
    monkeypatch.setattr(xml_records, "_MAX_ELEMENTS", 10)
    whole = "<a>whole</a>"
    deep = "<b>" * 60 + "</b>" * 60
    attributes = f'<b x="{"y" * 200}"/>'

    for much in ("x" * 101, "<b/>" * 11, deep, attributes, f"<b>{'x' * 99}<c>yy</c></b>"):
        found = file.read(f"<r>{whole}<a>{much}</a>{whole}</r>", 50)
        assert [type(item) for item in found] == [Element, Problem, Element]


def test_a_reference_to_no_character_costs_itself(file: File) -> None:
    (element,) = file.elements("<r><a>x&#0;&#xD800;&#x110000;&#9999999999;&#65;</a></r>", 7)

    assert element.text == "xA"


@pytest.mark.parametrize(
    "text",
    [
        "<r>" + "<a>" * 500_000,
        "<r><a x='" + "y" * 4_000_000,
        "<r><!--" + "-x" * 2_000_000,
        "<r>" + "&#" * 2_000_000,
        "<r><a " + "x" * 4_000_000,
        "<r><a " + " ".join(f"x{n}=''" for n in range(300_000)),
        "<" * 4_000_000,
    ],
    ids=["depth", "attribute", "comment", "references", "name", "attributes", "brackets"],
)
def test_hostile_megabytes_cost_seconds_at_most(file: File, text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ContentError):
        file.read(text)
    assert time.perf_counter() - start < 5
