import { expect, test } from "bun:test";
import { NANO } from "../../../src/lib/nano.ts";
import { OwnerCounters } from "../../../src/store/counters/owner.ts";
import type { FromOwner } from "../../../src/store/counters/thread-messages.ts";
import { fakeClock } from "../../support/clock.ts";
import { ask, tokens } from "./sharing.ts";

test("a thread that is gone gives back what its requests held, and is told nothing more", () => {
  const owner = new OwnerCounters(fakeClock());
  const told: FromOwner[] = [];
  const connection = owner.connect((message) => told.push(message));
  const asked = ask({
    meters: [tokens(100)],
    accounts: [{ owner: "budgets", limits: { usd_per_day: 1 } }],
    places: { key: "ann", max: 1 },
  });
  connection.hear({ op: "admit", id: 1, ask: asked });
  connection.hear({ op: "reserve", id: 1, amounts: { tokens: 100, nanoUsd: NANO } });
  expect(told).toMatchObject([
    { id: 1, refusal: null, standings: [{ left: 100 }] },
    { id: 1, refusal: null, standings: [{ left: 0 }], balances: [{ reserved: NANO }] },
  ]);
  expect(owner.open(asked).admit()).toBe("rate");
  connection.gone();
  void owner.cells.swapNow("a", { from: "", to: "x", loud: true });
  expect(told).toHaveLength(2);
  const next = owner.open(asked);
  expect(next.admit()).toBeNull();
  expect(next.balance(0)).toEqual({ today: 0, thisMonth: 0, reserved: 0 });
});

test("loud changes reach every other thread, quiet ones nobody", () => {
  const owner = new OwnerCounters(fakeClock());
  const heard: string[] = [];
  const connect = (name: string) =>
    owner.connect((message) => {
      if (message.op === "cell") heard.push(`${name} ${message.key} ${message.text}`);
    });
  const [first] = [connect("first"), connect("second")];
  owner.cells.watch("a", (text) => heard.push(`owner a ${text}`));
  first.hear({ op: "swap", job: 1, key: "a", change: { from: "", to: "x", loud: true } });
  first.hear({ op: "swap", job: 2, key: "a", change: { from: "x", to: "y", loud: false } });
  first.hear({ op: "swap", job: 3, key: "a", change: { from: "x", to: "z", loud: true } });
  expect(heard).toEqual(["first a x", "second a x", "owner a x"]);
  expect(owner.cells.get("a")).toBe("y");
});
