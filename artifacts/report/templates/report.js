"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // Scrolled drawings and tables must be reachable by keyboard, others should not cost a tab stop.
  const reach = () => document.querySelectorAll(".scroll").forEach((box) => {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", scrolls);
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
  reach();

  document.querySelectorAll(".show-words").forEach((button) => {
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      const table = button.closest("details");
      table.querySelectorAll(".words").forEach((each) => { each.hidden = !shown; });
      table.querySelectorAll(".hidden-words").forEach((each) => { each.hidden = shown; });
    });
  });

  const form = byId("filters");
  if (!form) return;
  const data = JSON.parse(byId("data").textContent);
  const STEP = 25;
  const NAMES = [["config", "configs"], ["category", "categories"], ["label", "labels"], ["style", "styles"]];
  const ID = 4, TEXT = 5, FACTS = 6;
  const search = byId("search"), list = byId("rows"), count = byId("count");
  const more = byId("more"), all = byId("all");
  const number = new Intl.NumberFormat("en");
  const seen = new Set();
  let everything = false, matches = [], drawn = 0;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  for (const [name, list] of NAMES) {
    const select = byId(name);
    const used = data[list];
    select.append(new Option("all", ""));
    used.forEach((each, place) => select.append(new Option(each || "(none)", String(place))));
    select.closest("label").hidden = used.length < 2;
    select.addEventListener("change", apply);
  }

  let lowered = null;
  function texts() {
    lowered ??= data.rows.map((row) => `${row[ID]}\n${row[TEXT] ?? ""}`.normalize("NFC").toLowerCase());
    return lowered;
  }

  function apply() {
    const wanted = NAMES.map(([name]) => byId(name).value);
    const words = search.value.normalize("NFC").trim().toLowerCase();
    const haystacks = words ? texts() : null;
    matches = [];
    data.rows.forEach((row, place) => {
      for (let at = 0; at < wanted.length; at += 1) {
        if (wanted[at] !== "" && row[at] !== Number(wanted[at])) return;
      }
      if (!words || haystacks[place].includes(words)) matches.push(place);
    });
    list.replaceChildren();
    drawn = 0;
    draw(STEP);
  }

  function draw(step) {
    const until = Math.min(drawn + step, matches.length);
    const pieces = document.createDocumentFragment();
    for (; drawn < until; drawn += 1) pieces.append(item(matches[drawn]));
    list.append(pieces);
    more.hidden = drawn >= matches.length;
    const of = number.format(data.rows.length);
    count.textContent = matches.length
      ? `${number.format(matches.length)} of ${of} rows match; ${number.format(drawn)} listed.`
      : `None of ${of} rows match.`;
  }

  function item(place) {
    const row = data.rows[place];
    const made = element("li");
    const head = element("div", undefined, "row-head");
    const where = element("bdi", data.categories[row[1]] || "(no category)", "where");
    head.append(where);
    for (const at of [0, 2, 3]) {
      const name = data[NAMES[at][1]][row[at]];
      if (name && (at !== 0 || data.configs.length > 1)) head.append(element("bdi", name, "small"));
    }
    if (row[ID]) head.append(element("code", row[ID]));
    made.append(head);
    const text = element("p", undefined, "text");
    text.id = `text-${place}`;
    text.dir = "auto";
    if (row[TEXT] === null) {
      text.classList.add("withheld");
      text.textContent = "Text withheld: the category is a sensitive one.";
    } else {
      head.append(revealer(place, text));
    }
    made.append(text);
    const facts = row[FACTS].map((each) => data.facts[each]).join(" \u00b7 ");
    if (facts) made.append(element("p", facts, "more-facts"));
    return made;
  }

  function revealer(place, text) {
    const button = element("button");
    button.type = "button";
    button.setAttribute("aria-controls", text.id);
    const show = (shown) => {
      text.hidden = !shown;
      text.textContent = shown ? data.rows[place][TEXT] : "";
      button.textContent = shown ? "Hide text" : "Show text";
      button.setAttribute("aria-expanded", String(shown));
      const name = data.rows[place][ID] || `row ${place + 1}`;
      button.setAttribute("aria-label", `${button.textContent} of ${name}`);
    };
    show(everything || seen.has(place));
    button.addEventListener("click", () => {
      const shown = text.hidden;
      if (shown) seen.add(place); else seen.delete(place);
      show(shown);
    });
    return button;
  }

  function again() {
    const listed = Math.max(drawn, STEP);
    list.replaceChildren();
    drawn = 0;
    draw(listed);
  }

  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  form.addEventListener("reset", () => setTimeout(apply));
  more.addEventListener("click", () => {
    const first = drawn;
    draw(2 * STEP);
    // The button may be gone: the focus goes to the first new row and not to nowhere.
    const next = list.children[first];
    if (next) { next.tabIndex = -1; next.focus({ preventScroll: true }); }
  });
  all.addEventListener("click", () => {
    everything = !everything;
    seen.clear();
    all.setAttribute("aria-pressed", String(everything));
    again();
  });

  form.hidden = false;
  apply();
})();
