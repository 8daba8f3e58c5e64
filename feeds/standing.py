"""What stands in `output/` before a build writes there, as far as the index knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feeds.index import Index
from feeds.publish import Publisher

#: To ask for so many files one by one takes less time than to list all there are.
_FEW = 400


class StandingFiles:
    """What earlier builds left in the output folder, asked for no more than a build must know.

    Args:
        publisher: looks at it.
        index: knows what earlier builds left there.
        untouched: whether nobody has added a file, taken one away or put another in its place since.
        whole: whether the last build left every file there that it meant to.
    """

    def __init__(self, publisher: Publisher, index: Index, *, untouched: bool, whole: bool) -> None:
        self._is_untouched = untouched
        #: Whether all is there that was to be there before.
        self.is_whole = untouched and whole
        self._publisher = publisher
        self._index = index
        self._files: dict[str, str] | None = None

    @property
    def files(self) -> Mapping[str, str]:
        """The stats of each file that is as an earlier build left it, by path."""
        if self._files is None:
            known = self._index.outputs()
            stats = self._publisher.stats
            self._files = (
                known if self._is_untouched else {p: s for p, s in known.items() if stats(p) == s}
            )
        return self._files

    def has_feed(self, path: str, suffixes: Iterable[str]) -> bool:
        """Tell whether all files of a feed that was to be there before are."""
        return self.is_whole or all(path + suffix in self.files for suffix in suffixes)

    def ours(self) -> Iterable[str] | None:
        """Return our files, or what of them may have to go, if nobody can have changed those.

        None: somebody can, and each must be looked at.
        """
        if not self._is_untouched:
            return None
        publication = self._publisher.publication
        if self.is_whole and len(publication.outcomes) < _FEW:
            known = sum(map(self._index.is_output, publication.outcomes))
            if len(publication.kept) + known == self._index.count_outputs():
                return ()
        unplanned = set(self.files).difference(publication.outcomes, publication.kept)
        same = all(self._publisher.stats(path) == self.files[path] for path in unplanned)
        return self.files if same else None
