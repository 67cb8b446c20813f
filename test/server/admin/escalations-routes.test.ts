import { describe, expect, test } from "bun:test";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { Escalation } from "../../../src/schema/escalation.ts";
import { asAdmin, fakeServer } from "../fake-server.ts";

const WAITING: Escalation = {
  id: "esc_1",
  state: "waiting",
  at: 1,
  request: "req-1",
  endpoint: "chat",
  model: "m",
  consumer: null,
  policy: "p",
  reason_code: "p.asks",
  message: "held",
  text: null,
  by: null,
  reason: null,
  decided_at: null,
  expires_at: null,
};

function server() {
  const calls: unknown[] = [];
  const fake = fakeServer({
    escalations: {
      list: (query) => {
        calls.push(query);
        return [WAITING];
      },
      find: (id) => (id === "esc_1" ? WAITING : null),
      async decide(id, decision) {
        calls.push([id, decision]);
        if (id !== "esc_1") throw new GatewayError("not_found", "none");
        return { ...WAITING, ...decision };
      },
    },
  });
  const ask = async (path: string, body?: string) => {
    const init = body === undefined ? {} : { method: "POST", body };
    const answer = await fake.send(`/api/escalations${path}`, { ...init, headers: asAdmin });
    const value = (await answer.json()) as { error?: { code: string; param: string | null } };
    return { status: answer.status, value, error: value.error };
  };
  return { ...fake, ask, calls };
}

describe("/api/escalations", () => {
  test("lists what waits, as asked, and says who looked", async () => {
    const { ask, calls, accesses } = server();
    expect((await ask("")).value).toEqual({ escalations: [WAITING] } as never);
    await ask("?state=waiting&limit=7");
    expect(calls).toEqual([{ limit: 100 }, { limit: 7, state: "waiting" }]);
    expect(accesses).toMatchObject([{ what: "GET /api/escalations" }, { filter: { state: "waiting", limit: "7" } }]);
  });

  test.each(["state=open", "limit=0", "limit=1001", "limit=x", "nonsense=1"])("refuses %s", async (query) => {
    const { ask, calls } = server();
    const { status, error } = await ask(`?${query}`);
    expect([status, error?.param, calls]).toEqual([400, query.split("=")[0], []]);
  });

  test("finds one, or says that there is none", async () => {
    const { ask } = server();
    expect((await ask("/esc_1")).value).toEqual(WAITING as never);
    expect(await ask("/esc_2")).toMatchObject({ status: 404, error: { code: "not_found" } });
  });

  test.each([
    ["approve", "approved"],
    ["reject", "rejected"],
  ])("%s needs a name and a reason, which are handed on", async (word, state) => {
    const { ask, calls } = server();
    const { status, value } = await ask(`/esc_1/${word}`, '{"name": " Ada ", "reason": "fine"}');
    expect([status, value]).toEqual([200, expect.objectContaining({ state, by: "Ada", reason: "fine" })]);
    expect(calls).toEqual([["esc_1", { state, by: "Ada", reason: "fine" }]]);
    expect((await ask(`/esc_2/${word}`, '{"name": "Ada", "reason": "fine"}')).status).toBe(404);
  });

  test.each([
    ["", "name"],
    ["{}", "name"],
    ['{"name": "Ada"}', "reason"],
    ['{"name": "  ", "reason": "x"}', "name"],
    ['{"name": 1, "reason": "x"}', "name"],
    [JSON.stringify({ name: "x".repeat(201), reason: "x" }), "name"],
    [JSON.stringify({ name: "x", reason: "x".repeat(2_001) }), "reason"],
    ['{"name": "Ada", "reason": "x", "force": true}', "force"],
    ["[]", null],
    ["{", null],
  ])("decides nothing by %s", async (body, param) => {
    const { ask, calls } = server();
    const { status, error } = await ask("/esc_1/approve", body);
    expect([status, error?.param, calls]).toEqual([400, param, []]);
  });

  test("reads no more than a decision", async () => {
    const { ask, calls } = server();
    expect((await ask("/esc_1/approve", "x".repeat(20_000))).status).toBe(413);
    expect(calls).toEqual([]);
  });
});
