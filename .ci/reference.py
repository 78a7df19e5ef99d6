"""What patchctl has to print, worked out a second time from what boto3 reads.

Knows the documented fields and spellings, and which rows an answer has; the rules that lead to a verdict are in rule.py.
Written apart from the Rust code on purpose: it must not be made from it, or both would be wrong alike.
"""

import os
import re
import time

os.environ["TZ"] = "UTC"  # before boto3 turns the year 1 into a local time
time.tzset()

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import boto3
from botocore.config import Config

import rule
from region import KEYS
from rule import NON_COMPLIANT, WEEK, Words, known, moment

BATCH = PAGE = 50
PLACE = {"Region": "eu-west-1", "AccountId": None}
STATE_FIELDS = """InstanceId Region AccountId Verdict Reasons LastScan Age Unapproved RebootPending PatchGroup BaselineId SnapshotId InstallOverrideList
    OwnerInformation InstalledCount InstalledOtherCount InstalledPendingRebootCount InstalledRejectedCount MissingCount
    FailedCount UnreportedNotApplicableCount NotApplicableCount AvailableSecurityUpdateCount OperationStartTime
    OperationEndTime Operation LastNoRebootInstallOperationTime RebootOption CriticalNonCompliantCount
    SecurityNonCompliantCount OtherNonCompliantCount""".split()
PATCH_FIELDS = "InstanceId Region AccountId Title KBId Classification Severity SeverityLevel State InstalledTime CVEIds Note".split()
STATES = """Installed InstalledOther InstalledPendingReboot InstalledRejected Missing NotApplicable Failed
    AvailableSecurityUpdate""".split()


