import { expect, test } from "bun:test";
import { CHAT } from "../support/gateway.ts";
import { answers, gatewayOver } from "./upstreams.ts";

test("an upstream writes no more than names and reasons into the ledger, however much it says", async () => {
  const said = "f".repeat(100_000);
  const choices = Array.from({ length: 5_000 }, (_, index) => ({
    index,
    message: { role: "assistant", content: "a" },
    finish_reason: said.slice(0, 100),
  }));
  const answer = { id: "c", model: said, choices, usage: { prompt_tokens: 1, completion_tokens: 1 } };
  const { run, events } = gatewayOver({ a: answers(answer) });
  expect(await (await run(CHAT)).response.text()).toContain(said);
  expect(events[0]!.answered_model).toBe(`${"f".repeat(511)}…`);
  expect(events[0]!.finish_reasons).toEqual(Array.from({ length: 2_048 }, () => `${"f".repeat(63)}…`));
});
