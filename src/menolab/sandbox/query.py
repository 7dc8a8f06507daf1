"""Runs one SQL query, in the sandbox: this file's text is the program, so it imports nothing but the standard library.

The database comes as bytes on descriptor 4 and lives in memory: there is no file to write to. Text that the model wrote is given to SQLite alone,
which is told to allow reading and nothing else.
"""

from __future__ import annotations

import os
import sqlite3
import time

_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
_FUNCTIONS_REFUSED = ("load_extension", "readfile", "writefile", "edit", "fts3_tokenizer")


def rows(schema: str, sql: str, most: int, seconds: float) -> list[tuple[object, ...]]:
    """The rows of a query, at most `most` + 1 of them.

    Args:
        schema: a script that makes the database; if empty, descriptor 4 is the database.
        seconds: processor time after which SQLite gives up.

    Raises:
        sqlite3.Error: what SQLite says of the query.
        ValueError: a statement that is no query.
    """
    connection = sqlite3.connect(":memory:")
    if schema:
        connection.executescript(schema)
    else:
        connection.deserialize(_database(4))
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    for limit, value in ((sqlite3.SQLITE_LIMIT_LENGTH, 10_000_000), (sqlite3.SQLITE_LIMIT_ATTACHED, 0), (sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)):
        connection.setlimit(limit, value)
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_authorise)
    until = time.process_time() + seconds
    connection.set_progress_handler(lambda: time.process_time() > until, 10_000)
    cursor = connection.execute(sql)
    if cursor.description is None:
        raise ValueError("not a query: it has no columns")
    return cursor.fetchmany(most + 1)


def _database(handle: int) -> bytes:
    data = bytearray()
    while part := os.pread(handle, 1 << 20, len(data)):
        data += part
    if data[18:20] == b"\2\2":  # a write-ahead log cannot be used in memory; the marks of format 1 say that there is none
        data[18:20] = b"\1\1"
    return bytes(data)


def _authorise(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _FUNCTIONS_REFUSED):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
