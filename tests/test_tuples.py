"""Our named tuples are those of `typing`, but for the time that it takes to make one."""

from __future__ import annotations

import pickle
import typing

import pytest

from feeds import tuples


class Ours(tuples.NamedTuple):
    """What it is for."""

    path: str
    #: In bytes.
    size: int = 0
    odd: NoSuchName | None = None  # type: ignore[name-defined]  # noqa: F821

    @property
    def name(self) -> str:
        """The last part."""
        return self.path.rpartition("/")[2]

    @classmethod
    def at(cls, path: str) -> Ours:
        """Return one."""
        return cls(path)


class Theirs(typing.NamedTuple):
    """What it is for."""

    path: str
    #: In bytes.
    size: int = 0
    odd: NoSuchName | None = None  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    "what", ["_fields", "_field_defaults", "__doc__", "__match_args__", "__slots__"]
)
def test_they_say_of_themselves_what_those_of_typing_say(what: str) -> None:
    assert getattr(Ours, what) == getattr(Theirs, what)


def test_they_are_tuples() -> None:
    one = Ours("a/b", 2)
    assert tuple(one) == ("a/b", 2, None) == tuple(Theirs("a/b", 2))
    assert one._replace(size=3) == Ours.at("a/b")._replace(size=3) == Ours(path="a/b", size=3)
    assert pickle.loads(pickle.dumps(one)) == one
    assert type(pickle.loads(pickle.dumps(one))) is Ours
    assert repr(one) == "Ours(path='a/b', size=2, odd=None)"
    assert Ours.__module__ == __name__


def test_they_have_the_methods_they_are_given() -> None:
    assert Ours.at("a/b").name == "b"


@pytest.mark.parametrize("name", ["path", "other"])
def test_they_are_frozen(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Ours("a"), name, "b")


def test_they_ask_for_what_has_no_default() -> None:
    with pytest.raises(TypeError):
        Ours()  # type: ignore[call-arg]


def test_what_annotations_say_is_kept() -> None:
    assert Ours.__annotations__ == {"path": "str", "size": "int", "odd": "NoSuchName | None"}
