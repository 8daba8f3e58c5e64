"""Values as Hugo types them: YAML's own readings, then package `cast`."""

from __future__ import annotations

import re

from feeds.patterns import lazy
from feeds.sources.records import Scalar, Value

#: YAML 1.1, which Hugo's reader follows.
_TRUE = frozenset({"true", "yes", "on", "y"})
_FALSE = frozenset({"false", "no", "off", "n"})
_WHOLE = lazy(r"[+-]?(?:0[xX][0-9a-fA-F_]{1,16}|0b[01_]{1,64}|0o?[0-7_]{1,22}|0|[1-9][0-9_]{0,18})")
_DECIMAL = lazy(r"[+-]?(?:\d{1,15}\.\d{0,15}|\.\d{1,15}|\d{1,15}(?=[eE]))(?:[eE][+-]?\d{1,2})?")


def text_of(value: Value | None) -> str:
    """Return a value as the text that Hugo makes of it: `1.10` without quotes is a number."""
    if not isinstance(value, Scalar) or value.is_null:
        return ""
    if not value.plain:
        return str(value)
    if value.lower() in _TRUE or value.lower() in _FALSE:
        return str(value.lower() in _TRUE).lower()
    if _WHOLE.fullmatch(value):
        return _whole(value.replace("_", ""))
    if _DECIMAL.fullmatch(value):
        return (
            f"{float(value):f}".rstrip("0").rstrip(".") if "e" in value.lower() else _short(value)
        )
    return str(value)


def _whole(text: str) -> str:
    digits = text.lstrip("+-")
    if re.fullmatch(r"0[0-7]+", digits):
        digits = f"0o{digits}"  # Go's `ParseInt` with base 0
    try:
        number = int(digits, 0)
    except ValueError:
        return text
    return str(-number if text.startswith("-") else number)


def _short(text: str) -> str:
    number = repr(float(text))
    return number.removesuffix(".0") if "e" not in number else text


def is_true(value: Value | None) -> bool | None:
    """Return a truth value; None: it is none that can be read. Nothing at all is False."""
    if value is None or (isinstance(value, Scalar) and (value.is_null or not value)):
        return False
    if not isinstance(value, Scalar):
        return None
    word = value.strip().lower()
    if word in _TRUE or word in {"t", "1"}:
        return True
    return False if word in _FALSE or word in {"f", "0"} else None


def list_of(value: Value) -> list[Value]:
    """Return a list of texts; one text is a list of itself."""
    return value if isinstance(value, list) else [value] if isinstance(value, Scalar) else []
