#!/usr/bin/env python3
"""Measures the whole program: cold, warm, beside a server, limits, peers, pace, start-up, idling.

    python3 benches/whole.py [--rows 10000,100000,1000000] [--only cold,warm,...] [--binary PATH]

Needs cargo, python3 and, for the part `server`, PostgreSQL; peers that are not on the PATH (node, qsv, xan, mlr) are left out. Everything happens in a temporary folder; Enrow is the program's own sandbox without latency,
in a process of its own, so that what it costs is not counted. CPU is user + system of the measured process alone.
"""

import argparse
import contextlib
import csv
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from xml.sax.saxutils import escape

import server

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARTS = ["limit", "cold", "warm", "workbook", "server", "shuffled", "hand", "pace", "start", "idle"]

# How other programs read a sheet from its first to its last field.
READERS = {"qsv": ["select", "1-"], "xan": ["select", "*"], "mlr": ["--csv", "cat"]}


class Cost:
    """What one process took."""

    def __init__(self, wall, usage, code, stderr):
        self.wall, self.cpu, self.code, self.stderr = wall, usage.ru_utime + usage.ru_stime, code, stderr
        self.user, self.system = usage.ru_utime, usage.ru_stime
        # Kilobytes on Linux, bytes on macOS.
        self.peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def run(command, env=None, codes=(0,)):
    """Runs a command to its end and measures it."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        stderr = errors.read().decode()
    if process.returncode not in codes:
        sys.exit(f"`{' '.join(map(str, command))}` ended with {process.returncode}:\n{stderr}")
    return Cost(wall, usage, process.returncode, stderr)


class Sandbox:
    """The program's own Enrow, served by another process."""

    def __init__(self, binary, folder, batch_time="0s"):
        self.log = open(folder / "sandbox.log", "w+")
        command = [binary, "sandbox", "--port", "0", "--batch-time", batch_time, "--credits", str(10**12)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.log)
        for _ in range(500):
            found = re.search(r"http://127\.0\.0\.1:\d+", pathlib.Path(self.log.name).read_text())
            if found:
                break
            time.sleep(0.01)
        else:
            sys.exit("the sandbox does not start")
        self.url = found.group()
        self.env = {**os.environ, "ENROW_API_URL": self.url, "ENROW_API_KEY": "sandbox"}
        self.env.pop("ENROW_PHONE_LEDGER", None)
        self.seen = self.requests()

    def requests(self):
        """How many requests it has answered."""
        return len(re.findall(r"(?:GET|POST) /", pathlib.Path(self.log.name).read_text()))

    def since(self):
        """How many since this was last asked."""
        now = self.requests()
        self.seen, new = now, now - self.seen
        return new

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.log.close()


def build():
    """Builds the program and the raw pass; answers where they are."""
    def artifact(kind, name):
        command = ["cargo", "build", "--release", "--message-format=json-render-diagnostics", f"--{kind}", name]
        output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        # A bench brings the program along, in any order.
        built = [json.loads(line) for line in output.splitlines()]
        built = [line for line in built if line.get("executable") and line["target"]["name"] == name]
        return built[-1]["executable"]

    return artifact("bin", "enrow-phone"), artifact("bench", "raw")


