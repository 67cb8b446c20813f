import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { RequestEvent } from "../../src/schema/event.ts";
import { openLedger } from "../../src/store/ledger/open.ts";
import { anEvent, events, scratch } from "../support/events.ts";
import { weir } from "./fake-io.ts";

const dir = scratch();

beforeAll(async () => {
  const ledger = openLedger("sqlite:ledger.db", dir.path);
  for (let at = 0; at < 3; at++)
    await ledger.append(events(1000, (n) => ({ id: `r${at * 1000 + n}`, at: at * 1000 + n })));
  await ledger.close();
});
afterAll(() => dir[Symbol.dispose]());

const run = (path: string, ...more: string[]) => weir(["events", "export", "--state-dir", path, ...more]);

/** Records of RFC 4180. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

async function exportedCell(column: string, differs: Partial<RequestEvent>): Promise<string | undefined> {
  using other = scratch();
  const ledger = openLedger("sqlite:ledger.db", other.path);
  await ledger.append([anEvent(differs)]);
  await ledger.close();
  const [head, row] = csvRows((await run(other.path, "--format", "csv")).out);
  return row?.[head?.indexOf(column) ?? -1];
}

describe("weir events export", () => {
  test("--totals sums up what --limit leaves, and says that it is no CSV", async () => {
    const totalOf = async (...more: string[]) => JSON.parse((await run(dir.path, "--totals", ...more)).out).total;
    expect((await totalOf()).requests).toBe(3000);
    expect((await totalOf("--limit", "7", "--kind", "all")).requests).toBe(7);
    expect(await run(dir.path, "--totals", "--format", "csv")).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("weir report --format csv"),
    });
  });

  test("writes every event as a line of JSON, the oldest first", async () => {
    const { code, out, err } = await run(dir.path);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const ids = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as RequestEvent).id);
    expect(ids).toEqual(Array.from({ length: 3000 }, (_, at) => `r${at}`));
  });

  test("--output writes to a file that nobody else may read, and replaces what it held", async () => {
    using other = scratch();
    const file = join(other.path, "events.csv");
    await Bun.write(file, "x".repeat(10_000_000));
    const written = await run(dir.path, "--format", "csv", "--output", file);
    expect(written).toMatchObject({ code: 0, out: "", err: "" });
    expect(await Bun.file(file).text()).toBe((await run(dir.path, "--format", "csv")).out);
    const fresh = join(other.path, "fresh.json");
    await run(dir.path, "--output", fresh);
    expect(statSync(fresh).mode & 0o777).toBe(0o600);
    const { code, out, err } = await run(dir.path, "--output", join(other.path, "no/such/folder.csv"));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("Could not write --output");
  });

  test("--limit takes the newest, still the oldest first", async () => {
    const { out } = await run(dir.path, "--limit", "1500");
    const ids = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as RequestEvent).id);
    expect(ids).toEqual(Array.from({ length: 1500 }, (_, at) => `r${1500 + at}`));
  });

  test("writes CSV with a head, CRLF, and as many records as events", async () => {
    const { out } = await run(dir.path, "--format", "csv", "--limit", "3");
    const [head, ...rows] = csvRows(out);
    expect(out.split("\r\n")).toHaveLength(5);
    expect(head?.slice(0, 4)).toEqual(["seq", "id", "received", "endpoint"]);
    expect(rows.map((row) => row[1])).toEqual(["r2997", "r2998", "r2999"]);
    for (const row of rows) expect(row).toHaveLength(head!.length);
    expect(rows[0]?.[head!.indexOf("attempts")]).toBe("large=ok");
    expect(rows[0]?.[head!.indexOf("prompt_tokens")]).toBe("12");
    // an event of a version that knew no prices
    expect([rows[0]?.[head!.indexOf("cost_usd")], rows[0]?.[head!.indexOf("cost_basis")]]).toEqual(["", ""]);
  });

  test("CSV of nothing is its head", async () => {
    const { code, out } = await run(dir.path, "--format", "csv", "--verdict", "block");
    expect(code).toBe(0);
    expect(csvRows(out)).toHaveLength(1);
  });

  test.each([
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\r=1",
    "\u0000=1",
    "＝1+1",
    '=HYPERLINK("http://x","y")',
  ])("a model named %j is no formula in a spreadsheet", async (model) =>
    expect(await exportedCell("model", { model })).toBe(`'${model}`),
  );

  test.each(["a,b", 'say "hi"', "two\r\nlines", "ünïcode 🌍", "a-b", " space ", "1e3"])(
    "a model named %j comes back whole",
    async (model) => {
      expect(await exportedCell("model", { model })).toBe(model);
    },
  );

  test("null is an empty cell, and lists are joined", async () => {
    expect(await exportedCell("target", { target: null })).toBe("");
    expect(await exportedCell("finish_reasons", { finish_reasons: ["stop", "length"] })).toBe("stop length");
    const policies = [
      {
        policy: "pii-detector",
        phase: "input",
        verdict: "redact",
        mode: "enforce",
        reason_code: "pii.redacted",
        findings: 1,
        score: null,
      },
    ];
    expect(await exportedCell("policies", { policies })).toBe("pii-detector/input=pii.redacted");
  });

  test("CSV holds requests only, and says so", async () => {
    const { code, err } = await run(dir.path, "--format", "csv", "--kind", "all");
    expect(code).toBe(2);
    expect(err).toContain("requests only");
  });

  test("--kind all holds every row of the chain", async () => {
    const { out } = await run(dir.path, "--kind", "all");
    const seqs = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    // 3000 requests, the row that opens the chain, and the seal of the first full segment
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 3002 }, (_, at) => at + 1));
  });
});
