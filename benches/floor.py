"""CPU of SQLite alone for what a cold run writes: the same rows in the same transactions, nothing read, bound or decided.

    python3 benches/floor.py LEDGER    a ledger file that a run of `made_up.py` has filled
"""

import pathlib
import sqlite3
import sys
import tempfile
import time

CHUNK, BATCH = 64_000, 3_000
SPENT = {}


def spend(name, c, sql, values=()):
    """Runs a statement and counts its CPU."""
    began = time.process_time()
    c.execute(sql, values)
    SPENT[name] = SPENT.get(name, 0) + time.process_time() - began


def main(ledger, folder):
    c = sqlite3.connect(pathlib.Path(folder, "new.db"), isolation_level=None)
    c.execute("ATTACH ? AS old", (ledger,))
    for setting in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-8192"):
        c.execute(f"PRAGMA main.{setting}")
    c.execute("PRAGMA wal_autocheckpoint=4000")
    for (sql,) in c.execute("SELECT sql FROM old.sqlite_schema WHERE name IN ('people', 'keys')").fetchall():
        c.execute(sql)
    # The keys of each chunk in the order in which the program inserts them.
    c.execute(f"CREATE TABLE temp.k AS SELECT person / {CHUNK} AS part, key, person, role FROM old.keys "
              f"WHERE person IS NOT NULL ORDER BY person / {CHUNK}, key")
    c.execute("CREATE INDEX temp.by_part ON k (part)")
    last, = c.execute("SELECT max(id) FROM old.people").fetchone()
    for part in range(last // CHUNK + 1):
        c.execute("BEGIN IMMEDIATE")
        spend("people", c, "INSERT INTO main.people (id, key, aliases, kinds) SELECT id, key, aliases, kinds "
              "FROM old.people WHERE id BETWEEN ? AND ?", (part * CHUNK, part * CHUNK + CHUNK - 1))
        spend("keys", c, "INSERT INTO main.keys SELECT key, person, role FROM temp.k WHERE part = ?", (part,))
        spend("commits", c, "COMMIT")
    for first in range(1, last + 1, BATCH):
        batch = (first, first + BATCH - 1)
        c.execute("BEGIN IMMEDIATE")
        spend("claims", c, "UPDATE main.people SET batch = 1, sent_key = NULL, names = NULL, custom = NULL, hole = NULL "
              "WHERE id BETWEEN ? AND ? AND batch IS NULL", batch)
        spend("commits", c, "COMMIT")
        c.execute("BEGIN IMMEDIATE")
        spend("answers", c, "UPDATE main.people SET batch = NULL, status = o.status, answered_at = o.answered_at, "
              "asked_at = o.asked_at, number = o.number, country = o.country FROM old.people o "
              "WHERE o.id = people.id AND people.id BETWEEN ? AND ?", batch)
        spend("commits", c, "COMMIT")
    for name, seconds in SPENT.items():
        print(f"{name} {seconds:.2f} s")
    print(f"all {sum(SPENT.values()):.2f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1], folder)
