"""The rules that patchctl documents, a second time: verdicts, the scale of severities, baselines that differ.

Knows docs/verdicts.md and docs/patches-and-cves.md (severities), and what AWS documents of baselines. Written from those, not from the Rust code, and
it must stay so, or both would be wrong alike. It does not run patchctl.
"""

from collections import defaultdict
from datetime import datetime, timedelta, timezone

from botocore.exceptions import ClientError

DECIDING = [
    ("MissingCount", "missing"),
    ("FailedCount", "failed"),
    ("InstalledRejectedCount", "rejected"),
    ("InstalledPendingRebootCount", "pending reboot"),
]
# What AWS itself counts as non-compliant, beside the four.
CONTRADICTING = ("CriticalNonCompliantCount", "SecurityNonCompliantCount", "OtherNonCompliantCount")
WEEK = timedelta(days=7)
# Clocks differ; a scan further ahead than this was not made when it says.
AHEAD = timedelta(days=1)
STATUS = "AvailableSecurityUpdatesComplianceStatus"
NON_COMPLIANT = {"Missing", "Failed", "InstalledRejected", "InstalledPendingReboot"}
# In the place of a ruling: a baseline that may not be read, and one that is not there any more.
UNREADABLE, GONE = "UNREADABLE", "GONE"


def moment():
    return datetime.now(timezone.utc)


def known(value):
    """Absent is null, -1 is null; a time at or before 1970 is null, others are RFC 3339 in UTC."""
    if hasattr(value, "isoformat"):
        if value.timestamp() <= 0:
            return None
        value = value.astimezone(timezone.utc)
        fraction = f".{value.microsecond:06}".rstrip("0").rstrip(".")
        return value.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"
    return None if value == -1 else value


class Words:
    """A text that is patchctl's own in part: how it begins, and what the rest of it has to say."""

    def __init__(self, begins="", *says):
        self.begins, self.says = begins, says

    def fit(self, text):
        rest = (text or "").removeprefix(self.begins)
        return bool(text) and text.startswith(self.begins) and all(word in rest for word in self.says)

    def __repr__(self):
        return f"{self.begins!r} and more, about {self.says}"


# -- baselines


class Baseline:
    def __init__(self, ruling, system):
        self.ruling, self.system = ruling, system


def read_baselines(ssm, records):
    """What each baseline of these records says, by bare id, which AWS's own do not go by: they are asked for by their ARN."""
    pages = ssm.get_paginator("describe_patch_baselines").paginate()
    listed = {one["BaselineId"].rpartition("/")[2]: one for page in pages for one in page["BaselineIdentities"]}
    ids = {record["BaselineId"] for record in records.values() if record.get("BaselineId")}
    return {bare: read_baseline(ssm, listed.get(bare, {"BaselineId": bare})) for bare in sorted(ids)}


def read_baseline(ssm, listed):
    """The list tells the system, also where the baseline itself may not be read."""
    system = listed.get("OperatingSystem")
    try:
        return Baseline(ssm.get_patch_baseline(BaselineId=listed["BaselineId"]).get(STATUS), system)
    except ClientError as error:
        why = {"DoesNotExistException": GONE, "AccessDeniedException": UNREADABLE}
        return Baseline(why[error.response["Error"]["Code"]], system)


# -- verdicts


def last_scan(record):
    """When the last scan or installation ended, or else when it started."""
    times = [record.get(key) for key in ("OperationEndTime", "OperationStartTime")]
    return next((time for time in times if known(time)), None)


def is_stale(record, max_age, now):
    """Is the last scan older than that, or does nobody know when it was?"""
    last = last_scan(record)
    return max_age is not None and (last is None or now - last > max_age or last - now > AHEAD)


def old(record):
    """How a scan that is too old is told."""
    last = last_scan(record)
    return f"last scanned {last.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC" if last else "last scan"


def waiting(record):
    """The security updates that wait for approval; older documents do not have the counter, nor do systems other than Windows."""
    return max(record.get("AvailableSecurityUpdateCount") or 0, 0)


