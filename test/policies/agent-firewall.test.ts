import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { agentFirewall } from "../../src/policies/agent-firewall.ts";
import { fakeClock } from "../support/clock.ts";
import {
  answered,
  asked,
  asker,
  assembled,
  call,
  calling,
  chunk,
  offering,
  policyOf,
  streamed,
  withRoles,
} from "./asking.ts";

const firewall = (settings: object, clock = fakeClock()) => policyOf(agentFirewall, settings, clock);
const named = (...names: string[]) => calling(names.map((name) => call(name)));
const of = (reason: string): string => `agent_firewall.${reason}`;
const inSession = (id: string, consumer: string | null = null) =>
  asker({ consumer, headers: new Headers({ "x-session-id": id }) });

describe("agent-firewall's names", () => {
  const policy = firewall({ allowed_tools: ["file_read", "code_*"], blocked_tools: ["code_execute_unsafe"] });
  test.each([
    ["file_read", "allow"],
    ["code_format", "allow"],
    ["code_execute_unsafe", of("blocked_tool")],
    ["CODE_execute_unsafe", of("blocked_tool")],
    ["shell", of("tool_not_allowed")],
    ["File_read", of("tool_not_allowed")],
    ["", of("malformed_tool_call")],
    ["x".repeat(513), of("malformed_tool_call")],
  ])("%s: %s", (name, expected) => {
    expect(asked(policy, offering(name))).toBe(expected);
    expect(answered(policy, named("file_read", name))).toBe(expected);
    const { ended, out } = streamed(policy.stream!(asker()), [
      chunk({ tool_calls: [{ index: 0, id: "x", function: { name, arguments: "" } }] }),
      chunk({}, "tool_calls"),
    ]);
    expect(ended ?? "allow").toBe(expected);
    expect(JSON.stringify(out).includes('tool_calls":[')).toBe(expected === "allow");
  });

  test("allow everything where nothing is said, and nothing where the list is empty", () => {
    expect(asked(firewall({}), offering("shell"))).toBe("allow");
    expect(asked(firewall({ allowed_tools: [] }), offering("shell"))).toBe(of("tool_not_allowed"));
    expect(asked(firewall({ allowed_tools: [] }), { messages: [] })).toBe("allow");
  });

  test.each([
    [["analyst"], "read_database", "allow"],
    [["analyst"], "drop_table", of("role_tool_not_allowed")],
    [["analyst"], "deploy_web", of("role_tool_not_allowed")],
    [["analyst", "operator"], "deploy_web", "allow"],
    [["other"], "read_database", of("role_required")],
    [[], "read_database", of("role_required")],
  ])("by roles %j, %s: %s", (own, name, expected) => {
    const byRole = firewall({
      tools: { roles: { analyst: { allowed: ["read_*"], denied: ["drop_*"] }, operator: ["deploy_*"] } },
    });
    expect(asked(byRole, offering(name), withRoles(...own))).toBe(expected);
    expect(answered(byRole, named(name), withRoles(...own))).toBe(expected);
  });

  test.each([
    [["shell"], "shell", of("kill_switch")],
    [["sh*"], "shell", of("kill_switch")],
    [{ tools: ["shell"] }, "shell", of("kill_switch")],
    [{ tools: ["shell"] }, "search", "allow"],
    [{ halt_all: true }, "search", of("kill_switch")],
  ])("switched off by %j, %s: %s", (kill_switches, name, expected) => {
    expect(asked(firewall({ kill_switches }), offering(name))).toBe(expected);
    expect(answered(firewall({ kill_switches }), named(name))).toBe(expected);
  });

  test("are refused whichever choice calls them, one block ending all", () => {
    const blocks = firewall({ blocked_tools: ["shell"] });
    expect(answered(blocks, calling([call("search")], [call("shell")]))).toBe(of("blocked_tool"));
    const legacy = { choices: [{ message: { function_call: { name: "shell", arguments: "{}" } } }] };
    expect(answered(blocks, legacy)).toBe(of("blocked_tool"));
    const { out, ended } = streamed(blocks.stream!(asker()), [
      chunk({ content: "a" }),
      chunk({ tool_calls: [{ index: 0, id: "1", function: { name: "search", arguments: "{}" } }] }, null, 1),
      chunk({ tool_calls: [{ index: 1, id: "2", function: { name: "shell", arguments: "{}" } }] }, null, 1),
    ]);
    expect(ended).toBe(of("blocked_tool"));
    expect(assembled(out)).toMatchObject({ text: { 0: "a" }, calls: { "1/0": { name: "search" } } });
    expect(JSON.stringify(out)).not.toContain("shell");
  });

  test("are judged alike however a stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        (sizes, bad) => {
          const wanted = bad ? "shell_execute" : "shell_show";
          let rest = wanted;
          const pieces = sizes.flatMap((size) => {
            const piece = rest.slice(0, size);
            rest = rest.slice(size);
            return piece === "" ? [] : [piece];
          });
          const chunks = pieces.map((name) => chunk({ tool_calls: [{ index: 0, function: { name } }] }));
          const { ended, out } = streamed(firewall({ blocked_tools: ["*_execute"] }).stream!(asker()), [
            ...chunks,
            chunk({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] }),
            chunk({}, "tool_calls"),
          ]);
          expect(ended).toBe(bad ? of("blocked_tool") : null);
          expect(assembled(out).calls["0/0"]?.name).toBe(bad ? undefined : wanted);
        },
      ),
    );
  });
});

