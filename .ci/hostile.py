"""Runs every command over answers that were mutated, and checks what it prints by an independent reading of the same bytes.

    python hostile.py PATCHCTL [--answers 2000] [--seed 1] [--jobs 8] [--run N] [--server PATCHCTL]

Each run has a server, a recording proxy and a seed of its own, so that `--run N` repeats it. Checked of each: every node asked
for has a row; no COMPLIANT and no passing gate stands without bytes that justify it; no panic, no secret, no raw control
characters; exit codes that fit; documents that can be parsed; bounded time and memory. What is found is kept under
target/hostile/, with the bytes. Knows commands and outputs; recorder.py the connection, justify.py the bytes.
"""

import argparse
import csv
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path

from justify import DECIDING, Bytes, count
from recorder import Recorder
from region import Region, environment

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "target" / "hostile"
ACCOUNT, REGION = "111122223333", "eu-west-1"
SECRETS = ("hostile-secret-key-a1b2c3d4", "hostile-session-token-e5f6a7b8")
# More than the largest of these runs needs, and far less than an answer without bounds would take.
MOST_MEMORY, MOST_SECONDS = 96 << 20, 90
# A megabyte of text that is in the answer may be in the output; in each of its rows it may not.
MOST_OUTPUT = 32 << 20
WEEK = 7 * 86_400
csv.field_size_limit(1 << 24)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WAIVERS = {"all": ["*"], "some": ["KB50*", "*.x86_64"]}
TABULAR, GATE = ("table", "wide", "json", "ndjson", "csv"), ("table", "json", "ndjson", "junit", "sarif", "github")
USUAL = ("non-compliant", "stale", "no-data", "unread")
RULES = (USUAL, USUAL, ("missing>0",), ("missing>=critical",), ("compliant<60%",), ("non-compliant",), ("failed>0", "rejected>0", "pending-reboot>0"),
         ("patch-older-than 30d",), ("missing>0", "stale"), ("no-data", "stale"), ("baseline-differs",), ("unapproved>0",))
# Where severities may be below critical.
BELOW = {"critical"}


class Plan:
    """What one run asks, and of whom. Follows from the number of the run alone."""

    def __init__(self, seed, number, folder):
        rng = random.Random(f"{seed}/{number}")
        self.seed, self.number = rng.randrange(1 << 32), number
        self.one_in = rng.choice((2, 2, 3, 4, 6, 12, 30))
        self.attempts = rng.choice((2, 3, 3))
        self.max_age = rng.choice((WEEK, None, None))
        command = rng.choice(("states", "states", "states", "patches", "patches", "by", "cve", "summary", "check", "check", "check", "doctor", "estimate"))
        self.kind = command
        self.format = rng.choice(GATE if command == "check" else ("table", "json", "ndjson", "csv") if command in ("doctor", "estimate") else TABULAR)
        # Documents say most of what can be compared.
        if rng.random() < 0.5:
            self.format = "json"
        self.rules, self.waivers = None, None
        self.fleet = rng.choice(("sample", "sample", "clean", "mixed", "places"))
        self.shape, self.ids, self.flags, self.several = self.choose(rng)
        self.argv = self.command(rng, folder)

    def choose(self, rng):
        """The server's flags, whether ids are given, the flags that select, and whether rows name their account and region."""
        if self.fleet == "sample":
            how = rng.choice(("ids", "ids", "all", "group", "tag", "platform"))
            flags = {"all": ["--all"], "group": ["--patch-group", "prod-web"], "tag": ["--tag", "Env=prod"], "platform": ["--platform", "windows"]}
            return [], how, flags.get(how, ["-"]), False
        if self.fleet == "places":
            how = rng.choice((["--all-regions"], ["--region", "eu-west-1,us-east-1"], ["--organization", "--role-name", "r", "--region", "us-east-1,eu-west-1"],
                              ["--account", "111122223333,444455556666", "--role-name", "r"]))
            return [], "all", ["--all", *how], True
        nodes = rng.choice((1, 7, 30, 60))
        patches = rng.choice((12, 40, 120))
        one_in = 1_000_000 if self.fleet == "clean" else rng.choice((3, 10))
        shape = ["--nodes", nodes, "--patches", patches, "--missing-one-in", one_in, "--stopped-one-in", 1000 if self.fleet == "clean" else 20]
        how = rng.choice(("ids", "all"))
        return shape, how, ["--all"] if how == "all" else ["-"], False

    def command(self, rng, folder):
        age = ["--max-age", "none"] if self.max_age is None else []
        output = ["-o", self.format, *self.flags]
        if self.kind == "states":
            return ["states", *output, *age]
        if self.kind == "patches":
            return ["patches", *output, *rng.choice(([], ["--state", "missing"], ["--non-compliant"], ["--min-severity", "important"], ["--kb", "KB5088019"])),
                    *rng.choice(([], [], ["--no-prefetch"]))]
        if self.kind == "by":
            return ["patches", *output, "--by", rng.choice(("kb", "cve", "node", "severity"))]
        if self.kind == "cve":
            return ["patches", *output, *age, "--cve", rng.choice(("CVE-2026-22796", "CVE-2026-49770", "CVE-1999-0001"))]
        if self.kind == "summary":
            return ["summary", *output, *age, "--by", rng.choice(("patch-group", "platform", "region", "account", "baseline", "verdict", "tag:Env"))]
        if self.kind == "check":
            self.rules = rng.choice(RULES)
            flags = [] if self.rules == USUAL else [word for one in self.rules for word in ("--fail-on", one)]
            if rng.random() < 0.35 and self.rules in (USUAL, ("non-compliant",), ("missing>0",)):
                self.waivers = rng.choice(list(WAIVERS))
                file = Path(folder) / "waivers.toml"
                file.write_text(f'[[waiver]]\nkb = {json.dumps(WAIVERS[self.waivers])}\nexpires = 2099-12-31\nreason = "hostile"\n')
                flags += ["--waivers", str(file)]
            return ["check", *output, *age, *flags]
        if self.kind == "doctor":
            return ["doctor", "-o", self.format, *(flag for flag in self.flags if flag not in ("-", "--all", "--patch-group", "prod-web", "--tag", "Env=prod", "--platform", "windows"))]
        return [rng.choice(("states", "patches", "summary")), *output, "--estimate"]

    def server(self):
        return [*self.shape, "--seed", self.seed, "--mutate-one-in", self.one_in]


