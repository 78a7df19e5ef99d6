
"use strict";
// Search, filters, sorting and pages of the tables. Each table comes as JSON: rows of numbers that
// point into the distinct values of their column. Text enters the page as text nodes only.
(() => {
  const PAGE_ROWS = 100;
  // Paper takes no more of one table.
  const PRINT_ROWS = 5000;
  // A filter of more values is what the search is for.
  const MAX_CHOICES = 60;
  // What stands for a value that is not known.
  const UNKNOWN = Symbol("unknown");
  const TONES = { g: "good", w: "warning", b: "bad", d: "dim", s: "strong" };
  const count = (n) => n.toLocaleString("en");
  const collator = new Intl.Collator("en", { numeric: true });

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // The state of all tables stands in the address, so that each view has a link.
  const readAddress = () => new URLSearchParams(location.hash.slice(1));
  const writeAddress = () => {
    const params = new URLSearchParams();
    for (const table of tables) table.addState(params);
    const text = params.toString();
    const hash = text ? `#${text}` : " ";
    try {
      history.replaceState(null, "", text ? hash : location.pathname + location.search);
    } catch {
      // Where a page has no address that can change, as in some mail programs.
    }
    for (const table of tables) table.link.href = hash.trim() || "#";
  };

  class Table {
    constructor(script) {
      this.id = script.dataset.table;
      const { rows, columns, omitted } = JSON.parse(script.textContent);
      this.omitted = omitted;
      this.size = rows.length;
      this.columns = columns;
      // One array for each column: quick to search. What is unknown is -1 among values, else NaN.
      this.cells = columns.map((column, at) => (column.values
        ? Int32Array.from(rows, (row) => row[at] ?? -1)
        : Float64Array.from(rows, (row) => row[at] ?? NaN)));
      this.query = "";
      this.choices = new Map();
      this.sort = null;
      this.page = 0;
      this.order = this.givenOrder();
      this.found = this.order;
      this.needles = columns.map((column) => column.values?.map((text) => text.toLowerCase()));
      const part = (name) => document.getElementById(`${this.id}-${name}`);
      this.body = part("table").tBodies[0];
      this.heads = [...part("table").tHead.rows[0].cells];
      this.status = part("status");
      part("rest")?.remove();
      this.makeHeads();
      this.makeControls(part("controls"));
      this.makePager(part("table").parentElement);
    }

    givenOrder() {
      return Uint32Array.from({ length: this.size }, (_, index) => index);
    }

    makeHeads() {
      this.heads.forEach((head, at) => {
        const heading = head.textContent;
        const button = element("button", { type: "button", textContent: heading });
        button.addEventListener("click", () => this.toggleSort(at));
        // Browsers print no buttons in the head that they repeat on each page.
        const paper = element("span", { className: "paper", textContent: heading });
        paper.setAttribute("aria-hidden", "true");
        head.replaceChildren(button, paper);
      });
    }

    makeControls(bar) {
      this.search = element("input", { type: "search", autocomplete: "off", spellcheck: false });
      this.search.setAttribute("aria-keyshortcuts", "/");
      this.search.addEventListener("input", () => {
        this.query = this.search.value;
        this.page = 0;
        this.update();
      });
      bar.append(element("label", {}, "Search", this.search));
      this.selects = new Map();
      this.columns.forEach((column, at) => {
        const { values } = column;
        if (!column.filter || !values || values.length < 2 || values.length > MAX_CHOICES) return;
        const select = element("select", {}, new Option("all", ""));
        // Texts that look alike may differ in what they mean: one choice takes them all.
        const totals = new Map();
        for (const value of this.cells[at]) {
          const text = value < 0 ? UNKNOWN : values[value];
          totals.set(text, (totals.get(text) ?? 0) + 1);
        }
        const ranked = [...values.keys()].sort((left, right) => this.compareValues(column, left, right));
        for (const text of new Set(ranked.map((value) => values[value]))) {
          select.add(new Option(`${text || "(empty)"} (${count(totals.get(text))})`, `=${text}`));
        }
        if (totals.has(UNKNOWN)) select.add(new Option(`unknown (${count(totals.get(UNKNOWN))})`, "unknown"));
        select.addEventListener("change", () => {
          if (select.value === "") this.choices.delete(at);
          else this.choices.set(at, select.value === "unknown" ? UNKNOWN : select.value.slice(1));
          this.page = 0;
          this.update();
        });
        this.selects.set(at, select);
        bar.append(element("label", {}, column.heading, select));
      });
      const reset = element("button", { type: "button", textContent: "Reset" });
      reset.addEventListener("click", () => {
        this.reset();
        this.update();
        this.search.focus();
      });
      this.link = element("a", { href: "#", textContent: "Link to this view" });
      bar.append(reset, this.link);
      bar.hidden = this.size < 2;
    }

    makePager(after) {
      const go = (text, to) => {
        const button = element("button", { type: "button", textContent: text });
        button.addEventListener("click", () => {
          this.page = to();
          this.update(false);
        });
        return button;
      };
      this.first = go("First", () => 0);
      this.previous = go("Previous", () => this.page - 1);
      this.next = go("Next", () => this.page + 1);
      this.last = go("Last", () => this.pages() - 1);
      this.place = element("span");
      this.pager = element("nav", { className: "pager" }, this.first, this.previous, this.place, this.next, this.last);
      this.pager.setAttribute("aria-label", `Pages of ${document.getElementById(`${this.id}-title`).textContent}`);
      after.after(this.pager);
    }

    pages() {
      return Math.max(1, Math.ceil(this.found.length / PAGE_ROWS));
    }

    reset() {
      this.query = "";
      this.search.value = "";
      this.choices.clear();
      for (const select of this.selects.values()) select.value = "";
      this.page = 0;
      this.setSort(null);
    }

    // The values of one column: by their rank where they have one, else as people sort text.
    compareValues(column, left, right) {
      const byRank = column.ranks ? column.ranks[left] - column.ranks[right] : 0;
      return byRank || collator.compare(column.values[left], column.values[right]);
    }

    // One click sorts, the second turns round, the third takes the given order again.
    toggleSort(at) {
      const starts = this.columns[at].descends ? "descending" : "ascending";
      const turned = starts === "ascending" ? "descending" : "ascending";
      if (this.sort?.at !== at) this.setSort({ at, direction: starts });
      else if (this.sort.direction === starts) this.setSort({ at, direction: turned });
      else this.setSort(null);
      this.page = 0;
      this.update();
    }

    setSort(sort) {
      this.sort = sort;
      this.heads.forEach((head, at) => {
        if (sort?.at === at) head.setAttribute("aria-sort", sort.direction);
        else head.removeAttribute("aria-sort");
      });
      const order = this.givenOrder();
      if (sort) {
        const column = this.columns[sort.at];
        let keys = this.cells[sort.at];
        if (column.values) {
          const ranked = [...column.values.keys()].sort((left, right) => this.compareValues(column, left, right));
          const places = new Float64Array(ranked.length);
          ranked.forEach((value, place) => { places[value] = place; });
          keys = Float64Array.from(keys, (value) => (value < 0 ? NaN : places[value]));
        }
        const sign = sort.direction === "ascending" ? 1 : -1;
        // What is unknown comes last either way; equal rows keep their order.
        order.sort((left, right) => {
          const [a, b] = [keys[left], keys[right]];
          if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b) || left - right;
          return sign * (a - b) || left - right;
        });
      }
      this.order = order;
    }

    // The rows that hold every word of the search in some column, and the chosen values.
    find() {
      const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
      this.found = this.order;
      for (const [at, text] of this.choices) {
        const cells = this.cells[at];
        const wanted = new Set(text === UNKNOWN ? [-1] : []);
        this.columns[at].values.forEach((value, place) => { if (value === text) wanted.add(place); });
        this.keep((index) => wanted.has(cells[index]));
      }
      for (const word of words) {
        const isHit = new Uint8Array(this.size);
        this.needles.forEach((texts, at) => {
          if (!texts) return;
          const hits = Uint8Array.from(texts, (text) => text.includes(word));
          if (!hits.includes(1)) return;
          const cells = this.cells[at];
          for (let index = 0; index < cells.length; index += 1) if (cells[index] >= 0) isHit[index] |= hits[cells[index]];
        });
        this.keep((index) => isHit[index] === 1);
      }
    }

    keep(isKept) {
      const kept = new Uint32Array(this.found.length);
      let size = 0;
      for (const index of this.found) if (isKept(index)) kept[size++] = index;
      this.found = kept.subarray(0, size);
    }

    // The text of a cell, and what it means.
    cell(index, at) {
      const column = this.columns[at];
      const value = this.cells[at][index];
      if (column.values ? value < 0 : Number.isNaN(value)) return ["-", "d"];
      if (column.values) return [column.values[value], column.tones[value]];
      if (column.kind === "time") return [new Date(value * 1000).toISOString().slice(0, 16).replace("T", " "), "p"];
      const tone = value === 0 ? "d" : column.kind === "violations" ? "b" : "p";
      return [String(value), tone];
    }

    // The entries of a list, none of which is broken at a hyphen.
    items(text) {
      const texts = text.split(", ");
      return texts.flatMap((item, at) => {
        const isLast = at === texts.length - 1;
        return [element("span", { className: "item", textContent: isLast ? item : `${item},` }), isLast ? "" : " "];
      });
    }

    show(from, to) {
      const rows = document.createDocumentFragment();
      for (const index of this.found.subarray(from, to)) {
        const line = element("tr");
        this.columns.forEach((column, at) => {
          const [text, tone] = this.cell(index, at);
          const cell = element(at ? "td" : "th");
          if (column.class === "list") cell.append(...this.items(text));
          else cell.textContent = text;
          if (!at) cell.scope = "row";
          const classes = [TONES[tone], column.class].filter(Boolean);
          if (classes.length) cell.className = classes.join(" ");
          line.append(cell);
        });
        rows.append(line);
      }
      this.body.replaceChildren(rows);
    }

    update(isSearched = true) {
      if (isSearched) this.find();
      this.page = Math.min(Math.max(this.page, 0), this.pages() - 1);
      const from = this.page * PAGE_ROWS;
      const to = Math.min(from + PAGE_ROWS, this.found.length);
      this.show(from, to);
      const all = this.size;
      const of = this.found.length === all ? `${count(all)} rows` : `${count(this.found.length)} of ${count(all)} rows`;
      const shown = this.pages() > 1 ? `, ${count(from + 1)} to ${count(to)} shown` : "";
      const missing = this.omitted ? `; ${count(this.omitted)} more rows are not in this page` : "";
      this.status.textContent = of + shown + missing;
      this.place.textContent = `Page ${count(this.page + 1)} of ${count(this.pages())}`;
      this.pager.hidden = this.pages() === 1;
      this.first.disabled = this.previous.disabled = this.page === 0;
      this.next.disabled = this.last.disabled = this.page === this.pages() - 1;
      writeAddress();
    }

    addState(params) {
      const set = (name, value) => params.set(`${this.id}.${name}`, value);
      if (this.query) set("search", this.query);
      for (const [at, text] of this.choices) {
        const { name } = this.columns[at];
        if (text === UNKNOWN) set(`${name}.unknown`, 1);
        else set(name, text);
      }
      if (this.sort) set("sort", (this.sort.direction === "descending" ? "-" : "") + this.columns[this.sort.at].name);
      if (this.page) set("page", this.page + 1);
    }

    takeState(params) {
      const get = (name) => params.get(`${this.id}.${name}`);
      this.query = this.search.value = get("search") ?? "";
      this.choices.clear();
      this.columns.forEach(({ name, values }, at) => {
        if (!values) return;
        const isUnknown = get(`${name}.unknown`) !== null;
        const text = get(name);
        // A value that no row has stays chosen, and finds none.
        if (isUnknown) this.choices.set(at, UNKNOWN);
        else if (text !== null) this.choices.set(at, text);
        const select = this.selects.get(at);
        if (select) select.value = isUnknown ? "unknown" : text === null ? "" : `=${text}`;
      });
      const sort = get("sort");
      const at = sort === null ? -1 : this.columns.findIndex((column) => column.name === sort.replace(/^-/, ""));
      this.setSort(at < 0 ? null : { at, direction: sort.startsWith("-") ? "descending" : "ascending" });
      this.page = (Number.parseInt(get("page") ?? "1", 10) || 1) - 1;
    }

    // Paper has no pages to turn: all that was found, with a word where it is too much.
    print() {
      this.show(0, PRINT_ROWS);
      const rest = this.found.length - PRINT_ROWS;
      if (rest <= 0) return;
      const text = `${count(rest)} more rows are not printed; search or filter first.`;
      this.body.append(element("tr", {}, element("td", { textContent: text, colSpan: this.columns.length })));
    }
  }

  const tables = [...document.querySelectorAll("script[data-table]")].map((script) => new Table(script));
  const takeAddress = () => {
    const params = readAddress();
    for (const table of tables) table.takeState(params);
    for (const table of tables) table.update();
  };
  addEventListener("hashchange", takeAddress);
  addEventListener("beforeprint", () => tables.forEach((table) => table.print()));
  addEventListener("afterprint", () => tables.forEach((table) => table.update(false)));
  addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = tables.find((table) => table.body.getBoundingClientRect().bottom > 0) ?? tables[0];
    if (!shown) return;
    event.preventDefault();
    shown.search.focus();
  });
  takeAddress();
})();
