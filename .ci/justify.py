"""What the recorded bytes justify: which records there are of a node, whether lists were read to their end.

Written from docs/verdicts.md and AWS's documents, not from the Rust code, and it must stay so. Two readings of one page:
a lax one for what may justify a verdict, a strict one for what must not be passed over.
"""

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from fnmatch import fnmatchcase

DECIDING = {"Missing": "MissingCount", "Failed": "FailedCount", "InstalledRejected": "InstalledRejectedCount",
            "InstalledPendingReboot": "InstalledPendingRebootCount"}
CONTRADICTING = ("CriticalNonCompliantCount", "SecurityNonCompliantCount", "OtherNonCompliantCount")
WAITING = "AvailableSecurityUpdateCount"
RULING = "AvailableSecurityUpdatesComplianceStatus"
TEXTS = ("PatchGroup", "BaselineId", "SnapshotId", "InstallOverrideList", "OwnerInformation", "Operation", "RebootOption")
ROW_TEXTS = ("Title", "KBId", "Classification", "Severity", "State", "CVEIds")
LISTS = {"DescribeInstancePatchStates": "InstancePatchStates", "DescribeInstancePatchStatesForPatchGroup": "InstancePatchStates",
         "DescribeInstancePatches": "Patches", "DescribeInstanceInformation": "InstanceInformationList", "GetInventory": "Entities",
         "ListAccounts": "Accounts"}
IDS = {"InstancePatchStates": "InstanceId", "InstanceInformationList": "InstanceId", "Entities": "Id", "Accounts": "Id"}
DAY = 86_400


# Values nested deeper than Python reads; what they hold does not matter, and what stands around them does.
DEEP = [(re.compile(b"((?:%s){99,})(%s)((?:%s){99,})" % tuple(map(re.escape, parts))), *parts)
        for parts in ((b"[", b"", b"]"), (b'{"a":', b"1", b"}"), (b"<a>", b"", b"</a>"))]


def shallow(body):
    for deep, opens, inner, closes in DEEP:
        def short(found):
            left, right = len(found[1]) // len(opens), len(found[3]) // len(closes)
            # Some of them may be of the document around it.
            both = min(left, right) - 2
            return opens * (left - both) + inner + closes * (right - both)
        body = deep.sub(short, body)
    return body


class Twice:
    """A member that stands twice: it has no value."""


def pairs(members):
    found = {}
    for name, value in members:
        found[name] = Twice() if name in found else value
    return found


def refuse(word):
    raise ValueError(word)


