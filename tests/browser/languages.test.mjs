// Pages in Welsh, as somebody meets them whose browser asks for it: whole, within axe's rules, at both widths, and the way back to English.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { BASE, launch, look } from "./lib/helpers.mjs";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

test("a reader of Welsh finds jobs in Welsh", async () => {
  const context = await browser.newContext({ locale: "cy-GB", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  page.elsewhere = [];
  for (const [path, name] of [["/", "home"], ["/jobs?keyword=nurse&location=Leeds", "jobs"], ["/sign-in", "sign-in"], ["/no/such/page", "missing"]]) {
    await page.goto(BASE + path);
    assert.equal(await page.locator("html").getAttribute("lang"), "cy", path);
    await look(page, `welsh-${name}`);
  }
  await page.goto(BASE + "/jobs?keyword=nurse");
  assert.equal(await page.getByRole("button", { name: "Chwilio" }).count(), 1);
  await page.getByRole("link", { name: "English" }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "en-GB");
  assert.equal(await page.getByLabel("What", { exact: true }).inputValue(), "nurse");
  await page.getByRole("link", { name: "Cymraeg" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/lang=cy/);
  assert.equal(await page.getByLabel("Beth", { exact: true }).inputValue(), "nurse");
  await context.close();
});
