"""Datasets as DuckDB and Spark read them through the SQL of `patchctl schema --for`, row by row against patchctl.

    python .ci/engines.py PATCHCTL

Collects a dataset of several accounts, regions and days, with regions that cannot be read, nodes without data, mutated
responses, narrower runs, and a run that was killed before its end. What the verdict of a node should be is the matter of
rule.py and of `cargo test`; this program only compares. The SQL of Athena and Trino is parsed and not run.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import sqlglot

from region import Region, environment

ROLE = ("--organization", "--role-name", "patchctl-read", "--all-regions")
# The clock of each run, and of what its server says; the last run is narrower than the others.
DAYS = ("2026-11-16", "2026-11-17", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26")
UTC = timezone.utc


def clock(day):
    return f"{day} 05:00:00"


def collect(program, folder, day, server, flags, codes=(0, 3)):
    """A run of that day; patchctl's clock is set by faketime."""
    with Region(program, "--now", f"{day}T05:00:00Z", *server) as region:
        command = ["faketime", clock(day), program, "collect", *flags, "--to", folder, "--quiet"]
        done = subprocess.run(command, capture_output=True, env=environment(region.url))
        if done.returncode not in codes:
            raise AssertionError(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.decode()[-500:]}")


def collect_and_kill(program, folder, day, server):
    """A run that wrote files and has no manifest."""
    with Region(program, "--now", f"{day}T05:00:00Z", "--slow-region", "eu-west-1=400", *server) as region:
        command = ["faketime", clock(day), program, "collect", "--all", "--all-regions", "--to", folder, "--quiet"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=environment(region.url), start_new_session=True)
        stamp = day.replace("-", "")
        deadline = time.monotonic() + 60
        while not list(Path(folder).glob(f"patches/snapshot={stamp}*/*/*/*.parquet")):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the run that has to be killed ended before it wrote a file")
            time.sleep(0.01)
        # faketime starts patchctl as a process of its own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def dataset(program, folder):
    fleet = ("--patches", 60, "--accounts", 3, "--regions", 2, "--unscanned-one-in", 9, "--seed", 5)
    # The sample fleet has nodes that each rule of a verdict decides.
    collect(program, folder, DAYS[0], (), ("--all",))
    collect(program, folder, DAYS[1], ("--deny", "ssm:GetPatchBaseline", "--mutate-one-in", 12, "--seed", 3), ("--all",))
    collect(program, folder, DAYS[2], (*fleet, "--nodes", 40, "--missing-one-in", 3), ("--all", *ROLE))
    collect_and_kill(program, folder, DAYS[3], (*fleet, "--nodes", 40, "--missing-one-in", 2))
    collect(program, folder, DAYS[4], (*fleet, "--nodes", 44, "--missing-one-in", 2, "--mutate-one-in", 40, "--fault-region", "ap-northeast-1"), ("--all", *ROLE))
    collect(program, folder, DAYS[5], (*fleet, "--nodes", 40, "--missing-one-in", 4), ("--all", *ROLE, "--platform", "windows"))


def ask(program, *args, codes=(0, 1, 3)):
    done = subprocess.run([program, *args, "-o", "json"], capture_output=True, env=environment())
    if done.returncode not in codes:
        raise AssertionError(f"patchctl {' '.join(args)}: exit {done.returncode}: {done.stderr.decode()[-500:]}")
    return json.loads(done.stdout)


def ddl(program, engine, folder, max_age="7d"):
    return subprocess.run([program, "schema", "--for", engine, "--at", folder, "--max-age", max_age],
                          capture_output=True, check=True, text=True, env=environment()).stdout


def statements(sql):
    return [statement for statement in sql.split(";\n") if re.sub("--.*", "", statement).strip()]


class Duck:
    name = "DuckDB"

    def __init__(self, sql):
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        self.sql = statements(sql)
        for statement in self.sql:
            self.connection.execute(statement)

    def execute(self, statement):
        self.connection.execute(statement)

    def rows(self, query):
        result = self.connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


class Spark:
    name = "Spark"

    def __init__(self, sql, folder):
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").appName("patchctl")
        for key, value in {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "ERROR",
        }.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.sql = statements(sql)
        for statement in self.sql:
            self.session.sql(statement)

    def execute(self, statement):
        self.session.sql(statement)

    def rows(self, query):
        return [row.asDict(recursive=True) for row in self.session.sql(query).collect()]


def plain(value):
    """Values as patchctl's JSON has them."""
    if isinstance(value, datetime):
        # Spark's are local times, which are UTC here.
        value = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        text = value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return f"{text}Z"
    return value


