import { expect, test } from "bun:test";
import { scopes, subjectFault } from "../../scripts/commits.ts";

const SCOPES = ["gateway", "lib", "house"];

test.each([
  "feat(gateway): say what a gateway is",
  "fix(lib)!: refuse a byte order mark",
  "build(house): two commands, one binary",
])("subjectFault accepts %p", (subject) => expect(subjectFault(subject, SCOPES)).toBeNull());

test.each([
  ["feat: no scope", /^want/],
  ["feat(gateway) no colon", /^want/],
  ["feat(gateway): ends with a period.", /^want/],
  ["feat(gateway): ", /^want/],
  ["feature(gateway): wrong type", /^type "feature" is none of feat, /],
  ["feat(utils): wrong scope", /^scope "utils" is none of gateway, lib, house$/],
])("subjectFault refuses %p", (subject, why) => expect(subjectFault(subject, SCOPES)).toMatch(why));

test("scopes are the folders of src and test, and what stands beside them", () => {
  expect(scopes()).toContain("gateway");
  expect(scopes()).toContain("clients");
  expect(scopes()).toContain("scripts");
  expect(scopes()).not.toContain("main.ts");
});
