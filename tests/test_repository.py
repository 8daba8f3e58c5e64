"""`feeds init` in another program's repository: whose it is, and what `site.toml` then says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from feeds import settings as site_toml
from feeds.cli import main
from feeds.errors import UsageError
from feeds.repository import recognised
from feeds.scaffold import init
from feeds.settings import Settings
from tests.builders import NOW

REPOSITORIES = {
    "jekyll": {
        "_config.yml": "title: Goat News\nurl: https://goats.example\nbaseurl: /blog\n"
        "timezone: Europe/Oslo\nlang: nb\nauthor: {name: Ann, email: ann@goats.example}\n"
        "plugins: [jekyll-feed]\n",
        "_posts/2024-05-01-kids.md": "---\ntitle: Kids\n---\nThree.\n",
    },
    "hugo": {
        "config.toml": 'baseURL = "https://goats.example/blog/"\ntitle = "Goat News"\n'
        'languageCode = "nb"\ntimeZone = "Europe/Oslo"\n[params]\nauthor = "Ann"\n',
        "content/posts/kids.md": "---\ntitle: Kids\ndate: 2024-05-01\n---\nThree.\n",
    },
    "zola": {
        "config.toml": 'base_url = "https://goats.example/blog"\ntitle = "Goat News"\n'
        'default_language = "nb"\n',
        "content/kids.md": '+++\ntitle = "Kids"\ndate = 2024-05-01\n+++\nThree.\n',
    },
    "nikola": {
        "conf.py": "BLOG_TITLE = 'Goat News'\nSITE_URL = 'https://goats.example/blog/'\n"
        "BLOG_AUTHOR = 'Ann'\nDEFAULT_LANG = 'nb'\nTIMEZONE = 'Europe/Oslo'\n"
        "POSTS = (('posts/*.md', 'posts', 'post.tmpl'),)\n",
        "posts/kids.md": "---\ntitle: Kids\nslug: kids\ndate: 2024-05-01\n---\nThree.\n",
    },
    "pelican": {
        "pelicanconf.py": "SITENAME = 'Goat News'\nAUTHOR = 'Ann'\nTIMEZONE = 'Europe/Oslo'\n"
        "DEFAULT_LANG = 'nb'\nPATH = 'content'\nSITEURL = 'https://goats.example/blog'\n",
        "content/kids.md": "Title: Kids\nDate: 2024-05-01\n\nThree.\n",
    },
}
OUTPUTS = {
    "jekyll": "feeds",
    "hugo": "static/feeds",
    "zola": "static/feeds",
    "nikola": "files/feeds",
    "pelican": "output/feeds",
}


def repository(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def started(folder: Path) -> Settings:
    init(folder, NOW)
    return site_toml.load(folder)


@pytest.mark.parametrize("layout", REPOSITORIES)
def test_a_repository_is_recognised_and_built_right_away(
    tmp_path: Path, layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tmp_path, REPOSITORIES[layout])
    site = started(tmp_path)
    assert site.content.layout == layout
    assert (site.title, site.url) == ("Goat News", "https://goats.example/blog/")
    assert site.feeds_url == "https://goats.example/blog/feeds/"
    assert site.output == OUTPUTS[layout]
    monkeypatch.chdir(tmp_path)
    assert main(["build", "-q"]) == 0
    assert "Kids" in (tmp_path / OUTPUTS[layout] / "entries.atom").read_text("utf-8")


@pytest.mark.parametrize("layout", REPOSITORIES)
def test_only_site_toml_is_written(tmp_path: Path, layout: str) -> None:
    repository(tmp_path, REPOSITORIES[layout])
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    init(tmp_path, NOW)
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert after - before == {tmp_path / "site.toml"}


def test_hugos_configuration_in_a_folder_is_found(tmp_path: Path) -> None:
    repository(
        tmp_path,
        {
            "config/_default/hugo.toml": 'baseURL = "https://goats.example/"\n',
            "config/_default/params.toml": 'author = "Ann"\n',
            "content/post/a.md": "---\ntitle: A\ndate: 2024-05-01\n---\nx\n",
        },
    )
    site = started(tmp_path)
    assert (site.content.layout, site.url, site.author) == ("hugo", "https://goats.example/", "Ann")
    assert not (tmp_path / "content/site.toml").exists()


def test_what_pelican_publishes_with_overrides_what_it_writes_with(tmp_path: Path) -> None:
    files = dict(REPOSITORIES["pelican"])
    files["publishconf.py"] = "SITEURL = 'https://live.example'\nDELETE_OUTPUT_DIRECTORY = True\n"
    site = started(repository(tmp_path, files))
    assert (site.url, site.output) == ("https://live.example/", "feeds")


def test_a_jekyll_blog_in_a_folder_of_its_repository_is_found_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(
        tmp_path,
        {
            "_config.yml": "url: https://goats.example\nsource: src\n",
            "src/_posts/2024-05-01-kids.md": "---\ntitle: Kids\n---\nThree.\n",
            "src/_data/comments/kids/1.yml": "name: Olaf\nmessage: Well bleated.\n",
        },
    )
    assert started(tmp_path).output == "src/feeds"
    monkeypatch.chdir(tmp_path)
    assert main(["build", "-q"]) == 0
    assert "Olaf" in (tmp_path / "src/feeds/comments.atom").read_text("utf-8")


def test_what_the_configuration_says_is_taken_over(tmp_path: Path) -> None:
    site = started(repository(tmp_path, REPOSITORIES["jekyll"]))
    assert (site.timezone, site.language, site.author) == ("Europe/Oslo", "nb", "Ann")
    assert "ann@goats" not in (tmp_path / "site.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("files", "ids"),
    [
        ({"_config.yml": "plugins: [jekyll-feed]\n"}, "jekyll-feed"),
        ({"_config.yml": "gems: [jekyll-feed]\n"}, "jekyll-feed"),
        (
            {"_config.yml": "", "feed.xml": "<guid>{{ post.url | prepend: site.url }}</guid>"},
            "permalink",
        ),
        ({"_config.yml": "", "atom.xml": "<id>{{ site.url }}{{ post.id }}</id>"}, "jekyll-feed"),
        ({"_config.yml": "url: https://goats.example"}, "tag:goats.example,2024:"),
    ],
)
def test_ids_are_those_of_the_feed_that_is_there(
    tmp_path: Path, files: dict[str, str], ids: str
) -> None:
    assert started(repository(tmp_path, files)).ids == ids


def test_an_output_that_pelican_would_wipe_is_not_chosen(tmp_path: Path) -> None:
    files = dict(REPOSITORIES["pelican"])
    files["pelicanconf.py"] += "DELETE_OUTPUT_DIRECTORY = True\n"
    assert started(repository(tmp_path, files)).output == "feeds"


def test_what_its_owner_must_do_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path, {"_config.yml": "title: Goat News\n"})
    assert main(["init", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Add `site.toml` to `exclude` in _config.yml" in said
    assert "_config.yml does not say where the blog is: set url and feeds_url." in said


def test_a_site_toml_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    repository(tmp_path, REPOSITORIES["hugo"] | {"site.toml": "mine"})
    init(tmp_path, NOW)
    assert (tmp_path / "site.toml").read_text("utf-8") == "mine"


def test_a_folder_of_nobodys_gets_a_first_post(tmp_path: Path) -> None:
    assert recognised(tmp_path, 2024) is None
    init(tmp_path, NOW)
    assert (tmp_path / "content/posts/hello.md").exists()


@pytest.mark.parametrize("name", ["_config.yml", "hugo.toml", "conf.py"])
def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    repository(tmp_path, {name: "a: b: c\n= (\n"})
    with pytest.raises(UsageError, match=name.replace(".", r"\.")):
        init(tmp_path, NOW)


def test_a_configuration_in_python_is_never_run(tmp_path: Path) -> None:
    repository(
        tmp_path,
        {"conf.py": f"BLOG_TITLE = 'x'\nopen({str(tmp_path / 'run')!r}, 'w')\nPOSTS = ()\n"},
    )
    init(tmp_path, NOW)
    assert not (tmp_path / "run").exists()


def test_hugo_publishes_the_feeds_that_are_written_into_static(tmp_path: Path) -> None:
    hugo = Path("/usr/bin/hugo")
    if not hugo.exists():
        pytest.skip("no Hugo here")
    repository(tmp_path, REPOSITORIES["hugo"])
    started(tmp_path)
    command = [sys.executable, "-m", "feeds", "build", "-q"]
    env = {"PYTHONPATH": str(Path(__file__).parents[1]), "HOME": str(tmp_path), "PATH": "/usr/bin"}
    assert subprocess.run(command, cwd=tmp_path, env=env, timeout=60).returncode == 0
    subprocess.run([hugo, "--quiet"], cwd=tmp_path, env=env, timeout=60, check=True)
    assert (tmp_path / "public/feeds/entries.atom").exists()
    assert not (tmp_path / "public/site.toml").exists()


def test_jekyll_publishes_the_feeds_as_they_are(tmp_path: Path) -> None:
    jekyll = Path("/usr/bin/jekyll")
    if not jekyll.exists():
        pytest.skip("no Jekyll here")
    files = dict(REPOSITORIES["jekyll"])
    files["_config.yml"] = files["_config.yml"].replace("plugins: [jekyll-feed]\n", "")
    files["_config.yml"] += "exclude: [site.toml]\n"
    repository(tmp_path, files)
    started(tmp_path)
    command = [sys.executable, "-m", "feeds", "build", "-q"]
    env = {
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
    }
    assert subprocess.run(command, cwd=tmp_path, env=env, timeout=60).returncode == 0
    subprocess.run(
        [jekyll, "build", "-q", "--disable-disk-cache"],
        cwd=tmp_path,
        env=env,
        timeout=120,
        check=True,
        capture_output=True,
    )
    for name in ("entries.atom", "index.html"):
        ours = (tmp_path / "feeds" / name).read_bytes()
        assert (tmp_path / "_site/feeds" / name).read_bytes() == ours
    assert not (tmp_path / "_site/site.toml").exists()