class Comparison:
    def __init__(self, program, folder, engine):
        self.program, self.folder, self.engine = program, folder, engine
        self.settings = next(one for one in engine.sql if "VIEW settings" in one)
        self.faults = []
        self.compared = 0

    def set(self, **values):
        """Replaces the row of settings."""
        statement = self.settings
        for name, value in values.items():
            statement = re.sub(rf"CAST\([^()]*? AS (\w+)\) AS ([\"`]){name}[\"`]", rf"CAST({value} AS \1) AS \2{name}\2", statement)
        self.engine.execute(statement)

    def equal(self, what, ours, theirs):
        """Multisets of rows."""
        ours, theirs = Counter(ours), Counter(theirs)
        self.compared += sum(ours.values())
        if ours != theirs:
            only = list((ours - theirs).items())[:3], list((theirs - ours).items())[:3]
            self.faults.append(f"{self.engine.name}: {what}: patchctl alone {only[0]}; {self.engine.name} alone {only[1]}")
        print(f"  {self.engine.name}: {what}: {sum(ours.values())} rows", flush=True)

    def states(self, moment, max_age):
        asked = ask(self.program, "states", "--all", "--from", self.folder, "--at", moment, "--max-age", max_age)
        rows = [row for row in asked["InstancePatchStates"] if row["InstanceId"]]
        found = self.engine.rows("SELECT * FROM latest_node_verdicts")
        # Columns that patchctl derives in another way, or that stand for the account where it is not told.
        shared = sorted((set(found[0]) & set(rows[0])) - {"AccountId", "AccountName", "Tags"})
        assert len(shared) > 20, shared
        day = lambda age: None if age is None else age // 86400
        ours = [(*(row[name] for name in shared), row["Age"]) for row in rows]
        theirs = [(*(blank(name, plain(row[name])) for name in shared), day(row["ScanAgeSeconds"])) for row in found]
        ours = [tuple(blank(name, value) for name, value in zip(shared, row)) + row[len(shared):] for row in ours]
        self.equal(f"verdicts at {moment}, {max_age}", ours, theirs)
        counts = Counter(row["Verdict"] for row in found)
        summary = ask(self.program, "summary", "--by", "region", "--from", self.folder, "--at", moment, "--max-age", max_age)
        names = {"Compliant": "COMPLIANT", "NonCompliant": "NON_COMPLIANT", "Stale": "STALE", "NoData": "NO_DATA"}
        groups = [(row["Group"], *(row[name] for name in names), row["MissingCount"]) for row in summary["Groups"] if row["Nodes"]]
        grouped = self.engine.rows("""
            SELECT Region, count(*) AS Nodes, sum(MissingCount) AS Missing, {} FROM latest_node_verdicts GROUP BY Region
            """.format(", ".join(f"sum(CASE WHEN Verdict = '{word}' THEN 1 ELSE 0 END) AS {name}" for name, word in names.items())))
        self.equal(f"groups at {moment}, {max_age}", groups,
                   [(row["Region"], *(row[name] for name in names), row["Missing"] or 0) for row in grouped])
        return counts

    def patches(self, moment):
        states = ("Missing", "Failed", "InstalledPendingReboot")
        asked = ask(self.program, "patches", "--all", "--from", self.folder, "--at", moment, "--state", ",".join(states))
        shared = ("Region", "InstanceId", "KBId", "Title", "State", "Severity", "Classification", "InstalledTime")
        found = self.engine.rows(f"SELECT * FROM latest_patches WHERE State IN {states}")
        cves = lambda row: tuple(row["CVEIds"] or ()) if not isinstance(row["CVEIds"], str) else tuple(row["CVEIds"].split(","))
        self.equal(f"patches at {moment}", [(*(row[name] or "" for name in shared), cves(row)) for row in asked["Patches"] if row["KBId"]],
                   [(*(plain(row[name]) or "" for name in shared), cves(row)) for row in found])
        asked = ask(self.program, "patches", "--by", "kb", "--all", "--from", self.folder, "--at", moment, "--state", "Missing,Failed")
        counted = self.engine.rows("""
            SELECT KBId, sum(CASE WHEN State = 'Missing' THEN 1 ELSE 0 END) AS Missing,
                sum(CASE WHEN State = 'Failed' THEN 1 ELSE 0 END) AS Failed
            FROM latest_patches WHERE State IN ('Missing', 'Failed') GROUP BY KBId""")
        self.equal(f"patches by KB at {moment}", [(row["KBId"], row["MissingCount"], row["FailedCount"]) for row in asked["Groups"] if row["KBId"]],
                   [(row["KBId"], row["Missing"], row["Failed"]) for row in counted if row["KBId"]])

    def diff(self, before, after, max_age):
        asked = ask(self.program, "diff", "--from", self.folder, before, after, "--all", "--max-age", max_age)
        key = ("Region", "InstanceId", "Change", "Direction", "Before", "After")
        ours = [(*(row[name] for name in key), row["KBId"] or "", row["Title"] or "") for row in asked["Changes"] if row["Change"] != "Unknown"]
        theirs = []
        for row in self.engine.rows("SELECT * FROM node_changes WHERE Change <> 'Unknown'"):
            theirs.append((*(row[name] for name in key), "", ""))
        for row in self.engine.rows("SELECT * FROM patch_changes"):
            shown = {name: None if row[name] == "-" else row[name] for name in key}
            theirs.append((*(shown[name] for name in key), row["KBId"], row["Title"]))
        self.equal(f"changes from {before} to {after}", ours, theirs)

    def unfinished(self):
        rows = self.engine.rows("""SELECT (SELECT count(*) FROM raw_patches) AS written, (SELECT count(*) FROM patches) AS shown,
            (SELECT count(*) FROM raw_patches WHERE snapshot LIKE '20261124%') AS killed""")[0]
        if not rows["killed"] or rows["written"] != rows["shown"] + rows["killed"]:
            self.faults.append(f"{self.engine.name}: rows of the killed run: {rows}")
        print(f"  {self.engine.name}: {rows['killed']} rows of the killed run are not shown", flush=True)


