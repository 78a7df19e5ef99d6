"""The commands of docs/demo-server.md, run as they are typed: `demo_page.py PATCHCTL`.

Runs the page with each AWS CLI that is installed: v1 beside this Python, v2 where the system has it. The port of the page is
replaced by a free one.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from region import EMPTY_HOME

ROOT = Path(__file__).resolve().parent.parent
# The server has to listen before the next line of the page is run, which a person types more slowly.
WAIT = "for i in $(seq 100); do curl -s -o /dev/null http://127.0.0.1:PORT/stats && break; sleep 0.1; done"
# What each run must print.
EXPECTED = ('"InstanceId": "i-123"', '"InstanceInformationList"', "KB5088215 Missing", "assumed-role/any/me", "demo-sandbox",
            '"DescribeInstancePatchStates":', "i-0bc666de1821434c3", "NON_COMPLIANT", "exit code 1")


def script(page):
    """The page's blocks as one script, and the lines that start a server of their own."""
    lines, servers = ["set -e"], []
    for language, block in re.findall(r"^```(sh no-run|python)\n(.*?)^```$", page, re.M | re.S):
        if language == "python":
            lines += ["python - <<'END'", block.rstrip(), "END"]
            continue
        for line in block.splitlines():
            if line.startswith("patchctl demo serve") and not line.endswith("&"):
                servers.append(line)
            else:
                lines.append(line)
                if line.endswith("&"):
                    lines.append(WAIT)
    return "\n".join(lines) + "\n", servers


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(text, folder, aws):
    # As in a shell that knows no region and no keys.
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": EMPTY_HOME, "AWS_EC2_METADATA_DISABLED": "true", "LANG": "C.UTF-8"}
    (folder / "aws").unlink(missing_ok=True)
    (folder / "aws").symlink_to(aws)
    port = free_port()
    text = text.replace("8123", port).replace("PORT", port)
    # -m: `kill %1` is typed in a shell with job control.
    return subprocess.run(["bash", "-m", "-c", text], env=env, capture_output=True, text=True, timeout=120)


def starts(line, env):
    """Does this line start a server that prints its address?"""
    server = subprocess.Popen(line.split(), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    address = server.stdout.readline()
    server.kill()
    return address.startswith("http://127.0.0.1:")


def main():
    if not shutil.which("curl"):
        print("skipped: curl is not here")
        return 0
    text, servers = script((ROOT / "docs/demo-server.md").read_text())
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "patchctl").symlink_to(Path(sys.argv[1]).resolve())
        v2 = Path("/usr/bin/aws")
        for aws in [Path(sys.executable).with_name("aws"), *([v2] if v2.exists() else [])]:
            version = subprocess.run([aws, "--version"], capture_output=True, text=True).stdout.split()[0]
            done = run(text, folder, aws)
            missing = [word for word in EXPECTED if word not in done.stdout]
            if done.returncode or missing:
                failed += 1
                print(f"FAIL {version}: exit code {done.returncode}, not printed: {missing}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
            else:
                print(f"ok   the page with {version}")
        env = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": EMPTY_HOME}
        for line in servers:
            good = starts(line, env)
            failed += not good
            print("ok  " if good else "FAIL", line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
