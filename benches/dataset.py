"""Datasets: writing one, filtering, grouping and comparing it beside DuckDB on the same files, and kills while it is written.

    python benches/dataset.py [--short] [--strict] [--json FILE] [--patchctl PATH] [--before PATH]

Knows what is measured and which targets there are. DuckDB is its command line from PyPI (duckdb-cli), a process of its own
for each query, as patchctl is; both have to come to the same answer. A missed target of memory, size or equality always
fails; one of time only with --strict. --before is a release build without datasets: start-up and live commands are
compared with it.
"""

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

from compare import ROOT, Table, build, ids_file, peak, timed

sys.path.insert(0, str(ROOT / ".ci"))

from region import Region, environment

DUCKDB = Path(sys.executable).with_name("duckdb")
# What a scan costs without helper calls: the rows of `patches` and their nodes.
LEAN = ("--without", "tags", "--without", "release-dates", "--without", "associations")


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))[1:]


class Query:
    """A command of patchctl and a query of DuckDB, by turns, both to CSV."""

    def __init__(self, folder, ours, query):
        self.files = Path(folder, "ours.csv"), Path(folder, "theirs.csv")
        self.commands = [str(part) for part in ours], [DUCKDB, "-csv", "-nullvalue", "", "-c", query]

    def beside(self, rounds, codes=(0,)):
        """Wall seconds of both, the median of each, and the median of the ratios."""
        seconds = ([], [])
        for turn in range(rounds + 1):
            for at in (0, 1) if turn % 2 else (1, 0):
                with open(self.files[at], "wb") as rows:
                    wall, _ = timed(self.commands[at], None, stdout=rows, exit_code=codes[0] if at == 0 else 0)
                if turn:
                    seconds[at].append(wall)
        return median(seconds[0]), median(seconds[1]), median(b / a for a, b in zip(*seconds))

    def peaks(self):
        return [peak(list(map(str, command)), None) for command in self.commands]

    def answers(self, ours, theirs):
        """Multisets of rows, each made comparable."""
        return Counter(map(ours, rows_of(self.files[0]))), Counter(map(theirs, rows_of(self.files[1])))


def add_query(table, what, query, rounds, limit, ours=tuple, theirs=tuple, codes=(0,)):
    mine, other, ratio = query.beside(rounds, codes)
    same = query.answers(ours, theirs)
    alike = same[0] == same[1]
    if not alike:
        print("  differ:", list((same[0] - same[1]).items())[:3], list((same[1] - same[0]).items())[:3], file=sys.stderr)
    table.add(f"{what}: the same {sum(same[0].values()):,} rows as DuckDB's", "yes" if alike else "no", target="yes", met=alike, exact=True)
    table.add(what, f"{mine:.2f} s", f"{other:.2f} s", ratio, "not slower (1×)", ratio >= 1)
    memory, duck = query.peaks()
    table.add(f"{what}: memory", f"{memory:.1f} MiB", f"{duck:.1f} MiB", None, f"< {limit} MiB", memory < limit, exact=True)


def size(folder, suffix=".parquet"):
    return sum(file.stat().st_size for file in Path(folder).rglob(f"*{suffix}"))


def collect(patchctl, region, to, *flags):
    return timed([patchctl, "collect", "--all", "--to", to, "--quiet", *flags], region.url)[0]


