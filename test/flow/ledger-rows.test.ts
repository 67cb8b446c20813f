import { expect, test } from "bun:test";
import { createGateway } from "../../src/gateway/build.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/logger.ts";
import { createContextGuard } from "../../src/lib/tokens/context-guard.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { configOf } from "../support/gateway.ts";

/** The ids of the rows that two requests leave. */
async function rowsUnder(
  chain: readonly string[],
  consumerChain: readonly string[],
): Promise<readonly (string | null)[]> {
  const rows: RequestEvent[] = [];
  const consumers = [
    { id: "a", key_ref: { env: "A" }, chain: consumerChain },
    { id: "b", key_ref: { env: "B" } },
  ];
  const settings = { "audit-logger": { mode: "enforce", content: "none" } };
  const gateway = createGateway({
    config: configOf([{ id: "sim", provider: "simulated" }], { policies: { chain }, policy: settings, consumers }),
    services: { fetch, clock: systemClock, ledger: { push: (event) => void rows.push(event) } },
    env: { A: "key-a", B: "key-b" },
    log: silentLogger,
    guard: createContextGuard(),
    failMode: "block",
    onEvent: () => {},
    admits: () => true,
  });
  for (const key of ["key-a", "key-b"]) {
    const body = JSON.stringify({ model: "sim", messages: [{ role: "user", content: "hi" }] });
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const request = new Request("http://gateway.test/v1/chat/completions", { method: "POST", headers, body });
    await (await gateway.answer("chat", request, { id: key, address: null })).text();
  }
  return rows.map(({ consumer }) => consumer);
}

test.each([
  [[], []],
  [["audit-logger"], ["audit-logger"]],
  [["audit-logger"], []],
  [[], ["audit-logger"]],
])("a chain %p beside %p: each request leaves one row, whoever's chain it runs under", async (chain, consumerChain) => {
  expect(await rowsUnder(chain, consumerChain)).toEqual(["a", "b"]);
});
