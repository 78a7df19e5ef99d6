"""Writes packaging/start-functions.txt: the functions that short runs of patchctl call.

    CARGO_PROFILE_DIST_STRIP=none .ci/release --no-proof
    python .ci/start_functions.py target/x86_64-unknown-linux-gnu/dist/patchctl

.ci/release lays them side by side in the program, which takes a tenth off a start: Linux maps code in pieces of 64 KB, and
else they lie in half of all pieces. Knows which runs count. A name that is not in the program does nothing, so that the list
has to be made anew only after many changes; .ci/release says how much of it is found. Needs valgrind and openssl.
"""

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import tls
from region import Region, environment
from startup import callgrind

LIST = Path(__file__).parent.parent / "packaging" / "start-functions.txt"

# The start of a name says enough: types of parameters, further on, make some names a kilobyte long.
LETTERS = 120

# What people type most.
RUNS = [
    ["--version"],
    ["states", "i-123", "-o", "json"],
    ["states", "i-456", "-o", "table"],
    ["patches", "i-123", "-o", "csv"],
    ["patches", "i-123", "--state", "Missing", "-o", "table"],
]


def called(command, env):
    """The symbols of Rust functions that a run calls."""
    _, counts = callgrind(command, env, "--demangle=no")
    return set(re.findall(r"^c?fn=\(\d+\) (_R\w+)", counts, re.MULTILINE))


def pattern(symbol):
    """A pattern for the linker. What stands for a crate's version and compiler changes with either, and so can references to
    earlier parts of the name, which count its letters. LLVM numbers functions of the same name at the end."""
    return re.sub(r"Cs[0-9A-Za-z]+_|B[0-9A-Za-z]{0,2}_", "*", symbol)[:LETTERS].rstrip("*") + "*"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    patchctl = str(Path(sys.argv[1]).resolve())
    runs = Counter()
    with tempfile.TemporaryDirectory() as folder, Region(patchctl) as region:
        url, certificate = tls.front(Path(folder), region.url)
        for env in (environment(region.url), environment(url) | {"AWS_CA_BUNDLE": str(certificate)}):
            for run in RUNS:
                runs.update(called([patchctl, *run], env))
    if not runs:
        sys.exit("no symbols: build with CARGO_PROFILE_DIST_STRIP=none")
    # What all of them call comes first: one alone then touches fewer pieces.
    names = dict.fromkeys(pattern(symbol) for symbol in sorted(runs, key=lambda symbol: (-runs[symbol], symbol)))
    LIST.write_text("\n".join(names) + "\n")
    print(f"{len(runs)} functions, {len(names)} names")


if __name__ == "__main__":
    main()
