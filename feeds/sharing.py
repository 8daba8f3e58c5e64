"""A blog of which nothing is known, read by two processes: posts first, then folders of comments.

One of them began while the other was getting ready (`ahead`). It has listed the posts, and which
folders of comments there are; what is in these lists and reads whoever is free, so that neither
waits for the other to list thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from feeds import reading
from feeds.ahead import Ahead, Listed
from feeds.comparing import Changes, Lister
from feeds.index import Index
from feeds.parallel import each
from feeds.placing import Placed, by_kind, suffixes_of, trees_with_posts
from feeds.settings import Settings
from feeds.sources.files import File
from feeds.sources.site import Source
from feeds.sources.tree import Held, Tree, in_order
from feeds.storing import store_folders, store_posts


class Shared:
    """What two processes read.

    Args:
        ahead: the other one.
        listed: what it has listed.
        placed: the files of the trees in which there may be posts.

    Attributes:
        placed: the same.
        expected: about how many files there are in the folders that nobody has listed yet.
    """

    def __init__(self, ahead: Ahead, listed: Listed, placed: Placed) -> None:
        self.placed = placed
        self.expected = 0
        self._ahead = ahead
        self._tops = listed.tops
        #: What was listed and not read.
        self._unread: list[File] = []
        #: Folders that were read, those with a file that may still be written, and links to others.
        self._read: dict[str, list[str]] = {root: [] for root in listed.tops}
        self._young: dict[str, list[str]] = {root: [] for root in listed.tops}
        self._links: dict[str, list[str]] = {root: [] for root in listed.tops}

    def names(self) -> set[str]:
        """Return what the folders may be called that comments are filed under, as far as is known."""
        others = (file for top in self._tops.values() for file in top.files)
        names = {file.folder or file.stem for file in chain(self.placed.comments, others)}
        return names.union(*(top.folders for top in self._tops.values()))

    def read(
        self, index: Index, source: Source, tree: Tree, lister: Lister, changes: Changes
    ) -> Iterator[int]:
        """Read posts, find out which are public, and read folders of comments.

        Yields:
            how many more files were read.
        """
        posts = self.placed.posts
        posts_left = len(reading.lots(len(posts), {}))
        lots = reading.lots(len(posts), self._tops)
        folders_left = folders_at_first = len(lots) - posts_left
        young = lister.young(self._ahead.started)
        count = 0
        read = partial(reading.read_lot, source, posts, tree, index.is_kept)
        for lot, folders in each(read, lots, few=0, chunk=1, helper=self._ahead.helper):
            if lot:
                posts_left -= 1
                yield store_posts(index, posts, lot, changes)
                if not posts_left:
                    index.publish_posts(self.names())
            if folders and self._may_take(filed := reading.Filed(*folders), lister):
                more = store_folders(index, filed, young, changes)
                count += more
                folders_left -= 1
                self.expected = count * folders_left // (folders_at_first - folders_left)
                changes.count += more
                yield more

    def _may_take(self, filed: reading.Filed, lister: Lister) -> bool:
        """Tell whether what was read of folders is whole; note what else is to be read."""
        names = [folder[0] for folder in filed.folders]
        self._links[filed.tree] += filed.links
        # What has changed since the other began was perhaps read too early.
        changed = max([changed for _, changed, *_ in filed.folders], default=0)
        if not lister.was_settled(changed, self._ahead.started):
            self._young[filed.tree] += names
            return False
        self._read[filed.tree] += names
        self._unread += [File(*values) for values in filed.unread]
        return True

    def rest(self, settings: Settings, tree: Tree, lister: Lister) -> list[File]:
        """Return what is still to be read of trees of nothing but comments.

        Raises:
            StorageError: something cannot be listed.
        """
        suffixes = suffixes_of(settings)
        with_posts = trees_with_posts(settings)
        result = self._unread
        for root in settings.trees:
            if root in with_posts:
                continue
            if root not in self._tops:
                result += lister.files([root])
                continue
            young = lister.young(self._ahead.started)
            again = (tree.held(root, folder, suffixes) for folder in self._young[root])
            found = chain([self._tops[root]], again, self._behind(root, tree, suffixes))
            result += lister.settled(lister.among(root, found, young))
        return result

    def _behind(self, root: str, tree: Tree, suffixes: frozenset[str]) -> Iterator[Held]:
        """Yield the folders of a tree to which only links lead."""
        links = [f"/{name}" for name in self._tops[root].links] + self._links[root]
        if links:
            known = ["", *self._read[root], *self._young[root]]
            seen = {tree.identity(root, folder) for folder in known}
            yield from tree.behind(root, in_order(links), suffixes, seen)


def shared(ahead: Ahead, source: Source, lister: Lister) -> Shared | None:
    """Return what another process has begun to read; None if that is not what this one sees."""
    listed = ahead.listed(source)
    if not listed:
        return None
    settings, young = source.settings, lister.young(ahead.started)
    files = list(chain.from_iterable(lister.among(r, f, young) for r, f in listed.trees.items()))
    placed = by_kind(files, settings)
    if len(placed.posts) != listed.posts or not lister.is_settled(files):
        return None
    return Shared(ahead, listed, placed)
