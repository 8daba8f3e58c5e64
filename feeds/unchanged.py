"""Has anything changed? Asked by cron every few minutes for years, and answered from stats alone.

The lean path: of the package only `listing` is imported here, and of the standard library only what
the interpreter has loaded or built in. A *memo* beside the index holds, for the last build that went
through: a digest of every folder's listing, what the published files looked like, when something
scheduled comes due, and the exit code. Whatever does not match exactly means "perhaps", and the
build proper finds out: it gets ready while the rest is looked at.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import sys
import time

from feeds.listing import DIGEST, Looking, NotPlainError, branches, digest_of, digests, signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

#: What a memo must say to be ours: a change of its form makes every memo an old one.
_FORM = 6
#: A problem that stands is told again after a day.
TELL_AGAIN = 86_400


class Answer:
    """Whether a build would do anything, and the look at the content that was begun to find out.

    Attributes:
        code: the exit code of the last build, if another would do nothing; None if it might.
        looking: goes on in a process of its own where there is much; None if nothing was looked at.
        given: what `plain_build` made of the arguments.
    """

    __slots__ = ("code", "given", "looking")

    def __init__(
        self,
        code: int | None = None,
        looking: Looking | None = None,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.code = code
        self.looking = looking
        self.given = given


def ask(arguments: Sequence[str]) -> Answer:
    """Tell whether the build that these arguments of the command line ask for is needed."""
    given = plain_build(arguments)
    if given is None or "no_index" in given or os.isatty(1):
        return Answer(given=given)
    content, output, index = given["content"], given.get("output"), given.get("index")
    try:
        path = memo_path(index or index_path(content, output))
        memo = read_memo(path)
        if memo is None or not _is_of(memo, content, output) or not _holds(memo):
            return Answer(given=given)
        looking = Looking(memo["trees"], memo["suffixes"], time.time(), much=memo["much"])
        if looking.sees_change():
            return Answer(looking=looking, given=given)
        code = int(memo["exit"])
        _touch(path)
        return Answer(code)
    except (OSError, KeyError, TypeError, ValueError):
        return Answer(given=given)


def plain_build(arguments: Sequence[str]) -> dict[str, str] | None:
    """Take apart `build [CONTENT] [-o OUTPUT] [--index PATH | --no-index] [--settle SECONDS] [-q]`.

    Return what argparse makes of it, by argparse's names and as texts, `content` always among it;
    None if there is more to it: argparse alone takes as long as to read a hundred posts.
    """
    if not arguments or arguments[0] != "build":
        return None
    given: dict[str, str] = {}
    content = None
    rest = iter(arguments[1:])
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in {"-o", "--output", "--index", "--settle"}:
            if not equals:
                value = next(rest, "")
            if not value or value.startswith("-"):
                return None
            given["output" if name == "-o" else name[2:]] = value
        elif argument in _SWITCHES:
            given[_SWITCHES[argument]] = "yes"
        elif not argument or argument.startswith("-") or content is not None:
            return None
        else:
            content = argument
    if content is None:
        content = "." if os.path.isfile("site.toml") else "content"
    given["content"] = content
    return given


_SWITCHES = {"-q": "quiet", "--quiet": "quiet", "--no-index": "no_index"}


def _touch(memo: str) -> None:
    """Leave word, for `feeds cron --check`, that a run went by: the memo's time is that run's."""
    try:
        os.utime(memo)
    except OSError:
        return  # on a disk that takes no writes nothing need be built either


# --- where things are -----------------------------------------------------------------------------


def index_path(content: str, output: str | None) -> str:
    """Return the index for one content folder and output, in the user's cache folder.

    Raises:
        KeyError: there is no such folder, since nobody says where home is.
    """
    where = output if output is not None else "\0" + os.getcwd()
    said = os.path.realpath(content) + "\0" + (os.path.realpath(where) if output else where)
    name = digest_of(os.fsencode(said)).hex()
    return os.path.join(cache_folder(), name + ".sqlite")


def cache_folder() -> str:
    """Return our folder among the user's caches.

    Raises:
        KeyError: there is no such folder, since nobody says where home is.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ["HOME"], ".cache")
    return os.path.join(cache, "feeds")


def memo_path(index: str) -> str:
    """Return where the memo of an index is."""
    return index + "-memo"


# --- the memo -------------------------------------------------------------------------------------


def read_memo(path: str) -> dict[str, Any] | None:
    """Return what the last build left; None if that cannot be trusted."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    if data[:DIGEST] != digest_of(data[DIGEST:]):
        return None
    memo: dict[str, Any] = marshal.loads(data[DIGEST:])
    return memo if memo["form"] == _FORM else None


def write_memo(path: str, memo: dict[str, Any]) -> None:
    """Leave a memo for the next run, whole or not at all."""
    data = marshal.dumps(memo | {"form": _FORM}, 2)
    temporary = f"{path}.new"  # always the same, so that a killed build leaves one at most
    try:
        with open(temporary, "wb") as stream:
            stream.write(digest_of(data) + data)
        os.replace(temporary, path)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            return


def _is_of(memo: dict[str, Any], content: str, output: str | None) -> bool:
    """Tell whether it is the memo of this build: `--index` may name that of another."""
    root = os.path.realpath(content)
    if output is None:
        output = os.path.join(root, memo["site_output"]) if memo["site_output"] else "output"
    return bool(memo["root"] == root and memo["output"] == os.path.realpath(output))


def _holds(memo: dict[str, Any]) -> bool:
    """Tell whether nothing but the content may have changed since the memo was written."""
    now = time.time()
    in_time = memo["now"] <= now < memo["due"]
    silent = not memo["exit"] or now < memo["told"] + TELL_AGAIN
    return (
        in_time
        and silent
        and memo["plain"]
        and not memo["racy"]
        and memo["program"] == program_signature()
        and all(signature(path) == seen for path, seen in memo["files"].items())
        and signature(memo["database"]) == memo["index"][1]
        and _is_free(memo["output"])
        and all(branches(memo["root"], name) == seen for name, seen in memo["branches"].items())
    )


def _is_free(output: str) -> bool:
    """Tell whether no build is at work on the folder."""
    descriptor = os.open(output, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def program_signature() -> list[Any]:
    """Return what changes when this program, or a library that it uses, is another."""
    here = os.path.dirname(os.path.abspath(__file__))
    try:
        libraries = [signature(path) for path in sys.path if path.endswith("-packages")]
        return [sys.version, digests(here, (".py",)), libraries]
    except (OSError, NotPlainError):
        # A program that is not ours to look at does not change under us; another is elsewhere.
        return [sys.version, here]
