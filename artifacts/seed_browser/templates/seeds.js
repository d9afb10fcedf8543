"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const { families } = JSON.parse(byId("data").textContent);
  const STEP = 10;
  const STATES = ["safe", "toxic", "undecided", "kept", "dropped"];
  const form = byId("filters"), search = byId("search"), category = byId("category");
  const state = byId("state"), list = byId("families"), count = byId("count");
  const more = byId("more"), all = byId("all");
  const number = new Intl.NumberFormat("en");
  const open = new Set();
  let everything = false, matches = [], drawn = 0;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const stateOf = (member) => (member.reason ? "dropped" : member.label || "kept");
  const members = (family) => (family.seed ? [family.seed, ...family.made] : family.made);

  const options = (select, names) => {
    select.append(new Option("all", ""));
    names.forEach((name) => select.append(new Option(name || "(none)", name)));
    select.closest("label").hidden = names.length < 2;
    select.addEventListener("change", apply);
  };
  const used = new Set(families.flatMap((family) => family.made.map(stateOf)));
  options(category, [...new Set(families.map((family) => family.category))]);
  options(state, STATES.filter((each) => used.has(each)));

  let lowered = null;
  const texts = () => {
    lowered ??= families.map((family) => members(family)
      .flatMap((member) => [member.row, member.text, ...member.opinions.map((each) => each.answer || "")])
      .concat(family.root).join("\n").normalize("NFC").toLowerCase());
    return lowered;
  };

  function apply() {
    const words = search.value.normalize("NFC").trim().toLowerCase();
    const haystacks = words ? texts() : null;

    matches = [...families.keys()].filter((place) => {
      const family = families[place];
      if (category.value !== "" && family.category !== category.value) return false;
      if (state.value !== "" && !family.made.some((each) => stateOf(each) === state.value)) return false;
      return !words || haystacks[place].includes(words);
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
    const of = number.format(families.length);
    count.textContent = matches.length
      ? `${number.format(matches.length)} of ${of} seeds of this page match; ${number.format(drawn)} listed.`
      : `None of ${of} seeds of this page match.`;
  }

  function item(place) {
    const family = families[place];
    const made = element("li", undefined, "family");
    const head = element("div", undefined, "row-head");
    const title = element("h2");
    title.append(element("bdi", family.category || "(no category)"));
    head.append(title, element("span", tally(family), "small"));
    if (family.source) head.append(element("bdi", family.source, "small"));
    head.append(element("code", family.root));
    made.append(head);
    const body = element("div");
    body.className = "seed";
    const rows = element("ol", undefined, "made");
    made.append(body, rows);
    const fill = () => {
      const shown = !family.withheld && (everything || open.has(place));
      body.replaceChildren(...seed(family, shown));
      rows.replaceChildren(...family.made.map((member) => {
        const line = element("li");
        line.append(...described(member, shown, family.withheld));
        return line;
      }));
    };
    if (!family.withheld) head.append(revealer(place, family, fill));
    fill();
    return made;
  }

  function tally(family) {
    const counts = new Map();
    family.made.forEach((each) => counts.set(stateOf(each), (counts.get(stateOf(each)) || 0) + 1));
    const parts = STATES.filter((each) => counts.has(each)).map((each) => `${counts.get(each)} ${each}`);
    return `${family.made.length} made of it${parts.length ? `: ${parts.join(", ")}` : ""}`;
  }

  function seed(family, shown) {
    const heading = element("p", "Seed", "state");
    if (!family.seed) return [heading, element("p", "The seed is not in this run: its rows were carried over.", "withheld")];
    return [heading, ...described(family.seed, shown, family.withheld)];
  }

  function described(member, shown, withheld) {
    const head = element("div", undefined, "row-head");
    const is = stateOf(member);
    const said = is === "dropped" ? `dropped at ${member.stage}: ${member.reason}` : is;
    head.append(element("span", said, `state ${is}`));
    // What a judge said is text of a model: it comes with the texts.
    const facts = member.facts.filter((fact) => shown || !fact.startsWith("style judge:"));
    facts.forEach((fact) => head.append(element("bdi", fact, "small")));
    head.append(element("code", member.row));
    const parts = [head];
    if (withheld) parts.push(element("p", "Text withheld: the category is a sensitive one.", "text withheld"));
    if (shown) {
      const text = element("p", member.text, "text");
      text.dir = "auto";
      parts.push(text);
    }
    if (member.opinions.length) parts.push(opinions(member, shown));
    return parts;
  }

  function opinions(member, shown) {
    const table = element("table", undefined, "opinions");
    table.append(element("caption", "Votes and answers"));
    const body = element("tbody");
    member.opinions.forEach((each) => {
      const line = element("tr");
      const who = element("th");
      who.scope = "row";
      who.append(element("bdi", each.model));
      const what = element("td");
      what.append(element("bdi", each.said || "no label"));
      line.append(who, what);
      if (shown) {
        const words = element("td");
        if (each.why) words.append(element("bdi", each.why));
        if (each.answer) {
          const answer = element("p", each.answer, "answer");
          answer.dir = "auto";
          words.append(answer);
        }
        line.append(words);
      }
      body.append(line);
    });
    table.append(body);
    return table;
  }

  function revealer(place, family, fill) {
    const button = element("button");
    button.type = "button";
    const name = () => {
      const shown = everything || open.has(place);
      button.textContent = shown ? "Hide texts" : "Show texts";
      button.setAttribute("aria-expanded", String(shown));
      button.setAttribute("aria-label", `${button.textContent} of seed ${family.root}`);
    };
    name();
    button.addEventListener("click", () => {
      if (everything) { everything = false; all.setAttribute("aria-pressed", "false"); matches.slice(0, drawn).forEach((each) => open.add(each)); }
      if (open.has(place)) open.delete(place); else open.add(place);
      name();
      fill();
    });
    return button;
  }

  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  form.addEventListener("reset", () => setTimeout(apply));
  more.addEventListener("click", () => {
    const first = drawn;
    draw(2 * STEP);
    // The button may be gone: the focus goes to the first new seed and not to nowhere.
    const next = list.children[first];
    if (next) { next.tabIndex = -1; next.focus({ preventScroll: true }); }
  });
  all.addEventListener("click", () => {
    everything = !everything;
    open.clear();
    all.setAttribute("aria-pressed", String(everything));
    const listed = Math.max(drawn, STEP);
    list.replaceChildren();
    drawn = 0;
    draw(listed);
  });

  form.hidden = false;
  apply();
})();
