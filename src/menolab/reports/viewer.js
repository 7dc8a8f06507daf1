"use strict";
// The viewer of samples. Everything that a model wrote reaches the page through textContent, never as markup.
(() => {
  const HEIGHT = 54;        // of a row of the list, as in viewer.css
  const SPANS = 20000;      // tokens of a response that are drawn one by one
  const LABELS = ["right", "wrong", "undecided"];
  const MARKS = { right: "✓", wrong: "✗", undecided: "?", none: "·" };
  const STATE = { base: "base", cold_start: "cold start", trained: "trained", rollouts: "training" };
  const page = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "class") element.className = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined && child !== "") element.append(child);
    return element;
  }

  // ---- where samples come from: a server, or the page itself --------------------------------------------------------------------------------

  async function get(what, values) {
    const answer = await fetch(page.api + what + "?" + new URLSearchParams({ run: page.run, ...values }), { headers: { Accept: "application/json" } });
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error || answer.statusText);
    return data;
  }
  const remote = {
    index: (id) => get("index", { source: id }),
    row: (id, at) => get("row", { source: id, at }),
    search: (id, text) => get("search", { source: id, text }),
  };
  const embedded = {
    index: async (id) => page.tables[id].index,
    row: async (id, at) => page.tables[id].rows[at],
    search: async (id, text) => {
      const wanted = text.toLowerCase();
      const whole = (row) => [row.problem, row.prompt, row.extracted, row.reason, ...row.pieces.map((piece) => piece[2].join(""))];
      return page.tables[id].rows.flatMap((row, at) => (whole(row).some((part) => part && part.toLowerCase().includes(wanted)) ? [at] : []));
    },
  };
  const store = page.api ? remote : embedded;

  // ---- state: what the address says ----------------------------------------------------------------------------------------------------------

  const state = { s: "", f: "all", a: "", q: "", o: "", c: "", p: "", n: "", t: "" };
  let index = null;         // of the table that is shown
  let listed = [];          // rows that the list holds, in its order
  let current = -1;         // row that is chosen
  let shown = "";           // table and row that the page shows
  let loading = 0, searching = 0;  // numbers of the latest requests: what comes back for an earlier one is dropped
  const indexes = new Map(), rows = new Map();

  function read() {
    const found = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(state)) state[name] = found.get(name) || (name === "f" ? "all" : "");
  }
  function write() {
    const kept = Object.entries(state).filter(([name, value]) => value !== "" && !(name === "f" && value === "all"));
    history.replaceState(null, "", "#" + new URLSearchParams(kept));
  }
  const source = () => page.sources.find((one) => one.id === state.s);
  const nice = (name) => STATE[name] || name;
  const label = (at) => LABELS[index.columns.label[at]] || "none";

  // ---- filters -------------------------------------------------------------------------------------------------------------------------------

  const half = ([right, every]) => every > 0 && 2 * right >= every;
  function flipped(at, gained) {
    const own = index.rights[source().name], other = index.rights[state.a];
    if (!own || !other) return false;
    const problem = index.columns.problem[at];
    return other[problem][1] > 0 && half(own[problem]) === gained && half(other[problem]) === !gained;
  }
  const FILTERS = [
    ["all", "all", () => true],
    ["right", "✓ right", (at) => index.columns.label[at] === 0],
    ["wrong", "✗ wrong", (at) => index.columns.label[at] === 1],
    ["undecided", "? undecided", (at) => index.columns.label[at] === 2],
    ["truncated", "truncated", (at) => index.columns.finish[at] === 1],
    ["unparsed", "no answer", (at) => !index.columns.parsed[at]],
    ["gained", "gained", (at) => flipped(at, true)],
    ["lost", "lost", (at) => flipped(at, false)],
  ];
  const rivals = () => page.sources.filter((one) => one.kind === "evaluation" && one.task === source().task && one.id !== state.s).map((one) => one.name);

  async function refresh() {
    if (!index) return;
    const mine = ++searching;
    let within = null;
    if (state.q) {
      $("count").textContent = "searching …";
      try { within = await store.search(state.s, state.q); } catch (error) { return fail(error); }
      if (mine !== searching || !index) return;
    }
    const base = within || Array.from(index.columns.problem.keys());
    const counts = {};
    for (const [name, , holds] of FILTERS) counts[name] = base.reduce((sum, at) => sum + holds(at), 0);
    const holds = (FILTERS.find(([name]) => name === state.f) || FILTERS[0])[2];
    listed = base.filter(holds);
    const tokens = index.columns.tokens;
    if (state.o) listed.sort((a, b) => (state.o === "long" ? tokens[b] - tokens[a] : tokens[a] - tokens[b]) || a - b);
    $("filters").replaceChildren(...FILTERS.filter(([name]) => rivals().length || (name !== "gained" && name !== "lost")).map(([name, text]) =>
      make("button", { type: "button", "aria-pressed": String(name === state.f), disabled: !counts[name] && name !== state.f, "data-filter": name,
        onclick: () => { state.f = name; write(); refresh(); } }, text, make("small", {}, counts[name].toLocaleString("en")))));
    const all = index.columns.problem.length;
    $("count").textContent = listed.length === all ? `${all.toLocaleString("en")} samples` : `${listed.length.toLocaleString("en")} of ${all.toLocaleString("en")} samples`;
    $("spacer").style.height = `${Math.max(1, listed.length) * HEIGHT}px`;
    draw(true);
    if (current < 0 && listed.length) show(listed[0], false);
    else if (!listed.length && current < 0) empty();
    else reveal();
  }

  // ---- the list: only what is in view is in the page -------------------------------------------------------------------------------------------

  let drawn = "";
  function draw(anew) {
    if (!index) return;
    const scroller = $("scroller");
    const first = Math.max(0, Math.floor(scroller.scrollTop / HEIGHT) - 8);
    const last = Math.min(listed.length, first + Math.ceil(scroller.clientHeight / HEIGHT) + 16);
    if (!anew && drawn === `${first}:${last}`) return;
    drawn = `${first}:${last}`;
    $("items").style.transform = `translateY(${first * HEIGHT}px)`;
    if (!listed.length) {
      const clear = make("button", { type: "button", onclick: () => { state.f = "all"; state.q = $("search").value = ""; write(); refresh(); } }, "Show all samples");
      $("items").replaceChildren(make("div", { class: "empty" }, make("strong", {}, "No sample fits."),
        state.q ? `None of these holds “${state.q}”.` : "None of this table's samples is of this kind.", make("div", {}, clear)));
      return;
    }
    $("items").replaceChildren(...listed.slice(first, last).map(item));
  }
  function item(at) {
    const c = index.columns, kind = label(at);
    const under = [c.step && c.step[at] !== null ? `step ${c.step[at]}` : "", `sample ${c.sample[at] + 1}`, c.finish[at] === 1 ? "truncated" : c.finish[at] === 2 ? "error" : "",
      c.parsed[at] ? `answer ${c.answer[at]}` : "no answer"].filter(Boolean).join(" · ");
    return make("div", { class: "item", role: "option", "data-at": at, "aria-selected": String(at === current), onclick: () => show(at, true) },
      make("span", { class: `mark ${kind}`, title: kind }, MARKS[kind]), make("span", { class: "title" }, index.titles[c.problem[at]] || index.problems[c.problem[at]]),
      make("span", { class: "tokens" }, `${c.tokens[at].toLocaleString("en")} tok`), make("span", { class: "under" }, under));
  }
  function reveal() {
    const place = listed.indexOf(current), scroller = $("scroller");
    if (place < 0) return;
    if (place * HEIGHT < scroller.scrollTop) scroller.scrollTop = place * HEIGHT;
    else if ((place + 1) * HEIGHT > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = (place + 1) * HEIGHT - scroller.clientHeight;
    draw(true);
  }

  // ---- one sample ------------------------------------------------------------------------------------------------------------------------------

  async function show(at, opened) {
    if (!index) return;
    const id = state.s, key = `${id} ${at}`;
    current = at;
    const c = index.columns;
    Object.assign(state, { p: index.problems[c.problem[at]], n: String(c.sample[at]), t: c.step && c.step[at] !== null ? String(c.step[at]) : "" });
    if (opened) $("panes").classList.add("reading");
    write();
    reveal();
    try {
      if (!rows.has(key)) rows.set(key, await store.row(id, at));
    } catch (error) { return fail(error); }
    if (rows.size > 64) rows.delete(rows.keys().next().value);
    if (index && state.s === id && current === at) detail(at, rows.get(key));
  }
  function empty() {
    $("detail").replaceChildren(make("div", { class: "empty" }, make("strong", {}, "Nothing to show."), "This table holds no sample."));
  }
  function fail(error) {
    $("detail").replaceChildren(make("div", { class: "empty" }, make("strong", {}, "This cannot be read."), error.message));
  }
  const number = (v) => (v === null || v === undefined ? "unknown" : (Math.abs(v) >= 1000 ? v.toLocaleString("en", { maximumFractionDigits: 0 }) : String(+v.toPrecision(3)).replace("-", "−")));

  function detail(at, row) {
    const kind = row.label || "none";
    const facts = [row.step !== undefined && row.step !== null ? `step ${row.step}` : "", `sample ${row.sample + 1}`, `${row.tokens.toLocaleString("en")} tokens`,
      row.surprise !== undefined && row.surprise !== null ? `mean surprise ${number(row.surprise)} nats` : "", ...means(row)].filter(Boolean).join(" · ");
    const parts = [
      make("button", { class: "back", type: "button", onclick: () => $("panes").classList.remove("reading") }, "← list"),
      make("p", { class: "verdict" }, make("span", { class: `badge ${kind}` }, `${MARKS[kind]} ${kind === "none" ? "not judged" : kind}`),
        row.finish === "length" ? make("span", { class: "badge cut" }, "truncated") : "", row.finish === "error" ? make("span", { class: "badge cut" }, "error") : "",
        row.extracted === null ? make("span", { class: "badge cut" }, "no answer") : "",
        make("span", {}, [row.stage, row.reason].filter(Boolean).join(": ")), make("span", { class: "quiet" }, facts)),
      make("p", { class: "prompt" }, row.prompt),
      make("p", { class: "gold quiet" }, row.gold ? ["a right answer: ", make("b", {}, row.gold)] : "", row.extracted !== null ? [row.gold ? "; found: " : "answer found: ", make("b", {}, row.extracted)] : ""),
      across(at), siblings(at), terms(row), ...response(row, kind),
    ];
    const place = shown === `${state.s} ${at}` ? $("detail").scrollTop : 0;  // another colouring of the same sample stays where it was
    $("detail").replaceChildren(...parts.filter(Boolean));
    $("detail").scrollTop = place;
    shown = `${state.s} ${at}`;
  }
  function means(row) {
    const said = [];
    for (const [name, text] of [["entropy", "mean entropy"], ["KL", "KL to reference, mean log-ratio"]]) {
      const { needs, value } = CHANNELS[name];
      if (!needs.every((need) => row.values[need])) continue;
      const known = row.values[needs[0]].map((_, i) => value(row.values, i)).filter((v) => v !== null);
      if (known.length) said.push(`${text} ${number(known.reduce((a, b) => a + b, 0) / known.length)} nats`);
    }
    return said;
  }
  function across(at) {
    const problem = index.columns.problem[at];
    const models = page.sources.filter((one) => index.rights[one.name] && one.kind === "evaluation" && one.task === source().task && index.rights[one.name][problem][1]);
    if (models.length < 2) return null;
    return make("div", { class: "across", role: "group", "aria-label": "This problem under each model" }, models.map((one) => {
      const [right, every] = index.rights[one.name][problem];
      const bar = make("i", {});
      bar.style.width = `${(100 * right) / every}%`;
      return make("button", { type: "button", class: one.name, "aria-current": String(one.id === state.s), "data-model": one.name, onclick: () => turn(one.id) },
        make("b", {}, nice(one.name)), make("span", { class: "bar" }, bar), make("span", { class: "quiet" }, `${right} of ${every} right`));
    }));
  }
  function siblings(at) {
    const c = index.columns, same = [];
    for (let i = 0; i < c.problem.length; i++) if (c.problem[i] === c.problem[at] && (!c.step || c.step[i] === c.step[at])) same.push(i);
    if (same.length < 2) return null;
    return make("div", { class: "siblings", role: "group", "aria-label": "Samples of this problem" }, same.map((i) => make("button", {
      type: "button", class: label(i), "aria-current": String(i === at), title: `sample ${c.sample[i] + 1}: ${label(i)}${c.parsed[i] ? `, answer ${c.answer[i]}` : ""}`, onclick: () => show(i, true),
    }, `${c.sample[i] + 1} ${MARKS[label(i)]}`)));
  }
  function terms(row) {
    const own = Object.entries(row.terms || {});
    if (!own.length) return null;
    const lines = [...own, ["reward", row.reward]].map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value === null ? "unscorable" : number(value))));
    return make("table", { class: "terms" }, make("caption", {}, "Reward terms, before weights; their weighted sum"), make("tbody", {}, lines));
  }

  // ---- colours of tokens -----------------------------------------------------------------------------------------------------------------------

  const grade = (v, steps) => steps.filter((s) => v >= s).length;
  const signed = (v, steps) => { const g = grade(Math.abs(v), steps); return g ? (v > 0 ? "c" : "h") + g : ""; };
  const both = (steps) => [...[...steps].reverse().map((s, i) => ["h" + (steps.length - i), i ? `−${s}` : `≤ −${s}`]), ["", "0"], ...steps.map((s, i) => ["c" + (i + 1), i === steps.length - 1 ? `≥ ${s}` : String(s)])];
  const AROUND = [0.02, 0.25, 0.75, 1.5], OPEN = [0.1, 0.5, 1, 2];
  const CHANNELS = {
    probability: { needs: ["logprobs"], value: (v, i) => v.logprobs[i], colour: (lp) => { const g = grade(-lp, [-Math.log(0.9), Math.log(2), Math.log(10), Math.log(100)]); return g ? "h" + g : ""; },
      legend: [["", "≥ 90%"], ["h1", "to 50%"], ["h2", "to 10%"], ["h3", "to 1%"], ["h4", "below"]],
      says: "How probable the model made the token that it drew, temperature and truncation applied. Orange: a surprise." },
    entropy: { needs: ["entropy"], value: (v, i) => v.entropy[i], colour: (h) => { const g = grade(h, OPEN); return g ? "h" + g : ""; },
      legend: [["", "< 0.1"], ["h1", "0.1"], ["h2", "0.5"], ["h3", "1"], ["h4", "≥ 2 nats"]],
      says: "How open the choice was where the token stands: entropy of the distribution it was drawn from, in nats. ln 2 = 0.69 is a coin flip." },
    advantage: { needs: ["credit"], value: (v, i) => v.credit[i], colour: (a) => signed(a, AROUND), legend: both(AROUND),
      says: "The credit that the learner gave the token, in units of the (often normalised) reward. Blue: made more probable; orange: made less so." },
    KL: { needs: ["logprobs", "reference"], value: (v, i) => (v.logprobs[i] === null || v.reference[i] === null ? null : v.logprobs[i] - v.reference[i]), colour: (k) => signed(k, AROUND), legend: both(AROUND),
      says: "ln of the token's probability over that under the reference, in nats. Blue: more probable than the reference had it. Its mean over drawn tokens estimates the KL per token." },
  };
  const possible = (row) => Object.keys(CHANNELS).filter((name) => CHANNELS[name].needs.every((need) => row.values[need]) && row.pieces.some((piece) => piece[1] >= 0));

  function response(row, kind) {
    const names = possible(row);
    const chosen = names.includes(state.c) ? CHANNELS[state.c] : null;
    const pre = make("pre", { class: `response is-${kind}${chosen ? " coloured" : ""}`, tabindex: 0 });
    const ended = row.pieces.length ? row.pieces[row.pieces.length - 1] : null;
    let spent = 0;
    for (const [part, first, texts] of row.pieces) {
      const box = make("span", { class: part });
      const room = first < 0 || (state.q && !chosen) ? 0 : Math.max(0, SPANS - spent);  // what was searched for is marked across tokens
      texts.slice(0, room).forEach((text, i) => {
        const at = first + i, value = chosen ? chosen.value(row.values, at) : null;
        const end = !text && row.finish === "stop" && ended && part === ended[0] && first === ended[1] && i === texts.length - 1;
        if (!text && !end) return;
        box.append(make("span", { class: `t ${value === null || value === undefined ? "" : chosen.colour(value)}${end ? " end" : ""}`, "data-i": at }, end ? "∎" : text));
      });
      box.append(...marked(texts.slice(room).join("")));
      spent += texts.length;
      pre.append(box);
    }
    if (!row.pieces.some((piece) => piece[2].join(""))) pre.append(make("span", { class: "quiet" }, "(an empty response)"));
    const readout = make("p", { class: "readout", role: "status", hidden: true });
    const point = (event) => {
      const token = event.target.closest(".t");
      if (!token || !names.length) return;
      const i = +token.dataset.i, v = row.values, said = [];
      if (v.logprobs && v.logprobs[i] !== null && v.logprobs[i] !== undefined) said.push(`probability ${(100 * Math.exp(v.logprobs[i])).toPrecision(3)}%`, `surprise ${number(-v.logprobs[i])} nats`);
      if (v.entropy && v.entropy[i] !== null) said.push(`entropy ${number(v.entropy[i])} nats`);
      if (v.credit && v.credit[i] !== null) said.push(`advantage ${number(v.credit[i])}`);
      if (v.logprobs && v.reference && v.reference[i] !== null) said.push(`log-ratio to reference ${number(v.logprobs[i] - v.reference[i])}`);
      readout.replaceChildren(`token ${i + 1} `, make("code", {}, token.classList.contains("end") ? "end of response" : JSON.stringify(token.textContent).slice(1, -1)), ` ${said.join(" · ")}`);
      readout.hidden = false;
    };
    pre.addEventListener("mouseover", point);
    pre.addEventListener("click", point);
    pre.addEventListener("mouseleave", () => { readout.hidden = true; });
    const choice = (name, text) => make("button", { type: "button", "aria-pressed": String((names.includes(state.c) ? state.c : "") === name), "data-colour": name || "none",
      onclick: () => { state.c = name; write(); show(current, false); } }, text);
    const bar = names.length
      ? make("div", { class: "colouring" }, make("span", { class: "quiet" }, "colour tokens by"), make("div", { class: "chips", role: "group" }, choice("", "nothing"), names.map((name) => choice(name, name))),
        chosen ? make("span", { class: "legend" }, chosen.legend.map(([colour, text]) => make("span", { class: colour }, text))) : "")
      : make("p", { class: "label" }, "Response (nothing was stored of its tokens)");
    const says = chosen ? make("p", { class: "says quiet" }, chosen.says, state.c === "KL" && index.reference ? ` Reference: ${index.reference}.` : "") : null;
    return [bar, says, pre, readout];
  }
  function marked(text) {
    const wanted = state.q.toLowerCase(), parts = [];
    if (!wanted) return [text];
    const lower = text.toLowerCase();
    let at = 0;
    for (let i = lower.indexOf(wanted); i >= 0; i = lower.indexOf(wanted, at)) {
      parts.push(text.slice(at, i), make("mark", {}, text.slice(i, i + wanted.length)));
      at = i + wanted.length;
    }
    return [...parts, text.slice(at)];
  }

  // ---- tables, keys, beginning -----------------------------------------------------------------------------------------------------------------

  async function open() {
    const mine = ++loading, id = state.s;
    current = -1;
    index = null;  // rows of the old table mean nothing in the new one: nothing can be chosen until its index is here
    listed = [];
    $("items").replaceChildren();
    $("count").textContent = "loading …";
    tabs();
    try {
      if (!indexes.has(id)) indexes.set(id, await store.index(id));
    } catch (error) { listed = []; return fail(error); }
    if (mine !== loading) return;
    index = indexes.get(id);
    const others = rivals();
    if (!others.includes(state.a)) {
      const names = page.sources.filter((one) => one.task === source().task).map((one) => one.name), own = names.indexOf(source().name);
      state.a = (own > 0 ? names[own - 1] : others[0]) || "";
    }
    if (!others.length && (state.f === "gained" || state.f === "lost")) state.f = "all";
    $("against").replaceChildren(...others.map((name) => make("option", { value: name, selected: name === state.a }, nice(name))));
    $("against").parentElement.hidden = !others.length;
    $("search").value = state.q;
    $("sort").value = state.o;
    const notes = [...(page.notes || []), ...(index.damaged || [])];
    if (index.columns.problem.length < index.total) notes.unshift(`This page holds ${index.columns.problem.length.toLocaleString("en")} of ${index.total.toLocaleString("en")} samples; \`meno view\` shows all.`);
    $("notes").textContent = notes.join("\n");
    $("notes").hidden = !notes.length;
    const at = locate();
    if (at >= 0) show(at, false);
    await refresh();
  }
  function locate() {
    const problem = index.problems.indexOf(state.p), c = index.columns;
    if (problem < 0) return -1;
    let near = -1;
    for (let i = 0; i < c.problem.length; i++) {
      if (c.problem[i] !== problem || (state.t && c.step && String(c.step[i]) !== state.t)) continue;
      if (near < 0 || String(c.sample[i]) === state.n) near = i;
      if (String(c.sample[i]) === state.n) break;
    }
    return near;
  }
  function tabs() {
    const groups = new Map();
    for (const one of page.sources) groups.set(one.task, [...(groups.get(one.task) || []), one]);
    $("sources").replaceChildren(...[...groups].map(([task, all]) => make("div", {}, task ? make("span", { class: "quiet" }, task) : "", all.map((one) =>
      make("button", { type: "button", class: one.name, "aria-current": String(one.id === state.s), "data-source": one.id, onclick: () => turn(one.id) }, nice(one.name))))));
  }
  function turn(id) {
    state.s = id;
    state.t = "";
    if (state.f === "gained" || state.f === "lost") state.a = "";
    write();
    open();
  }
  function step(by, problem) {
    if (!listed.length) return;
    let place = listed.indexOf(current);
    if (place < 0) return show(listed[0], true);
    const own = index.columns.problem[current];
    do place += by; while (problem && listed[place] !== undefined && index.columns.problem[listed[place]] === own);
    if (listed[place] !== undefined) show(listed[place], true);
  }
  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape") {
      if (typing) { event.target.blur(); if (state.q) { state.q = $("search").value = ""; write(); refresh(); } }
      else $("panes").classList.remove("reading");
      return;
    }
    if (typing || !index) return;
    const filters = [...$("filters").children];
    const names = rows.has(`${state.s} ${current}`) ? possible(rows.get(`${state.s} ${current}`)) : [];
    const acts = {
      j: () => step(1), k: () => step(-1), n: () => step(1, true), p: () => step(-1, true), "/": () => $("search").focus(), "?": () => $("help").showModal(),
      c: () => { state.c = ["", ...names][(["", ...names].indexOf(state.c) + 1) % (names.length + 1)]; write(); if (current >= 0) show(current, false); },
      s: () => { const all = page.sources.filter((one) => one.task === source().task); turn(all[(all.findIndex((one) => one.id === state.s) + 1) % all.length].id); },
    };
    const act = acts[event.key] || (/^[1-9]$/.test(event.key) && filters[event.key - 1] && !filters[event.key - 1].disabled ? () => filters[event.key - 1].click() : null);
    if (act) { event.preventDefault(); act(); }
  }
  function start() {
    read();
    if (!page.sources.length) {
      $("panes").replaceChildren(make("div", { class: "empty" }, make("strong", {}, "No samples yet."), "This run has stored neither evaluations nor rollouts."));
      return;
    }
    if (!source()) state.s = (page.sources.filter((one) => one.kind === "evaluation").pop() || page.sources[0]).id;
    open();
  }
  let typed = 0;
  $("search").addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(() => { state.q = $("search").value.trim(); write(); refresh(); }, page.api ? 250 : 100); });
  $("against").addEventListener("change", () => { state.a = $("against").value; write(); refresh(); });
  $("sort").addEventListener("change", () => { state.o = $("sort").value; write(); refresh(); });
  $("scroller").addEventListener("scroll", () => draw(false), { passive: true });
  $("help-open").addEventListener("click", () => $("help").showModal());
  addEventListener("resize", () => draw(true));
  addEventListener("hashchange", start);
  addEventListener("keydown", key);
  start();
})();
