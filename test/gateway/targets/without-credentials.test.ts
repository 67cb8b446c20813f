import { describe, expect, test } from "bun:test";
import { CHAT } from "../../support/gateway.ts";
import { piece } from "../streams/streams.ts";
import { answers, type Behaviour, gatewayOver, streams } from "../upstreams.ts";

const KEY = "sk-quoted-0123456789";
const TENANT = "tenant-9876543210";
const quoted = `got Authorization: Bearer ${KEY}, x-tenant: ${TENANT}`;
const error = { message: quoted, type: "invalid_request_error", param: KEY, code: KEY };

const over = (behaviour: Behaviour) =>
  gatewayOver(
    { a: behaviour },
    { env: { KEY }, target: { a: { secret_key_ref: { env: "KEY" }, headers: { "X-Tenant": TENANT, "x-v": "1" } } } },
  );

const STREAM = { ...CHAT, stream: true };

/** An event stream in several reads. */
function inTurn(...texts: readonly string[]): Behaviour {
  return () => {
    const left = [...texts];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const text = left.shift();
        if (text === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(text));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
}

describe("credentials that an upstream quotes in an error", () => {
  test.each<[string, Behaviour, object]>([
    ["of a request it refused", answers({ error }, 400), CHAT],
    ["of its own", answers({ error }, 500), CHAT],
    ["of an answer that is none", answers({ error }, 200), CHAT],
    ["at the beginning of a stream", streams(`data: ${JSON.stringify({ error })}\n\n`), STREAM],
    ["within a stream", inTurn(piece(0, "Hel"), `data: ${JSON.stringify({ error: { message: quoted } })}\n\n`), STREAM],
  ])("%s are shown to nobody", async (name, behaviour, body) => {
    const { run, events, gateway, logs } = over(behaviour);
    const { response, error: shown } = await run(body);
    const text = shown === null ? await response.text() : JSON.stringify(shown);
    expect(text.startsWith("data:")).toBe(name === "within a stream");
    expect(text).toContain("[secret]");
    for (const said of [text, JSON.stringify([events, gateway.targets(), logs])]) {
      expect(said).not.toContain(KEY);
      expect(said).not.toContain(TENANT);
    }
  });

  test("and nothing else of what it says is changed", async () => {
    const busy = await over(answers({ error }, 429, { "retry-after": "30" })).run();
    expect([busy.response.status, busy.response.headers.get("retry-after")]).toEqual([429, "20"]);
    const message = "x-v: 1 is not supported here";
    const { error: shown } = await over(answers({ error: { message } }, 400)).run();
    expect(shown).toMatchObject({ message });
  });
});
