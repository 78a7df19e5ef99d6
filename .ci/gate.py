"""`check` against each rule worked out in Python: which nodes fail it, for which its status is unknown, and the exit code.

Knows the rules of docs/gate-and-waivers.md and when a rule is UNKNOWN. How a single node is judged is in rule.py.
"""

import json
import re
from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction
from functools import cached_property

import rule
from groups import LACKING, Groups
from region import Region
from rule import known

COUNTERS = {"missing": "MissingCount", "failed": "FailedCount", "rejected": "InstalledRejectedCount", "pending-reboot": "InstalledPendingRebootCount"}
STATES = {"missing": "Missing", "failed": "Failed", "rejected": "InstalledRejected", "pending-reboot": "InstalledPendingReboot"}
EXITS = {"PASS": 0, "FAIL": 1, "UNKNOWN": 3}
USUAL = ("non-compliant", "stale", "no-data", "unread")
# The products by which AWS lists patches of Windows, by the name that nodes tell of their system.
PRODUCTS = {"2016": "WindowsServer2016", "2019": "WindowsServer2019", "2022": "WindowsServer2022",
            "2025": "MicrosoftServerOperatingSystem-24H2"}


class Gate(Groups):
    """One region as boto3 reads it, and the gates over it. A scan that is about to get too old is out of the way: see `calm_age`."""

    def rows(self):
        return {node: self.place.row(node, self.max_age) for node in self.nodes}

    def says(self, one, node, row):
        """What a rule says of a node: PASS, FAIL or UNKNOWN."""
        verdict, record = row["Verdict"], self.place.records.get(node)
        if one == "no-data":
            if self.is_partly_unread(row, record):
                return "UNKNOWN"
            return {"NO_DATA": "FAIL", "UNREAD": "UNKNOWN"}.get(verdict, "PASS")
        failed = self.is_failed(one, node, row, record) if record else None
        if failed:
            return "FAIL"
        # What could not be read may break any rule, and so may a node of which there is nothing to judge that one by.
        return "UNKNOWN" if verdict == "UNREAD" or failed is None else "PASS"

    def is_partly_unread(self, row, record):
        """A non-compliant node with security updates whose baseline could not be read: it may say nothing of them."""
        if row["Verdict"] != "NON_COMPLIANT" or not rule.waiting(record):
            return False
        return self.place.baselines[record["BaselineId"]].ruling == rule.UNREADABLE

    def is_failed(self, one, node, row, record):
        """None where the data does not tell."""
        if one == "unread":
            return False
        if one == "non-compliant":
            return {"NON_COMPLIANT": True, "NO_DATA": None}.get(row["Verdict"], False)
        if one == "stale":
            return rule.is_stale(record, self.max_age, rule.moment())
        if one.startswith(("overdue", "due-within")):
            return self.is_due(one, node, record)
        if "older-than" in one:
            return self.is_old(one, node, record)
        word, operator, value = next(one.partition(op) for op in (">=", ">") if op in one)
        count = known(record.get(COUNTERS[word]))
        if value.isdigit():
            return None if count is None else count >= int(value) + (operator == ">")
        rows = [patch for patch in self.patches[node] if patch.get("State") == STATES[word]]
        if any(rule.is_at_least(patch["SeverityLevel"], value) for patch in rows):
            return True
        return None if count is None or count > len(rows) else False

    @cached_property
    def releases(self):
        """What AWS lists of the KB numbers of patches: their titles, products and dates."""
        kbs = sorted({patch["KBId"] for rows in self.patches.values() for patch in rows if re.fullmatch(r"KB\d+", patch.get("KBId") or "")})
        found = defaultdict(list)
        pages = self.place.ssm.get_paginator("describe_available_patches")
        for at in range(0, len(kbs), 20):
            for page in pages.paginate(Filters=[{"Key": "PATCH_ID", "Values": kbs[at:at + 20]}]):
                for row in page["Patches"]:
                    found[row["KbNumber"]].append(row)
        return found

    def released(self, node, patch):
        """When a patch came out: its KB number, title and product say so together, or nothing does."""
        rows = [row for row in self.releases[patch.get("KBId")] if patch.get("Title") and row["Title"] == patch["Title"]]
        system = self.place.platforms.get(node) or ""
        own = [row for row in rows if any(year in system and row["Product"] == product for year, product in PRODUCTS.items())]
        return min((row["ReleaseDate"] for row in own or rows), default=None)

    def is_old(self, one, node, record):
        """`missing>=critical older-than 30d`, and `patch-older-than 30d`, which is about any that is missing."""
        what, days = one.replace("patch-older-than", "missing>0 older-than").split(" older-than ")
        word, _, least = what.partition(">=") if ">=" in what else what.partition(">")
        listed = [patch for patch in self.patches[node] if patch.get("State") == STATES[word]]
        rows = [patch for patch in listed if least.isdigit() or rule.is_at_least(patch["SeverityLevel"], least)]
        dates = [self.released(node, patch) for patch in rows]
        limit = rule.moment() - timedelta(days=int(days.removesuffix("d")))
        if any(date and date < limit for date in dates):
            return True
        if None in dates and self.unknown_age != "ignore":
            return {"fail": True, "unknown": None}[self.unknown_age]
        count = known(record.get(COUNTERS[word]))
        return None if count is None or count > len(listed) else False

    def is_due(self, one, node, record):
        """`overdue>0`, and `due-within 7d`, which is about any that is overdue by then."""
        most = int(one.removeprefix("overdue>")) if one.startswith("overdue") else 0
        ahead = timedelta(days=int(one.removeprefix("due-within ").removesuffix("d")) if one.startswith("due") else 0)
        listed = [patch for patch in self.patches[node] if patch.get("State") in LACKING]
        due = defaultdict(list)
        for patch in listed:
            if patch["SeverityLevel"] in self.limits:
                due[patch.get("KBId"), patch.get("Title")].append((self.released(node, patch), self.limits[patch["SeverityLevel"]]))
        now = rule.moment()
        late = {name for name, rows in due.items() if any(date and date + limit < now + ahead for date, limit in rows)}
        unknown = {name for name, rows in due.items() if any(date is None for date, _ in rows)} if self.unknown_age != "ignore" else set()
        if len(late) > most or self.unknown_age == "fail" and len(late) + len(unknown) > most:
            return True
        unlisted = 0
        for state in LACKING:
            count = known(record.get(f"{state}Count"))
            if count is None and state == "AvailableSecurityUpdate" and "Windows" not in (self.place.platforms.get(node) or "Windows"):
                count = 0
            if count is None:
                return None
            unlisted += max(count - sum(patch["State"] == state for patch in listed), 0)
        return None if len(late) + len(unknown) + unlisted > most else False

    # Time limits by severity, and as they are typed.
    limits = {"Critical": timedelta(days=7), "Important": timedelta(days=30)}
    sla = "critical=7d,important=30d"

    def share(self, one, rows):
        """`compliant<95%`: nodes that are unread may all be compliant."""
        least = Fraction(one.removeprefix("compliant<").removesuffix("%"))
        verdicts = Counter(row["Verdict"] for row in rows.values())
        percent = lambda count: Fraction(100 * count, len(rows))
        if percent(verdicts["COMPLIANT"] + verdicts["UNREAD"]) < least:
            return "FAIL"
        return "PASS" if percent(verdicts["COMPLIANT"]) >= least else "UNKNOWN"

    # What a patch of unknown age means.
    unknown_age = "unknown"

    def gate(self, *rules, unknown_age=None):
        """A gate of these rules; without any, of the usual ones. Gives its status."""
        self.unknown_age = unknown_age or "unknown"
        rows = self.rows()
        # A node that is unread is told in any case, for it may break any rule.
        unread = {node for node, row in rows.items() if row["Verdict"] == "UNREAD"}
        failed, unsaid = {}, set(unread)
        for one in rules or USUAL:
            if one.startswith("compliant"):
                told = self.share(one, rows)
                failed[one] = {None} if told == "FAIL" else set()
                unsaid |= {None} if told == "UNKNOWN" else set()
                continue
            said = {node: self.says(one, node, row) for node, row in rows.items()}
            failed[one] = {node for node in said if said[node] == "FAIL"}
            # Where there is nothing to judge by, `no-data` breaks the gate if it is among the rules; `unread` never does.
            told = lambda node: one == "no-data" or one != "unread" and ("no-data" not in (rules or USUAL) or rows[node]["Verdict"] != "NO_DATA")
            unsaid |= {node for node in said if said[node] == "UNKNOWN" and told(node)}
        status = "FAIL" if any(failed.values()) else "UNKNOWN" if unsaid else "PASS"
        flags = [word for one in rules for word in ("--fail-on", one)] + (["--unknown-age", unknown_age] if unknown_age else [])
        flags += ["--sla", self.sla] if any(one.startswith(("overdue", "due-within")) for one in rules) else []
        done = self.region.run("check", "--all", "--max-age", self.age, *flags, "-o", "json", check=EXITS[status])
        document = json.loads(done.stdout)
        found = lambda kind, findings: {finding["InstanceId"] for finding in findings if finding["Status"] == kind}
        got = {one["Rule"]: found("FAIL", one["Findings"]) for one in document["Rules"]}
        problems = [] if document["Status"] == status else [f"it is {document['Status']}, not {status}"]
        for one in failed | got:
            problems += nodes(f"{one}: failed by", got.get(one, set()), failed.get(one, set()))
        cannot = {node for one in document["Rules"] for node in found("UNKNOWN", one["Findings"])}
        problems += nodes("unknown for", cannot, unsaid)
        told = Counter(row["Verdict"] for row in rows.values())
        summary = {"Nodes": len(rows), "Compliant": told["COMPLIANT"], "NonCompliant": told["NON_COMPLIANT"], "Stale": told["STALE"],
                   "NoData": told["NO_DATA"], "Unread": told["UNREAD"]}
        problems += [f"{key} is {document['Summary'][key]}, not {count}" for key, count in summary.items() if document["Summary"][key] != count]
        counted = ", ".join(f"{one}: {len(nodes)}" for one, nodes in failed.items())
        flag = f" --unknown-age {unknown_age}" if unknown_age else ""
        self.check(f"check --fail-on {','.join(rules) or 'the usual'}{flag}, {status}; failed by {counted}; unknown for {len(unsaid)}",
                   problems + self.valid("check", document))
        return status

    def edge(self):
        """The share that the fleet has, in whole percent, is enough, and one more is not."""
        rows = self.rows().values()
        compliant = sum(row["Verdict"] == "COMPLIANT" for row in rows)
        percent = Fraction(100 * compliant, len(rows))
        return f"compliant<{int(percent)}%", f"compliant<{int(percent) + 1}%"

    def everything(self, *status):
        """`status`: what gates have to come to at least once, or nothing was proven."""
        rules = ["non-compliant", "stale", "no-data", "missing>=critical", "missing>0", "missing>=3", "pending-reboot>3", "rejected>=1",
                 "failed>=medium", "failed>100", "compliant<95%", *self.edge()]
        seen = set()
        for gate in ((), *((one,) for one in rules), ("missing>=critical", "stale", "no-data"), ("failed>100", "no-data")):
            self.checks.section(f"{self.name}: check {gate}", lambda: seen.add(self.gate(*gate)))
        aged = ["patch-older-than 30d", "missing>=critical older-than 30d", "missing>=important older-than 5d", "failed>0 older-than 5d",
                "overdue>0", "overdue>1", "due-within 7d", "due-within 30d"]
        for one in aged:
            for meaning in (None, "fail", "ignore", "unknown"):
                section = f"{self.name}: check {one}, unknown age {meaning}"
                self.checks.section(section, lambda: seen.add(self.gate(one, "no-data", unknown_age=meaning)))
        self.check(f"gates that end with {', '.join(sorted(seen))}", [f"none is {one}" for one in status if one not in seen])


def nodes(what, got, wanted):
    return [f"{what} {node}, which is not told" for node in sorted(wanted - got, key=str)] + [
        f"{what} {node}, it is told, which is not so" for node in sorted(got - wanted, key=str)]


def check_denied(checks, patchctl, schemas):
    """Where baselines may not be read, what hangs on them may break any rule."""
    for name, shape in (("sample", ()), ("300 generated", ("--nodes", 300, "--patches", 60, "--missing-one-in", 300))):
        with Region(patchctl, *shape, "--deny", "ssm:GetPatchBaseline") as region:
            Gate(checks, region, f"{name}, GetPatchBaseline denied", schemas).everything("FAIL", "UNKNOWN")
