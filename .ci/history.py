"""What the runs of a dataset tell, worked out in Python from its Parquet files alone, row by row against patchctl: `history`, `trend`, and
`report --from` with ages, due dates, time to patch, trend and the evidence for a sample.

    python .ci/history.py PATCHCTL

DuckDB reads the files that manifests name, and nothing else of the dataset is used. Knows docs/history.md, docs/reports.md and docs/dataset.md;
the rule of verdicts and the scale of severities are in rule.py. Collects a dataset of several accounts, regions and days: patches that are fixed,
missing again and no longer listed, a region that cannot be read, mutated responses, a narrower run, and a run that was killed.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb

import rule
from engines import ROLE, collect, collect_and_kill
from region import environment
from report import AGES, SLA, UNKNOWN, floor_percent

LACKING = {"Missing", "Failed", "InstalledPendingReboot", "AvailableSecurityUpdate"}
INSTALLED = {"Installed", "InstalledOther", "InstalledRejected"}
KNOWN = LACKING | INSTALLED | {"NotApplicable"}
LEVELS = ("Critical", "Important", "Medium", "Low", "Unrated")
LIMITS = "critical=7d,important=30d"
WORDS = {"COMPLIANT": "Compliant", "NON_COMPLIANT": "NonCompliant", "STALE": "Stale", "NO_DATA": "NoData", "UNREAD": "Unread"}
RULINGS = {"Compliant": "COMPLIANT", "NonCompliant": "NON_COMPLIANT", "Deleted": rule.GONE, "Unreadable": rule.UNREADABLE}
FLEET = ("--patches", 40, "--accounts", 2, "--regions", 2, "--unscanned-one-in", 9, "--seed", 5)
DAYS = (
    ("2026-11-14", ("--nodes", 24, "--missing-one-in", 3), ()),
    ("2026-11-15", ("--nodes", 24, "--missing-one-in", 5), ()),
    ("2026-11-16", ("--nodes", 26, "--missing-one-in", 3, "--mutate-one-in", 30), ()),
    ("2026-11-18", ("--nodes", 26, "--missing-one-in", 2, "--fault-region", "ap-northeast-1"), ()),
    ("2026-11-19", ("--nodes", 26, "--missing-one-in", 7), ("--platform", "windows")),
    ("2026-11-23", ("--nodes", 22, "--missing-one-in", 4), ()),
    ("2026-11-24", ("--nodes", 22, "--missing-one-in", 6, "--fault-region", "ap-northeast-1"), ()),
)
KILLED = "2026-11-21"


def dataset(program, folder):
    for day, server, flags in DAYS:
        if day > KILLED and not list(Path(folder).glob(f"patches/snapshot={KILLED.replace('-', '')}*")):
            collect_and_kill(program, folder, KILLED, ("--patches", 40, "--nodes", 24, "--regions", 2, "--seed", 5))
        collect(program, folder, day, (*FLEET, *server), ("--all", *ROLE, *flags))


def moment(text):
    """Without the nanoseconds: they are compared as texts."""
    return datetime.fromisoformat(text[:19] + "+00:00") if text else None


def exact(text):
    """Nanoseconds since 1970."""
    whole, _, rest = text.rstrip("Z").partition(".")
    return int(datetime.fromisoformat(whole + "+00:00").timestamp()) * 10**9 + int(rest.ljust(9, "0") or 0)


def shown(value):
    """A time of a file as JSON has it."""
    if value is None:
        return None
    text = value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


class Run:
    """What the files of one manifest hold."""

    def __init__(self, folder, path):
        manifest = json.loads(Path(path).read_text())
        self.id, self.start, self.end = manifest["RunId"], manifest["StartedAt"], manifest["FinishedAt"]
        self.is_complete = manifest["Selection"]["IsComplete"]
        self.locations = {(of["AccountId"], of["Region"]) for of in manifest["Locations"] if of["Region"]}
        self.unread = {(of["Scope"]["Account"], of["Scope"]["Region"]) for of in manifest["Unread"]}
        files = lambda table: [f"{folder}/{of['Path']}" for of in manifest["Files"] if of["Table"] == table]
        self.nodes = self.read(files("nodes"))
        self.patches = defaultdict(list)
        for row in self.read(files("patches")):
            self.patches[row["AccountId"], row["Region"], row["InstanceId"]].append(row)

    @staticmethod
    def read(files):
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        result = connection.execute("SELECT * FROM read_parquet(?, filename = true, file_row_number = true) ORDER BY filename, file_row_number", [files])
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]

    def of(self, node):
        return self.patches[node["AccountId"], node["Region"], node["InstanceId"]]


def is_answered(node):
    return node["StateOutcome"] == "Answered" and node["PatchesOutcome"] == "Answered"


class Exposure:
    """A patch that a node lacked at some time."""

    def __init__(self, node, run):
        self.node, self.first, self.opened = node, run.start, run.start
        self.status, self.closed, self.by, self.again, self.before = "Open", None, None, 0, timedelta(0)
        self.release, self.cves = None, None

    def lacks(self, row, run):
        if self.closed:
            self.before += moment(self.closed) - moment(self.opened)
            self.opened, self.closed, self.by, self.again = run.start, None, None, self.again + 1
        self.status, self.last, self.row = "Open", run.start, row
        self.release = row["ReleaseTime"] or self.release
        self.cves = row["CVEIds"] or self.cves

    def close(self, row, run, node):
        self.status = "Fixed" if row and row["State"] in INSTALLED else "NoLongerListed"
        self.closed, self.by = run.start, (run, node)

    def exposed(self, until):
        total = moment(self.closed or until) - moment(self.opened)
        return max(total, timedelta(0)) + self.before

    def level(self):
        return level_of(self.row, self.node)

    def due(self):
        limit = SLA.get(self.level())
        return limit and (self.release.timestamp() * 10**9 if self.release else exact(self.first)) + limit.total_seconds() * 10**9

    def is_within(self, now):
        due = self.due()
        if due is None or self.status == "NoLongerListed":
            return None
        if self.status == "Fixed":
            return exact(self.closed) <= due
        return False if exact(now) > due else None


def level_of(row, node):
    return rule.level(row, node["PlatformName"])


def fold(runs):
    """The exposures by region, node, id and title."""
    exposures = {}
    for run in runs:
        for node in filter(is_answered, run.nodes):
            place = node["Region"], node["InstanceId"]
            states = {}
            for row in run.of(node):
                key = row["KBId"], row["Title"]
                if key not in states or row["State"] in LACKING:
                    states[key] = row
            for key, row in states.items():
                if row["State"] in LACKING:
                    exposures.setdefault(place + key, Exposure(node, run)).lacks(row, run)
            for key, exposure in exposures.items():
                row = states.get(key[2:])
                if key[:2] == place and exposure.status == "Open" and not (row and (row["State"] in LACKING or row["State"] not in KNOWN)):
                    exposure.close(row, run, node)
    return exposures


def percentile(values, percent):
    """The smallest value that so many percent do not exceed."""
    return sorted(values)[max(math.ceil(len(values) * percent / 100), 1) - 1] if values else None


def times(exposures, now):
    groups = defaultdict(list)
    for exposure in exposures:
        groups[exposure.level()].append(exposure)
    rows = []
    for level in LEVELS:
        of = lambda status: [one for one in groups[level] if one.status == status]
        took = [int(one.exposed(now).total_seconds()) for one in of("Fixed")]
        judged = [one for one in (one.is_within(now) for one in groups[level]) if one is not None]
        if took or of("Open"):
            limited = level in SLA
            rows.append({"Severity": level, "Fixed": len(took), "Open": len(of("Open")), "Median": percentile(took, 50),
                         "NinetiethPercentile": percentile(took, 90), "WithinLimit": sum(judged) if limited else None,
                         "Judged": len(judged) if limited else None})
    return rows


def verdict(node, max_age, now):
    if node["StateOutcome"] != "Answered":
        return {"NoData": "NO_DATA", "Unread": "UNREAD"}[node["StateOutcome"]]
    if node["UnreadableFields"]:
        return None
    ruling = RULINGS.get(node["BaselineStatus"], node["BaselineStatusValue"])
    return rule.judge(node, {node["BaselineId"]: rule.Baseline(ruling, None)}, max_age, now)[0]


def snapshots(runs):
    """The locations that are read at each snapshot, and of which runs."""
    before = None
    for at in range(1, len(runs) + 1):
        known = {}
        for run in sorted(runs[:at], key=lambda run: (run.is_complete, run.start)):
            known |= {place: run for place in run.locations | run.unread}
        used = {run.id for run in known.values()}
        if used != before:
            yield known
        before = used


class Checks:
    def __init__(self, program, folder):
        self.program, self.folder, self.failed, self.compared = program, folder, 0, 0

    def ask(self, *args, codes=(0, 3)):
        done = subprocess.run([self.program, *args, "--from", self.folder, "-o", "json"], capture_output=True, env=environment())
        if done.returncode not in codes:
            raise AssertionError(f"patchctl {' '.join(args)}: exit {done.returncode}: {done.stderr.decode()[-500:]}")
        return json.loads(done.stdout)

    def equal(self, what, got, wanted, is_quiet=False):
        """Multisets of rows, as dictionaries. A quiet one is told only where it fails."""
        count = lambda rows: Counter(json.dumps(row, sort_keys=True) for row in rows)
        ours, theirs = count(got), count(wanted)
        self.compared += len(wanted)
        self.failed += ours != theirs
        if ours != theirs or not is_quiet:
            print(f"{'ok  ' if ours == theirs else 'FAIL'} {what}: {len(wanted)} rows", flush=True)
        if ours != theirs:
            print(f"     patchctl alone: {list((ours - theirs))[:3]}\n     the files alone: {list((theirs - ours))[:3]}")


def history_rows(exposures, last):
    for (region, node, kb, title), one in exposures.items():
        yield {"InstanceId": node, "Region": region, "KBId": kb or None, "Title": title or None, "SeverityLevel": one.level(), "Status": one.status,
               "FirstSeen": one.first, "LastSeen": one.last, "Closed": one.closed, "ConfirmedBy": one.by and shown(rule.last_scan(one.by[1])),
               "Exposed": one.exposed(last).days, "Reopened": one.again, "State": one.row["State"], "CVEIds": one.cves}


def history(checks, runs):
    exposures, last = fold(runs), runs[-1].start
    wanted = list(history_rows(exposures, last))
    statuses = Counter((row["Status"], row["Reopened"] > 0) for row in wanted)
    if len(statuses) < 6:
        raise AssertionError(f"the dataset has not every kind of history: {statuses}")
    document = checks.ask("history", "--sla", LIMITS)
    cut = lambda row: {name: row[name] for name in wanted[0]}
    checks.equal("history", map(cut, document["History"]), wanted)
    checks.equal("history: time to patch", document["TimeToPatch"], times(exposures.values(), last))
    some = next(key for key, one in exposures.items() if one.cves)
    cve = exposures[some].cves[0]
    for name, is_named in ((some[1], lambda key, _: key[1] == some[1]), (some[2], lambda key, _: key[2] == some[2])):
        found = {key: one for key, one in exposures.items() if is_named(key, one)}
        checks.equal(f"history {name}", map(cut, checks.ask("history", name)["History"]), list(history_rows(found, last)))
    # Those that named it at some time while they were missing.
    found = {row["InstanceId"] for row in checks.ask("history", cve)["History"]}
    named = {node["InstanceId"] for run in runs for node in filter(is_answered, run.nodes)
             if any(row["State"] in LACKING and cve in (row["CVEIds"] or ()) for row in run.of(node))}
    checks.equal(f"history {cve}", sorted(found), sorted(named))


def trend_rows(runs, max_age):
    for known in snapshots(runs):
        used = sorted({run.start: run for run in known.values()}.items())
        newest = used[-1][1]
        end = max((run.end for _, run in used), key=exact)
        count, scopes = Counter(), 0
        for place, run in known.items():
            scopes += place in run.unread
            for node in run.nodes if place in run.locations else ():
                if (node["AccountId"], node["Region"]) == place and node["Origin"] != "Unmanaged":
                    count[verdict(node, max_age, datetime.fromtimestamp(exact(end) // 10**9, timezone.utc))] += 1
        nodes = sum(count.values())
        yield {"Snapshot": newest.id[:16], "Time": end, "Runs": len(used), "Nodes": nodes, "UnreadScopes": scopes,
               "CompliantPercent": floor_percent(count["COMPLIANT"], nodes)} | {name: count[word] for word, name in WORDS.items()}


def trend(checks, runs):
    for age, span in (("7d", timedelta(days=7)), ("20d", timedelta(days=20)), ("none", None)):
        wanted = list(trend_rows(runs, span))
        document = checks.ask("trend", "--max-age", age)
        checks.equal(f"trend, {age}", [{name: row[name] for name in wanted[0]} for row in document["Trend"]], wanted)


def report(checks, runs, at):
    """The report of the moment of the last of these runs."""
    exposures = fold(runs)
    document = checks.ask("report", "--at", at, "--sla", LIMITS)
    now = document["Evidence"]["AskedAt"]
    known = list(snapshots(runs))[-1]
    lacking = []
    for place, run in known.items():
        for node in run.nodes if place in run.locations else ():
            if (node["AccountId"], node["Region"]) == place and node["PatchesOutcome"] in ("Answered", "Unread"):
                lacking += [(node, row) for row in run.of(node) if row["State"] in LACKING]
    wanted = []
    for node, row in lacking:
        one = exposures.get((node["Region"], node["InstanceId"], row["KBId"], row["Title"]))
        level, released = level_of(row, node), row["ReleaseTime"]
        if released and released.timestamp() > exact(now) / 10**9:
            released = None
        limit = SLA.get(level)
        start = exact(shown(released)) if released else one and exact(one.first)
        due = limit and start and start + int(limit.total_seconds()) * 10**9
        wanted.append({"InstanceId": node["InstanceId"], "Region": node["Region"], "KBId": row["KBId"] or None, "Title": row["Title"] or None,
                       "State": row["State"], "SeverityLevel": level, "ReleaseDate": shown(row["ReleaseTime"]),
                       "FirstSeen": one and one.first, "MissingSince": one and one.opened,
                       "MissingFor": one and (moment(now) - moment(one.opened)).days,
                       "DueFrom": due and ("ReleaseDate" if released else "FirstSeen"), "Overdue": due and exact(now) > due, "due": due or None})
    got = [{name: row[name] for name in wanted[0] if name != "due"} | {"due": row["DueDate"] and exact(row["DueDate"])} for row in document["Patches"]]
    name = f"report at {at}"
    checks.equal(f"{name}: patches since when, and when due", got, wanted)
    for said in (document["DueDates"]["Total"], *document["DueDates"]["Severities"]):
        rows = [row for row in wanted if row["SeverityLevel"] == (said["SeverityLevel"] or row["SeverityLevel"]) and row["SeverityLevel"] in SLA]
        late = [row for row in rows if row["Overdue"]]
        within = [row for row in rows if row["Overdue"] is False]
        checks.equal(f"{name}: due dates of {said['SeverityLevel'] or 'all'}", [{key: said[key] for key in (
            "Patches", "Within", "Overdue", "Unknown", "FromFirstSeen", "OverdueNodes", "DueSoon", "WithinPercent")}], [{
                "Patches": len(rows), "Within": len(within), "Overdue": len(late), "Unknown": len(rows) - len(late) - len(within),
                "FromFirstSeen": sum(row["DueFrom"] == "FirstSeen" for row in rows), "OverdueNodes": len({row["InstanceId"] for row in late}),
                "DueSoon": sum(row["due"] - exact(now) <= 7 * 86400 * 10**9 for row in within),
                "WithinPercent": floor_percent(len(within), len(within) + len(late))}])
    age = lambda row: next((text for days, text in AGES if days is None or moment(now) - moment(row["ReleaseDate"]) <= timedelta(days=days)), None) \
        if row["ReleaseDate"] and exact(row["ReleaseDate"]) <= exact(now) else UNKNOWN
    ages = [{"SeverityLevel": one["SeverityLevel"]} | {of["Age"]: of["Patches"] for of in one["Ages"]} for one in document["Severities"]]
    count = Counter((row["SeverityLevel"], age(row)) for row in wanted)
    texts = [text for _, text in AGES] + [UNKNOWN]
    checks.equal(f"{name}: ages", ages, [{"SeverityLevel": level} | {text: count[level, text] for text in texts} for level in LEVELS])
    checks.equal(f"{name}: time to patch", document["History"]["TimeToPatch"], times(exposures.values(), now))
    statuses = Counter(one.status for one in exposures.values())
    checks.equal(f"{name}: exposures", [{key: document["History"][key] for key in ("Open", "Fixed", "NoLongerListed", "Runs")}],
                 [{key: statuses[key] for key in ("Open", "Fixed", "NoLongerListed")} | {"Runs": len(runs)}])
    rows = list(trend_rows(runs, timedelta(days=7)))
    checks.equal(f"{name}: trend", [{key: row[key] for key in rows[0]} for row in document["Trend"]], rows)
    return exposures


def doubt(node, runs):
    """Can the node have changed since it was last read?"""
    place, own = (node["AccountId"], node["Region"]), node["InstanceId"]
    rows = [{of["InstanceId"]: of for of in run.nodes if (of["AccountId"], of["Region"]) == place} for run in runs]
    last = max(at for at, of in enumerate(rows) if own in of and is_answered(of[own]))
    return any(place in run.unread or place in run.locations and (own in of or run.is_complete) for run, of in list(zip(runs, rows))[last + 1:])


def evidence(checks, runs, exposures, at):
    """A row for each line, and for each patch that it names."""
    keys = sorted(exposures)
    some = keys[:: max(len(keys) // 25, 1)]
    lines = [(f'{key[1]},"{key[2]}"', lambda of, key=key: of[1:3] == key[1:3]) for key in some[::3] if key[2]]
    lines += [(key[2], lambda of, key=key: of[2] == key[2]) for key in some[1::3] if key[2].startswith("KB")]
    titles = [(f'{key[1]},"{key[3]}"', lambda of, key=key: of[1] == key[1] and of[3] == key[3]) for key in some[2::3] if '"' not in key[3] and key[3]]
    cves = sorted({cve for key in some for cve in exposures[key].cves or ()})[:5]
    named = lambda cve: lambda of: cve in (exposures[of].cves or ())
    lines += titles + [(cve, named(cve)) for cve in cves] + [("i-0dead00000000beef", lambda of: False), ("KB9999999", lambda of: False)]
    sample = Path(checks.folder).parent / "sample.csv"
    sample.write_text("".join(f"{line}\n" for line, _ in lines))
    document = checks.ask("report", "--at", at, "--sla", LIMITS, "--sample", str(sample))
    now = document["Evidence"]["AskedAt"]
    by_line = defaultdict(list)
    for row in document["Sample"]:
        by_line[row["Line"]].append(row)
    checks.equal(f"evidence at {at}: lines", sorted(by_line), list(range(1, len(lines) + 1)))
    for number, (line, is_named) in enumerate(lines, 1):
        wanted = []
        for key in filter(is_named, keys):
            one = exposures[key]
            is_unknown = one.status == "Open" and doubt(one.node, runs)
            until = one.last if is_unknown else now
            run, node = one.by or (None, None)
            wanted.append({"InstanceId": key[1], "Region": key[0], "KBId": key[2] or None, "Title": key[3] or None,
                           "Status": "Unknown" if is_unknown else one.status, "FirstSeen": one.first, "LastSeen": one.last, "Closed": one.closed,
                           "ConfirmedBy": node and shown(rule.last_scan(node)), "Operation": node and node["Operation"],
                           "SnapshotId": node and node["SnapshotId"], "RunId": run and run.id, "Exposed": one.exposed(until).days,
                           "WithinLimit": one.is_within(until), "Reopened": one.again})
        got = [{name: row[name] for name in wanted[0]} for row in by_line[number]] if wanted else by_line[number]
        if wanted:
            checks.equal(f"evidence at {at}: {line}", got, wanted, is_quiet=True)
        else:
            is_unread = any(run.unread for run in runs)
            status = "Unknown" if line.startswith("i-") and is_unread else "NotFound"
            checks.equal(f"evidence at {at}: {line}", [row["Status"] for row in got], [status], is_quiet=True)


def main():
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        data, started = f"{folder}/fleet", time.monotonic()
        dataset(program, data)
        runs = [Run(data, path) for path in sorted(Path(data).glob("runs/*.json"))]
        if len(runs) != len(DAYS):
            raise AssertionError(f"{len(runs)} runs")
        checks = Checks(program, data)
        history(checks, runs)
        trend(checks, runs)
        # Before a region could not be read, after that, and of the last run, which could not read one either.
        for number in (3, 4, 6, 7):
            at = runs[number - 1].id
            at = f"{at[:4]}-{at[4:6]}-{at[6:8]}T23:59:59Z"
            exposures = report(checks, runs[:number], at)
            evidence(checks, runs[:number], exposures, at)
        # A fault is found.
        broken = fold(runs)
        next(iter(broken.values())).status = "Gone"
        names = list(history_rows(broken, runs[-1].start))
        rows = checks.ask("history")["History"]
        if Counter(row["Status"] for row in rows) == Counter(row["Status"] for row in names):
            raise AssertionError("a fault is not found")
        print(f"{'FAIL' if checks.failed else 'ok  '} {checks.compared:,} rows compared, {time.monotonic() - started:.0f} s")
        return bool(checks.failed)


if __name__ == "__main__":
    sys.exit(main())
