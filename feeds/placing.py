"""What is to be read of a blog: which of its files hold posts, which comments, and where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from feeds.layouts import COMPANION, Kind, Place
from feeds.settings import Settings
from feeds.sources.files import File
from feeds.sources.tree import Held, Tree
from feeds.tuples import NamedTuple

#: A list of comments that is larger is read comment by comment, into the index as it goes.
LARGE = 500_000


class Placed(NamedTuple):
    """Files by what they hold."""

    posts: list[File]
    comments: list[File]
    #: Lists of very many comments.
    lists: list[File]


def tree_of(settings: Settings) -> Tree:
    """Return the content folder, which calls files as they are called within it."""
    return Tree(settings.root, "", follow_links=settings.content.symlinks)


def suffixes_of(settings: Settings) -> frozenset[str]:
    """Return every suffix that content of a blog may have."""
    return frozenset(chain.from_iterable(place.suffixes for place in settings.places))


def trees_with_posts(settings: Settings) -> list[str]:
    """Return the trees of a blog in which there may be posts."""
    places = [place for place in settings.places if place.kind is Kind.POST]
    return [root for root in settings.trees if any(place.is_near(root) for place in places)]


def ours(held: Held, root: str, places: Sequence[Place]) -> list[File]:
    """Return the files of a folder of the tree `root`, each as it is seen from its place."""
    folder = root + held.folder
    if place := lone_place(folder, root, places):
        return [file for file in held.files if file.suffix in place.suffixes]
    files = _with_companions(held.files) if _have_companions(places) else held.files
    near = [place for place in places if place.is_near(folder)]
    return [placed for file in files if (placed := _placed(file, near))]


def lone_place(folder: str, root: str, places: Sequence[Place]) -> Place | None:
    """Return the place that a folder of the tree `root` is in, if that is all there is to it."""
    near = [place for place in places if place.is_near(folder)]
    is_lone = len(near) == 1 and near[0].path == root and not _have_companions(places)
    return near[0] if is_lone else None


def _have_companions(places: Sequence[Place]) -> bool:
    return any(COMPANION in place.suffixes for place in places)


def by_kind(files: Iterable[File], settings: Settings) -> Placed:
    """Return files by what they hold, each kind in the order in which they come."""
    places = reversed(settings.places)
    kinds = {(place.path, suffix): place.kind for place in places for suffix in place.suffixes}
    found = Placed([], [], [])
    for file in files:
        if kinds[file.tree, file.suffix] is Kind.POST:
            found.posts.append(file)
        else:
            (found.lists if file.size > LARGE else found.comments).append(file)
    return found


def _with_companions(files: list[File]) -> list[File]:
    """Let a change of what stands beside a file, and belongs to it, be one of the file."""
    beside = {f.inside.removesuffix(COMPANION): f for f in files if f.suffix == COMPANION}
    if not beside:
        return files
    return [_both(f, beside.get(_stem(f))) for f in files if f.suffix != COMPANION]


def _stem(file: File) -> str:
    return file.inside.rpartition(".")[0]


def _both(file: File, companion: File | None) -> File:
    if companion is None:
        return file
    (size, modified, changed, inode), other = file.stats, companion.stats
    newest = (max(modified, other[1]), max(changed, other[2]))
    return file._replace(stats=(size + other[0], *newest, inode ^ other[3] << 1))


def _placed(file: File, places: Sequence[Place]) -> File | None:
    """Return a file as it is seen from its place, which may lie within the tree it was found in.

    None if nothing of its kind belongs there.
    """
    inside = file.inside
    for place in places:
        if place.holds(inside):
            if place.path == file.tree:
                return file
            relative = inside.removeprefix(place.path).lstrip("/")
            return file._replace(tree=place.path, relative=relative)
    return None
