"""A dataset in a bucket: `collect --to s3://...` and `--from s3://...` against moto, through a proxy that breaks things and
counts what is asked.

The nodes are those of `patchctl demo serve`. Usage: s3.py PATCHCTL
"""

import http.client
import json
import logging
import re
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import boto3
from moto.server import ThreadedMotoServer

from region import AT_ONE_TIME, Region, environment

PATCHCTL = sys.argv[1]
BUCKET, REGION = "fleet-data", "eu-west-1"
SECRET = "secret-of-a-test"


class Proxy(BaseHTTPRequestHandler):
    """Passes requests to moto; `fault` may answer in its place, or cut the body."""

    protocol_version = "HTTP/1.1"
    upstream = None
    fault = staticmethod(lambda action, target: None)
    actions = []
    lock = threading.Lock()

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        key = urlsplit(self.path).path.removeprefix(f"/{BUCKET}").lstrip("/")
        key = key.replace("%3D", "=").replace("%3A", ":")
        action = {
            "GET": "s3:ListBucket" if "list-type" in query else "s3:GetObject",
            "DELETE": "s3:AbortMultipartUpload" if "uploadId" in query else "s3:DeleteObject",
        }.get(self.command, "s3:PutObject")
        target = query["prefix"][0] if "prefix" in query else key
        with self.lock:
            self.actions.append((action, target))
        fault = self.fault(action, target)
        if isinstance(fault, tuple):
            return self.answer(*fault)
        connection = http.client.HTTPConnection(*self.upstream)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if fault == "lose":
            return self.drop(b"")
        kept = {name: value for name, value in response.getheaders() if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server")}
        if fault == "cut" and len(content) > 1:
            head = f"HTTP/1.1 {response.status} X\r\nContent-Length: {len(content)}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in kept.items())
            return self.drop(head.encode() + b"\r\n" + content[: len(content) // 2])
        self.answer(response.status, content, kept)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

    def drop(self, sent):
        self.wfile.write(sent)
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, status, content=b"", headers=()):
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


def denied(_=None):
    body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    return 403, body, {"Content-Type": "application/xml"}


def run(*args, code=0, **more):
    env = environment(DEMO) | {
        "AWS_ENDPOINT_URL_S3": S3,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_MAX_ATTEMPTS": "3",
        **more,
    }
    ended = subprocess.run([PATCHCTL, *args], env=env, capture_output=True, text=True)
    assert ended.returncode == code, (args, ended.returncode, ended.stdout[-2000:], ended.stderr[-2000:])
    assert SECRET not in ended.stdout + ended.stderr
    assert "panicked" not in ended.stderr, ended.stderr
    return ended


def listing():
    pages = CLIENT.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def allows(policy, action, target):
    """Does the policy allow the action on a key, or a prefix to list?"""

    def like(pattern, text):
        return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None

    for statement in policy["Statement"]:
        if action not in statement["Action"]:
            continue
        if action == "s3:ListBucket":
            prefix = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix", "*")
            if statement["Resource"] == [f"arn:aws:s3:::{BUCKET}"] and like(prefix, target):
                return True
        elif any(like(resource, f"arn:aws:s3:::{BUCKET}/{target}") for resource in statement["Resource"]):
            return True
    return False


def watched(policy_of, *args, **more):
    """Runs a command, and holds what it asks of the bucket to what `iam-policy` prints for it."""
    Proxy.actions.clear()
    ended = run(*args, **more)
    policy = json.loads(run("iam-policy", *policy_of).stdout)
    asked = set(Proxy.actions)
    assert asked, args
    for action, target in asked:
        assert allows(policy, action, target), (action, target, policy)
    used = {action for action, _ in asked}
    granted = {action for statement in policy["Statement"] for action in statement["Action"] if action.startswith("s3:")}
    return ended, used, granted


def same_rows_from_bucket_and_service():
    collect = ["collect", "--all", "--to", f"s3://{BUCKET}/a/fleet"]
    _, used, granted = watched(collect, *collect)
    assert used <= granted and granted - used <= {"s3:AbortMultipartUpload", "s3:GetObject"}, (used, granted)
    assert any(key.startswith("a/fleet/runs/") for key in listing())
    assert not any("/unfinished/" in key for key in listing())
    for command in (["states"], ["patches"], ["summary"]):
        everything = [] if command == ["summary"] else ["--all"]
        source = ["--from", f"s3://{BUCKET}/a/fleet"]
        live = run(*command, *everything, "-o", "csv")
        ended, used, granted = watched([*command, *everything, *source], *command, *everything, *source, "-o", "csv")
        assert ended.stdout == live.stdout, command
        assert used == granted == {"s3:ListBucket", "s3:GetObject"}, (used, granted)
    print("the same bytes from the bucket and from the service, with no more than the printed policy")


def two_collectors():
    before = [key for key in listing() if key.startswith("a/fleet/runs/")]
    threads = [threading.Thread(target=run, args=("collect", "--all", "--to", f"s3://{BUCKET}/a/fleet")) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    after = [key for key in listing() if key.startswith("a/fleet/runs/")]
    assert len(after) == len(before) + 2, (before, after)
    run("states", "--all", "--from", f"s3://{BUCKET}/a/fleet")
    print("two collectors beside one another: two runs")


def broken_connections():
    live = run("patches", "--all", "-o", "csv").stdout
    seen = {}

    def every_second(kind):
        def fault(action, target):
            with Proxy.lock:
                seen[action, target] = seen.get((action, target), 0) + 1
                return kind if seen[action, target] % 2 == 1 else None

        return staticmethod(fault)

    for kind in ("cut", "lose"):
        seen.clear()
        Proxy.fault = every_second(kind)
        ended = run("patches", "--all", "--from", f"s3://{BUCKET}/a/fleet", "-o", "csv")
        assert ended.stdout == live, kind
    seen.clear()
    run("collect", "--all", "--to", f"s3://{BUCKET}/lossy")
    Proxy.fault = staticmethod(lambda *_: None)
    assert run("patches", "--all", "--from", f"s3://{BUCKET}/lossy", "-o", "csv").stdout == live
    print("connections cut in mid-object, and responses lost after the request took effect")


def denials():
    Proxy.fault = staticmethod(lambda action, target: denied() if target.startswith("a/fleet/patches") else None)
    ended = run("patches", "--all", "--from", f"s3://{BUCKET}/a/fleet", code=3)
    assert "s3:GetObject in eu-west-1" in ended.stderr + ended.stdout, ended.stderr
    assert "allow s3:GetObject in the caller's IAM policy" in " ".join((ended.stderr + ended.stdout).split())
    Proxy.fault = staticmethod(lambda action, target: denied() if action == "s3:ListBucket" else None)
    ended = run("states", "--all", "--from", f"s3://{BUCKET}/a/fleet", code=2)
    assert f"s3://{BUCKET}/a/fleet" in ended.stderr and "allow s3:ListBucket" in ended.stderr, ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    Proxy.fault = staticmethod(lambda action, target: denied() if action == "s3:PutObject" else None)
    ended = run("collect", "--all", "--to", f"s3://{BUCKET}/denied", code=2)
    assert "allow s3:PutObject" in ended.stderr, ended.stderr
    Proxy.fault = staticmethod(lambda *_: None)
    assert not any(key.startswith("denied/") for key in listing())
    ended = run("states", "--all", "--from", "s3://no-such-bucket/x", code=2)
    assert "NoSuchBucket" in ended.stderr and "check the name of the bucket" in ended.stderr, ended.stderr
    print("denied prefixes and missing buckets are named, with what to allow")


def verified():
    dataset = f"s3://{BUCKET}/a/fleet"
    watched(["states", "--all", "--from", dataset], "verify", dataset)
    extra = [f"a/fleet/nodes/other-{number}.parquet" for number in range(1050)]
    for key in extra:
        CLIENT.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    unnamed = run("verify", dataset, "-o", "csv", code=1).stdout
    assert all(key.removeprefix("a/fleet/") in unnamed for key in extra), unnamed[-2000:]
    for key in extra:
        CLIENT.delete_object(Bucket=BUCKET, Key=key)
    key = next(key for key in listing() if key.startswith("a/fleet/patches/"))
    content = CLIENT.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    flipped = bytearray(content)
    flipped[len(flipped) // 2] ^= 1
    CLIENT.put_object(Bucket=BUCKET, Key=key, Body=bytes(flipped))
    changed = run("verify", dataset, "-o", "csv", code=1).stdout
    assert "CHANGED" in changed and key.removeprefix("a/fleet/") in changed, changed
    CLIENT.put_object(Bucket=BUCKET, Key=key, Body=content)
    run("verify", dataset)
    print("verify names more than 1,000 files that no manifest names, and a flipped bit")


def data_sync():
    folder = "sync/AWS:{}/accountid=111122223333/region=eu-west-1/resourcetype=ManagedInstanceInventory/{}.json"
    node = "i-0123456789abcdef0"
    outer = {"resourceId": node, "captureTime": "2026-11-02T04:17:28Z", "schemaVersion": "1.0"}
    counts = {f"{name}Count": "0" for name in ("Installed", "InstalledOther", "InstalledRejected", "InstalledPendingReboot", "Failed")}
    summary = {"SnapshotId": "s-1", "MissingCount": "1", "OperationType": "Scan", "OperationEndTime": "2026-11-02T04:17:28Z", **counts, **outer}
    item = {"ComplianceType": "Patch", "ExecutionId": "s-1", "Id": "openssl.x86_64", "Title": "openssl", "PatchState": "Missing", "PatchSeverity": "Critical", "InstalledTime": "", **outer}
    for kind, line in (("PatchSummary", summary), ("ComplianceItem", item)):
        CLIENT.put_object(Bucket=BUCKET, Key=folder.format(kind, node), Body=json.dumps(line).encode() + b"\n")
    source = ["--from", f"s3://{BUCKET}/sync"]
    ended, used, granted = watched(["patches", "--all", *source], "patches", "--all", *source, "-o", "json")
    rows = json.loads(ended.stdout)["Patches"]
    assert [(row["InstanceId"], row["KBId"], row["State"]) for row in rows] == [(node, "openssl.x86_64", "Missing")], rows
    assert used == granted, (used, granted)
    for number in range(1100):
        CLIENT.put_object(Bucket=BUCKET, Key=folder.format("PatchSummary", f"mi-{number:017x}"), Body=b"")
    rows = json.loads(run("states", "--all", *source, "-o", "json").stdout)["InstancePatchStates"]
    assert len(rows) == 1101, len(rows)
    print("a Resource Data Sync in a bucket, with more than 1,000 keys")


logging.getLogger("werkzeug").setLevel(logging.ERROR)
moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
with Region(PATCHCTL, *AT_ONE_TIME) as demo:
    DEMO = demo.url
    moto.start()
    Proxy.upstream = moto.get_host_and_port()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    S3 = f"http://127.0.0.1:{proxy.server_address[1]}"
    CLIENT = boto3.client(
        "s3", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="y", endpoint_url="http://{}:{}".format(*Proxy.upstream)
    )
    CLIENT.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    same_rows_from_bucket_and_service()
    two_collectors()
    broken_connections()
    denials()
    verified()
    data_sync()
    moto.stop()
