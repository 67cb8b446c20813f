import { describe, expect, test } from "bun:test";
import { isLoopback, parseListen, urlOf } from "../../../src/server/door/address.ts";

describe("parseListen", () => {
  test.each([
    ["127.0.0.1:8080", [{ hostname: "127.0.0.1", port: 8080 }]],
    [" 127.0.0.1:0 ", [{ hostname: "127.0.0.1", port: 0 }]],
    ["[::1]:8080", [{ hostname: "::1", port: 8080 }]],
    ["[::]:65535", [{ hostname: "::", port: 65535 }]],
    [":9000", [{ hostname: "0.0.0.0", port: 9000 }]],
    ["gw.internal:80", [{ hostname: "gw.internal", port: 80 }]],
    [
      "localhost:7",
      [
        { hostname: "127.0.0.1", port: 7 },
        { hostname: "::1", port: 7 },
      ],
    ],
  ])("reads %s", (text, expected) => {
    expect(parseListen(text)).toEqual(expected);
  });

  test.each([
    ["8080", "127.0.0.1:8080"],
    ["127.0.0.1", "HOST:PORT"],
    ["", "HOST:PORT"],
    ["127.0.0.1:", "HOST:PORT"],
    ["127.0.0.1:http", "HOST:PORT"],
    ["127.0.0.1:65536", "0 to 65535"],
    ["127.0.0.1:-1", "HOST:PORT"],
    ["http://127.0.0.1:8080", "URL"],
    ["::1:8080", "brackets"],
    ["::1", "brackets"],
    ["[1.2.3.4]:80", "no IPv6"],
    ["[nonsense]:80", "no IPv6"],
    ["256.0.0.1:80", "no host"],
    ["1.2.3:80", "no host"],
    ["*:80", "no host"],
    ["-x:80", "no host"],
    ["a b:80", "no host"],
  ])("refuses %p and says what would be right", (text, hint) => {
    expect(() => parseListen(text)).toThrow(hint);
  });
});

test("loopback is this machine alone", () => {
  const of = (hostname: string) => isLoopback({ hostname, port: 1 });
  expect(["127.0.0.1", "127.9.9.9", "::1", "localhost"].map(of)).toEqual([true, true, true, true]);
  expect(["0.0.0.0", "::", "10.0.0.1", "127.evil.example", "gw"].map(of)).toEqual([false, false, false, false, false]);
});

test("an IPv6 address stands in brackets in a URL", () => {
  expect(urlOf({ hostname: "::1", port: 80 })).toBe("http://[::1]:80");
  expect(urlOf({ hostname: "gw", port: 80 })).toBe("http://gw:80");
});
