"""Gives `-o openmetrics` to its readers: promtool, the official Python parser, and node_exporter's textfile collector on loopback.

Usage: openmetrics.py PATCHCTL
promtool and prometheus-node-exporter are Debian packages (prometheus, prometheus-node-exporter); what is not here is said and skipped.
"""

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from region import environment

CONTRIB = Path(__file__).resolve().parent.parent / "contrib"
GROUPS = ["patch-group", "platform", "region", "account", "baseline", "verdict", "tag:Team", "tag:Name", "tag:Env,verdict", "account,region"]
# Names of groups that are out to get a reader.
NASTY = ['a"b', "a\\b", "a\\", "a\nb", "a\rb", "a\tb", "a\x1b[31mb", "a\u202eb", "a\u2028b", "\\u{1b}", "a\\u{1b}b", "a\x1bb", "}", '"} 1', " ", "(none)", "x" * 256, "\u00e9\U0001f980"]


class Checks:
    def __init__(self):
        self.failed = 0

    def that(self, name, problem):
        self.failed += bool(problem)
        print(f"{'FAIL' if problem else 'ok  '} {name} {problem or ''}", flush=True)


def printed(patchctl, arguments, env=None, codes=(0,)):
    ran = subprocess.run([patchctl, *arguments, "-o", "openmetrics"], capture_output=True, env=env or environment(), stdin=subprocess.DEVNULL, timeout=120)
    if ran.returncode not in codes:
        raise SystemExit(f"{arguments}: exit {ran.returncode}: {ran.stderr.decode()[-300:]}")
    return ran.stdout.decode()


def samples(text):
    """What the official parser reads, by name and labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        if family.type != "gauge":
            raise ValueError(f"{family.name} is a {family.type}")
        for sample in family.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            if key in found or sample.timestamp is not None:
                raise ValueError(f"{key} comes twice, or has a timestamp")
            found[key] = sample.value
    return found


def history(checks, patchctl):
    """The metrics of `trend` have timestamps, and Prometheus takes them as its own past."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([patchctl, "--demo", "collect", "--all", "--all-regions", "--to", f"{folder}/fleet"], capture_output=True, env=environment(), timeout=120)
        text = printed(patchctl, ["trend", "--from", f"{folder}/fleet", "--by", "tag:Env,region"], codes=(0, 3))
        read = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        checks.that("Python: trend", (len(read) < 50 or any(sample.timestamp is None for sample in read)) and f"{len(read)} samples")
        if shutil.which("promtool"):
            Path(f"{folder}/history.om").write_text(text)
            made = subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", f"{folder}/history.om", f"{folder}/data"], capture_output=True, timeout=60)
            listed = subprocess.run(["promtool", "tsdb", "list", f"{folder}/data"], capture_output=True, timeout=60)
            # Below a heading, a line for each block: id, first and last time, duration, samples.
            taken = sum(int(line.split()[4]) for line in listed.stdout.decode().splitlines()[1:])
            checks.that("promtool: blocks of the past", (made.returncode or taken != len(read)) and f"{taken} of {len(read)} samples: {made.stderr.decode()[-300:]}")


