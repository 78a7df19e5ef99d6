"""What is inside the program: the licences of its dependencies, and a CycloneDX bill of materials.

    python .ci/third_party.py TARGET LICENCES SBOM

Reads `cargo metadata` and the crates' own sources, so it needs no network once they are there (`cargo fetch --locked`).
Only crates that are linked into the program for TARGET count: not those of tests or of build scripts.
The same sources make the same bytes; the time in the SBOM is SOURCE_DATE_EPOCH.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Files of a crate that its licence wants passed on. Files of code, such as licence.rs, are none.
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|unlicense|copyright)(?!.*\.(rs|py|sh)$)", re.IGNORECASE)

# For crates that are published without the text. Source: the text of SPDX.
MIT = """MIT License

Copyright (c) {holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def linked(target):
    """The program's package, and those linked into it, each with the ids of what it is linked with."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    below = {
        node["id"]: [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]
        for node in metadata["resolve"]["nodes"]
    }
    root = metadata["resolve"]["root"]
    found, todo = {}, [root]
    while todo:
        package = todo.pop()
        if package not in found:
            found[package] = below[package]
            todo += below[package]
    order = sorted(found, key=lambda package: (packages[package]["name"], packages[package]["version"]))
    return packages[root], [(packages[package], [packages[other] for other in found[package]]) for package in order]


def expression(package):
    """The SPDX expression: older crates write a slash."""
    return re.sub(r"\s*/\s*", " OR ", package["license"] or "")


def texts(package):
    """The texts to pass on with a package."""
    folder = Path(package["manifest_path"]).parent
    found = [path for path in sorted(folder.iterdir()) if LICENCE_FILE.match(path.name)]
    files = [path for place in found for path in (sorted(place.rglob("*")) if place.is_dir() else [place]) if path.is_file()]
    if files:
        return [path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip() + "\n" for path in files]
    if "MIT" in expression(package).split():
        return [MIT.format(holders=", ".join(package["authors"]) or f"the authors of {package['name']}")]
    sys.exit(f"{package['name']} {package['version']} ({package['license']}) has no file with its licence")


def licences(program, packages):
    """One document: every package with its licence, then every text once, with the packages that it came with."""
    held = {}
    lines = [f"Software of others in {program['name']} {program['version']}", ""]
    for package, _ in packages:
        if package is program:
            continue
        name = f"{package['name']} {package['version']}"
        if not expression(package):
            sys.exit(f"{name} names no licence")
        lines.append(f"{name}: {expression(package)}")
        for text in texts(package):
            held.setdefault(text, []).append(name)
    for text, names in held.items():
        lines += ["", "=" * 80, "", f"With {', '.join(names)}:", "", text.rstrip("\n")]
    return "\n".join(lines) + "\n"


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, kind, checksums):
    found = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "licenses": [{"expression": expression(package)}],
        "purl": purl(package),
    }
    if package["description"]:
        found["description"] = " ".join(package["description"].split())
    if checksum := checksums.get((package["name"], package["version"])):
        found["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        found["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return found


def sbom(program, packages):
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock["package"]}
    made = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": component(program, "application", checksums),
        },
        "components": [component(package, "library", checksums) for package, _ in packages if package is not program],
        "dependencies": [
            {"ref": purl(package), "dependsOn": sorted({purl(other) for other in others})} for package, others in packages
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    target, licence_file, sbom_file = sys.argv[1:]
    program, packages = linked(target)
    Path(licence_file).write_text(licences(program, packages), encoding="utf-8")
    Path(sbom_file).write_text(sbom(program, packages), encoding="utf-8")
    print(f"{len(packages) - 1} crates are linked into {program['name']} for {target}")


if __name__ == "__main__":
    main()
