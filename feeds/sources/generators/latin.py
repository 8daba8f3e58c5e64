"""Names in ASCII, as generators make them of Latin letters, and where that cannot be told.

Zola, Pelican and Nikola spell every script in ASCII by tables of tens of thousands of lines. Those
of Latin letters follow from Unicode itself; of others nothing is made up here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

#: Letters that Unicode does not take apart, and the punctuation that titles have.
_SPELLED: Mapping[str, str] = MappingProxyType(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th"}
    | {"ŋ": "ng", "Ŋ": "NG", "“": '"', "”": '"', "„": '"', "«": "<<", "»": ">>", "…": "..."}
    | {"—": "--", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L"}
    | {"ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T", "ĸ": "k", "‘": "'", "’": "'", "‚": ","}
    | {"–": "-", "¡": "!", "¿": "?", "·": "*", "•": "*", "×": "x", "№": "No. "}
)

#: Combining marks; those behind them are letters in small.
_ACCENTS = frozenset(map(chr, range(0x300, 0x363)))


def ascii_of(text: str) -> str | None:
    """Return `text` in ASCII; None: it has letters or symbols that only a table could tell."""
    if text.isascii():
        return text
    found: list[str] = []
    for c in text:
        if c in _SPELLED:
            found.append(_SPELLED[c])
            continue
        parts = unicodedata.normalize("NFKD", c)
        if not all(part.isascii() or part in _ACCENTS for part in parts):
            return None
        if len(parts) > 1 and parts.startswith(" "):
            return None  # an accent that stands alone
        found += (part for part in parts if part.isascii())
    return "".join(found)
