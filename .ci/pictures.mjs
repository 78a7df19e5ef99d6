// Makes the pictures of docs/reports.md from the demo: the report as a page, light and dark, wide and narrow, on paper, and
// as a workbook. Usage: node pictures.mjs PROGRAM FOLDER; FOLDER has node_modules with playwright-core.
// Takes chromium, pdftoppm and soffice.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const pictures = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "pictures");
mkdirSync(pictures, { recursive: true });

const report = ["--demo", "report", "--by", "platform", "--by", "patch-group", "--sla", "critical=7d,important=30d"];
for (const format of ["html", "xlsx"]) {
  execFileSync(program, [...report, "-o", format, "--output-file", `report.${format}`], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 400]) {
    const page = await browser.newPage({ viewport: { width, height: 1000 }, colorScheme });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    await page.screenshot({ path: join(pictures, `report-${width}-${colorScheme}.png`) });
    await page.close();
  }
}
const page = await browser.newPage();
await page.goto(pathToFileURL(join(folder, "report.html")).href);
await page.pdf({ path: join(folder, "report.pdf"), preferCSSPageSize: true });
await browser.close();

const picture = (pdf, name, number) => {
  const found = join(folder, name);
  execFileSync("pdftoppm", ["-png", "-r", "75", "-f", String(number), "-singlefile", join(folder, pdf), found]);
  copyFileSync(`${found}.png`, join(pictures, `${name}.png`));
};
picture("report.pdf", "report-paper", 1);
execFileSync("soffice", ["--headless", "--convert-to", "pdf:calc_pdf_Export", "--outdir", join(folder, "workbook"), join(folder, "report.xlsx")], { stdio: "ignore" });
picture(join("workbook", "report.pdf"), "report-workbook", 1);
