"""Reads patchctl's workbooks with openpyxl and LibreOffice, and compares them with the CSV of the same answer: rows, cell types, dates and
counts, for each command. From an endpoint with hostile text, no formula and no link may come.

Knows the demo, and the endpoint of spreadsheet.py. Usage: workbook.py PATCHCTL [SOFFICE]
"""

import csv
import io
import json
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
from datetime import datetime, timedelta, timezone
from http.server import ThreadingHTTPServer
from pathlib import Path

import openpyxl

import spreadsheet
from region import environment

# Name of the file: the command, its exit code, and the sheets of its workbook.
NODES, GATE = ("unread", "notes", "definitions"), 1
COMMANDS = {
    "states": (["states", "--all", "--columns", "+Name,+BaselineDiffers,+OldestMissing"], 0, ("nodes", *NODES)),
    "partial": (["states", "i-123", "i-bogus"], 3, ("nodes", *NODES)),
    "patches": (["patches", "--all", "--columns", "+ReleaseDate"], 0, ("patches", *NODES)),
    "by-kb": (["patches", "--all", "--by", "kb"], 0, ("patches by group", *NODES)),
    "by-node": (["patches", "--all", "--by", "node", "--columns", "+Name"], 0, ("patches by group", *NODES)),
    "summary": (["summary"], 0, ("groups", *NODES)),
    "check": (["check", "--all", "--columns", "+Name"], GATE, ("findings", *NODES)),
    "estimate": (["patches", "--all", "--estimate"], 0, ("calls", *NODES)),
    "doctor": (["doctor"], 0, ("permissions", "notes", "definitions")),
}
# What patchctl escapes where text is shown to people. Source: src/sanitize.rs.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\U000e0000-\U000e007f]")
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
LONGEST = 32_767
MARK = "… (cut)"


def escaped(text):
    return UNSAFE.sub(lambda found: ESCAPES.get(found[0], f"\\u{{{ord(found[0]):x}}}"), text)


