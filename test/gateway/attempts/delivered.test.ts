import { expect, test } from "bun:test";
import { Delivered } from "../../../src/gateway/attempts/delivered.ts";
import type { JsonObject } from "../../../src/lib/json/json.ts";

/** The usage that a client is shown of an answer whose second part says so. */
function shown(usage: JsonObject): unknown {
  const how = { echo: "", required: false, before: { promptTokens: 100, completionTokens: 7 } };
  const onDiffers = (): never => {
    throw new Error("it does not differ");
  };
  const decode = new Delivered().continueWith((chunk) => chunk, { ...how, onDiffers });
  return decode({ choices: [], usage })!["usage"];
}

test.each([
  [{ prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 }, 121],
  [{ prompt_tokens: 10, completion_tokens: 4 }, 121],
  // thinking that only the total names was paid for, and is not lost where another part comes before it
  [{ prompt_tokens: 10, completion_tokens: 4, total_tokens: 34 }, 141],
])("the usage of a continued answer holds all parts: %j", (usage, total) => {
  expect(shown(usage)).toEqual({ prompt_tokens: 110, completion_tokens: 11, total_tokens: total });
});
