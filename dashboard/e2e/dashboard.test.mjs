// Drives the dashboard as a person would, against the server at BASE_URL:
//
//   BASE_URL=http://127.0.0.1:8080 SHOTS=/tmp/shots npm run e2e
//
// CHROMIUM: the browser's path. ACTOR: the path of the actor that is killed.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { brokenLines, definition, orderInput, slowInput } from "./definition.mjs";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8080";
const shots = process.env.SHOTS;
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const timeout = Number(process.env.TIMEOUT_MS ?? 20_000);
const name = `order-${Date.now().toString(36)}`;
const text = definition(name);

let browser;
let page;
let pictures = 0;
const complaints = [];

async function picture(title) {
  if (!shots) return;
  pictures += 1;
  await page.screenshot({ path: `${shots}/${String(pictures).padStart(2, "0")}-${title}.png` });
}

/** Replaces the text of an editor as pasting does. */
async function paste(label, content) {
  const editor = page.locator(`.cm-content[aria-label="${label}"]`);
  await editor.click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(content);
}

/** A tall graph follows its run: the task is within the part that is shown. */
async function inSight(task) {
  await page.waitForFunction((pointer) => {
    const box = document.querySelector(`[data-task="${pointer}"]`).getBoundingClientRect();
    const shown = document.querySelector('[aria-label="Graph of the workflow\'s tasks"]').getBoundingClientRect();
    return box.top >= shown.top && box.bottom <= shown.bottom;
  }, task);
}

before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(timeout);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // A refused definition is part of the story; the browser logs each 4xx by itself.
    if (message.type() === "error" && !/status of 4(09|22)/.test(message.text())) {
      complaints.push(message.text());
    }
  });
});
after(() => browser?.close());

test("the overview opens and is live", async () => {
  await page.goto(`${base}/`);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByText(/^Steward .*, up/).waitFor();
  await picture("overview");
});

test("a definition with an error is refused at its line", async () => {
  await page.getByRole("link", { name: "Workflows", exact: true }).click();
  await page.getByRole("button", { name: "Deploy workflow" }).click();
  await paste("Workflow definition", text.broken);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const problems = page.getByRole("alert", { name: "Problems" });
  const first = problems.getByRole("button").filter({ hasText: new RegExp(`^\\s*(${brokenLines.join("|")}):`) }).first();
  await first.waitFor();
  await page.locator(".cm-lint-marker-error").first().waitFor();
  await first.click();
  const line = await page.locator(".cm-lineNumbers .cm-activeLineGutter").textContent();
  assert.ok(brokenLines.includes(Number(line)), `the cursor is at line ${line}`);
  await picture("refused");
});

test("the mended definition is deployed", async () => {
  await paste("Workflow definition", text.good);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.getByRole("heading", { name: new RegExp(name) }).waitFor();
  await page.getByText("It has not run yet").waitFor();
  assert.equal(new URL(page.url()).pathname, `/workflows/e2e/${name}`);
  await picture("workflow");
});

test("an input that is no JSON cannot be sent", async () => {
  await paste("Input of the run, as JSON", '{"total": }');
  await page.getByText(/^Line 1:/).waitFor();
  assert.equal(await page.getByRole("button", { name: "Start run" }).isDisabled(), true);
});

test("a run is started and watched to its end without a reload", async () => {
  await paste("Input of the run, as JSON", JSON.stringify(orderInput));
  await page.getByText("Valid JSON.").waitFor();
  await page.evaluate(() => (window.notReloaded = true));
  await page.getByRole("button", { name: "Start run" }).click();
  await page.waitForURL(/\/runs\/[^/]+$/);
  await page.locator('[data-task="/do/3/pause"][data-status="running"]').waitFor();
  await inSight("/do/3/pause");
  await picture("run-live");
  await page.locator('.page-head [data-status="completed"]').waitFor();
  assert.equal(await page.evaluate(() => window.notReloaded), true, "the page was loaded again");
});

