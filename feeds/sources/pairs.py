"""Lines of `key: value` and nothing else, in one look: what nearly every comment is.

`records` reads more, and gives each text its line; here only what can be told at a glance is read.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from feeds.patterns import lazy

#: Each key with what is behind it, and whether that stood without quotes.
Pairs: TypeAlias = dict[str, tuple[str, bool]]

#: A line of nothing but a key and its value. What a value without quotes must not begin with begins
#: something else in YAML; in double quotes, what follows a backslash is looked at later. A text over
#: several lines goes on as long as they are indented, or empty.
_LINE = lazy(
    r"""^([A-Za-z_][\w-]{0,99}+):
    (?:\ ++(
        [^-?:,[\]{}\#&*!|>%@`"'\ \n][^\n]*+
        |"[^"\\\n]*(?:\\.[^"\\\n]*)*"
        |'[^'\n]*(?:''[^'\n]*)*'
        |[>|]-?(?:\n(?:\ [^\n]*)?)+
    ))?\ *$""",
    re.MULTILINE | re.VERBOSE | re.ASCII,
)
#: How a value begins that does not stand as it is.
_MARKS = frozenset("\"'|>")
#: What YAML takes for the end of a line, or refuses; and tabs, which it allows here and there.
_ODD = lazy("[\x00-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ODD_BYTES = bytes({*range(0x20), 0x7F} - {0x0A})
_ESCAPE = lazy(r"""\\(?:([nrt"\\/])|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|)""")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}


def pairs_of(text: str) -> Pairs | None:
    """Return the text behind each key, and whether it stood without quotes.

    None if there may be more to it: what is read here is what libyaml would read.
    """
    return None if _is_odd(text) else _pairs(text)


def pairs_in(data: bytes) -> Pairs | None:
    """Return what `pairs_of` does of all that stands in a file; None also if that is no text."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if len(data.translate(None, _ODD_BYTES)) < len(data):
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if len(text) < len(data) and _is_odd(text) else _pairs(text)


def _is_odd(text: str) -> bool:
    # What can be printed is not, which is told in a fifth of the time.
    return not text.replace("\n", "").isprintable() and bool(_ODD.search(text))


def _pairs(text: str) -> Pairs | None:
    text = text.rstrip("\n")
    lines = _LINE.findall(text)
    left = text.count("\n") + 1 - len(lines)
    pairs: Pairs = {}
    for key, said in lines:
        first = said[:1]
        if first not in _MARKS:
            value = said.rstrip(" ")
            # One letter is looked for in a tenth of the time that two take.
            if ":" in value and (": " in value or value[-1] == ":"):
                return None
            if "#" in value and " #" in value:
                return None
            pairs[key] = value, True
        elif first == '"':
            meant = _without_escapes(said[1:-1]) if "\\" in said else said[1:-1]
            if meant is None:
                return None
            pairs[key] = meant, False
        elif first == "'":
            pairs[key] = said[1:-1].replace("''", "'"), False
        else:
            meant = _unwrapped(said)
            if meant is None:
                return None
            left -= said.count("\n")
            pairs[key] = meant, False
    return pairs if len(pairs) == len(lines) and not left else None


def _unwrapped(said: str) -> str | None:
    """Return a text over several lines, as `|` or `>` before it says; None if there is more to it."""
    header, first, *rest = said.split("\n")
    words = first.lstrip(" ")
    margin = first[: len(first) - len(words)]
    if header[1:] != "-" or not words:
        return None
    end = "\n" if header[0] == "|" else " "
    text, breaks = words, 0
    for line in rest:
        words = line.removeprefix(margin)
        if not words or (words is line and not line.strip(" ")):
            breaks += 1
        elif words is line or (words[0] == " " and (end == " " or not words.strip(" "))):
            return None
        else:
            text += ("\n" * breaks or " ") + words if end == " " else "\n" * (breaks + 1) + words
            breaks = 0
    return text


def _without_escapes(text: str) -> str | None:
    """Return what a text in double quotes means; None if YAML may refuse it."""
    if "\\\\" not in text:  # which may stand before an n
        plain = text.replace("\\n", "\n").replace('\\"', '"').replace("\\r", "\r")
        if "\\" not in plain:
            return plain
    try:
        return _ESCAPE.sub(_meant, text)
    except ValueError:
        return None


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape in double quotes stands for."""
    known, *numbers = escape.groups()
    if known:
        return _ESCAPES[known]
    number = int(next(filter(None, numbers), "d800"), 16)
    if 0xD800 <= number < 0xE000:  # half a character, which YAML refuses
        raise ValueError
    return chr(number)