def run(patchctl, args, env=None, exit_code=0):
    done = subprocess.run([patchctl, *args], capture_output=True, timeout=120, env=env)
    if done.returncode != exit_code:
        raise SystemExit(f"patchctl {' '.join(args)}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def moment(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc).replace(tzinfo=None)


def differs(cell, wanted):
    """Why a cell of the workbook is not the one of the CSV, if so."""
    if wanted == "":
        return None if cell.value is None else f"{cell.value!r} for an empty cell"
    if cell.data_type == "d":
        return None if abs(cell.value - moment(wanted)) < timedelta(milliseconds=2) else f"{cell.value} for {wanted}"
    if cell.data_type == "b":
        return None if str(cell.value).lower() == wanted else f"{cell.value} for {wanted}"
    if cell.data_type == "n":
        number = cell.value * 100 if "%" in cell.number_format else cell.value
        return None if cell.value is not None and abs(number - float(wanted)) < 1e-9 else f"{cell.value} for {wanted}"
    if cell.data_type in ("s", "inlineStr"):
        # CSV puts an apostrophe before what a spreadsheet would take for a formula.
        same = cell.value.replace("'", "") == escaped(wanted).replace("'", "")
        return None if same else f"{cell.value!r} for {wanted!r}"
    return f"a cell of type {cell.data_type}"


def compared(name, book, rows, sheets):
    """What is wrong with the workbook of a command, beside its CSV."""
    head, *rows = rows
    if tuple(book.sheetnames) != sheets:
        yield f"{name}: the sheets {book.sheetnames}"
        return
    sheet = book[sheets[0]]
    cells = list(sheet.iter_rows())
    headings = [cell.value for cell in cells[0]]
    if [heading.removesuffix(" (UTC)") for heading in headings] != head:
        yield f"{name}: the headings {headings}"
    if len(cells) - 1 != len(rows):
        yield f"{name}: {len(cells) - 1} rows for {len(rows)}"
    for row, wanted in zip(cells[1:], rows):
        for cell, text in zip(row, wanted, strict=True):
            if problem := differs(cell, text):
                yield f"{name} {cell.coordinate}: {problem}"
    for column in zip(*cells[1:]):
        types = {cell.data_type for cell in column if cell.value is not None}
        if len(types) > 1:
            yield f"{name}: the column {column[0].column_letter} has cells of the types {sorted(types)}"
    dated = {column[0].value for column in zip(*cells) if any(cell.data_type == "d" for cell in column)}
    if any(not heading.endswith(" (UTC)") for heading in dated):
        yield f"{name}: dates below {dated}"
    for sheet in book:
        if sheet.freeze_panes not in ("A2", "B2") or not sheet.auto_filter.ref:
            yield f"{name}: {sheet.title} has no frozen headings or no filter"
        if not all(column.width and column.width >= 8 for column in sheet.column_dimensions.values()):
            yield f"{name}: {sheet.title} has a narrow column"
    defined = {(row[0].value, row[1].value) for row in book["definitions"].iter_rows(min_row=2)}
    if missing := [column for column in head if (sheets[0], column) not in defined and not column.startswith("tag:")]:
        yield f"{name}: {missing} have no definition"


def inert(name, file, book):
    """What in a workbook could act: formulas, links, and parts that a workbook of data does not need."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or cell.hyperlink:
                    yield f"{name} {sheet.title}!{cell.coordinate}: {cell.value!r} is a formula or a link"
    with zipfile.ZipFile(file) as parts:
        for part in parts.namelist():
            text = parts.read(part).decode()
            if re.search(r"<f[ >]|<hyperlink|TargetMode=|macro|externalLink", text):
                yield f"{name}: {part} holds a formula, a link or a macro"
            if part.endswith(".rels") and "hyperlink" in text:
                yield f"{name}: {part} links to elsewhere"


def report(patchctl, folder):
    """What is wrong with the workbook of a report, beside its document."""
    file, args = folder / "report.xlsx", ["--demo", "report", "--by", "platform", "--sla", "critical=7d", "--fail-on", "non-compliant"]
    file.write_bytes(run(patchctl, [*args, "-o", "xlsx"], exit_code=GATE))
    document = json.loads(run(patchctl, [*args, "-o", "json"], exit_code=GATE))
    book = openpyxl.load_workbook(file)
    if book.sheetnames != ["summary", "nodes", "patches", "groups", "findings", "unread", "definitions"]:
        yield f"report: the sheets {book.sheetnames}"
        return
    yield from inert("report", file, book)
    figures = {(row[0].value, row[1].value): row[2] for row in book["summary"].iter_rows(min_row=2)}
    counts = document["Summary"]
    for figure, key in [("Nodes asked", "Nodes"), ("No data", "NoData"), ("Non-compliant", "NonCompliant"), ("Stale", "Stale")]:
        if figures["Fleet", figure].value != counts[key]:
            yield f"report: {figure} is {figures['Fleet', figure].value}, and {counts[key]} in the document"
    if figures["Evidence", "Asked at (UTC)"].data_type != "d" or "%" not in figures["Fleet", "Compliant share"].number_format:
        yield "report: no date of the evidence, or no share"
    nodes = json.loads(run(patchctl, ["--demo", "states", "--all", "-o", "json"]))["InstancePatchStates"]
    wanted = {(node["InstanceId"], node["Verdict"]) for node in nodes}
    head, *rows = book["nodes"].iter_rows(values_only=True)
    if {(row[head.index("InstanceId")], row[head.index("Verdict")]) for row in rows} != wanted or len(rows) != len(nodes):
        yield f"report: {len(rows)} nodes, or other ones"
    print("the workbook of a report has the figures of its document")


def naive(folder):
    """A workbook of a writer that takes texts for formulas and links, to show that these are found."""
    book, file = openpyxl.Workbook(), folder / "naive.xlsx"
    book.active["A1"], book.active["A2"] = "=1+1", "x"
    book.active["A2"].hyperlink = "http://127.0.0.1/x"
    book.save(file)
    if len(found := list(inert("naive", file, openpyxl.load_workbook(file)))) < 4:
        yield f"only {found} is found in a naive workbook, so that nothing is shown"


def converted(soffice, folder, files, form, options=""):
    """What LibreOffice makes of the files."""
    profile = folder / "profile"
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", form + options, "--outdir", folder, *files]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=True)


def shown(name, rows, wanted):
    """What is wrong with the sheet as LibreOffice shows it: its rows, its dates and its numbers."""
    if len(rows) != len(wanted):
        yield f"{name}: LibreOffice shows {len(rows)} rows for {len(wanted)}"
    for row, ours in zip(rows[1:], wanted[1:]):
        for heading, cell, text in zip(rows[0], row, ours):
            if heading.endswith(" (UTC)") and text:
                same = abs(datetime.fromisoformat(cell) - moment(text)) <= timedelta(seconds=1)
            elif cell.endswith("%"):
                same = float(cell[:-1]) == float(text)
            else:
                same = escaped(text).replace("'", "") == {"TRUE": "true", "FALSE": "false"}.get(cell, cell).replace("'", "")
            if not same:
                yield f"{name}: LibreOffice shows {cell!r} for {text!r} below {heading}"


def demo(patchctl, soffice, folder):
    csvs, books = {}, []
    for name, (args, code, sheets) in COMMANDS.items():
        csvs[name] = list(csv.reader(io.StringIO(run(patchctl, ["--demo", *args, "-o", "csv"], exit_code=code).decode(), newline="")))
        books.append(folder / f"{name}.xlsx")
        books[-1].write_bytes(run(patchctl, ["--demo", *args, "-o", "xlsx"], exit_code=code))
        book = openpyxl.load_workbook(books[-1])
        yield from compared(name, book, csvs[name], sheets)
        yield from inert(name, books[-1], book)
    unread = [[cell.value for cell in row] for row in openpyxl.load_workbook(folder / "partial.xlsx")["unread"].iter_rows()]
    if len(unread) != 2 or unread[1][0] != "i-bogus" or not unread[1][4] or not unread[1][5]:
        yield f"partial: unread is {unread}"
    # Comma, quotation mark, UTF-8, from the first line, all sheets. Source: help.libreoffice.org, "CSV Filter Parameters".
    converted(soffice, folder, books, "csv", ":Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1")
    for name, (*_, sheets) in COMMANDS.items():
        made = folder / f"{name}-{sheets[0]}.csv"
        with open(made, newline="", encoding="utf-8") as file:
            yield from shown(name, list(csv.reader(file)), csvs[name])
    print(f"{len(books)} workbooks with {sum(map(len, csvs.values()))} rows are those of the CSV, in openpyxl and in LibreOffice")


def hostile(patchctl, soffice, folder):
    """Texts that want to be formulas, links or markup, that no XML can hold, or that no cell has room for."""
    more = ["http://127.0.0.1/x", "mailto:a@b.example", "internal:Sheet1!A1", "file:///etc/passwd", "_x0041_", "<b>&amp;</b>", "{=1+1}", "\ufffe\uffff"]
    more += ["a" * LONGEST, "b" * (LONGEST + 1), "\U0001f600" * LONGEST]
    texts = [*spreadsheet.texts(), *more]
    patches = [{"Title": text, "KBId": f"KB{at}", "Classification": text, "Severity": text, "State": "Missing"} for at, text in enumerate(texts)]
    service = type("Service", (spreadsheet.Service,), {"patches": patches, "distinct": len(patches)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = folder / "hostile.xlsx"
    file.write_bytes(run(patchctl, ["patches", spreadsheet.NODE, "-o", "xlsx"], environment(f"http://127.0.0.1:{server.server_port}")))
    server.shutdown()
    book = openpyxl.load_workbook(file)
    yield from inert("hostile", file, book)
    head, *rows = book["patches"].iter_rows(values_only=True)
    found = dict(zip(*[[row[head.index(column)] for row in rows] for column in ("KBId", "Title")]))
    if len(found) != len(texts):
        yield f"hostile: {len(found)} rows for {len(texts)} texts"
    for at, text in enumerate(texts):
        cell, wanted = found.get(f"KB{at}") or "", escaped(text)
        if len(wanted.encode("utf-16-le")) // 2 > LONGEST:
            same = cell.endswith(MARK) and wanted.startswith(cell.removesuffix(MARK)) and len(cell.encode("utf-16-le")) // 2 <= LONGEST
        else:
            # openpyxl leaves Excel's escapes of what XML cannot hold as they are.
            same = re.sub("_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), cell) == wanted
        if not same:
            yield f"hostile: {cell[:60]!r} for {wanted[:60]!r}"
    notes = [row[1] for row in book["notes"].iter_rows(values_only=True)]
    if not any(str(note).startswith("6 texts longer than 32767") for note in notes):
        yield f"hostile: no note of the texts that were cut: {notes}"
    converted(soffice, folder, [file], "fods")
    every = list(spreadsheet.xml.parse(folder / "hostile.fods").getroot().iter())
    acting = [cell for cell in every if spreadsheet.FORMULA in cell.attrib or cell.tag.endswith("}a")]
    if acting:
        yield f"hostile: LibreOffice finds {len(acting)} formulas and links"
    print(f"{len(texts)} hostile texts are texts")


def main(patchctl, soffice="soffice"):
    with tempfile.TemporaryDirectory(prefix="patchctl-workbook-") as name:
        problems = [*naive(Path(name)), *report(patchctl, Path(name)), *demo(patchctl, soffice, Path(name)), *hostile(patchctl, soffice, Path(name))]
    for problem in problems[:40]:
        print(f"FAIL {problem}")
    if len(problems) > 40:
        print(f"FAIL and {len(problems) - 40} more")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
