"""What a blog's own generator is told → the settings made whole, and the generator's rules.

A layout other than ours finds most of what it needs in the generator's configuration: the time
zone, the rule for permalinks, what all posts of a folder have in common.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from feeds import listing
from feeds.errors import ContentError, Problem, SettingsError, Severity, quoted
from feeds.layouts import LAYOUTS, Kind
from feeds.settings import FILE_NAME, Settings, is_zone
from feeds.sources import front_matter
from feeds.sources.files import File, read_text, unreadable
from feeds.sources.generators import Generator
from feeds.sources.records import Record, Scalar, from_json, from_toml, from_yaml
from feeds.sources.tree import Tree
from feeds.tuples import NamedTuple

#: Layouts in which a folder has a file that says what its posts have in common.
_SECTIONED = frozenset({"hugo", "zola"})
_CONFIG_LIMIT = 4_000_000
#: No configuration nests deeper on purpose.
_DEEP = 20


class Source(NamedTuple):
    """A blog, as it is to be read."""

    settings: Settings
    #: None: our own layout.
    generator: Generator | None = None
    #: What its rules were read from, seen from the root: a change of one changes everything.
    watched: tuple[str, ...] = ()
    #: What in them could not be understood.
    warnings: tuple[Problem, ...] = ()

    @property
    def digest(self) -> bytes:
        """What tells two sites apart, wherever they were read from, and gives no secret away."""
        said = repr((self.settings._replace(root=Path()), self.generator))
        return listing.digest_of(said.encode("utf-8", "replace"))


def source_of(settings: Settings, shown: str) -> Source:
    """Find out how a blog is to be read.

    Args:
        settings: the site.
        shown: what messages call its folder.

    Raises:
        SettingsError: the generator's configuration cannot be read.
        StorageError: the system would not let us.
    """
    tree = Tree(settings.root, shown, follow_links=settings.content.symlinks)
    missing = tuple(_missing(settings, tree))
    layout = settings.content.layout
    if layout is None:
        return Source(settings, warnings=missing)
    if settings.content.selector:
        _check_selector(settings.content.selector)
    settings = _with_folders_anywhere(settings)
    watched = config_files(settings, tree)
    config = config_of(settings.root, shown, watched)
    zone = settings.zone if settings.timezone else None
    module = import_module(f"feeds.sources.generators.{layout}")
    configured: Callable[..., Generator] = module.configured
    generator = configured(config, zone)
    settings = _with_folders(settings, generator)
    if layout in _SECTIONED:
        sections, bundles = _sections(settings, tree)
        # Only Hugo lets a folder be one post with all that is in it.
        generator = configured(config, zone, sections, *([bundles] if layout == "hugo" else []))
    if not settings.timezone:
        facts: Mapping[str, str] = module.site_facts(config)
        said = facts.get("timezone") or ""
        settings = settings._replace(timezone=said if said and is_zone(said) else "UTC")
    warnings = tuple(
        Problem(
            watched[0] if watched else FILE_NAME, what, "correct it there", None, Severity.WARNING
        )
        for what in getattr(generator, "warnings", ())
    )
    return Source(settings, generator, tuple(watched), missing + warnings)


def _missing(settings: Settings, tree: Tree) -> Iterator[Problem]:
    """Yield a warning for each folder that `site.toml` names and that is not there."""
    content = settings.content
    named = {"posts": content.posts, "drafts": content.drafts, "comments": content.comments}
    named["built"] = (content.built,) if content.built else ()
    for key, paths in named.items():
        for path in paths:
            if not tree.has(path) and not tree.has_file(path):
                what = f"'content.{key}' names {path}, and there is no such folder"
                remedy = "correct it, or make the folder"
                yield Problem(FILE_NAME, what, remedy, None, Severity.WARNING)


def _check_selector(selector: str) -> None:
    from feeds.sources import templates

    if not templates.is_selector(selector):
        raise SettingsError(
            f"{FILE_NAME}: 'content.selector' is {quoted(selector)};"
            " it takes a CSS selector, such as div.text"
        )


def _with_folders_anywhere(settings: Settings) -> Settings:
    """Add the folders of posts that stand in other folders, such as Jekyll's `travel/_posts`."""
    name, content = settings.layout.anywhere, settings.content
    if not name or content.posts:
        return settings
    found = listing.branches(os.path.realpath(settings.root), name)
    posts = (*settings.layout.posts, *found)
    return settings._replace(content=content._replace(posts=posts))


def _with_folders(settings: Settings, generator: Any) -> Settings:
    """Look for posts where the generator is told to, unless `site.toml` knows better."""
    content = settings.content
    if content.layout == "jekyll":
        source = generator.files.source
        return _below_source(settings, source) if source else settings
    if content.posts:
        return settings
    folders: list[str] = []
    if content.layout == "hugo":
        folders = [root.source for root in generator.site.roots]
    elif content.layout == "pelican":
        folders = [generator.site.content]
    elif content.layout == "nikola":
        folders = [source.folder for source in generator.sources]
    posts = tuple(dict.fromkeys(os.path.normpath(folder) for folder in folders if folder))
    inside = tuple(p for p in posts if not p.startswith(("..", "/")))
    return settings._replace(content=content._replace(posts=inside)) if inside else settings