def client(url, **config):
    """boto3's client of SSM, with its own checks off, so that the service's are met."""
    config = Config(parameter_validation=False, proxies={}, max_pool_connections=64, **config)
    return boto3.client(
        "ssm",
        endpoint_url=url,
        region_name=KEYS["AWS_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        config=config,
    )


def read_states(ssm, ids):
    """Every record boto3 gets, by node id."""
    pages = ssm.get_paginator("describe_instance_patch_states")
    records = {}
    for at in range(0, len(ids), BATCH):
        for page in pages.paginate(InstanceIds=ids[at : at + BATCH], PaginationConfig={"PageSize": PAGE}):
            for record in page["InstancePatchStates"]:
                assert record["InstanceId"] not in records, "a node was answered twice"
                records[record["InstanceId"]] = record
    return records


def read_platforms(ssm):
    """The name of each node's operating system, where the inventory or the list of running nodes tells it."""
    pages = ssm.get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": PAGE})
    running = {node["InstanceId"]: node.get("PlatformName") for page in pages for node in page["InstanceInformationList"]}
    pages = ssm.get_paginator("get_inventory").paginate(PaginationConfig={"PageSize": PAGE})
    entities = [entity for page in pages for entity in page["Entities"]]
    stored = {entity["Id"]: entity["Data"]["AWS:InstanceInformation"]["Content"][0].get("PlatformName") for entity in entities}
    return stored | running


def read_patches(ssm, ids, platforms, filters=None):
    """Every row boto3 gets, as a list per node, in the order of `ids`; each with its level on the one scale."""
    pages = ssm.get_paginator("describe_instance_patches")
    more = {"Filters": filters} if filters else {}

    def one(node):
        answer = pages.paginate(InstanceId=node, PaginationConfig={"PageSize": PAGE}, **more)
        rows = [row for page in answer for row in page["Patches"]]
        return [row | {"SeverityLevel": rule.level(row, platforms.get(node))} for row in rows]

    with ThreadPoolExecutor(8) as pool:
        return dict(zip(ids, pool.map(one, ids)))


class StateRow(dict):
    """A row of `states`, as it was when it was made; some of it changes as time goes by. `make` takes the time it is."""

    # Who takes two clocks' whole seconds from one another is as much too early or too late.
    READING = timedelta(seconds=1)

    def __init__(self, make, made=None):
        self.make, self.made = make, made or moment()
        super().__init__(make(self.made))

    def __or__(self, more):
        return StateRow(lambda now: self.make(now) | more, self.made)

    def ends(self):
        """The row at the earliest and the latest moment at which patchctl may have read its clock; age only grows between."""
        return [self.make(self.made - self.READING), self.make(moment() + self.READING)]


def state_row(node, record, baselines, max_age=WEEK):
    """The row of `states`; `baselines` is what `rule.read_baselines` gave, `max_age` None where any age will do."""

    def make(now):
        verdict, reasons = rule.judge(record, baselines, max_age, now)
        told = record or {}
        last = rule.last_scan(told)
        reboot = known(told.get("InstalledPendingRebootCount"))
        fields = {field: known(told.get(field)) for field in STATE_FIELDS}
        return fields | PLACE | {
            "InstanceId": node,
            "Verdict": verdict,
            "Reasons": reasons,
            "LastScan": known(last),
            "Age": None if last is None else (now - last).days,
            "Unapproved": fields["AvailableSecurityUpdateCount"],
            "RebootPending": None if reboot is None else reboot > 0,
        }

    return StateRow(make)


def fits(row, field, value):
    """Is this JSON value right? What was right when the row was made is, and what is right now, after the run."""
    return accepts(row[field], value) or isinstance(row, StateRow) and any(accepts(at[field], value) for at in row.ends())


def accepts(want, value):
    return want.fit(value) if isinstance(want, Words) else value == want and type(value) is type(want)


def fits_cell(row, field, cell):
    """Is this cell of CSV right?"""
    return accepts_cell(row[field], cell) or isinstance(row, StateRow) and any(accepts_cell(at[field], cell) for at in row.ends())


def accepts_cell(want, cell):
    return want.fit(cell) if isinstance(want, Words) else cell == csv_cell(want)


def patch_row(node, row):
    fields = {field: known(row.get(field)) for field in PATCH_FIELDS}
    cves = row.get("CVEIds")
    listed = None if cves is None else [cve for cve in cves.split(",") if cve]
    return fields | PLACE | {"InstanceId": node, "CVEIds": listed, "Note": None}


def note_row(node):
    return dict.fromkeys(PATCH_FIELDS) | PLACE | {"InstanceId": node}


def fold(word):
    """Case, `_`, `-` and spaces do not matter."""
    return "".join(c for c in (word or "").lower() if c not in "_-" and not c.isspace())


class Ask:
    """One question to `patches`: its flags, and which rows pass by the documented rule."""

    # Values of one flag are OR, flags are AND.
    FIELDS = {"--severity": "Severity", "--classification": "Classification", "--kb": "KBId", "--state": "State"}

    # On `--cve` alone, the states in which AWS tells CVE ids; `--min-severity` means that level and those above.
    def __init__(self, *flags):
        self.flags = list(flags)
        self.name = " ".join(flags) or "no filter"
        self.asked = {}
        words = iter(flags)
        for flag in words:
            values = list(NON_COMPLIANT) if flag == "--non-compliant" else next(words).split(",")
            self.asked.setdefault(flag.replace("--non-compliant", "--state"), set()).update(map(fold, values))
        if "--cve" in self.asked:
            self.asked.setdefault("--state", {"missing", "failed"})
        self.by_state = "--state" in self.asked

    def passes(self, row):
        return all(self.has(row, flag, values) for flag, values in self.asked.items())

    def has(self, row, flag, values):
        if flag == "--cve":
            return any(fold(cve) in values for cve in (row.get("CVEIds") or "").split(",") if cve)
        if flag == "--min-severity":
            return any(rule.is_at_least(row["SeverityLevel"], value) for value in values)
        return fold(row.get(self.FIELDS[flag])) in values

    def without(self, flag):
        """The same question without one of its flags."""
        other = Ask(*self.flags)
        other.asked.pop(flag)
        return other


def questions(rows):
    """The questions to put to a fleet that holds these rows: their values are taken from it."""
    found = lambda wanted: next((row for row in rows if wanted(row)), {})
    windows = found(lambda r: r.get("State") == "Missing" and r.get("KBId", "").startswith("KB")).get("KBId")
    package = found(lambda r: r.get("State") == "Missing" and not r.get("KBId", "KB").startswith("KB")).get("KBId")
    cve = found(lambda r: "," in (r.get("CVEIds") or "")).get("CVEIds", "").split(",")[-1]
    asks = [Ask("--state", state) for state in STATES]
    asks += [
        Ask(),
        Ask("--state", "missing,FAILED", "--state", "installed_pending-reboot"),
        Ask("--non-compliant"),
        Ask("--severity", "critical"),
        Ask("--severity", "CRITICAL,important,Medium"),
        Ask("--classification", "security-updates"),
        Ask("--classification", "Security,Bugfix"),
        Ask("--non-compliant", "--severity", "critical,important"),
        Ask("--state", "Missing", "--classification", "SecurityUpdates,security", "--severity", "Critical"),
        Ask("--kb", "KB1"),
        *(Ask("--min-severity", level) for level in ("critical", "High", "MODERATE", "low")),
        Ask("--min-severity", "important", "--non-compliant"),
        Ask("--min-severity", "medium", "--severity", "important,low", "--state", "Missing,Installed"),
    ]
    if windows:
        asks += [Ask("--kb", windows), Ask("--kb", windows.lower(), "--state", "Missing")]
    if package:
        asks += [Ask("--kb", package), Ask("--kb", package.upper(), "--non-compliant")]
    if windows and package:
        asks.append(Ask("--kb", f"{windows},{package}"))
    if cve:
        asks += [Ask("--cve", cve), Ask("--cve", cve.lower(), "--state", "Missing"), Ask("--cve", cve, "--state", ",".join(STATES)),
                 Ask("--cve", cve, "--min-severity", "low")]
    return asks, [kb for kb in (windows, package) if kb]


SIGN = "([=+@\uff1d\uff0b\uff0d\uff20-])"
HIDDEN = "\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\U000e0000-\U000e007f"
CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029]")
NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
BEHIND_SEPARATOR = re.compile(rf"((?:^|[,;|:^~\"'`]|[\0-\x1f\x7f-\x9f]|[^\S ]|[{HIDDEN}]) *){SIGN}")
BEHIND_SPACE = re.compile(f"( ){SIGN}(?! )")


def csv_cell(value):
    """How a JSON value stands in CSV: formulas get an apostrophe, numbers do not; controls are named; a flag is true or false."""
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value).lower()
    text = ",".join(value) if isinstance(value, list) else value
    text = BEHIND_SEPARATOR.sub(r"\1'\2", text)
    text = BEHIND_SPACE.sub(r"\1'\2", text)
    return CONTROL.sub(lambda control: NAMED.get(control[0], f"\\u{{{ord(control[0]):x}}}"), text)
