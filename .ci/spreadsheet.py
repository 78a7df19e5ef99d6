"""Opens patchctl's CSV in LibreOffice, split in every way its import dialog offers, and looks for formulas; and, as a German spreadsheet
would, for dates and numbers.

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
VALUE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
# What patchctl separates cells by.
DELIMITERS = {"comma": ",", "semicolon": ";", "pipe": "|", "tab": "tab"}
# LibreOffice's number of the language. Source: help.libreoffice.org, "CSV Filter Parameters".
ENGLISH, GERMAN = 0, 1031


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


def written(patchctl, path, delimiter):
    """The CSV that patchctl makes of it."""
    service = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    env = environment(f"http://127.0.0.1:{service.server_port}")
    with open(path, "wb") as out:
        done = subprocess.run([patchctl, "patches", NODE, "-o", "csv", "--delimiter", delimiter], stdout=out, stderr=subprocess.PIPE, env=env, timeout=120)
    service.shutdown()
    if done.returncode != 0:
        raise SystemExit(f"patchctl: exit {done.returncode}: {done.stderr.decode()}")


def naive(path):
    """The same text as a CSV writer makes of it that knows nothing of spreadsheets."""
    with open(path, "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(FIELDS)
        rows.writerows([row[field] for field in FIELDS] for row in Service.patches)


def cells(soffice, folder, files, separators, delimiter, language=ENGLISH):
    """The cells that LibreOffice makes of each file."""
    name = f"{separators}-{delimiter}-{language}".replace("/", "_")
    profile, out = folder / f"profile-{threading.get_ident()}", folder / name
    # The tokens: separators, delimiter, UTF-8, first line, columns, language, quoted as text, special numbers,
    # as shown, as formulas, trim, sheet, evaluate formulas. Source: help.libreoffice.org, "CSV Filter Parameters".
    tokens = f"{separators},{delimiter},76,1,,{language},false,true,false,false,true,0,true"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "fods"]
    command += [f"--infilter=Text - txt - csv (StarCalc):{tokens}", "--outdir", out, *files]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    for file in files:
        converted = out / file.with_suffix(".fods").name
        if not converted.exists():
            raise SystemExit(f"LibreOffice made nothing of {file.name} split at {separators}: {done.stderr.decode()}")
        yield list(xml.parse(converted).getroot().iter())


def formulas(*call):
    """How many cells of each file LibreOffice takes for formulas, and one of them."""
    for every in cells(*call):
        found = [cell for cell in every if FORMULA in cell.attrib]
        yield len(found), next((f"{cell.get(FORMULA)} {''.join(cell.itertext()).strip()!r}" for cell in found), None)


def german(patchctl, soffice, folder):
    """What is wrong with dates and percentages where a number has a decimal comma."""
    flags = ["-o", "csv", "--bom", "--delimiter", ";", "--time-format", "spreadsheet"]
    files = []
    for name, command in [
        ("date", ["states", "i-123", "--columns", "OperationEndTime"]),
        ("float", ["summary", "i-123", "i-456", "--by", "region", "--columns", "CompliantPercent"]),
    ]:
        files.append(folder / f"{name}.csv")
        printed = subprocess.run([patchctl, "--demo", *command, *flags, "--no-headers"], capture_output=True, timeout=120)
        files[-1].write_bytes(printed.stdout)
    for file, every in zip(files, cells(soffice, folder, files, "59", "34", GERMAN)):
        types = [cell.get(VALUE_TYPE) for cell in every if VALUE_TYPE in cell.attrib]
        if types != [file.stem]:
            yield f"{file.read_text('utf-8')!r} is {types} in German, and not {file.stem}"


def main(patchctl, soffice="soffice"):
    with tempfile.TemporaryDirectory(prefix="patchctl-spreadsheet-") as name:
        folder = Path(name)
        safe, unsafe = [folder / f"{name}.csv" for name in DELIMITERS], folder / "unsafe.csv"
        for path, delimiter in zip(safe, DELIMITERS.values()):
            written(patchctl, path, delimiter)
        naive(unsafe)
        problems = list(german(patchctl, soffice, folder))
        for path in safe:
            known = b"\r\n\t" if path.stem == "tab" else b"\r\n"
            raw = [byte for byte in path.read_bytes() if byte < 0x20 and byte not in known or byte == 0x7F]
            problems += [f"{path.stem}: {len(raw)} raw control characters"] if raw else []
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda setting: list(formulas(soffice, folder, [*safe, unsafe], *setting)), SETTINGS))
        for (separators, delimiter), (*ours, (others, _)) in zip(SETTINGS, found):
            how = f"split at {separators}, text delimiter {delimiter or 'none'}"
            for path, (count, example) in zip(safe, ours):
                if count:
                    problems.append(f"{path.stem}, {how}: {count} formulas, such as {example}")
            if not others:
                problems.append(f"{how}: no formula even in the naive file, so that nothing is shown")
        print(f"{len(Service.patches) * len(FIELDS)} texts, {len(SETTINGS)} settings: a naive writer has {sum(n for *_, (n, _) in found)} formulas")
    for problem in problems:
        print(f"FAIL {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
