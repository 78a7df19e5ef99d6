"""`summary`, `patches --by` and what `patches --cve` says of exposure, against groups made in Python of what boto3 reads.

Knows what docs/verdicts.md and docs/patches-and-cves.md say of groups, their order and their sums. How a single node is judged is in rule.py,
which row a patch has in reference.py.
"""

import json
import math
from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction

import reference
import rule
from conditions import Where, sift
from fleet import World, parsed
from reference import Ask, StateRow
from rule import NON_COMPLIANT, Words, known

FORMATS = ("json", "ndjson", "csv")
SUMS = {"MissingCount": "MissingUnreported", "FailedCount": "FailedUnreported", "InstalledRejectedCount": "InstalledRejectedUnreported",
        "InstalledPendingRebootCount": "InstalledPendingRebootUnreported",
        "AvailableSecurityUpdateCount": "AvailableSecurityUpdateUnreported"}
VERDICTS = {"COMPLIANT": "Compliant", "NON_COMPLIANT": "NonCompliant", "STALE": "Stale", "NO_DATA": "NoData", "UNREAD": "Unread"}
NOBODY = {"NONE": "(none)", "UNKNOWN": "(unknown)", "TOTAL": "(all)"}
SUMMARY_FIELDS = """By Group GroupValue GroupKind Nodes CompliantPercent Compliant NonCompliant Stale NoData Unread UnreadScopes AlsoStale
    MissingNodes MissingCount MissingUnreported FailedCount FailedUnreported InstalledRejectedCount InstalledRejectedUnreported
    InstalledPendingRebootCount InstalledPendingRebootUnreported RebootNodes AvailableSecurityUpdateCount
    AvailableSecurityUpdateUnreported OldestScan OldestAge Undated""".split()
# With two keys, the second has columns behind those of the first.
TWO_KEYS = [*SUMMARY_FIELDS[:4], "Group2", "GroupValue2", "GroupKind2", *SUMMARY_FIELDS[4:]]
# The states that are counted, in the order of their columns; those that no version knows cannot be asked for.
COUNTED = """Missing Failed InstalledRejected InstalledPendingReboot AvailableSecurityUpdate Installed InstalledOther
    NotApplicable""".split()
# What is counted unless states are asked for.
USUAL = NON_COMPLIANT | {"AvailableSecurityUpdate"}
# Who lacks a patch; who has one that was rejected since does not.
LACKING = {"Missing", "Failed", "InstalledPendingReboot", "AvailableSecurityUpdate"}
COUNT_FIELDS = ["InstanceId", "Region", "AccountId", "KBId", "CVEId", "SeverityLevel", "Classification", "NodesLacking", "NodesRead",
                *(f"Nodes{state}" for state in COUNTED), "NodesUnknownState", *(f"{state}Count" for state in COUNTED), "UnknownStateCount",
                "PatchCount", "Title", "InstanceIds", "Note"]
LEVELS = ("Critical", "Important", "Medium", "Low", "Unrated")


