"""The verb `view`: runs, their reports and their samples in a browser, served to this machine alone and read-only.

What a request names is looked up among what was found under the folder; no part of a request ever becomes part of a path. Only requests that were addressed
to this machine by name or loopback address are answered, so a page elsewhere cannot reach in through a name that it lets point here.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from menolab import __version__
from menolab.errors import BadInput, unknown
from menolab.evaluation.compare import Comparison, adjusted, compare, overall, verdict
from menolab.evaluation.record import Result, load
from menolab.reports import browse, viewer
from menolab.reports.curves import SHARES, SHOWN
from menolab.reports.report import FLIPS, STATE_NAMES, environment, pass_chart, render, style
from menolab.reports.run import FINDINGS, STUDY_PAGE, read_run, study_of
from menolab.reports.samples import Source, Table, described, sources

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For pages without scripts. Their style attributes hold numbers only."""
TABLES_OPEN = 24
"""Tables that are kept open; the one that was used longest ago is closed first."""
LONGEST_SEARCH = 1000
REFRESH = 10.0
"""Seconds after which the overview looks whether a run has gone on."""


def _overview_policy() -> str:
    """The policy of the page that has the script of the overview and no other."""
    own = viewer.policy(style("page.css", "runs.css"), (viewer.HERE / "runs.js").read_text(encoding="utf-8"), connect="'self'")
    return f"{own}; frame-ancestors 'none'"


class Missing(Exception):
    """What a request names is not there."""


