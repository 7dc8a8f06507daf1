"""What `meno view` serves, and what it refuses."""

from __future__ import annotations

import dataclasses
import http.client
import json
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import chromium
from fake_run import rollouts, write
from menolab.errors import BadInput
from menolab.evaluation.record import load, save
from menolab.reports import server as module
from menolab.reports.report import render
from menolab.reports.run import read_run
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
    assert 'data-run="link' not in text  # symbolic links are not followed


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


def test_two_runs_are_compared_with_their_flips(server: Server, runs: Path):
    (runs / "copy").mkdir()
    for suffix in (".json", ".parquet"):
        (runs / "copy" / f"trained{suffix}").write_bytes((runs / "deep" / "a <b>run" / "evaluation" / "sums" / f"trained{suffix}").read_bytes())
    status, headers, text = ask(server, f"/compare?a={RUN}&b=copy")
    assert status == 200 and "script" not in text.partition("</style>")[2] and "default-src 'none'" in headers["content-security-policy"]
    assert "a &lt;b&gt;run" in text and "no difference shown" in text and "0 problems gained, 0 lost" in text  # a result against itself
    write(runs / "other", problems=8, samples=2, steps=1)
    (runs / "other" / "evaluation" / "sums" / "trained.json").unlink()
    status, _, text = ask(server, f"/compare?a=other&b={RUN}")
    assert status == 200 and "A is cold start, B is trained" in text and re.search("[1-8] problems gained, 0 lost, A to B", text)
    assert f'href="/samples?run={RUN}#s=sums/trained&amp;p=' in text and "pass@2" in text
    assert "evaluation/sums/trained.json is missing" in text
    status, _, text = ask(server, f"/compare?a=broken&b={RUN}")  # another number of problems
    assert status == 200 and "cannot be compared" in text
    assert "trained.parquet" in ask(server, f"/compare?a=results&b={RUN}")[2]  # its record says another name of its rows
    assert ask(server, "/compare?a=other")[0] == 400 and ask(server, "/compare?a=other&b=../x")[0] == 404


def test_studies_are_listed_linked_and_shown_without_scripts(server: Server, runs: Path):
    study = runs / "deep" / "a <b>run" / "studies" / "limit"
    study.mkdir(parents=True)
    (study / "findings.json").write_text(json.dumps({"title": "Limit <i>", "verdict": "It did."}))
    (study / "study.html").write_text("<h1>whole</h1><script>alert(1)</script>")
    name = quote("deep/a <b>run/studies/limit")
    for page in ("/", f"/report?run={RUN}"):
        assert f'href="/study?run={name}"' in (text := ask(server, page)[2]) and "Limit &lt;i&gt;" in text and "It did." in text
    status, headers, text = ask(server, f"/study?run={name}")
    assert status == 200 and "<h1>whole</h1>" in text and "script-src" not in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert ask(server, f"/study?run={RUN}")[0] == 404 and ask(server, f"/report?run={name}")[0] == 404
    assert "studies/limit/study.html" in render(read_run(study.parent.parent))  # in the file, beside it
    (study / "findings.json").write_text("[]")
    assert "limit/findings.json cannot be read" in ask(server, "/")[2] and "limit/findings.json cannot be read" in ask(server, f"/report?run={RUN}")[2]


def test_the_overview_is_read_again_where_a_run_has_gone_on(server: Server, runs: Path):
    run = write(runs / "going", problems=2, samples=1, steps=3)
    before = ask(server, "/")[2]
    assert 'data-run="going"' in before and 'data-name="going" data-score="' in before
    with (run / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"stage": "reinforce", "step": 4, "tokens": 70, "reward": 1.0}) + "\n")
    assert '"steps":[1,2,3,4]' in ask(server, "/")[2] and '"steps":[1,2,3,4]' not in before


needs_browser = pytest.mark.skipif(chromium.executable() is None, reason="no Chromium on this machine; the overview is not looked at")


