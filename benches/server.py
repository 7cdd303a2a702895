#!/usr/bin/env python3
"""Measures a team's ledger: the statements of the program themselves, on a PostgreSQL of its own.

    python3 benches/server.py [--people 1000000] [--hosts 8] [--rounds 15]

Needs PostgreSQL's programs and python3. The people are made up with SQL, everything happens in a temporary folder. Times are
those that psql tells: one statement, there and back, over a socket; median and fastest.
"""

import argparse
import glob
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SQL = pathlib.Path(__file__).resolve().parent.parent / "src/ledger/server/sql"
BATCH = 3000
CHUNK = 64_000
NOW = 1_800_000_000_000
# No answer counts that was asked for before.
LATER = 2 * NOW
COLUMNS = (SQL / "batch_columns.sql").read_text()
# What a statement is called here, its text, and the types of its parameters.
STATEMENTS = {
    "find": ((SQL / "find_people.sql").read_text(), "uuid[]"),
    "claim": (
        (SQL / "claim.sql").read_text(),
        "bigint[], uuid[], bigint[], bigint[], bigint, bigint, bigint, uuid, uuid, bigint, text, boolean, uuid, bigint, "
        "bigint, bigint, text, bigint",
    ),
    "accept": (
        (SQL / "accept.sql").read_text() + COLUMNS,
        "bigint, text, bigint, boolean, bigint, bigint, bigint, bytea, bigint, text",
    ),
    "record": (
        (SQL / "record.sql").read_text(),
        "bigint, bigint, bigint, text, bigint, bigint, bigint[], bigint[], text[], text[], text[], bigint[], bigint[], "
        "text[], text[], bigint[], text[], bigint, bigint[], bigint[]",
    ),
}


def somebody(program):
    """The server refuses to run as root."""
    as_nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    return (as_nobody if os.geteuid() == 0 else []) + program


# Before and after what is timed.
ON = "SET log_statement_stats = on;\n\\timing on"
OFF = "\\timing off\nSET log_statement_stats = off;"


