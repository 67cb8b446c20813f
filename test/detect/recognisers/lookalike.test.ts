import { describe, expect, test } from "bun:test";
import { creditCard } from "../../../src/detect/recognisers/credit-card.ts";
import { ipAddress } from "../../../src/detect/recognisers/ip-address.ts";
import { lookalike } from "../../../src/detect/recognisers/lookalike.ts";
import { macAddress } from "../../../src/detect/recognisers/mac-address.ts";
import { phone } from "../../../src/detect/recognisers/phone.ts";
import { ruleOf, ruleSet } from "../../../src/detect/scan/rules.ts";
import { Scanner } from "../../../src/detect/scan/scanner.ts";

const set = ruleSet([lookalike, phone, ipAddress, macAddress, creditCard].map(ruleOf));

function hits(text: string): number {
  const scanner = new Scanner(set);
  return [scanner.push(text), scanner.flush()].reduce((sum, { hits: some }) => sum + some.length, 0);
}

describe(lookalike.name, () => {
  test.each([
    "3f238ac6-22ac-4111-8111-44fd39dbebc0",
    "81.2.69.142.7",
    "build 81.2.69.142-rc.1",
    "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89",
    "ISBN 978-1-4341-7924-4",
    "yesterday: 03 11 19 28 37 45.",
    "call 2024-05-12T10:11:12.123Z",
    "route 10.0.0.0/8, 192.168.4.0/22 and 203.0.113.0/24",
    "from 2001:db8:12::/48 and 64:ff9b:1::/48",
  ])("finds nothing in %s", (text) => {
    expect(hits(text)).toBe(0);
  });

  test("does not stand in the way of the thing itself", () => {
    expect(hits("81.2.69.142 and AB:CD:EF:01:23:45")).toBe(2);
    expect(hits("06 12 34 56 78 06 98 76 54 32")).toBe(2);
    expect(hits("192.168.4.7/22 and 10.1.2.30/32 and 10.12.0.4/31")).toBe(3);
    expect(hits("2001:db8:12::7a10/64")).toBe(1);
  });
});
