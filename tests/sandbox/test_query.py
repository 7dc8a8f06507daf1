from __future__ import annotations

import sqlite3

import pytest

from menolab.sandbox.query import rows

SCHEMA = "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3);"


def test_rows_up_to_one_more_than_wanted() -> None:
    assert rows(SCHEMA, "SELECT a FROM t ORDER BY a DESC", 10, 1.0) == [(3,), (2,), (1,)]
    assert len(rows(SCHEMA, "SELECT a FROM t", 1, 1.0)) == 2


@pytest.mark.parametrize(
    "sql", ["DELETE FROM t", "PRAGMA writable_schema = 1", "ATTACH ':memory:' AS x", "SELECT load_extension('x')", "SELECT 1; SELECT 2", "REINDEX", ""]
)
def test_nothing_but_one_query(sql: str) -> None:
    with pytest.raises((sqlite3.Error, sqlite3.Warning, ValueError)):
        rows(SCHEMA, sql, 10, 1.0)


def test_gives_up_after_its_time() -> None:
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        rows("SELECT 1", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n", 10, 0.05)
