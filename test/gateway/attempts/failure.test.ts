import { describe, expect, test } from "bun:test";
import {
  ClientGone,
  causeOf,
  connectionError,
  isStaleConnection,
  triggerOf,
} from "../../../src/gateway/attempts/failure.ts";
import { ERRORS, type ErrorCode, GatewayError } from "../../../src/lib/errors.ts";

describe("triggerOf", () => {
  test("names a trigger for every code after which the next target may be asked, and for no other", () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const error = new GatewayError(code, "x");
      expect([code, triggerOf(error) !== null]).toEqual([code, error.failover]);
    }
  });

  test("tells a server that failed from a connection that did", () => {
    expect(triggerOf(new GatewayError("upstream_failed", "x"))).toBe("connection");
    expect(triggerOf(new GatewayError("upstream_failed", "x", { upstreamStatus: 500 }))).toBe("server_error");
  });
});

describe("connectionError", () => {
  test.each([
    ["EMFILE", true],
    ["ENFILE", true],
    ["ECONNREFUSED", false],
  ])("%s is our own fault: %p", (code, blameless) => {
    expect(connectionError(coded(code), undefined)).toMatchObject({ code: "upstream_failed", details: { blameless } });
  });

  const coded = (code: string) => Object.assign(new Error("http://user:pass@host and a prompt"), { code });

  test.each([
    ["ConnectionRefused", "it refused the connection"],
    ["ECONNRESET", "it closed the connection"],
    ["ENOTFOUND", "its name could not be resolved"],
    ["EHOSTUNREACH", "there is no way to it in the network"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "its certificate is not trusted here (UNABLE_TO_GET_ISSUER_CERT_LOCALLY)"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is of another name (ERR_TLS_CERT_ALTNAME_INVALID)"],
    ["CERT_HAS_EXPIRED", "its certificate has run out or does not count yet (CERT_HAS_EXPIRED)"],
    ["EPROTO", "the connection failed (EPROTO)"],
    ["<b>\n", "the connection failed (b)"],
  ])("says what %p means, and nothing of the original message", (code, said) => {
    const error = connectionError(coded(code), undefined);
    expect(error).toMatchObject({
      code: "upstream_failed",
      message: `Could not get an answer from the upstream: ${said}`,
    });
  });

  test("is the reason the attempt was ended for, where there is one", () => {
    const [gone, late] = [new ClientGone("x"), new GatewayError("upstream_timeout", "x")];
    expect(connectionError(coded("ABORT_ERR"), gone)).toBe(gone);
    expect(connectionError(coded("ABORT_ERR"), late)).toBe(late);
    expect(connectionError(late, "drained")).toBe(late);
    expect(connectionError(coded("ECONNRESET"), new Error("other"))).toMatchObject({ code: "upstream_failed" });
  });
});

test("isStaleConnection knows a reset and a broken pipe", () => {
  const coded = (code: string) => Object.assign(new Error(), { code });
  expect(["ECONNRESET", "EPIPE", "ConnectionRefused"].map((code) => isStaleConnection(coded(code)))).toEqual([
    true,
    true,
    false,
  ]);
  expect(isStaleConnection("ECONNRESET")).toBe(false);
});

describe("causeOf", () => {
  test("keeps an upstream's wording of a refusal to its caller", () => {
    const details = { upstreamStatus: 422, wireCode: "invalid", param: "messages[0]" };
    const refused = new GatewayError("upstream_rejected", "my diary", details);
    expect(causeOf(refused)).toBe("The upstream refused the request (422, invalid, messages[0])");
    const bare = new GatewayError("upstream_rejected", "my diary", {
      upstreamStatus: 400,
      wireCode: null,
      param: null,
    });
    expect(causeOf(bare)).toBe("The upstream refused the request (400)");
    const quoting = new GatewayError("upstream_rejected", "no", {
      upstreamStatus: 400,
      wireCode: "my diary",
      param: "a",
    });
    expect(causeOf(quoting)).toBe("The upstream refused the request (400, a)");
    const failing = { upstreamStatus: 500, cause: "Invalid: 'my diary'" };
    expect(causeOf(new GatewayError("upstream_failed", `The upstream failed (500): ${failing.cause}`, failing))).toBe(
      "The upstream failed (500)",
    );
    expect(causeOf(new GatewayError("context_length_exceeded", "my diary"))).not.toContain("diary");
  });

  test("gives our own wording as it is", () => {
    expect(causeOf(new GatewayError("upstream_timeout", "too late"))).toBe("too late");
  });
});
