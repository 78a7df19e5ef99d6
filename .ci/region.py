"""A demo region in a process of its own, and patchctl pointed at it.

Knows how patchctl is started and where its endpoint is said. What the
answers should be is in conformance.py and benches/compare.py.
"""

import atexit
import json
import os
import select
import shutil
import subprocess
import tempfile
import urllib.request
from datetime import datetime, timezone

KEYS = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# For servers whose answers are compared: else the scans of each are as old as its start.
AT_ONE_TIME = ("--now", f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")
EMPTY_HOME = tempfile.mkdtemp(prefix="patchctl-home-")
atexit.register(shutil.rmtree, EMPTY_HOME, ignore_errors=True)
# Named, so that no other configuration is looked for, wherever a run starts.
EMPTY_CONFIG = os.path.join(EMPTY_HOME, "patchctl.toml")
open(EMPTY_CONFIG, "x").close()


def environment(url=None):
    """Nothing of the user's own AWS settings or proxies may leak into a run."""
    env = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ}
    env |= {"HOME": EMPTY_HOME, "PATCHCTL_CONFIG": EMPTY_CONFIG, "TZ": "UTC"} | KEYS
    if url:
        env["AWS_ENDPOINT_URL"] = url
    return env


class Region:
    """`patchctl demo serve`, for as long as the `with` block lasts."""

    def __init__(self, patchctl, *flags):
        self.patchctl = patchctl
        self.command = [patchctl, "--quiet", "demo", "serve", *map(str, flags)]

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment()
        )
        ready, _, _ = select.select([self.process.stdout], [], [], 30)
        self.url = self.process.stdout.readline().strip() if ready else ""
        if not self.url.startswith("http://127.0.0.1:"):
            self.process.kill()
            raise RuntimeError(f"{' '.join(self.command)} did not say where it listens, but {self.url!r}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def get(self, path):
        # The empty handler keeps a proxy of the environment out of a loopback call.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def nodes(self):
        return self.get("/nodes").split()

    def stats(self):
        return json.loads(self.get("/stats"))

    def reset(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(urllib.request.Request(self.url + "/stats/reset", data=b"", method="POST"), timeout=30).close()

    def run(self, *args, ids=None, check=None, timeout=300):
        """Runs patchctl against this region; `ids` go to its standard input."""
        given = "".join(f"{node}\n" for node in ids) if ids is not None else ""
        done = subprocess.run(
            [self.patchctl, *args], input=given.encode(), capture_output=True, env=environment(self.url), timeout=timeout
        )
        if check is not None and done.returncode != check:
            said = done.stderr.decode(errors="replace").strip()[-500:]
            raise AssertionError(f"patchctl {' '.join(args)}: exit {done.returncode}, not {check}; it said: {said}")
        return done
