// Drives the owner's pages on a phone's screen against the fake server (`npm run e2e:fake`), or
// against a server at BASE_URL that has approvals waiting and the salon pack installed.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const base = process.env.BASE_URL ?? "http://127.0.0.1:8080";
const shots = process.env.SHOTS;
const api = async (path, init) => (await fetch(`${base}/api/v1/${path}`, init)).json();

let browser;
let page;
const complaints = [];
const picture = (name) => shots && page.screenshot({ path: `${shots}/owner-${name}.png` });
const pending = async () => (await api("autonomous/approvals/pending?limit=200")).items;
const card = (approval) => page.locator(`[data-approval="${approval.id}"]`);

before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage({ viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: process.env.DARK ? "dark" : "light" });
  page.setDefaultTimeout(Number(process.env.TIMEOUT_MS ?? 20_000));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // That an answer comes too late is part of the story; the browser logs each 4xx by itself.
    if (message.type() === "error" && !/status of 4(09|22)/.test(message.text())) complaints.push(message.text());
  });
});
after(() => browser?.close());

test("an approval is answered with one tap, and the navigation counts one less", async () => {
  const [first] = await pending();
  assert.ok(first, "the server has no pending approval");
  await page.goto(`${base}/approvals`);
  const approve = card(first).getByRole("button", { name: "Approve" });
  await approve.waitFor();
  const box = await approve.boundingBox();
  assert.ok(box.height >= 44 && box.width >= 120, `a thumb needs more than ${box.width} x ${box.height}`);
  await picture("approvals");
  await approve.tap();
  await card(first).getByText(/^Approved/).first().waitFor();
  await page.waitForFunction(async ([url, id]) => (await (await fetch(url)).json()).status === "approved", [
    `${base}/api/v1/autonomous/approvals/${first.id}`, first.id,
  ]);
  const text = await page.getByRole("link", { name: /^Approvals/ }).textContent();
  assert.match(text, new RegExp(`Approvals${(await pending()).length || ""}`));
  await picture("approved");
});

test("one that was answered elsewhere says so", async () => {
  const [other] = await pending();
  await page.goto(`${base}/approvals`);
  await card(other).getByRole("button", { name: "Approve" }).waitFor();
  // The page must not hear of it before it asks: without a network it neither hears nor asks.
  await page.context().setOffline(true);
  try {
    await api(`autonomous/approvals/${other.id}/action`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ action: "reject", responded_by: "Meera" }),
    });
    await card(other).getByRole("button", { name: "Approve" }).tap();
    await card(other).getByText(/Your answer did not arrive/).waitFor();
  } finally {
    await page.context().setOffline(false);
  }
  await card(other).getByText(/Rejected by Meera/).first().waitFor();
  assert.equal(await card(other).getByText(/open again/).count(), 0);
  assert.equal((await api(`autonomous/approvals/${other.id}`)).status, "rejected");
  await picture("answered-elsewhere");
});

test("everything is paused and goes on", async () => {
  await page.goto(`${base}/agents`);
  await page.getByRole("button", { name: "Pause everything" }).first().tap();
  await page.getByRole("dialog").getByRole("button", { name: "Pause everything" }).tap();
  await page.getByText("Everything is paused.").waitFor();
  assert.equal((await api("autonomous/governance")).paused, true);
  await picture("paused");
  await page.getByRole("button", { name: "Continue" }).tap();
  await page.getByText("Everything is paused.").waitFor({ state: "detached" });
  assert.equal((await api("autonomous/governance")).paused, false);
});

test("a rule that can't be right is refused at its field, a right one is saved", async () => {
  await page.goto(`${base}/`);
  await page.getByRole("button", { name: "More" }).tap();
  await page.getByRole("menuitem", { name: "Governance" }).tap();
  const field = page.getByRole("textbox", { name: "Expire after" });
  await field.fill("0");
  await page.getByRole("button", { name: "Save" }).tap();
  await page.getByText("A whole number, 1 or more").waitFor();
  await field.fill("25");
  await picture("governance");
  await page.getByRole("button", { name: "Save" }).tap();
  await page.getByText("Saved: it holds from now on.").waitFor();
  assert.equal((await api("autonomous/governance")).approvals.expire_minutes, 25);
});

test("a decision tells its story", async () => {
  const [decision] = (await api("autonomous/decisions?status=success&limit=1")).items;
  assert.ok(decision, "the server has no successful decision");
  await page.goto(`${base}/decisions/${decision.id}`);
  const chain = page.getByRole("list", { name: "From the event to the outcome" });
  await chain.locator('[data-kind="revenue"][data-state="done"]').waitFor();
  await chain.locator('[data-kind="booking"]').getByRole("link").tap();
  await page.getByRole("region", { name: "The day by staff" }).waitFor();
});

test("the salon's day shows people, and what is behind a gap", async () => {
  await page.goto(`${base}/salon`);
  await page.getByRole("region", { name: "The day by staff" }).waitFor();
  await page.locator('.day-gap[data-status="open"]').first().tap();
  await page.getByRole("dialog", { name: "Gap" }).getByText("Offers", { exact: true }).waitFor();
  await page.waitForTimeout(shots ? 400 : 0);
  await picture("gap");
  await page.keyboard.press("Escape");
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `the page is ${over} px too wide`);
});

test("nothing went wrong in the browser", () => {
  const offline = /ERR_INTERNET_DISCONNECTED|WebSocket connection/;
  assert.deepEqual(complaints.filter((one) => !offline.test(one)), []);
});
