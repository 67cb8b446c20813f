import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { rbac } from "../../src/policies/rbac.ts";
import { answered, asked, asker, call, calling, chunk, offering, policyOf, streamed, withRoles } from "./asking.ts";

const roles = {
  analyst: { allowed_tools: ["search", "read_*"], denied_tools: ["read_secrets"] },
  writer: { allowed_tools: ["write_*"] },
  admin: {},
};
const policy = policyOf(rbac, { roles });
const REFUSED = "rbac.tool_not_allowed";

describe("rbac's tools", () => {
  test.each([
    [["analyst"], "search", "allow"],
    [["analyst"], "read_file", "allow"],
    [["analyst"], "read_secrets", REFUSED],
    [["analyst"], "READ_SECRETS", REFUSED],
    [["analyst"], "write_file", REFUSED],
    [["analyst", "writer"], "write_file", "allow"],
    [["analyst", "admin"], "read_secrets", REFUSED],
    [["admin"], "anything", "allow"],
    [["unknown"], "search", REFUSED],
    [[], "search", REFUSED],
    [["toString"], "search", REFUSED],
  ])("%j and %s: %s", (own, tool, expected) => {
    const context = withRoles(...own);
    expect(asked(policy, offering(tool), context)).toBe(expected);
    expect(
      answered(
        policy,
        calling([call("search")], [call(tool)]),
        own.includes("writer") ? withRoles("admin", ...own) : context,
      ),
    ).toBe(expected);
  });

  const at: readonly (readonly [string, JsonObject])[] = [
    ["a second definition", offering("search", "shell")],
    ["a custom tool", { tools: [{ type: "custom", custom: { name: "shell" } }] }],
    ["a flat definition", { tools: [{ type: "function", name: "shell" }] }],
    ["a second name of one definition", { tools: [{ type: "function", name: "search", function: { name: "shell" } }] }],
    ["a built-in tool", { tools: [{ type: "web_search" }] }],
    ["a definition without a name", { tools: [{ type: "function" }] }],
    ["OpenAI's web search", { web_search_options: {} }],
    ["a legacy function", { functions: [{ name: "shell" }] }],
    ["a legacy choice", { function_call: { name: "shell" } }],
    ["a choice", { tool_choice: { type: "function", function: { name: "shell" } } }],
    ["a list of choices", { tool_choice: { allowed_tools: { tools: [{ function: { name: "shell" } }] } } }],
    ["a call in the history", { messages: [{ role: "assistant", tool_calls: [call("search"), call("shell")] }] }],
    ["a legacy call in the history", { messages: [{ role: "assistant", function_call: { name: "shell" } }] }],
    ["the result of a call", { messages: [{ role: "tool", name: "shell", content: "ok" }] }],
  ];
  test.each(at)("are refused in %s", (_where, body) => {
    expect(asked(policy, { messages: [], ...body }, withRoles("analyst"))).toBe(REFUSED);
    expect(asked(policy, { messages: [], ...body }, withRoles("admin"))).toBe("allow");
  });

  test.each([
    ["no tools", { messages: [{ role: "user", name: "shell", content: "shell" }] }],
    ["modes of choice", { messages: [], tool_choice: "any", function_call: "auto" }],
    ["bodies of another form", { messages: 3, tools: "shell", functions: {}, tool_choice: [], function_call: [] }],
  ])("%s pass", (_what, body) => {
    expect(asked(policy, body as JsonObject, asker())).toBe("allow");
  });

  test("are refused in streams, before the name has left", () => {
    const piece = (fn: JsonObject) => chunk({ tool_calls: [{ index: 0, function: fn }] });
    const chunks = [chunk({ content: "hm" }), piece({ name: "she" }), piece({ name: "ll" }), piece({ arguments: "{" })];
    const { out, ended } = streamed(policy.stream!(withRoles("analyst")), chunks);
    expect(ended).toBe(REFUSED);
    expect(JSON.stringify(out)).not.toContain("she");
    expect(streamed(policy.stream!(withRoles("admin")), chunks).ended).toBeNull();
  });

  test("cost nothing where no role is named", () => {
    expect(Object.keys(policyOf(rbac, {}))).toEqual(["request"]);
    expect(asked(policyOf(rbac, {}), offering("shell"))).toBe("allow");
  });
});