def made_up(rows, target, *options):
    """Makes a sheet, in another process: a child's peak memory counts from its parent's."""
    script = pathlib.Path(__file__).with_name("made_up.py")
    subprocess.run([sys.executable, script, str(rows), target, *options], check=True)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def as_workbook(sheet, target):
    """The same list as Excel would save it, its texts shared."""
    strings = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part, open(sheet, newline="") as rows:
            part.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for number, row in enumerate(csv.reader(rows), 1):
                cells = (f'<c r="{chr(65 + at)}{number}" t="s"><v>{strings.setdefault(text, len(strings))}</v></c>'
                         for at, text in enumerate(row) if text)
                part.write(f'<row r="{number}" spans="1:{len(row)}">{"".join(cells)}</row>'.encode())
            part.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{MAIN}">'.encode())
            for text in strings:
                part.write(f"<si><t>{escape(text)}</t></si>".encode())
            part.write(b"</sst>")
        relation = f'<Relationship Id="{{}}" Type="{KINDS}/{{}}" Target="{{}}"/>'
        for name, rows in (
            ("_rels/.rels", [("a", "officeDocument", "xl/workbook.xml")]),
            ("xl/_rels/workbook.xml.rels", [("a", "worksheet", "worksheets/sheet1.xml"),
                                            ("b", "sharedStrings", "sharedStrings.xml")]),
        ):
            text = "".join(relation.format(*row) for row in rows)
            archive.writestr(name, f'<Relationships xmlns="{PACKAGE}/relationships">{text}</Relationships>')
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}"><sheets>'
                                            '<sheet name="Leads" sheetId="1" r:id="a"/></sheets></workbook>')
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
                         f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/></Types>')


