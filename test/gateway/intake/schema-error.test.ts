import { expect, test } from "bun:test";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { describeMismatch } from "../../../src/gateway/intake/schema-error.ts";
import { REQUEST_SCHEMAS } from "../../../src/schema/requests.ts";
import { Open } from "../../../src/schema/shapes.ts";
import { Vetted } from "../../../src/schema/vetted.ts";

const check = TypeCompiler.Compile(Open({ vetted: Vetted }));

test.each<[object, string]>([
  [{ region: "" }, "Invalid value for 'vetted.region': expected a string of 1 or more characters"],
  [{ region: null }, "Invalid value for 'vetted.region': expected a string of 1 or more characters"],
  [{ routing: "green" }, 'Invalid value for \'vetted.routing\': expected "carbon_aware" or "standard"'],
  [{ latency_budget_ms: "60" }, "Invalid value for 'vetted.latency_budget_ms': expected a number above 0"],
  [{ receipt: 1 }, "Invalid value for 'vetted.receipt': expected true or false"],
  [
    { regoin: "fr" },
    "Unknown field 'vetted.regoin': accepted here are region, secondary_region, routing, latency_budget_ms, boundary, receipt",
  ],
])("%j is told what would be accepted", (vetted, message) => {
  expect(describeMismatch({ vetted } as never, check).message).toBe(message);
});

test.each<[unknown, string]>([
  [["a", null], "'input[1]': expected a string"],
  [[1, 2, -1], "'input[2]': expected an integer of at least 0"],
  [[[1], [2, "a"]], "'input[1][1]': expected an integer of at least 0"],
  [[null], "'input[0]': expected a string"],
])("of inputs %j the one that does not fit is named", (input, message) => {
  const embeddings = TypeCompiler.Compile(REQUEST_SCHEMAS.embeddings);
  expect(describeMismatch({ model: "m", input } as never, embeddings).message).toBe(`Invalid value for ${message}`);
});

test.each<["chat" | "completions" | "embeddings", object, string]>([
  [
    "chat",
    { input: "hi" },
    "'messages'; the 'input' that is there is of /v1/responses, which is not served: send 'messages'",
  ],
  ["chat", { prompt: "hi" }, "'messages'; the 'prompt' that is there is of POST /v1/completions"],
  ["completions", { messages: [] }, "'prompt'; the 'messages' that is there is of POST /v1/chat/completions"],
  ["chat", { messages: [{ content: "hi" }], input: "hi" }, "'messages[0].role'"],
  ["chat", {}, "'messages'"],
  ["embeddings", { messages: [] }, "'input'"],
])("a body of %s with %j, written for another endpoint, is told which", (endpoint, fields, said) => {
  const schema = TypeCompiler.Compile(REQUEST_SCHEMAS[endpoint]);
  const { message } = describeMismatch({ model: "m", ...fields } as never, schema);
  expect(message).toBe(`Missing required field ${said}`);
});