def write(table, patchctl, folder, nodes, patches):
    """The dataset that the queries read, and what it costs beside CSV and NDJSON of the same rows."""
    rows = nodes * patches
    data = Path(folder, "fleet")
    with Region(patchctl, "--nodes", nodes, "--patches", patches, "--missing-one-in", 3) as region:
        rest = [patchctl, "patches", "--all", "--quiet", "-o"]
        timed([*rest, "ndjson"], region.url)  # the server makes its pages at the first run
        text, _ = timed([*rest, "ndjson"], region.url)
        wall = collect(patchctl, region, data, *LEAN)
        csv_file = Path(folder, "patches.csv")
        with open(csv_file, "wb") as out:
            timed([*rest, "csv"], region.url, stdout=out)
        csv_bytes = csv_file.stat().st_size
        csv_file.unlink()
        shutil.rmtree(data)
        most = peak([patchctl, "collect", "--all", "--to", str(data), "--quiet", *LEAN], region.url)
    table.add(f"collect: {rows:,} rows, beside the same rows to NDJSON", f"{wall:.1f} s", f"{text:.1f} s", wall / text, "≤ 1.1×", wall / text <= 1.1)
    table.add(f"collect: memory of {rows:,} rows", f"{most:.1f} MiB", target="< 96 MiB", met=most < 96, exact=True)
    parquet = size(data / "patches")
    table.add("collect: size beside CSV", f"{parquet / 1e6:.1f} MB", f"{csv_bytes / 1e6:.0f} MB", csv_bytes / parquet, "≥ 15×", csv_bytes >= 15 * parquet, exact=True)
    with Region(patchctl, "--nodes", nodes // 10, "--patches", patches) as region:
        few = peak([patchctl, "collect", "--all", "--to", str(Path(folder, "few")), "--quiet", *LEAN], region.url)
    shutil.rmtree(Path(folder, "few"))
    table.add("collect: memory beside a tenth of the rows", f"{most:.1f} MiB", f"{few:.1f} MiB", most / few, "≤ 1.5×", most <= 1.5 * few, exact=True)
    return data


def filtered(table, patchctl, folder, data, rounds):
    ours = [patchctl, "patches", "--all", "--from", data, "--state", "Missing", "--min-severity", "critical", "-o", "csv", "--quiet",
            "--columns", "InstanceId,KBId,Title,State,Severity,Classification"]
    query = f"""SELECT InstanceId, KBId, Title, State, Severity, Classification
        FROM read_parquet('{data}/patches/*/*/*/*.parquet') WHERE State = 'Missing' AND lower(Severity) = 'critical'"""
    add_query(table, "patches --from, missing and critical", Query(folder, ours, query), rounds, 64)


def by_kb(table, patchctl, folder, data, rounds):
    states = "Missing", "Failed", "InstalledRejected", "InstalledPendingReboot", "AvailableSecurityUpdate"
    ours = [patchctl, "patches", "--all", "--by", "kb", "--from", data, "-o", "csv", "--quiet",
            "--columns", "KBId,NodesMissing,NodesFailed,MissingCount,FailedCount,PatchCount"]
    query = f"""SELECT KBId, count(DISTINCT InstanceId) FILTER (State = 'Missing'), count(DISTINCT InstanceId) FILTER (State = 'Failed'),
        count(*) FILTER (State = 'Missing'), count(*) FILTER (State = 'Failed'), count(*)
        FROM read_parquet('{data}/patches/*/*/*/*.parquet') WHERE State IN {states} GROUP BY KBId"""
    add_query(table, "patches --by kb --from", Query(folder, ours, query), rounds, 64)


def collect_nodes(patchctl, data, nodes):
    # A list of more than 500,000 nodes in one region is given up.
    with Region(patchctl, "--nodes", nodes // 4, "--patches", 1, "--unscanned-one-in", 50, "--regions", 4) as region:
        return collect(patchctl, region, data, "--all-regions", "--without", "patches", *LEAN)


def summed(table, patchctl, folder, nodes, rounds):
    data = Path(folder, "nodes")
    wall = collect_nodes(patchctl, data, nodes)
    table.add(f"collect --without patches: {nodes:,} nodes", f"{wall:.1f} s")
    views = Path(folder, "views.sql")
    views.write_text(subprocess.run([patchctl, "schema", "--for", "duckdb", "--at", data], capture_output=True, text=True, check=True).stdout)
    ours = [patchctl, "summary", "--from", data, "-o", "csv", "--quiet", "--columns", "GroupValue,Nodes,Compliant,NonCompliant,Stale,NoData,MissingCount"]
    verdict = lambda word: f"count(*) FILTER (Verdict = '{word}')"
    query = f""".read {views}
        SELECT CASE WHEN StateOutcome = 'Answered' THEN coalesce(PatchGroup, '') END, count(*), {verdict('COMPLIANT')}, {verdict('NON_COMPLIANT')},
            {verdict('STALE')}, {verdict('NO_DATA')}, sum(MissingCount) FROM latest_node_verdicts GROUP BY 1"""
    whole = Query(folder, ours, "")
    script = Path(folder, "query.sql")
    script.write_text(query)
    whole.commands = whole.commands[0], [DUCKDB, "-csv", "-nullvalue", "", "-f", script]
    # Groups are told apart by their numbers: nodes in no group and nodes without a record have no name.
    add_query(table, f"summary --from of {nodes:,} nodes", whole, rounds, 64, ours=lambda row: tuple(row[1:]), theirs=lambda row: tuple(row[1:]))
    few = Path(folder, "few-nodes")
    collect_nodes(patchctl, few, nodes // 4)
    # Threads take turns, so one run in a few has a little more.
    most, least = (median(peak([str(part) for part in [*ours[:3], of, *ours[4:]]], None) for _ in range(3)) for of in (data, few))
    table.add("summary --from: memory beside a quarter of the nodes", f"{most:.1f} MiB", f"{least:.1f} MiB", most / least, "≤ 1.5×", most <= 1.5 * least, exact=True)
    shutil.rmtree(few)
    shutil.rmtree(data)


def compared(table, patchctl, folder, nodes, patches, rounds):
    data = Path(folder, "days")
    for one_in in (3, 4):
        with Region(patchctl, "--nodes", nodes, "--patches", patches, "--missing-one-in", one_in) as region:
            collect(patchctl, region, data, *LEAN)
        time.sleep(1.1)  # the names of snapshots are whole seconds
    before, after = sorted(file.stem for file in (data / "runs").iterdir())
    ours = [patchctl, "diff", "--from", data, before, after, "--all", "-o", "csv", "--quiet", "--columns", "InstanceId,KBId,Title,Change"]
    side = lambda run: f"read_parquet('{data}/patches/*/*/*/{run}-*.parquet')"
    query = f"""SELECT coalesce(a.InstanceId, b.InstanceId), coalesce(a.KBId, b.KBId), coalesce(a.Title, b.Title), b.State, a.State
        FROM {side(before)} b FULL JOIN {side(after)} a USING (AccountId, Region, InstanceId, KBId, Title)
        WHERE a.State IS DISTINCT FROM b.State"""
    what = f"diff of two snapshots of {nodes * patches:,} rows"
    run = Query(folder, ours, query)
    mine, other, ratio = run.beside(rounds)
    changed, differ = len([row for row in rows_of(run.files[0]) if row[1]]), len(rows_of(run.files[1]))
    table.add(f"{what}: changes of patches; DuckDB lists pairs of states of which some say nothing", f"{changed:,}", f"{differ:,}")
    table.add(what, f"{mine:.2f} s", f"{other:.2f} s", ratio, "not slower (1×)", ratio >= 1)
    memory, duck = run.peaks()
    table.add(f"{what}: memory", f"{memory:.1f} MiB", f"{duck:.1f} MiB", None, "< 128 MiB", memory < 128, exact=True)
    shutil.rmtree(data)


def killed(table, patchctl, folder, kills):
    """Kills at random moments, then a resumed run: the rows of an undisturbed run, and no region that was complete asked again."""
    whole = 0
    for turn in range(kills):
        data = Path(folder, f"killed-{turn}")
        with Region(patchctl, "--nodes", 60, "--patches", 120, "--regions", 4, "--latency", 2) as region:
            command = [patchctl, "collect", "--all", "--all-regions", "--to", data, "--quiet"]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(region.url))
            time.sleep(random.Random(turn).uniform(0.05, 0.9))
            process.send_signal(signal.SIGKILL)
            process.wait()
            done = list(Path(data, "unfinished").rglob("*.*.json")) if Path(data, "unfinished").exists() else []
            region.reset()
            if not list(Path(data, "runs").glob("*.json")):
                timed([*command, "--resume"], region.url)
            calls = region.stats()["calls"].get("DescribeInstancePatches", 0)
            lines = lambda *args: Counter(subprocess.run([patchctl, "patches", *args, "-o", "ndjson", "--quiet"], capture_output=True, check=True,
                                                         env=environment(region.url)).stdout.splitlines())
            kept, live = lines("--all", "--from", data), lines("--all", "--all-regions")
            verified = subprocess.run([patchctl, "verify", data, "--quiet"], capture_output=True).returncode == 0
            # 60 nodes of 3 pages each in a region, less those without data.
            most = (4 - len([file for file in done if file.name.count(".") > 1])) * 60 * 3
            whole += kept == live and verified and calls <= most
    table.add(f"killed at {kills} moments and resumed: whole, verified, nothing complete asked again", f"{whole} of {kills}",
              target=str(kills), met=whole == kills, exact=True)


def unchanged(table, patchctl, before, folder, rounds):
    """Start-up, size and a live command beside a build without datasets."""
    ratio = os.stat(patchctl).st_size / os.stat(before).st_size
    table.add("release build beside the one before", f"{os.stat(patchctl).st_size / 1e6:.1f} MB", f"{os.stat(before).st_size / 1e6:.1f} MB", ratio,
              "≤ 1.3×", ratio <= 1.3, exact=True)
    with Region(before, "--nodes", 1000, "--patches", 250) as region:
        ids = ids_file(region, folder, "ids.txt")
        for what, args, turns in (("--help", ("--help",), 40), ("states of one id", ("states", region.nodes()[0], "-o", "json"), 40),
                                  ("250,000 rows to CSV", ("patches", "-", "-o", "csv", "--quiet"), rounds)):
            walls = ([], [])
            for turn in range(turns + 1):
                for at in (0, 1) if turn % 2 else (1, 0):
                    given = ids if "-" in args else "/dev/null"
                    seconds, _ = timed([(patchctl, before)[at], *args], region.url, given)
                    if turn:
                        walls[at].append(seconds)
            over = median(a / b for a, b in zip(*walls))
            unit = (1e3, "ms") if median(walls[0]) < 1 else (1, "s")
            table.add(f"live, beside the build before: {what}", *(f"{median(one) * unit[0]:.1f} {unit[1]}" for one in walls), over, "≤ 1.05×", over <= 1.05)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a minute, for CI: a tenth of the rows or fewer")
    parser.add_argument("--strict", action="store_true", help="a missed target of time fails the run, too")
    parser.add_argument("--json", metavar="FILE", help="write the table's rows there as well")
    parser.add_argument("--patchctl", metavar="PATH", help="the program; by default it is built first")
    parser.add_argument("--before", metavar="PATH", help="a release build without datasets")
    args = parser.parse_args()
    table = Table()
    patchctl = str(Path(args.patchctl).resolve()) if args.patchctl else build(None)[1]
    rounds = 3 if args.short else 7
    with tempfile.TemporaryDirectory() as folder:
        if args.before:
            unchanged(table, patchctl, str(Path(args.before).resolve()), folder, 5 if args.short else 15)
        data = write(table, patchctl, folder, *((1_000, 1_000) if args.short else (10_000, 1_000)))
        filtered(table, patchctl, folder, data, rounds)
        by_kb(table, patchctl, folder, data, rounds)
        shutil.rmtree(data)
        summed(table, patchctl, folder, 50_000 if args.short else 1_000_000, rounds)
        compared(table, patchctl, folder, *((500, 1_000) if args.short else (5_000, 1_000)), 1 if args.short else 3)
        killed(table, patchctl, folder, 3 if args.short else 20)
    return table.end("bench of datasets", args)


if __name__ == "__main__":
    sys.exit(main())