@needs_browser
def test_the_overview_follows_runs_that_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "REFRESH", 0.2)
    run = write(tmp_path / "one", problems=2, samples=1, steps=3)
    with Server(tmp_path, 0) as served, chromium.Browser() as browser:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        browser.go(served.url)
        browser.until("document.querySelector('[data-metric=reward] svg').textContent.includes('3 steps')")
        browser.js("document.querySelector('tr.run input').focus(); window.kept = 1")
        with (run / "metrics.jsonl").open("a") as file:
            file.write(json.dumps({"stage": "reinforce", "step": 9, "tokens": 70, "reward": 1.0}) + "\n")
        write(tmp_path / "two", problems=2, samples=1, steps=1)
        browser.until("document.querySelector('[data-metric=reward] svg').textContent.includes('9 steps') && document.querySelectorAll('tr.run').length === 2")
        assert browser.js("document.getElementById('many').textContent") == "2 runs" and browser.js("window.kept") == 1
        assert browser.js("document.activeElement.value") == "one" and browser.js("document.querySelectorAll('input:checked').length") == 1
        browser.click("input[value=two]")
        browser.until("document.querySelectorAll('input:checked').length === 2 && document.querySelectorAll('[data-metric=reward] .l2').length > 0")
        assert browser.errors == []
        shutil.rmtree(tmp_path)
        browser.until("!document.getElementById('gone').hidden")
        served.shutdown()


@needs_browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_overview_in_a_browser(tmp_path: Path, width: int):
    for name, steps in (("<img src=x onerror=alert(1)>", 30), ("long", 60), ("short", 10)):
        write(tmp_path / name, problems=3, samples=2, steps=steps)
    with Server(tmp_path, 0) as served, chromium.Browser(width, 900) as browser:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        browser.go(served.url)
        browser.until("document.querySelectorAll('#charts svg').length === 4")
        assert browser.js("document.querySelectorAll('figure[data-metric=reward] polyline').length") == 3 and browser.js("document.images.length") == 0
        browser.click("[data-x=tokens]")
        browser.until("document.getElementById('charts').textContent.includes('do not say how many tokens')")
        browser.click("[data-x=steps]")
        browser.click("input[value=short]")
        browser.until("document.querySelectorAll('figure[data-metric=reward] polyline').length === 2")
        assert browser.js("document.getElementById('compare').getAttribute('aria-disabled')") == "false"
        first = "[...document.querySelectorAll('tr.run')].map((row) => row.dataset.run).join('|')"
        if width > 1000:
            browser.click("[data-sort=steps]")
            assert browser.js(first) == "long|<img src=x onerror=alert(1)>|short"
            browser.click("[data-sort=steps]")
            assert browser.js(first) == "short|<img src=x onerror=alert(1)>|long"
            middle = "const r = document.querySelector('[data-metric=reward] svg').getBoundingClientRect(); return [r.x + r.width / 2, r.y + 60];"
            x, y = browser.js(f"(() => {{ {middle} }})()")
            browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
            browser.until("document.querySelectorAll('.tip div').length === 2")
        link = browser.js("location.href")
        browser.go("about:blank")
        browser.go(link)  # the address leads back to the same choice
        browser.until("document.querySelectorAll('figure[data-metric=reward] polyline').length === 2")
        browser.press("/")
        browser.call("Input.insertText", text="LON")
        browser.until("[...document.querySelectorAll('tr.run')].filter((row) => !row.hidden).length === 1")
        browser.press("Escape")
        browser.click("#compare")
        browser.until("document.title.includes(' and ')")
        assert browser.js("document.documentElement.scrollWidth") <= width and browser.errors == []
        served.shutdown()


def test_what_a_model_answered_is_text_on_a_comparison_and_a_report(tmp_path: Path):
    attack = "</td><script>throw 1</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    a, b = (write(tmp_path / name, problems=30, samples=2, steps=1) for name in "ab")
    result = load(b / "evaluation" / "sums" / "trained.json", tokens=True)
    rows = tuple(dataclasses.replace(row, extracted=attack, text=attack) for row in result.rows)
    save(b / "evaluation" / "sums", "trained", dataclasses.replace(result, rows=rows))
    (a / "evaluation" / "sums" / "trained.json").unlink()
    desk = module.Desk(tmp_path)
    for page in (module.compare_page(desk, {"a": "a", "b": "b"}), module.report_page(desk, {"run": "b"})):
        assert "<img" not in page and "<script" not in page and "&lt;/td&gt;&lt;script&gt;" in page
