from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from menolab.records import Problem, Verdict
from menolab.sandbox.host import probe
from menolab.verifiers.sql import SameRows, orders

pytestmark = pytest.mark.skipif(probe().level == "process", reason=f"this machine cannot close programs in: {probe().notes}")
SCHEMA = "CREATE TABLE t(a INTEGER, b TEXT, c REAL); INSERT INTO t VALUES (1, 'x', 0.1), (2, 'y', 0.2), (3, 'x', 0.3), (3, 'x', NULL);"


def judge(sql: str, gold: str, facts: dict[str, Any] | None = None, verifier: SameRows | None = None) -> Verdict:
    return (verifier or SameRows())(Problem("p", "t", "", gold, facts=facts or {"schema": SCHEMA}), f"```sql\n{sql}\n```")


@pytest.mark.parametrize(
    ("sql", "gold", "label"),
    [
        ("SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b != 'y'", "right"),
        ("SELECT a FROM t ORDER BY a DESC", "SELECT a FROM t", "right"),
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC", "wrong"),
        ("SELECT DISTINCT a FROM t", "SELECT a FROM t", "wrong"),
        ("SELECT a, b FROM t", "SELECT b, a FROM t", "wrong"),
        ("SELECT SUM(c) FROM t", "SELECT 0.6", "right"),
        ("SELECT 2.0", "SELECT 2", "right"),
        ("SELECT '2'", "SELECT 2", "wrong"),
        ("SELECT NULL", "SELECT c FROM t WHERE c IS NULL", "right"),
        ("SELECT a FROM t WHERE 0", "SELECT b FROM t WHERE 0", "right"),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n", "SELECT 1 UNION SELECT 2 UNION SELECT 3", "right"),
        ("SELECT X'00ff'", "SELECT X'00FF'", "right"),
        ("SELECT nothing FROM t", "SELECT 1", "wrong"),
        ("", "SELECT 1", "wrong"),
        ("SELECT 1; SELECT 1", "SELECT 1", "wrong"),
        ("SELECT 1;", "SELECT 1", "right"),
    ],
)
def test_rows_are_compared(sql: str, gold: str, label: str) -> None:
    assert judge(sql, gold).label == label, judge(sql, gold)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM t", "INSERT INTO t SELECT * FROM t", "DROP TABLE t", "CREATE TABLE u(a)", "UPDATE t SET a = 1", "ATTACH '/tmp/x' AS x",
        "PRAGMA query_only = OFF", "VACUUM INTO '/tmp/meno-stolen'", "SELECT load_extension('x')", "SELECT * FROM pragma_table_info('t')", "BEGIN", "REINDEX",
    ],
)  # fmt: skip
def test_only_reading_is_allowed(sql: str) -> None:
    verdict = judge(sql, "SELECT a FROM t")
    assert (verdict.label, verdict.stage) == ("wrong", "run") and not Path("/tmp/meno-stolen").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        "SELECT COUNT(*) FROM t a, t b, t c, t d, t e, t f, t g, t h, t i, t j, t k, t l, t m, t n, t o, t p, t q",
        "SELECT HEX(ZEROBLOB(4000000)) LIKE '%' || HEX(ZEROBLOB(400)) || '1'",
        "SELECT ZEROBLOB(2000000000)",
        "SELECT instr(hex(zeroblob(4900000)), hex(zeroblob(2000000)) || '1')",
    ],
)
def test_slow_and_huge_queries_end(sql: str) -> None:
    start = time.monotonic()
    assert judge(sql, "SELECT 1", verifier=SameRows(cpu=0.5, most_rows=1000)).label == "wrong"
    assert time.monotonic() - start < 15


def test_a_database_file_is_read_and_not_touched(tmp_path: Path) -> None:
    for mode in ("delete", "wal"):
        file = tmp_path / f"{mode}.sqlite"
        connection = sqlite3.connect(file)
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.executescript(SCHEMA)
        connection.close()
        before = file.read_bytes()
        assert judge("SELECT COUNT(*) FROM t", "SELECT 4", {"database": str(file)}).right
        assert judge("DELETE FROM t", "SELECT 4", {"database": str(file)}).stage == "run"
        assert file.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir())[0] == "delete.sqlite"


def test_the_gold_is_run_again_when_the_file_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "d.sqlite"
    for count in (1, 2):
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS t(a)")
            connection.execute("INSERT INTO t VALUES (1)")
        connection.close()
        assert judge(f"SELECT {count}", "SELECT COUNT(*) FROM t", {"database": str(file)}).right


@pytest.mark.parametrize(
    ("gold", "facts"),
    [
        ("SELECT nothing", None), ("SELECT 1", {"database": "/nowhere/x.sqlite"}), ("SELECT 1", {"x": 1}), ("SELECT 1", {"schema": "nonsense"}),
        ("SELECT 1", {"database": "/dev/null\0"}),
    ],
)  # fmt: skip
def test_a_bad_gold_is_undecided(gold: str, facts: dict[str, Any] | None) -> None:
    assert judge("SELECT 1", gold, facts).label == "undecided"


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("SELECT a FROM t ORDER BY a", True), ("select a from t\norder  by a limit 3", True), ("SELECT a FROM (SELECT a FROM t ORDER BY a)", False),
        ("SELECT 'order by'", False), ("SELECT a -- order by a\nFROM t", False), ('SELECT "order by" FROM t', False),
        ("SELECT rank() OVER (ORDER BY a) FROM t", False),
        ("SELECT a FROM t /* ) */ ORDER BY a", True), ("SELECT reorder, bypass FROM t", False),
    ],
)  # fmt: skip
def test_orders(sql: str, ordered: bool) -> None:
    assert orders(sql) is ordered


def test_chinook(shared_data: Path) -> None:
    facts = {"database": str(shared_data / "chinook_db" / "Chinook_Sqlite.sqlite")}
    gold = "SELECT ar.Name, COUNT(*) FROM Artist ar JOIN Album al ON al.ArtistId = ar.ArtistId GROUP BY ar.ArtistId ORDER BY COUNT(*) DESC, ar.Name LIMIT 5"
    other = "WITH n AS (SELECT ArtistId, COUNT(*) k FROM Album GROUP BY 1) SELECT Name, k FROM n JOIN Artist USING (ArtistId) ORDER BY k DESC, Name LIMIT 5"
    assert judge(other, gold, facts).right
    assert judge(other.replace("DESC", "ASC"), gold, facts).label == "wrong"
    assert judge("SELECT SUM(Total) FROM Invoice", "SELECT SUM(UnitPrice * Quantity) FROM InvoiceLine", facts).right
