import { describe, expect, test } from "bun:test";
import { badParameter, limitOf, momentOf } from "../../../src/server/admin/query.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const query = (text: string) => new URLSearchParams(text);

describe("a point in time out of the query", () => {
  test.each([
    ["", null],
    ["since=", null],
    ["since=1h", NOW - 3_600_000],
    ["since=2026-11-20", NOW - 12 * 3_600_000],
    ["since=172800000000", 172_800_000_000],
  ])("%p: %p", (text, moment) => expect(momentOf(query(text), "since", NOW)).toBe(moment));

  test("is named where it is none", () => {
    expect(() => momentOf(query("since=soon"), "since", NOW)).toThrow('"since" is no point in time');
  });
});

describe("a number out of the query", () => {
  const limit = (text: string) => limitOf(query(text), { most: 100, usual: 7 });

  test.each([
    ["", 7],
    ["limit=1", 1],
    ["limit=0100", 100],
  ])("%p: %p", (text, count) => expect(limit(text)).toBe(count));

  test.each(["limit=", "limit=0", "limit=101", "limit=1e2", "limit=-1", "limit=1.5", "limit=%201", "limit=9999999"])(
    "%p is none",
    (text) => expect(() => limit(text)).toThrow("must be 1 to 100"),
  );
});

test("a name that somebody made long is cut in the message, and whole as the parameter", () => {
  const name = "x".repeat(1_000);
  expect(badParameter(name, "is unknown").message).toBe(`The query parameter "${"x".repeat(64)}" is unknown`);
  expect(badParameter(name, "is unknown").details).toMatchObject({ param: name });
});

describe.each(["overview", "costs", "carbon", "policies", "quality", "events", "events/req-1"])(
  "GET /api/%s",
  (path) => {
    const known = path === "events/req-1" ? "row" : "since";
    test("refuses a parameter that it does not know, and one that is given twice", async () => {
      const { send } = fakeServer();
      const errorOf = async (text: string) => {
        const answer = await send(`/api/${path}?${text}`, { headers: asAdmin });
        const { error } = (await answer.json()) as { error: { code: string; param: string; message: string } };
        return { status: answer.status, ...error };
      };
      const unknown = { status: 400, code: "invalid_request", param: "from" };
      expect(await errorOf("from=1h")).toMatchObject({ ...unknown, message: expect.stringContaining(known) });
      expect(await errorOf(`${known}=1&${known}=2`)).toMatchObject({ status: 400, param: known });
    });
  },
);

test.each(["events/stream", "targets", "config", "ledger/head", "receipts/req-1"])(
  "GET /api/%s takes no parameter, and says so",
  async (path) => {
    const answer = await fakeServer().send(`/api/${path}?verdict=blocked`, { headers: asAdmin });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { param: "verdict", message: 'The query parameter "verdict" is unknown: none is taken here' },
    });
  },
);
