import { describe, expect, test } from "bun:test";
import { regionUnavailable } from "../../src/gateway/routes/pinned.ts";
import { ERRORS, type ErrorCode, GatewayError } from "../../src/lib/errors.ts";
import { errorResponse } from "../../src/server/error-response.ts";

const CODES = Object.keys(ERRORS) as ErrorCode[];

async function shown(error: GatewayError) {
  const response = errorResponse(error, "req-1");
  return { response, error: ((await response.json()) as { error: Record<string, unknown> }).error };
}

describe("errorResponse", () => {
  test.each(CODES)("%s has the table's status and type and the five members", async (code) => {
    const { response, error } = await shown(new GatewayError(code, "What went wrong", { param: "model" }));
    expect(response.status).toBe(ERRORS[code].status);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-request-id")).toBe("req-1");
    expect(error).toEqual({
      message: "What went wrong",
      type: ERRORS[code].type,
      param: "model",
      code,
      request_id: "req-1",
    });
  });

  test("every 429 and the 503s that pass carry Retry-After", () => {
    for (const code of [
      "rate_limited",
      "too_many_streams",
      "upstream_rate_limited",
      "overloaded",
      "gateway_disabled",
    ] as const) {
      expect(Number(errorResponse(new GatewayError(code, "m"), "r").headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(errorResponse(new GatewayError("invalid_json", "m"), "r").headers.has("retry-after")).toBe(false);
  });

  test("Retry-After is whole seconds, rounded up, at least one", () => {
    const said = (retryAfterMs: number) =>
      errorResponse(new GatewayError("rate_limited", "m", { retryAfterMs }), "r").headers.get("retry-after");
    expect([said(1), said(1000), said(1001), said(0)]).toEqual(["1", "1", "2", "1"]);
  });

  test("what an upstream asked for is capped, what we ask for is not", () => {
    const said = (code: ErrorCode) =>
      errorResponse(new GatewayError(code, "m", { retryAfterMs: 3_600_000 }), "r").headers.get("retry-after");
    expect(said("upstream_rate_limited")).toBe("20");
    expect(said("rate_limited")).toBe("3600");
    const error = new GatewayError("upstream_rate_limited", "m", { retryAfterMs: 90_000 });
    expect(errorResponse(error, "r", 5_000).headers.get("retry-after")).toBe("5");
    const pinned = regionUnavailable({ primary: "a", secondary: null }, error);
    expect(errorResponse(pinned, "r", 5_000).headers.get("retry-after")).toBe("5");
    expect(errorResponse(pinned, "r").headers.get("x-should-retry")).toBe("false");
    const resting = new GatewayError("service_unavailable", "m", { retryAfterMs: 90_000 });
    const away = regionUnavailable({ primary: "a", secondary: null }, resting);
    expect(errorResponse(away, "r", 5_000).headers.get("retry-after")).toBe("90");
  });

  test("a target that is away for a short time is worth a retry", () => {
    const away = (retryAfterMs?: number) =>
      errorResponse(new GatewayError("service_unavailable", "no", { retryAfterMs }), "r");
    expect([away(20_000), away(20_001), away()].map(({ headers }) => headers.get("x-should-retry"))).toEqual([
      null,
      "false",
      "false",
    ]);
    expect(away(30_000).headers.get("retry-after")).toBe("30");
  });

  test("a retry is discouraged where it cannot help", () => {
    const final = (code: ErrorCode, details = {}) =>
      errorResponse(new GatewayError(code, "m", details), "r").headers.get("x-should-retry");
    expect(final("input_blocked")).toBe("false");
    expect(final("upstream_failed")).toBe("false");
    expect(final("upstream_rate_limited")).toBe("false");
    expect(final("upstream_rate_limited", { retryAfterMs: 20_001 })).toBe("false");
    expect(final("upstream_rate_limited", { retryAfterMs: 20_000 })).toBeNull();
    expect(final("upstream_rate_limited", { retryAfterMs: 1, quotaExhausted: true })).toBe("false");
    expect(final("overloaded")).toBeNull();
    expect(final("rate_limited")).toBeNull();
    expect(final("upstream_rejected", { status: 422 })).toBe("false");
    for (const status of [409, 425]) expect(final("upstream_rejected", { status })).toBeNull();
    expect(final("invalid_request", { status: 408 })).toBeNull();
    expect(final("invalid_request")).toBe("false");
    expect(final("input_blocked", { status: 409 })).toBe("false");
  });

  test("an upstream's own status, type and code replace ours; extra members never replace the five", async () => {
    const { response, error } = await shown(
      new GatewayError("upstream_rejected", "Bad temperature", {
        status: 422,
        type: "theirs",
        wireCode: null,
        extra: { estimate: 5, message: "not this" },
      }),
    );
    expect(response.status).toBe(422);
    expect(error).toEqual({
      message: "Bad temperature",
      type: "theirs",
      param: null,
      code: null,
      request_id: "req-1",
      estimate: 5,
    });
  });

  test("has our own code where the upstream gave none", async () => {
    const { error } = await shown(new GatewayError("upstream_rejected", "No", { status: 418 }));
    expect(error).toMatchObject({ code: "upstream_rejected", type: "invalid_request_error" });
  });

  test("brings the error's own headers, and a challenge with 401", () => {
    const wrongMethod = errorResponse(new GatewayError("method_not_allowed", "m", { headers: { allow: "POST" } }), "r");
    expect(wrongMethod.headers.get("allow")).toBe("POST");
    expect(errorResponse(new GatewayError("invalid_api_key", "m"), "r").headers.get("www-authenticate")).toContain(
      "Bearer",
    );
  });
});
