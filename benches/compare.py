"""patchctl beside the AWS CLI, boto3, the bare SDK and a bare HTTP client, all in one run on one machine.

    python benches/compare.py [--short] [--strict] [--json FILE] [--patchctl PATH]

Knows what is measured and which targets there are. Must not be read for
absolute figures: machines differ, so it is the ratios that are checked. Needs
.ci/requirements.txt, and cargo, which builds what is compared. A missed target
of calls or memory always fails; one of time only with --strict. The rows of
throttling are in pace.py; whole fleets over regions are measured by fleet.py.
"""

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))

from region import Region, environment
import reference
from pace import pace

# Starts the program from a process that is itself small: Linux counts the memory of whoever started it as the
# program's own peak, up to the moment it is started. What is below that, some 10 MB, would not be seen.
PEAK = """
import os, sys
ids, rows, program = sys.argv[1], sys.argv[2], sys.argv[3:]
files = [(os.POSIX_SPAWN_OPEN, 0, ids, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, rows, os.O_WRONLY, 0)]
_, status, used = os.wait4(os.posix_spawn(program[0], program, os.environ, file_actions=files), 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Table:
    def __init__(self):
        self.rows = []
        self.missed_time = self.missed_exact = 0

    def add(self, what, ours, theirs="", ratio=None, target="", met=None, exact=False):
        verdict = "" if met is None else "ok" if met else "MISS"
        if met is False:
            if exact:
                self.missed_exact += 1
            else:
                self.missed_time += 1
        self.rows.append({"measured": what, "patchctl": ours, "beside": theirs, "ratio": ratio, "target": target, "verdict": verdict})
        print("  " + " · ".join(filter(None, map(shown, self.rows[-1].values()))), file=sys.stderr, flush=True)

    def end(self, name, args):
        """Prints the table; the exit code of the run."""
        print(f"patchctl {'short' if args.short else 'full'} {name}, {os.cpu_count()} cores, {platform.machine()}\n")
        print(self.markdown())
        if args.json:
            Path(args.json).write_text(json.dumps(self.rows, indent=1, ensure_ascii=False) + "\n")
        if self.missed_exact or self.missed_time:
            print(f"\nMISS: {self.missed_exact} of calls, memory and completeness, {self.missed_time} of time")
        return 1 if self.missed_exact or (args.strict and self.missed_time) else 0

    def markdown(self):
        head = list(self.rows[0])
        lines = [head, ["---"] * len(head), *([shown(cell) for cell in row.values()] for row in self.rows)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(cell):
    if isinstance(cell, float):
        return f"{cell:.1f}×" if cell >= 10 else f"{cell:.2f}×"
    return cell or ""


def timed(command, url, stdin="/dev/null", stdout=subprocess.DEVNULL, exit_code=0):
    """Wall and CPU seconds of a whole process, from before it is started to after it has ended."""
    with open(stdin, "rb") as given, tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=given, stdout=stdout, stderr=said, env=environment(url))
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != exit_code:
            said.seek(0)
            why = said.read().decode(errors="replace").strip()[-500:]
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {process.returncode}: {why}")
    return wall, used.ru_utime + used.ru_stime


def ids_file(region, folder, name):
    path = Path(folder) / name
    path.write_text(region.get("/nodes"))
    return path


# Nodes of the demo: what the baseline says about security updates takes two calls more for the first one. The AWS CLI makes one
# call for either.
ONE_ID = {"i-123": "one id on loopback, three calls", "i-456": "one id on loopback, one call"}


def startup(table, built, rounds):
    # As installed: what a linker wrote piece by piece lies in the page cache in small pieces, too, and takes 1 ms more to map.
    with tempfile.TemporaryDirectory() as folder, Region(built) as region:
        patchctl = shutil.copy(built, folder)
        for node, what in ONE_ID.items():
            aws = [sys.executable, Path(sys.executable).with_name("aws"), "ssm", "describe-instance-patch-states", "--instance-ids", node]
            one = [patchctl, "states", node, "-o", "json"]
            for command in (one, aws):
                timed(command, region.url)  # once for the disk's sake
            pairs = [(timed(one, region.url)[0], timed(aws, region.url)[0]) for _ in range(rounds)]
            ours, theirs = median(a for a, _ in pairs), median(b for _, b in pairs)
            ratio = median(b / a for a, b in pairs)
            table.add(f"start-up: {what}", f"{ours * 1e3:.1f} ms", f"aws: {theirs * 1e3:.0f} ms", ratio, "≥ 80×", ratio >= 80)
        helps = [timed([patchctl, "--help"], region.url)[0] for _ in range(rounds * 3)]
    table.add("start-up: `--help`", f"{median(helps) * 1e3:.1f} ms", target="< 25 ms", met=median(helps) < 0.025)


def read_with_boto3(client, ids):
    """The same calls in 32 threads of one process, on one client; the start of Python is not counted."""
    pages = client.get_paginator("describe_instance_patches")

    def one(node):
        return sum(len(page["Patches"]) for page in pages.paginate(InstanceId=node, PaginationConfig={"PageSize": 50}))

    started = time.perf_counter()
    with ThreadPoolExecutor(32) as pool:
        rows = sum(pool.map(one, ids))
    return time.perf_counter() - started, rows


def drill(table, patchctl, floor, folder, short):
    nodes, patches = 1000, 250
    rows = nodes * patches
    rounds, part = (3, 100) if short else (7, 250)
    with Region(patchctl, "--nodes", nodes, "--patches", patches) as region:
        ids = ids_file(region, folder, "drill.txt")
        names = region.nodes()
        client = reference.client(region.url)
        contenders = {
            "patchctl": [patchctl, "patches", "-", "-o", "csv"],
            "sdk": [floor, "sdk", region.url],
            "bare": [floor, "bare", region.url],
        }
        wall = {name: [] for name in (*contenders, "boto3")}
        cpu = {name: [] for name in contenders}
        for turn in range(rounds + 1):
            # Who goes first changes, so that nobody always has the warmer machine.
            order = list(contenders) if turn % 2 else list(reversed(contenders))
            for name in order:
                region.reset()
                seconds, used = timed(contenders[name], region.url, ids)
                stats = region.stats()
                calls = stats["calls"]["DescribeInstancePatches"]
                if (stats["rows"], calls) != (rows, rows // 50):
                    raise RuntimeError(f"{name} read {stats['rows']} rows in {calls} calls, not {rows} in {rows // 50}")
                if turn:  # the first turn fills the server's pages
                    wall[name].append(seconds)
                    cpu[name].append(used)
            seconds, read = read_with_boto3(client, names[:part])
            if read != part * patches:
                raise RuntimeError(f"boto3 read {read} rows, not {part * patches}")
            if turn:  # nor is boto3 to be scaled up from its first calls, which are slower
                wall["boto3"].append(seconds * nodes / part)
    ours = median(wall["patchctl"])
    ratio = lambda other: median(b / a for a, b in zip(wall["patchctl"], wall[other]))
    shape = f"{nodes:,} nodes × {patches} patches to CSV"
    mine = f"{ours:.2f} s ({rows / ours:,.0f} rows/s)"
    boto3 = f"boto3, 32 threads: {median(wall['boto3']):.1f} s, scaled from {part} nodes"
    table.add(f"drill-down: {shape}", mine, boto3, ratio("boto3"), "≥ 12×", ratio("boto3") >= 12)
    over = 1 / ratio("sdk")
    table.add("drill-down: against the SDK's loop", mine, f"{median(wall['sdk']):.2f} s", over, "≤ 1.25×", over <= 1.25)
    table.add("drill-down: against a bare HTTP client", mine, f"{median(wall['bare']):.2f} s", 1 / ratio("bare"))
    used = {name: f"{median(cpu[name]) / (rows // 50) * 1e6:.0f} µs" for name in contenders}
    table.add("drill-down: CPU a call", used["patchctl"], f"SDK {used['sdk']}, bare {used['bare']}")


def calls(table, patchctl):
    nodes, one_in = 1000, 5
    with Region(patchctl, "--nodes", nodes, "--patches", 250, "--missing-one-in", one_in) as region:
        ids = region.nodes()
        made = {}
        for flag in ("--no-prefetch", "--quiet"):
            region.reset()
            done = region.run("patches", "-", "--state", "Missing", "-o", "ndjson", flag, ids=ids, check=0)
            made[flag] = sum(region.stats()["calls"].values())
        ours, all_of_them = made["--quiet"], made["--no-prefetch"]
    per_node = {}
    for line in done.stdout.splitlines():
        node = json.loads(line)["InstanceId"]
        per_node[node] = per_node.get(node, 0) + 1
    pages = math.ceil(max(per_node.values()) / 50)
    limit = nodes / 50 + 1.1 * (nodes / one_in) * pages
    what = f"calls: `--state Missing`, {nodes:,} nodes, {len(per_node)} have any"
    table.add(what, str(ours), f"--no-prefetch: {all_of_them}", all_of_them / ours, f"≤ {limit:.0f}", ours <= limit, exact=True)


def peak(command, url, stdin="/dev/null", stdout="/dev/null"):
    """Peak resident memory of a command in MiB."""
    command = [sys.executable, "-I", "-S", "-c", PEAK, stdin, stdout, *command]
    return int(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment(url)).stdout) / 1024


def memory(table, patchctl, folder, rounds):
    patches = 250
    peaks = {}
    for nodes in (400, 4000):
        with Region(patchctl, "--nodes", nodes, "--patches", patches) as region:
            ids = ids_file(region, folder, f"memory-{nodes}.txt")
            for form in ("csv", "ndjson", "json"):
                peaks[form, nodes] = max(peak([patchctl, "patches", "-", "-o", form, "--quiet"], region.url, ids) for _ in range(rounds))
    for form in ("csv", "ndjson", "json"):
        small, large = peaks[form, 400], peaks[form, 4000]
        what, mine, less = f"memory: 1 M rows to {form.upper()}", f"{large:.1f} MiB", f"100 k rows: {small:.1f} MiB"
        table.add(what, mine, less, large / small, "≤ 1.2×", large <= 1.2 * small, exact=True)
    large = peaks["csv", 4000]
    table.add("memory: 1 M rows to CSV, at most", f"{large:.1f} MiB", target="< 48 MiB", met=large < 48, exact=True)


def in_process(table, floor):
    done = subprocess.run([floor, "throughput"], stdout=subprocess.PIPE, check=True, env=environment())
    for form, rate in json.loads(done.stdout)["rows_per_second"].items():
        table.add(f"demo, in one process with its server's part: `patches - -o {form}`", f"{rate:,} rows/s")


def build(patchctl):
    """The floors' executable, as cargo names it, and patchctl, unless one was given."""
    # The programs of the package are built with its benches.
    command = ["cargo", "bench", "--no-run", "--locked", "--bench", "floor", "--message-format=json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    messages = [message for message in map(json.loads, done.stdout.splitlines()) if message.get("executable")]
    executables = {message["target"]["name"]: message["executable"] for message in messages}
    return executables["floor"], str(Path(patchctl or executables["patchctl"]).resolve())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a minute or two, for CI")
    parser.add_argument("--strict", action="store_true", help="a missed target of time fails the run, too")
    parser.add_argument("--json", metavar="FILE", help="write the table's rows there as well")
    parser.add_argument("--patchctl", metavar="PATH", help="the program; by default it is built first")
    args = parser.parse_args()
    table = Table()
    floor, patchctl = build(args.patchctl)
    with tempfile.TemporaryDirectory() as folder:
        startup(table, patchctl, 5 if args.short else 15)
        drill(table, patchctl, floor, folder, args.short)
        calls(table, patchctl)
        memory(table, patchctl, folder, 1 if args.short else 3)
        in_process(table, floor)
        pace(table, patchctl, args.short)
    return table.end("bench", args)


if __name__ == "__main__":
    sys.exit(main())
