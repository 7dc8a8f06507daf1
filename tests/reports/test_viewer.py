"""The viewer's page: what it holds, what it may do, and that it works in a browser."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from pathlib import Path

import pytest

import chromium
from fake_run import rollouts, write
from menolab.evaluation.record import load, save
from menolab.reports import viewer
from menolab.reports.samples import Table, sources
from menolab.reports.server import Server

ATTACK = "</script><script>throw Error('ran')</script><img src=x onerror=alert(1)>{{ 7 * 7 }}\u2028"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = write(tmp_path_factory.mktemp("runs") / "run", problems=40, samples=4, steps=3)
    rollouts(run, steps=(1, 10), problems=4, group=4)
    path = run / "evaluation" / "sums" / "trained.json"
    result = load(path, tokens=True)
    rows = [dataclasses.replace(row, text=ATTACK, reason=ATTACK, extracted=ATTACK) if at == 1 else row for at, row in enumerate(result.rows)]
    save(path.parent, "trained", dataclasses.replace(result, rows=tuple(rows)))
    return run


def held(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_the_file_is_one_and_may_do_nothing_but_run_its_own_script(folder: Path):
    path = viewer.save(folder)
    text = path.read_text(encoding="utf-8")
    assert path == folder / "rollouts.html" and "http" not in re.sub(r"http-equiv", "", text.partition('id="data"')[0])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy and "default-src &#39;none&#39;" in policy.group(1) and "unsafe" not in policy.group(1) and "connect-src &#39;none&#39;" in policy.group(1)
    assert text.count("<script") == 2 and text.count("</script>") == 2 and "<img" not in text and "\u2028" not in text


def test_what_a_model_wrote_comes_back_exactly(folder: Path):
    row = held(viewer.offline(folder))["tables"]["sums/trained"]["rows"][1]
    assert row["reason"] == ATTACK and "".join(t for _, _, texts in row["pieces"] for t in texts) == ATTACK


def test_a_record_alone(folder: Path):
    record = folder / "evaluation" / "sums" / "base.json"
    path = viewer.save(record)
    assert path == record.with_suffix(".html") and list(held(path.read_text())["tables"]) == ["base"]
    path.unlink()


def test_a_file_holds_a_bounded_share_evenly_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(viewer, "MOST_SAMPLES", 16)
    monkeypatch.setattr(viewer, "MOST_OF_PROBLEM", 2)
    tables = held(viewer.offline(folder))["tables"]
    index = tables["sums/trained"]["index"]
    assert index["total"] == 160 and len(tables["sums/trained"]["rows"]) == 16 and len(index["problems"]) == len(index["titles"]) == 8
    assert index["problems"] == tables["sums/base"]["index"]["problems"]  # the same problems of every model
    assert all(every == 4 for _, every in index["rights"]["base"])  # counts are of all samples
    c = index["columns"]
    for at, row in enumerate(tables["sums/trained"]["rows"]):
        assert (index["problems"][c["problem"][at]], c["sample"][at], c["tokens"][at]) == (row["problem"], row["sample"], row["tokens"])
    assert {tables["rollouts"]["index"]["columns"]["step"][at] for at in range(16)} == {1, 10}
    monkeypatch.setattr(viewer, "MOST_BYTES", 1)
    assert [len(table["rows"]) for table in held(viewer.offline(folder))["tables"].values()] == [1, 1, 1, 1]


def test_a_damaged_table_is_named_on_the_page(tmp_path: Path):
    run = write(tmp_path / "run", problems=2, samples=1, steps=1)
    (run / "evaluation" / "sums" / "base.parquet").write_bytes(b"")
    data = held(viewer.offline(run))
    assert [s["id"] for s in data["sources"]] == ["sums/cold_start", "sums/trained"] and "base.parquet" in data["notes"][0]


needs_browser = pytest.mark.skipif(chromium.executable() is None, reason="no Chromium on this machine; the viewer is not looked at")
SHOWN = "document.querySelector('.response')"


def items(browser: chromium.Browser) -> int:
    return int(browser.js("document.getElementById('count').textContent").split()[0].replace(",", ""))


@needs_browser
@pytest.mark.parametrize("kind", ["file", "server"])
def test_in_a_browser(folder: Path, kind: str):
    stored = load(folder / "evaluation" / "sums" / "trained.json").rows
    with Server(folder.parent, 0) as server, chromium.Browser() as browser:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.go(viewer.save(folder).as_uri() if kind == "file" else f"{server.url}samples?run={folder.name}")
        browser.until(SHOWN)
        assert items(browser) == 160 and browser.js("document.querySelectorAll('.item').length") < 60  # only what is in view is in the page

        browser.press("2")  # filters
        browser.until("document.querySelector('[data-filter=right]').getAttribute('aria-pressed') === 'true'")
        assert items(browser) == sum(row.label == "right" for row in stored)
        browser.press("1")
        browser.press("j")  # the second sample is the attack: shown as text
        browser.until(f"{SHOWN}.textContent.includes('onerror')")
        assert browser.js("document.images.length") == 0 and browser.js("document.querySelector('.badge').textContent").endswith(stored[1].label)

        browser.press("j")
        browser.until(f"{SHOWN}.textContent.includes('I add')")
        browser.click("[data-colour=probability]")
        browser.until("document.querySelector('.response.coloured .t.h1') !== null")  # -0.5 nats are 61 %
        assert browser.js("document.querySelectorAll('.legend span').length") == 5
        link = browser.js("location.href")
        for colour, shade, said in (("entropy", "h2", "coin flip"), ("KL", "c2", "Reference: cold start.")):  # 0.7 nats; -0.5 less -1
            browser.click(f"[data-colour={colour}]")
            browser.until(f"document.querySelector('.response.coloured .t.{shade}') !== null")
            assert said in browser.js("document.querySelector('.says').textContent")
        assert "mean entropy 0.7 nats" in browser.js("document.querySelector('.verdict').textContent")
        browser.click("[data-colour=probability]")

        browser.press("/")
        browser.call("Input.insertText", text="LET me check")
        browser.until("document.getElementById('count').textContent.includes('of 160')")
        assert items(browser) == sum("Let me check" in row.text for row in stored)
        browser.press("Escape")
        browser.until("document.getElementById('count').textContent.startsWith('160')")

        browser.click("[data-filter=gained]")
        browser.until("location.hash.includes('f=gained')")
        rates = {state: Table(next(s for s in sources(folder) if s.name == state)).rates for state in ("cold_start", "trained")}
        gained = [p for p, (rights, _) in rates["trained"].items() if rights >= 2 and rates["cold_start"][p][0] < 2]
        assert items(browser) == 4 * len(gained) > 0

        browser.click("[data-model=base]")
        browser.until("document.querySelector('[data-source=\"sums/base\"]').getAttribute('aria-current') === 'true' && " + SHOWN)
        browser.click("[data-source=rollouts]")
        browser.until("document.querySelector('.terms')")
        browser.click("[data-colour=advantage]")
        browser.until("document.querySelector('.response.coloured')")

        browser.go("about:blank")
        browser.go(link)  # a permalink leads back to the same sample, coloured
        browser.until("document.querySelector('.response.coloured')")
        assert browser.js(f"{SHOWN}.textContent").removesuffix("∎") == stored[2].text
        assert browser.js("document.documentElement.scrollWidth") <= 1280
        assert browser.errors == []
        server.shutdown()


@needs_browser
def test_on_a_phone_in_the_dark(folder: Path):
    with chromium.Browser(390, 844, dark=True) as browser:
        browser.go(viewer.save(folder).as_uri())
        browser.until("document.querySelector('.item')")
        assert browser.js("getComputedStyle(document.getElementById('detail')).display") == "none"
        browser.click(".item")
        browser.until("getComputedStyle(document.getElementById('detail')).display !== 'none'")
        browser.click(".back")
        browser.until("getComputedStyle(document.getElementById('detail')).display === 'none'")
        assert browser.js("document.documentElement.scrollWidth") <= 390
        assert browser.js("getComputedStyle(document.body).backgroundColor") == "rgb(23, 24, 27)"
        assert browser.errors == []


@needs_browser
def test_a_script_that_slips_in_does_not_run(folder: Path, tmp_path: Path):
    page = tmp_path / "x.html"
    page.write_text(viewer.offline(folder).replace("</main>", "</main><script>window.ran = 1</script><p style='color:red' onclick='1'>x</p>"), encoding="utf-8")
    with chromium.Browser() as browser:
        browser.go(page.as_uri())
        browser.until(SHOWN)
        assert browser.js("window.ran === undefined") and any("Content Security Policy" in error for error in browser.errors)
