"""Imports `check -o asff` into moto's Security Hub with boto3, before and after a fix: the second import closes the finding.

boto3 holds each finding to the model of BatchImportFindings; what the model leaves out (lengths, 100 findings of one account and region,
240 KB) is checked here. Usage: asff.py PATCHCTL
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
from moto import mock_aws

from region import environment

ACCOUNT, REGION = "111122223333", "eu-west-1"
NODES = {name: f"i-{at:017x}" for at, name in enumerate(("broken", "well", "waived", "silent"))}
NASTY = "<b>]]> & \"quoted\" \x1b[31m\u202egpj\x00 =1+1 " + "x" * 3000
# What Security Hub says of the rest. Source: its user guide, "AWS Security Finding Format".
LIMITS = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512}


class Service(BaseHTTPRequestHandler):
    """Systems Manager and STS: a world that changes between two runs."""

    protocol_version = "HTTP/1.1"
    missing = {}
    failing = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        target = self.headers.get("X-Amz-Target")
        if target is None:
            text = (
                '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
                f"<Arn>arn:aws:sts::{ACCOUNT}:assumed-role/ci/me</Arn><UserId>AROA:me</UserId><Account>{ACCOUNT}</Account>"
                "</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
            )
            return self.send(200, text.encode(), "text/xml")
        asked = json.loads(body)
        if target.endswith(".DescribeInstancePatchStates"):
            if self.failing & set(asked["InstanceIds"]):
                return self.send(400, b'{"__type":"InvalidInstanceId","Message":"no"}')
            states = [state(one, self.missing.get(one, 0)) for one in asked["InstanceIds"]]
            return self.send(200, json.dumps({"InstancePatchStates": states}).encode())
        if target.endswith(".DescribeInstancePatches"):
            if asked["InstanceId"] in self.failing:
                return self.send(400, b'{"__type":"InvalidInstanceId","Message":"no"}')
            rows = [
                {"Title": NASTY, "KBId": f"KB{at}", "Classification": "SecurityUpdates", "Severity": "Critical", "State": "Missing", "InstalledTime": 0.0}
                for at in range(self.missing.get(asked["InstanceId"], 0))
            ]
            return self.send(200, json.dumps({"Patches": rows}).encode())
        return self.send(200, b"{}")

    def send(self, code, body, kind="application/x-amz-json-1.1"):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def state(node, missing):
    zeros = dict.fromkeys(("FailedCount", "InstalledRejectedCount", "InstalledPendingRebootCount", "InstalledCount", "InstalledOtherCount", "NotApplicableCount"), 0)
    now = datetime.now().timestamp()
    return {"InstanceId": node, "PatchGroup": "", "BaselineId": "pb-0123456789abcdef0", "OperationStartTime": now - 60, "OperationEndTime": now - 30, "Operation": "Scan", "MissingCount": missing, **zeros}


def check(patchctl, arguments, env=None):
    ran = subprocess.run([patchctl, *arguments, "-o", "asff"], capture_output=True, env=env or environment(), stdin=subprocess.DEVNULL, timeout=120)
    return ran.returncode, ran.stdout.decode(), ran.stderr.decode()


def problems(findings):
    """What Security Hub rejects, or mistakes one finding for another by."""
    if len(findings) > 100:
        yield f"{len(findings)} findings"
    if len({(one["AwsAccountId"], one["Resources"][0]["Region"]) for one in findings}) > 1:
        yield "several accounts or regions in one call"
    if len({one["Id"] for one in findings}) != len(findings):
        yield "an Id twice"
    for one in findings:
        if len(json.dumps(one).encode()) > 240_000:
            yield "more than 240 KB"
        for name, most in LIMITS.items():
            if not one[name].strip() or len(one[name].encode()) > most:
                yield f"{name} has {len(one[name])} characters"
        if any(ord(letter) < 32 or letter in "\x7f\u202e" for name in ("Title", "Description") for letter in one[name]):
            yield "a control character"
        region, account = one["Resources"][0]["Region"], one["AwsAccountId"]
        if one["ProductArn"] != f"arn:aws:securityhub:{region}:{account}:product/{account}/default":
            yield one["ProductArn"]
        if len(one.get("Remediation", {}).get("Recommendation", {}).get("Text", "")) > 512:
            yield "a remedy is too long"
        for name in ("CreatedAt", "UpdatedAt"):
            datetime.fromisoformat(one[name].replace("Z", "+00:00"))


class Checks:
    failed = 0

    def that(self, name, problem):
        problem = list(problem) if not isinstance(problem, (str, bool, type(None))) else problem
        self.failed += bool(problem)
        print(f"{'FAIL' if problem else 'ok  '} {name} {problem or ''}", flush=True)


def imported(client, generator=None):
    found = [one for one in client.get_findings()["Findings"] if generator in (None, one["GeneratorId"])]
    return {one["Resources"][0]["Id"].rsplit("/", 1)[1]: one for one in found}


def give(checks, client, name, text):
    findings = json.loads(text)
    checks.that(f"{name}: what the model leaves out", problems(findings))
    answer = client.batch_import_findings(Findings=findings)
    checks.that(f"{name}: all are imported", answer["FailedCount"] != 0 and str(answer["FailedFindings"]))


@mock_aws
def before_and_after(checks, patchctl):
    client = boto3.client("securityhub", region_name=REGION)
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    env = environment(f"http://127.0.0.1:{service.server_port}")
    with tempfile.TemporaryDirectory() as folder:
        waivers = Path(folder) / "waivers.toml"
        waivers.write_text(f'[[waiver]]\nnode = "{NODES["waived"]}"\nreason = "moves in May"\nowner = "web"\nexpires = 2999-12-31\n')
        arguments = ["check", *NODES.values(), "--waivers", str(waivers), "--fail-on", "non-compliant,stale,no-data,missing>=critical"]
        Service.missing = {NODES["broken"]: 30, NODES["waived"]: 1, NODES["silent"]: 1}
        code, text, errors = check(patchctl, arguments, env)
        checks.that("before: the gate fails", code != 1 and errors)
        give(checks, client, "before", text)
        first = imported(client)
        wanted = {"broken": ("FAILED", "ACTIVE", "NEW"), "well": ("PASSED", "ARCHIVED", "RESOLVED"), "waived": ("FAILED", "ACTIVE", "SUPPRESSED"), "silent": ("FAILED", "ACTIVE", "NEW")}
        told = {name: summary(first[node]) for name, node in NODES.items()}
        checks.that("before: each has its finding", told != wanted and str(told))
        checks.that("before: a critical patch is told", first[NODES["broken"]]["Severity"]["Label"] != "CRITICAL" or "KB0" not in first[NODES["broken"]]["Description"])
        # A gate of fewer rules, or of weaker ones, finds nothing of the broken node: what the first found stays.
        for narrow in ("stale", "no-data,stale", "missing>40", "failed>0,pending-reboot>0"):
            code, text, errors = check(patchctl, [*arguments[:-1], narrow], env)
            give(checks, client, f"narrow: {narrow}", text)
            told = {one["Id"]: one for one in client.get_findings()["Findings"]}
            checks.that(f"narrow: {narrow}: no finding of another gate changes", any(told[one["Id"]] != one for one in first.values()))
            closed = [one for one in json.loads(text) if one["RecordState"] == "ARCHIVED"]
            checks.that(f"narrow: {narrow}: it closes its own", not closed and f"exit {code}: {errors}")
        # Fixed; and one node cannot be read.
        Service.missing, Service.failing = {NODES["waived"]: 1, NODES["silent"]: 1}, {NODES["silent"]}
        code, text, errors = check(patchctl, arguments, env)
        checks.that("after: a node is unread", code != 3 and f"exit {code}: {errors}")
        checks.that("after: it has no finding, and that is said", len(json.loads(text)) != 3 or "no finding for 1 node unread" not in errors)
        give(checks, client, "after", text)
        second = imported(client, first[NODES["broken"]]["GeneratorId"])
        checks.that("after: no finding is new", set(second) != set(first) and str(set(second) ^ set(first)))
        checks.that("after: the finding of the fixed node is closed", summary(second[NODES["broken"]]) != ("PASSED", "ARCHIVED", "RESOLVED") and str(second[NODES["broken"]]))
        checks.that("after: that of the unread node is as it was", second[NODES["silent"]] != first[NODES["silent"]])
    service.shutdown()


def summary(finding):
    return finding["Compliance"]["Status"], finding["RecordState"], finding["Workflow"]["Status"]


@mock_aws
def whole_demo(checks, patchctl):
    client = boto3.client("securityhub", region_name=REGION)
    with tempfile.TemporaryDirectory() as folder:
        pattern = os.path.join(folder, "findings-{n}.json")
        for name, arguments in {"the demo": ["--all", "--all-regions"], "every rule": ["--all", "--fail-on", "non-compliant,stale,no-data,missing>=low,failed>0,compliant<95%"]}.items():
            for path in Path(folder).iterdir():
                path.unlink()
            code, text, errors = check(patchctl, ["--demo", "check", *arguments, "--output-file", pattern])
            files = sorted(Path(folder).iterdir())
            checks.that(f"{name}: files", (code != 1 or text or not files or files[0].name != "findings-0001.json") and f"exit {code}, {files}: {errors}")
            for path in files:
                give(checks, client, f"{name}: {path.name}", path.read_text())
    code, text, _ = check(patchctl, ["--demo", "check", "--all", "--all-regions"])
    checks.that("without a pattern, several files are an error", (code, text) != (2, ""))
    twice = [check(patchctl, ["--demo", "check", "i-123", "i-456"])[1] for _ in range(2)]
    checks.that("the same answer is the same bytes", len(set(twice)) != 1)
    code, text, _ = check(patchctl, ["--demo", "check", "i-bogus"])
    checks.that("only an unread node: nothing to import", json.loads(text) != [])


def main():
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    checks = Checks()
    before_and_after(checks, sys.argv[1])
    whole_demo(checks, sys.argv[1])
    broken = [{"Id": "x", "Title": " ", "Description": "y" * 2000, "GeneratorId": "z", "AwsAccountId": "1", "ProductArn": "", "Resources": [{"Region": "r"}], "CreatedAt": "2026-11-26T00:00:00Z", "UpdatedAt": "2026-11-26T00:00:00Z"}]
    checks.that("a fault is found", len(list(problems(broken))) < 3 and "not found")
    return bool(checks.failed)


if __name__ == "__main__":
    sys.exit(main())
