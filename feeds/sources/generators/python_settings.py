"""A configuration that is a Python program, read and never run.

What a top-level assignment of literals says is a setting; what only running the program would tell
(a call, a loop, a plugin) is not there.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable

from feeds.errors import ContentError
from feeds.sources.records import Record, Scalar, Value

_MAX_LENGTH = 1_000_000
_MAX_DEPTH = 20


def config_from_python(text: str) -> Record:
    """Return the settings of `pelicanconf.py` or `conf.py` as texts; nothing of it is executed.

    Tuples and lists are lists, keys of dictionaries texts; `None` is a null. A later assignment
    wins; the name of a setting from above stands for its value.

    Raises:
        ContentError: it is not Python.
    """
    if len(text) > _MAX_LENGTH:
        raise ContentError("too long for a configuration", "is it the right file?")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an escape that Python does not know is still text
            tree = ast.parse(text)
    except SyntaxError as error:
        raise ContentError(f"not Python: {error.msg}", "correct it there", error.lineno) from None
    except (ValueError, RecursionError, MemoryError):
        raise ContentError("not Python that can be read", "is it the right file?") from None
    found: Record = {}
    for statement in tree.body:
        for name, node in _assigned(statement):
            value = _value(node, found, 0)
            if value is not None:
                found[name] = value
            else:
                # What it was before is not what it is now.
                found.pop(name, None)
    return found


def _assigned(statement: ast.stmt) -> Iterable[tuple[str, ast.expr]]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    else:
        return
    for target in targets:
        if isinstance(target, ast.Name) and statement.value:
            yield target.id, statement.value


def _value(node: ast.expr, known: Record, depth: int) -> Value | None:
    """Return what an expression says; None: only running it would tell."""
    if depth > _MAX_DEPTH:
        return None
    if isinstance(node, ast.Constant):
        return _scalar(node)
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        items = [_value(item, known, depth + 1) for item in node.elts]
        return [item for item in items if item is not None]
    if isinstance(node, ast.Dict):
        return _record(node, known, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
        # Nikola's conf.py marks what translators should see.
        return _value(node.args[0], known, depth + 1) if len(node.args) == 1 else None
    return None


def _scalar(node: ast.Constant) -> Scalar | None:
    if node.value is None:
        return Scalar("", node.lineno, plain=True)
    if isinstance(node.value, bool):
        return Scalar(str(node.value).lower(), node.lineno, plain=True)
    if isinstance(node.value, str):
        return Scalar(node.value, node.lineno)
    if isinstance(node.value, int | float):
        try:
            return Scalar(str(node.value), node.lineno, plain=True)
        except ValueError:  # more digits than Python writes
            return None
    return None


def _record(node: ast.Dict, known: Record, depth: int) -> Record:
    found: Record = {}
    for key, item in zip(node.keys, node.values, strict=True):
        name = _value(key, known, depth + 1) if key else None
        value = _value(item, known, depth + 1)
        if isinstance(name, Scalar) and value is not None:
            found[str(name)] = value
    return found
