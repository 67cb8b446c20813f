import { expect, test } from "bun:test";
import { createProbes } from "../../../src/server/public/probes.ts";
import { fakeServer } from "../fake-server.ts";

const peer = { address: () => null, loopback: true, received() {}, answered() {} };

function asked(path: string, method = "GET", draining = false) {
  const { options } = fakeServer();
  const request = new Request(`http://weir.example${path}`, { method });
  const call = { request, requestId: "p-1", path, query: new URLSearchParams(), peer, log() {} };
  return { answer: createProbes({ ...options, draining: () => draining })(call), options };
}

test.each([
  ["/healthz", "GET", 200],
  ["/healthz", "HEAD", 200],
  ["/health", "GET", 200],
  ["/readyz", "GET", 200],
])("%s by %s: %d, and counted", async (path, method, status) => {
  const { answer, options } = asked(path, method);
  expect((await answer)?.status).toBe(status);
  const counted = `weir_http_requests_total{route="${path}",method="${method}",status="${status}"} 1`;
  expect(options.metrics.render()).toContain(counted);
});

test("a process that stops is not ready, and says why in the form of all errors", async () => {
  const response = await asked("/readyz", "GET", true).answer;
  expect(response?.status).toBe(503);
  expect(response?.headers.get("x-request-id")).toBe("p-1");
  expect(await response?.json()).toMatchObject({
    error: { code: "service_unavailable", reasons: ["the gateway is stopping"] },
  });
});

test.each([
  ["/readyz", "POST"],
  ["/healthz", "OPTIONS"],
  ["/metrics", "GET"],
  ["/readyz/x", "GET"],
  ["/", "GET"],
])("%s by %s is the rest's to answer", (path, method) => {
  expect(asked(path, method).answer).toBeNull();
});
