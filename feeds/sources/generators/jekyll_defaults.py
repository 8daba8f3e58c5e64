"""Front matter that `_config.yml` gives whole groups of files (Jekyll 4.3: `frontmatter_defaults.rb`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TypeAlias

from feeds.sources.records import Record, Scalar, Value
from feeds.tuples import NamedTuple

#: A value that cannot change: text and whether it stood without quotes, a list, or keys and values.
Frozen: TypeAlias = "tuple[str, bool] | _List | _Table"
#: More alternatives in braces than these are no pattern that a person wrote.
_MAX_ALTERNATIVES = 64
#: Likewise.
_MAX_PARTS = 10_000
_MAX_DEPTH = 20
#: What Jekyll 2 called them.
_OLD_TYPES = {"post": "posts", "draft": "drafts", "page": "pages"}


class _List(NamedTuple):
    items: tuple[Frozen, ...]


class _Table(NamedTuple):
    items: tuple[tuple[str, Frozen], ...]


class Default(NamedTuple):
    """One of `defaults`: a scope, and what holds in it."""

    #: As it is written; empty: everywhere.
    path: str
    #: None: every type.
    type: str | None
    values: _Table

    def applies(self, path: str, collections: str) -> bool:
        """Tell whether a post at `path` below the folder `collections` is in this scope.

        A draft is a post to Jekyll 4 and never of the type `drafts`.
        """
        if self.type not in {None, "posts"}:
            return False
        if "*" in self.path:
            whole = f"{collections}/{path}" if collections else path
            return any(_globs(pattern, whole) for pattern in _alternatives(self.path))
        scope = self.path.removeprefix(f"{collections}/") if collections else self.path
        return path.startswith(scope)  # `blog` is `blogs/…`, too: Jekyll compares texts

    def precedes(self, older: Default | None) -> bool:
        """Tell whether this scope says more than an older one."""
        if older is None:
            return True
        size, other = (len(default.path.removeprefix("/")) for default in (self, older))
        if size != other:
            return size > other
        return self.type is not None or older.type is None


def read(config: Value | None) -> tuple[tuple[Default, ...], int]:
    """Return the `defaults` of a configuration, and how many of them are none.

    Those are passed over, as they are by Jekyll; so is what is too large to be meant.
    """
    found: list[Default] = []
    items = config if isinstance(config, list) else []
    for item in items:
        values = item.get("values") if isinstance(item, dict) else None
        scope = item.get("scope") if isinstance(item, dict) else None
        if not isinstance(values, dict) or not _is_small(values):
            continue
        scope = scope if isinstance(scope, dict) else {}
        path, kind = scope.get("path"), scope.get("type")
        found.append(
            Default(
                str(path) if isinstance(path, Scalar) and not path.is_null else "",
                _OLD_TYPES.get(kind, str(kind)) if isinstance(kind, Scalar) else None,
                _frozen_table(values),
            )
        )
    return tuple(found), len(items) - len(found)


def values(defaults: Iterable[Default], path: str, collections: str) -> Record:
    """Return what `defaults` say about the post at `path`, the most specific scope last."""
    result: Record = {}
    older: Default | None = None
    for default in defaults:
        if not default.applies(path, collections):
            continue
        own = _thawed_table(default.values)
        if default.precedes(older):
            result, older = merged(result, own), default
        else:
            result = merged(own, result)
    return result


def merged(below: Mapping[str, Value], above: Mapping[str, Value]) -> Record:
    """Merge two records: what stands above wins, unless it is nothing (`deep_merge_hashes`)."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            result[key] = merged(old, value)
        elif old is None or not (isinstance(value, Scalar) and value.is_null):
            result[key] = value
    return result


def _is_small(value: Value) -> bool:
    """Tell whether a value is shallow and has few parts, however often its aliases repeat them."""
    waiting = [(value, 1)]
    seen = 0
    while waiting:
        item, depth = waiting.pop()
        parts = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        seen += len(parts)
        if depth > _MAX_DEPTH or seen > _MAX_PARTS:
            return False
        waiting += [(part, depth + 1) for part in parts]
    return True


def _frozen_table(record: Record) -> _Table:
    return _Table(tuple((key, _frozen(value)) for key, value in record.items()))


def _frozen(value: Value) -> Frozen:
    if isinstance(value, Scalar):
        return str(value), value.plain
    if isinstance(value, dict):
        return _frozen_table(value)
    return _List(tuple(_frozen(item) for item in value))


def _thawed_table(table: _Table) -> Record:
    return {key: _thawed(value) for key, value in table.items}


def _thawed(value: Frozen) -> Value:
    """Return a value as of the first line of the post's file, where its own would stand."""
    if isinstance(value, _Table):
        return _thawed_table(value)
    if isinstance(value, _List):
        return [_thawed(item) for item in value.items]
    return Scalar(value[0], 1, value[1])


def _globs(pattern: str, path: str) -> bool:
    """Tell whether a pattern of Ruby's `Dir.glob` matches a path or a folder above it.

    `*` stays within a name, `**/` is any number of folders, and a slash at the end asks for one.
    """
    wanted = [part for part in pattern.split("/") if part not in {"", "."}]
    names = path.split("/")
    # The places in `names` up to which the pattern so far can have come.
    reached = {0}
    for part in wanted[:-1] if wanted[-1:] == ["**"] else wanted:
        if part == "**":
            reached = set(range(min(reached), len(names) + 1))
        else:
            reached = {
                n + 1
                for n in reached
                if n < len(names)
                and fnmatchcase(names[n], part.replace("[^", "[!"))
                and (names[n][:1] != "." or part[:1] == ".")
            }
        if not reached:
            return False
    is_above = pattern.endswith("/") or wanted[-1:] == ["**"]
    return not is_above or min(reached) < len(names)


@lru_cache(maxsize=256)
def _alternatives(pattern: str) -> tuple[str, ...]:
    """Return what a pattern with `{a,b}` stands for."""
    done: list[str] = []
    waiting = [pattern]
    while waiting and len(waiting) + len(done) <= _MAX_ALTERNATIVES:
        item = waiting.pop()
        end = item.find("}")
        start = item.rfind("{", 0, end) if end >= 0 else -1
        if start < 0:
            done.append(item)
        else:
            choices = item[start + 1 : end].split(",", _MAX_ALTERNATIVES)
            waiting += [item[:start] + choice + item[end + 1 :] for choice in choices]
    return () if waiting else tuple(done)
