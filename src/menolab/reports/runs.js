"use strict";
// The overview of runs: curves laid over each other, a table that sorts, two runs to compare. Names reach the page through textContent alone.
(() => {
  const WIDTH = 360, HEIGHT = 216, LEFT = 44, TOP = 10, BOTTOM = 28, RIGHT = 10;  // as reports/chart.py draws
  const COLOURS = 8, FIRST = 6;  // runs that are chosen where the address says none
  const $ = (id) => document.getElementById(id);
  let page = JSON.parse($("data").textContent), rows = [...document.querySelectorAll("tr.run")];
  const drawable = (name) => name in page.curves;
  const colours = new Map();  // run -> its colour, kept while it stays chosen
  let chosen = [], x = "steps", strong = "", sort = ["changed", -1];

  function make(tag, attributes, ...children) {
    const svg = ["svg", "line", "polyline", "text", "circle", "rect", "g"].includes(tag);
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    for (const child of children) element.append(child);
    return element;
  }

  // ---- the address says what is chosen ---------------------------------------------------------------------------------------------------------

  function read() {
    const said = new URLSearchParams(location.hash.slice(1));
    const names = rows.map((row) => row.dataset.run);
    chosen = said.has("r") ? said.getAll("r").filter((name) => names.includes(name)) : names.filter(drawable).slice(0, FIRST);
    x = said.get("x") === "tokens" ? "tokens" : "steps";
    const key = said.get("o") || "-changed";
    sort = key.startsWith("-") ? [key.slice(1), -1] : [key, 1];
    if (!rows.length || !(sort[0] in rows[0].dataset)) sort = ["changed", -1];
    $("find").value = said.get("q") || "";
  }
  function write() {
    const said = new URLSearchParams();
    for (const name of chosen) said.append("r", name);
    if (!chosen.length) said.append("r", "");
    if (x !== "steps") said.set("x", x);
    const key = (sort[1] < 0 ? "-" : "") + sort[0];
    if (key !== "-changed") said.set("o", key);
    if ($("find").value.trim()) said.set("q", $("find").value.trim());
    history.replaceState(null, "", "#" + said);
  }

  // ---- charts ------------------------------------------------------------------------------------------------------------------------------------

  const short = (v) => (v >= 1e9 ? `${+(v / 1e9).toPrecision(3)}G` : v >= 1e6 ? `${+(v / 1e6).toPrecision(3)}M` : v >= 1e4 ? `${+(v / 1e3).toPrecision(3)}k` : String(+v.toPrecision(4)));
  const shown = (metric, v) => (page.shares.includes(metric) ? `${+(100 * v).toPrecision(3)}%` : Math.abs(v) >= 1000 ? v.toLocaleString("en", { maximumFractionDigits: 0 }) : String(+v.toPrecision(3))).replace("-", "−");

  function ticks(low, high) {
    if (high - low < 1e-12 * Math.max(1, Math.abs(high))) { const pad = Math.abs(high) / 2 || 0.5; low -= pad; high += pad; }
    const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((m) => m >= rough * 0.999);
    const first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9);
    return Array.from({ length: last - first + 1 }, (_, i) => +((first + i) * step).toPrecision(12));
  }
  function chart(metric, title, names) {
    const lines = names.map((name) => ({ name, x: page.curves[name][x], y: page.curves[name].series[metric] })).filter((line) => line.y && line.x.length);
    if (!lines.length) return null;
    const ys = lines.flatMap((line) => line.y.filter((v) => v !== null)), ends = Math.max(...lines.map((line) => line.x[line.x.length - 1]));
    const marks = ticks(Math.min(0, ...ys), Math.max(...ys)), left = Math.min(...lines.map((line) => line.x[0]));
    const px = (v) => LEFT + ((v - left) / (ends - left || 1)) * (WIDTH - RIGHT - LEFT), bottom = marks[0], top = marks[marks.length - 1];
    const py = (v) => TOP + ((top - v) / (top - bottom)) * (HEIGHT - TOP - BOTTOM);
    const svg = make("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${title} over ${x} of ${lines.length} runs` });
    for (const mark of marks) {
      svg.append(make("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: py(mark), y2: py(mark) }), make("text", { class: "tick", x: LEFT - 6, y: py(mark) + 3.5, "text-anchor": "end" }, shown(metric, mark)));
    }
    svg.append(make("text", { class: "tick", x: LEFT, y: HEIGHT - BOTTOM + 14, "text-anchor": "start" }, short(left)),
      make("text", { class: "tick", x: WIDTH - RIGHT, y: HEIGHT - BOTTOM + 14, "text-anchor": "end" }, `${short(ends)} ${x === "steps" ? "steps" : "tokens"}`));
    for (const line of lines) {
      let run = [];
      const flush = () => {
        const look = `${colours.get(line.name)} ${strong && strong !== line.name ? "dim" : strong ? "strong" : ""}`;
        if (run.length === 1) svg.append(make("circle", { class: `dot ${look}`, cx: run[0][0], cy: run[0][1], r: 2.5 }));
        else if (run.length) svg.append(make("polyline", { class: `stroke ${look}`, points: run.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ") }));
        run = [];
      };
      line.y.forEach((v, i) => (v === null ? flush() : run.push([px(line.x[i]), py(v)])));
      flush();
    }
    const figure = make("figure", { "data-metric": metric }, make("figcaption", {}, title), svg);
    svg.addEventListener("pointermove", (event) => point(figure, svg, event, metric, lines, px, left, ends));
    svg.addEventListener("pointerleave", () => figure.querySelectorAll(".tip, .cross").forEach((part) => part.remove()));
    return figure;
  }
  function point(figure, svg, event, metric, lines, px, left, ends) {
    const box = svg.getBoundingClientRect(), at = ((event.clientX - box.left) / box.width) * WIDTH;
    const wanted = left + ((at - LEFT) / (WIDTH - RIGHT - LEFT)) * (ends - left);
    figure.querySelectorAll(".tip, .cross").forEach((part) => part.remove());
    if (at < LEFT - 4 || at > WIDTH - RIGHT + 4) return;
    const said = [];
    for (const line of lines) {
      const near = line.x.reduce((best, v, i) => (Math.abs(v - wanted) < Math.abs(line.x[best] - wanted) ? i : best), 0);
      if (line.y[near] !== null && wanted <= line.x[line.x.length - 1] + (ends - left) / 50) said.push([line.name, line.y[near]]);
    }
    said.sort((a, b) => b[1] - a[1]);
    svg.append(make("line", { class: "cross", x1: px(wanted), x2: px(wanted), y1: TOP, y2: HEIGHT - BOTTOM }));
    const tip = make("div", { class: "tip" }, make("span", { class: "quiet" }, `${x === "steps" ? "step" : "tokens"} ${short(Math.round(wanted))}`),
      ...said.map(([name, v]) => make("div", {}, make("b", { class: colours.get(name) }, name), make("span", {}, shown(metric, v)))));
    figure.append(tip);
    const room = figure.clientWidth - tip.offsetWidth, place = (event.clientX - box.left) + 14;
    tip.style.left = `${Math.max(0, place > room ? place - tip.offsetWidth - 28 : place)}px`;
    tip.style.top = `${event.clientY - figure.getBoundingClientRect().top + 12}px`;
  }

  // ---- drawing all -------------------------------------------------------------------------------------------------------------------------------

  function draw() {
    const names = chosen.filter(drawable);
    for (const name of [...colours.keys()]) if (!names.includes(name)) colours.delete(name);
    for (const name of names) {
      if (colours.has(name)) continue;
      const used = [...colours.values()], free = Array.from({ length: COLOURS }, (_, i) => `l${i + 1}`).find((c) => !used.includes(c));
      colours.set(name, free || `l${(colours.size % COLOURS) + 1}`);
    }
    $("curves").hidden = !rows.some((row) => drawable(row.dataset.run));
    $("charts").replaceChildren(...Object.entries(page.metrics).map(([metric, title]) => chart(metric, title, names)).filter(Boolean));
    if (!$("charts").children.length) $("charts").append(make("p", { class: "quiet" }, names.length ? "These runs do not say how many tokens their steps drew." : "No run is ticked."));
    $("shown").textContent = `${names.length} of ${rows.filter((row) => drawable(row.dataset.run)).length} runs with curves`;
    document.querySelectorAll("[data-x]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.x === x)));
    rows.map((row) => row.querySelector("input")).forEach((box) => {
      box.checked = chosen.includes(box.value);
      const mark = box.nextElementSibling;
      if (colours.has(box.value)) mark.className = colours.get(box.value); else mark.removeAttribute("class");
    });
    const ready = chosen.length === 2, link = $("compare");
    link.setAttribute("aria-disabled", String(!ready));
    link.href = ready ? `/compare?${new URLSearchParams({ a: [...chosen].sort(older)[0], b: [...chosen].sort(older)[1] })}` : "#";
    link.title = ready ? "The same problems, paired, with flips" : "Tick two runs";
  }
  const older = (a, b) => [a, b].map((name) => +rows.find((row) => row.dataset.run === name).dataset.changed).reduce((p, q) => p - q);
  function order() {
    const [key, way] = sort, text = key === "name";
    const value = (row) => (text ? row.dataset[key] : row.dataset[key] === "" ? null : +row.dataset[key]);
    const sorted = [...rows].sort((a, b) => {
      const p = value(a), q = value(b);
      if (p === null || q === null) return (p === null) - (q === null);  // what is not known comes last either way
      return way * (text ? p.localeCompare(q, "en", { numeric: true }) : p - q);
    });
    document.querySelector("#runs tbody").append(...sorted);
    document.querySelectorAll("[data-sort]").forEach((button) => button.parentElement.setAttribute("aria-sort", button.dataset.sort === key ? (way > 0 ? "ascending" : "descending") : "none"));
  }
  function find() {
    const wanted = $("find").value.trim().toLowerCase();
    for (const row of rows) row.hidden = Boolean(wanted) && !row.querySelector("th").textContent.toLowerCase().includes(wanted);
    $("none").hidden = rows.some((row) => !row.hidden);
  }

  // ---- runs that go on: the page is asked for again, and what has changed is taken over ------------------------------------------------------------

  let held = "";
  async function refresh() {
    if (document.hidden || document.querySelector(".tip")) return;
    try {
      const answer = await fetch("/", { headers: { Accept: "text/html" } }), text = await answer.text();
      $("gone").hidden = answer.ok;
      if (!answer.ok || text === held) return;
      held = text;
      const fresh = new DOMParser().parseFromString(text, "text/html"), body = fresh.querySelector("#runs tbody");
      if (!body) return location.reload();
      const focused = document.activeElement && document.activeElement.closest("tr.run");
      page = JSON.parse(fresh.getElementById("data").textContent);
      $("runs").tBodies[0].replaceChildren(...[...body.children].map((row) => document.adoptNode(row)));
      rows = [...document.querySelectorAll("tr.run")];
      $("many").textContent = fresh.getElementById("many").textContent;
      chosen = chosen.filter((name) => rows.some((row) => row.dataset.run === name));
      draw(); order(); find();
      const again = focused && rows.find((row) => row.dataset.run === focused.dataset.run);
      if (again) again.querySelector("input").focus({ preventScroll: true });
    } catch { $("gone").hidden = false; }
  }
  setInterval(refresh, 1000 * page.every);

  $("runs").addEventListener("change", ({ target: box }) => { chosen = box.checked ? [...chosen, box.value] : chosen.filter((name) => name !== box.value); write(); draw(); });
  const emphasise = (event) => {
    const row = event.type === "pointerover" && event.target.closest("tr.run"), name = row && colours.has(row.dataset.run) && colours.size > 1 ? row.dataset.run : "";
    if (name !== strong) { strong = name; draw(); }
  };
  $("runs").addEventListener("pointerover", emphasise);
  $("runs").addEventListener("pointerleave", emphasise);
  document.querySelectorAll("[data-x]").forEach((button) => button.addEventListener("click", () => { x = button.dataset.x; write(); draw(); }));
  document.querySelectorAll("[data-sort]").forEach((button) => button.addEventListener("click", () => {
    const key = button.dataset.sort;
    sort = sort[0] === key ? [key, -sort[1]] : [key, key === "name" ? 1 : -1];
    write(); order();
  }));
  $("find").addEventListener("input", () => { write(); find(); });
  addEventListener("hashchange", () => { read(); draw(); order(); find(); });
  addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target.tagName !== "INPUT") { event.preventDefault(); $("find").focus(); }
    else if (event.key === "Escape" && event.target === $("find")) { $("find").value = ""; $("find").blur(); write(); find(); }
  });
  read(); draw(); order(); find();
})();
