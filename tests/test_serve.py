"""The preview server: what a browser and a feed reader get from it, and what nobody gets."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path

import pytest

from feeds.errors import UsageError
from feeds.serve import PreviewServer, serve

RSS = b"<rss/>"
NOON = 1_492_171_200  # 14 April 2017, 12:00 UTC
NOON_HTTP = "Fri, 14 Apr 2017 12:00:00 GMT"


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Preview:
    """A server for one test, and a client that sends a path as it is."""

    server: PreviewServer
    output: Path

    def get(
        self, path: str, headers: Mapping[str, str | list[str]] | None = None, method: str = "GET"
    ) -> Answer:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.server_address[1], timeout=10
        )
        try:
            connection.putrequest(method, path, skip_host=True)
            connection.putheader("Host", "localhost")
            for name, values in (headers or {}).items():
                for value in [values] if isinstance(values, str) else values:
                    connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    output = tmp_path / "output"
    (output / "comments").mkdir(parents=True)
    (output / "index.html").write_bytes(b"<!DOCTYPE html><title>Subscribe</title>")
    (output / "entries.rss").write_bytes(RSS)
    os.utime(output / "entries.rss", (NOON, NOON))
    (tmp_path / "secret.rss").write_bytes(b"secret")
    with PreviewServer(output, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Preview(server, output)
        server.shutdown()
        thread.join()


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "media_type"),
        [
            ("entries.rss", "application/rss+xml; charset=utf-8"),
            ("entries.atom", "application/atom+xml; charset=utf-8"),
            ("entries.json", "application/feed+json; charset=utf-8"),
            ("comments/a-post.RSS", "application/rss+xml; charset=utf-8"),
            ("head.html", "text/html; charset=utf-8"),
            ("style.css", "text/css; charset=utf-8"),
            ("logo.png", "image/png"),
            ("entries.rss.gz", "application/octet-stream"),
            ("what", "application/octet-stream"),
        ],
    )
    def test_each_file_has_its_media_type(
        self, preview: Preview, name: str, media_type: str
    ) -> None:
        (preview.output / name).write_bytes(b"content")
        answer = preview.get(f"/{name}")
        assert (answer.status, answer.body) == (200, b"content")
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Content-Length"] == "7"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize("path", ["/", "//", "/index.html", "/?utm_source=reader", "/#top"])
    def test_the_folder_itself_is_the_subscribe_page(self, preview: Preview, path: str) -> None:
        answer = preview.get(path)
        assert answer.status == 200
        assert b"Subscribe" in answer.body
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"

    @pytest.mark.parametrize("path", ["/caf%C3%A9%20%23%3F.rss", "/caf%c3%a9%20%23%3f.rss?x=1"])
    def test_names_are_decoded(self, preview: Preview, path: str) -> None:
        (preview.output / "café #?.rss").write_bytes(b"x")
        assert preview.get(path).body == b"x"

    def test_a_proxys_whole_address_works_too(self, preview: Preview) -> None:
        assert preview.get(f"{preview.server.url}entries.rss").body == RSS

    def test_head_is_get_without_the_body(self, preview: Preview) -> None:
        get, head = preview.get("/entries.rss"), preview.get("/entries.rss", method="HEAD")
        ours = {name: value for name, value in get.headers.items() if name != "Date"}
        assert ours.items() <= head.headers.items()

    def test_nothing_follows_the_head(self, preview: Preview) -> None:
        """Seen on the wire: http.client would pass over a body in silence."""
        with socket.create_connection(("127.0.0.1", preview.server.server_address[1])) as client:
            client.sendall(b"HEAD /entries.rss HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            received = b"".join(iter(lambda: client.recv(65536), b""))
        assert received.startswith(b"HTTP/1.1 200 ")
        assert received.partition(b"\r\n\r\n")[2] == b""

    def test_other_methods_are_refused(self, preview: Preview) -> None:
        assert preview.get("/entries.rss", method="POST").status == 501

    def test_one_connection_serves_many_requests(self, preview: Preview) -> None:
        port = preview.server.server_address[1]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.connect()
        first = connection.sock
        for fields, status, body in [({"If-None-Match": "*"}, 304, b""), ({}, 200, RSS)]:
            connection.request("GET", "/entries.rss", headers=fields)
            response = connection.getresponse()
            assert (response.status, response.read()) == (status, body)
            assert connection.sock is first
        connection.close()


class TestNobodyGets:
    @pytest.mark.parametrize(
        "path",
        [
            "/missing.rss",
            "/comments",
            "/comments/",
            "/index.html/",
            "/comments//a.rss",
            "/../secret.rss",
            "/%2e%2e/secret.rss",
            "/..%2fsecret.rss",
            "/comments/../../secret.rss",
            "/comments/%2e%2e/entries.rss",
            "/./entries.rss",
            "/%00",
            "/entries.rss%00.html",
            "/.env",
            "/.git/config",
            "/comments/.entries.rss.tmp",
            "/%2Eenv",
            "/outside.rss",
            "/outside/secret.rss",
            "/hidden.rss",
            "/loop.rss",
            "/pipe.rss",
            "/%FF.rss",
            "/" + "x" * 5000,
            "/" + "x/" * 2000,
            "http://[/entries.rss",
            "*",
        ],
    )
    def test_what_is_no_public_file_is_not_found(self, preview: Preview, path: str) -> None:
        output = preview.output
        (output / ".env").write_bytes(b"secret")
        (output / ".git").mkdir()
        (output / ".git/config").write_bytes(b"secret")
        (output / "comments/.entries.rss.tmp").write_bytes(b"half")
        (output / "outside.rss").symlink_to(output.parent / "secret.rss")
        (output / "outside").symlink_to(output.parent)
        (output / "hidden.rss").symlink_to(".env")
        (output / "loop.rss").symlink_to("loop.rss")
        os.mkfifo(output / "pipe.rss")
        answer = preview.get(path)
        assert answer.status == 404
        assert answer.body == b"404 Not Found\n"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "ETag" not in answer.headers

    def test_an_absolute_path_leads_nowhere(self, preview: Preview) -> None:
        secret = preview.output.parent / "secret.rss"
        assert preview.get(f"/{secret}").status == 404
        assert preview.get(str(secret)).status == 404

    def test_a_link_within_the_folder_is_followed(self, preview: Preview) -> None:
        (preview.output / "feed.rss").symlink_to("entries.rss")
        assert preview.get("/feed.rss").body == RSS

    def test_what_a_dot_file_above_the_folder_is_called_does_not_matter(
        self, tmp_path: Path
    ) -> None:
        output = tmp_path / ".cache" / "output"
        output.mkdir(parents=True)
        (output / "entries.rss").write_bytes(RSS)
        with PreviewServer(output, port=0) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            assert Preview(server, output).get("/entries.rss").status == 200
            server.shutdown()
            thread.join()

    def test_the_servers_make_is_not_told(self, preview: Preview) -> None:
        assert preview.get("/").headers["Server"] == "feeds-preview"


class TestConditional:
    def etag(self, preview: Preview) -> str:
        return preview.get("/entries.rss").headers["ETag"]

    def test_the_tag_is_strong_and_that_of_the_bytes(self, preview: Preview) -> None:
        before = self.etag(preview)
        assert before.startswith('"')
        assert before.endswith('"')
        os.utime(preview.output / "entries.rss", (NOON + 60, NOON + 60))
        assert self.etag(preview) == before
        (preview.output / "entries.rss").write_bytes(b"<RSS/>")
        os.utime(preview.output / "entries.rss", (NOON, NOON))
        assert self.etag(preview) != before

    def test_last_modified_is_the_files_time(self, preview: Preview) -> None:
        assert preview.get("/entries.rss").headers["Last-Modified"] == NOON_HTTP

    def test_last_modified_is_never_later_than_the_answer(self, preview: Preview) -> None:
        """RFC 9110 §8.8.2.1; a client that sends it back still gets what it has not seen."""
        os.utime(preview.output / "entries.rss", (2e10, 2e10))
        headers = preview.get("/entries.rss").headers
        modified = headers["Last-Modified"]
        assert parsedate_to_datetime(modified) <= parsedate_to_datetime(headers["Date"])
        assert preview.get("/entries.rss", {"If-Modified-Since": modified}).status == 200

    @pytest.mark.parametrize(
        "form", ["{}", "W/{}", '"other", {}', '"a,b" ,W/{} , "c"', "{},", "*", " * "]
    )
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_a_known_tag_gets_304(self, preview: Preview, form: str, method: str) -> None:
        answer = preview.get(
            "/entries.rss", {"If-None-Match": form.format(self.etag(preview))}, method
        )
        assert (answer.status, answer.body) == (304, b"")

    def test_304_carries_the_validators_and_no_content(self, preview: Preview) -> None:
        etag = self.etag(preview)
        answer = preview.get("/entries.rss", {"If-None-Match": etag})
        assert answer.headers["ETag"] == etag
        assert answer.headers["Last-Modified"] == NOON_HTTP
        assert answer.headers["Cache-Control"] == "no-cache"
        assert not {"Content-Type", "Content-Length"} & answer.headers.keys()

    def test_tags_may_come_in_several_fields(self, preview: Preview) -> None:
        fields = {"If-None-Match": ['"other"', self.etag(preview)]}
        assert preview.get("/entries.rss", fields).status == 304

    @pytest.mark.parametrize("tag", ['"other"', "other", "", '"', 'W/"other"', '"*"'])
    def test_any_other_tag_gets_the_file_whatever_the_date(
        self, preview: Preview, tag: str
    ) -> None:
        """If-None-Match goes before If-Modified-Since (RFC 9110 §13.2.2)."""
        fields = {"If-None-Match": tag, "If-Modified-Since": NOON_HTTP}
        assert preview.get("/entries.rss", fields).status == 200

    def test_a_tag_without_its_quotes_is_another(self, preview: Preview) -> None:
        tag = self.etag(preview).strip('"')
        assert preview.get("/entries.rss", {"If-None-Match": tag}).status == 200

    def test_a_known_tag_gets_304_whatever_the_date(self, preview: Preview) -> None:
        fields = {
            "If-None-Match": self.etag(preview),
            "If-Modified-Since": formatdate(0, usegmt=True),
        }
        assert preview.get("/entries.rss", fields).status == 304

    @pytest.mark.parametrize(
        ("date", "status"),
        [
            (NOON_HTTP, 304),
            ("Fri, 14 Apr 2017 12:00:01 GMT", 304),
            ("Fri, 14 Apr 2017 11:59:59 GMT", 200),
            ("Friday, 14-Apr-17 12:00:00 GMT", 304),
            ("Fri Apr 14 12:00:00 2017", 304),
            ("Fri, 14 Apr 2017 12:00:00 -0000", 304),
            ("yesterday", 200),
            ("", 200),
            ("Fri, 99 Apr 2017 12:00:00 GMT", 200),
            ("Fri, 14 Apr 99999 12:00:00 GMT", 200),
        ],
    )
    def test_a_date_is_compared_in_whole_seconds(
        self, preview: Preview, date: str, status: int
    ) -> None:
        os.utime(preview.output / "entries.rss", ns=(NOON * 10**9, NOON * 10**9 + 5 * 10**8))
        assert preview.get("/entries.rss", {"If-Modified-Since": date}).status == status


def test_a_file_replaced_while_it_is_served_is_the_old_one_or_the_new_one(preview: Preview) -> None:
    versions = [b"a" * 300_000, b"b" * 200_000]
    target = preview.output / "entries.rss"
    over = threading.Event()

    def replace_again_and_again() -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            beside = preview.output / ".new"
            beside.write_bytes(versions[turn % 2])
            beside.replace(target)

    target.write_bytes(versions[0])
    writer = threading.Thread(target=replace_again_and_again)
    writer.start()
    try:
        answers = [preview.get("/entries.rss") for _ in range(50)]
    finally:
        over.set()
        writer.join()
    assert all(answer.status == 200 and answer.body in versions for answer in answers)
    assert len({(answer.headers["ETag"], answer.body) for answer in answers}) <= 2


def test_a_browser_that_hangs_up_leaves_no_trace(
    preview: Preview, capfd: pytest.CaptureFixture[str]
) -> None:
    (preview.output / "big.rss").write_bytes(b"x" * 20_000_000)
    for _ in range(3):
        with socket.create_connection(preview.server.server_address[:2]) as client:  # type: ignore[arg-type]
            client.sendall(b"GET /big.rss HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(10)
    assert preview.get("/entries.rss").status == 200
    time.sleep(0.1)
    assert capfd.readouterr() == ("", "")


class TestStart:
    def test_a_missing_folder_is_named_with_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"output: no such folder; run `feeds build` first"):
            serve(tmp_path / "output", on_ready=print)

    @pytest.mark.parametrize("name", ["file", "file/below"])
    def test_a_file_is_no_folder(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(UsageError, match=r"not a folder|no such folder"):
            serve(tmp_path / name, on_ready=print)

    def test_a_taken_port_is_named_with_the_option(self, preview: Preview) -> None:
        port = preview.server.server_address[1]
        with pytest.raises(UsageError, match=rf"port {port} is taken; choose another with --port"):
            serve(preview.output, port=port, on_ready=print)

    @pytest.mark.parametrize("port", [-1, 65536, 10**9])
    def test_a_port_that_cannot_be_is_refused(self, tmp_path: Path, port: int) -> None:
        with pytest.raises(UsageError, match=rf"there is no port {port}; .*--port"):
            serve(tmp_path, port=port, on_ready=print)

    @pytest.mark.parametrize("host", ["192.0.2.1", "x" * 300, "a..b"])
    def test_an_address_that_is_not_ours_is_refused(self, tmp_path: Path, host: str) -> None:
        with pytest.raises(UsageError, match="cannot listen on"):
            serve(tmp_path, host=host, port=0, on_ready=print)

    def test_ipv6_stands_in_brackets(self, tmp_path: Path) -> None:
        try:
            server = PreviewServer(tmp_path, "::1", 0)
        except UsageError:
            pytest.skip("no IPv6 here")
        with server:
            assert server.url == f"http://[::1]:{server.server_address[1]}/"

    def test_ctrl_c_ends_it_in_silence(self, preview: Preview) -> None:
        program = (
            # Whoever runs the tests in the background may have had it ignored.
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            "import sys; from pathlib import Path; from feeds.serve import serve;"
            "serve(Path(sys.argv[1]), port=0, on_ready=lambda url: print(url, flush=True))"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program, str(preview.output)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            url = process.stdout.readline().strip()
            connection = http.client.HTTPConnection(url.split("/")[2], timeout=10)
            connection.request("GET", "/entries.rss")
            assert connection.getresponse().read() == RSS
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=10)
            connection.close()
        assert (process.returncode, rest, errors) == (0, "", "")
