"""A page of HTML with 200,000 rows, in headless Chromium: opened beside a plain table, filtered beside a plain scan.

    python benches/pages.py --modules FOLDER --patchctl PATH [--short] [--strict] [--json FILE]

FOLDER has node_modules with playwright-core, as `.ci/run` installs it. Knows what is measured and which targets there
are; pages.mjs measures. A missed target of time fails only with --strict.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from compare import ROOT, Table

sys.path.insert(0, str(ROOT / ".ci"))

from region import Region


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", metavar="FOLDER", required=True)
    parser.add_argument("--short", action="store_true", help="fewer rounds")
    parser.add_argument("--strict", action="store_true", help="fail on missed targets of time")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--patchctl", metavar="PATH", required=True)
    args = parser.parse_args()
    patchctl = Path(args.patchctl).resolve()
    table = Table()
    with tempfile.TemporaryDirectory() as folder, Region(patchctl, "--nodes", 5000, "--patches", 40) as region:
        page = Path(folder, "large.html")
        region.run("patches", "--all", "-o", "html", "--output-file", str(page), check=0)
        command = ["node", ROOT / "benches" / "pages.mjs", args.modules, page, "3" if args.short else "9"]
        measured = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        size = page.stat().st_size / (1 << 20)
    usable, plain, keystroke, scan = (median(measured[name]) for name in ("usable", "plain", "keystroke", "scan"))
    rows = measured["rows"]
    table.add(f"page of {rows:,} rows, {size:.1f} MiB: opened and laid out, beside a plain table of a tenth of them",
              f"{usable:.0f} ms", f"{plain:.0f} ms", plain / usable, "not slower (1×)", plain >= usable)
    table.add(f"a keystroke in its search, rows shown, beside a scan of the text of {rows:,} rows that shows nothing",
              f"{keystroke:.0f} ms", f"{scan:.0f} ms", scan / keystroke, "at least 0.5×", scan >= keystroke / 2)
    return table.end("bench of pages", args)


if __name__ == "__main__":
    sys.exit(main())
