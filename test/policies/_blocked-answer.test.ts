import { expect, test } from "bun:test";
import { shownTool } from "../../src/policies/_blocked-answer.ts";

test.each([
  ["get_weather", 'the tool "get_weather"'],
  ["mcp:files/read-1.2", 'the tool "mcp:files/read-1.2"'],
  ["ask the bank for jane.doe", "a tool whose name is not shown"],
  ["", "a tool whose name is not shown"],
  ["a".repeat(65), "a tool whose name is not shown"],
])("%p is called %s", (name, shown) => {
  expect(shownTool(name)).toBe(shown);
});
