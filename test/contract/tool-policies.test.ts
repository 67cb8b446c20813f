import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { agentFirewall } from "../../src/policies/agent-firewall.ts";
import { rbac } from "../../src/policies/rbac.ts";
import { providers } from "../../src/providers/index.ts";
import type { ChatCompletionChunk } from "../../src/schema/chat.ts";
import { asked, asker, policyOf, streamed } from "../policies/asking.ts";
import { eventData, hasRecordings, RECORDED, reassembleChunks, records } from "../support/replay.ts";

/** Reads names only, and reads whole calls. */
const POLICIES = [
  ["rbac", policyOf(rbac, { roles: { any: {} } })],
  ["agent-firewall by name", policyOf(agentFirewall, { blocked_tools: ["no-such-tool"] })],
  ["agent-firewall by arguments", policyOf(agentFirewall, { transaction_limits: { max_single_transaction: 1e12 } })],
] as const;
/** Its arguments end in the middle, where the answer met its limit: nobody can say what the call would have moved. */
const CUT_SHORT = "deepseek-0023-25ccf2ef";
const anybody = asker({ consumer: "c", roles: ["any"] });

/** Recorded chat streams as Weir's output policies see them. */
function recorded(): readonly (readonly [string, readonly ChatCompletionChunk[]])[] {
  return RECORDED.flatMap((name) =>
    records(name)
      .filter(({ endpoint, stream, status }) => endpoint === "chat" && stream && status === 200)
      .flatMap((record) => {
        const { codecs } = name === "mistral" ? providers.mistral : providers["openai-compatible"];
        const decode = codecs.chat!.decodeStream({ source: "{}", value: record.request ?? {} }, "openai");
        try {
          const chunks = eventData(record.body).flatMap((data) => {
            const chunk = data === "[DONE]" ? null : decode(JSON.parse(data) as JsonObject);
            return chunk === null ? [] : [chunk as ChatCompletionChunk];
          });
          return [[record.id, chunks] as const];
        } catch {
          // an error the upstream sent in its stream
          return [];
        }
      }),
  );
}

describe.skipIf(!hasRecordings)("recorded streams", () => {
  const streams = hasRecordings ? recorded() : [];
  const withCalls = streams.filter(([, chunks]) => JSON.stringify(chunks).includes('"tool_calls":[{'));

  test("are many, with calls among them", () => {
    expect(streams.length).toBeGreaterThan(100);
    expect(withCalls.length).toBeGreaterThan(10);
  });

  test.each(POLICIES)("pass %s with every call, text and finish", (name, policy) => {
    for (const [id, chunks] of streams) {
      const { out, ended } = streamed(policy.stream!(anybody), chunks);
      if (id === CUT_SHORT && name.endsWith("arguments")) {
        expect(ended).toBe("agent_firewall.malformed_tool_call");
        continue;
      }
      expect([id, ended]).toEqual([id, null]);
      expect([id, reassembleChunks(out as never)]).toEqual([id, reassembleChunks(chunks as never)]);
    }
  });

  test.each(POLICIES)("without calls pass %s as the same objects", (_name, policy) => {
    for (const [id, chunks] of streams.filter((each) => !withCalls.includes(each))) {
      const { out } = streamed(policy.stream!(anybody), chunks);
      expect([id, out.length]).toEqual([id, chunks.length]);
      for (const [at, chunk] of out.entries()) expect(chunk).toBe(chunks[at]!);
    }
  });

  test("are ended before a call to a tool that is not allowed", () => {
    const closed = policyOf(agentFirewall, { allowed_tools: [] });
    for (const [id, chunks] of withCalls) {
      const { out, ended } = streamed(closed.stream!(anybody), chunks);
      expect([id, ended]).toEqual([id, "agent_firewall.tool_not_allowed"]);
      expect(JSON.stringify(out)).not.toContain('"tool_calls":[{');
    }
  });

  test("are asked for by requests that the policies can read", () => {
    for (const record of RECORDED.flatMap((name) => records(name))) {
      if (record.request === null || record.endpoint !== "chat") continue;
      for (const [, policy] of POLICIES) expect(asked(policy, record.request, anybody)).toBe("allow");
    }
  });
});