def of_promtool(text):
    ran = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, timeout=60)
    return (ran.stdout + ran.stderr).decode().strip() if ran.returncode or ran.stderr else ""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class NodeExporter:
    """node_exporter with its textfile collector alone."""

    def __init__(self, folder):
        self.port = free_port()
        flags = ["--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={folder}", f"--web.listen-address=127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(["prometheus-node-exporter", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def scrape(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(100):
            try:
                with opener.open(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
                    return answer.read().decode()
            except OSError:
                time.sleep(0.1)
        raise SystemExit("node_exporter does not answer")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def series(text):
    """The lines of samples, with numbers as numbers: node_exporter orders labels, and writes 1.795176e+09."""
    found = set()
    for line in text.splitlines():
        match = re.fullmatch(r"(patchctl_\w+)(?:\{(.*)\})? (\S+)", line)
        if match:
            labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")
            found.add((match[1], tuple(sorted(labels)), float(match[3])))
    return found


def exporter(checks, patchctl, texts):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        path = Path(folder) / "patchctl.prom"
        node_exporter = NodeExporter(folder)
        try:
            for name, text in texts.items():
                path.write_text(text)
                scraped = node_exporter.scrape()
                lost = series(text) - series(scraped)
                error = "node_textfile_scrape_error 0" not in scraped
                checks.that(f"node_exporter: {name}", (error and "scrape error") or (lost and f"lost {sorted(lost)[:2]}"))
            # What patchctl writes itself, and what it leaves beside it.
            path.unlink()
            os.umask(0o022)
            printed(patchctl, ["--demo", "summary", "--output-file", str(path)])
            mode = stat.S_IMODE(path.stat().st_mode)
            checks.that("a new file can be read by others, and is alone", (mode != 0o644 and f"mode {mode:o}") or (os.listdir(folder) != ["patchctl.prom"] and os.listdir(folder)))
            checks.that("node_exporter: a file of patchctl", "patchctl_nodes" not in node_exporter.scrape() and "not read")
            # It notices what it cannot read.
            path.write_text("# TYPE a info\na 1\n")
            checks.that("node_exporter: a file that it rejects is noticed", "node_textfile_scrape_error 1" not in node_exporter.scrape() and "not noticed")
        finally:
            node_exporter.stop()


def nasty_groups(patchctl):
    """Patch groups with these names, of nodes that a service of our own tells."""
    import json
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    nodes = [f"i-{at:017x}" for at in range(len(NASTY))]

    class Service(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            zeros = dict.fromkeys(("MissingCount", "FailedCount", "InstalledRejectedCount", "InstalledPendingRebootCount", "InstalledCount", "InstalledOtherCount", "NotApplicableCount"), 0)
            states = [
                {"InstanceId": one, "PatchGroup": NASTY[nodes.index(one)], "BaselineId": "pb-0123456789abcdef0", "OperationStartTime": 1.0, "OperationEndTime": 1.7e9, "Operation": "Scan", **zeros}
                for one in asked.get("InstanceIds", [])
            ]
            body = json.dumps({"InstancePatchStates": states}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    try:
        return printed(patchctl, ["summary", *nodes], environment(f"http://127.0.0.1:{service.server_port}"))
    finally:
        service.shutdown()


def main():
    patchctl = sys.argv[1]
    checks = Checks()
    rules = "non-compliant,stale,no-data,unread,missing>=critical,compliant<95%,unmanaged,stale,patch-older-than 30d"
    texts = {f"summary --by {by}": printed(patchctl, ["--demo", "summary", "--by", by]) for by in GROUPS}
    texts |= {
        "several regions": printed(patchctl, ["--demo", "summary", "--all-regions", "--by", "region"]),
        "one node": printed(patchctl, ["--demo", "summary", "i-123"]),
        "only an unread node": printed(patchctl, ["--demo", "summary", "i-bogus"], codes=(2,)),
        "only a node without data": printed(patchctl, ["--demo", "summary", "i-0dead00000000beef"]),
        "no node": printed(patchctl, ["--demo", "summary", "--name", "nonesuch", "--allow-empty"]),
        "interrupted": printed(patchctl, ["--demo", "summary", "--timeout", "1ms"], codes=(0, 2, 3)),
        "check": printed(patchctl, ["--demo", "check", "--all", "--fail-on", rules], codes=(1,)),
        "check that passes": printed(patchctl, ["--demo", "check", "i-456", "--fail-on", "missing>10000"]),
        "check of an unread node": printed(patchctl, ["--demo", "check", "i-bogus"], codes=(1, 2, 3)),
        "groups with nasty names": nasty_groups(patchctl),
    }
    for name, text in texts.items():
        if not text and name == "interrupted":
            continue
        try:
            read = samples(text)
            problem = "" if text.endswith("# EOF\n") else "no end"
        except (ValueError, KeyError) as error:
            read, problem = {}, error
        checks.that(f"Python: {name}", problem)
        verdicts = [value for key, value in read.items() if key[0] == "patchctl_nodes"]
        checks.that(f"five verdicts: {name}", len(verdicts) != 5 and verdicts)
        selected = read.get(("patchctl_selected_nodes",))
        checks.that(f"they are all nodes: {name}", sum(verdicts) != selected and f"{verdicts}, not {selected}")
    groups = {dict(key[1:])["group"] for key in samples(texts["groups with nasty names"]) if key[0] == "patchctl_group_nodes"}
    checks.that("each nasty name is a group of its own", len(groups) != len(NASTY) and f"{len(groups)} of {len(NASTY)}")
    empty = samples(texts["no node"])
    checks.that("no share of no nodes", ("patchctl_compliant_nodes_ratio",) in empty and "there is one")
    unread = samples(texts["only an unread node"])
    checks.that("an unread node is told", unread[("patchctl_nodes", ("verdict", "UNREAD"))] != 1 or unread[("patchctl_answer_complete",)] != 0)
    history(checks, patchctl)
    if shutil.which("promtool"):
        for name, text in texts.items():
            checks.that(f"promtool: {name}", of_promtool(text))
        ran = subprocess.run(["promtool", "check", "rules", CONTRIB / "prometheus-rules.yml"], capture_output=True, timeout=60)
        checks.that("promtool: contrib/prometheus-rules.yml", ran.returncode and ran.stderr.decode())
        checks.that("promtool: finds a fault", not of_promtool("a_total{b=\"\n") and "nothing found")
    else:
        print("skipped: promtool is not here")
    if shutil.which("prometheus-node-exporter"):
        exporter(checks, patchctl, {name: text for name, text in texts.items() if text})
    else:
        print("skipped: node_exporter is not here")
    return bool(checks.failed)


if __name__ == "__main__":
    sys.exit(main())
