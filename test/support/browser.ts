import axe from "axe-core";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { emptyFolder } from "./empty-folder.ts";
import { needs } from "./require.ts";

const PROGRAM = Bun.which("chromium");
/** A name under which a browser takes this machine for another one: plain http to it is no secure context. */
export const ELSEWHERE = "gateway.test";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // a container's shared memory is 64 MB, and pages that find none left die
  "--disable-dev-shm-usage",
  `--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`,
];

/** Whether tests in a browser can run here. */
export const HAS_BROWSER = needs("chromium", PROGRAM !== null);

/** How a page is looked at: by day, by night, on a small laptop and on a phone. */
export const VIEWS: readonly [string, BrowserContextOptions][] = [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["laptop", { viewport: { width: 1024, height: 768 } }],
  ["phone", { viewport: { width: 360, height: 740 }, hasTouch: true }],
];

export function openBrowser(): Promise<Browser> {
  // without a home that can be written it does not start
  return chromium.launch({ executablePath: PROGRAM!, args: FLAGS, env: { ...process.env, HOME: emptyFolder() } });
}

/** A page of the console. */
export interface Visit {
  readonly page: Page;
  /** Everything that must not happen: errors on the console, foreign requests, dialogs. */
  readonly faults: string[];
}

/** A page without a log-in, that notes what must not happen. */
export async function newPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  // a busy machine takes longer than the half minute that is usual
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(?:data:|blob:)/.test(request.url()) && !request.url().startsWith(url)) faults.push(request.url());
  });
  return { page, faults };
}

/** Opens pages of one gateway's console; logs in once. */
export function visitor(browser: Browser, url: string, token: string) {
  let session: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;
  return async (path: string, options: BrowserContextOptions = {}): Promise<Visit> => {
    const kept = session === undefined ? {} : { storageState: session };
    const visit = await newPage(browser, url, { ...kept, ...options });
    const { page } = visit;
    if (session === undefined) {
      await page.goto(`${url}/console/login?next=${encodeURIComponent(path)}`);
      await page.fill("#token", token);
      await page.click("button");
    } else await page.goto(url + path);
    await page.waitForSelector("main h1");
    session ??= await page.context().storageState();
    return visit;
  };
}

/** What axe finds on a page that shuts people out; empty where nothing. */
export async function barriers(page: Page): Promise<string> {
  const cdp = await page.context().newCDPSession(page);
  const expression = `${axe.source}; axe.run().then(({ violations }) => violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => id + " " + nodes[0].html).join("\\n"))`;
  const { result } = await cdp.send("Runtime.evaluate", { expression, awaitPromise: true });
  await cdp.detach();
  return String(result.value);
}

/** By how many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - innerWidth");
}

/** Tables whose cells do not stand under their heads; empty where all do. Rows that became cards have no heads to be seen. */
export function misfits(page: Page): Promise<string> {
  return page.evaluate(`[...document.querySelectorAll("table:not(.events)")].filter((table) => {
    const places = (row) => [...row.cells].filter((cell) => cell.offsetParent !== null)
      .map((cell) => Math.round(cell.getBoundingClientRect().left)).join();
    const rows = [...table.rows].filter((row) => row.offsetParent !== null && [...row.cells].every((cell) => cell.colSpan === 1));
    return new Set(rows.map(places)).size > 1;
  }).map((table) => table.parentElement.getAttribute("aria-label")).join("; ")`);
}

/** Resolves once nothing on the page is still loading. */
export async function loaded(page: Page): Promise<void> {
  await page.waitForSelector("main h1");
  const bones = page.locator(".bones");
  while ((await bones.count()) > 0) await bones.first().waitFor({ state: "detached" });
}
