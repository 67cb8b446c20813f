import { describe, expect, test } from "bun:test";
import { createChain } from "../../../src/gateway/chain/chain.ts";
import type { ChainOptions, ChainPolicy } from "../../../src/gateway/chain/chain-api.ts";
import { GatewayError } from "../../../src/lib/errors.ts";
import type { TargetFacts, TargetFilter } from "../../../src/policies/policy.ts";
import { chat, contextFor, enforced, monitored, optionsFor } from "./policies.ts";

const target = (id: string): TargetFacts => ({
  id,
  model: "m",
  names: [id, "m"],
  inGroup: false,
  dataPolicy: undefined,
});

/** Leaves out every target but one. */
const only = (id: string): TargetFilter => {
  let found = false;
  return {
    objection(facts) {
      if (facts.id === id) found = true;
      return facts.id === id ? null : `not ${id}`;
    },
    verdict: () =>
      found ? { action: "allow" } : { action: "block", reasonCode: "test.nobody", message: `there is no ${id}` },
  };
};
const choosing = (id: string) => ({ targets: () => only(id) });
const broken = (at: "open" | "objection" | "verdict") => ({
  targets: (): TargetFilter => {
    if (at === "open") throw new TypeError("secret");
    return {
      objection() {
        if (at === "objection") throw new TypeError("secret");
        return null;
      },
      verdict() {
        throw new TypeError("secret");
      },
    };
  },
});

function gateOf(policies: readonly ChainPolicy[], more: Partial<ChainOptions> = {}) {
  const run = createChain(optionsFor(policies, more)).start(contextFor());
  return { run, open: () => run.targets(chat("hi")) };
}

const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (thrown) {
    return thrown instanceof GatewayError ? [thrown.code, thrown.status, thrown.details.extra] : thrown;
  }
};

describe("policies that choose targets", () => {
  test("are no gate where there are none, or where none has anything to say", () => {
    expect(gateOf([]).open()).toBeNull();
    expect(gateOf([enforced("watches", {})]).open()).toBeNull();
    expect(gateOf([enforced("silent", { targets: () => null })]).open()).toBeNull();
  });

  test("each leave targets out, the first one's reason counts", () => {
    const { run, open } = gateOf([enforced("one", choosing("a")), enforced("two", choosing("b"))]);
    const gate = open()!;
    expect(["a", "b", "c"].map((id) => gate.objection(target(id)))).toEqual(["not b", "not a", "not a"]);
    gate.decided([]);
    expect(run.records.map(({ policy, phase, verdict }) => [policy, phase, verdict])).toEqual([
      ["one", "input", "allow"],
      ["two", "input", "allow"],
    ]);
  });

  test("block where they leave out everybody, and the record says so", () => {
    const { run, open } = gateOf([enforced("one", choosing("a"))], { blockStatus: 422 });
    const gate = open()!;
    gate.objection(target("b"));
    expect(codeOf(() => gate.decided([]))).toEqual([
      "input_blocked",
      422,
      { policy: "one", reason_code: "test.nobody" },
    ]);
    expect(run.records).toMatchObject([{ verdict: "block", reason_code: "test.nobody", mode: "enforce" }]);
    expect([run.verdict(), run.header()]).toEqual(["block", "one=block"]);
  });

  test("only record in monitor mode", () => {
    const { run, open } = gateOf([monitored("one", choosing("a"))]);
    const gate = open()!;
    expect(gate.objection(target("b"))).toBeNull();
    expect(codeOf(() => gate.decided(["b"]))).toBeUndefined();
    expect(run.records).toMatchObject([{ verdict: "block", mode: "monitor" }]);
    expect(run.verdict()).toBe("allow");
  });

  test("have one record with what they said of the request itself", async () => {
    const both = { ...choosing("a"), request: () => ({ action: "allow" as const }) };
    const { run, open } = gateOf([enforced("one", both)]);
    await run.request(chat("hi"));
    const gate = open()!;
    gate.objection(target("b"));
    expect(codeOf(() => gate.decided([]))).toMatchObject(["input_blocked", 409, {}]);
    expect(run.records).toMatchObject([{ policy: "one", verdict: "block" }]);
  });

  test.each(["open", "objection", "verdict"] as const)("that fail (%s) obey the fail mode", (at) => {
    const drive = (failMode: "block" | "allow") => {
      const { run, open } = gateOf([enforced("one", broken(at)), enforced("two", choosing("a"))], { failMode });
      const work = () => {
        const gate = open()!;
        const reasons = ["a", "b"].map((id) => gate.objection(target(id)));
        gate.decided(["a"]);
        return reasons;
      };
      return {
        said: codeOf(work),
        degraded: run.degraded,
        errors: run.records.filter(({ verdict }) => verdict === "error"),
      };
    };
    expect(drive("block").said).toMatchObject(["policy_error", 503, { policy: "one", reason_code: "policy.error" }]);
    const allowed = drive("allow");
    expect(allowed.said).toEqual([null, "not a"]);
    expect(allowed.degraded).toEqual(["policy_error:one"]);
    expect(allowed.errors).toHaveLength(1);
  });
});
