import { describe, expect, test } from "bun:test";
import { addressKey, clientAddress } from "../../../src/gateway/admission/address.ts";

const SOCKET = { address: "10.0.0.9" };
const behind = (forwarded: string | null, depth: number) =>
  clientAddress(new Headers(forwarded === null ? {} : { "x-forwarded-for": forwarded }), SOCKET, depth);

describe("clientAddress", () => {
  test.each([
    [null, 0, "10.0.0.9"],
    ["1.1.1.1", 0, "10.0.0.9"],
    [null, 1, "10.0.0.9"],
    ["1.1.1.1", 1, "1.1.1.1"],
    ["6.6.6.6, 1.1.1.1", 1, "1.1.1.1"],
    ["6.6.6.6, 1.1.1.1, 2.2.2.2", 2, "1.1.1.1"],
    ["1.1.1.1", 3, "1.1.1.1"],
    ["nonsense", 1, "10.0.0.9"],
    ["6.6.6.6, nonsense, 2.2.2.2", 3, "2.2.2.2"],
    ["1.1.1.1:4711", 1, "1.1.1.1"],
    ["[2001:db8::1]:4711", 1, "2001:db8::1"],
    ["2001:db8::1", 1, "2001:db8::1"],
    ["", 1, "10.0.0.9"],
    [",", 2, "10.0.0.9"],
    ["unknown, 1.1.1.1", 1, "1.1.1.1"],
  ])("%p behind %i", (forwarded, depth, expected) => {
    expect(behind(forwarded, depth)).toBe(expected);
  });

  test("does not look the socket up where a proxy says who it was", () => {
    const socket = {
      get address(): string {
        throw new Error("looked up");
      },
    };
    expect(clientAddress(new Headers({ "x-forwarded-for": "1.1.1.1" }), socket, 1)).toBe("1.1.1.1");
  });
});

describe("addressKey", () => {
  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::ffff:102:304", "1.2.3.4"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::9", "2001:db8:1:2"],
    ["2001:DB8:1:2::9", "2001:db8:1:2"],
    ["2001:db8::", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    [null, "unknown"],
  ])("%p", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