def blank(name, value):
    """The service writes an empty text where there is nothing, and patchctl a null."""
    return None if value == "" else value


def time_of(day):
    return f"{day}T23:59:59Z"


def compare(program, folder, engine, moments, ages, diffs):
    comparison = Comparison(program, folder, engine)
    comparison.unfinished()
    seconds = {"7d": 7 * 86400, "2d": 2 * 86400, "none": "NULL"}
    verdicts = Counter()
    for moment in moments:
        for age in ages:
            comparison.set(At="NULL" if moment == "latest" else f"'{time_of(moment)}'", MaxAgeSeconds=seconds[age])
            verdicts += comparison.states(moment, age)
        comparison.patches(moment)
    for before, after in diffs:
        comparison.set(Since=f"'{time_of(before)}'", At=f"'{time_of(after)}'", MaxAgeSeconds=seconds[ages[0]])
        comparison.diff(before, after, ages[0])
    if set(verdicts) != {"COMPLIANT", "NON_COMPLIANT", "STALE", "NO_DATA", "UNREAD"}:
        comparison.faults.append(f"{engine.name}: the dataset has not every verdict: {dict(verdicts)}")
    return comparison


def parsed(program):
    """Athena's SQL has Hive's DDL for tables and Trino's for views."""
    count = 0
    for engine in ("athena", "trino"):
        for statement in statements(ddl(program, engine, "s3://my-bucket/patchctl")):
            dialect = "hive" if "EXTERNAL TABLE" in statement else engine
            tree = sqlglot.parse_one(statement, dialect=dialect)
            is_call = statement.lstrip().startswith("CALL")
            if not is_call and not isinstance(tree, sqlglot.exp.Create):
                raise AssertionError(f"{engine}: {statement[:200]}")
            count += 1
    print(f"  Athena and Trino: {count} statements parsed, not run", flush=True)


def main():
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        data = f"{folder}/fleet"
        started = time.monotonic()
        dataset(program, data)
        print(f"  dataset: {len(list(Path(data).rglob('*.parquet')))} files, {time.monotonic() - started:.0f} s", flush=True)
        parsed(program)
        done = [compare(program, data, Duck(ddl(program, "duckdb", data)), ("latest", *(DAYS[i] for i in (0, 1, 2, 4))), ("7d", "2d", "none"),
                        ((DAYS[2], DAYS[4]), (DAYS[4], DAYS[2]), (DAYS[0], DAYS[1])))]
        done.append(compare(program, data, Spark(ddl(program, "spark", data), folder), ("latest", DAYS[1]), ("7d",), ((DAYS[2], DAYS[4]),)))
        faults = [fault for one in done for fault in one.faults]
        for fault in faults:
            print(f"FAIL {fault}")
        if not faults:
            print(f"ok   {sum(one.compared for one in done):,} rows of DuckDB and Spark are those of patchctl, {time.monotonic() - started:.0f} s")
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