def judge(record, baselines, max_age, now):
    """The verdict, and the reasons as far as their wording is settled."""
    if record is None:
        return "NO_DATA", Words()
    found = [f"{record[key]} {word}" for key, word in DECIDING if (record.get(key) or 0) > 0]
    silent = [f"{word} not reported" for key, word in DECIDING if known(record.get(key)) is None]
    updates = waiting(record)
    ruling = baselines[record["BaselineId"]].ruling if updates else None
    told = [f"{updates} security update{'s' if updates > 1 else ''} available"] if updates else []
    stale = [f"stale: {old(record)}"] if is_stale(record, max_age, now) else []

    bad = found + (told if ruling == "NON_COMPLIANT" else [])
    contradicted = not silent and any((record.get(key) or 0) > 0 for key in CONTRADICTING)
    if bad or contradicted:
        is_settled = not updates or ruling in ("COMPLIANT", "NON_COMPLIANT")
        if bad and is_settled and not silent and not stale:
            return "NON_COMPLIANT", ", ".join(bad)
        return "NON_COMPLIANT", Words(", ".join(bad), *silent, *stale)
    if updates and ruling == UNREADABLE:
        return "UNREAD", Words(told[0], "unknown: baseline not readable", "ssm:GetPatchBaseline", *stale)
    if silent:
        return "NO_DATA", Words(", ".join(silent), *stale) if stale else ", ".join(silent)
    if updates and ruling != "COMPLIANT":
        return "NO_DATA", Words(told[0], "unknown: ", "baseline", *stale)
    if stale:
        return "STALE", Words("", old(record))
    return "COMPLIANT", ""


def judge_by_patches(rows, ruling):
    """The verdict as AWS tells it of patches, of a node that was scanned just now and of which every patch is known."""
    states = {row.get("State") for row in rows}
    bad = states & NON_COMPLIANT or ("AvailableSecurityUpdate" in states and ruling == "NON_COMPLIANT")
    return "NON_COMPLIANT" if bad else "COMPLIANT"


# -- the scale of severities

SCALE = ("Low", "Medium", "Important", "Critical")
ALIKE = {"moderate": "Medium", "high": "Important"} | {level.lower(): level for level in SCALE}
# Of a node that nobody tells the system of: how Debian and Ubuntu call machines, and RPM does not.
DEBIAN = ("amd64", "arm64", "armhf", "all")


def level(row, platform):
    """Where the vendor's word stands on the one scale. Debian's are about how much a system needs the package."""
    if platform is None:
        rates = row.get("KBId", "").rpartition(".")[2] not in DEBIAN
    else:
        rates = not platform.startswith(("Debian", "Ubuntu"))
    return ALIKE.get((row.get("Severity") or "").lower(), "Unrated") if rates else "Unrated"


def is_at_least(level, asked):
    return level in SCALE and SCALE.index(level) >= SCALE.index(ALIKE[asked.lower()])


# -- baselines that differ


def conflicts(rows, records, baselines, place):
    """The nodes of each patch group that were scanned with another baseline than the rest, for the same operating system."""
    groups = defaultdict(lambda: defaultdict(list))
    for node in rows:
        record = records.get(node, {})
        if record.get("PatchGroup") and record.get("BaselineId"):
            groups[record["PatchGroup"]][record["BaselineId"]].append(node)
    found = []
    for group, users in groups.items():
        systems = {bare: baselines[bare].system for bare in users}
        # One of a system that nobody knows may be for the same as any other.
        unsure = None in systems.values()
        sets = [set(users)] if unsure else [{bare for bare in users if systems[bare] == system} for system in set(systems.values())]
        for alike in sets:
            most = max(len(users[bare]) for bare in alike)
            usual = [bare for bare in alike if len(users[bare]) == most]
            for bare in alike if len(alike) > 1 else ():
                if [bare] != usual:
                    found.append(place | {
                        "PatchGroup": group,
                        "BaselineId": bare,
                        "Nodes": len(users[bare]),
                        "InstanceIds": users[bare][:20],
                        "OtherBaselines": [{"BaselineId": other, "Nodes": len(users[other])} for other in sorted(alike - {bare})],
                        "SameOperatingSystem": None if unsure else True,
                    })
    return in_order(found)


def in_order(conflicts):
    key = lambda one: (one["AccountId"] or "", one["Region"], one["PatchGroup"], one["BaselineId"])
    return sorted(conflicts, key=key)


def differ(told, right):
    """What is wrong with the conflicts that patchctl told."""
    told = in_order(told)
    name = lambda one: f"{one['Nodes']} nodes of patch group {one['PatchGroup']!r} with {one['BaselineId']}, {one}"
    return [f"told, and not so: {name(one)}" for one in told if one not in right] + [f"not told: {name(one)}" for one in right if one not in told]
