"""Compares what patchctl prints, value by value, with what boto3 and the AWS CLI read.

    python conformance.py PATH_TO_PATCHCTL

Knows which comparisons there are; what is expected is worked out in reference.py, by the rules in rule.py. groups.py has
groups of it, conditions.py the filters on its rows, gate.py the gates over it, report.py the report of it, verdicts.py thousands of nodes, fleet.py which nodes a whole fleet has; what the demo
itself has to be is in world.py and baselines.py. One line per check, then a line of totals; exit 1 on any failure.
"""

import csv
import io
import json
import re
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import reference
import rule
import tls
from reference import PATCH_FIELDS, STATE_FIELDS, Ask

import jmespath
import jsonschema
from botocore.exceptions import ClientError

from baselines import check_baselines
from conditions import Conditions
from fleet import check_fleets
from gate import Gate, check_denied
from groups import Groups
from region import AT_ONE_TIME, Region, environment
from report import Report
from verdicts import check_verdicts
from world import check_world

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("json", "ndjson", "csv")


class Checks:
    """Counts and tells. A check is a name and the list of what is wrong."""

    def __init__(self):
        self.passed = self.failed = 0
        self.blank_cves = 0

    def that(self, name, problems):
        problems = [problems] if isinstance(problems, str) else list(problems)
        if problems:
            self.failed += 1
            print(f"FAIL {name}", flush=True)
            for problem in problems[:4]:
                print(f"       {str(problem)[:400]}")
            if len(problems) > 4:
                print(f"       and {len(problems) - 4} more")
        else:
            self.passed += 1
            print(f"ok   {name}", flush=True)

    def equal(self, name, got, wanted):
        self.that(name, [] if got == wanted else f"got {got!r}, wanted {wanted!r}")

    def section(self, name, run, *args):
        """A section that breaks down is one failure, and the others still run."""
        try:
            run(*args)
        except Exception:
            self.that(name, traceback.format_exc().strip().splitlines()[-6:])

    def rows(self, got, wanted, fields):
        """What differs between two lists of rows, field by field, order included."""
        problems = []
        if len(got) != len(wanted):
            problems.append(f"{len(got)} rows, not {len(wanted)}")
        for at, (row, right) in enumerate(zip(got, wanted)):
            if list(row) != fields:
                problems.append(f"row {at}: fields {list(row)}")
                continue
            for field in fields:
                value = row[field]
                # One rule, counted here and judged once: see `main`.
                if field == "CVEIds" and right[field] is None and value == []:
                    self.blank_cves += 1
                elif not reference.fits(right, field, value):
                    problems.append(f"row {at} ({row['InstanceId']}): {field} is {value!r}, not {right[field]!r}")
        return problems


def csv_rows(text):
    """CSV as a list of dicts of text, with what is not RFC 4180 as a problem."""
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    lone = text.replace("\r\n", "").count("\r")
    quoted = sum(cell.count("\r") for row in rows for cell in row)
    problems = [] if lone <= quoted and text.endswith("\r\n") else ["lines do not end in CRLF"]
    problems += [f"line {at}: {len(row)} cells" for at, row in enumerate(rows) if len(row) != len(rows[0])]
    return rows[0], rows[1:], problems


def compare_csv(text, wanted, fields, note):
    header, rows, problems = csv_rows(text)
    if header != fields:
        return [*problems, f"header {header}"]
    if len(rows) != len(wanted):
        problems.append(f"{len(rows)} rows, not {len(wanted)}")
    for at, (row, right) in enumerate(zip(rows, wanted)):
        for field, cell in zip(fields, row):
            free = field == "Note" and note(right)
            if free and not cell:
                problems.append(f"row {at}: {field} is empty")
            elif not free and not reference.fits_cell(right, field, cell):
                problems.append(f"row {at} ({row[0]}): {field} is {cell!r}, not {right[field]!r}")
    return problems


