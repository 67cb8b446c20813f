import { describe, expect, test } from "bun:test";
import { asAdmin, fakeServer } from "../fake-server.ts";

const CANARY = "canary-51cd";
const ask = async (body: string) => {
  const { send, logged, accesses, queries } = fakeServer();
  const answer = await send("/api/policies/playground", { method: "POST", headers: asAdmin, body });
  const value = (await answer.json()) as { error?: { code: string; param: string | null; message: string } };
  return { status: answer.status, value, error: value.error, left: [logged, accesses, queries] };
};

describe("/api/policies/playground", () => {
  test.each([
    { text: CANARY },
    { text: CANARY, side: "request" },
    { text: "x".repeat(32_000), side: "answer" },
    { text: "\u0000\ud800 𝕊" },
    { text: CANARY, chain: "consumers.a" },
  ])("takes %p", async (body) => {
    const { status, value } = await ask(JSON.stringify(body));
    expect([status, value]).toEqual([200, expect.objectContaining({ verdict: "allow" })]);
  });

  test.each([
    [`{"text": "${CANARY}`, "invalid_json", null],
    ["", "invalid_json", null],
    ["null", "invalid_request", null],
    [`["${CANARY}"]`, "invalid_request", null],
    [`"${CANARY}"`, "invalid_request", null],
    ["{}", "invalid_request", "text"],
    ['{"text": ""}', "invalid_request", "text"],
    ['{"text": 1}', "invalid_request", "text"],
    [JSON.stringify({ text: "x".repeat(32_001) }), "invalid_request", "text"],
    [JSON.stringify({ text: CANARY, side: "system" }), "invalid_request", "side"],
    [JSON.stringify({ text: CANARY, chain: 1 }), "invalid_request", "chain"],
    [JSON.stringify({ text: CANARY, model: "m" }), "invalid_request", "model"],
    [`{"text": "${CANARY}", "__proto__": {}}`, "invalid_request", "__proto__"],
  ])("refuses %s and says why, without the text", async (body, code, param) => {
    const { status, error, left } = await ask(body);
    expect([status, error]).toEqual([400, expect.objectContaining({ code, param })]);
    expect(JSON.stringify([error, left])).not.toContain(CANARY);
  });

  test("reads no more than it takes", async () => {
    const { status, error } = await ask(JSON.stringify({ text: "x".repeat(300_000) }));
    expect([status, error?.code]).toEqual([413, "request_too_large"]);
  });

  test("leaves nothing behind", async () => {
    expect((await ask(JSON.stringify({ text: CANARY }))).left).toEqual([[], [], []]);
  });
});
