"""A repository of another program's blog → the `site.toml` that lets `feeds build` work in it as it is.

Everything comes from the configuration that is there. Nothing of the repository is changed but for
the one new file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from feeds.layouts import LAYOUTS
from feeds.markup import display_name, one_line
from feeds.sources import native, site
from feeds.sources.records import Record, Scalar, Value

#: Where the feeds go, so that the program puts them on the web by itself and never wipes them.
_OUTPUT = MappingProxyType(
    {
        "jekyll": "feeds",
        "hugo": "static/feeds",
        "zola": "static/feeds",
        "nikola": "files/feeds",
        "pelican": "output/feeds",
    }
)
_WHY = MappingProxyType(
    {
        "jekyll": "Jekyll copies it to _site/feeds with every build",
        "hugo": "Hugo copies static/ to public/ with every build",
        "zola": "Zola copies static/ to public/ with every build",
        "nikola": "Nikola copies files/ to output/ with every build",
        "pelican": "Pelican leaves it there unless DELETE_OUTPUT_DIRECTORY is set",
    }
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A repository, and what is to be written into it."""

    #: The generator, as `layout` calls it.
    layout: str
    #: The text of `site.toml`.
    site_toml: str
    #: What its owner should know or do, a line each.
    advice: tuple[str, ...] = ()


def recognised(folder: Path, year: int) -> Recognised | None:
    """Tell whose repository a folder is, and how its blog is to be read; None if nobody's we know.

    Args:
        folder: the root of the repository.
        year: the present year, for ids of a blog that has no feed yet.

    Raises:
        SettingsError: it is one, and its configuration cannot be read.
    """
    for layout, path, config in _candidates(folder):
        module = import_module(f"feeds.sources.generators.{layout}")
        facts: Callable[[Record], Mapping[str, str]] = module.site_facts
        return _written(layout, facts(config), config, folder, path, year)
    return None


def _candidates(folder: Path) -> Iterator[tuple[str, str, Record]]:
    """Yield the layouts whose configuration is there and says what only that program's does."""
    for layout in LAYOUTS:
        files = site.found_config(folder, layout)
        if not files:
            continue
        config = site.config_of(folder, str(folder), files)
        if _is_of(layout, config, folder):
            yield layout, files[0], config


def _is_of(layout: str, config: Record, folder: Path) -> bool:
    keys = {key.lower() for key in config}
    if layout == "hugo":  # Zola's is called config.toml, too
        return "base_url" not in keys and ("baseurl" in keys or (folder / "content").is_dir())
    if layout == "zola":
        return "base_url" in keys
    if layout == "nikola":
        return bool(keys & {"blog_title", "posts", "site_url"})
    if layout == "pelican":
        return bool(keys & {"sitename", "siteurl", "author", "path"})
    return True


def _written(
    layout: str, facts: Mapping[str, str], config: Record, folder: Path, path: str, year: int
) -> Recognised:
    url = facts.get("url") or ""
    known = bool(url)
    url = url or "https://blog.example/"
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    ids, why = _ids(layout, config, folder, host, year)
    output = _OUTPUT[layout]
    if layout == "jekyll" and (source := str(config.get("source", "")).strip("./")):
        output = f"{source}/feeds"
    if layout == "pelican" and str(config.get("DELETE_OUTPUT_DIRECTORY", "")).lower() == "true":
        output = "feeds"
    values = {
        "title": facts.get("title") or host,
        "url": url,
        "ids": ids,
        "feeds_url": url.rstrip("/") + "/feeds/",
        "description": facts.get("description"),
        "language": facts.get("language"),
        "timezone": facts.get("timezone"),
        "author": display_name(facts["author"]) if facts.get("author") else None,
        "output": output,
    }
    lines = [f"{key} = {native.quoted(one_line(v))}" for key, v in values.items() if v]
    text = "\n".join(
        [
            f"# Written by `feeds init` from {path}. Please check title, url and ids:",
            f"# {why}",
            "",
            *lines,
            "",
            "[content]",
            f'layout = "{layout}"',
            "",
        ]
    )
    advice = [f"The feeds go into {output}/: {_WHY[layout]}."] if output == _OUTPUT[layout] else []
    if output != _OUTPUT[layout]:
        advice.append(
            f"The feeds go into {output}/, since Pelican wipes output/: serve it as well."
        )
    if layout == "jekyll":
        advice.append("Add `site.toml` to `exclude` in _config.yml, or Jekyll publishes it.")
    if not known:
        advice.append(f"{path} does not say where the blog is: set url and feeds_url.")
    advice.append("Has it a feed already? Save that, and ask: feeds adopt FEED")
    return Recognised(layout, text, tuple(advice))


# --- ids ------------------------------------------------------------------------------------------

_FEED_TEMPLATES = ("feed.xml", "atom.xml", "rss.xml", "index.xml", "feed/index.xml")
_ID_LINE = re.compile(r"<(?:id|guid)[^<>]{0,80}>[^<]{0,200}\{\{[^{}]{0,80}post\.(id|url)")


def _ids(layout: str, config: Record, folder: Path, host: str, year: int) -> tuple[str, str]:
    """Return what `ids` should say, so that nothing comes twice to whoever subscribes already."""
    said = "ids are those that the site's present feed has, so that nobody sees a post twice."
    if layout != "jekyll":
        return layout, said
    plugins = [*_texts(config.get("plugins")), *_texts(config.get("gems"))]
    if "jekyll-feed" in plugins:
        return "jekyll-feed", said
    for name in _FEED_TEMPLATES:
        try:
            if not (folder / name).is_file():  # a pipe would be waited for
                continue
            with open(folder / name, "rb") as stream:
                text = stream.read(100_000).decode("utf-8", "replace")
        except OSError:
            continue
        if found := _ID_LINE.search(text):
            return ("jekyll-feed" if found[1] == "id" else "permalink"), said
    return f"tag:{host},{year}:", "ids starts every id: never change it later."


def _texts(value: Value | None) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Scalar)]
