import { describe, expect, test } from "bun:test";
import { createLog } from "../../../src/cli/service/log.ts";
import { RequestLog } from "../../../src/cli/service/request-log.ts";
import { fakeClock } from "../../support/clock.ts";
import { anEvent } from "../../support/events.ts";
import { fakeIo } from "../fake-io.ts";

function logAt(level: "info" | "warn" | "error") {
  const clock = fakeClock();
  const io = fakeIo();
  const lines = new RequestLog(createLog({ level, format: "json" }, io), clock);
  return { clock, lines, written: () => io.written.err.split("\n").filter((line) => line !== "") };
}

describe("RequestLog", () => {
  test("writes a line after the answer, not before it", async () => {
    const { clock, lines, written } = logAt("info");
    lines.push(anEvent());
    expect(written()).toEqual([]);
    await clock.advance(10);
    expect(written()).toHaveLength(1);
    await clock.advance(1000);
    expect(written()).toHaveLength(1);
  });

  test("lets no more than a batch wait, and loses none", () => {
    const { lines, written } = logAt("info");
    for (let i = 0; i < 300; i++) lines.push(anEvent());
    expect(written()).toHaveLength(256);
    lines.flush();
    expect(written()).toHaveLength(300);
  });

  test("warns of what failed behind or inside the gateway, and of nothing a caller did", () => {
    const { lines, written } = logAt("warn");
    lines.push(anEvent({ status: 200, outcome: "ok" }));
    lines.push(anEvent({ status: 409, outcome: "input_blocked" }));
    lines.push(anEvent({ status: 200, outcome: "upstream_cut" }));
    lines.push(anEvent({ status: 503, outcome: "service_unavailable" }));
    lines.flush();
    const seen = written().map((line) => JSON.parse(line) as { level: string; outcome: string });
    expect(seen).toMatchObject([
      { level: "warn", outcome: "upstream_cut" },
      { level: "warn", outcome: "service_unavailable" },
    ]);
  });

  test("is one line of a terminal, with nothing in it that could move the cursor", () => {
    const io = fakeIo();
    const lines = new RequestLog(createLog({ level: "info", format: "pretty" }, io), fakeClock());
    const id = "01a1ff69-0817-7454-901d-ece4abb7f7b7";
    lines.push(anEvent({ id, consumer: "team-a", cost: { usd: 0.000256, basis: "exact" } }));
    lines.push(anEvent({ id, model: "m\u001b[2J", stream: false, target: "large" }));
    lines.push(anEvent({ id, status: 503, outcome: "service_unavailable", target: null, attempts: [] }));
    lines.flush();
    const [plain, hostile, refused, ...others] = io.written.err.split("\n");
    expect(plain).toMatch(
      /^[\d:.]{12} INFO {2}200 ok {2}chat stream {2}mistral-large-latest → large {2}by team-a {2}1240 ms {2}\d+\+\d+ tokens {2}\$0\.000256 {2}01a1ff69-[\w-]+$/,
    );
    expect(hostile).toContain("chat  m\\u{1b}[2J → large");
    expect(refused).toMatch(/WARN {2}503 service_unavailable {2}chat stream {2}1240 ms/);
    expect(others).toEqual([""]);
  });
});