def document(exchange):
    """The JSON of a complete answer with status 200; None where there is none."""
    if exchange.status != 200 or exchange.body is None:
        return None
    try:
        read = json.loads(shallow(exchange.body).decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def is_text(value):
    """Has it only whole characters? Half of one can be written as an escape, and is no text."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def page(exchange):
    """The rows and the token of a page; None when it is not the document that was asked for."""
    read = document(exchange)
    if read is None:
        return None
    name = LISTS[exchange.operation]
    rows, token = read.get(name), read.get("NextToken")
    if token is not None and not isinstance(token, str):
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    # A number of these rows that no float holds makes the page one to ask for again.
    if name in ("InstancePatchStates", "Patches") and any(isinstance(value, float) and math.isinf(value) for row in rows for value in row.values()):
        return None
    if name in IDS and not all(isinstance(row.get(IDS[name]), str) and row[IDS[name]] for row in rows):
        return None
    return rows, token or None


def is_strict(row, texts):
    return all(row.get(name) is None or isinstance(row[name], str) for name in texts)


def number(value):
    return None if isinstance(value, bool) or not isinstance(value, (int, float)) else value


def count(record, name):
    """A counter that is a whole number, zero or more, or else None."""
    value = number(record.get(name))
    return int(value) if value is not None and 0 <= value < 2**53 and value == int(value) else None


def last_scan(record):
    """When the last scan ended, or else began: seconds, None when that is not told, or `Twice` when it cannot be read."""
    for name in ("OperationEndTime", "OperationStartTime"):
        value = record.get(name)
        if value is None:
            continue
        value = number(value)
        if value is None or value >= 253_402_300_800:
            return Twice
        if value > 0:
            return value
    return None


def bare(baseline):
    return baseline.rpartition("/")[2]


class Bytes:
    """Everything that was answered in one run."""

    def __init__(self, exchanges):
        self.exchanges = exchanges
        self.lax, self.strict = defaultdict(list), defaultdict(list)
        self.patches = defaultdict(list)
        self.rulings = defaultdict(list)
        self.listed = defaultdict(set)
        self.without = set()
        for one in exchanges:
            if one.operation in ("DescribeInstancePatchStates", "DescribeInstancePatchStatesForPatchGroup"):
                self.states(one)
            elif one.operation == "DescribeInstancePatches":
                self.patches[one.place, one.asked.get("InstanceId")].append(one)
            elif one.operation == "GetPatchBaseline":
                read = document(one)
                # One whose ruling is no word rules nothing, and may be asked for again.
                if read is not None and isinstance(read.get("BaselineId"), str) and isinstance(read.get(RULING, ""), str) and is_text(read.get(RULING)):
                    self.rulings[one.place, bare(read["BaselineId"])].append(read.get(RULING))
            elif one.operation == "DescribeInstanceInformation" and (read := page(one)):
                # A page with a member that stands twice is one to ask for again, and the next answer counts.
                if not any(isinstance(value, Twice) for row in read[0] for value in row.values()):
                    self.listed[one.place] |= {row["InstanceId"] for row in read[0]}

    def states(self, one):
        read = page(one)
        if read is None:
            return
        asked = one.asked.get("InstanceIds")
        rows = [row for row in read[0] if asked is None or row["InstanceId"] in asked]
        if read[1] is None and "NextToken" not in one.asked:
            self.without |= {(one.place, node) for node in asked or ()} - {(one.place, row["InstanceId"]) for row in rows}
        strict = len(rows) == len(read[0]) and is_text(rows) and all(is_strict(row, TEXTS) for row in rows) and not any(
            isinstance(value, Twice) for row in rows for value in row.values())
        # A node with two different records in one page is asked for again, alone: these two decide nothing.
        mine = defaultdict(list)
        for row in rows:
            mine[row["InstanceId"]].append(row)
        for row in rows:
            if any(other != row for other in mine[row["InstanceId"]]):
                continue
            key = one.place, row["InstanceId"]
            # A node whose list of patches differs from its counters is read again, alone: the later record counts.
            if asked == [row["InstanceId"]] and self.patches[key]:
                self.lax[key].clear()
                self.strict[key].clear()
            self.lax[key].append(row)
            if strict:
                self.strict[key].append(row)

    # -- one record

    def ruling(self, place, record):
        """What every readable answer about the record's baseline says of updates that wait."""
        baseline = record.get("BaselineId")
        told = self.rulings.get((place, bare(baseline)), []) if isinstance(baseline, str) else []
        return told[0] if told and isinstance(told[0], str) and told.count(told[0]) == len(told) else None

    def flaws(self, place, record, max_age, now):
        """Why this record does not make its node COMPLIANT."""
        found = [f"{name} is {record.get(name)!r}" for name in DECIDING.values() if count(record, name) != 0]
        for name in CONTRADICTING:
            if record.get(name) is not None and count(record, name) != 0:
                found.append(f"{name} is {record[name]!r}")
        waiting = record.get(WAITING)
        if waiting is not None and count(record, WAITING) is None:
            found.append(f"{WAITING} is {waiting!r}")
        elif waiting and self.ruling(place, record) != "COMPLIANT":
            found.append(f"{waiting} updates wait, and its baseline says {self.ruling(place, record)!r}")
        return found + self.old(record, max_age, now)

    def old(self, record, max_age, now):
        scan = last_scan(record)
        if scan is Twice:
            return [f"its times are {record.get('OperationEndTime')!r} and {record.get('OperationStartTime')!r}"]
        if max_age is None:
            return []
        if scan is None:
            return ["nobody knows when it was scanned"]
        # Clocks go on while a run lasts.
        return [f"it was scanned at {scan}"] if not -DAY - 60 < now - scan < max_age + 60 else []

    # -- one node

    def doubts(self, place, node, judge):
        """What speaks against a node in its records, by a judge of single ones; nothing where they are all good."""
        key = place, node
        if not self.lax[key]:
            return ["no readable answer has a record of it"]
        judged = [judge(record) for record in self.lax[key]]
        if all(judged):
            return judged[0]
        return [f"one of {len(self.strict[key])} records says: {flaw}" for record in self.strict[key] for flaw in judge(record)]

    def compliant(self, place, node, max_age, now):
        return self.doubts(place, node, lambda record: self.flaws(place, record, max_age, now))

    def patch_list(self, place, node):
        """The distinct rows of the node's patches; None when they were not read to their end."""
        for answers in groups(self.patches[place, node]):
            rows = follow(answers)
            if rows is not None:
                return {tuple(str(row.get(name)) for name in ("KBId", "Title", "State")): row for row in rows}
        return None

    def unwaived(self, place, node, patterns, states, max_severity=None):
        """Why what the node's counters count is not all listed and waived."""
        rows = self.patch_list(place, node)

        def judge(record):
            wanted = {state: DECIDING[state] for state in states if state in DECIDING}
            if "AvailableSecurityUpdate" in states and self.ruling(place, record) != "COMPLIANT" and record.get(WAITING):
                wanted["AvailableSecurityUpdate"] = WAITING
            found = []
            for state, name in wanted.items():
                told = count(record, name)
                if told is None:
                    found.append(f"{name} is {record.get(name)!r}")
                elif told > 0:
                    mine = [row for (_, _, is_state), row in (rows or {}).items() if is_state == state]
                    good = [row for row in mine if excused(row, patterns, max_severity)]
                    if len(mine) < told:
                        found.append(f"{name} is {told}, and {len(mine)} are listed")
                    if len(good) < len(mine):
                        found.append(f"{len(mine) - len(good)} rows that are {state} are not excused")
            return found

        return self.doubts(place, node, judge)

    # -- lists

    def incomplete(self, operation):
        """The lists of an operation that were asked for and not read to their end. Lookups of ids find no nodes: they add what is
        known of some, and whether instances of EC2 are managed."""
        by_id = lambda one: [entry.get("Key") for entry in one.asked.get("Filters") or ()] == ["InstanceIds"]
        mine = [one for one in self.exchanges if one.operation == operation and not by_id(one)]
        return [f"{operation} in {answers[0].place} was not read to its end" for answers in groups(mine) if follow(answers) is None]


def excused(row, patterns, max_severity):
    if max_severity is not None:
        return str(row.get("Severity") or "").lower() not in max_severity
    return any(fnmatchcase(str(row.get("KBId") or "").lower(), pattern.lower()) for pattern in patterns)


def groups(exchanges):
    """Exchanges that are pages of one list."""
    found = defaultdict(list)
    for one in exchanges:
        rest = {name: value for name, value in one.asked.items() if name not in ("NextToken", "MaxResults")}
        found[one.place, json.dumps(rest, sort_keys=True)].append(one)
    return found.values()


def follow(answers):
    """All rows of a list, from the first page to one without a token; None where a page is not there."""
    pages = {}
    for one in answers:
        read = xml_page(one) if one.service == "ec2" else page(one)
        if read is not None:
            pages.setdefault(one.asked.get("NextToken"), []).append(read)
    rows, token, seen = [], None, set()
    while True:
        if token not in pages or token in seen:
            return None
        seen.add(token)
        # Where a page was answered twice, the last one is what was used.
        found, token = pages[token][-1]
        rows += found
        if token is None:
            return rows


def xml_page(exchange):
    """The instance ids and the token of a page of EC2."""
    if exchange.status != 200 or not exchange.body or b"<!DOCTYPE" in exchange.body:
        return None
    try:
        root = ElementTree.fromstring(shallow(exchange.body))
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    name = root.tag.rpartition("}")[2]
    space = root.tag.removesuffix(name)
    if name != f"{exchange.operation}Response":
        return None
    token = root.find(f"{space}nextToken")
    ids = [one.text for one in root.iter(f"{space}instanceId")]
    return ids, (token.text or None) if token is not None else None