describe("rbac's callers", () => {
  test("must have a key", () => {
    const keyed = policyOf(rbac, { require_auth: true });
    expect(asked(keyed, {})).toBe("rbac.auth_required");
    expect(asked(keyed, {}, asker({ consumer: "c" }))).toBe("allow");
  });

  test("must have a role that is known here", () => {
    const known = policyOf(rbac, { deny_if_missing: true, roles });
    expect(asked(known, {}, withRoles())).toBe("rbac.role_missing");
    expect(asked(known, {}, withRoles("unknown"))).toBe("rbac.role_missing");
    expect(asked(known, {}, withRoles("writer"))).toBe("allow");
    const any = policyOf(rbac, { deny_if_missing: true });
    expect(asked(any, {})).toBe("rbac.role_missing");
    expect(asked(any, {}, withRoles("whatever"))).toBe("allow");
  });

  test.each([
    [{}, "rbac.identity_missing"],
    [{ "x-user-id": "u" }, "rbac.identity_missing"],
    [{ "x-user-id": "u", "x-org-id": " " }, "rbac.identity_missing"],
    [{ "x-user-id": "u", "X-ORG-ID": "o" }, "allow"],
  ])("must send headers: %j, %s", (headers, expected) => {
    const named = policyOf(rbac, { deny_if_missing: ["X-User-ID", "X-Org-ID"] });
    expect(asked(named, {}, asker({ headers: new Headers(headers as Record<string, string>) }))).toBe(expected);
    expect(asked(named, {}, asker())).toBe("rbac.identity_missing");
  });
});

describe("rbac's models", () => {
  const limited = policyOf(rbac, {
    roles: { small: { allowed_models: ["m", "mini-*"] }, every: {}, none: { allowed_models: [] } },
  });
  test.each([
    [["small"], "m", "allow"],
    [["small"], "mini-2", "allow"],
    [["small"], "large", "rbac.model_not_allowed"],
    [["every"], "large", "allow"],
    [["small", "every"], "large", "allow"],
    [["none"], "m", "rbac.model_not_allowed"],
    [[], "m", "rbac.model_not_allowed"],
  ])("%j and %s: %s", (own, model, expected) => {
    expect(asked(limited, { model, messages: [] }, withRoles(...own))).toBe(expected);
  });
});

describe("rbac's data", () => {
  const guarded = policyOf(rbac, {
    data_access: { nurse: { max_sensitivity: "restricted" }, clerk: { max_sensitivity: "internal" } },
  });
  const DENIED = "rbac.data_access_denied";
  test.each([
    [["clerk"], {}, {}, "allow"],
    [["clerk"], { "x-data-sensitivity": "internal" }, {}, "allow"],
    [["clerk"], { "x-data-sensitivity": "Confidential" }, {}, DENIED],
    [["clerk"], {}, { data_sensitivity: "restricted" }, DENIED],
    [["clerk"], { "x-data-sensitivity": "public" }, { data_sensitivity: "restricted" }, DENIED],
    [["clerk"], { "x-data-sensitivity": "confidental" }, {}, DENIED],
    [["clerk", "nurse"], { "x-data-sensitivity": "restricted" }, {}, "allow"],
    [[], { "x-data-sensitivity": "internal" }, {}, DENIED],
    [["toString"], { "x-data-sensitivity": "internal" }, {}, DENIED],
    [[], { "x-data-sensitivity": "public" }, {}, "allow"],
  ])("%j, %j, %j: %s", (own, headers, metadata, expected) => {
    const context = asker({ consumer: "c", roles: own, headers: new Headers(headers as Record<string, string>) });
    expect(asked(guarded, { messages: [], metadata }, context)).toBe(expected);
  });
});
