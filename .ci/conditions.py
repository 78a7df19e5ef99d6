"""The rows that `--where`, `--verdict` and the short forms leave, by the grammar of docs/output.md, a second time.

Knows the grammar, and which conditions are put to a fleet; the rows themselves are those of reference.py. Written from the documentation and not from
the Rust code. `Conditions` compares the rows of `states` and `patches`, and what the document says of those that are hidden.
"""

import json
import re
from datetime import datetime, timedelta, timezone

import reference
import rule
from reference import PATCH_FIELDS, STATE_FIELDS

# Longest first, or `!=` would be read as `=`.
SYMBOLS = ("!=", "<=", ">=", "!~", "=", "<", ">", "~")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
VERDICTS = ("COMPLIANT", "NON_COMPLIANT", "STALE", "NO_DATA", "UNREAD")
SHORT = {"--non-compliant": "NON_COMPLIANT", "--stale": "STALE", "--no-data": "NO_DATA"}


def kind(column):
    if column == "InstanceIds":
        return "list"
    if column.endswith("Count") or column == "Unapproved" or column.startswith("Nodes"):
        return "count"
    if column.endswith("Time") or column == "LastScan":
        return "time"
    return {"Age": "age", "SeverityLevel": "severity", "RebootPending": "flag", "CVEIds": "list", "Verdict": "word", "State": "word"}.get(column, "text")


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def span(text):
    return sum((timedelta(**{UNITS[unit]: int(count)}) for count, unit in re.findall(r"(\d+)([mhdw])", text)), timedelta())


def pattern(text):
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in text), re.IGNORECASE | re.DOTALL)


class Where:
    """One condition: does a row meet it? None where that is not known."""

    def __init__(self, text):
        self.text = text
        if known := re.fullmatch(r"(\w+) is (known|unknown)", text):
            self.column, self.symbol, self.value = known[1], "is", known[2]
        else:
            self.column, rest = re.match(r"(\w+)(.*)", text).groups()
            self.symbol = next(symbol for symbol in SYMBOLS if rest.startswith(symbol))
            self.value = rest[len(self.symbol):]

    def holds(self, row):
        value = row.get(self.column)
        if self.symbol == "is":
            is_known = value is not None and value != "Unrated"
            return is_known == (self.value == "known")
        if value is None:
            return None
        if self.symbol in ("<", "<=", ">", ">="):
            return self.ordered(row, value)
        found = any(self.equals(value, one) for one in self.value.split(","))
        return found != self.symbol.startswith("!")

    def ordered(self, row, value):
        side = self.side(row, value)
        return None if side is None else {"<": side < 0, "<=": side <= 0, ">": side > 0, ">=": side >= 0}[self.symbol]

    def side(self, row, value):
        """Below (-1), at (0) or above (1) the value of the condition."""
        match kind(self.column):
            case "count":
                one, other = value, int(self.value)
            case "time":
                return self.side_of_time(instant(value), self.value)
            case "age":
                one, other = row.age(), span(self.value)
            case "severity":
                if value == "Unrated":
                    return None
                one, other = rule.SCALE.index(value), rule.SCALE.index(rule.ALIKE[self.value.lower()])
        return (one > other) - (one < other)

    def side_of_time(self, time, text):
        if len(text) > 10:
            return (time > instant(text)) - (time < instant(text))
        day = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
        return -1 if time < day else int(time >= day + timedelta(days=1))

    def equals(self, value, wanted):
        match kind(self.column):
            case "count":
                return value == int(wanted)
            case "time":
                return self.side_of_time(instant(value), wanted) == 0
            case "flag":
                return value == (wanted.lower() == "true")
            case "severity":
                return value == rule.ALIKE.get(wanted.lower(), "Unrated")
            case "word" if "~" not in self.symbol:
                return reference.fold(value) == reference.fold(wanted)
            case "list":
                return any(self.is_like(entry, wanted) for entry in value)
        return self.is_like(value, wanted)

    def is_like(self, text, wanted):
        return bool(pattern(wanted).fullmatch(text)) if "~" in self.symbol else text.lower() == wanted.lower()


class Aged(dict):
    """A row that knows the age of its last scan to the second."""

    def age(self):
        return rule.moment() - instant(self["LastScan"])


