// The page in a real browser: node run.mjs PERFREPORT [CHROMIUM [FIXTURES]]. Ends with 0 where every promise is kept.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import * as inputs from "./inputs.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const fixtures = resolve(process.argv[4] ?? join(here, "../../fixtures"));
const program = resolve(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "perfreport-browser-"));
const at = (name) => join(folder, name);
const fixture = (name) => join(fixtures, name);

inputs.endpoints(at("before.csv"), { count: 40, each: 120, seed: 7 });
inputs.endpoints(at("after.csv"), { count: 40, each: 120, seed: 8, slower: 1.6, failing: 0.5 });
inputs.metrics(at("wide.csv"), { count: 200, groups: 10, each: 12 });
inputs.samples(at("million.csv"), 1_000_000);
inputs.levels(at("levels.csv"), [1, 2, 4, 8, 16, 32, 64, 128]);

/** The pages: what they are made from, and how large they may be. */
const pages = {
  origin: { from: ["summarize", fixture("chat/memory_usage_metrics.csv"), fixture("chat/session_metrics.csv"), fixture("chat/timeout_metrics.csv")] },
  load: { from: ["summarize", fixture("load/requests.csv")] },
  jmeter: { from: ["summarize", fixture("jmeter/semicolons.jtl"), fixture("jmeter/no_header.jtl")] },
  k6: { from: ["summarize", fixture("k6/samples.csv")] },
  locust: { from: ["summarize", fixture("locust/run_requests.csv"), fixture("locust/run_stats.csv"), fixture("locust/run_failures.csv")] },
  benchmarks: { from: ["summarize", fixture("google-benchmark/repetitions.json"), fixture("hyperfine/commands.json")] },
  chat: { from: ["summarize", fixture("service")] },
  swarm: { from: ["summarize", fixture("swarm")], noBoard: true },
  comparison: { from: ["compare", at("before.csv"), at("after.csv")] },
  levels: { from: ["summarize", at("levels.csv")] },
  wide: { from: ["summarize", at("wide.csv")], most: 1_000_000 },
  million: { from: ["summarize", at("million.csv")], most: 150_000 },
};
for (const [name, page] of Object.entries(pages)) {
  page.path = at(`${name}.html`);
  execFileSync(program, [...page.from, "-q", "-o", page.path, "-o", at(`${name}.json`)], { stdio: ["ignore", "ignore", "inherit"] });
}

const failures = [];
let checks = 0;
const check = (name, holds, what) => {
  checks += 1;
  if (!holds) failures.push(`${name}: ${what}`);
};

