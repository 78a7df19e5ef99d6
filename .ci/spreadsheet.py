"""Opens patchctl's CSV in LibreOffice, split in every way its import dialog offers, and looks for formulas.

Knows an endpoint that answers with hostile text, and LibreOffice. Usage: spreadsheet.py PATCHCTL [SOFFICE]
"""

import csv
import itertools
import json
import random
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from region import environment

NODE = "mi-0123456789abcdef0"
FIELDS = ("Title", "KBId", "Classification", "Severity")
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
SEPARATORS = [*",;|:^~", "\t", " "]
CONTROLS = ["\0", "\x01", "\t", "\n", "\x0b", "\x0c", "\r", "\r\n", "\x1b", "\x1f", "\x7f", "\x85", "\x9b", "\u2028", "\u2029"]
HIDDEN = ["\xa0", "\u3000", "\u200b", "\ufeff", "\u202e", '"', '""', "'"]
PAYLOADS = ["1+1", "1+1'", 'HYPERLINK("http://127.0.0.1","x")', "SUM(1,1)", "=1", " 1", ""]
# Separators as LibreOffice's import filter takes them, the text delimiter (a quotation mark, or none). Each takes seconds.
ALL = "44/59/9/32/124"
SETTINGS = [(separators, "34") for separators in ("44", "59", "9", "32", "124", "58", "44/59", "44/32/MRG", ALL)]
SETTINGS += [(separators, "") for separators in ("44", "59", ALL)]
FORMULA = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"


def texts():
    """Formulas behind everything that a reader may split at, and random mixtures of the same."""
    starts = ["", " ", *SEPARATORS, *CONTROLS, *HIDDEN, *map("".join, itertools.product(";,\t|", " \"'\0\t")), "x ;", "; ; "]
    for start, sign, payload in itertools.product(starts, SIGNS[:4], PAYLOADS[:3]):
        yield f"{start}{sign}{payload}"
        yield f"KB1 Update{start}{sign}{payload}"
    for start, sign, payload in itertools.product(starts, SIGNS, PAYLOADS):
        yield f"a{start}{sign}{payload}"
    rng = random.Random(20261126)
    parts = [*SIGNS[:4], *SEPARATORS, *CONTROLS, *HIDDEN, *PAYLOADS, *"ab12"]
    for _ in range(2_000):
        yield "".join(rng.choices(parts, k=rng.randint(1, 8)))


def rows():
    every = list(texts())
    every += ["x"] * (-len(every) % len(FIELDS))
    for at in range(0, len(every), len(FIELDS)):
        yield dict(zip(FIELDS, every[at : at + len(FIELDS)]), State="Missing", InstalledTime=0.0)


class Service(BaseHTTPRequestHandler):
    """Systems Manager with one node, whose patches have hostile words."""

    protocol_version = "HTTP/1.1"
    patches = list(rows())
    # A row that is repeated is no second patch.
    distinct = len({(one.get("KBId"), one.get("Title")) for one in patches})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["X-Amz-Target"].split(".")[1]
        answer = getattr(self, operation, lambda _: {})(asked)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def DescribeInstancePatchStates(self, asked):
        zeros = dict.fromkeys(("FailedCount", "InstalledRejectedCount", "InstalledPendingRebootCount"), 0)
        return {"InstancePatchStates": [{"InstanceId": one, "MissingCount": self.distinct, **zeros} for one in asked["InstanceIds"]]}

    def DescribeInstancePatches(self, asked):
        at = int(asked.get("NextToken", "0"))
        more = at + 50 < len(self.patches)
        return {"Patches": self.patches[at : at + 50]} | ({"NextToken": str(at + 50)} if more else {})

    def log_message(self, *_):
        pass


def written(patchctl, path):
    """The CSV that patchctl makes of it."""
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    env = environment(f"http://127.0.0.1:{service.server_port}")
    with open(path, "wb") as out:
        done = subprocess.run([patchctl, "patches", NODE, "-o", "csv"], stdout=out, stderr=subprocess.PIPE, env=env, timeout=120)
    service.shutdown()
    if done.returncode != 0:
        raise SystemExit(f"patchctl: exit {done.returncode}: {done.stderr.decode()}")


def naive(path):
    """The same text as a CSV writer makes of it that knows nothing of spreadsheets."""
    with open(path, "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(FIELDS)
        rows.writerows([row[field] for field in FIELDS] for row in Service.patches)


def formulas(soffice, folder, files, separators, delimiter):
    """How many cells of each file LibreOffice takes for formulas, and one of them."""
    name = f"{separators}-{delimiter}".replace("/", "_")
    profile, out = folder / f"profile-{threading.get_ident()}", folder / name
    # The tokens: separators, delimiter, UTF-8, first line, columns, language, quoted as text, special numbers,
    # as shown, as formulas, trim, sheet, evaluate formulas. Source: help.libreoffice.org, "CSV Filter Parameters".
    tokens = f"{separators},{delimiter},76,1,,0,false,true,false,false,true,0,true"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "fods"]
    command += [f"--infilter=Text - txt - csv (StarCalc):{tokens}", "--outdir", out, *files]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    for file in files:
        converted = out / file.with_suffix(".fods").name
        if not converted.exists():
            raise SystemExit(f"LibreOffice made nothing of {file.name} split at {separators}: {done.stderr.decode()}")
        cells = [cell for cell in xml.parse(converted).getroot().iter() if FORMULA in cell.attrib]
        yield len(cells), next((f"{cell.get(FORMULA)} {''.join(cell.itertext()).strip()!r}" for cell in cells), None)


def main(patchctl, soffice="soffice"):
    with tempfile.TemporaryDirectory(prefix="patchctl-spreadsheet-") as name:
        folder = Path(name)
        safe, unsafe = folder / "safe.csv", folder / "unsafe.csv"
        written(patchctl, safe)
        naive(unsafe)
        raw = [byte for byte in safe.read_bytes() if byte < 0x20 and byte not in b"\r\n" or byte == 0x7F]
        problems = [f"{len(raw)} raw control characters"] if raw else []
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda setting: list(formulas(soffice, folder, [safe, unsafe], *setting)), SETTINGS))
        for (separators, delimiter), ((count, example), (others, _)) in zip(SETTINGS, found):
            how = f"split at {separators}, text delimiter {delimiter or 'none'}"
            if count:
                problems.append(f"{how}: {count} formulas, such as {example}")
            if not others:
                problems.append(f"{how}: no formula even in the naive file, so that nothing is shown")
        print(f"{len(Service.patches) * len(FIELDS)} texts, {len(SETTINGS)} settings: a naive writer has {sum(n for _, (n, _) in found)} formulas")
    for problem in problems:
        print(f"FAIL {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
