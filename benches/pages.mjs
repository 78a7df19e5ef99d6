// How long a page of HTML takes until it can be used, and to filter at a keystroke, in headless Chromium, beside plain means.
// Usage: node pages.mjs FOLDER PAGE ROUNDS, by pages.py; FOLDER has node_modules with playwright-core. Prints milliseconds as JSON.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, file] = process.argv.slice(2, 4).map((path) => resolve(path));
const rounds = Number(process.argv[4]);
const { chromium } = createRequire(join(folder, "package.json"))("playwright-core");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

const opened = async (path, use) => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(pathToFileURL(path).href);
  try {
    return await use(page);
  } finally {
    await page.close();
  }
};

// From the start of the navigation until everything is laid out.
const usable = (page) => page.evaluate(() => {
  document.body.getBoundingClientRect();
  return performance.now();
});

// The rows of the page's table, each as the texts of its cells.
const rows = await opened(file, (page) => page.evaluate(() => {
  const { rows, columns } = JSON.parse(document.querySelector("script[data-table=rows]").textContent);
  return rows.map((row) => row.map((value, at) => String(columns[at].values?.[value] ?? value ?? "-")));
}));

// What is compared with: a tenth of the rows, as a table of nothing but markup.
const escape = (text) => text.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
const plain = join(folder, "plain-table.html");
const markup = rows.slice(0, rows.length / 10).map((row) => `<tr>${row.map((text) => `<td>${escape(text)}</td>`).join("")}</tr>\n`);
writeFileSync(plain, `<!doctype html>\n<meta charset="utf-8">\n<title>Plain table</title>\n<table>\n${markup.join("")}</table>\n`);

const measured = { rows: rows.length, usable: [], plain: [], keystroke: [], scan: [] };
for (let round = 0; round < rounds; round += 1) {
  measured.plain.push(await opened(plain, usable));
  await opened(file, async (page) => {
    measured.usable.push(await usable(page));
    const texts = rows.map((row) => row.join("\n"));
    const times = await page.evaluate((texts) => {
      const search = document.querySelector("#rows-controls input[type=search]");
      const status = document.querySelector("#rows-status");
      const timed = (work) => {
        const started = performance.now();
        work();
        return performance.now() - started;
      };
      return ["k", "ke", "ker", "kern", "i-0", "critical missing"].map((query) => {
        const words = query.split(" ");
        let found = 0;
        // What a table without an index does: each word in the text of each row.
        const scan = timed(() => {
          for (const text of texts) {
            const lower = text.toLowerCase();
            if (words.every((word) => lower.includes(word))) found += 1;
          }
        });
        const keystroke = timed(() => {
          search.value = query;
          search.dispatchEvent(new Event("input"));
          document.body.getBoundingClientRect();
        });
        return { query, scan, keystroke, found, said: status.textContent };
      });
    }, texts);
    for (const { query, scan, keystroke, found, said } of times) {
      const shown = Number(said.match(/^[\d,]+/)[0].replaceAll(",", ""));
      if (shown !== found) throw new Error(`${query}: the page finds ${shown} rows, a scan of their text ${found}`);
      measured.scan.push(scan);
      measured.keystroke.push(keystroke);
    }
  });
}
await browser.close();
console.log(JSON.stringify(measured));