const executablePath = process.argv[3] ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** A page of its own, watched for requests and errors. */
async function open(name, { width = 1280, height = 900, fragment = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(pages[name].path).href;
  page.on("request", (request) => check(name, request.url().split("#")[0] === url, `asks for ${request.url()}`));
  page.on("console", (message) => check(name, message.type() !== "error", `console: ${message.text()}`));
  page.on("pageerror", (error) => check(name, false, `error: ${error.message}`));
  await page.goto(url + fragment);
  return page;
}
const openAll = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

// What is said, without what the script adds.
const facts = (page) =>
  page.evaluate(() => {
    const copy = document.querySelector("main").cloneNode(true);
    copy.querySelectorAll(".tools, .readout, p[hidden], .hair").forEach((one) => one.remove());
    return [...copy.querySelectorAll("p, dt, dd, td, th, li, summary, figcaption, h2, h3, svg text")].map((one) => one.textContent.replace(/\s+/g, " ").trim()).join("\n");
  });

/** Texts of a picture that overlap, and texts that stand over the data of their picture. */
const covered = (page) =>
  page.evaluate(() => {
    const found = [];
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    for (const chart of document.querySelectorAll("svg.chart")) {
      const whole = chart.getBoundingClientRect();
      if (whole.width === 0) continue;
      const texts = [...chart.querySelectorAll("text")].filter((one) => one.getBoundingClientRect().width > 0);
      const boxes = texts.map((one) => [one.textContent, one.getBoundingClientRect()]);
      boxes.forEach(([text, box], at) => {
        for (const [other, around] of boxes.slice(at + 1)) if (meet(box, around)) found.push(`"${text}" meets "${other}" in ${chart.querySelector("title").textContent}`);
      });
      for (const plot of chart.querySelectorAll(":scope > svg[viewBox]")) {
        const top = whole.top + parseFloat(plot.getAttribute("y"));
        const area = { left: whole.left, right: whole.right, top, bottom: top + parseFloat(plot.getAttribute("height")) };
        for (const [text, box] of boxes) if (meet(box, area)) found.push(`"${text}" stands over the data of ${chart.querySelector("title").textContent}`);
      }
    }
    return found;
  });

for (const [name, { most, path }] of Object.entries(pages)) {
  const { size } = statSync(path);
  if (most) check(name, size <= most, `has ${size} bytes, more than ${most}`);

  const page = await open(name);
  const first = await page.evaluate(() => Math.min(...[...document.querySelectorAll("main svg.chart, main svg.dist")].map((one) => one.getBoundingClientRect().bottom).filter((bottom) => bottom > 0)));
  check(name, first < 900, `the first picture ends at ${first} px`);
  const alone = await open(name, { javaScriptEnabled: false });
  // Sorting buttons hold the words of their heads.
  check(name, (await facts(page)) === (await facts(alone)), "says something else without script");
  await alone.context().close();

  // Hundreds of closed parts are not laid out one by one.
  if (name !== "wide") await openAll(page);
  for (const width of [360, 768, 1280, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(name, over <= 0, `is ${over} px too wide at ${width} px`);
    const found = await covered(page);
    check(name, found.length === 0, `${found.slice(0, 3).join("; ")} at ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.evaluate(axe);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const named = violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
    check(name, named.length === 0, `axe, ${colorScheme}: ${named.join("; ")}`);
  }
  await page.context().close();
}

// Sorting, searching, problems, copying.
{
  const page = await open("comparison");
  const names = () => page.$$eval("#board tbody tr:not(.head):not([hidden]) .name", (all) => all.map((one) => one.textContent));
  const before = await names();
  await page.click("#board thead button:text-is('p95')");
  const values = await page.$$eval("#board tbody tr:not(.head)", (rows) => rows.slice(0, 30).map((row) => parseFloat(row.cells[5].textContent.replace(/,/g, ""))));
  check("sort", values.every((value, place) => place === 0 || value <= values[place - 1]), `p95 falls: ${values}`);
  check("sort", page.url().includes("&sort=-p95"), `the link remembers it: ${page.url()}`);
  await page.click("#board thead button:text-is('p95')");
  await page.click("#board thead button:text-is('p95')");
  check("sort", (await names()).join() === before.join(), "a third click gives back the order of the report");
  await page.keyboard.press("/");
  await page.keyboard.type("shop/b");
  check("search", (await names()).every((name) => name.includes("shop/b")), `only rows with the word: ${await names()}`);
  await page.fill(".tools input[type=search]", "");
  await page.check(".tools input[type=checkbox]");
  const problems = await names();
  check("problems", problems.length > 0 && problems.length < before.length && problems.some((name) => name.includes("shop/d")), `the failing endpoint is among them: ${problems}`);
  check("problems", page.url().includes("&problems"), "the link remembers it");
  await page.click("text=copy CSV");
  const csv = await page.$eval("#board", (table) => table.copied);
  check("copy", csv.split("\n").length === problems.length + 1, `what is shown is copied:\n${csv}`);
  const again = await open("comparison", { fragment: "#results&sort=-p95&problems" });
  const shown = await again.$$eval("#board tbody tr:not(.head):not([hidden])", (rows) => rows.length);
  check("links", shown === problems.length, `a link opens what was seen: ${shown} of ${problems.length}`);
  await again.context().close();
  await page.context().close();
}

// The hair, by pointer and by keys.
{
  const page = await open("load");
  const chart = await page.$("svg.clock");
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const said = await page.textContent(".lead .readout");
  const report = JSON.parse(readFileSync(at("load.json"), "utf8"));
  const run = report.requests[0];
  const bin = run.bins.find((one) => one.from <= run.length / 2 && one.to > run.length / 2);
  check("crosshair", said.includes(`${bin.requests} requests`) && said.includes(`n ${bin.samples}`) && said.includes((bin.p50 * 1000).toPrecision(4)), `says what the report has: ${said} (${JSON.stringify(bin)})`);
  await page.mouse.move(0, 0);
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const second = await page.textContent(".lead .readout");
  check("keys", second.includes(`${run.bins[1].requests} requests`), `two steps to the right: ${second}`);
  await page.keyboard.press("?");
  check("keys", await page.isVisible("dialog"), "? shows the keys");
  await page.keyboard.press("Escape");
  await page.focus("#board .link");
  await page.keyboard.press("ArrowDown");
  const focused = await page.evaluate(() => document.activeElement.closest("tr")?.id);
  check("keys", focused === (await page.$$eval("#board tr[id]", (rows) => rows[1].id)), `down goes to the next row: ${focused}`);
  await page.context().close();
}

// The first screen answers: the worst row of the table stands on it, and nothing is cut off or hidden below a line.
for (const [name, id] of [["comparison", "latency_ms/GET-shop-d"], ["load", "latency_ms/GET-search"]]) {
  const page = await open(name);
  const bottom = await page.evaluate((id) => document.getElementById(id).getBoundingClientRect().bottom, id);
  check("first screen", bottom <= 900, `the worst row of ${name} ends at ${bottom} px`);
  await page.context().close();
}
for (const name of Object.keys(pages)) {
  for (const width of [360, 1280]) {
    const page = await open(name, { width });
    const cut = await page.$$eval(".figures b, .figures small, .verdict p", (all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.getClientRects().length > 0 && getComputedStyle(one).display !== "inline").map((one) => one.textContent));
    const out = await page.$$eval(".figures > div", (all) => all.filter((card) => [...card.querySelectorAll("b, small, span")].some((one) => one.getBoundingClientRect().right > card.getBoundingClientRect().right)).map((one) => one.textContent));
    check("first screen", cut.length + out.length === 0, `${name} at ${width} px cuts off ${[...cut, ...out]}`);
    await page.context().close();
  }
}

// In a comparison a row shows both sides, and what fails says so in its own row.
{
  const page = await open("comparison");
  await page.click("#board tr[id='latency_ms/GET-shop-b'] a.name");
  const detail = page.locator("#board tr[id='latency_ms/GET-shop-b'] + tr.detail");
  check("both sides", (await detail.locator("svg path.before").count()) === 1, "the distributions of both sides");
  const failing = await page.textContent("[id='latency_ms/GET-shop-d']");
  check("both sides", failing.includes("regressed, failures"), `what fails has regressed: ${failing}`);
  const ends = await page.$$eval("#board thead .span span", (all) => all.map((one) => one.textContent));
  check("both sides", ends.length === 3 && ends[0].startsWith("-") && ends[1] === "0" && ends[2].startsWith("+"), `the axis of changes is labelled: ${ends}`);
  await page.context().close();
}

// How many were in progress, over time.
{
  const page = await open("load");
  const run = JSON.parse(readFileSync(at("load.json"), "utf8")).requests[0];
  const has = run.bins.some((bin) => bin.concurrency > 0);
  check("progress", (await page.$$("svg[aria-labelledby*='-progress-title']")).length === (has ? 1 : 0), "a picture where it is known");
  await page.context().close();
}

// Links are made of names and open closed parts.
{
  const page = await open("load", { fragment: "#latency_ms/GET-search" });
  check("links", await page.evaluate(() => document.getElementById("latency_ms/GET-search") !== null), "a row is called as its endpoint is");
  await page.evaluate(() => (location.hash = "#latency_ms"));
  await page.waitForTimeout(50);
  check("links", await page.isVisible("[id='latency_ms']"), "a link into a closed part opens it");
  await page.context().close();
  const origin = await open("origin");
  const target = await origin.$eval("svg .cross", (cross) => cross.closest("a").getAttribute("href"));
  check("links", (await origin.$(target)) !== null, `a cross leads to its finding: ${target}`);
  await origin.context().close();
}

// Numbers of the table are those of the report, to the four digits that are shown.
{
  const page = await open("load");
  const report = JSON.parse(readFileSync(at("load.json"), "utf8"));
  const metric = report.metrics.find((one) => one.name === "latency_ms");
  const p = (population, percent) => (percent === 50 ? population.clean.median : population.clean.percentiles.find((one) => one.percent === percent)?.value);
  const heads = await page.$$eval("#board thead th", (all) => all.map((one) => one.textContent.trim()));
  for (const [population, id] of [[metric.overall, "latency_ms/all"], ...metric.groups.map((group) => [group, "latency_ms/" + group.label.text.replace(/[^\w.]+/g, "-")])]) {
    const cells = await page.$$eval(`[id='${id}'] > *`, (all) => all.map((one) => one.textContent));
    const close = (name, value) => {
      const shown = cells[heads.indexOf(name)];
      check("numbers", value == null ? shown === "–" : Math.abs(parseFloat(shown.replace(",", "")) / (value * 1000) - 1) <= 0.0051, `${name} of ${id}: ${shown} is ${value}`);
    };
    for (const percent of [50, 90, 95, 99, 99.9]) close(`p${percent}`, p(population, percent));
    close("mean", population.clean.mean);
    close("stddev", population.clean.stddev);
  }
  await page.context().close();
}

// A row opens its details in place, and leads to them without script.
{
  const page = await open("load");
  await page.click("#board tr[id='latency_ms/all'] a.name");
  check("details", await page.isVisible("#board tr.detail svg.heat"), "a heat map of the run");
  const report = JSON.parse(readFileSync(at("load.json"), "utf8"));
  const { heat, bins } = report.requests[0];
  const counted = heat.counts.map((cells) => cells.reduce((a, b) => a + b, 0));
  check("details", counted.join() === bins.map((bin) => bin.samples).join(), `every sample is in a cell: ${counted}`);
  const strokes = await page.$eval("#board tr.detail svg.heat", (chart) => [...chart.querySelectorAll("path")].flatMap((path) => [...path.getAttribute("d").matchAll(/h(\d+)/g)]).reduce((sum, [, length]) => sum + +length, 0));
  check("details", strokes === heat.counts.flat().filter((count) => count > 0).length, `every cell that is not empty is drawn: ${strokes}`);
  check("details", await page.evaluate(() => new Set([...document.querySelectorAll("[id]")].map((one) => one.id)).size === document.querySelectorAll("[id]").length), "no id stands twice");
  check("details", page.url().includes("&open="), `the link remembers it: ${page.url()}`);
  const again = await open("load", { fragment: new URL(page.url()).hash });
  check("details", await again.isVisible("#board tr.detail"), "a link opens what was seen");
  await again.context().close();
  await page.click("#board tr[id='latency_ms/GET-search'] a.name");
  const detail = page.locator("#board tr[id='latency_ms/GET-search'] + tr.detail");
  const slowest = report.metrics.find((one) => one.name === "latency_ms").groups.find((group) => group.label.text === "GET /search").outliers;
  const places = await detail.locator("td code").allTextContents();
  check("details", (slowest.largest ?? slowest.extremes).every((one) => places.some((place) => place.endsWith(`:${one.line}`))), `the slowest samples with their lines: ${places}`);
  check("details", (await detail.locator("svg desc").allTextContents()).some((text) => text.includes("at or above")), "the tail in words");
  // Its heat map: every cell of its own requests at its place on the axes of the run.
  const own = report.requests[0].labels.find((one) => one.label === "GET /search").heat;
  const below = heat.edges.indexOf(own.edges[0]);
  const filled = own.counts.flatMap((cells, bin) => cells.flatMap((count, row) => (count > 0 ? [`${bin} ${heat.edges.length - 2 - below - row}`] : [])));
  const drawn = await detail.locator("svg.heat path").evaluateAll((paths) =>
    paths.flatMap((path) => [...path.getAttribute("d").matchAll(/M(\d+) (\d+)h(\d+)/g)].flatMap(([, x, y, length]) => Array.from({ length: +length }, (_, step) => `${+x + step} ${y}`))),
  );
  check("details", drawn.sort().join() === filled.sort().join(), `the heat map of a row is that of its requests: ${drawn.length} and ${filled.length} cells`);
  for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check("details", over <= 0, `is ${over} px too wide at ${width} px`);
    check("details", (await covered(page)).length === 0, `${await covered(page)} at ${width} px`);
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  check("details", violations.length === 0, `axe: ${violations.map((one) => one.id + ": " + one.nodes[0].html.slice(0, 120))}`);
  await page.click("#board thead button:text-is('p95')");
  check("details", (await page.$("#board tr.detail")) === null, "sorting closes them");
  await page.context().close();
  const alone = await open("load", { javaScriptEnabled: false });
  await alone.click("#board tr[id='latency_ms/all'] a.name");
  check("details", await alone.isVisible("[id=latency_ms]"), "without script the name leads to them");
  await alone.context().close();
}

// Switches work without script.
{
  const page = await open("load", { javaScriptEnabled: false });
  check("columns", !(await page.isVisible("#board th:text-is('stddev')")), "more columns are not in the way");
  await page.check("#more-columns");
  check("columns", await page.isVisible("#board th:text-is('stddev')"), "and are there where asked for");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
  check("columns", over <= 0, `they are ${over} px too wide`);
  await page.context().close();
  const origin = await open("origin", { javaScriptEnabled: false });
  check("corrupted", !(await origin.isVisible(".lead .with svg")), "the axis is that of the clean samples");
  await origin.check("#with-corrupted");
  check("corrupted", (await origin.isVisible(".lead .with svg")) && !(await origin.isVisible(".lead .without svg")), "or reaches to the corrupted ones");
  await origin.context().close();
}

// Throughput against latency is a picture.
{
  const page = await open("levels");
  check("levels", (await page.$$("svg[aria-labelledby*='-load-title']")).length === 1, "a picture of the levels of load");
  await page.context().close();
}

// In print the brief has at most two pages.
for (const name of ["load", "comparison", "origin"]) {
  const page = await open(name);
  const text = (await page.pdf({ format: "A4" })).toString("latin1");
  const count = (text.match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
  check("print", count <= 2, `${name} takes ${count} pages`);
  await page.context().close();
}

await browser.close();
rmSync(folder, { recursive: true });
for (const failure of failures) console.error(failure);
console.log(`${checks} checks in a browser, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