test("the run shows its graph, its timeline and its data", async () => {
  const status = (task) => page.locator(`[data-task="${task}"]`).getAttribute("data-status");
  await page.locator('[data-task="/do/5/close"][data-status="completed"]').waitFor();
  assert.equal(await status("/do/0/checkTotal"), "completed");
  assert.equal(await status("/do/1/each"), "completed");
  assert.equal(await status("/do/4/guarded"), "completed");
  // Three items: the loop's body was entered three times.
  await page.locator('[data-task="/do/1/each/do/0/pack"]').getByText("×3").waitFor();
  assert.ok((await page.locator("button[data-step]").count()) >= 8);
  await picture("run-completed");

  const data = page.getByRole("region", { name: "Data" });
  await page.locator('[data-task="/do/5/close"]').click();
  await data.getByRole("heading", { name: "close" }).waitFor();
  await data.getByRole("region", { name: "Output" }).getByText("closed").waitFor();
  await data.getByRole("button", { name: "Previous step" }).click();
  await data.getByText("/do/4/guarded/catch/do/0/repair").waitFor();
  await picture("step");

  await page.locator('[data-task="/do/4/guarded/try/0/fail"]').click();
  await data.getByText("raised on purpose").waitFor();
  await picture("step-faulted");
  await page.getByRole("button", { name: "Whole run" }).click();
  await data.getByRole("region", { name: "Output" }).getByText("closed").waitFor();
});

test("a run that faults leads from its error to the task", async () => {
  await page.goto(`${base}/workflows/e2e/${name}`);
  await page.locator('.cm-content[aria-label="Input of the run, as JSON"]').waitFor();
  await paste("Input of the run, as JSON", JSON.stringify({ ...orderInput, total: 0 }));
  await page.getByRole("button", { name: "Start run" }).click();
  await page.locator('.page-head [data-status="faulted"]').waitFor();
  const panel = page.getByRole("region", { name: "Error" });
  await panel.getByText("there is nothing to pay").waitFor();
  await panel.getByRole("button", { name: "at refuse" }).click();
  await page.getByRole("region", { name: "Data" }).getByRole("heading", { name: "refuse" }).waitFor();
  await picture("run-faulted");
});

test("a waiting run is suspended, resumed and cancelled", async () => {
  await page.goto(`${base}/workflows/e2e/${name}`);
  await page.locator('.cm-content[aria-label="Input of the run, as JSON"]').waitFor();
  await paste("Input of the run, as JSON", JSON.stringify(slowInput));
  await page.getByRole("button", { name: "Start run" }).click();
  await page.waitForURL(/\/runs\/[^/]+$/);
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.locator('.page-head [data-status="suspended"]').waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Suspend" }).waitFor();
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.locator('.page-head [data-status="suspended"]').waitFor();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel run" }).click();
  await page.locator('.page-head [data-status="cancelled"]').waitFor();
  await picture("run-cancelled");
});

test("runs are filtered, and the address keeps the filter", async () => {
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("combobox", { name: "Workflow" }).selectOption(`e2e/${name}`);
  await page.getByRole("combobox", { name: "Status" }).selectOption("faulted");
  await page.waitForURL(/status=faulted/);
  const rows = page.locator("tr[data-run]");
  await rows.first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll("tr[data-run]").length === 1);
  await picture("runs-filtered");
  await page.reload();
  await rows.first().waitFor();
  assert.equal(await rows.count(), 1);
  await page.getByRole("link", { name: "Clear" }).click();
  await page.waitForFunction(() => document.querySelectorAll("tr[data-run]").length >= 3);
});

test("an actor that is killed comes back, and its restarts are counted", async () => {
  await page.getByRole("link", { name: "Tree", exact: true }).click();
  const actor = process.env.ACTOR ?? "root/store/journal";
  const restarts = page.locator(`tr[data-path="${actor}"] [data-cell="restarts"]`);
  await restarts.waitFor();
  const before = Number(await restarts.textContent());
  await picture("tree");
  await page.getByRole("button", { name: `Kill ${actor}`, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Kill actor" }).click();
  await page.waitForFunction(
    ([path, count]) =>
      Number(document.querySelector(`tr[data-path="${path}"] [data-cell="restarts"]`)?.textContent) > count,
    [actor, before],
  );
  await picture("tree-restarted");
});

test("a page of an unknown run says so, and no page complained", async () => {
  assert.deepEqual(complaints, []);
  await page.goto(`${base}/runs/01a1fd42-0000-7000-8000-000000000000`);
  await page.getByText("does not exist").waitFor();
});
