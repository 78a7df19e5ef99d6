"""Runs the steps of action.yml that check, as a runner of GitHub does, on the demo's service.

    python action.py PATH_TO_PATCHCTL

Knows what a composite action is: inputs, `env`, outputs, and bash with -e and pipefail. What installs a release and what
uploads to GitHub is not run. One line per check; exit 1 on any failure.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from region import Region, environment

ACTION = yaml.safe_load((Path(__file__).resolve().parent.parent / "action.yml").read_text())
UPLOAD = "always() && inputs.upload == 'true' && steps.report.outputs.whole == 'true'"
# As GitHub starts bash: it stops at the first command that fails.
SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]


def steps():
    return {step["name"]: step for step in ACTION["runs"]["steps"]}


def run(step, inputs, env):
    env = dict(env)
    for name, value in step.get("env", {}).items():
        key = value.removeprefix("${{ inputs.").removesuffix(" }}")
        env[name] = inputs[key]
    return subprocess.run([*SHELL, step["run"]], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def job(patchctl, url, arguments, folder):
    """Exit codes of the two steps, what they printed, the report, and the outputs of the second."""
    path = os.pathsep.join([str(Path(patchctl).resolve().parent), os.environ["PATH"]])
    output, sarif = Path(folder) / "output", Path(folder) / "patchctl.sarif"
    output.write_text("")
    sarif.unlink(missing_ok=True)
    inputs = {"arguments": arguments, "sarif-file": str(sarif)}
    env = environment(url) | {"PATH": path, "GITHUB_OUTPUT": str(output)}
    check, report = (run(steps()[name], inputs, env) for name in ("Check", "Report"))
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return check, report, json.loads(sarif.read_text()) if sarif.exists() else None, outputs


def main():
    (patchctl,) = sys.argv[1:]
    failed = 0

    def that(name, wanted, found):
        nonlocal failed
        failed += wanted != found
        print(f"{'ok  ' if wanted == found else 'FAIL'} {name}" + ("" if wanted == found else f": wanted {wanted!r}, found {found!r}"), flush=True)

    that("uploads only what the report step allows", UPLOAD, steps()["Upload"]["if"])
    nodes = "i-123 i-456"
    cases = [
        # Name, flags of the service, arguments, exit codes of both steps, and whether the report is uploaded.
        ("a gate that holds", (), f"{nodes} --fail-on failed>100", (0, 0), "true"),
        ("a broken gate", (), "--all", (1, 0), "true"),
        ("denied patches", ("--deny", "ssm:DescribeInstancePatches"), f"{nodes} --fail-on missing>=critical", (3, 0), "false"),
        ("a broken gate with denied patches", ("--deny", "ssm:DescribeInstancePatches"), "--all --fail-on missing>=critical --fail-on no-data", (1, 0), "false"),
        ("denied patch states", ("--deny", "ssm:DescribeInstancePatchStates"), nodes, (2, 1), None),
        ("invalid arguments", (), "--fail-on nonsense", (2, 1), None),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, flags, arguments, codes, whole in cases:
            with Region(patchctl, *flags) as region:
                check, report, sarif, outputs = job(patchctl, region.url, arguments, folder)
            that(f"{name}: exit codes of the steps", codes, (check.returncode, report.returncode))
            that(f"{name}: whole", whole, outputs.get("whole"))
            that(f"{name}: warns where it does not upload", whole == "false", "::warning::not uploaded" in report.stdout)
            that(f"{name}: writes a report", whole is not None, sarif is not None)
            if sarif:
                annotated = "::error" in check.stdout or "::warning" in check.stdout
                that(f"{name}: annotates what the report has", bool(sarif["runs"][0]["results"]), annotated)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