class Fleet:
    """One region, everything boto3 reads of it, and the checks that compare."""

    def __init__(self, checks, region, name, schemas):
        self.checks, self.region, self.name, self.schemas = checks, region, name, schemas
        self.ids = region.nodes()
        self.ssm = reference.client(region.url)
        self.records = reference.read_states(self.ssm, self.ids)
        self.baselines = rule.read_baselines(self.ssm, self.records)
        self.platforms = reference.read_platforms(self.ssm)
        self.patches = reference.read_patches(self.ssm, self.ids, self.platforms)
        self.all = [(node, row) for node in self.ids for row in self.patches[node]]

    def check(self, what, problems):
        self.checks.that(f"{self.name}: {what}", problems)

    def valid(self, kind, document):
        errors = self.schemas[kind].iter_errors(document)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error, _ in zip(errors, range(9))]

    # -- states

    def check_states(self, extra=(), exit_code=0):
        """`extra` are ids the service refuses; they stand in the middle of the others."""
        middle = len(self.ids) // 2
        ids = [*self.ids[:middle], *extra, *self.ids[middle:]]
        what = f"states of {len(ids)} nodes" + (", some refused" if extra else "")
        wanted = self.rows(ids, extra)
        # A node whose baseline cannot be read is unread, too.
        unread = sum(row["Verdict"] == "UNREAD" for row in wanted)
        out = {form: self.run("states", form, ids, 3 if unread else exit_code) for form in FORMATS}

        document = json.loads(out["json"])
        problems = self.checks.rows(document["InstancePatchStates"], wanted, STATE_FIELDS)
        self.check(f"{what}, JSON against boto3", problems + self.told(document, ids))
        self.check(f"{what}, JSON against its schema", self.valid("states", document))
        differ = rule.conflicts(ids, self.records, self.baselines, reference.PLACE)
        self.check(f"{what}, {len(differ)} conflicts of baselines", rule.differ(document["BaselineConflicts"], differ))
        lines = [json.loads(line) for line in out["ndjson"].splitlines()]
        self.check(f"{what}, NDJSON against boto3", self.checks.rows(lines, wanted, STATE_FIELDS))
        self.check(f"{what}, CSV against boto3", compare_csv(out["csv"], wanted, STATE_FIELDS, lambda row: False))
        return document

    def check_counters(self):
        """The counters that are judged, and the patches they count, come to the same verdict."""
        problems, judged = [], 0
        for node, record in self.records.items():
            verdict, _ = rule.judge(record, self.baselines, None, rule.moment())
            if verdict in ("COMPLIANT", "NON_COMPLIANT"):
                judged += 1
                by_patches = rule.judge_by_patches(self.patches[node], self.baselines[record["BaselineId"]].ruling)
                problems += [] if by_patches == verdict else [f"{node}: {by_patches} by its patches, {verdict} by its counters"]
        self.check(f"the verdicts on {judged} nodes by their patches are those by their counters", problems)

    def rows(self, ids, refused=(), max_age=rule.WEEK):
        """The rows of `states`, as of now; what changes as time goes by is right as of the check, too."""
        rows = [reference.state_row(node, self.records.get(node), self.baselines, max_age) for node in ids]
        unread = {"Verdict": "UNREAD", "Reasons": rule.Words()}
        return [row | unread if row["InstanceId"] in refused else row for row in rows]

    def told(self, document, ids):
        """What stands below the rows, which were compared, and with it their verdicts."""
        verdicts = {row["InstanceId"]: row["Verdict"] for row in document["InstancePatchStates"]}
        named = lambda verdict: [node for node in ids if verdicts[node] == verdict]
        count = lambda *words: sum(map(len, map(named, words)))
        summary = {
            "Nodes": len(ids),
            "Answered": count("COMPLIANT", "NON_COMPLIANT", "STALE"),
            "NoData": count("NO_DATA"),
            "Unread": count("UNREAD"),
            "Rows": len(ids),
            "Hidden": 0,
            "Compliant": count("COMPLIANT"),
            "NonCompliant": count("NON_COMPLIANT"),
            "Stale": count("STALE"),
        }
        return self.tail(document, named("NO_DATA"), named("UNREAD"), summary)

    def tail(self, document, no_data, unread, summary):
        problems = []
        if document["NoData"] != no_data:
            problems.append(f"NoData is {document['NoData']}, not {no_data}")
        if [entry["InstanceId"] for entry in document["Unread"]] != list(unread):
            problems.append(f"Unread is {document['Unread']}, not {list(unread)}")
        problems += [f"no reason why {entry} is unread" for entry in document["Unread"] if not entry["Cause"]]
        got = {key: document["Summary"].get(key) for key in summary}
        return problems if got == summary else [*problems, f"Summary is {document['Summary']}, not {summary}"]

    # -- patches

    def check_patches(self, ask, extra=(), exit_code=0):
        middle = len(self.ids) // 2
        ids = [*self.ids[:middle], *extra, *self.ids[middle:]]
        what = f"patches, {ask.name}" + (", some nodes refused" if extra else "")
        rows, lines = [], []
        no_data = [node for node in self.ids if node not in self.records and not self.patches[node]]
        for node in ids:
            if node in extra or node in no_data:
                lines.append(reference.note_row(node))
                continue
            mine = [reference.patch_row(node, row) for row in self.patches[node] if ask.passes(row)]
            rows += mine
            lines += mine
        is_note = lambda row: row["State"] is row["KBId"] is row["Title"] is None
        out = {form: self.run("patches", form, ids, exit_code, *ask.flags) for form in FORMATS}

        document = json.loads(out["json"])
        problems = self.checks.rows(document["Patches"], rows, PATCH_FIELDS)
        hidden = document["Summary"]["Hidden"]
        summary = {
            "Nodes": len(ids),
            "Answered": len(ids) - len(no_data) - len(extra),
            "NoData": len(no_data),
            "Unread": len(extra),
            "Rows": len(rows),
        }
        problems += self.tail(document, no_data, extra, summary)
        # The service may leave rows out by state or KB id, and those nobody counts.
        pushed = ask.by_state or "--kb" in ask.asked
        if hidden > len(self.all) - len(rows) or (not pushed and hidden != len(self.all) - len(rows)):
            problems.append(f"Hidden is {hidden}; {len(self.all)} rows, {len(rows)} pass")
        self.check(f"{what}, JSON against boto3, {len(rows)} rows", problems)
        self.check(f"{what}, JSON against its schema", self.valid("patches", document))

        got = [json.loads(line) for line in out["ndjson"].splitlines()]
        problems = []
        for row, right in zip(got, lines):
            if is_note(right):
                problems += [] if row["Note"] else [f"no note on {row['InstanceId']}"]
                row["Note"] = None
                if row["CVEIds"] is not None:
                    problems.append(f"CVEIds of a note on {row['InstanceId']} is {row['CVEIds']!r}")
        self.check(f"{what}, NDJSON against boto3", problems + self.checks.rows(got, lines, PATCH_FIELDS))
        self.check(f"{what}, CSV against boto3", compare_csv(out["csv"], lines, PATCH_FIELDS, is_note))
        if "--min-severity" in ask.asked:
            self.check_unrated(what, ask, self.run_said("patches", ids, *ask.flags))
        if not extra:
            other = {form: self.run("patches", form, ids, exit_code, *ask.flags, "--no-prefetch") for form in FORMATS}
            differ = [f"-o {form} differs" for form in FORMATS if other[form] != out[form]]
            self.check(f"{what}, --no-prefetch prints the same bytes", differ)

    def check_service_filters(self, key, values):
        """boto3's own Filters give what the same filter gives in Python, the reading that patchctl is held to."""
        for value in values:
            answered = reference.read_patches(self.ssm, self.ids, self.platforms, [{"Key": key, "Values": [value]}])
            wanted = {node: [row for row in rows if row.get(key) == value] for node, rows in self.patches.items()}
            wrong = [node for node in self.ids if answered[node] != wanted[node]]
            self.check(f"boto3's Filters {key}={value} and the same in Python", [f"differ on {wrong}"] if wrong else [])

    def check_unrated(self, what, ask, said):
        """Unrated patches are counted, but for those that were left out for another reason."""
        rest = ask.without("--min-severity")
        unrated = sum(rest.passes(row) for _, row in self.all if row["SeverityLevel"] == "Unrated")
        told = re.search(r"ignored: (\d+) unrated patch(?:es)? \(--min-severity\)", said)
        self.check(f"{what}, stderr counts {unrated} that nobody rated", [] if int(told[1] if told else 0) == unrated else said)

    def run_said(self, command, ids, *flags):
        return self.region.run(command, "-", "-o", "csv", *flags, ids=ids).stderr.decode()

    def run(self, command, form, ids, exit_code, *flags):
        done = self.region.run(command, "-", "-o", form, *flags, ids=ids, check=exit_code)
        return done.stdout.decode()

    def everything(self):
        self.checks.section(f"{self.name}: states", self.check_states)
        self.checks.section(f"{self.name}: counters", self.check_counters)
        asks, kbs = reference.questions([row for _, row in self.all])
        for ask in asks:
            self.checks.section(f"{self.name}: patches {ask.name}", self.check_patches, ask)
        self.checks.section(f"{self.name}: State filters", self.check_service_filters, "State", reference.STATES)
        self.checks.section(f"{self.name}: KBId filters", self.check_service_filters, "KBId", kbs)
        self.checks.section(f"{self.name}: conditions", Conditions(self).everything)

    # -- one id that the service refuses, among many it knows

    def check_refused(self):
        refused = ["i-nope"]
        self.check_states(refused, exit_code=3)
        self.check_patches(Ask(), refused, exit_code=3)
        self.check_patches(Ask("--non-compliant"), refused, exit_code=3)