def typed(flags):
    """The conditions of these flags: the short forms of verdicts are one list, and the rest is AND."""
    verdicts, conditions = [], []
    words = iter(flags)
    for flag in words:
        if flag in SHORT:
            verdicts.append(SHORT[flag])
        elif flag == "--verdict":
            verdicts += next(words).upper().replace("-", "_").split(",")
        elif flag == "--reboot-pending":
            conditions.append("RebootPending=true")
        else:
            conditions.append(next(words))
    if verdicts:
        listed = [word.lower().replace("_", "-") for word in VERDICTS if word in verdicts]
        conditions.insert(0, f"Verdict={','.join(listed)}")
    return [Where(text) for text in conditions]


def sift(rows, conditions, is_kept, lacks_data):
    """The rows that are shown, and what RowFilter has to say."""
    shown, counts = [], {"Shown": 0, "Hidden": 0, "HiddenNoData": 0, "HiddenUnknown": 0}
    for row in rows:
        met = [(one, one.holds(Aged(row))) for one in conditions]
        if is_kept(row) or all(held for _, held in met):
            shown.append(row)
            continue
        counts["Hidden"] += 1
        # There is no verdict on a node without data, so its verdict does not settle that it is not meant.
        if any(held is False and not (lacks_data(row) and one.column == "Verdict") for one, held in met):
            continue
        counts["HiddenNoData" if lacks_data(row) else "HiddenUnknown"] += 1
    counts["Shown"] = len(shown)
    return shown, {"Conditions": [one.text for one in conditions]} | counts


