"""The CloudFormation of contrib/: cfn-lint accepts it, and the collector's role may do what `iam-policy collect` prints, no more.

    python .ci/cloudformation.py PATCHCTL
"""

import json
import subprocess
import sys
from pathlib import Path

from cfnlint.decode.cfn_yaml import load

from region import environment

CONTRIB = Path(__file__).resolve().parent.parent / "contrib"
COLLECTOR, BUCKET = CONTRIB / "collector.yml", CONTRIB / "collector-bucket.yml"


def actions(statements):
    lists = [one["Action"] if isinstance(one["Action"], list) else [one["Action"]] for one in statements]
    return {action for one in lists for action in one}


def main():
    program = str(Path(sys.argv[1]).resolve())
    lint = Path(sys.executable).with_name("cfn-lint")
    subprocess.run([lint, COLLECTOR, BUCKET], check=True)
    role, task = (load(str(COLLECTOR))["Resources"][name]["Properties"] for name in ("CollectorRole", "Task"))
    command = task["ContainerDefinitions"][0]["Command"]
    known = {"s3://${Bucket}/${Prefix}": "s3://my-bucket/patchctl", "Keep": "400d"}
    typed = [word if isinstance(word, str) else known[next(iter(word.values()))] for word in command]
    printed = subprocess.run([program, "iam-policy", *typed], capture_output=True, check=True, env=environment())
    wanted = actions(json.loads(printed.stdout)["Statement"])
    found = actions(role["Policies"][0]["PolicyDocument"]["Statement"])
    if wanted != found:
        print(f"FAIL contrib/collector.yml: lacks {sorted(wanted - found)}, has too much {sorted(found - wanted)}")
        return 1
    print(f"ok   two templates; the role has the {len(found)} actions of patchctl {' '.join(typed)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