class AwsCli:
    """The AWS CLI and patchctl, asked the same thing; an expression written for one has to fit the other."""

    STATES = [
        "InstancePatchStates[].[InstanceId,BaselineId,PatchGroup,Operation,RebootOption]",
        "InstancePatchStates[?MissingCount > `0`].{Node: InstanceId, Missing: MissingCount, Failed: FailedCount}",
        "sort_by(InstancePatchStates, &InstanceId)[].[InstanceId,InstalledCount,NotApplicableCount]",
        "length(InstancePatchStates)",
    ]
    PATCHES = [
        "Patches[].[KBId,Title,Severity,Classification,State]",
        "Patches[?State=='Missing'].KBId | sort(@)",
        "length(Patches[?State!='NotApplicable'])",
        "Patches[?Severity=='Critical' || Severity=='Important'] | [*].{Id: KBId, What: Title}",
    ]

    def __init__(self, checks, region):
        self.checks, self.region = checks, region

    def check(self, operation, command, ids, expressions):
        flag = "--instance-ids" if command == "states" else "--instance-id"
        document = json.loads(self.region.run(command, *ids, "-o", "json", check=0).stdout)
        for expression in expressions:
            aws = subprocess.run(
                [sys.executable, Path(sys.executable).with_name("aws"), "ssm", operation, flag, *ids,
                 "--output", "json", "--query", expression],
                capture_output=True, env=environment(self.region.url), timeout=120,
            )
            name = f"aws {command} {' '.join(ids)} --query \"{expression}\" on patchctl's JSON"
            if aws.returncode:
                self.checks.that(name, f"aws: {aws.stderr.decode().strip()}")
            else:
                self.checks.equal(name, jmespath.search(expression, document), json.loads(aws.stdout))
                own = self.region.run(command, *ids, "--query", expression, check=0).stdout
                self.checks.equal(f"patchctl {command} {' '.join(ids)} --query \"{expression}\"", json.loads(own), json.loads(aws.stdout))

    def everything(self):
        nodes = ["i-123", "i-456", "i-0d15e8b7c3f2946a0", "i-0b7e2d9150c4f8a36"]
        self.checks.section("aws states", self.check, "describe-instance-patch-states", "states", nodes, self.STATES)
        for node in nodes[:2] + ["mi-0d8b1f5c3a7e96240"]:
            self.checks.section("aws patches", self.check, "describe-instance-patches", "patches", [node], self.PATCHES)


