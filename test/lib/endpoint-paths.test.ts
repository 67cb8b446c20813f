import { expect, test } from "bun:test";
import { ENDPOINTS } from "../../src/lib/context.ts";
import { pathOf } from "../../src/lib/endpoint-paths.ts";
import { modelRoute } from "../../src/server/door/model-routes.ts";

test("every endpoint is asked for where the server answers it", () => {
  for (const endpoint of ENDPOINTS) expect(modelRoute(pathOf(endpoint) ?? "")).toBe(endpoint);
});

test.each(["", "responses", "toString", "__proto__"])("%p is no endpoint of ours", (name) => {
  expect(pathOf(name)).toBeNull();
});