def digest(path):
    """A digest of a file, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def head():
    print("| run | rows | wall s | CPU s | of it system | peak MB | requests | CPU / raw copy |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)


def line(name, rows, cost, requests="", limit=None):
    ratio = f"{cost.cpu / limit.cpu:.1f}" if limit and limit.cpu else ""
    cells = [name, f"{rows:,}", f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.system:.2f}", f"{cost.peak:.0f}", requests, ratio]
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def measure(binary, raw, rows, parts, folder):
    """One size of sheet, all runs."""
    sheet, output, ledger = folder / "in.csv", folder / "out.csv", folder / "ledger.db"
    made_up(rows, sheet)
    limit = run([raw, "copy", sheet, output])
    if "limit" in parts:
        line("raw csv crate, read", rows, run([raw, "read", sheet]), "", limit)
        line("raw csv crate, copy", rows, limit, "", limit)
        for name, words in READERS.items():
            if shutil.which(name):
                line(f"{name} {' '.join(words)}", rows, run([name, *words, sheet]), "", limit)
    # Exit 3 is a row without an answer: none is expected.
    with Sandbox(binary, folder) as sandbox:
        bulk = [binary, "bulk", sheet, "-o", output, "--ledger", ledger]
        if {"cold", "warm", "workbook", "shuffled"} & set(parts):
            cold = run(bulk, sandbox.env)
            line("cold", rows, cold, sandbox.since(), limit)
            first = digest(output)
        if "warm" in parts:
            line("warm", rows, run(bulk, sandbox.env), sandbox.since(), limit)
            if digest(output) != first:
                sys.exit("the second run wrote another file")
            line("warm, dry run", rows, run([*bulk, "--dry-run"], sandbox.env), sandbox.since(), limit)
        if "workbook" in parts:
            book, written = folder / "in.xlsx", folder / "out.xlsx"
            # In another process: a child's peak memory counts from its parent's.
            subprocess.run([sys.executable, __file__, "--as-workbook", sheet, book], check=True)
            for name, source, target in (("warm, workbook", book, written), ("warm, workbook again", written, written),
                                         ("warm, workbook to CSV", book, output), ("warm, CSV to workbook", sheet, written)):
                line(name, rows, run([binary, "bulk", source, "-o", target, "--ledger", ledger], sandbox.env),
                     sandbox.since(), limit)
            print(f"in.csv {sheet.stat().st_size:,} bytes, in.xlsx {book.stat().st_size:,}, out.xlsx {written.stat().st_size:,}")
        if "shuffled" in parts:
            other = folder / "shuffled.csv"
            made_up(rows, other, "--shuffled")
            line("warm, other order", rows, run([binary, "bulk", other, "-o", output, "--ledger", ledger], sandbox.env),
                 sandbox.since(), limit)
            other.unlink()
        if "server" in parts:
            with tempfile.TemporaryDirectory() as data:
                team = server.Server(data)
                try:
                    bulk[-1] = f"postgres://postgres@/postgres?host={data}"
                    line("cold, over a server", rows, run(bulk, sandbox.env), sandbox.since(), limit)
                    line("warm, over a server", rows, run(bulk, sandbox.env), sandbox.since(), limit)
                finally:
                    team.control("stop", "-m", "immediate")
        if "hand" in parts and rows <= 10_000:
            script = [sys.executable, pathlib.Path(__file__).with_name("by_hand.py"), sheet, output]
            line("script by hand", rows, run(script, sandbox.env), sandbox.since(), limit)
        if "hand" in parts and rows <= 3_000 and shutil.which("node"):
            script = ["node", pathlib.Path(__file__).with_name("one_post.mjs"), sheet, output]
            line("one POST, polled by hand", rows, run(script, sandbox.env), sandbox.since(), limit)


def pace(binary, folder):
    """Many short batches: the least time is what 10 POSTs a second leave, and the last batch."""
    batches, seconds = 30, 0.5
    sheet = folder / "in.csv"
    made_up(3000, sheet)
    floor = (batches - 1) / 10 + seconds
    with Sandbox(binary, folder, f"{int(seconds * 1000)}ms") as sandbox:
        command = [binary, "bulk", sheet, "-o", folder / "out.csv", "--ledger", folder / "pace.db"]
        cost = run([*command, "--batch-size", str(3000 // batches)], sandbox.env)
    print(f"\npace: {batches} batches of {seconds} s took {cost.wall:.2f} s, {cost.wall / floor:.2f} times the least "
          f"({floor:.1f} s)", flush=True)


def start_up(binary):
    """`--version` beside a program that does nothing, in turns."""
    true = shutil.which("true")
    times = {"--version": [], "true": []}
    for _ in range(200):
        times["--version"].append(run([binary, "--version"]).wall)
        times["true"].append(run([true]).wall)
    middle = {name: sorted(values)[len(values) // 2] * 1000 for name, values in times.items()}
    print(f"\nstart-up, median of 200: `--version` {middle['--version']:.1f} ms, `{true}` {middle['true']:.1f} ms, "
          f"difference {middle['--version'] - middle['true']:.1f} ms", flush=True)


def idle(binary, folder):
    """CPU while a batch is waited for: a run that waits a minute, less one that does not."""
    sheet = folder / "in.csv"
    made_up(3000, sheet)
    runs = []
    for seconds in ("0s", "60s"):
        with Sandbox(binary, folder, seconds) as sandbox:
            ledger = folder / f"idle-{seconds}.db"
            runs.append(run([binary, "bulk", sheet, "-o", folder / "out.csv", "--ledger", ledger], sandbox.env))
    brief, long = runs
    wait = long.wall - brief.wall
    print(f"\nidle: {(long.cpu - brief.cpu) * 1000:.0f} ms of CPU in {wait:.0f} s of waiting, "
          f"{100 * (long.cpu - brief.cpu) / wait:.2f} %", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", default="10000,100000,1000000")
    options.add_argument("--only", default=",".join(PARTS))
    options.add_argument("--as-workbook", nargs=2, metavar=("CSV", "XLSX"), help="only make a workbook of a CSV file")
    options.add_argument("--binary", help="measure this program instead of building one")
    options = options.parse_args()
    if options.as_workbook:
        return as_workbook(*options.as_workbook)
    binary, raw = build()
    binary = options.binary or binary
    parts = options.only.split(",")
    if {"limit", "cold", "warm", "workbook", "server", "shuffled", "hand"} & set(parts):
        head()
        for rows in map(int, options.rows.split(",")):
            with tempfile.TemporaryDirectory() as folder:
                measure(binary, raw, rows, parts, pathlib.Path(folder))
    if "pace" in parts:
        with tempfile.TemporaryDirectory() as folder:
            pace(binary, pathlib.Path(folder))
    if "start" in parts:
        start_up(binary)
    if "idle" in parts:
        with tempfile.TemporaryDirectory() as folder:
            idle(binary, pathlib.Path(folder))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
