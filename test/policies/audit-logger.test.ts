import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { systemClock } from "../../src/lib/clock.ts";
import { auditLogger } from "../../src/policies/audit-logger.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { anEvent } from "../support/events.ts";

const { options } = auditLogger;
type Options = Parameters<NonNullable<typeof auditLogger.check>>[0];
const defaults = Value.Default(options, {}) as Options;
const faults = (given: Partial<Options>) => auditLogger.check?.({ ...defaults, ...given }) ?? [];

describe("audit-logger's options", () => {
  test("have the defaults of the contract", () => {
    expect(defaults).toEqual({
      immutable: true,
      retention_days: 365,
      log_all_access: false,
      hipaa_audit_controls: false,
      content: "none",
    });
    expect(faults({})).toEqual([]);
  });

  test.each([
    [{ retention_days: 0 }],
    [{ retention_days: 36_501 }],
    [{ retention_days: 1.5 }],
    [{ retention_days: "365" }],
    [{ immutable: "true" }],
    [{ content: "all" }],
    [{ retention: 1 }],
  ])("%j is refused by the schema", (given) => {
    expect(Value.Check(options, { ...defaults, ...given })).toBe(false);
  });

  test.each([1, 36_500])("retention_days %d is accepted", (retention_days) => {
    expect(Value.Check(options, { ...defaults, retention_days })).toBe(true);
  });

  test.each([
    [{ immutable: false }, ["immutable"]],
    [{ content: "hash" }, ["content"]],
    [{ content: "redacted" }, ["content"]],
    [{ hipaa_audit_controls: true }, ["log_all_access", "retention_days"]],
    [{ hipaa_audit_controls: true, log_all_access: true, retention_days: 2189 }, ["retention_days"]],
    [{ hipaa_audit_controls: true, log_all_access: true, retention_days: 2190 }, []],
    [{ log_all_access: true, retention_days: 1 }, []],
  ] as const)("%j contradicts itself at %j", (given, paths) => {
    const found = faults(given);
    expect(found.map(({ path }) => path.join("."))).toEqual([...paths]);
    for (const { message } of found) expect(message.length).toBeGreaterThan(20);
  });
});

describe("audit-logger", () => {
  const services = { fetch, clock: systemClock };

  test("hands each event on as it is, and has no hook that could change anything", () => {
    const kept: RequestEvent[] = [];
    const policy = auditLogger.create(defaults, { ...services, ledger: { push: (event) => kept.push(event) } });
    const event = Object.freeze(anEvent());
    policy.settle?.(event);
    expect(kept).toEqual([event]);
    expect(kept[0]).toBe(event);
    expect(Object.keys(policy)).toEqual(["settle"]);
  });

  test("does nothing where nothing is written down", () => {
    expect(auditLogger.create(defaults, services)).toEqual({});
  });
});