class Run:
    """One run of patchctl, and what is wrong with it."""

    def __init__(self, patchctl, server, plan, folder):
        self.plan, self.folder, self.problems = plan, folder, []
        with Region(server, *plan.server()) as region:
            nodes = region.nodes()
            rng = random.Random(plan.seed)
            self.ids = sorted(rng.sample(nodes, min(len(nodes), rng.choice((1, 3, 20, 60))))) if plan.ids == "ids" else None
            if self.ids and plan.fleet == "sample" and plan.kind == "check":
                self.ids = [node for node in self.ids if node in calm(server)] or self.ids
            with Recorder(region.url, ACCOUNT) as recorder:
                self.execute(patchctl, recorder.url)
                exchanges = recorder.exchanges()
            self.mutated = Counter(region.stats()["mutated"])
            self.answers = sum(region.stats()["calls"].values())
        self.now = time.time()
        self.exchanges = exchanges
        self.bytes = Bytes(exchanges)

    def execute(self, patchctl, url):
        self.argv = [patchctl, *self.plan.argv]
        self.env = environment(url) | {"AWS_SECRET_ACCESS_KEY": SECRETS[0], "AWS_SESSION_TOKEN": SECRETS[1],
                                       "AWS_MAX_ATTEMPTS": str(self.plan.attempts)}
        given = "".join(f"{node}\n" for node in self.ids) if self.ids else ""
        paths = [os.path.join(self.folder, name) for name in ("stdin", "stdout", "stderr")]
        Path(paths[0]).write_text(given)
        started = time.monotonic()
        with open(paths[0], "rb") as stdin, open(paths[1], "wb") as stdout, open(paths[2], "wb") as stderr:
            process = subprocess.Popen(self.argv, stdin=stdin, stdout=stdout, stderr=stderr, env=self.env, cwd=self.folder)
            ended, memory = self.wait(process, started)
        self.seconds, self.memory = time.monotonic() - started, memory
        self.code = os.waitstatus_to_exitcode(ended)
        self.stdout, self.stderr = (self.read(path) for path in paths[1:])

    def read(self, path):
        """What was printed; too much of it is not looked at."""
        size = os.path.getsize(path)
        if size > MOST_OUTPUT:
            self.wrong(f"it printed {size >> 20} MiB")
            return b""
        return Path(path).read_bytes()

    def wait(self, process, started):
        """How it ended, and the most memory it held. A run that takes too long is ended."""
        memory, pause = 0, 0.002
        while True:
            # What wait4 tells of memory counts this program's own, too, from before the other one was loaded.
            pid, ended = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(ended)
                return ended, memory
            memory = max(memory, peak(process.pid))
            if time.monotonic() - started > MOST_SECONDS:
                self.wrong(f"it did not end within {MOST_SECONDS} s")
                process.send_signal(signal.SIGKILL)
            time.sleep(pause)
            pause = min(pause * 1.2, 0.005)

    def wrong(self, problem):
        self.problems.append(problem)

    # -- what this program itself would overlook

    def plant(self):
        """Lies that are put in the place of what was printed: what became of each, found or overlooked."""
        outcomes, honest = Counter(), (self.stdout, self.code, self.problems)
        for name, lie in self.lies():
            self.problems = []
            self.stdout, self.code = lie
            self.check()
            outcomes["found" if self.problems else "overlooked"] += 1
            if not self.problems:
                honest[2].append(f"a planted lie was overlooked: {name}")
        self.stdout, self.code, self.problems = honest
        return outcomes

    def lies(self):
        if self.plan.kind == "states" and self.plan.format == "json" and self.stdout:
            document = json.loads(self.stdout)
            rows = document["InstancePatchStates"]
            bad = [row for row in rows if row["Verdict"] == "NON_COMPLIANT"]
            if bad:
                bad[0]["Verdict"] = "COMPLIANT"
                document["Summary"]["Compliant"] += 1
                document["Summary"]["NonCompliant"] -= 1
                yield f"{bad[0]['InstanceId']} is COMPLIANT", (json.dumps(document).encode(), self.code)
            if self.ids and rows:
                lie = dict(document, InstancePatchStates=rows[1:], Summary=dict.fromkeys(document["Summary"], 0))
                yield f"{rows[0]['InstanceId']} has no row", (json.dumps(lie).encode(), self.code)
            if any(row["Verdict"] == "UNREAD" for row in rows):
                yield "nothing is unread", (self.stdout, 0)
        if self.plan.kind == "check" and self.ids and self.code == 1 and self.plan.rules == USUAL and not self.plan.waivers:
            yield "the gate passed", (b"", 0)
        if self.stdout:
            yield "no secret", (self.stdout + SECRETS[1].encode(), self.code)

    # -- what is checked of every run

    def check(self):
        both = self.stdout + self.stderr
        if self.code not in (0, 1, 2, 3) or self.code == 1 and self.plan.kind != "check":
            self.wrong(f"exit {self.code}")
        for word in (b"panicked", b"RUST_BACKTRACE", b"this is a bug"):
            if word in both:
                self.wrong(f"a panic: it says {word.decode()}")
        for secret in self.secrets():
            if secret in both:
                self.wrong(f"the secret {secret!r} is printed")
        if self.memory > MOST_MEMORY:
            self.wrong(f"it held {self.memory >> 20} MiB")
        if self.code == 2 and not self.stderr.strip():
            self.wrong("exit 2 without a word")
        for name, text in (("stderr", self.stderr), ("stdout", self.stdout)):
            if found := CONTROLS.search(text.decode("utf-8", "replace").replace("\r\n", "\n")):
                self.wrong(f"{name} holds the raw control character {found[0]!r}")
        if len(self.stderr) > 64 << 10:
            self.wrong(f"{len(self.stderr)} bytes on stderr")
        if any(one.startswith("it printed") for one in self.problems):
            return
        try:
            text = self.stdout.decode("utf-8")
            if text.strip():
                self.parsed(text)
            elif self.code in (0, 1, 3) and self.plan.kind not in ("doctor",):
                self.empty()
        except Exception:
            self.wrong("stdout cannot be read: " + " / ".join(traceback.format_exc().strip().splitlines()[-3:]))
        if self.plan.kind == "check" and self.code == 0:
            self.passed()
        if self.code == 0 and self.plan.kind not in ("doctor", "estimate"):
            self.complete()

    def secrets(self):
        found = {secret.encode() for secret in SECRETS}
        for one in self.exchanges:
            if one.operation == "AssumeRole":
                found |= set(re.findall(rb"<(?:SecretAccessKey|SessionToken)>([^<]{12,1000})<", one.answer))
        return found

    def empty(self):
        """NDJSON and the like have nothing to print of nothing."""
        if self.plan.format in ("json", "junit", "sarif", "table", "wide"):
            self.wrong(f"exit {self.code} with nothing on stdout")
        elif self.ids and self.plan.kind == "states":
            self.wrong(f"exit {self.code} without a row of {len(self.ids)} nodes")

    def complete(self):
        """Who answers in full has read the lists of nodes to their ends."""
        if self.plan.ids == "ids":
            return
        problems = self.bytes.incomplete("DescribeInstanceInformation")
        if self.plan.kind == "check":
            problems += self.bytes.incomplete("DescribeInstances")
        for one in problems[:2]:
            self.wrong(f"exit 0, and {one}")

    def parsed(self, text):
        read = getattr(self, f"read_{self.plan.format}")(text)
        judge = getattr(self, f"judge_{self.plan.kind}", None)
        if judge and read is not None:
            judge(read)

    # -- the formats

    def read_json(self, text):
        return json.loads(text, parse_constant=int)

    def read_ndjson(self, text):
        return [json.loads(line, parse_constant=int) for line in text.split("\n") if line]

    def read_csv(self, text):
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if any(len(row) != len(rows[0]) for row in rows):
            self.wrong("rows of CSV are not as long as its header")
        return [dict(zip(rows[0], row)) for row in rows[1:]]

    def read_junit(self, text):
        root = ElementTree.fromstring(text)
        if root.tag not in ("testsuites", "testsuite"):
            self.wrong(f"JUnit begins with {root.tag}")

    def read_sarif(self, text):
        if json.loads(text)["version"] != "2.1.0":
            self.wrong("SARIF is of another version")

    def read_github(self, text):
        odd = [line for line in text.splitlines() if line.startswith("::") and not re.match(r"::(error|warning|notice|group|endgroup)\b", line)]
        if odd:
            self.wrong(f"no workflow command: {odd[0][:80]!r}")

    def read_table(self, text):
        # Tables break words where they must.
        bare = re.sub(r"[\s│┆|]", "", text)
        missing = [node for node in self.ids or () if node not in bare] if self.plan.kind == "states" else []
        if missing:
            self.wrong(f"{len(missing)} nodes have no row, such as {missing[0]}")

    read_wide = read_table

    # -- the commands

    def place(self, row):
        return row.get("AccountId") or ACCOUNT, row.get("Region") or REGION

    def every_node(self, told, unread_scopes):
        """Every node that was asked for, or listed, is among those told, once."""
        if self.ids:
            wanted = Counter({((ACCOUNT, REGION), node): 1 for node in self.ids})
            got = Counter(told)
            if missing := wanted - got:
                self.wrong(f"{len(missing)} nodes have no row, such as {next(iter(missing))}")
            if twice := got - wanted:
                self.wrong(f"{len(twice)} rows are too many, such as {next(iter(twice))}")
        elif self.plan.ids == "all" and not unread_scopes and self.code == 0:
            listed = {(place, node) for place, nodes in self.bytes.listed.items() for node in nodes if is_id(node)}
            if missing := listed - set(told):
                self.wrong(f"{len(missing)} nodes were listed and have no row, such as {min(missing)}")

    def judge_states(self, read):
        rows = read["InstancePatchStates"] if self.plan.format == "json" else read
        nodes = [row for row in rows if row.get("InstanceId")]
        scopes = len(rows) - len(nodes)
        if self.plan.format == "json":
            scopes = read["Summary"]["UnreadScopes"]
            told = Counter(row["Verdict"] for row in nodes)
            summary = {"Compliant": told["COMPLIANT"], "NonCompliant": told["NON_COMPLIANT"], "Stale": told["STALE"], "NoData": told["NO_DATA"], "Unread": told["UNREAD"]}
            if odd := {key: read["Summary"][key] for key in summary if read["Summary"][key] != summary[key]}:
                self.wrong(f"the summary says {odd}, the rows {summary}")
        self.every_node([(self.place(row), row["InstanceId"]) for row in nodes], scopes)
        unread = scopes or any(row["Verdict"] == "UNREAD" for row in nodes)
        if unread and self.code == 0 or not unread and self.code not in (0, 3):
            self.wrong(f"exit {self.code}, and {'something' if unread else 'nothing'} is unread")
        for row in nodes:
            if row["Verdict"] == "COMPLIANT":
                self.justify(self.place(row), row["InstanceId"])

    def justify(self, place, node):
        if doubts := self.bytes.compliant(place, node, self.plan.max_age, self.now):
            self.wrong(f"{node} in {place} is COMPLIANT, but {'; '.join(doubts)[:300]}")

    def good_nodes(self):
        """How many nodes the bytes make compliant."""
        keys = list(self.bytes.lax)
        return sum(not self.bytes.compliant(*key, self.plan.max_age, self.now) for key in keys)

    def judge_summary(self, read):
        if self.plan.format == "json":
            total = read["Total"]
            if self.ids and total["Nodes"] != len(self.ids):
                self.wrong(f"{total['Nodes']} nodes, not {len(self.ids)}")
            for key in ("Nodes", "Compliant", "NonCompliant", "Stale", "NoData", "Unread"):
                if total[key] != (sum_of := sum(group[key] for group in read["Groups"])):
                    self.wrong(f"{key} of the total is {total[key]}, of the groups {sum_of}")
            if total["Compliant"] > (good := self.good_nodes()):
                self.wrong(f"{total['Compliant']} nodes are compliant, by the bytes {good}")
            if (total["Unread"] or read["Summary"]["UnreadScopes"]) and self.code == 0:
                self.wrong("exit 0, and something is unread")
        elif self.plan.format in ("ndjson", "csv"):
            if self.ids and (told := sum(int(row["Nodes"]) for row in read)) != len(self.ids):
                self.wrong(f"{told} nodes, not {len(self.ids)}")
            if sum(int(row["Compliant"]) for row in read) > (good := self.good_nodes()):
                self.wrong(f"more nodes are compliant than the {good} by the bytes")

    def judge_patches(self, read):
        if self.plan.format != "json":
            return
        summary = read["Summary"]
        if self.ids and summary["Nodes"] != len(self.ids):
            self.wrong(f"{summary['Nodes']} nodes asked, not {len(self.ids)}")
        if summary["Nodes"] != summary["Answered"] + summary["NoData"] + summary["Unread"]:
            self.wrong(f"the summary does not add up: {summary}")
        if (read["Unread"] or summary["UnreadScopes"]) and self.code == 0:
            self.wrong("exit 0, and something is unread")
        named = {entry.get("InstanceId") for entry in read["Unread"]} | set(read["NoData"])
        for node in self.ids or ():
            if node not in named:
                self.answered(node)

    judge_by = judge_patches

    def answered(self, node):
        """A node that is answered had its patches read to the end, or counters that let no patch pass."""
        place = (ACCOUNT, REGION)
        rows = self.bytes.patch_list(place, node)
        records = self.bytes.lax[place, node]
        if rows is None and not any(all(count(record, name) == 0 for name in self.counted()) for record in records):
            self.wrong(f"{node} is answered, but neither its patches nor counters of zero were read")
        # The counters say more than the list has: that has to be told.
        if rows is None or "--kb" in self.plan.argv:
            return
        listed = Counter(state for _, _, state in rows)
        strict = self.bytes.strict[place, node]
        for state in DECIDING:
            if state in self.states() and strict and all((count(record, DECIDING[state]) or 0) > listed[state] for record in strict):
                told = [record[DECIDING[state]] for record in strict]
                self.wrong(f"{node} is answered, but its counters say {told} {state}, and {listed[state]} are listed")

    def states(self):
        """The states that are asked for and can be counted."""
        argv = self.plan.argv
        if "missing" in argv:
            return {"Missing"}
        return {"Missing", "Failed"} if self.plan.kind == "cve" else set(DECIDING)

    def counted(self):
        return [DECIDING[state] for state in self.states()]

    def judge_cve(self, read):
        self.judge_patches(read)
        if self.plan.format != "json":
            return
        for told in read["Exposure"]:
            judged = {entry["InstanceId"] for kind in ("Open", "NotJudged") for entry in told[kind]}
            for node in self.ids or ():
                if node not in judged:
                    self.answered(node)
                    for flaw in self.bytes.doubts((ACCOUNT, REGION), node, lambda record: self.bytes.old(record, self.plan.max_age, self.now)):
                        self.wrong(f"{node} is not exposed, but {flaw}")

    def judge_check(self, read):
        if self.plan.format != "json":
            return
        status = {0: "PASS", 1: "FAIL", 3: "UNKNOWN"}.get(self.code)
        if status and read["Status"] != status:
            self.wrong(f"exit {self.code}, and it is {read['Status']}")
        if self.ids and read["Summary"]["Nodes"] != len(self.ids):
            self.wrong(f"{read['Summary']['Nodes']} nodes asked, not {len(self.ids)}")
        if (compliant := read["Summary"]["Compliant"]) > (good := self.good_nodes()):
            self.wrong(f"{compliant} nodes are compliant, by the bytes {good}")

    def judge_estimate(self, read):
        if self.plan.format == "json" and self.ids and read["Summary"]["Nodes"] != len(self.ids):
            self.wrong(f"{read['Summary']['Nodes']} nodes asked, not {len(self.ids)}")

    # -- the gate

    def passed(self):
        """Every node gives the gate what its rules need."""
        if self.ids:
            nodes = {((ACCOUNT, REGION), node) for node in self.ids}
        elif self.plan.ids == "all":
            nodes = {(place, node) for place, nodes in self.bytes.listed.items() for node in nodes if is_id(node)}
        else:
            return
        if not nodes:
            self.wrong("the gate passed without any node")
        found = []
        if self.plan.rules == ("compliant<60%",):
            good = sum(not self.bytes.compliant(*key, self.plan.max_age, self.now) for key in nodes)
            if good * 100 < 60 * len(nodes):
                found = [f"by the bytes, {good} of {len(nodes)} nodes are compliant"]
        else:
            found = [f"{node} in {place}: {doubt}" for place, node in sorted(nodes) for doubt in self.doubts(place, node)]
        for one in found[:3]:
            self.wrong(f"the gate passed, but {one[:300]}")

    def doubts(self, place, node):
        rules, found = set(self.plan.rules), []
        patterns = WAIVERS.get(self.plan.waivers, [])
        judge = lambda states, *more: self.bytes.unwaived(place, node, patterns, states, *more)
        if rules & {"non-compliant"}:
            if patterns:
                found += judge([*DECIDING, "AvailableSecurityUpdate"])
            else:
                age = self.plan.max_age if "stale" in rules else None
                found += self.bytes.compliant(place, node, age, self.now)
        if "stale" in rules:
            found += self.bytes.doubts(place, node, lambda record: self.bytes.old(record, self.plan.max_age, self.now))
        if "missing>0" in rules:
            found += judge(["Missing"])
        for rule, state in (("failed>0", "Failed"), ("rejected>0", "InstalledRejected"), ("pending-reboot>0", "InstalledPendingReboot")):
            if rule in rules:
                found += judge([state])
        if "missing>=critical" in rules:
            found += judge(["Missing"], BELOW)
        # A node that was never scanned was not scanned with another baseline: it is enough that the service says so.
        needed = {"no-data", "unapproved>0", "patch-older-than 30d"} if (place, node) in self.bytes.without else {"no-data", "baseline-differs", "unapproved>0", "patch-older-than 30d"}
        if rules & needed:
            found += self.bytes.doubts(place, node, lambda record: [])
        return found


