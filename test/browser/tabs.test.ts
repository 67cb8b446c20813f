import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type Running, serving } from "../cli/running.ts";
import { HAS_BROWSER, loaded, openBrowser, visitor } from "../support/browser.ts";

/** A tab that is hidden where `turn` says so, and that notes its feeds; no timer of it ever comes. */
const TAB = `let hidden = false;
Object.defineProperty(document, "hidden", { get: () => hidden });
globalThis.turn = (now) => { hidden = now; document.dispatchEvent(new Event("visibilitychange")); };
globalThis.feeds = [];
globalThis.EventSource = class extends EventSource { constructor(url) { super(url); feeds.push(this); } };`;
const NO_TIMERS = "globalThis.setInterval = () => 0;";

/** Resolves once the page has so many feeds open. */
const haveFeeds = (page: Page, many: number) =>
  page.waitForFunction(`feeds.filter(({ readyState }) => readyState !== 2).length === ${many}`);

describe.skipIf(!HAS_BROWSER)("a tab of the console that is hidden, or paused", () => {
  let running: Running;
  let browser: Browser;
  let open: ReturnType<typeof visitor>;

  async function chat(): Promise<string> {
    const response = await fetch(`${running.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "mistral-medium-3", max_tokens: 2, messages: [{ role: "user", content: "hi" }] }),
    });
    await response.text();
    return response.headers.get("x-request-id")!;
  }

  beforeAll(async () => {
    running = await serving(["demo", "--listen", "127.0.0.1:0", "--traffic", "0"]);
    await running.io.saw("log in with");
    browser = await openBrowser();
    open = visitor(browser, running.url, /weir_admin_[\w-]+/.exec(running.io.written.out)![0]);
    for (let at = 0; at < 60; at++) await chat();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    running?.io.stop();
    await running?.exit;
  }, 120_000);

  test("has no feed of its own, and shows what came meanwhile once it is looked at, in the same place", async () => {
    const { page, faults } = await open("/console/costs");
    await page.addInitScript(TAB);
    await page.goto(`${running.url}/console/events`);
    await page.locator(".head .chip.good", { hasText: "live" }).waitFor();
    await page.getByRole("button", { name: "Older" }).click();
    await page.waitForFunction("document.querySelectorAll('tr.row').length >= 60");
    const oldest = await page.locator("tr.row a").last().getAttribute("href");
    await page.evaluate("turn(true)");
    await haveFeeds(page, 0);
    const id = await chat();
    await page.evaluate("turn(false)");
    await page.locator(`a[title="${id}"]`).waitFor();
    await page.locator(".head .chip.good", { hasText: "live" }).waitFor();
    await haveFeeds(page, 1);
    expect(await page.locator("tr.row a").last().getAttribute("href")).toBe(oldest);
    expect(faults).toEqual([]);
  }, 120_000);

  test("that was paused has no hole once it is live again", async () => {
    const { page } = await open("/console/events");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".head .chip", { hasText: "paused" }).waitFor();
    const id = await chat();
    await page.getByRole("button", { name: "Go live" }).click();
    await page.locator(`a[title="${id}"]`).waitFor();
  }, 120_000);

  test("that was opened behind another one reads its figures as soon as it is looked at", async () => {
    const { page } = await open("/console/events");
    await page.addInitScript(`${TAB} hidden = true; ${NO_TIMERS}`);
    await page.goto(`${running.url}/console/costs`);
    await page.locator(".bones").first().waitFor();
    await page.evaluate("turn(false)");
    await loaded(page);
    await page.locator("section[aria-label=Costs] tbody tr").first().waitFor();
  }, 120_000);
});
