"""What `meno view` serves, and what it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from fake_run import rollouts, write
from menolab.errors import BadInput
from menolab.reports.server import Server, ago


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("top") / "runs"
    rollouts(write(folder / "deep" / "a <b>run", problems=8, samples=2, steps=3), steps=(1,), problems=2, group=2)
    broken = write(folder / "broken", problems=4, samples=1, steps=2)
    (broken / "evaluation" / "sums" / "trained.parquet").write_bytes(b"PAR1 no")
    (broken / "facts.json").write_text("{")
    (folder / "results").mkdir()
    for suffix in (".json", ".parquet"):
        (folder / "results" / f"mine{suffix}").write_bytes((folder / "deep" / "a <b>run" / "evaluation" / "sums" / f"trained{suffix}").read_bytes())
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "link").symlink_to(folder.parent)
    return folder


@pytest.fixture(scope="module")
def server(runs: Path) -> Iterator[Server]:
    with Server(runs, 0) as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield served
        served.shutdown()


def ask(server: Server, path: str, method: str = "GET", host: str | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer, with the path sent exactly as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", f"127.0.0.1:{server.server_port}" if host is None else host)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


RUN = quote("deep/a <b>run")
ROW = f"/api/row?run={RUN}&source=sums%2Ftrained"


def test_it_listens_on_the_loopback_interface_only(server: Server):
    assert server.server_address[0] == "127.0.0.1" and server.url.startswith("http://127.0.0.1:")


def test_the_overview_lists_runs_and_results(server: Server):
    status, headers, text = ask(server, "/")
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert "deep/a &lt;b&gt;run" in text and "<b>run" not in text and "results" in text and f"/report?run={RUN}" in text
    assert "facts.json cannot be read" in text and "rollouts of 1 step<" in text and "just now" in text
    assert "link" not in text.replace("links", "").replace(".links", "")  # symbolic links are not followed


def test_reports_and_viewers_are_served_with_policies(server: Server):
    for page in ("report", "samples"):
        status, headers, text = ask(server, f"/{page}?run={RUN}")
        assert status == 200 and "a &lt;b&gt;run" in text
        assert "frame-ancestors 'none'" in headers["content-security-policy"] and headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store" and "default-src" in text
    assert "script-src" not in ask(server, f"/report?run={RUN}")[2]


def test_nothing_is_written(server: Server, runs: Path):
    before = sorted((str(p), p.stat().st_mtime_ns) for p in runs.rglob("*"))
    for path in ("/", f"/report?run={RUN}", f"/samples?run={RUN}", f"/api/index?run={RUN}&source=rollouts"):
        assert ask(server, path)[0] == 200
    assert sorted((str(p), p.stat().st_mtime_ns) for p in runs.rglob("*")) == before


def test_the_interface_of_the_viewer(server: Server):
    index = json.loads(ask(server, f"/api/index?run={RUN}&source=sums%2Ftrained")[2])
    assert index["total"] == 16 and set(index["rights"]) == {"base", "cold_start", "trained"}
    row = json.loads(ask(server, f"/api/row?run={RUN}&source=sums%2Ftrained&at=3")[2])
    assert row["prompt"] in index["titles"] and row["values"]["logprobs"]
    assert 3 in json.loads(ask(server, f"/api/search?run={RUN}&source=sums%2Ftrained&text={quote(row['prompt'])}")[2])
    assert json.loads(ask(server, "/api/index?run=results&source=mine")[2])["total"] == 16


@pytest.mark.parametrize("path", [
    "/secret.txt", "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/deep/a%20%3Cb%3Erun/recipe.json", "/report.html", "/api/", "/api/sources",
    "//etc/passwd", "/report?run=..", "/report?run=../runs/broken", "/samples?run=..%2F..", "/samples?run=%2Fetc", "/report?run=deep/../broken",
    "/report?run=link/runs/broken", "/report?run=nobody", "/report?run=results", "/report?run=%00",
    f"/api/index?run={RUN}&source=../../broken", f"/api/index?run={RUN}&source=none",
])  # fmt: skip
def test_what_is_not_there(server: Server, path: str):
    status, _, text = ask(server, path)
    assert status == 404 and "secret\n" not in text and "Traceback" not in text


@pytest.mark.parametrize("path", [
    "/report", "/api/index", f"{ROW}", f"{ROW}&at=-1", f"{ROW}&at=1e3", f"{ROW}&at=16", f"{ROW}&at=%D9%A3",
    f"/api/search?run={RUN}&source=rollouts&text={'x' * 1001}",
])  # fmt: skip
def test_bad_requests(server: Server, path: str):
    status, _, text = ask(server, path)
    assert status == 400 and text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost", "127.0.0.1.evil.example", ""])
def test_other_hosts_are_refused(server: Server, host: str):
    status, _, text = ask(server, "/", host=host)
    assert status == 403 and "run" not in text


def test_the_machine_s_own_names_are_answered(server: Server):
    for name in ("127.0.0.1", "localhost", "[::1]"):
        assert ask(server, "/", host=f"{name}:{server.server_port}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_reading_is_possible(server: Server, method: str):
    assert ask(server, "/", method)[0] == 501


def test_head_has_no_body(server: Server):
    status, headers, text = ask(server, "/", "HEAD")
    assert status == 200 and int(headers["content-length"]) > 0 and text == ""


def test_a_damaged_table_is_named_and_the_rest_is_shown(server: Server):
    page = ask(server, "/samples?run=broken")[2]
    assert "trained.parquet cannot be read" in page and ask(server, "/api/index?run=broken&source=sums%2Fbase")[0] == 200
    status, _, text = ask(server, "/api/index?run=broken&source=sums%2Ftrained")
    assert status == 404 and "trained.parquet cannot be read" in json.loads(text)["error"]
    assert "not the file this record was written with" in ask(server, "/report?run=broken")[2]


def test_a_run_that_goes_on_is_read_again(server: Server, runs: Path):
    growing = write(runs / "growing", problems=2, samples=1, steps=1)
    rollouts(growing, steps=(1,), problems=1, group=2)
    assert json.loads(ask(server, "/api/index?run=growing&source=rollouts")[2])["total"] == 2
    rollouts(growing, steps=(10,), problems=1, group=2)
    assert json.loads(ask(server, "/api/index?run=growing&source=rollouts")[2])["total"] == 4


def test_an_empty_folder_says_what_to_do(tmp_path: Path):
    with Server(tmp_path, 0) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        assert "No runs here yet" in ask(served, "/")[2]
        served.shutdown()


def test_bad_folders_and_ports(tmp_path: Path, server: Server):
    with pytest.raises(BadInput, match="no such folder"):
        Server(tmp_path / "none", 0)
    for port in (server.server_port, 70_000, -1):
        with pytest.raises(BadInput, match="--port"):
            Server(tmp_path, port)


def test_how_long_ago():
    import time

    now = time.time()
    assert [ago(now - s) for s in (0, 61, 7200, 90_000)] == ["just now", "1 minute ago", "2 hours ago", "1 day ago"]
