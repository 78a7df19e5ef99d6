// Pages of HTML as a person uses them, in headless Chromium: search, filters, sorting, links, the keyboard, paper, no scripts,
// and what must not happen: an error, a request, markup out of a title. axe-core looks for barriers, light and dark.
// Usage: node pages.mjs PROGRAM FOLDER; FOLDER has node_modules with playwright-core and axe-core, and takes the pages.
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const load = createRequire(join(folder, "package.json"));
const { chromium } = load("playwright-core");
const axeSource = readFileSync(load.resolve("axe-core/axe.min.js"), "utf8");

let passed = 0;
const failures = [];
const check = (name, isTrue, detail = "") => {
  if (isTrue) passed += 1;
  else {
    failures.push(name);
    console.log(`FAIL ${name} ${detail}`);
  }
};

// Writes a page with the program. Exit codes of an answer: 0, 1 (a gate that fails), 3 (in part).
const write = (name, args, options = {}) => {
  const file = join(folder, `${name}.html`);
  try {
    execFileSync(program, [...args, "-o", "html", "--output-file", file], { stdio: ["ignore", "pipe", "pipe"], ...options });
  } catch (error) {
    if (![1, 3].includes(error.status)) throw error;
  }
  return file;
};

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

// Opens a page, and fails on whatever a page must not do.
const open = async (name, file, { hash = "", ...options } = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => check(`${name}: no message on the console`, false, message.text()));
  page.on("pageerror", (error) => check(`${name}: no error`, false, error.message));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) check(`${name}: no request leaves the page`, false, request.url());
  });
  page.on("dialog", (dialog) => check(`${name}: no dialog`, false, dialog.message()));
  await page.goto(pathToFileURL(file).href + hash);
  return page;
};

const status = (page, id = "rows") => page.textContent(`#${id}-status`);
const column = (page, at, id = "rows") => page.$$eval(`#${id}-table tbody tr`, (rows, at) => rows.map((row) => row.cells[at].textContent), at);
const heading = (page, text, id = "rows") => page.locator(`#${id}-table thead button`, { hasText: text }).first();

const searchSortFilter = async () => {
  const file = write("patches", ["--demo", "patches", "--all"]);
  const page = await open("patches", file);
  const all = Number((await status(page)).match(/^[\d,]+/)[0].replaceAll(",", ""));
  check("all rows are found at first", all > 5000);
  check("a page holds 100 rows", (await column(page, 0)).length === 100);

  await page.fill("#rows-controls input[type=search]", "openssl CRITICAL");
  const found = await page.$$eval("#rows-table tbody tr", (rows) => rows.map((row) => row.textContent.toLowerCase()));
  check("each row found has every word", found.length > 0 && found.every((text) => text.includes("openssl") && text.includes("critical")));
  check("the status says how many", (await status(page)).startsWith(`${found.length} of `), await status(page));
  await page.fill("#rows-controls input[type=search]", "");

  const state = page.locator("#rows-controls label", { hasText: "State" }).locator("select");
  const choices = await state.locator("option").allTextContents();
  const missing = choices.find((text) => text.startsWith("Missing ("));
  const promised = Number(missing.match(/\(([\d,]+)\)/)[1].replaceAll(",", ""));
  await state.selectOption({ label: missing });
  check("a filter shows as many rows as it says", (await status(page)).startsWith(`${promised} of `), await status(page));
  const stateAt = (await page.$$eval("#rows-table thead th", (heads) => heads.map((head) => head.textContent))).findIndex((text) => text.startsWith("State"));
  check("a filter shows no other rows", (await column(page, stateAt)).every((text) => text === "Missing"));

  await heading(page, "Severity").click();
  const severityAt = (await page.$$eval("#rows-table thead th", (heads) => heads.map((head) => head.textContent))).findIndex((text) => text.startsWith("Severity"));
  const severities = await column(page, severityAt);
  check("the column that sorts says so", (await page.locator("#rows-table th[aria-sort]").count()) === 1);
  const hash = await page.evaluate(() => location.hash);
  check("the address holds filter and order", hash.includes("rows.State=Missing") && hash.includes("rows.sort="), hash);
  check("the link is the address", (await page.getAttribute("#rows-controls a", "href")) === hash);
  await page.close();

  const linked = await open("linked", file, { hash });
  check("a link opens the same view", JSON.stringify(await column(linked, severityAt)) === JSON.stringify(severities));
  check("a link sets the filter", (await status(linked)).startsWith(`${promised} of `));
  const gone = await open("gone", file, { hash: "#rows.State=NoSuchState" });
  check("a link to a value that no row has finds none", (await status(gone)).startsWith("0 of "), await status(gone));
  check("the address keeps it", (await gone.evaluate(() => location.hash)) === "#rows.State=NoSuchState");
  await gone.close();
  await linked.click("#rows-controls button");
  check("reset shows all rows", (await status(linked)).startsWith(all.toLocaleString("en")));
  check("reset clears the address", (await linked.evaluate(() => location.hash)) === "");
  await linked.close();
};

