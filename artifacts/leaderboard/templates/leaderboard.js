"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const at = Object.fromEntries(data.columns.map((name, place) => [name, place]));
  const number = new Intl.NumberFormat("en");
  const ALL = "";
  const TOGETHER = "all styles together";
  const controls = {
    data: byId("data-set"), setting: byId("setting"), judge: byId("judge"), style: byId("style"),
    category: byId("category"), blocks: byId("blocks"), search: byId("search"),
  };
  const key = (...parts) => JSON.stringify(parts);
  const groups = new Map();
  for (const group of data.rates) {
    const place = key(group.data, group.setting, group.judge, group.style, group.category);
    groups.set(place, new Map(group.rows.map((row) => [row[at.model], row])));
  }
  // What the tables are sorted by: a column's key and whether it falls; null for the best first.
  const sorting = new Map();

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const percent = (share) => {
    if (share === null) return "\u2013";
    return `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 1)}%`;
  };
  const own = () => controls.blocks.value === "own";
  const share = (row) => row[own() ? at.own_rate : at.rate];
  const ends = (row) => (own() ? [row[at.own_low], row[at.own_high]] : [row[at.low], row[at.high]]);

  function options(select, names, first) {
    const kept = select.value;
    select.replaceChildren();
    if (first !== undefined) select.append(new Option(first, ALL));
    names.forEach((name) => select.append(new Option(name, name)));
    if ([...select.options].some((each) => each.value === kept)) select.value = kept;
    select.closest("label").hidden = select.options.length < 2;
  }

  const shownSets = () => data.data.filter((each) => [ALL, each.name].includes(controls.data.value));
  const union = (lists) => [...new Set(lists.flat())];

  function offer() {
    const sets = shownSets();
    const styled = sets.filter((each) => each.styles.length);
    const plain = styled.some((each) => each.shown_style !== null);
    const names = [...(plain ? [TOGETHER] : []), ...union(styled.map((each) => each.styles))];
    options(controls.style, names, plain ? "as they are" : TOGETHER);
    options(controls.category, union(sets.map((each) => each.categories)), "all");
  }

  function styleOf(set) {
    const wanted = controls.style.value;
    if (wanted === ALL || !set.styles.length) return set.shown_style;
    return wanted === TOGETHER ? null : wanted;
  }

  // A data set may have judges of its own: where the chosen one is none of them, its first one.
  function judgeOf(set) {
    return set.judges.includes(controls.judge.value) ? controls.judge.value : set.judges[0];
  }

  function found(set, category) {
    const wanted = category === ALL ? null : category;
    const place = key(set.name, controls.setting.value, judgeOf(set), styleOf(set), wanted);
    return groups.get(place) ?? new Map();
  }

  const models = () => {
    const words = controls.search.value.trim().toLowerCase();
    return data.targets.map((each) => each.name).filter((name) => name.toLowerCase().includes(words));
  };

  // Values that are missing come last whichever way is up; ties stay in the recipe's order.
  function ordered(names, value, falls) {
    const by = (name) => value(name) ?? null;
    return [...names].sort((one, other) => {
      const [a, b] = [by(one), by(other)];
      if (a === null || b === null) return (a === null) - (b === null);
      const less = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
      return falls ? -less : less;
    });
  }

  function heading(column, table, redraw) {
    const made = element("th", undefined, column.kind);
    made.scope = "col";
    const button = element("button", undefined, "sort");
    button.type = "button";
    button.append(element("span", column.title));
    const state = sorting.get(table) ?? null;
    const sorted = state !== null && state.by === column.by;
    const way = element("span", sorted ? (state.falls ? "\u25bc" : "\u25b2") : "", "way");
    way.setAttribute("aria-hidden", "true");
    button.append(way);
    if (sorted) made.setAttribute("aria-sort", state.falls ? "descending" : "ascending");
    button.dataset.by = column.by;
    button.addEventListener("click", () => {
      const now = sorting.get(table);
      const falls = now?.by === column.by ? !now.falls : column.falls;
      sorting.set(table, { by: column.by, falls });
      redraw();
      const again = [...document.querySelectorAll(`[data-table="${CSS.escape(table)}"] .sort`)];
      again.find((each) => each.dataset.by === column.by)?.focus();
    });
    made.append(button);
    if (column.sub) made.append(element("span", column.sub, "sub"));
    return made;
  }

  function whisker(row) {
    const space = "http://www.w3.org/2000/svg";
    const drawn = document.createElementNS(space, "svg");
    drawn.setAttribute("class", "whisker");
    drawn.setAttribute("viewBox", "0 0 100 16");
    drawn.setAttribute("preserveAspectRatio", "none");
    drawn.setAttribute("aria-hidden", "true");
    const line = (kind, from, to) => {
      const made = document.createElementNS(space, "line");
      for (const [name, value] of Object.entries({ class: kind, x1: from, x2: to, y1: 8, y2: 8 })) {
        made.setAttribute(name, value);
      }
      drawn.append(made);
    };
    line("track", 0, 100);
    const [low, high] = ends(row);
    if (low !== null) line("span", low * 100, high * 100);
    const dot = document.createElementNS(space, "rect");
    const size = { class: "dot", x: share(row) * 100 - 1, y: 2, width: 2, height: 12 };
    for (const [name, value] of Object.entries(size)) dot.setAttribute(name, value);
    drawn.append(dot);
    return drawn;
  }

  function rateCell(row, told) {
    const cell = element("td");
    if (!row || share(row) === null) {
      cell.append(element("span", row ? "no verdict" : "not asked", "none"));
      return cell;
    }
    const [low, high] = ends(row);
    const box = element("div", undefined, "rate");
    box.append(element("span", percent(share(row)), "value"), whisker(row));
    cell.append(box);
    const n = row[at.verdicts] - (own() ? row[at.blocked] : 0);
    const interval = low === null ? "no interval" : `${percent(low)} to ${percent(high)}`;
    if (told) cell.append(element("span", `${interval}, n = ${number.format(n)}`, "sub"));
    return cell;
  }

  const judged = (set) => (judgeOf(set) === controls.judge.value ? "" : `; judge ${judgeOf(set)}`);
  const COUNTS = ["asked", "verdicts", "refused", "blocked", "cut", "missing", "unparseable", "undecoded"];

  function columns(sets) {
    const made = [{ title: "Model", by: "model", kind: "fixed", falls: false, value: (name) => name }];
    for (const set of sets) {
      const rows = found(set, controls.category.value);
      made.push({
        title: sets.length > 1 ? set.name : set.rate, sub: `${sets.length > 1 ? `${set.rate}; ` : ""}${set.reads}${judged(set)}`,
        by: `rate ${set.name}`, falls: set.better === "more", set,
        value: (name) => (rows.has(name) ? share(rows.get(name)) : null),
        cell: (name) => rateCell(rows.get(name), true),
      });
    }
    if (sets.length !== 1) return made;
    const rows = found(sets[0], controls.category.value);
    const plain = (title, place, falls, show) => made.push({
      title, by: title, kind: "number", falls, value: (name) => rows.get(name)?.[place] ?? null,
      cell: (name) => element("td", show(rows.get(name)?.[place] ?? null), "number"),
    });
    if ([...rows.values()].some((row) => row[at.mean_of_categories] !== null)) {
      plain("mean of categories", at.mean_of_categories, sets[0].better === "more", percent);
    }
    for (const name of COUNTS) {
      plain(name, at[name], true, (value) => (value === null ? "\u2013" : number.format(value)));
    }
    return made;
  }

  // Equal rates share a rank; a rank is of the rate's own order, whatever the table is sorted by.
  function ranks(names, column) {
    const made = new Map();
    const order = ordered(names, column.value, column.falls).filter((name) => column.value(name) !== null);
    order.forEach((name, place) => {
      const before = order[place - 1];
      const tied = place > 0 && column.value(before) === column.value(name);
      made.set(name, tied ? made.get(before) : place + 1);
    });
    return made;
  }

  function board() {
    const sets = shownSets();
    const listed = columns(sets);
    let state = sorting.get("board");
    let by = state && listed.find((each) => each.by === state.by);
    if (!by) {
      by = listed[1];
      state = { by: by.by, falls: by.falls };
      sorting.set("board", state);
    }
    const names = ordered(models(), by.value, state.falls);
    const ranked = by.set ? by : listed[1];
    const places = ranks(data.targets.map((each) => each.name), ranked);
    const table = element("table");
    table.dataset.table = "board";
    table.append(element("caption", `Ranked by ${ranked.set.name}: ${ranked.set.rate}`));
    const head = element("tr");
    listed.forEach((column) => head.append(heading(column, "board", board)));
    table.createTHead().append(head);
    const body = table.createTBody();
    for (const name of names) {
      const row = body.insertRow();
      const first = element("th", undefined, "fixed");
      first.scope = "row";
      first.append(element("span", places.has(name) ? String(places.get(name)) : "\u2013", "rank"), element("bdi", name));
      row.append(first);
      listed.slice(1).forEach((column) => row.append(column.cell(name)));
    }
    byId("board").replaceChildren(table);
    const of = number.format(data.targets.length);
    byId("count").textContent = names.length === data.targets.length
      ? `${of} ${names.length === 1 ? "model" : "models"}.` : `${number.format(names.length)} of ${of} models.`;
    reach();
  }

  function grid(set) {
    const name = `grid ${set.name}`;
    const box = element("div", undefined, "grid");
    const cells = new Map(set.categories.map((category) => [category, found(set, category)]));
    const all = found(set, ALL);
    const value = (rows) => (model) => (rows.has(model) ? share(rows.get(model)) : null);
    const listed = [
      { title: "Model", by: "model", kind: "fixed", falls: false, value: (model) => model },
      { title: "all", by: "all", falls: set.better === "more", value: value(all) },
      ...[...cells].map(([category, rows]) => ({
        title: category, by: `category ${category}`, kind: "tilted", falls: set.better === "more", value: value(rows),
      })),
    ];
    let state = sorting.get(name);
    if (!state) sorting.set(name, state = { by: "all", falls: listed[1].falls });
    const by = listed.find((each) => each.by === state.by);
    const table = element("table");
    table.dataset.table = name;
    const style = styleOf(set);
    table.append(element("caption", `${set.rate}${style === null ? "" : `, ${style} prompts`}; ${set.reads}${judged(set)}`));
    const head = element("tr");
    const again = () => { box.replaceWith(grid(set)); reach(); };
    listed.forEach((column) => head.append(heading(column, name, again)));
    table.createTHead().append(head);
    const body = table.createTBody();
    for (const model of ordered(models(), by.value, state.falls)) {
      const row = body.insertRow();
      const first = element("th", undefined, "fixed");
      first.scope = "row";
      first.append(element("bdi", model));
      row.append(first, element("td", percent(listed[1].value(model)), "all"));
      for (const column of listed.slice(2)) {
        const each = column.value(model);
        const cell = element("td", each === null ? "\u2013" : (each * 100).toFixed(0), each === null ? "none" : `s${Math.round(each * 10)}`);
        const verdicts = cells.get(column.title).get(model)?.[at.verdicts];
        cell.title = `${column.title}: ${percent(each)}, n = ${number.format(verdicts ?? 0)}`;
        row.append(cell);
      }
    }
    const scroll = element("div", undefined, "scroll");
    scroll.append(table);
    box.append(element("h3", set.name), scroll);
    return box;
  }

  function grids() {
    // A style other than those prompts as they are has no rates by category here.
    const sets = shownSets().filter((set) => set.categories.some((category) => found(set, category).size));
    byId("grids").replaceChildren(...sets.map(grid));
    byId("categories").hidden = !sets.length;
    byId("to-categories").hidden = !sets.length;
  }

  function figures() {
    const names = shownSets().map((each) => each.name);
    let shown = 0;
    const listed = document.querySelectorAll("figure[data-of]");
    listed.forEach((each) => {
      const of = JSON.parse(each.dataset.of);
      const one = controls.data.value === ALL ? of.data.every((name) => names.includes(name)) : of.data.includes(controls.data.value);
      const judges = data.data.filter((set) => of.data.includes(set.name)).map(judgeOf);
      each.hidden = !(one && [null, controls.setting.value].includes(of.setting) && (of.judge === null || judges.includes(of.judge)));
      shown += !each.hidden;
    });
    const told = byId("figure-count");
    if (told) told.textContent = `${number.format(shown)} of ${number.format(listed.length)} figures: those of the data sets, the setting and the judge chosen above.`;
  }

  function made() {
    const chosen = (list, control) => list.filter((each) => each.name === control.value);
    const judges = new Set(shownSets().map(judgeOf));
    const judging = data.judges.filter((each) => judges.has(each.name));
    const lines = [...shownSets(), ...chosen(data.settings, controls.setting), ...judging];
    byId("made").replaceChildren(...lines.map((each) => element("li", each.says)));
  }

  // Scrolled drawings and tables must be reachable by keyboard, others should not cost a tab stop.
  function reach() {
    document.querySelectorAll(".scroll").forEach((box) => {
      const scrolls = box.scrollWidth > box.clientWidth + 1;
      box.classList.toggle("scrolls", scrolls);
      if (scrolls) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  }

  function apply() { offer(); board(); grids(); figures(); made(); reach(); }

  options(controls.data, data.data.map((each) => each.name), data.data.length > 1 ? "all, side by side" : undefined);
  options(controls.setting, data.settings.map((each) => each.name));
  options(controls.judge, data.judges.map((each) => each.name));
  controls.blocks.closest("label").hidden = !data.rates.some((group) => group.rows.some((row) => row[at.blocked]));
  let waiting = 0;
  for (const [name, control] of Object.entries(controls)) {
    if (name !== "search") control.addEventListener("change", apply);
  }
  controls.search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  const form = byId("filters");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { sorting.clear(); apply(); }));
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
  form.hidden = false;
  apply();
})();
