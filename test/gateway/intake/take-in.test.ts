import { expect, test } from "bun:test";
import { defaultModel } from "../../../src/gateway/intake/take-in.ts";

const NAMES = ["gpt-4o", "omni-moderation-latest", "mistral-moderation-latest"];

test.each([
  ["moderations", NAMES, null, "omni-moderation-latest"],
  ["moderations", NAMES, new Set(["gpt-4o", "mistral-moderation-latest"]), "mistral-moderation-latest"],
  ["moderations", NAMES, new Set(["gpt-4o"]), null],
  ["moderations", ["gpt-4o"], null, null],
  ["chat", NAMES, null, null],
] as const)("%s of %p, allowed %p: %p", (endpoint, names, allowed, model) => {
  expect(defaultModel(names, endpoint, allowed)).toBe(model);
});