describe("agent-firewall's sessions", () => {
  test("end after so many calls, told apart by header, user, conversation and consumer", () => {
    const policy = firewall({ max_actions_per_session: 2 });
    const step = (body: JsonObject, context = asker(), calls = 1): string => {
      const request = asked(policy, { ...offering("t"), ...body }, context);
      return request === "allow" ? answered(policy, named(...Array<string>(calls).fill("t")), context) : request;
    };
    const LIMIT = of("session_limit_exceeded");
    expect([step({}, inSession("a")), step({}, inSession("a")), step({}, inSession("a"))]).toEqual([
      "allow",
      "allow",
      LIMIT,
    ]);
    expect(step({}, inSession("b"), 3)).toBe(LIMIT);
    expect(step({}, inSession("b"), 2)).toBe("allow");
    expect(step({}, inSession("a", "other"))).toBe("allow");
    expect([step({ user: "u" }, asker(), 2), step({ user: "u" }), step({ user: "v" })]).toEqual([
      "allow",
      LIMIT,
      "allow",
    ]);
    const opening = {
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "go" },
      ],
    };
    const later = {
      messages: [...opening.messages, { role: "assistant", content: "x" }, { role: "user", content: "on" }],
    };
    expect([step(opening, asker(), 2), step(later), step({})]).toEqual(["allow", LIMIT, "allow"]);
  });

  test("know the calls that a history shows", () => {
    const history = (count: number): JsonObject => ({
      messages: [
        { role: "user", content: "x" },
        { role: "assistant", tool_calls: Array.from({ length: count }, () => call("t")) },
      ],
    });
    const policy = firewall({ max_actions_per_session: 2 });
    expect(asked(policy, history(3))).toBe(of("session_limit_exceeded"));
    const other = firewall({ max_actions_per_session: 2 });
    const context = asker();
    expect(asked(other, history(2), context)).toBe("allow");
    expect(answered(other, { choices: [{ message: { content: "done" } }] }, context)).toBe("allow");
    expect(answered(other, named("t"), context)).toBe(of("session_limit_exceeded"));
  });

  test("begin anew after an hour of silence", async () => {
    const clock = fakeClock();
    const policy = firewall({ max_actions_per_session: 1 }, clock);
    const run = (): string => {
      const context = inSession("a");
      asked(policy, offering("t"), context);
      return answered(policy, named("t"), context);
    };
    expect([run(), run()]).toEqual(["allow", of("session_limit_exceeded")]);
    await clock.advance(3_600_001);
    expect(run()).toBe("allow");
  });

  test("count in streams, and the call above the limit does not leave", () => {
    const policy = firewall({ max_actions_per_session: 2 });
    const context = inSession("s");
    expect(asked(policy, offering("t"), context)).toBe("allow");
    const chunks = [0, 1, 2].map((index) =>
      chunk({ tool_calls: [{ index, id: `c${index}`, function: { name: "t", arguments: "{}" } }] }),
    );
    const { out, ended } = streamed(policy.stream!(context), chunks);
    expect(ended).toBe(of("session_limit_exceeded"));
    expect(Object.keys(assembled(out).calls)).toEqual(["0/0", "0/1"]);
  });

  test("count the calls of one request once, however many answers it is given", () => {
    const limits = { max_actions_per_session: 4, rate_limits: { t: 4 }, transaction_limits: { max_daily_total: 40 } };
    const policy = firewall(limits);
    const paying = (count: number) => calling(Array.from({ length: count }, () => call("t", { amount: 10 })));
    const pieces = (count: number) =>
      Array.from({ length: count }, (_, index) => chunk({ tool_calls: [{ index, ...call("t", { amount: 10 }) }] }));
    const request = (): ReturnType<typeof inSession> => {
      const context = inSession("s");
      expect(asked(policy, offering("t"), context)).toBe("allow");
      return context;
    };
    // two lanes at once, one of them longer, and a third answer
    const context = request();
    const [one, two] = [policy.stream!(context), policy.stream!(context)];
    for (const [at, piece] of pieces(2).entries()) {
      expect(() => one.push(piece)).not.toThrow();
      if (at === 0) two.push(piece);
    }
    for (const lane of [one, two]) expect(streamed(lane, [chunk({}, "tool_calls")]).ended).toBeNull();
    expect(answered(policy, paying(2), context)).toBe("allow");
    // half of every limit is left to the next request, and nothing behind it
    expect(answered(policy, paying(2), request())).toBe("allow");
    expect(answered(policy, paying(1), request())).toBe(of("session_limit_exceeded"));
  });

  test("get no more tools after so many errors", () => {
    const policy = firewall({ blocked_tools: ["shell"], kill_switches: { max_errors_before_halt: 2 } });
    const ask = (body: JsonObject) => asked(policy, body, inSession("a"));
    expect([ask(offering("shell")), ask(offering("search")), ask(offering("shell")), ask(offering("search"))]).toEqual([
      of("blocked_tool"),
      "allow",
      of("blocked_tool"),
      of("session_halted"),
    ]);
    expect(ask({ messages: [{ role: "user", content: "hi" }] })).toBe("allow");
    expect(asked(policy, offering("search"), inSession("b"))).toBe("allow");
  });

  const result = (content: unknown): JsonObject => ({ role: "tool", tool_call_id: "x", content });
  test.each([
    [["Error: no", '{"error":"no"}'], true],
    [['{"isError":true}', '{"success":false}'], true],
    [['{"status":"failed"}', "Traceback (most recent call last)"], true],
    [["Error: no", "fine"], false],
    [['{"error":null}', '{"error":false,"ok":true}'], false],
    [['{"success":true}', '{"isError":false,"status":"ok"}'], false],
    [['{"ok":false}', '{"is_error":true}'], true],
    [["no errors were found", "{ not JSON"], false],
    [["Error: no"], false],
  ])("count failed results in a row: %j, %j", (results, halts) => {
    const policy = firewall({ kill_switches: { max_errors_before_halt: 2 } });
    const messages = [{ role: "user", content: "x" }, ...results.map(result)];
    expect(asked(policy, { ...offering("t"), messages })).toBe(halts ? of("session_halted") : "allow");
  });
});

describe("agent-firewall's rates", () => {
  test("are by tool, by glob, and for each of the others", async () => {
    const clock = fakeClock();
    const policy = firewall({ rate_limits: { default: 2, run_query: 1, "export_*": 1, never: 0 } }, clock);
    const ask = (name: string, consumer: string | null = null) => answered(policy, named(name), asker({ consumer }));
    const OVER = of("rate_limit_exceeded");
    expect([ask("run_query"), ask("run_query"), ask("run_query", "c")]).toEqual(["allow", OVER, "allow"]);
    expect([ask("export_csv"), ask("export_pdf")]).toEqual(["allow", OVER]);
    expect([ask("a"), ask("a"), ask("a"), ask("b")]).toEqual(["allow", "allow", OVER, "allow"]);
    expect(ask("never")).toBe(OVER);
    expect(answered(policy, named("b", "b"))).toBe(OVER);
    expect(ask("b")).toBe("allow");
    await clock.advance(60_001);
    expect([ask("run_query"), ask("a")]).toEqual(["allow", "allow"]);
  });
});