class Server:
    read = 0

    def __init__(self, folder):
        self.folder, self.data = folder, f"{folder}/data"
        found = shutil.which("initdb") or next(iter(glob.glob("/usr/lib/postgresql/*/bin/initdb")), None)
        if not found:
            sys.exit("PostgreSQL is missing")
        self.programs = os.path.dirname(os.path.realpath(found))
        os.chmod(folder, 0o777)
        make = [f"{self.programs}/initdb", "--auth=trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-D", self.data]
        subprocess.run(somebody(make), check=True, stdout=subprocess.DEVNULL, cwd=folder)
        self.control("start", "-l", f"{folder}/log", "-o", f"-k {folder} -c listen_addresses= -c autovacuum=off")

    def control(self, *args):
        program = [f"{self.programs}/pg_ctl", "-s", "-w", "-D", self.data, *args]
        subprocess.run(somebody(program), check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def psql(self, script):
        """Begins a script; what it prints is read by `times` or `text`."""
        command = [f"{self.programs}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h", self.folder]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(script)
        process.stdin.close()
        return process

    def text(self, script):
        process = self.psql(script)
        text = process.stdout.read().strip()
        if process.wait():
            sys.exit("the script failed")
        return text

    def times(self, script):
        """What each statement between ON and OFF took, in ms."""
        return [float(ms) for ms in re.findall(r"^Time: ([\d.]+) ms", self.text(prepared(script)), re.M)]

    def cpu(self):
        """CPU of the server for each statement that was timed since this was last asked, in ms by name."""
        with open(f"{self.folder}/log", encoding="utf8", errors="replace") as log:
            log.seek(self.read)
            text = log.read()
            self.read = log.tell()
        found = {}
        pattern = r"([\d.]+) s user, ([\d.]+) s system, [\d.]+ s elapsed.*?STATEMENT:  (?:EXECUTE )?(\w+)"
        for user, system, name in re.findall(pattern, text, re.S):
            found.setdefault(name, []).append((float(user) + float(system)) * 1000)
        return found


def prepared(script):
    # The driver sends each statement anew with its values: a plan is never reused.
    lines = ["SET plan_cache_mode = force_custom_plan;"]
    lines += [f"PREPARE {name} ({types}) AS {text};" for name, (text, types) in STATEMENTS.items()]
    return "\n".join(lines) + "\n" + script


def people(first, last):
    return f"""
        INSERT INTO enrow_phone.people (id, key, status, answered_at, asked_at, number)
        SELECT g, md5(g::text)::uuid, CASE WHEN g % 2 = 0 THEN 1 ELSE 2 END, {NOW - 10**9}, {NOW - 10**9},
            CASE WHEN g % 2 = 0 THEN '+1202555' || lpad((g % 10000)::text, 4, '0') END
        FROM generate_series({first}, {last}) g;
        INSERT INTO enrow_phone.keys SELECT key, id, true FROM enrow_phone.people WHERE id BETWEEN {first} AND {last} ORDER BY key;
    """


def schema():
    steps = sorted(SQL.glob("schema_*.sql"), key=lambda path: int(path.stem.split("_")[1]))
    head = "CREATE SCHEMA enrow_phone; CREATE TABLE enrow_phone.meta (name text PRIMARY KEY, value text NOT NULL);"
    return head + "".join(step.read_text() for step in steps) + """
        INSERT INTO enrow_phone.accounts (digest) VALUES (md5('account')::uuid);
        INSERT INTO enrow_phone.runs (token, version, seen_at) VALUES (md5('run')::uuid, 'bench', 0);"""


def batch(first, timed=True):
    """A whole batch of people who are asked for again."""
    on, off = (ON, OFF) if timed else ("", "")
    return f"""
        SELECT array_agg(id) AS ids, array_agg(key) AS keys, array_agg(NULL::bigint) AS none, array_agg(1::bigint) AS found,
            array_agg('+12025550100'::text) AS numbers, array_agg(NULL::text) AS words, gen_random_uuid() AS attempt
        FROM enrow_phone.people WHERE id BETWEEN {first} AND {first + BATCH - 1} \\gset
        \\o /dev/null
        {on}
        EXECUTE claim(:'ids', :'keys', :'none', :'none', {LATER}, {LATER}, {LATER}, :'attempt', md5('account')::uuid, 1, :'attempt',
            false, NULL, {NOW}, {NOW}, 60000, NULL, NULL);
        {off}
        \\o
        SELECT batch FROM enrow_phone.attempts WHERE id = :'attempt' \\gset
        \\o /dev/null
        {on}
        EXECUTE accept(:batch, :'attempt', {BATCH * 40}, false, {NOW}, NULL, NULL, NULL, NULL, NULL);
        EXECUTE record(:batch, {NOW}, {NOW}, 'completed', 0, {BATCH}, :'ids', :'found', :'numbers', :'words', :'words', '{{}}', '{{}}',
            '{{}}', '{{}}', '{{}}', '{{a,b,c,d,e,f}}', 86400000, '{{}}', '{{}}');
        {off}
        \\o
    """


def show(what, times, cpu):
    median = statistics.median
    print(f"| {what} | {median(times):,.0f} ms | {min(times):,.0f} ms | {median(cpu):,.0f} ms |", flush=True)


def size(server):
    return int(server.text("SELECT pg_database_size('postgres')"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="enrow-bench-") as folder:
        server = Server(folder)
        try:
            measure(server, args)
        finally:
            server.control("stop", "-m", "immediate")


def measure(server, args):
    server.text(schema())
    empty, began = size(server), time.monotonic()
    for first in range(1, args.people + 1, 1_000_000):
        server.text(people(first, min(first + 999_999, args.people)))
    server.text("VACUUM ANALYZE; CHECKPOINT")
    grown = size(server) - empty
    print(f"\n{args.people:,} people, made in {time.monotonic() - began:.0f} s: {grown / 1e6:,.0f} MB, "
          f"{grown / args.people:.0f} bytes each\n\n| | median | fastest | server's CPU |\n| --- | ---: | ---: | ---: |")
    known = min(args.people, 1_000_000)
    plan = server.times("".join(
        f"""SELECT array_agg(md5(g::text)::uuid ORDER BY md5(g::text)) AS keys FROM generate_series({first}, {first + CHUNK - 1}) g \\gset
        \\o /dev/null
        {ON}
        EXECUTE find(:'keys');
        {OFF}
        \\o
        """ for first in range(1, known + 1, CHUNK)))
    print(f"| plan {known:,} known people, all chunks | {sum(plan):,.0f} ms | | {sum(server.cpu()['find']):,.0f} ms |")
    spread = max(args.people // args.rounds // BATCH, 1) * BATCH
    times = server.times("".join(batch(1 + n * spread) for n in range(args.rounds)))
    cpu = server.cpu()
    for name, place in (("claim", 0), ("accept", 1), ("record", 2)):
        show(f"{name} 3,000", times[place::3], cpu[name])
    again = server.times("".join(batch(1) for _ in range(60)))
    cpu = server.cpu()
    for name, place in (("claim", 0), ("record", 2)):
        show(f"{name} of the same 3,000, the last ten of 60", again[place::3][-10:], cpu[name][-10:])
    dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'people'"
    bloated = size(server)
    began = time.monotonic()
    left = server.text(f"SELECT pg_sleep(1); {dead}")
    server.text("VACUUM enrow_phone.people")
    print(f"| grown by {args.rounds + 60} refreshes of 3,000 | {(bloated - empty - grown) / 1e6:,.0f} MB, dead rows {left.split()[-1]} | | |")
    print(f"| VACUUM of people | {(time.monotonic() - began - 1) * 1000:,.0f} ms | | |")
    hosts(server, args)


def hosts(server, args):
    each = min(20, args.people // args.hosts // BATCH)
    scripts = [
        prepared("".join(batch(1 + (host * each + n) * BATCH, timed=False) for n in range(each)))
        for host in range(args.hosts)
    ]
    began = time.monotonic()
    processes = [server.psql(script) for script in scripts]
    for process in processes:
        process.stdout.read()
        if process.wait():
            sys.exit("a host failed")
    took, asked = time.monotonic() - began, args.hosts * each * BATCH
    print(f"| {args.hosts} hosts together, claim to record | {asked / took:,.0f} people a second | | |")
    log = pathlib.Path(server.folder, "log").read_text()
    print(f"| deadlocks | {log.count('deadlock detected')} | | |")


if __name__ == "__main__":
    main()