class Groups:
    """One region as boto3 reads it, and the comparisons."""

    def __init__(self, checks, region, name, schemas):
        self.checks, self.region, self.name, self.schemas = checks, region, name, schemas
        self.place = World(region.url).place(None, "eu-west-1")
        self.nodes = sorted(self.place.managed())
        self.patches = reference.read_patches(self.place.ssm, self.nodes, self.place.platforms)
        self.read = [node for node in self.nodes if node in self.place.records or self.patches[node]]
        self.unread = any(self.place.row(node)["Verdict"] == "UNREAD" for node in self.nodes)
        hours = self.calm_age()
        self.age, self.max_age = (f"{hours}h", timedelta(hours=hours)) if hours else ("none", None)

    def check(self, what, problems):
        self.checks.that(f"{self.name}: {what}", problems)

    def valid(self, kind, document):
        errors = self.schemas[kind].iter_errors(document)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error, _ in zip(errors, range(3))]

    def calm_age(self):
        """Hours that no scan is about to pass while a group is counted, but a part of them has passed."""
        ages = sorted(rule.moment() - rule.last_scan(record) for record in self.place.records.values())
        middle, calm = ages[len(ages) // 2] // timedelta(hours=1), timedelta(minutes=5)
        for hours in range(middle, middle + 2000):
            if all(abs(age - timedelta(hours=hours)) > calm for age in ages):
                return hours
        return None

    def compare(self, what, form, text, wanted, fields, in_order=True):
        rows = parsed(form, "Groups", text)
        if not in_order:
            rows, wanted = (sorted(some, key=lambda row: row["InstanceId"]) for some in (rows, wanted))
        problems = [] if len(rows) == len(wanted) else [f"{len(rows)} rows, not {len(wanted)}"]
        fits = reference.fits_cell if form == "csv" else reference.fits
        for at, (row, right) in enumerate(zip(rows, wanted)):
            if list(row) != fields:
                return self.check(what, f"row {at}: fields {list(row)}")
            problems += [f"row {at}: {field} is {row[field]!r}, not {right[field]!r}" for field in fields if not fits(right, field, row[field])]
        self.check(f"{what}, {form}: {len(wanted)} rows", problems)

    # -- summary

    def summary(self, by):
        rows = [self.place.row(node, self.max_age) for node in self.nodes]
        groups = defaultdict(list)
        keys = by.split(",")
        for row in rows:
            groups[tuple(self.value(key, row) for key in keys)].append(row)
        wanted = [self.summed(by, values, members) for values, members in groups.items()]
        # The worst first: the least share, of like shares more nodes that are not compliant, then by name, the first key's first.
        kinds = ["NAMED", "NONE", "UNKNOWN"]
        name = lambda g, nth="": (kinds.index(g[f"GroupKind{nth}"]), g[f"GroupValue{nth}"] or "")
        names = lambda g: (name(g), name(g, "2")) if len(keys) > 1 else (name(g),)
        wanted.sort(key=lambda g: (Fraction(g["Compliant"], g["Nodes"]), g["Compliant"] - g["Nodes"], names(g)))
        total = self.summed(by, [("TOTAL", None)] + [(None, None)] * (len(keys) - 1), rows)
        fields = SUMMARY_FIELDS if len(keys) == 1 else TWO_KEYS
        for form in FORMATS:
            done = self.region.run("summary", "--all", "--by", by, "--max-age", self.age, "-o", form, check=3 if self.unread else 0)
            text = done.stdout.decode()
            what = f"summary --by {by} --max-age {self.age}"
            self.compare(what, form, text, wanted, fields)
            if form == "json":
                document = json.loads(text)
                odd = [f for f in fields if not reference.fits(total, f, document["Total"].get(f))]
                problems = [f"Total: {field} is {document['Total'].get(field)!r}, not {total[field]!r}" for field in odd]
                self.check(f"{what}, the total and the schema", problems + self.valid("summary", document))

    def value(self, by, row):
        """What a node is grouped by: whether that is known, and the value."""
        node = row["InstanceId"]
        record = self.place.records.get(node)
        if by in ("patch-group", "baseline"):
            if record is None:
                return "UNKNOWN", None
            value = record.get("PatchGroup" if by == "patch-group" else "BaselineId")
        elif by == "platform":
            value = self.platform(node)
        elif by.startswith("tag:"):
            value = self.tags(node).get(by[4:])
        else:
            value = row[{"region": "Region", "account": "AccountId", "verdict": "Verdict"}[by]]
            if value is None:
                return "UNKNOWN", None
        return ("NAMED", value) if value else ("NONE", None)

    def platform(self, node):
        told = self.place.listed.get(node) or self.place.inventory.get(node)
        if told is None:
            return "Windows" if self.place.instances[node].get("Platform") == "windows" else "Linux"
        name, version = told["PlatformName"], told["PlatformVersion"]
        # Windows has its version in its name, and the number of a build beside it.
        return name.removeprefix("Microsoft ") if told["PlatformType"] == "Windows" else f"{name} {version}"

    def called(self, node):
        """Its tag Name, or the name of its activation."""
        hybrid = self.place.listed.get(node, {}) if node.startswith("mi-") else self.place.tags(node)
        return hybrid.get("Name")

    def tags(self, node):
        if not node.startswith("mi-"):
            return self.place.tags(node)
        told = self.place.ssm.list_tags_for_resource(ResourceType="ManagedInstance", ResourceId=node)
        return {tag["Key"]: tag["Value"] for tag in told["TagList"]}

    def summed(self, by, values, rows):
        """A group: all but the age of its oldest scan is settled, as no scan is near the age that is asked about."""
        records = [self.place.records[row["InstanceId"]] for row in rows if row["InstanceId"] in self.place.records]
        verdicts = Counter(row["Verdict"] for row in rows)
        scans = [scan for record in records if (scan := rule.last_scan(record))]
        old = [row for row in rows if row["InstanceId"] in self.place.records and row["Verdict"] != "STALE"
               and rule.is_stale(self.place.records[row["InstanceId"]], self.max_age, rule.moment())]
        counted = lambda field: [count for record in records if (count := known(record.get(field))) is not None]
        # What nobody reports is not known.
        above = lambda field: sum(count > 0 for count in counted(field)) if counted(field) else None
        (kind, value), *second = values
        fields = {"By": by, "Group": NOBODY.get(kind, value), "GroupValue": value, "GroupKind": kind}
        for kind, value in second:
            fields |= {"Group2": NOBODY.get(kind, value), "GroupValue2": value, "GroupKind2": kind}
        fields |= {"Nodes": len(rows), "UnreadScopes": 0,
                  "CompliantPercent": math.floor(Fraction(1000 * verdicts["COMPLIANT"], len(rows))) / 10,
                  "AlsoStale": len(old), "MissingNodes": above("MissingCount"), "RebootNodes": above("InstalledPendingRebootCount"),
                  "OldestScan": known(min(scans)) if scans else None, "Undated": len(records) - len(scans)}
        fields |= {column: verdicts[verdict] for verdict, column in VERDICTS.items()}
        for field, silent in SUMS.items():
            told = [count for record in records if (count := known(record.get(field))) is not None]
            fields |= {field: sum(told) if told else None, silent: len(records) - len(told)}
        return StateRow(lambda now: fields | {"OldestAge": (now - min(scans)).days if scans else None})

    # -- patches --by

    def counts(self, by, *flags, where=()):
        ask = Ask(*flags)
        asked = ask.asked.setdefault("--state", {reference.fold(state) for state in USUAL})
        states = [state for state in COUNTED if reference.fold(state) in asked]
        groups = defaultdict(list)
        for node in self.nodes:
            rows = [row for row in self.patches[node] if ask.passes(row)]
            if by == "node" and node in self.read:
                groups[node] += []
            for row in rows:
                for key in self.keys(by, node, row):
                    groups[key].append((node, row))
        wanted = [self.counted(by, key, members, states) for key, members in groups.items()]
        wanted.sort(key=lambda group: self.place_of(by, group, groups))
        wanted, sifted = sift(wanted, [Where(text) for text in where], lambda group: False, lambda group: False)
        flags += tuple(word for text in where for word in ("--where", text))
        without = [node for node in self.nodes if node not in self.read]
        notes = [dict.fromkeys(COUNT_FIELDS) | {"InstanceId": node, "Region": "eu-west-1", "Note": Words()} for node in without]
        # In a spreadsheet, the nodes of a fleet have names.
        named = [*COUNT_FIELDS[:3], "Name", *COUNT_FIELDS[3:]] if by == "node" else COUNT_FIELDS
        wanted, notes = ([row | {"Name": row["InstanceId"] and self.called(row["InstanceId"])} for row in some] for some in (wanted, notes))
        what = " ".join(("patches --by", by, *flags))
        # Which node comes first is documented of those that lack something, and nothing else is counted as a rule.
        in_order = by != "node" or set(states) <= USUAL
        for form in FORMATS:
            text = self.region.run("patches", "--all", "--by", by, *flags, "-o", form, check=0).stdout.decode()
            self.compare(what, form, text, wanted if form == "json" else wanted + notes, named if form == "csv" else COUNT_FIELDS, in_order)
            if form == "json":
                document = json.loads(text)
                listed = sum(ask.passes(row) for node in self.nodes for row in self.patches[node])
                told = (document["By"], document["Summary"]["Patches"], document["Summary"]["Rows"], document["NoData"])
                problems = [] if told == (by, listed, len(wanted), without) else [f"{told}, not {(by, listed, len(wanted), without)}"]
                if where and document["RowFilter"] != sifted:
                    problems.append(f"RowFilter is {document['RowFilter']}, not {sifted}")
                self.check(f"{what}, what stands below and the schema", problems + self.valid("pivot", document))

    def keys(self, by, node, row):
        if by == "cve":
            return set(cves(row)) or {None}
        return {{"kb": row.get("KBId") or None, "node": node, "severity": row["SeverityLevel"]}[by]}

    def counted(self, by, key, members, states):
        of = lambda state: [node for node, row in members if row.get("State") == state]
        lacking = {node for state in set(states) & LACKING for node in of(state)}
        first = lambda field: min((row[field] for _, row in members if row.get(field)), default=None) if by in ("kb", "cve") else None
        # Who could lack one patch: the nodes of the systems on which it was counted.
        systems = {self.place.platforms.get(node) for node, _ in members}
        could = [node for node in self.read if by not in ("kb", "cve") or self.place.platforms.get(node) in systems]
        group = dict.fromkeys(COUNT_FIELDS) | {
            "SeverityLevel": min((row["SeverityLevel"] for _, row in members), key=LEVELS.index, default=None),
            "Classification": first("Classification"), "Title": first("Title"), "NodesLacking": len(lacking) if set(states) & LACKING else None, "NodesRead": len(could),
            "PatchCount": len(members), "InstanceIds": sorted(lacking) if set(states) & LACKING else None}
        group |= {f"Nodes{state}": len(set(of(state))) for state in states} | {f"{state}Count": len(of(state)) for state in states}
        if by == "node":
            return group | {"InstanceId": key, "Region": "eu-west-1"}
        if by in ("kb", "cve"):
            return group | {{"kb": "KBId", "cve": "CVEId"}[by]: key, "Note": None if key else Words()}
        return group

    def place_of(self, by, group, groups):
        """What most nodes lack first, then the most severe, then by id; those without an id last. Nodes: the worst first."""
        if by == "severity":
            return LEVELS.index(group["SeverityLevel"])
        if by == "node":
            rows = [row for _, row in groups[group["InstanceId"]]]
            lacked = sum(row.get("State") in LACKING for row in rows)
            return not lacked, min((LEVELS.index(row["SeverityLevel"]) for row in rows), default=len(LEVELS)), -lacked, group["InstanceId"]
        key = group["KBId"] or group["CVEId"]
        return key is None, -group["NodesLacking"], LEVELS.index(group["SeverityLevel"]), key or ""

    # -- exposure to a CVE

    def exposure(self, cve, *flags):
        done = self.region.run("patches", "--all", "--cve", cve, "--max-age", self.age, *flags, "-o", "json", check=0)
        document = json.loads(done.stdout)
        wanted = {node: self.exposed(node, cve) for node in self.nodes}
        (told,) = document["Exposure"]
        got = dict.fromkeys(self.nodes, "not seen to lack it")
        got |= {entry["InstanceId"]: entry["Code"] for entry in told["NotJudged"]} | {entry["InstanceId"]: "Open" for entry in told["Open"]}
        problems = [f"{node} is {got[node]}, not {right}" for node, right in wanted.items() if got[node] != right]
        ids = [entry["InstanceId"] for kind in ("Open", "NotJudged") for entry in told[kind]]
        problems += [f"{node} is told twice" for node, times in Counter(ids).items() if times > 1] + self.valid("patches", document)
        found = ", ".join(f"{count} {code}" for code, count in sorted(Counter(wanted.values()).items()))
        self.check(f"exposure to {' '.join((cve, *flags))}, node by node: {found}", problems)

    def exposed(self, node, cve):
        """Does the node lack the fix, or the strongest reason why that cannot be said."""
        rows, record, system = self.patches[node], self.place.records.get(node), self.place.platforms.get(node)
        if any(cve in cves(row) and row.get("State") in ("Missing", "Failed") for row in rows):
            return "Open"
        if node not in self.read:
            return "NoData"
        if record and self.max_age and not rule.last_scan(record):
            return "UnknownScanAge"
        if record and rule.is_stale(record, self.max_age, rule.moment()):
            return "Stale"
        if not system:
            return "UnknownPlatform"
        if system.startswith(("Debian", "Ubuntu", "macOS")):
            return "NoCveData"
        if any(row.get("State") in ("Missing", "Failed") and not cves(row) for row in rows):
            return "PatchesWithoutCves"
        count = lambda name: known((record or {}).get(name))
        listed = Counter(row.get("State") for row in rows)
        if any((count(f"{state}Count") or 0) > listed[state] for state in ("Missing", "Failed")):
            return "UnlistedPatches"
        states = {row.get("State") for row in rows}
        if "AvailableSecurityUpdate" in states:
            return "UnapprovedUpdates"
        if "InstalledPendingReboot" in states:
            return "PendingReboot"
        counters = ["MissingCount", "FailedCount", "InstalledPendingRebootCount"]
        if "Windows" in system:
            counters.append("AvailableSecurityUpdateCount")
        return "MissingCounter" if any(count(name) is None for name in counters) else "not seen to lack it"

    def everything(self):
        section = lambda name, run, *args: self.checks.section(f"{self.name}: {name}", run, *args)
        for by in ("patch-group", "platform", "region", "account", "baseline", "verdict", "tag:Env", "tag:Nonesuch",
                   "account,region", "tag:Env,platform", "tag:Team,tag:Env", "verdict,patch-group", "tag:Nonesuch,baseline"):
            section(f"summary --by {by}", self.summary, by)
        for by in ("kb", "node", "severity", "cve"):
            for flags in ((), ("--non-compliant",), ("--state", "Missing,Installed,available-security-update"), ("--non-compliant", "--min-severity", "important")):
                section(f"patches --by {by}", self.counts, by, *flags)
        for by, *where in (("kb", "NodesLacking>=3"), ("kb", "SeverityLevel>=important", "NodesLacking>1"), ("cve", "CVEId~CVE-2026-*"),
                           ("node", "MissingCount>2"), ("severity", "SeverityLevel is known"), ("kb", "InstanceIds~*a*"), ("kb", "NodesFailed=0")):
            section(f"patches --by {by} --where {where}", lambda by=by, where=where: self.counts(by, where=where))
        named = sorted({cve for rows in self.patches.values() for row in rows for cve in cves(row)})
        for cve, *flags in ((named[0],), (named[len(named) // 2], "--state", "Missing"), ("CVE-1999-0001",)):
            section(f"exposure to {cve}", self.exposure, cve, *flags)


def cves(row):
    return [cve for cve in (row.get("CVEIds") or "").split(",") if cve]
