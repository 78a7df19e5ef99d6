"""What patchctl has to print, worked out a second time from what boto3 reads.

Knows the documented fields, rules and spellings. Written apart from the Rust
code on purpose: it must not be made from it, or both would be wrong alike.
"""

import os
import time

os.environ["TZ"] = "UTC"  # before boto3 turns the year 1 into a local time
time.tzset()

from concurrent.futures import ThreadPoolExecutor
from datetime import timezone

import boto3
from botocore.config import Config

from region import KEYS

BATCH = PAGE = 50
PLACE = {"Region": "eu-west-1", "AccountId": None}
DECIDING = [
    ("MissingCount", "missing"),
    ("FailedCount", "failed"),
    ("InstalledRejectedCount", "rejected"),
    ("InstalledPendingRebootCount", "pending reboot"),
]
STATE_FIELDS = """InstanceId Region AccountId Verdict Reasons PatchGroup BaselineId SnapshotId InstallOverrideList
    OwnerInformation InstalledCount InstalledOtherCount InstalledPendingRebootCount InstalledRejectedCount MissingCount
    FailedCount UnreportedNotApplicableCount NotApplicableCount AvailableSecurityUpdateCount OperationStartTime
    OperationEndTime Operation LastNoRebootInstallOperationTime RebootOption CriticalNonCompliantCount
    SecurityNonCompliantCount OtherNonCompliantCount""".split()
PATCH_FIELDS = "InstanceId Region AccountId Title KBId Classification Severity State InstalledTime CVEIds Note".split()
STATES = """Installed InstalledOther InstalledPendingReboot InstalledRejected Missing NotApplicable Failed
    AvailableSecurityUpdate""".split()
NON_COMPLIANT = {"Missing", "Failed", "InstalledRejected", "InstalledPendingReboot"}


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


def read_patches(ssm, ids, filters=None):
    """Every row boto3 gets, as a list per node, in the order of `ids`."""
    pages = ssm.get_paginator("describe_instance_patches")
    more = {"Filters": filters} if filters else {}

    def one(node):
        answer = pages.paginate(InstanceId=node, PaginationConfig={"PageSize": PAGE}, **more)
        return [row for page in answer for row in page["Patches"]]

    with ThreadPoolExecutor(8) as pool:
        return dict(zip(ids, pool.map(one, ids)))


def known(value):
    """Absent is null, -1 is null; a time at or before 1970 is null, others are RFC 3339 in UTC."""
    if hasattr(value, "isoformat"):
        if value.timestamp() <= 0:
            return None
        value = value.astimezone(timezone.utc)
        fraction = f".{value.microsecond:06}".rstrip("0").rstrip(".")
        return value.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"
    return None if value == -1 else value


def judge(record):
    """AWS's rule, and why. A counter that was not reported is no zero."""
    if record is None:
        return "NO_DATA", None
    reasons = [f"{record[key]} {word}" for key, word in DECIDING if (record.get(key) or 0) > 0]
    updates = record.get("AvailableSecurityUpdateCount") or 0
    if updates > 0:
        reasons.append(f"{updates} security update{'s' if updates > 1 else ''} available")
    verdict = "NON_COMPLIANT" if reasons else "COMPLIANT"
    silent = [f"{word} not reported" for key, word in DECIDING if known(record.get(key)) is None]
    if silent and not reasons:
        verdict = "NO_DATA"
    return verdict, ", ".join(reasons + silent)


def state_row(node, record):
    """The row of `states`. Reasons is None where the wording is patchctl's own."""
    verdict, reasons = judge(record)
    fields = {field: known((record or {}).get(field)) for field in STATE_FIELDS}
    return fields | PLACE | {"InstanceId": node, "Verdict": verdict, "Reasons": reasons}


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

    def __init__(self, *flags):
        self.flags = list(flags)
        self.name = " ".join(flags) or "no filter"
        self.asked = {}
        words = iter(flags)
        for flag in words:
            values = list(NON_COMPLIANT) if flag == "--non-compliant" else next(words).split(",")
            self.asked.setdefault(flag.replace("--non-compliant", "--state"), set()).update(map(fold, values))
        self.by_state = "--state" in self.asked

    def passes(self, row):
        return all(self.has(row, flag, values) for flag, values in self.asked.items())

    def has(self, row, flag, values):
        if flag == "--cve":
            return any(fold(cve) in values for cve in (row.get("CVEIds") or "").split(",") if cve)
        return fold(row.get(self.FIELDS[flag])) in values


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
    ]
    if windows:
        asks += [Ask("--kb", windows), Ask("--kb", windows.lower(), "--state", "Missing")]
    if package:
        asks += [Ask("--kb", package), Ask("--kb", package.upper(), "--non-compliant")]
    if windows and package:
        asks.append(Ask("--kb", f"{windows},{package}"))
    if cve:
        asks += [Ask("--cve", cve), Ask("--cve", cve.lower(), "--state", "Missing,Failed")]
    return asks, [kb for kb in (windows, package) if kb]


def csv_cell(value):
    """How a JSON value stands in CSV: formulas get an apostrophe, numbers do not."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = ",".join(value) if isinstance(value, list) else value
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