class Desk:
    """What the server knows: the folder, and the tables that are open. Shared by its threads."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        browse.find(self.folder)
        self._lock = threading.RLock()
        self._tables: dict[tuple[Any, ...], Table] = {}
        self._lines: dict[tuple[Any, ...], browse.Line] = {}

    def line(self, found: browse.Found) -> browse.Line:
        """What the overview says of a run, read again where one of the files that it rests on has changed."""
        files = [*found.path.glob("*.json*"), *found.path.glob("evaluation/*/*.json")]
        key = (found, *((path, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(files)), sum(1 for _ in found.path.glob("rollouts/*.parquet")))
        with self._lock:
            known = self._lines.get(key)
        if known is None:
            known = browse.line(found)
            with self._lock:
                self._lines = {k: line for k, line in self._lines.items() if k[0] != found} | {key: known}
        return known

    def found(self, name: str) -> browse.Found:
        """The run or folder of records of that name."""
        every = {found.name: found for found in browse.find(self.folder)}
        if name not in every:
            raise Missing(str(unknown("run", name, every)))
        return every[name]

    def tables(self, name: str) -> tuple[list[Table], list[str]]:
        """The run's tables, opened again where a file has changed, and what is wrong with those that cannot be opened."""
        tables, notes = [], []
        for source in sources(self.found(name).path):
            try:
                tables.append(self._open(source))
            except BadInput as error:
                notes.append(f"{source.id}: {error}")
        return tables, notes

    def _open(self, source: Source) -> Table:
        stats = [(path, path.stat()) for path in source.files]
        key = (source, *((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats))
        with self._lock:
            table = self._tables.pop(key, None) or Table(source)
            self._tables[key] = table
            while len(self._tables) > TABLES_OPEN:
                self._tables.pop(next(iter(self._tables)))
            return table

    def table(self, name: str, source: str) -> tuple[Table, list[Table]]:
        """One table of a run, with all of them."""
        tables, notes = self.tables(name)
        for table in tables:
            if table.source.id == source:
                return table, tables
        raise Missing("; ".join(notes) or str(unknown("source", source, [t.source.id for t in tables])))


def overview(desk: Desk) -> str:
    """The page of all runs, the latest first: their training curves, their scores, and what was studied."""
    found = browse.find(desk.folder)
    lines = sorted((desk.line(each) for each in found if each.kind != "study"), key=lambda line: -line.changed)
    notes: list[str] = []
    studies = [(each.name, study) for each in found if each.kind == "study" and (study := study_of(each.path / FINDINGS, notes)) is not None]
    curves = {line.found.name: {"steps": c.steps, "tokens": c.tokens, "series": c.series} for line in lines if (c := line.curves).count}
    data = viewer.as_script({"curves": curves, "metrics": SHOWN, "shares": SHARES, "every": REFRESH})
    return _runs_page(title=str(desk.folder), lines=lines, studies=studies, notes=notes, data=data)


def _runs_page(**values: Any) -> str:
    pages = environment()
    pages.filters |= {"ago": ago, "named": lambda state: STATE_NAMES.get(state, state)}
    script = (viewer.HERE / "runs.js").read_text(encoding="utf-8")
    return pages.get_template("runs.html").render(**values, style=style("page.css", "runs.css"), script=script, version=__version__)


def compare_page(desk: Desk, query: Mapping[str, str]) -> str:
    """Two runs, or folders of results, on the same problems: what `meno compare` says, with the problems gained and lost."""
    names = _one(query, "a"), _one(query, "b")
    (a, notes_a), (b, notes_b) = (_models(desk.found(name)) for name in names)
    notes, made = [*notes_a, *notes_b], []
    for task in sorted({*a, *b}):
        if task not in a or task not in b:
            notes.append(f"{task}: only {names[0] if task in a else names[1]} was evaluated on it")
            continue
        try:
            made.append(compare(a[task][2], b[task][2]))
        except BadInput as error:
            notes.append(f"{task}: cannot be compared ({error})")
    made = adjusted(made)
    return environment().get_template("compare.html").render(
        a=names[0], b=names[1], style=style("page.css"), version=__version__, notes=notes, flips=FLIPS,
        tasks=[_compared(c, a[c.task], b[c.task], names[1]) for c in made],
        verdict=verdict(made, overall(made) if len(made) > 1 else None),
    )  # fmt: skip


Model = tuple[str, str, Result]
"""What a run's last model on a task is called, the id of the source of its samples, and its result."""


def _models(found: browse.Found) -> tuple[dict[str, Model], list[str]]:
    """The last model of a run on each of its tasks, or the results of a folder; and what could not be read."""
    if found.kind == "run":
        run = read_run(found.path)
        last = {task: list(results.items())[-1] for task, results in run.results.items()}
        notes = [f"{found.name}: {clause}" for clause in run.missing if "evaluation/" in clause]
        return {result.record.task: (STATE_NAMES[state], f"{task}/{state}", result) for task, (state, result) in last.items()}, notes
    models, notes = {}, []
    for path in sorted(found.path.glob("*.json")):
        if path.with_suffix(".parquet").is_file():
            try:
                result = load(path)
                models[result.record.task] = (result.record.model or path.stem, path.stem, result)
            except BadInput as error:
                notes.append(f"{found.name}: {error}")
    return models, notes


def _compared(c: Comparison, a: Model, b: Model, name: str) -> dict[str, Any]:
    """What the page says of one task."""
    top = max(c.pass_at_k)
    asked = {row.problem: row.prompt for row in a[2].rows}
    return {
        "c": c,
        "of": (a[0], b[0]),
        "ks": [(k, c.pass_at_k[k]) for k in sorted({2**i for i in range(1, top.bit_length())} | {top}) if 1 < k <= top],
        "curve": pass_chart([("A", "cold_start", a[2]), ("B", "trained", b[2])]),
        "prompts": {flip.problem: asked[flip.problem] for flip in (*c.gained, *c.lost)},
        "link": f"/samples?run={quote(name)}#s={quote(b[1])}",
    }


def study_page(desk: Desk, query: Mapping[str, str]) -> str:
    """A study's page, as the study wrote it."""
    found = desk.found(_one(query, "run"))
    if found.kind != "study":
        raise Missing(f"{found.name} is not a study")
    return (found.path / STUDY_PAGE).read_text(encoding="utf-8", errors="replace")


def ago(moment: float) -> str:
    """How long ago, in words: just now, 5 minutes ago, 3 days ago."""
    seconds = max(0.0, time.time() - moment)
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def report_page(desk: Desk, query: Mapping[str, str]) -> str:
    """The report of a run as it is now; nothing is written."""
    name = _one(query, "run")
    found = desk.found(name)
    if found.kind != "run":
        raise Missing(f"{name} is not a run; look at {'its page' if found.kind == 'study' else 'its samples'}")
    inside = "studies" if found.path == desk.folder else f"{name}/studies"  # a name is the path from the folder that is served
    samples = f"/samples?run={quote(name)}"
    return render(read_run(found.path), links=[("all runs", "/")], samples=samples, study_link=lambda own: f"/study?run={quote(f'{inside}/{own}')}")


def samples_page(desk: Desk, query: Mapping[str, str]) -> str:
    """The viewer of a run's samples."""
    name = _one(query, "run")
    found = desk.found(name)
    tables, notes = desk.tables(name)
    links = [("all runs", "/"), ("report", f"/report?run={quote(name)}")] if found.kind == "run" else [("all runs", "/")]
    return viewer.page(name, [t.source for t in tables], {"api": "/api/", "run": name, "notes": notes}, links)


def api_index(desk: Desk, query: Mapping[str, str]) -> Any:
    """What the list shows of every sample of a table."""
    table, tables = desk.table(_one(query, "run"), _one(query, "source"))
    return described(table, viewer.rivals(tables, table.source))


def api_row(desk: Desk, query: Mapping[str, str]) -> Any:
    """One sample whole."""
    table, _ = desk.table(_one(query, "run"), _one(query, "source"))
    at = _one(query, "at")
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        raise BadInput("at", at, "give the number of a row")
    return table.row(int(at))


def api_search(desk: Desk, query: Mapping[str, str]) -> Any:
    """Rows that hold a text."""
    table, _ = desk.table(_one(query, "run"), _one(query, "source"))
    text = _one(query, "text")
    if len(text) > LONGEST_SEARCH:
        raise BadInput("text", text, f"search for {LONGEST_SEARCH} characters at most")
    return table.search(text)


def _one(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise BadInput(name, None, f"the address must say it: ?{name}=...")
    return query[name]


PAGES = {"/": lambda desk, query: overview(desk), "/report": report_page, "/samples": samples_page, "/compare": compare_page, "/study": study_page}
API = {"/api/index": api_index, "/api/row": api_row, "/api/search": api_search}


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD of the fixed routes; everything else is refused."""

    server: Server  # type: ignore[assignment]
    server_version = f"menolab/{__version__}"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        status, kind, body, policy = self._answer()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if policy:
            self.send_header("Content-Security-Policy", policy)
        for name, value in {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
                            "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def _answer(self) -> tuple[int, str, bytes, str]:
        """Status, type, body and policy of the answer."""
        if self.headers.get("Host", "") not in self.server.hosts:
            return 403, "text/plain", b"this server answers only to its own address\n", ""
        address = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        route = PAGES.get(address.path) or API.get(address.path)
        is_api = address.path.startswith("/api/")
        try:
            if route is None:
                raise Missing(f"there is no {address.path[:200]}; the list of runs is at /")
            found = route(self.server.desk, query)
        except (Missing, BadInput) as error:
            status = 404 if isinstance(error, Missing) else 400
            return (status, *_failed(str(error), is_api))
        except OSError as error:
            return (500, *_failed(f"a file cannot be read: {error}", is_api))
        if is_api:
            return 200, "application/json", json.dumps(found, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace"), ""
        # The viewer says its own policy in its head, with the hashes of its script and style; this one forbids framing besides.
        policy = {"/samples": "frame-ancestors 'none'", "/": _overview_policy()}.get(address.path, PAGE_POLICY)
        return 200, "text/html", found.encode("utf-8", "replace"), policy

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to the one line that says where to look."""


def _failed(text: str, is_api: bool) -> tuple[str, bytes, str]:
    if is_api:
        return "application/json", json.dumps({"error": text}).encode(), ""
    return "text/plain", f"{text}\n".encode("utf-8", "replace"), ""


class Server(ThreadingHTTPServer):
    """Serves a folder on the loopback interface."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, port: int):
        """Bind the port; 0 takes a free one.

        Raises:
            BadInput: no such folder, or the port is taken.
        """
        self.desk = Desk(folder)
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except (OSError, OverflowError) as error:
            said = getattr(error, "strerror", None) or error
            raise BadInput("--port", port, f"cannot be listened on ({said}); choose another, or 0 for any that is free") from error
        self.hosts: Sequence[str] = [f"{host}:{self.server_port}" for host in LOOPBACK]

    @property
    def url(self) -> str:
        """Where to look."""
        return f"http://127.0.0.1:{self.server_port}/"