class Conditions:
    """The comparisons on one fleet, which `conformance.Fleet` has read."""

    def __init__(self, fleet):
        self.fleet, self.checks, self.region = fleet, fleet.checks, fleet.region

    def states(self, *flags, extra=()):
        fleet, conditions = self.fleet, typed(flags)
        ids = [*fleet.ids[:2], *extra, *fleet.ids[2:]]
        rows = fleet.rows(ids, extra)
        shown, counts = sift(rows, conditions, lambda row: row["Verdict"] == "UNREAD", lambda row: row["Verdict"] == "NO_DATA")
        unread = any(row["Verdict"] == "UNREAD" for row in rows)
        what = f"states {' '.join(flags)}, {len(shown)} of {len(rows)} rows"
        out = {form: fleet.run("states", form, ids, 3 if unread else 0, *flags) for form in ("json", "ndjson")}
        document = json.loads(out["json"])
        problems = self.checks.rows(document["InstancePatchStates"], shown, STATE_FIELDS)
        count = lambda *words: sum(row["Verdict"] in words for row in rows)
        summary = {"Nodes": len(rows), "NoData": count("NO_DATA"), "Unread": count("UNREAD"), "Rows": len(shown), "Hidden": counts["Hidden"],
                   "Compliant": count("COMPLIANT"), "NonCompliant": count("NON_COMPLIANT"), "Stale": count("STALE")}
        named = lambda verdict: [row["InstanceId"] for row in rows if row["Verdict"] == verdict]
        problems += fleet.tail(document, named("NO_DATA"), named("UNREAD"), summary) + self.told(document, counts)
        fleet.check(f"{what}, JSON", problems + fleet.valid("states", document))
        lines = [json.loads(line) for line in out["ndjson"].splitlines()]
        fleet.check(f"{what}, NDJSON", self.checks.rows(lines, shown, STATE_FIELDS))

    def with_refused(self, *flags):
        """What could not be read stays."""
        self.states(*flags, extra=["i-nope"])

    def patches(self, *flags):
        fleet = self.fleet
        rows = [reference.patch_row(node, row) for node, row in fleet.all]
        shown, counts = sift(rows, typed(flags), lambda row: False, lambda row: False)
        document = json.loads(fleet.run("patches", "json", fleet.ids, 0, *flags))
        problems = self.checks.rows(document["Patches"], shown, PATCH_FIELDS) + self.told(document, counts)
        got = {key: document["Summary"][key] for key in ("Rows", "Hidden")}
        if got != {"Rows": len(shown), "Hidden": counts["Hidden"]}:
            problems.append(f"Summary is {document['Summary']}; {counts}")
        fleet.check(f"patches {' '.join(flags)}, {len(shown)} of {len(rows)} rows, JSON", problems + fleet.valid("patches", document))

    def told(self, document, counts):
        told = document.get("RowFilter")
        return [] if told == counts else [f"RowFilter is {told}, not {counts}"]

    def everything(self):
        where = lambda *conditions: [word for one in conditions for word in ("--where", one)]
        section = lambda run, *flags: self.checks.section(f"{self.fleet.name}: {run.__name__} {' '.join(flags)}", run, *flags)
        rows = self.fleet.rows(self.fleet.ids)
        middle = lambda field: sorted(row[field] for row in rows if row[field] is not None)[len(rows) // 3]
        scan, group, baseline = middle("LastScan"), middle("PatchGroup"), middle("BaselineId")
        for flags in (
            ["--non-compliant"], ["--stale"], ["--no-data"], ["--reboot-pending"], ["--stale", "--no-data"], ["--verdict", "compliant"],
            ["--verdict", "non-compliant,stale"], ["--verdict", "no-data", "--non-compliant"], ["--non-compliant", "--reboot-pending"],
            where("MissingCount>0"), where("MissingCount>=2", "FailedCount=0"), where("MissingCount<=1"), where("MissingCount!=0,1"),
            where("InstalledCount<20"), where("InstalledRejectedCount is unknown"), where("AvailableSecurityUpdateCount>0"), where("Unapproved=0"),
            where(f"LastScan>={scan}"), where(f"LastScan<{scan[:10]}"), where(f"LastScan={scan[:10]}"), where(f"LastScan!={scan[:10]}"),
            where("LastScan is unknown"), where(f"OperationEndTime<={scan[:10]}"), where("RebootPending=false"), where("RebootPending!=false"),
            where("Verdict!=compliant"), where("Verdict=STALE,no_data"), where(f"PatchGroup={group.upper()}"), where(f"PatchGroup!={group},"),
            where("PatchGroup~prod-*"), where("PatchGroup!~*-??,w*"), where("PatchGroup="), where("Operation=scan"), where("RebootOption is known"),
            where(f"BaselineId={baseline}"), where("InstanceId~mi-*"), where("InstanceId~*a*", "MissingCount>0", "Verdict=non-compliant"),
            *(where(f"Age{symbol}{hours}h") for symbol in ("<", ">") for hours in self.calm_hours()),
        ):
            section(self.states, *flags)
        section(self.with_refused, "--stale")
        section(self.with_refused, *where("MissingCount>0"))
        cve = next(row["CVEIds"] for _, row in self.fleet.all if row.get("CVEIds")).split(",")[0]
        installed = sorted(time for _, row in self.fleet.all if (time := rule.known(row.get("InstalledTime"))))
        day = installed[len(installed) // 2][:10]
        for flags in (
            where("SeverityLevel>=important"), where("SeverityLevel<High"), where("SeverityLevel=unrated,low"), where("SeverityLevel!=critical"),
            where("SeverityLevel is unknown"), where("State=missing"), where("State!=Installed,not-applicable"), where("State~*ing*"),
            where("Classification=security"), where("Severity~*rit*"), where("Title~*server*"), where("Title!~*update*", "State=Missing"),
            where("KBId~KB50*"), where(f"InstalledTime>={day}"), where(f"InstalledTime<{day}T12:00:00Z"), where("InstalledTime is unknown"),
            where(f"CVEIds={cve.lower()}"), where("CVEIds~CVE-2026-*"), where(f"CVEIds!={cve}"), where("CVEIds is known", "SeverityLevel>low"),
        ):
            section(self.patches, *flags)

    def calm_hours(self):
        """Ages in hours that no scan is about to pass."""
        ages = sorted(rule.moment() - rule.last_scan(record) for record in self.fleet.records.values() if rule.last_scan(record))
        hour, calm = timedelta(hours=1), timedelta(minutes=5)
        middle = ages[len(ages) // 2] // hour
        hours = (hours for hours in range(middle + 1, middle + 2000) if all(abs(age - hours * hour) > calm for age in ages))
        return [next(hours, 10_000)]
