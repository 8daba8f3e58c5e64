"""Typewriter's punctuation → a printer's, as WordPress shows English text (`wptexturize`).

Readers know a blog's titles and texts in this form, and so does every feed that the blog had.
"""

from __future__ import annotations

import re

from feeds.exports.wordpress_markup import (
    COMMENT,
    SHORTCODE,
    tokens,
    without_bare_ampersands,
)
from feeds.markup import legal

#: Without any of these, and without 3x4, there is nothing to do.
_WORTH = ("'", '"', "&", "`", "-", "...", "(tm)")
#: Text in these stays as it was typed (facts: "except in `pre`, `code`, `script`, `style`").
_SILENT = frozenset({"code", "kbd", "pre", "script", "style", "tt"})

# Marks that are decided but not yet written: whether a quotation is open is asked of the decided
# ones only. XML forbids these characters, so no text has them.
_OPEN, _CLOSE, _APOSTROPHE = "\x01", "\x02", "\x03"
_OPEN_DOUBLE, _CLOSE_DOUBLE = "\x04", "\x05"
_CANDIDATE = "\x06"
_WRITTEN = {_OPEN: "‘", _CLOSE: "’", _APOSTROPHE: "’", _OPEN_DOUBLE: "“", _CLOSE_DOUBLE: "”"}

_COCKNEY = (
    "tain't",
    "twere",
    "twas",
    "tis",
    "twill",
    "til",
    "bout",
    "nuff",
    "round",
    "cause",
    "em",
)
_FIXED = {"...": "…", "``": "“", "''": _CLOSE_DOUBLE, " (tm)": " ™"} | {
    f"'{word}": f"’{word.replace(chr(39), '’')}" for word in _COCKNEY
}
_FIXED_FORMS = re.compile("|".join(map(re.escape, _FIXED)))

_BLANK = r"[\r\n\t \xa0]|&nbsp;"
_AFTER_BLANK = r"(?:\A|(?<=[\r\n\t \xa0])|(?<=&nbsp;))"
_AT_END = rf"(?=\Z|[.,:;!?)}}\-\]]|&gt;|{_BLANK})"
_SINGLE = re.compile(
    rf"'(?P<year>\d\d)(?P<mark>['\"]){_AT_END}"
    r"|(?P<decade>')(?=\d\d(?![%\d]|[.,]\d))"
    rf"|{_AFTER_BLANK}'(?P<number>\d[.,\d]*+)'"
    r"|(?:\A|(?<=[(\[{\"\-\r\n\t \xa0])|(?<=&lt;)|(?<=&nbsp;))(?P<open>')"
    rf"|(?<![\r\n\t \xa0])(?<!&nbsp;)(?P<within>')(?!\Z|[.,:;!?\"'(){{}}\[\]\-]|&[lg]t;|{_BLANK})",
    re.ASCII,
)
_DOUBLE = re.compile(
    rf"{_AFTER_BLANK}\"(?P<number>\d[.,\d]*+)\""
    rf"|(?:\A|(?<=[(\[{{\-\r\n\t \xa0])|(?<=&lt;)|(?<=&nbsp;))\"(?!{_BLANK})",
    re.ASCII,
)
_DASH = re.compile(
    rf"---|{_AFTER_BLANK}(?P<wide>--)(?=\Z|{_BLANK})|(?<!xn)--|{_AFTER_BLANK}-(?=\Z|{_BLANK})"
)
#: 3x4, but not 0x9999.
_TIMES = re.compile(r"(?<!\w)(?!(?<![.,])0x)(\d++)x(?=\d++(?!\w))", re.ASCII)
_MAY_BE_TIMES = re.compile(r"[0-9]x[0-9]")
_DIGIT_AND_CANDIDATE = re.compile(rf"(?<=\d){_CANDIDATE}", re.ASCII)
_WORD_AND_CANDIDATE = re.compile(rf"(?<!\d){_CANDIDATE}", re.ASCII)


def curled(text: str) -> str:
    """Return HTML with curled quotes, real dashes, ellipses, primes and ×.

    Tags, comments, shortcodes and what stands in `pre`, `code`, `kbd`, `tt`, `script` and `style`
    stay as they are, but for bare ampersands.
    """
    text = legal(text)
    if not (any(mark in text for mark in _WORTH) or ("x" in text and _MAY_BE_TIMES.search(text))):
        return text
    pieces: list[str] = []
    silent: list[str] = []
    for token, name in tokens(text):
        if name == "" and not silent:
            pieces.append(_curled(token))
        elif name in {"", COMMENT, SHORTCODE}:
            pieces.append(token)
        else:
            pieces.append(without_bare_ampersands(token))
            if name in _SILENT:
                silent.append(name)
            elif silent and name == f"/{silent[-1]}":
                silent.pop()
    return "".join(pieces)


def _curled(text: str) -> str:
    if text.isspace():
        return text
    text = _FIXED_FORMS.sub(lambda match: _FIXED[match[0]], text)
    if "'" in text:
        text = _ended(_SINGLE.sub(_single, text), "'", _OPEN, _CLOSE, "′")
    if '"' in text:
        text = _ended(_DOUBLE.sub(_double, text), '"', _OPEN_DOUBLE, _CLOSE_DOUBLE, "″")
    for mark, written in _WRITTEN.items():
        text = text.replace(mark, written)  # str.translate looks at every character
    if "-" in text:
        text = _DASH.sub(_dash, text)
    if "x" in text and _MAY_BE_TIMES.search(text):
        text = _TIMES.sub(r"\1×", text)
    return without_bare_ampersands(text)


def _single(match: re.Match[str]) -> str:
    if match["year"]:
        close = _CLOSE if match["mark"] == "'" else _CLOSE_DOUBLE
        return f"{_APOSTROPHE}{match['year']}{close}"
    if match["number"]:
        return f"{_OPEN}{match['number']}{_CLOSE}"
    return _OPEN if match["open"] else _APOSTROPHE


def _double(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{_OPEN_DOUBLE}{match['number']}{_CLOSE_DOUBLE}"
    return _OPEN_DOUBLE


def _dash(match: re.Match[str]) -> str:
    return "—" if match["wide"] or match[0] == "---" else "–"


def _ended(text: str, mark: str, opening: str, closing: str, prime: str) -> str:
    """Decide the marks that open nothing: closing quotes, or the primes of 9'6".

    One that stands where a quotation may end closes the one that is open. Are there several, those
    behind a word close, and those behind a digit are primes.
    """
    ends = re.compile(mark + _AT_END)
    behind_digit = re.compile(rf"(?<=\d){mark}", re.ASCII)
    spans = text.split(opening)
    for number, span in enumerate(spans):
        if mark not in span:
            continue
        if number and closing not in span:
            span, found = ends.subn(_CANDIDATE, span)
            span = _chosen(span, closing, prime) if found > 1 else span.replace(_CANDIDATE, closing)
            span = behind_digit.sub(prime, span)
        else:
            span = ends.sub(closing, behind_digit.sub(prime, span))
        spans[number] = span.replace(mark, closing) if mark == '"' else span
    return opening.join(spans)


def _chosen(span: str, closing: str, prime: str) -> str:
    span, words = _WORD_AND_CANDIDATE.subn(closing, span)
    if not words:
        at = span.rfind(f"{_CANDIDATE}.")
        at = at if at >= 0 else span.rfind(_CANDIDATE)
        span = span[:at] + closing + span[at + 1 :]
    return _DIGIT_AND_CANDIDATE.sub(prime, span).replace(_CANDIDATE, closing)