const numbersSort = async () => {
  const page = await open("states", write("states", ["--demo", "states", "--all"]));
  await heading(page, "Missing").click();
  const heads = await page.$$eval("#rows-table thead th", (all) => all.map((head) => head.textContent));
  const at = heads.findIndex((text) => text.startsWith("Missing"));
  const numbers = (await column(page, at)).map((text) => (text === "-" ? null : Number(text)));
  const known = numbers.filter((number) => number !== null);
  check("counts sort as numbers, the greatest first", known.every((number, index) => index === 0 || known[index - 1] >= number));
  check("what is unknown comes last", numbers.indexOf(null) === known.length && known.length < numbers.length);
  await heading(page, "Missing").click();
  check("what is unknown comes last the other way, too", (await column(page, at)).at(-1) === "-");
  await heading(page, "Missing").click();
  check("the third click takes the first order again", (await page.locator("#rows-table th[aria-sort]").count()) === 0);
  await page.close();
};

const keyboard = async () => {
  const page = await open("keyboard", join(folder, "patches.html"));
  await page.keyboard.press("/");
  check("/ goes to the search", await page.evaluate(() => document.activeElement.type === "search"));
  await page.keyboard.type("kernel");
  check("typing searches", (await status(page)).includes(" of "));
  await heading(page, "KB").focus();
  await page.keyboard.press("Enter");
  check("Enter sorts", (await page.locator("#rows-table th[aria-sort]").count()) === 1);
  await page.fill("#rows-controls input[type=search]", "");
  const next = page.locator(".pager button", { hasText: "Next" });
  await next.focus();
  await page.keyboard.press("Space");
  check("Space turns the page", (await page.textContent(".pager span")).startsWith("Page 2 of"));
  // Whoever tabs through comes to every control, and sees where they are.
  await page.evaluate(() => document.activeElement.blur());
  const reached = new Set();
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => {
      const here = document.activeElement;
      return here === document.body ? "" : `${here.tagName} ${here.textContent.slice(0, 12)} ${getComputedStyle(here).outlineStyle}`;
    }));
  }
  const names = [...reached].join("\n");
  check("every kind of control is reached", ["INPUT", "SELECT", "BUTTON", "A ", "DIV"].every((name) => names.includes(name)), names);
  check("focus is visible", ![...reached].some((text) => text.endsWith(" none")), names);
  await page.close();
};

const paper = async () => {
  const page = await open("paper", join(folder, "patches.html"), { hash: "#rows.State=Missing" });
  const pdf = join(folder, "patches.pdf");
  await page.pdf({ path: pdf, preferCSSPageSize: true });
  const text = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
  const pages = text.split("\f").filter((page) => page.trim());
  const rows = Number((await status(page)).match(/^\d+/)[0]);
  check("paper has several pages", pages.length > 1);
  check("the head is repeated on each page with rows", pages.filter((page) => /\bMissing\b/.test(page)).every((page) => /Node\s+Name\s+Title\s+KB/.test(page)));
  check("every row found is printed", (text.match(/\bMissing\b/g) ?? []).length >= rows, `${rows}`);
  check("paper has no controls", !/Link to this view|Reset/.test(text));
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  // A4 in landscape without its margins, in CSS pixels.
  await page.setViewportSize({ width: Math.floor(((297 - 22) / 25.4) * 96), height: 700 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check("nothing is cut at the edge of the paper", overflow <= 0, `${overflow} pixels`);
  await page.close();
};

const withoutScripts = async () => {
  const page = await open("no scripts", join(folder, "patches.html"), { javaScriptEnabled: false });
  check("the first rows are readable without scripts", (await page.locator("#rows-table tbody tr").count()) === 200);
  check("without scripts the page says what is not there", (await page.textContent("#rows-rest")).startsWith("The first 200 of "));
  check("without scripts no dead control is shown", !(await page.isVisible("#rows-controls")));
  await page.close();
};

const hostileText = async () => {
  const file = write("nasty", ["--demo", "patches", "mi-0d8b1f5c3a7e96240"]);
  const page = await open("nasty", file);
  const shown = await page.textContent("#rows-table");
  check("a hostile title is shown as text", shown.includes("<b>bold</b> | a pipe & an ampersand"));
  check("controls are escaped", shown.includes("\\u{1b}[31mred alert") && shown.includes("\\u{202e}"));
  check("no markup comes out of a title", (await page.locator("#rows-table b, #rows-table img, #rows-table a").count()) === 0);
  await page.close();
};

const barriers = async (name, file) => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(`${name} ${colorScheme}`, file, { colorScheme, bypassCSP: true });
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const found = violations.map((violation) => `${violation.id}: ${violation.nodes.length} x ${violation.help} ${violation.nodes[0].html.slice(0, 120)}`);
    check(`${name}: axe-core finds no barrier, ${colorScheme}`, found.length === 0, found.join("\n"));
    await page.close();
  }
};

