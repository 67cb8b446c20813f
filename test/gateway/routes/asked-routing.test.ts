import { describe, expect, test } from "bun:test";
import { CHAT, configOf, testGateway } from "../../support/gateway.ts";
import { startUpstream } from "../../support/upstream.ts";

describe("what a request asked of routing", () => {
  test("stands on the ledger, from the body or from headers, and only where it said something", async () => {
    using upstream = startUpstream();
    const { ask, recorded, events } = testGateway(
      configOf([{ id: "a", base_url: upstream.baseUrl, region: "scaleway-par-1" }]),
    );
    await ask({ ...CHAT, vetted: { region: "scaleway-par-1", secondary_region: "scaleway-par-2", receipt: true } });
    await ask(CHAT, { headers: { "x-weir-routing": "carbon_aware", "x-weir-latency-budget-ms": "12.5" } });
    await ask(CHAT);
    await ask({ ...CHAT, vetted: { region: "no-such-region" } });
    await recorded(4);
    expect(events.map(({ asked_routing, outcome }) => [asked_routing, outcome])).toEqual([
      [{ region: "scaleway-par-1", secondary_region: "scaleway-par-2" }, "ok"],
      [{ routing: "carbon_aware", latency_budget_ms: 12.5 }, "ok"],
      [undefined, "ok"],
      [undefined, "invalid_region"],
    ]);
  });
});