def _below_source(settings: Settings, source: str) -> Settings:
    """Look for Jekyll's data where its `source` is; posts are found wherever they stand."""
    content, layout = settings.content, settings.layout
    if content.comments:
        return settings
    # A build step may fill `.tmp/src` from `src`, which is what is kept.
    roots = [source]
    while "/" in roots[-1]:
        roots.append(roots[-1].partition("/")[2])
    comments = tuple(f"{root}/{path}" for root in roots for path in layout.comments)
    drafts = content.drafts or tuple(f"{root}/{path}" for root in roots for path in layout.drafts)
    return settings._replace(content=content._replace(comments=comments, drafts=drafts))


# --- configuration --------------------------------------------------------------------------------


def config_files(settings: Settings, tree: Tree) -> list[str]:
    """Return the files of the generator's configuration, those that override others last."""
    named = settings.content.config
    if named:
        for path in named:
            if not tree.has_file(path):
                raise SettingsError(
                    f"{path}: no such file; correct `config` below [content] in site.toml"
                )
        return list(named)
    return found_config(settings.root, str(settings.content.layout), tree)


def found_config(root: Path, layout: str, tree: Tree | None = None) -> list[str]:
    """Return the files of a generator's configuration that a repository has.

    Raises:
        StorageError: the system would not let us look.
    """
    tree = tree or Tree(root, str(root), follow_links=False)
    found = [next(filter(tree.has_file, group), None) for group in LAYOUTS[layout].config]
    parts = _parts(root) if layout == "hugo" else []
    return [path for path in found if path] + parts


#: Where Hugo keeps its configuration in parts: `params.toml` holds what stands below `[params]`.
_PARTS = "config/_default"
_WHOLE = frozenset({"hugo", "config"})


def _parts(root: Path) -> list[str]:
    try:
        names = sorted(os.listdir(root / _PARTS))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise unreadable(_PARTS, error) from error
    suffixes = (".toml", ".yaml", ".yml", ".json")
    parts = [name for name in names if name.endswith(suffixes) and name[0] != "."]
    return [f"{_PARTS}/{name}" for name in parts if name.rpartition(".")[0] not in _WHOLE]


def _below(path: str, config: Record) -> Record:
    """Return a part of a configuration where it belongs: `languages.de.toml` below both names."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0]
    if folder != _PARTS or stem in _WHOLE:
        return config
    for key in reversed(stem.split(".")):
        config = {key: config}
    return config


def config_of(root: Path, shown: str, files: Iterable[str]) -> Record:
    """Read a configuration; a later file overrides an earlier one.

    Raises:
        SettingsError: one of them cannot be read.
    """
    config: Record = {}
    for path in files:
        name = path if shown == "." else f"{shown}/{path}"
        try:
            config = _merged(config, _below(path, read_config(os.path.join(root, path))))
        except ContentError as error:
            place = f"{name}:{error.line}" if error.line else name
            raise SettingsError(f"{place}: {error.what}; {error.remedy}") from None
        except OSError as error:
            raise SettingsError(
                f"{name}: cannot be read ({error.strerror}); check its permissions"
            ) from None
    return config


def read_config(path: str) -> Record:
    """Read a generator's configuration, in whichever language it is written.

    Raises:
        ContentError: it cannot be understood.
        OSError: it cannot be read.
    """
    with open(path, "rb") as stream:
        data = stream.read(_CONFIG_LIMIT)
    text = data.decode("utf-8-sig", "replace")
    suffix = os.path.splitext(path)[1].lower()
    if suffix == ".toml":
        return from_toml(text)
    if suffix == ".json":
        return from_json(text)
    if suffix == ".py":
        from feeds.sources.generators.python_settings import config_from_python

        return config_from_python(text)
    return from_yaml(text, lenient=True)


def _merged(below: Record, above: Record, depth: int = 0) -> Record:
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and depth < _DEEP:
            result[key] = _merged(old, value, depth + 1)
        elif old is None or not (isinstance(value, Scalar) and value.is_null):
            result[key] = value
    return result


# --- sections -------------------------------------------------------------------------------------


def _sections(settings: Settings, tree: Tree) -> tuple[dict[str, Record], frozenset[str]]:
    """Return what `_index.md` says of its folder, and which folders are bundles, by `index.md`."""
    sections: dict[str, Record] = {}
    bundles: set[str] = set()
    for place in settings.places:
        if place.kind is not Kind.POST:
            continue
        for folder in tree.folders(place.path):
            for file in tree.sections(place.path, folder):
                stem = file.stem.partition(".")[0]
                if stem == "index":
                    bundles.add(file.place[0])
                elif file.stem == "_index" or file.place[0] not in sections:
                    # `_index.pl.md` is another language's.
                    sections[file.place[0]] = _head(file.path, settings)
    return sections, frozenset(bundles)


def _head(path: str, settings: Settings) -> Record:
    try:
        text = read_text(File(path, path, path, 0), settings.limits.post)
        return front_matter.split(text.text, lenient=True).head
    except ContentError:
        return {}  # the generator cannot read it either
