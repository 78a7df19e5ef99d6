"""Reads `-o yaml` with PyYAML, as Python and as C, and compares it with `-o json`: every command on the demo, and hostile text.

Usage: yaml_document.py PATCHCTL
"""

import json
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer

import yaml

from region import environment
from spreadsheet import NODE, Service

COMMANDS = [
    ["states", "--all"],
    ["states", "i-bogus", "i-0dead00000000beef"],
    ["states", "--all", "--where", "MissingCount>100000"],
    ["states", "--all", "--columns", "InstanceId,tag:Team,Name"],
    ["states", "--all", "--estimate"],
    ["states", "--all", "--timeout", "1ms"],
    ["patches", "--all"],
    ["patches", "i-bogus"],
    ["patches", "--all", "--by", "cve"],
    ["summary", "--by", "platform,region"],
    ["check", "--all"],
    ["check", "i-bogus"],
    ["doctor"],
    ["config", "show"],
    ["summary", "--query", "Groups[].CompliantPercent"],
    ["summary", "--query", "Groups[0].Group"],
    ["summary", "--query", "Total.Nodes"],
    ["summary", "--query", "Nonesuch"],
    ["summary", "--query", "Groups[?Nodes > `1000`]"],
    ["summary", "--query", "Groups[].[Group, [Nodes, {a: Stale, b: {c: []}}]]"],
]
# Texts that YAML takes for something else, or cannot hold as they are.
TEXTS = [
    *("", " ", "~", "null", "no", "No", "NO", "y", "n", "on", "off", "true", "False", "1", "007", "0x1f", "0o7", "0b1", "1_000"),
    *("1e3", "1.5", ".5", "+1", "-1", ".inf", "-.INF", ".nan", "12:30:45", "190:20:30.15", "2026-11-26", "2026-11-26 05:00:00"),
    *("=", "<<", "-", "- a", "?", "? a", ":", ": x", "a: b", "a:", "#", "a #b", "[a]", "{a: b}", "&a", "*a", "!a", "!!int 1", "|", ">"),
    *("%a", "@a", "`a", "'a'", '"a"', "---", "--- a", "...", "a\\b", " a", "a ", "\ta", "a\n", "\na", "a\n\nb", "a\r\nb", "a\tb"),
    *("a\0b", "a\x1b[31mb", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b", "\ufeffa", "a\u202eb", "a\u200db", "a\ufffeb", "a\uffffb"),
    *("\U0001f980", "a\U000e0001b", "\u00e9t\u00e9", "\u65e5\u672c", "x" * 5000, "x " * 2500, "- " * 2500),
]


def same(left, right):
    """Equal, and of equal types: 1 == True in Python."""
    if isinstance(left, dict):
        return isinstance(right, dict) and list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def compare(patchctl, arguments, env):
    printed = {}
    for form in ("json", "yaml"):
        ran = subprocess.run([patchctl, *arguments, "-o", form], capture_output=True, env=env, stdin=subprocess.DEVNULL, timeout=120)
        printed[form] = (ran.returncode, ran.stdout.decode())
    (code, text), (yaml_code, yaml_text) = printed["json"], printed["yaml"]
    if code != yaml_code:
        return f"exit {yaml_code}, not {code}"
    if not text or not yaml_text:
        return "" if text == yaml_text else "one is empty"
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        if not same(json.loads(text), yaml.load(yaml_text, loader)):
            return f"{loader.__name__} reads another document: {yaml_text[:200]!r}"
    return ""


def main():
    patchctl = sys.argv[1]
    failed = 0
    for command in COMMANDS:
        problem = compare(patchctl, ["--demo", *command], environment())
        failed += bool(problem)
        print(f"{'FAIL' if problem else 'ok  '} {' '.join(command)} {problem}")
    Service.patches = [{"Title": text, "KBId": text, "Classification": text, "Severity": text, "State": "Missing", "InstalledTime": 0.0} for text in TEXTS] + Service.patches
    Service.distinct = len({(one["KBId"], one["Title"]) for one in Service.patches})
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    problem = compare(patchctl, ["patches", NODE], environment(f"http://127.0.0.1:{service.server_port}"))
    service.shutdown()
    failed += bool(problem)
    print(f"{'FAIL' if problem else 'ok  '} {len(Service.patches)} patches with hostile text {problem}")
    # The comparison can fail.
    for text, document in [("a: no", {"a": "no"}), ("a: 1e3", {"a": 1000.0}), ("b: 1\na: 1", {"a": 1, "b": 1}), ("a: yes", {"a": 1})]:
        if same(yaml.safe_load(text), document):
            failed += 1
            print(f"FAIL {text!r} counts as {document}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