def check_validation(checks, region):
    """The service refuses what Systems Manager refuses, with the same code, and in its words where they are known."""
    ssm = reference.client(region.url, retries={"total_max_attempts": 1})
    known, rule = region.nodes()[0], "Member must have value less than or equal to 50"
    limit = f"1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: {rule}"
    fill = lambda count: [f"i-{n:017x}" for n in range(count)]
    six = [{"Key": "State", "Values": ["Missing"]}] * 6
    cases = [
        ("51 ids", "states", {"InstanceIds": fill(51)}, "ValidationException", "length less than or equal to 50"),
        ("no ids", "states", {"InstanceIds": []}, "ValidationException", "length greater than or equal to 1"),
        ("MaxResults 51", "states", {"InstanceIds": [known], "MaxResults": 51}, "ValidationException", limit),
        ("MaxResults 9", "states", {"InstanceIds": [known], "MaxResults": 9}, "ValidationException", "than or equal to 10"),
        ("a bad token", "states", {"InstanceIds": [known], "NextToken": "bad"}, "InvalidNextToken", ""),
        ("a malformed id", "states", {"InstanceIds": [known, "i-nope"]}, "ValidationException", "instanceIds"),
        ("MaxResults 51", "patches", {"InstanceId": known, "MaxResults": 51}, "ValidationException", limit),
        ("six filters", "patches", {"InstanceId": known, "Filters": six}, "ValidationException", "filters"),
        ("an unknown key", "patches", {"InstanceId": known, "Filters": [{"Key": "Title", "Values": ["x"]}]}, "InvalidFilter", ""),
        ("a bad token", "patches", {"InstanceId": known, "NextToken": "bad"}, "InvalidNextToken", ""),
        ("a malformed id", "patches", {"InstanceId": "i-nope"}, "ValidationException", "instanceId"),
    ]
    for what, operation, request, code, words in cases:
        ask = ssm.describe_instance_patch_states if operation == "states" else ssm.describe_instance_patches
        try:
            answer = ask(**request)
            checks.that(f"service: {what} ({operation})", f"answered {str(answer)[:200]}")
        except ClientError as error:
            said = error.response["Error"]
            right = said["Code"] == code and (words in said["Message"] if words != limit else said["Message"] == limit)
            checks.that(f"service: {what} ({operation}) -> {code}", [] if right else f"{said}")
    fifty = ssm.describe_instance_patch_states(InstanceIds=fill(50), MaxResults=50)
    checks.equal("service: 50 well-formed ids nobody knows are left out without a word", fifty["InstancePatchStates"], [])


