"""Verdicts on thousands of nodes, node by node: what rule.py says of boto3's records, and what patchctl says.

Knows which fleets there are, and how many nodes of each kind one has to hold for the comparison to prove anything. Must
not know the rule. Scans get older while they are compared, so the ages that part them are measured.
"""

import json
from collections import Counter
from datetime import timedelta

import reference
import rule
from reference import PLACE, STATE_FIELDS
from region import Region

SIZE = 5000
# Few patches each: the counters are what is judged.
FLEETS = [
    ("--seed", 1, "--patches", 30),
    ("--seed", 7, "--patches", 90, "--missing-one-in", 7, "--unscanned-one-in", 9),
    ("--seed", 23, "--patches", 12, "--missing-one-in", 60, "--stopped-one-in", 4),
]
DENIED = ("--deny", "ssm:GetPatchBaseline")


class Verdicts:
    """A fleet as boto3 reads it, and the comparisons."""

    def __init__(self, checks, region, name):
        self.checks, self.region, self.name = checks, region, name
        self.ids = sorted(region.nodes())
        self.ssm = reference.client(region.url)
        self.records = reference.read_states(self.ssm, self.ids)
        self.baselines = rule.read_baselines(self.ssm, self.records)

    def check(self, what, problems):
        self.checks.that(f"verdicts, {self.name}: {what}", problems)

    def holds(self, what, counts, least):
        """A fleet without such nodes would prove nothing."""
        few = [f"{counts[key]} {key}, not {count} or more" for key, count in least.items() if counts[key] < count]
        told = ", ".join(f"{count} {key}" for key, count in sorted(counts.items(), key=str))
        self.check(f"it holds {what}: {told}", few)

    def ages(self, *shares):
        """The ages that so many of the scans are younger than, to the hour."""
        now = rule.moment()
        ages = sorted(now - rule.last_scan(record) for record in self.records.values())
        return [-(-ages[int(len(ages) * share)] // timedelta(hours=1)) for share in shares]

    def compare(self, form="json", age="7d", max_age=rule.WEEK):
        """Every node's row, and what the document says below them. Gives the verdicts that patchctl told."""
        wanted = [reference.state_row(node, self.records.get(node), self.baselines, max_age) for node in self.ids]
        unread = any(row["Verdict"] == "UNREAD" for row in wanted)
        flags = ["--max-age", age] if age != "7d" else []
        done = self.region.run("states", "-", "-q", "-o", form, *flags, ids=self.ids, check=3 if unread else 0).stdout
        if form == "json":
            document = json.loads(done)
            rows = document["InstancePatchStates"]
        else:
            rows = [json.loads(line) for line in done.splitlines()]
        problems = self.checks.rows(rows, wanted, STATE_FIELDS)
        verdicts = Counter(row["Verdict"] for row in rows)
        if form == "json":
            problems += self.told(document, rows, verdicts)
            self.document = document
        self.check(f"every row of {len(self.ids)} nodes, {form}, --max-age {age}", problems)
        return verdicts

    def told(self, document, rows, verdicts):
        """The rows are compared; what is said below them has to follow from them."""
        named = lambda verdict: [row["InstanceId"] for row in rows if row["Verdict"] == verdict]
        answered = [verdicts[word] for word in ("COMPLIANT", "NON_COMPLIANT", "STALE")]
        summary = dict(zip(("Compliant", "NonCompliant", "Stale"), answered))
        summary |= {"Nodes": len(rows), "Answered": sum(answered), "NoData": verdicts["NO_DATA"], "Unread": verdicts["UNREAD"],
                    "UnreadScopes": 0, "Rows": len(rows), "Hidden": 0}
        problems = [] if document["Summary"] == summary else [f"Summary is {document['Summary']}, not {summary}"]
        for key, told, verdict in (("NoData", document["NoData"], "NO_DATA"),
                                   ("Unread", [entry["InstanceId"] for entry in document["Unread"]], "UNREAD")):
            problems += [] if told == named(verdict) else [f"{key} names {len(told)} nodes, not {len(named(verdict))}, or others"]
        return problems

    def conflicts(self):
        """Ages change nothing of them, so one document is enough."""
        right = rule.conflicts(self.ids, self.records, self.baselines, PLACE)
        self.check(f"{len(right)} conflicts of baselines", rule.differ(self.document["BaselineConflicts"], right))

    def hanging(self):
        """The baseline and ruling of each node on which nothing is amiss but security updates that wait."""
        found = Counter()
        for record in self.records.values():
            if rule.waiting(record) and not any(record.get(key) for key, _ in rule.DECIDING):
                found[str(self.baselines[record["BaselineId"]].ruling)] += 1
        return found

    # -- the same of every fleet

    def generated(self, unscanned):
        self.holds("nodes where only security updates wait, by ruling", self.hanging(), {"COMPLIANT": 50, "NON_COMPLIANT": 100})
        seen = self.compare(age="none", max_age=None)
        self.holds("verdicts where any age will do", seen, {"COMPLIANT": 1000, "NON_COMPLIANT": 200, "NO_DATA": unscanned})
        for form in ("json", "ndjson"):
            self.compare(form)
        for hours in self.ages(0.3, 0.95):
            seen = self.compare(age=f"{hours}h", max_age=timedelta(hours=hours))
            self.holds(f"verdicts at {hours}h", seen, {"COMPLIANT": 100, "STALE": 100, "NON_COMPLIANT": 200, "NO_DATA": unscanned})
        self.compare("ndjson", age="36h", max_age=timedelta(hours=36))
        self.compare("ndjson", age="30d", max_age=timedelta(days=30))
        self.conflicts()

    def sample(self):
        self.holds("each ruling on nodes where only security updates wait", self.hanging(),
                   {"COMPLIANT": 1, "NON_COMPLIANT": 2, "None": 1, rule.GONE: 1})
        seen = self.compare(age="none", max_age=None)
        self.holds("verdicts where any age will do", seen, {"COMPLIANT": 10, "NON_COMPLIANT": 10, "NO_DATA": 5})
        for hours in self.ages(0.2, 0.8):
            seen = self.compare(age=f"{hours}h", max_age=timedelta(hours=hours))
            self.holds(f"verdicts at {hours}h", seen, {"COMPLIANT": 1, "STALE": 1, "NON_COMPLIANT": 10, "NO_DATA": 5})
        self.conflicts()

    def denied(self, least):
        """Nobody is compliant by luck: what hangs on a baseline that may not be read is unread."""
        self.holds("nodes that hang on a baseline", self.hanging(), {rule.UNREADABLE: least})
        seen = self.compare(age="none", max_age=None)
        self.checks.equal(f"verdicts, {self.name}: all of them are unread", seen["UNREAD"], self.hanging()[rule.UNREADABLE])
        self.compare()
        self.conflicts()


def check_verdicts(checks, patchctl):
    def one(flags, name, run, *args):
        with Region(patchctl, *flags) as region:
            run(Verdicts(checks, region, name), *args)

    checks.section("verdicts, sample", one, (), "sample", Verdicts.sample)
    checks.section("verdicts, sample, denied", one, DENIED, "sample, GetPatchBaseline denied", Verdicts.denied, 5)
    for shape in FLEETS:
        name = " ".join(map(str, ("--nodes", SIZE, *shape)))
        unscanned = 500 if "--unscanned-one-in" in shape else 0
        checks.section(f"verdicts, {name}", one, ("--nodes", SIZE, *shape), name, Verdicts.generated, unscanned)
    denied = ("--nodes", SIZE, *FLEETS[0], *DENIED)
    checks.section("verdicts, denied", one, denied, f"{SIZE} nodes, GetPatchBaseline denied", Verdicts.denied, 150)