def is_id(text):
    return re.fullmatch(r"i-(\w{8}|\w{17})|mi-\w{17}|i-\d{3}", text, re.ASCII) is not None


def peak(pid):
    """The most memory a process held so far, in bytes."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM")), 0)
    except (OSError, ValueError):
        return 0


CALM = {}


def calm(patchctl):
    """The nodes of the sample fleet on which nothing is amiss: gates over them can pass."""
    if not CALM:
        with Region(patchctl) as region:
            done = region.run("states", "--all", "-o", "json", "--max-age", "none", check=0)
        rows = json.loads(done.stdout)["InstancePatchStates"]
        CALM["ids"] = {row["InstanceId"] for row in rows if row["Verdict"] == "COMPLIANT"}
    return CALM["ids"]


def one(patchctl, server, seed, number, keep):
    """Makes one run and tells it in a few numbers."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        plan = Plan(seed, number, folder)
        run = Run(patchctl, server, plan, folder)
        try:
            run.check()
        except Exception:
            run.wrong("the check broke down: " + " / ".join(traceback.format_exc().strip().splitlines()[-4:]))
        planted = run.plant() if not run.problems else Counter()
        if run.problems and keep:
            save(run, seed)
        verdicts = Counter(re.findall(rb"\b(COMPLIANT|NON_COMPLIANT|STALE|NO_DATA|UNREAD)\b", run.stdout)) if plan.kind == "states" else Counter()
        return {"number": number, "command": " ".join(plan.argv), "problems": run.problems, "mutated": run.mutated, "planted": planted, "answers": run.answers,
                "code": run.code, "kind": plan.kind, "format": plan.format, "seconds": run.seconds, "memory": run.memory,
                "verdicts": Counter({word.decode(): times for word, times in verdicts.items()})}