def check_unknown(checks, region):
    """A node that the service leaves out is told, not dropped."""
    ids = ["i-123", "i-0ffffffffffffffff"]
    states = json.loads(region.run("states", *ids, "-o", "json", check=0).stdout)
    checks.equal("states: an unknown node is NO_DATA", [r["Verdict"] for r in states["InstancePatchStates"]], ["NON_COMPLIANT", "NO_DATA"])
    for flags in ([], ["--no-prefetch"], ["--state", "Missing"]):
        patches = json.loads(region.run("patches", *ids, "-o", "json", *flags, check=0).stdout)
        checks.equal(f"patches {' '.join(flags)}: an unknown node is in NoData", patches["NoData"], ids[1:])


def check_resilience(checks, patchctl):
    shape = ("--nodes", 200, "--patches", 100, "--seed", 7, *AT_ONE_TIME)
    with Region(patchctl, *shape) as calm:
        ids = calm.nodes()
        wanted = {form: calm.run("patches", "-", "-o", form, ids=ids, check=0).stdout for form in FORMATS}
    for manners, counter in (
        (("--fault-every", 5), "faults"),
        (("--reset-every", 7), "resets"),
        (("--rate", 40, "--burst", 10), "throttled"),
    ):
        name = " ".join(map(str, manners))
        with Region(patchctl, *shape, *manners) as rough:
            for form in FORMATS if counter != "throttled" else ("csv",):
                done = rough.run("patches", "-", "-o", form, ids=ids)
                problems = [] if done.returncode == 0 else [f"exit {done.returncode}: {done.stderr.decode()[-400:]}"]
                if done.stdout != wanted[form]:
                    problems.append("rows differ from those of an undisturbed server")
                checks.that(f"serve {name}: patches of 200 nodes, {form}, exit 0 and the same rows", problems)
            hits = rough.stats()[counter]
        checks.that(f"serve {name}: the server did misbehave ({hits} {counter})", [] if hits else "it never did")