const narrow = async (name, file) => {
  const page = await open(`${name} at 400`, file, { viewport: { width: 400, height: 800 } });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name}: the page does not scroll sideways at 400 pixels`, overflow <= 0, `${overflow} pixels`);
  await page.close();
};

// 5,000 nodes with 40 patches each that are due: all are in the page, whose size is bounded. benches/pages.py has the times.
const largeFleet = async () => {
  const server = spawn(program, ["demo", "serve", "--nodes", "5000", "--patches", "40", "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const greeting = await new Promise((found) => server.stdout.once("data", (data) => found(String(data))));
    const url = greeting.match(/http:\/\/127\.0\.0\.1:\d+/)[0];
    const env = { ...process.env, AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret", AWS_REGION: "eu-west-1", AWS_EC2_METADATA_DISABLED: "true" };
    const file = write("large", ["patches", "--all", "--endpoint-url", url], { env });
    const size = statSync(file).size / (1 << 20);
    const page = await open("large", file);
    const [rows] = (await status(page)).match(/^[\d,]+/);
    console.log(`large fleet: ${rows} rows, ${size.toFixed(1)} MiB`);
    check("the large page has 200,000 rows", rows === "200,000", rows);
    check("the large page is below 25 MiB", size < 25);
    await page.close();
    // The report of a fleet in which every node lacks some: what opens, and what is found in it.
    const report = write("large-report", ["report", "--all", "--sla", "critical=7d", "--endpoint-url", url], { env });
    const reportPage = await open("large report", report);
    const [nodes] = (await status(reportPage, "nodes")).match(/^[\d,]+/);
    const [due] = (await status(reportPage, "patches")).match(/^[\d,]+/);
    const reportSize = statSync(report).size / (1 << 20);
    console.log(`large report: ${nodes} nodes, ${due} patches to act on, ${reportSize.toFixed(1)} MiB`);
    check("the large report has every node", nodes === "5,000", nodes);
    check("the large report is below 25 MiB", reportSize < 25);
    await reportPage.close();
  } finally {
    server.kill();
  }
};

await searchSortFilter();
await numbersSort();
await keyboard();
await paper();
await withoutScripts();
await hostileText();
const reportArguments = ["--demo", "report", "--all", "--by", "platform", "--by", "patch-group"];
// A report of a dataset, with the evidence for a sample.
const fleet = join(folder, "fleet");
try {
  execFileSync(program, ["--demo", "collect", "--all", "--to", fleet], { stdio: ["ignore", "pipe", "pipe"] });
} catch (error) {
  if (error.status !== 3) throw error;
}
const sample = join(folder, "sample.csv");
writeFileSync(sample, "i-123\ni-456,KB5088215\nKB5088215\n=1+1|<img src=x onerror=alert(1)>\n");
const pages = {
  report: write("report", [...reportArguments, "--fail-on", "missing>=critical", "--sla", "critical=7d,important=30d"]),
  history: write("history", ["report", "--from", fleet, "--sample", sample, "--sla", "critical=7d,important=30d"]),
  patches: join(folder, "patches.html"),
  states: join(folder, "states.html"),
  groups: write("groups", ["--demo", "summary", "--by", "platform"]),
  kb: write("kb", ["--demo", "patches", "--all", "--by", "kb"]),
  findings: write("findings", ["--demo", "check", "--all"]),
  empty: write("empty", ["--demo", "patches", "i-123", "--kb", "KB1"]),
};
for (const [name, file] of Object.entries(pages)) {
  await barriers(name, file);
  await narrow(name, file);
}
await largeFleet();
await browser.close();
console.log(`pages: ${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
