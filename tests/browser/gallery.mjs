// Pictures of pages for the README and docs/gallery: node gallery.mjs PERFREPORT [CHROMIUM]. Made from fixtures, light and dark.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const program = resolve(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "perfreport-gallery-"));
const pictures = join(root, "docs/gallery");
mkdirSync(pictures, { recursive: true });

const pages = {
  load: ["summarize", "fixtures/load/requests.csv"],
  comparison: ["compare", "fixtures/compare/before.csv", "fixtures/compare/after.csv"],
  corrupted: ["summarize", "fixtures/chat/memory_usage_metrics.csv"],
  benchmarks: ["summarize", "fixtures/hyperfine/commands.json"],
  service: ["summarize", "fixtures/service/aiperf_profile_export.jsonl"],
};
const browser = await chromium.launch({ executablePath: process.argv[3] ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, from] of Object.entries(pages)) {
  const path = join(folder, `${name}.html`);
  execFileSync(program, [...from, "-q", "-o", path], { cwd: root });
  for (const colorScheme of name === "load" ? ["light", "dark"] : ["light"]) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme });
    await page.goto(pathToFileURL(path).href);
    await page.screenshot({ path: join(pictures, colorScheme === "dark" ? `${name}-dark.png` : `${name}.png`) });
    await page.close();
  }
}
await browser.close();
rmSync(folder, { recursive: true });
