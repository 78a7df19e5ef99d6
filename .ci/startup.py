"""What a start of patchctl costs, counted in instructions, and what its build has to compile, against .ci/budget.toml.

    python .ci/startup.py PATCHCTL [--binary-only]

Counts repeat where times do not; benches/compare.py measures times, beside the AWS CLI. Needs valgrind, readelf and openssl.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import tls
from region import Region, environment

BUDGET = tomllib.loads((Path(__file__).with_name("budget.toml")).read_text())

# As many as a system's bundle holds; those of this machine would change with it.
CERTIFICATES = 140


def callgrind(command, env, *options):
    """What callgrind says of a process that must succeed, and what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        counted = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", *options, *command]
        done = subprocess.run(counted, capture_output=True, env=env, timeout=120)
        said = done.stderr.decode(errors="replace")
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit {done.returncode}: {said[-800:]}")
        return said, counts.read_text()


def instructions(command, env):
    """Millions of instructions."""
    said, _ = callgrind(command, env)
    return int(re.search(r"Collected : (\d+)", said)[1]) / 1e6


def relocations(program):
    """How many pointers the dynamic linker adjusts at each start. It writes to, and so copies, each page that has one."""
    dynamic = subprocess.run(["readelf", "--dynamic", "--wide", program], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\(RELACOUNT\)\s+(\d+)", dynamic)[1])


def packages():
    """How many packages a build from an empty folder compiles."""
    tree = ["cargo", "tree", "--locked", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]
    listed = subprocess.run(tree, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent).stdout
    return len({line.removesuffix(" (*)") for line in listed.splitlines() if line})


def measured(patchctl):
    one = [patchctl, "states", "i-123", "-o", "json"]
    with tempfile.TemporaryDirectory() as folder, Region(patchctl) as region:
        url, certificate = tls.front(Path(folder), region.url)
        bundle = Path(folder) / "bundle.pem"
        bundle.write_text(certificate.read_text() * CERTIFICATES)
        by_name = {"AWS_CA_BUNDLE": str(bundle)}
        # Where rustls looks on every system; without it, some systems have a file and a folder of the same certificates.
        by_system = {"SSL_CERT_FILE": str(bundle)}
        yield "version", instructions([patchctl, "--version"], environment())
        yield "demo", instructions([patchctl, "--demo", "states", "i-123", "-o", "json"], environment())
        yield "http", instructions(one, environment(region.url) | by_name)
        yield "https", instructions(one, environment(url) | by_name)
        yield "https-system", instructions(one, environment(url) | by_system)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    patchctl = str(Path(sys.argv[1]).resolve())
    rows = [
        ("binary, MB", Path(patchctl).stat().st_size / 1e6, BUDGET["binary"]["megabytes"]),
        ("relocations", relocations(patchctl), BUDGET["binary"]["relocations"]),
        ("packages of a cold build", packages(), BUDGET["build"]["packages"]),
    ]
    if "--binary-only" not in sys.argv:
        rows += [(f"{name}, M instructions", count, BUDGET["instructions"][name]) for name, count in measured(patchctl)]
    for name, count, most in rows:
        print(f"{'ok  ' if count <= most else 'OVER'} {name}: {count:.2f} of {most:.2f}")
    over = sum(count > most for _, count, most in rows)
    print(f"{len(rows) - over} passed, {over} failed")
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
