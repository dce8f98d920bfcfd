// Chromium as people use it: with and without JavaScript, narrow and wide; axe on every page that is looked at.
import { mkdirSync } from "node:fs";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";

export const BASE = process.env.BASE_URL, MAIL = process.env.MAIL_URL;
export const PASSWORD = "three words that hold 7";
const SHOTS = new URL("../../../build/screenshots/", import.meta.url).pathname;
mkdirSync(SHOTS, { recursive: true });

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// A person at a browser. Requests to anywhere else fail the test.
export async function person(browser, { javaScriptEnabled = true, width = 1280 } = {}) {
  const context = await browser.newContext({ javaScriptEnabled, viewport: { width, height: 900 }, locale: "en-GB" });
  const page = await context.newPage();
  page.elsewhere = [];
  page.on("request", (r) => { if (!r.url().startsWith(BASE) && !r.url().startsWith("data:")) page.elsewhere.push(r.url()); });
  return page;
}

// The addresses of all pages that were looked at.
export const looked = new Set();

// No axe finding, no request elsewhere, no sideways scrolling at 320 pixels (which is 1280 at 400 per cent); pictures of both widths.
export async function look(page, name) {
  looked.add(new URL(page.url()).pathname);
  assert.deepEqual(page.elsewhere, [], name);
  if (page.context()._options?.javaScriptEnabled !== false) {
    const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target).join(" ; ")})`), [], `${name} ${page.url()}`);
  }
  await page.setViewportSize({ width: 320, height: 900 });
  await page.screenshot({ path: `${SHOTS}${name}-320.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `${name} scrolls sideways at 320 pixels: ${wide}`);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.screenshot({ path: `${SHOTS}${name}-1280.png`, fullPage: true });
}

export async function open(page, path) {
  const response = await page.goto(path.startsWith("http") ? path : BASE + path);
  return response.status();
}

export const press = (page, name) => page.getByRole("button", { name }).first().click();

let n = 0;
export const email = (who) => `${who}.${process.pid}.${Date.now()}.${n++}@test.example`;

// The latest mail to them, when there are so many.
export async function mailTo(to, subject = "", count = 1) {
  for (let i = 0; i < 300; i++) {
    const found = await (await fetch(`${MAIL}/api/v1/search?query=${encodeURIComponent(`to:"${to}"`)}`)).json();
    const [one, ...rest] = (found.messages || []).filter((m) => m.Subject.includes(subject));
    if (one && rest.length + 1 >= count) return (await fetch(`${MAIL}/api/v1/message/${one.ID}`)).json();
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`no mail to ${to}: ${subject}`);
}

export const linkIn = (mail) => mail.Text.split(/\s+/).find((w) => w.startsWith(BASE));

export async function signIn(page, address, password = PASSWORD) {
  await open(page, "/sign-in");
  await page.getByLabel("Email address").fill(address);
  await page.getByLabel("Password").fill(password);
  await press(page, "Sign in");
}
