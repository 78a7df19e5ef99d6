"""Summing up ten million rows: the folds of `summary` and `patches --by` beside DuckDB, which groups the same rows as CSV.

    python benches/folds.py [--short] [--strict] [--json FILE] [--patchctl PATH]

Knows what is measured and which targets there are. Both have to come to the same numbers, group by group. A missed
target of memory or equality always fails; one of time only with --strict.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb
from compare import ROOT, Table, build, ids_file, peak, timed

sys.path.insert(0, str(ROOT / ".ci"))

from region import Region

# DuckDB has to know nothing beforehand: it finds out the types itself, as it does for whoever opens such a file.
PATCHES = """
    select KBId, count(*), count(distinct InstanceId) filter (State = 'Missing'),
        count(distinct InstanceId) filter (State in ('Missing', 'Failed', 'InstalledPendingReboot', 'AvailableSecurityUpdate'))
    from '{file}' group by KBId"""
STATES = """
    with judged as (
        select PatchGroup, MissingCount, OperationEndTime,
            MissingCount + FailedCount + InstalledPendingRebootCount + InstalledRejectedCount > 0 as bad,
            OperationEndTime < timestamptz '{now}' - interval 7 day as old
        from '{file}')
    select PatchGroup, count(*), count(*) filter (not bad and not old), count(*) filter (not bad and old),
        sum(MissingCount)::bigint, epoch(min(OperationEndTime))
    from judged group by PatchGroup"""


class Duck:
    """One query over one file, again and again; each time from the file."""

    def __init__(self):
        self.connection = duckdb.connect()

    def again(self, query):
        started = time.perf_counter()
        rows = self.connection.execute(query).fetchall()
        return time.perf_counter() - started, rows


def fold(floors, *args):
    done = subprocess.run([floors, "fold", *map(str, args)], capture_output=True, check=True)
    return json.loads(done.stdout)


def million(rows, seconds):
    return f"{rows / seconds / 1e6:.1f} M rows/s"


def beside(table, floors, rows, runs):
    """Each fold and DuckDB by turns, over the same rows."""
    with tempfile.TemporaryDirectory() as folder:
        patches, states = Path(folder, "patches.csv"), Path(folder, "states.csv")
        fold(floors, "write-patches", rows, patches)
        now = fold(floors, "write-states", rows, states)["now"]
        duck = Duck()
        queries = {
            "pivot": (PATCHES.format(file=patches), lambda row: row[1:4]),
            "summary": (STATES.format(file=states, now=now), lambda row: row[1:5]),
        }
        for name, (query, figures) in queries.items():
            ours, theirs, from_csv = [], [], []
            for _ in range(runs):
                told = fold(floors, name, rows)
                ours.append(told["seconds"])
                seconds, answer = duck.again(query)
                theirs.append(seconds)
                if name == "pivot":
                    from_csv.append(fold(floors, "pivot-csv", patches)["seconds"])
            wanted = {row[0]: list(figures(row)) for row in answer}
            same = told["groups"] == wanted
            table.add(f"{name}: {len(wanted)} groups of {rows:,} rows, the same as DuckDB's", "yes" if same else "no",
                      met=same, exact=True, target="yes")
            ratio = median(theirs) / median(ours)
            table.add(f"{name}: rows as they are read, beside DuckDB on CSV", million(rows, median(ours)),
                      million(rows, median(theirs)), ratio, "at least 1×", ratio >= 1)
            if from_csv:
                ratio = median(theirs) / median(from_csv)
                table.add("pivot: both from CSV, one thread beside DuckDB's", million(rows, median(from_csv)),
                          million(rows, median(theirs)), ratio)


def bounded(table, floors, rows):
    """Ten times the rows, of as many groups: the memory may grow with the nodes (a byte each), not with the rows."""
    for name in ("pivot", "summary"):
        few, many = (fold(floors, name, count)["peak_kib"] / 1024 for count in (rows // 10, rows))
        table.add(f"{name}: memory of {rows:,} rows beside a tenth of them", f"{many:.1f} MiB", f"{few:.1f} MiB", many / few,
                  "below 64 MiB", many < 64, exact=True)


def whole(table, patchctl, nodes, patches):
    """The program itself, over a server on loopback: calls, parsing and folding."""
    with Region(patchctl, "--nodes", nodes, "--patches", patches) as region, tempfile.TemporaryDirectory() as folder:
        ids = ids_file(region, folder, "ids")
        every = "Installed,InstalledOther,InstalledPendingReboot,InstalledRejected,Missing,NotApplicable,Failed,AvailableSecurityUpdate"
        flat = [patchctl, "patches", "-", "-o", "ndjson", "--quiet", "--state", every]
        wall, _ = timed(flat, region.url, stdin=ids)
        folded, _ = timed([*flat, "--by", "kb"], region.url, stdin=ids)
        rows = nodes * patches
        table.add(f"patches --by kb of {nodes:,} nodes, beside all its rows as NDJSON", f"{folded:.1f} s", f"{wall:.1f} s",
                  wall / folded, "not slower (0.9×)", wall / folded >= 0.9)
        most = peak([*flat, "--by", "kb"], region.url, stdin=ids)
        table.add(f"patches --by kb of about {rows:,} rows: memory", f"{most:.1f} MiB", target="below 64 MiB", met=most < 64, exact=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer rows")
    parser.add_argument("--strict", action="store_true", help="fail on missed targets of time, too")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--patchctl", metavar="PATH")
    args = parser.parse_args()
    floors, patchctl = build(args.patchctl)
    table = Table()
    rows = 1_000_000 if args.short else 10_000_000
    beside(table, floors, rows, 1 if args.short else 3)
    bounded(table, floors, rows)
    whole(table, patchctl, *((1_000, 250) if args.short else (10_000, 1_000)))
    return table.end("run of the folds", args)


if __name__ == "__main__":
    sys.exit(main())
