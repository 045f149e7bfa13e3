// Takes pictures of every page, light and dark, wide and narrow, against the fake server:
//
//   npm run build && SHOTS=/tmp/shots npm run shots
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { dist, startFake } from "./fake_process.mjs";

const folder = process.env.SHOTS ?? "shots";
const only = process.env.ONLY?.split(",");
mkdirSync(folder, { recursive: true });
const fake = await startFake({ DIST: dist, PORT: "8091", SPEED: process.env.SPEED ?? "1" });
await new Promise((done) => setTimeout(done, 9000));

const get = async (path) => (await fetch(`${fake.url}/api/v1/${path}`)).json();
const newest = async (status) =>
  (await get(`runs?status=${status}&workflow=shop/fulfil-order&limit=5`)).items.at(-1)?.id;
const [faulted, completed, running] = [await newest("faulted"), await newest("completed"), await newest("running")];
const history = (await get(`runs/${completed}/events`)).items;
const step = history.find((one) => /task.completed/.test(one.type) && /capture$/.test(one.task));
const started = history.findLast((one) => one.task === step.task && /task.started/.test(one.type)).seq;
const decided = (await get("autonomous/decisions?status=success")).items.at(-1)?.id;
const rejected = (await get("autonomous/decisions?status=rejected")).items.at(-1)?.id;
const pages = {
  approvals: "/approvals",
  "approvals-history": "/approvals?tab=history",
  salon: "/salon",
  decisions: "/decisions",
  decision: `/decisions/${decided}`,
  "decision-rejected": `/decisions/${rejected}`,
  agents: "/agents",
  agent: "/agents/discount_agent",
  governance: "/governance",
  overview: "/",
  workflows: "/workflows",
  workflow: "/workflows/shop/fulfil-order",
  runs: "/runs",
  "runs-empty": "/runs?status=suspended",
  "run-faulted": `/runs/${faulted}`,
  "run-step": `/runs/${completed}?step=${started}`,
  "run-live": `/runs/${running}`,
  tree: "/tree",
  missing: "/runs/run_of_nobody",
};

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const colorScheme of ["light", "dark"]) {
  for (const width of (process.env.WIDTHS ?? "1440,390").split(",").map(Number)) {
    const context = await browser.newContext({
      colorScheme, viewport: { width, height: width > 1000 ? 900 : 844 }, reducedMotion: "reduce",
    });
    for (const [name, path] of Object.entries(pages)) {
      if (only && !only.includes(name)) continue;
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error") console.log(name, message.text());
      });
      page.on("pageerror", (error) => console.log(name, String(error)));
      await page.goto(fake.url + path);
      await page.waitForTimeout(name === "overview" ? 6000 : 1200);
      const file = `${folder}/${name}-${colorScheme}-${width}.png`;
      await page.screenshot({ path: file, fullPage: width < 1000 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) console.log(`${name} at ${width}: ${over} px too wide`);
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
fake.stop();
