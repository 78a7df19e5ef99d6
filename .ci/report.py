"""The figures of `report -o json`, worked out in Python from `states -o json` and `patches -o json` of the same fleet.

Knows what docs/reports.md says of each figure. What states and patches have to say is in reference.py; the rules are in gate.py.
"""

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from groups import LACKING, LEVELS, USUAL, Groups

SLA = {"Critical": timedelta(days=7), "Important": timedelta(days=30)}
AGES = ((7, "up to 7 days"), (30, "8 to 30 days"), (90, "31 to 90 days"), (None, "over 90 days"))
UNKNOWN = "release date unknown"
VERDICTS = {"COMPLIANT": "Compliant", "NON_COMPLIANT": "NonCompliant", "STALE": "Stale"}
WORST = ("NON_COMPLIANT", "UNREAD", "NO_DATA", "STALE", "COMPLIANT")
COUNTERS = ("MissingCount", "FailedCount", "InstalledRejectedCount", "InstalledPendingRebootCount")


def moment(text):
    return datetime.fromisoformat(text) if text else None


def floor_percent(part, whole):
    return part * 1000 // whole / 10 if whole else None


class Report(Groups):
    """One fleet, and the report of it."""

    def everything(self):
        # Patches are read whatever is known of baselines.
        exits = lambda command: 3 if self.unread and command != "patches" else 0
        done = lambda *args: json.loads(self.region.run(*args, "--all", "-o", "json", check=exits(args[0])).stdout)
        top = 7
        age = ("--max-age", self.age)
        document = done("report", "--sla", "critical=7d,important=30d", "--top", str(top), "--by", "verdict", *age)
        states = done("states", *age)
        patches = done("patches", "--state", ",".join(sorted(USUAL)), "--columns", "+ReleaseDate")
        rows, listed = states["InstancePatchStates"], patches["Patches"]
        now = moment(document["Evidence"]["AskedAt"])
        lacking = [row for row in listed if row["State"] in LACKING]
        for what, problems in (
            ("schema", self.valid("report", document)),
            ("counts", self.counts(document, states, listed)),
            ("nodes", self.ordered(document, rows)),
            ("severities and ages", self.severities(document, lacking, now)),
            ("due dates", self.due_dates(document, lacking, now)),
            ("patches that most nodes lack", self.missing(document, "MissingPatches", lacking, lambda row: [row["KBId"]], top)),
            ("CVEs that most nodes lack the fix of", self.missing(document, "MissingCves", lacking, lambda row: row["CVEIds"] or [], top)),
        ):
            self.check(f"report, {len(rows)} nodes, {len(listed)} patches: {what}", problems)

    def counts(self, document, states, listed):
        rows, said = states["InstancePatchStates"], document["Summary"]
        verdicts = Counter(row["Verdict"] for row in rows)
        wanted = {VERDICTS[verdict]: verdicts[verdict] for verdict in VERDICTS}
        wanted |= {"Nodes": len(rows), "Patches": len(listed), "PendingReboots": sum(bool(row["RebootPending"]) for row in rows)}
        wanted |= {key: states["Summary"][key] for key in ("NoData", "UnreadScopes")}
        problems = [f"{key} is {said[key]}, not {count}" for key, count in wanted.items() if said[key] != count]
        percent = floor_percent(verdicts["COMPLIANT"], len(rows))
        if document["Total"]["CompliantPercent"] != percent:
            problems.append(f"{document['Total']['CompliantPercent']} % are compliant, not {percent} %")
        groups = {group["Group"]: group["Nodes"] for group in document["Groupings"][0]["Groups"]}
        return problems + ([f"by verdict: {groups}, not {dict(verdicts)}"] if groups != dict(verdicts) else [])

    @staticmethod
    def ordered(document, rows):
        worst = lambda row: (WORST.index(row["Verdict"]), -sum(row[key] or 0 for key in COUNTERS), row["InstanceId"])
        wanted = [row["InstanceId"] for row in sorted(rows, key=worst)]
        got = [row["InstanceId"] for row in document["Nodes"]]
        return [] if got == wanted else [f"the order of nodes is {got[:5]} and so on, not {wanted[:5]}"]

    @staticmethod
    def age_class(row, now):
        released = moment(row["ReleaseDate"])
        if released is None or released > now:
            return UNKNOWN
        return next(name for days, name in AGES if days is None or now - released < timedelta(days=days, seconds=1))

    def severities(self, document, lacking, now):
        problems = []
        for said, level in zip(document["Severities"], LEVELS, strict=True):
            rows = [row for row in lacking if row["SeverityLevel"] == level]
            ages = Counter(self.age_class(row, now) for row in rows)
            wanted = {"SeverityLevel": level, "Patches": len(rows), "Nodes": len({row["InstanceId"] for row in rows}),
                      "Ages": [{"Age": name, "Patches": ages[name]} for name in [name for _, name in AGES] + [UNKNOWN]]}
            problems += [f"{said}, not {wanted}"] if said != wanted else []
        return problems

    @staticmethod
    def due_dates(document, lacking, now):
        def counted(rows):
            dates = [(moment(row["ReleaseDate"]), row) for row in rows]
            due = [(date + SLA[row["SeverityLevel"]], row) for date, row in dates if date and date <= now]
            late = [(date, row) for date, row in due if date < now]
            return {"Patches": len(rows), "Within": len(due) - len(late), "Overdue": len(late), "Unknown": len(rows) - len(due),
                    "DueSoon": sum(now <= date <= now + timedelta(days=7) for date, _ in due),
                    "WithinPercent": floor_percent(len(due) - len(late), len(due)),
                    "OverdueNodes": len({row["InstanceId"] for _, row in late})}

        limited = [row for row in lacking if row["SeverityLevel"] in SLA]
        said = document["DueDates"]
        groups = [(said["Total"], limited)]
        groups += [(one, [row for row in limited if row["SeverityLevel"] == one["SeverityLevel"]]) for one in said["Severities"]]
        problems = [f"{len(said['Severities'])} limits"] if len(said["Severities"]) != len(SLA) else []
        for one, rows in groups:
            wanted = counted(rows)
            problems += [f"{one['SeverityLevel']}: {key} is {one[key]}, not {value}" for key, value in wanted.items() if one[key] != value]
        rest = len(lacking) - len(limited)
        return problems + ([f"{said['Unlimited']} without a limit, not {rest}"] if said["Unlimited"] != rest else [])

    @staticmethod
    def missing(document, member, lacking, names, top):
        nodes, levels = defaultdict(set), defaultdict(list)
        for row in lacking:
            for name in filter(None, names(row)):
                nodes[name].add(row["InstanceId"])
                levels[name].append(LEVELS.index(row["SeverityLevel"]))
        # What most nodes lack first, then the most severe, then by name. A rejected patch counts in the severity of no figure here.
        order = sorted(nodes, key=lambda name: (-len(nodes[name]), min(levels[name]), name))
        wanted = [(name, len(nodes[name])) for name in order[:top]]
        key = "KBId" if member == "MissingPatches" else "CVEId"
        got = [(row[key], row["NodesLacking"]) for row in document[member]]
        problems = [] if got == wanted else [f"{got}, not {wanted}"]
        total = document["Summary"][member]
        return problems + ([f"{total} in all, not {len(nodes)}"] if total != len(nodes) else [])
