// The HTML reports in a real browser: three widths, filters, shared links, print, no script, and axe.
import { chromium } from "playwright-core";
import { readFileSync, writeFileSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [report, matrix, coverage, out] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
let failures = 0;
const demand = (what, good, more = "") => {
  if (!good) ++failures;
  console.log(`${good ? "ok  " : "FAIL"} ${what}${good ? "" : " " + more}`);
};
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });

// Opens a page, and sees to it that nothing comes from anywhere else.
const open = async (file, { width = 1024, hash = "", javaScriptEnabled = true, colorScheme = "light" } = {}) => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, javaScriptEnabled, colorScheme, offline: true });
  const page = await context.newPage();
  const troubles = [];
  page.on("pageerror", (e) => troubles.push(String(e)));
  page.on("dialog", (d) => { troubles.push("a dialog: " + d.message()); d.dismiss(); });
  page.on("request", (r) => { if (!r.url().startsWith("file:")) troubles.push("a request to " + r.url()); });
  const begun = Date.now();
  await page.goto(pathToFileURL(file) + hash, { waitUntil: "load" });
  return { page, troubles, took: Date.now() - begun, close: () => context.close() };
};
const shown = (page) => page.locator("[data-verdict]:visible").count();

for (const file of [report, matrix, coverage]) {
  const name = file.split("/").pop();
  demand(`${name}: below 5 MB`, statSync(file).size < 5e6);
  for (const width of [360, 1024, 1920]) {
    const { page, troubles, took, close } = await open(file, { width });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    demand(`${name}: no sideways scrolling at ${width}`, wide <= 0, `${wide} pixels too wide`);
    demand(`${name}: nothing from outside, no errors at ${width}`, troubles.length === 0, troubles.join("; "));
    if (width === 1024) demand(`${name}: opens in under a second`, took < 1000, `${took} ms`);
    await page.screenshot({ path: `${out}/${name}-${width}.png` });
    await close();
  }
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(file, { colorScheme });
    await page.evaluate(axe);
    const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const serious = result.violations.filter((v) => ["serious", "critical"].includes(v.impact));
    demand(`${name}: axe finds nothing serious (${colorScheme})`, serious.length === 0,
      serious.map((v) => `${v.id}: ${v.nodes.length} times, ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary}`).join("\n     "));
    await page.screenshot({ path: `${out}/${name}-${colorScheme}.png` });
    await close();
  }
  const { page, close } = await open(file);
  writeFileSync(`${out}/${name}.pdf`, await page.pdf({ format: "A4" }));
  demand(`${name}: prints`, statSync(`${out}/${name}.pdf`).size > 10000);
  await close();
}

// Filters, and links that carry them.
for (const file of [report, matrix]) {
  const { page, close } = await open(file);
  const all = await shown(page);
  const failing = await page.locator('[data-verdict="fail"]').count();
  demand("the report has something to filter", failing > 0 && failing < all, `${failing} of ${all}`);
  await page.check('input[name="verdict"][value="fail"]');
  demand("a verdict filters", (await shown(page)) === failing);
  demand("the number is told", (await page.textContent("#count")).startsWith(`${failing} of ${all}`));
  const hash = new URL(page.url()).hash;
  demand("the address has the filter", hash === "#?verdict=fail", hash);
  await page.selectOption('select[name="rfc"]', "rfc9051");
  await page.fill('input[name="text"]', "uid");
  const narrow = await shown(page);
  demand("filters add up", narrow < failing && narrow > 0, `${narrow}`);
  const link = page.url();
  await page.click('button[type="reset"]');
  await page.waitForFunction((n) => document.querySelectorAll("[data-verdict]:not([hidden])").length === n, all);
  demand("all are shown again", (await shown(page)) === all);
  const again = await open(file, { hash: new URL(link).hash });
  demand("a shared link shows the same", (await shown(again.page)) === narrow);
  await again.close();
  await page.selectOption('select[name="cap"]', { index: 1 });
  demand("a capability filters", (await shown(page)) < all);
  await close();
}
// A requirement's own link opens it; the keyboard does, too.
{
  const id = "rfc9051/2.3.1.1/uidnext-ahead";
  const { page, close } = await open(report, { hash: "#" + id });
  const details = page.locator(`[id="${id}"]`);
  demand("a requirement's link opens it", await details.evaluate((d) => d.open && d.getBoundingClientRect().top < innerHeight));
  await page.screenshot({ path: `${out}/failure.png` });
  await details.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  demand("the keyboard closes it", !(await details.evaluate((d) => d.open)));
  await close();
}
// Print shows failures with their wire, and no filters.
{
  const { page, close } = await open(report);
  await page.emulateMedia({ media: "print" });
  demand("no filters on paper", !(await page.isVisible("form.filters")));
  demand("failures with their wire on paper", (await page.locator('details[data-verdict="fail"] pre:visible').count()) > 0);
  await close();
}
// Without JavaScript: everything is there.
{
  const { page, close } = await open(report, { javaScriptEnabled: false });
  demand("no filters without a script", !(await page.isVisible("form.filters")));
  demand("failures are open without a script", (await page.locator('details[data-verdict="fail"] pre:visible').count()) > 0);
  await close();
}
await browser.close();
console.log(failures ? `${failures} FAILED` : "the reports are good in a browser");
process.exit(failures ? 1 : 0);