def save(run, seed):
    """Everything that is needed to look at a finding again."""
    folder = KEPT / f"{seed}-{run.plan.number}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "bytes").mkdir(parents=True)
    again = f"python .ci/hostile.py PATCHCTL --seed {seed} --run {run.plan.number}"
    server = " ".join(map(str, ["demo", "serve", *run.plan.server()]))
    settings = {name: run.env[name] for name in ("AWS_MAX_ATTEMPTS", "AWS_ENDPOINT_URL")}
    (folder / "finding.txt").write_text("\n".join([*run.problems, "", f"again:   {again}", f"server:  patchctl {server}", f"command: patchctl {' '.join(run.plan.argv)}",
                                                   f"with:    {settings}", f"exit:    {run.code}, {run.seconds:.1f} s, {run.memory >> 20} MiB", ""]))
    for name in ("stdin", "stdout", "stderr", "waivers.toml"):
        file = os.path.join(run.folder, name)
        if os.path.exists(file) and os.path.getsize(file) <= MOST_OUTPUT:
            shutil.copy(file, folder / name)
    for at, exchange in enumerate(run.exchanges):
        name = f"{at:04}-{re.sub('[^A-Za-z]', '', exchange.operation)}"
        (folder / "bytes" / f"{name}.request").write_bytes(b"\r\n\r\n".join(exchange.request))
        (folder / "bytes" / f"{name}.answer").write_bytes(exchange.answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patchctl", type=os.path.abspath)
    parser.add_argument("--answers", type=int, default=2000, help="end after so many mutated answers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--run", type=int, help="only this run")
    parser.add_argument("--server", type=os.path.abspath, help="another build, for the demo server")
    args = parser.parse_args()
    started, sums = time.monotonic(), Counter()
    mutated, verdicts, codes, kinds, planted = Counter(), Counter(), Counter(), Counter(), Counter()
    slowest = largest = 0
    numbers = iter([args.run]) if args.run is not None else iter(range(1_000_000))
    with ProcessPoolExecutor(args.jobs) as pool:
        running = set()
        while True:
            while len(running) < 2 * args.jobs and mutated.total() < args.answers and (number := next(numbers, None)) is not None:
                running.add(pool.submit(one, args.patchctl, args.server or args.patchctl, args.seed, number, sums["failed"] < 100))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for result in (future.result() for future in done):
                mutated += result["mutated"]
                verdicts += result["verdicts"]
                planted += result["planted"]
                codes[f"exit {result['code']}"] += 1
                kinds[f"{result['kind']} {result['format']}"] += 1
                sums["answers"] += result["answers"]
                sums["failed" if result["problems"] else "passed"] += 1
                slowest, largest = max(slowest, result["seconds"]), max(largest, result["memory"])
                if result["problems"]:
                    print(f"FAIL run {result['number']}: {result['command']}", flush=True)
                    for problem in result["problems"][:4]:
                        print(f"       {problem[:400]}")
    tell = lambda what, counter: print(f"{what}: " + ", ".join(f"{count} {name}" for name, count in sorted(counter.items(), key=lambda one: -one[1])))
    tell(f"{sums['answers']} answers, {mutated.total()} of them mutated", mutated)
    tell(f"{sums['passed'] + sums['failed']} runs", kinds)
    tell("they ended with", codes)
    tell("verdicts of states", verdicts)
    tell("lies planted in what was printed, to test this program", planted)
    print(f"the slowest took {slowest:.1f} s, the largest held {largest >> 20} MiB")
    if sums["failed"]:
        print(f"findings are under {KEPT.relative_to(ROOT)}/, each with its bytes and the command that repeats it; seed {args.seed}")
    print(f"{sums['passed']} passed, {sums['failed']} failed, {time.monotonic() - started:.0f} s")
    return 1 if sums["failed"] or not sums["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