def check_tls(checks, region):
    """The certificate is good through AWS_CA_BUNDLE and through nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        url, bundle = tls.front(Path(folder), region.url)
        command = [region.patchctl, "states", "i-123", "-o", "csv", "--no-headers", "--columns", "Verdict"]
        for name, more, wanted in (
            ("https with AWS_CA_BUNDLE is read", {"AWS_CA_BUNDLE": str(bundle)}, (0, "NON_COMPLIANT\r\n")),
            ("https without it is not trusted", {}, (2, "UNREAD\r\n")),
        ):
            env = environment(url) | {"AWS_MAX_ATTEMPTS": "1"} | more
            done = subprocess.run(command, capture_output=True, env=env, timeout=60)
            checks.equal(name, (done.returncode, done.stdout.decode()), wanted)


def read_schemas(checks, patchctl):
    """The validators, and whether the committed schemas are the program's own."""
    validators = {}
    for kind in ("states", "patches", "summary", "pivot", "check", "report"):
        printed = subprocess.run([patchctl, "schema", kind], capture_output=True, check=True, env=environment()).stdout
        files = sorted((ROOT / "schemas").glob(f"*{kind}*.json"))
        same = len(files) == 1 and files[0].read_bytes() == printed
        where = files[0].relative_to(ROOT) if files else f"schemas/*{kind}*.json"
        checks.that(f"{where} is what `patchctl schema {kind}` prints", [] if same else "it is missing, or it differs")
        schema = json.loads(printed)
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[kind] = jsonschema.Draft202012Validator(schema)
    return validators


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    patchctl = str(Path(sys.argv[1]).resolve())
    checks = Checks()
    schemas = read_schemas(checks, patchctl)
    with Region(patchctl) as region:
        fleet = Fleet(checks, region, "sample", schemas)
        fleet.everything()
        checks.section("sample: a refused node", fleet.check_refused)
        checks.section("unknown nodes", check_unknown, checks, region)
        checks.section("TLS", check_tls, checks, region)
        checks.section("service validation", check_validation, checks, region)
        AwsCli(checks, region).everything()
        Groups(checks, region, "sample", schemas).everything()
        Gate(checks, region, "sample", schemas).everything("FAIL", "UNKNOWN", "PASS")
        Report(checks, region, "sample", schemas).everything()
    with Region(patchctl, "--nodes", 300, "--patches", 60, "--missing-one-in", 3) as region:
        Fleet(checks, region, "300 generated", schemas).everything()
        Groups(checks, region, "300 generated", schemas).everything()
        Gate(checks, region, "300 generated", schemas).everything("FAIL", "PASS")
        Report(checks, region, "300 generated", schemas).everything()
    checks.section("gate, denied", check_denied, checks, patchctl, schemas)
    checks.section("resilience", check_resilience, checks, patchctl)
    check_world(checks, patchctl)
    check_baselines(checks, patchctl)
    check_fleets(checks, patchctl)
    check_verdicts(checks, patchctl)
    # Reported once, not on every row that has it: boto3 has no key, so the value is unknown, and unknown is null.
    blank = checks.blank_cves
    checks.that("CVEIds is null where the service left the key out", f"{blank} times it is []" if blank else [])
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
