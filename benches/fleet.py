"""patchctl over whole fleets: eight regions beside one, a hundred thousand nodes, ten million rows, and regions that
are dead.

    python benches/fleet.py [--short] [--strict] [--json FILE] [--patchctl PATH]

Knows what is measured and which targets there are. That the right nodes are found is the
matter of .ci/fleet.py. Needs what compare.py needs. A missed target of calls, memory or completeness always fails; one
of time only with --strict.
"""

import argparse
import csv
import socket
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median

from compare import ROOT, Table, build, ids_file, peak, timed

sys.path.insert(0, str(ROOT / ".ci"))

from region import Region

REGIONS = "eu-west-1 us-east-1 eu-central-1 us-west-2 ap-south-1 ap-southeast-2 ca-central-1 sa-east-1".split()
BATCH = 50
LATENCY = 20


def read_csv(path):
    """Rows as dicts of text."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def counted(calls):
    """Calls by operation, the most frequent first."""
    return ", ".join(f"{count:,} {name}" for name, count in sorted(calls.items(), key=lambda call: -call[1]) if count)


class Run:
    """One command line, and what came of each time it was run."""

    def __init__(self, region, folder, *command, exit_code=0):
        self.region, self.command, self.exit_code = region, [*map(str, command), "--quiet"], exit_code
        self.path = Path(folder) / "rows.csv"
        self.wall, self.cpu, self.rows, self.calls = [], [], [], {}

    def again(self):
        self.region.reset()
        with open(self.path, "wb") as rows:
            seconds, used = timed(self.command, self.region.url, stdout=rows, exit_code=self.exit_code)
        self.wall.append(seconds)
        self.cpu.append(used)
        self.rows, self.calls = read_csv(self.path), self.region.stats()["calls"]

    def shown(self):
        return f"{median(self.wall):.2f} s"


def beside(rounds, one, other):
    """Both in turn, and how much longer the first takes; the first turn, which warms the server, is not counted."""
    for turn in range(rounds + 1):
        for run in (one, other) if turn % 2 else (other, one):
            run.again()
    for run in (one, other):
        del run.wall[0], run.cpu[0]
    return median(a / b for a, b in zip(one.wall, other.wall))


def regions(table, patchctl, folder, short):
    nodes, patches = 500, 50
    rounds = 3 if short else 9
    eight = f"{len(REGIONS)} regions × {nodes} nodes, {LATENCY} ms"
    with Region(patchctl, "--nodes", nodes, "--patches", patches, "--regions", ",".join(REGIONS), "--latency", LATENCY) as region:
        for command, most in (("states", 1.3), ("patches", None)):
            ask = [patchctl, command, "--all", "-o", "csv"]
            every, one = Run(region, folder, *ask, "--all-regions"), Run(region, folder, *ask, "--region", REGIONS[0])
            over = beside(rounds, every, one)
            target = {} if most is None else {"target": f"≤ {most}×", "met": over <= most}
            what = f"{eight}: `{command} --all`"
            table.add(what, every.shown(), f"one region: {one.shown()}", over, **target)
            used = [f"{median(run.cpu) * 1e3:.0f} ms, {sum(run.calls.values())} calls" for run in (every, one)]
            table.add(f"{what}, CPU", used[0], f"one region: {used[1]}", median(every.cpu) / median(one.cpu))
            found = Counter((row["Region"], row["InstanceId"]) for row in every.rows)
            each = 1 if command == "states" else patches
            whole = len(found) == len(REGIONS) * nodes and set(found.values()) == {each}
            table.add(f"{what}, each node's rows once", "yes" if whole else "no", target="yes", met=whole, exact=True)
            held = [peak(run.command, region.url) for run in (every, one)]
            table.add(f"{what}, memory", f"{held[0]:.1f} MiB", f"one region: {held[1]:.1f} MiB", held[0] / held[1])


def many(table, patchctl, folder):
    nodes, most = 100_000, 64
    path = Path(folder) / "many.csv"
    path.touch()
    with Region(patchctl, "--nodes", nodes, "--patches", 50) as region:
        wanted = set(region.nodes())
        region.reset()
        named = peak([patchctl, "states", "--all", "-o", "csv", "--quiet"], region.url, stdout=str(path))
        calls = region.stats()["calls"]
        ids = [row["InstanceId"] for row in read_csv(path)]
        used = peak([patchctl, "states", "--all", "-o", "ndjson", "--quiet"], region.url, stdout=str(path))
    what = f"{nodes:,} nodes: `states --all`"
    read = calls.pop("DescribeInstancePatchStates")
    table.add(f"{what}, calls for states", f"{read:,}", target=f"{nodes // BATCH:,}", met=read == nodes // BATCH, exact=True)
    # One of AWS's and two of one's own, and the list that tells the name of the first.
    ruled = sum(calls.pop(operation, 0) for operation in ("GetPatchBaseline", "DescribePatchBaselines"))
    table.add(f"{what}, calls for baselines", f"{ruled:,}", target="4", met=ruled == 4, exact=True)
    table.add(f"{what}, calls to find them", f"{sum(calls.values()):,}", counted(calls))
    whole = len(ids) == nodes and set(ids) == wanted
    table.add(f"{what}, each node once", f"{len(set(ids)):,}", target=f"{nodes:,}", met=whole, exact=True)
    # CSV of a found fleet has names.
    for form, held in (("csv", named), ("ndjson", used)):
        table.add(f"{what} -o {form}, memory", f"{held:.1f} MiB", target=f"< {most} MiB", met=held < most, exact=True)


def rows(table, patchctl, floor, folder, short):
    few, nodes, patches = (100, 1_000, 1_000) if short else (1_000, 10_000, 1_000)
    # A tenth of the rows takes a tenth of the time, so it can be measured more often.
    rounds = 3
    ours = [patchctl, "patches", "--all", "-o", "ndjson", "--quiet"]
    with Region(patchctl, "--nodes", few, "--patches", patches) as region:
        small = max(peak(ours, region.url) for _ in range(rounds))
    with Region(patchctl, "--nodes", nodes, "--patches", patches) as region:
        ids = ids_file(region, folder, "rows.txt")
        large = peak(ours, region.url)
        wall = {"patchctl": [], "sdk": []}
        for turn in range(rounds):
            order = [("patchctl", ours, "/dev/null"), ("sdk", [floor, "sdk", region.url], ids)]
            for name, command, given in order if turn % 2 else reversed(order):
                region.reset()
                wall[name].append(timed(command, region.url, given)[0])
                stats = region.stats()
                pages = stats["calls"]["DescribeInstancePatches"]
                if (stats["rows"], pages) != (nodes * patches, nodes * patches // BATCH):
                    raise RuntimeError(f"{name} read {stats['rows']} rows in {pages} calls")
    million = nodes * patches // 1_000_000
    what = f"{nodes:,} nodes × {patches:,} patches, {million} M rows: `patches --all -o ndjson`"
    over = median(a / b for a, b in zip(wall["patchctl"], wall["sdk"]))
    table.add(f"{what}, against the SDK's loop", f"{median(wall['patchctl']):.1f} s", f"{median(wall['sdk']):.1f} s", over, "≤ 1.25×", over <= 1.25)
    less = f"{few:,} nodes: {small:.1f} MiB"
    table.add(f"{what}, memory", f"{large:.1f} MiB", less, large / small, "≤ 1.2×", large <= 1.2 * small, exact=True)


def workbook(table, patchctl, folder, short):
    nodes, patches, most, slower = 1_000, 1_000, 128, 3
    path = Path(folder) / "rows.out"
    path.touch()
    ask = {form: [patchctl, "patches", "--all", "-o", form, "--quiet"] for form in ("csv", "xlsx")}
    wall = {form: [] for form in ask}
    with Region(patchctl, "--nodes", nodes, "--patches", patches) as region:
        for turn in range(1 if short else 3):
            for form in ask if turn % 2 else reversed(ask):
                region.reset()
                with open(path, "wb") as out:
                    wall[form].append(timed(ask[form], region.url, stdout=out)[0])
        used = peak(ask["xlsx"], region.url, stdout=str(path))
    what = f"{nodes * patches // 1_000_000} M patches: `patches --all -o xlsx`"
    over = median(a / b for a, b in zip(wall["xlsx"], wall["csv"]))
    table.add(f"{what}, beside CSV", f"{median(wall['xlsx']):.1f} s", f"{median(wall['csv']):.1f} s", over, f"≤ {slower}×", over <= slower)
    table.add(f"{what}, memory", f"{used:.1f} MiB", target=f"< {most} MiB", met=used < most, exact=True)


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def dead(table, patchctl, folder, short):
    nodes = 500
    gone, faulty, *alive = REGIONS
    served = ["--nodes", nodes, "--patches", 50, "--regions", ",".join(REGIONS), "--latency", LATENCY, "--fault-region", faulty]
    with Region(patchctl, *served) as region:
        ask = [patchctl, "states", "--all", "-o", "csv", "--endpoint-url", region.url]
        nobody = f"{gone}=http://127.0.0.1:{closed_port()}"
        eight = Run(region, folder, *ask, "--endpoint-url", nobody, "--region", ",".join(REGIONS), exit_code=3)
        six = Run(region, folder, *ask, "--region", ",".join(alive))
        over = beside(3 if short else 9, eight, six)
    what = f"{len(REGIONS)} regions × {nodes} nodes, one dead, one answering 500"
    table.add(what, eight.shown(), f"the other {len(alive)}: {six.shown()}", over, "≤ 1.5×", over <= 1.5)
    found = Counter((row["Region"], row["InstanceId"]) for row in eight.rows if row["Verdict"] != "UNREAD")
    whole = found == Counter((row["Region"], row["InstanceId"]) for row in six.rows) and len(found) == nodes * len(alive)
    table.add(f"{what}: the others whole, exit 3", "yes" if whole else "no", target="yes", met=whole, exact=True)
    unread = sorted(row["Region"] for row in eight.rows if row["Verdict"] == "UNREAD")
    table.add(f"{what}: UNREAD", ", ".join(unread), target=f"{gone}, {faulty}", met=unread == sorted([gone, faulty]), exact=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a minute, for CI: a tenth of the ten million rows, fewer rounds")
    parser.add_argument("--strict", action="store_true", help="a missed target of time fails the run, too")
    parser.add_argument("--json", metavar="FILE", help="write the table's rows there as well")
    parser.add_argument("--patchctl", metavar="PATH", help="the program; by default it is built first")
    args = parser.parse_args()
    table = Table()
    floor, patchctl = build(args.patchctl)
    with tempfile.TemporaryDirectory() as folder:
        regions(table, patchctl, folder, args.short)
        dead(table, patchctl, folder, args.short)
        many(table, patchctl, folder)
        rows(table, patchctl, floor, folder, args.short)
        workbook(table, patchctl, folder, args.short)
    return table.end("bench of fleets", args)


if __name__ == "__main__":
    sys.exit(main())
