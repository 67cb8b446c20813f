import { expect, test } from "bun:test";
import { main } from "../../src/cli/cli.ts";
import { documentSchema } from "../../src/config/json-schema.ts";
import { fakeIo } from "./fake-io.ts";

test("weir config schema prints the JSON Schema", async () => {
  const io = fakeIo();
  expect(await main(["config", "schema"], io)).toBe(0);
  expect(JSON.parse(io.written.out)).toEqual(JSON.parse(JSON.stringify(documentSchema())));
  expect(JSON.parse(io.written.out).properties.providers.properties.targets.items.required).toEqual(["id", "provider"]);
});
