"""How fast patchctl asks where it is throttled: how much longer a sweep takes than the limit demands, and how many
calls are throttled on the way.

    python benches/pace.py [--short] [--strict] [--patchctl PATH]

Knows the limits that are set and the targets. Needs .ci/requirements.txt, as
compare.py does, which measures this too. All sweeps run at once, each against a server of its own: they wait, and
hardly work. An unread node or too many throttled calls always fail; time only with --strict.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))

from region import Region

RATE, BURST, FALLS_TO = 50, 10, 10
PATCHES = 40  # one page a node: as many calls as nodes


def sweep(patchctl, nodes, concurrency, *manners):
    """Seconds of a whole sweep, whether every row was read, and the server's own counts."""
    with Region(patchctl, "--nodes", nodes, "--patches", PATCHES, *manners) as region:
        ids = region.nodes()
        started = time.perf_counter()
        done = region.run("patches", "-", "--no-prefetch", "-o", "csv", "--concurrency", str(concurrency), ids=ids, timeout=900)
        seconds = time.perf_counter() - started
        stats = region.stats()
    complete = done.returncode == 0 and done.stdout.count(b"\n") == nodes * PATCHES + 1
    return seconds, complete, stats


def limited(table, patchctl, short):
    """The burst is not taken off the ideal: it is what a sweep may gain."""
    before, after = (500, 100) if short else (1000, 1000)
    nodes = 1000 if short else 2000
    steady = ("--rate", RATE, "--burst", BURST)
    falling = (*steady, "--rate-falls-to", FALLS_TO, "--rate-falls-after", before)
    sweeps = [(f"{nodes:,} calls at {RATE}/s", n, nodes, steady, nodes / RATE, 1.10, 0.05) for n in (16, 128)]
    ideal = before / RATE + after / FALLS_TO
    what = f"{before + after:,} calls at {RATE}/s, {FALLS_TO}/s after {before:,}"
    sweeps += [(what, n, before + after, falling, ideal, 1.15, None) for n in (16, 128)]
    with ThreadPoolExecutor(len(sweeps)) as pool:
        measured = list(pool.map(lambda one: sweep(patchctl, one[2], one[1], *one[3]), sweeps))
    for (what, concurrency, calls, _, ideal, over, most), (seconds, complete, stats) in zip(sweeps, measured):
        share = stats["throttled"] / calls
        what = f"pace: {what}, `--concurrency {concurrency}`"
        table.add(f"{what}, all read", "yes" if complete else "no", target="yes", met=complete, exact=True)
        ours = f"{seconds:.1f} s"
        table.add(f"{what}, time", ours, f"ideal: {ideal:.0f} s", seconds / ideal, f"≤ {over:.2f}×", seconds <= over * ideal)
        target = {} if most is None else {"target": f"≤ {most:.0%}", "met": share <= most, "exact": True}
        table.add(f"{what}, throttled", f"{share:.1%}", **target)


def unlimited(table, patchctl):
    nodes, concurrency, latency = 500, 16, 0.020
    seconds, complete, stats = sweep(patchctl, nodes, concurrency, "--latency", round(latency * 1e3))
    ideal = nodes / concurrency * latency
    what = f"pace: {nodes} calls of {latency * 1e3:.0f} ms, no limit, `--concurrency {concurrency}`"
    reached = complete and stats["most_open"] == concurrency
    table.add(f"{what}, under way at once", str(stats["most_open"]), target=str(concurrency), met=reached, exact=True)
    table.add(f"{what}, time", f"{seconds:.2f} s", f"ideal: {ideal:.2f} s", seconds / ideal, "≤ 1.35×", seconds <= 1.35 * ideal)


def pace(table, patchctl, short):
    unlimited(table, patchctl)
    limited(table, patchctl, short)


def main():
    from compare import Table

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="half a minute, for CI")
    parser.add_argument("--strict", action="store_true", help="a missed target of time fails the run, too")
    parser.add_argument("--patchctl", metavar="PATH", help="the program; by default it is built first")
    args = parser.parse_args()
    patchctl = args.patchctl
    if patchctl is None:
        subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)
        patchctl = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/patchctl"
    table = Table()
    pace(table, str(Path(patchctl).resolve()), args.short)
    print(f"patchctl {'short' if args.short else 'full'} bench of the pace, {os.cpu_count()} cores, {platform.machine()}\n")
    print(table.markdown())
    if table.missed_exact or table.missed_time:
        print(f"\nMISS: {table.missed_exact} of calls, {table.missed_time} of time")
    return 1 if table.missed_exact or (args.strict and table.missed_time) else 0


if __name__ == "__main__":
    sys.exit(main())
