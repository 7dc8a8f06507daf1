from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path

import pytest

from fake_run import write
from menolab.cli.main import main
from menolab.reports.server import Server


def test_it_serves_until_it_is_interrupted(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    write(tmp_path / "runs" / "one", problems=2, samples=1, steps=1)
    pages: list[str] = []
    serve = Server.serve_forever

    def interrupted(self: Server) -> None:
        thread = threading.Thread(target=serve, args=(self,), daemon=True)
        thread.start()
        with urllib.request.urlopen(self.url) as answer:
            pages.append(answer.read().decode())
        self.shutdown()
        thread.join()
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", interrupted)
    assert main(["view", str(tmp_path / "runs"), "--port", "0", "--json"]) == 130
    said = json.loads(capsys.readouterr().out)
    assert said["runs"] == ["one"] and said["url"].startswith("http://127.0.0.1:") and "one" in pages[0]
    assert main(["view", str(tmp_path / "runs"), "--port", "0"]) == 130
    assert "1 run under" in capsys.readouterr().out


def test_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["view", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err
