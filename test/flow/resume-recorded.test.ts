import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/lib/json/json.ts";
import { oncePer } from "../../src/lib/once.ts";
import type { RequestEvent } from "../../src/schema/event.ts";
import { configOf, testGateway } from "../support/gateway.ts";
import { type Exchange, eventData, hasRecordings, RECORDED, reassemble, records } from "../support/replay.ts";

const ENV = { MISTRAL_API_KEY: "k", OPENAI_API_KEY: "k" };
const DONE = "data: [DONE]\n\n";

/** What is said of a cut: where the bytes end, how the next upstream answers, how this one breaks. */
interface Cut {
  readonly exchange: Exchange;
  /** Bytes that arrive. */
  readonly at: number;
  readonly mode: "prefix" | "realign";
  /** Whether a continuing upstream gives the prefix back before it goes on, as Mistral does. */
  readonly echo: boolean;
  /** A reset connection, or an end without a finish. */
  readonly reset: boolean;
}

/** What the beginning of a stream comes to, and what must become of a request whose stream ends there. */
interface Beginning {
  readonly text: string;
  /** Nothing a user can see has come: another try is invisible. */
  readonly empty: boolean;
  readonly finished: boolean;
  readonly plain: boolean;
}

/** Whole chat streams of all dialects that ended well. */
const streams: readonly Exchange[] = hasRecordings
  ? RECORDED.flatMap((provider) => records(provider)).filter(
      (exchange) => exchange.stream && exchange.endpoint === "chat" && exchange.status < 300 && endedWell(exchange),
    )
  : [];

function endedWell({ body, tags }: Exchange): boolean {
  const seen = reassemble(body);
  return seen.error === null && !tags.includes("midstream_error") && seen.choices.every(({ finishes }) => finishes[0]);
}

/** The recorded request, streaming and with its usage asked for. */
function requestOf(exchange: Exchange): JsonObject {
  const messages = [{ role: "user", content: "hello" }];
  return { messages, ...exchange.request, model: "m", stream: true, stream_options: { include_usage: true } };
}

/** Byte offsets behind each event. */
function eventEnds(bytes: Buffer): number[] {
  return [...bytes.toString("latin1").matchAll(/\r\n\r\n|\n\n|\r\r/g)].map(({ index, 0: end }) => index + end.length);
}

/** What a recorded stream is as a whole: each is cut in hundreds of places. */
const wholeOf = oncePer(({ body }: Exchange) => {
  const bytes = Buffer.from(body);
  const chunks = eventData(body).filter((data) => data !== "[DONE]");
  return { bytes, ends: eventEnds(bytes), seen: reassemble(body), chunks, roles: rolesIn(body), ids: idsIn(body) };
});

function beginningOf(exchange: Exchange, at: number): Beginning {
  const { bytes, ends, seen: whole } = wholeOf(exchange);
  const end = ends.findLast((offset) => offset <= at) ?? 0;
  const seen = reassemble(bytes.subarray(0, end).toString());
  const [first] = seen.choices;
  const request = requestOf(exchange) as { response_format?: { type?: string }; n?: number };
  const structured = request.response_format !== undefined && request.response_format.type !== "text";
  const expected = whole.choices.length;
  const more = seen.choices.some(
    ({ text, reasoning, refusal, calls }) => text + reasoning + refusal !== "" || calls.length > 0,
  );
  const finishes = seen.choices.flatMap(({ finishes: each }) => each.slice(0, 1));
  return {
    text: first?.text ?? "",
    // Anthropic's way through OpenRouter: a signature is nothing to read, and still part of the answer
    empty: !more && finishes.length === 0 && !/"reasoning_details":\[\{/.test(bytes.subarray(0, end).toString()),
    finished: finishes.length >= expected,
    plain:
      !structured &&
      (request.n ?? 1) === 1 &&
      seen.choices.length === 1 &&
      first!.reasoning + first!.refusal === "" &&
      first!.calls.length === 0,
  };
}

/** Events that arrive one by one, and then a broken connection or an end. */
function broken(bytes: Buffer, reset: boolean): Response {
  const pieces = [0, ...eventEnds(bytes), bytes.length].map((from, at, all) => bytes.slice(from, all[at + 1] ?? from));
  const rest = pieces.filter(({ length }) => length > 0);
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = rest.shift();
        if (next !== undefined) controller.enqueue(next);
        else if (reset) controller.error(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** The recorded stream with the text it begins with taken out of it, another id, and `usage` on its finish. */
function continuation(exchange: Exchange, prefix: string, echo: boolean): string {
  let skip = echo ? 0 : prefix.length;
  const events = wholeOf(exchange).chunks.map((data) => {
    const chunk = JSON.parse(data) as { id?: string; choices?: { delta?: { content?: unknown } }[] };
    if (chunk.id !== undefined) chunk.id = "second";
    const delta = chunk.choices?.[0]?.delta;
    if (delta !== undefined && typeof delta.content === "string") {
      const { content } = delta;
      delta.content = content.slice(Math.min(skip, content.length));
      skip -= Math.min(skip, content.length);
    }
    return `data: ${JSON.stringify(chunk)}\n\n`;
  });
  return events.join("") + DONE;
}

async function play({ exchange, at, mode, echo, reset }: Cut) {
  const bodies: JsonObject[] = [];
  const served = (async (_url: string, init: { body: string | Uint8Array }) => {
    const body = JSON.parse(
      typeof init.body === "string" ? init.body : Buffer.from(init.body).toString(),
    ) as JsonObject;
    bodies.push(body);
    if (bodies.length === 1) return broken(wholeOf(exchange).bytes.subarray(0, at), reset);
    const last = (body["messages"] as JsonObject[]).at(-1)!;
    const prefix = last["prefix"] === true ? String(last["content"]) : "";
    // who cannot go on with a prefix is asked afresh
    if (mode === "realign" && prefix !== "")
      return Response.json({ message: "prefix is not supported" }, { status: 400 });
    return broken(Buffer.from(continuation(exchange, prefix, echo)), false);
  }) as unknown as typeof fetch;
  const own =
    exchange.provider === "mistral" || exchange.provider === "openai" ? exchange.provider : "openai-compatible";
  const targets = [
    { id: "a", provider: own, base_url: "http://a.test/v1" },
    { id: "b", provider: mode === "prefix" ? "mistral" : own, base_url: "http://b.test/v1" },
  ];
  const fallback = { stream_resume: mode };
  const gateway = testGateway(configOf(targets, { providers: { fallback } }), { env: ENV, fetch: served });
  const response = await gateway.ask(requestOf(exchange));
  const text = await response.text();
  await gateway.recorded(1);
  return { text, bodies, event: gateway.events[0]! };
}

/** Says what is wrong with what a client and the ledger got; empty: nothing is. */
function faults(cut: Cut, { text, bodies, event }: Awaited<ReturnType<typeof play>>): string[] {
  const { exchange, at, mode } = cut;
  const start = beginningOf(exchange, at);
  const { seen: sent, roles, ids: idsSent } = wholeOf(exchange);
  const seen = reassemble(text);
  const wrong: string[] = [];
  const check = (ok: boolean, what: string): void => void (ok || wrong.push(what));
  const ids = idsIn(text);
  const outcomes = event.attempts.map(({ outcome }) => outcome);
  const resumable = start.plain && start.text !== "";
  if (!start.empty && !start.finished && !resumable) {
    check(seen.error !== null && !seen.done, "ends neither whole nor with an error event");
    check((sent.choices[0]?.text ?? "").startsWith(seen.choices[0]?.text ?? ""), "delivered something else");
    check(outcomes.join() === "upstream_cut", `attempts ${outcomes}`);
    check(event.outcome === "upstream_cut", `recorded as ${event.outcome}`);
    return wrong;
  }
  const choices = sent.choices.map((choice) => ({ ...choice, finishes: choice.finishes.slice(0, 1) }));
  check(Bun.deepEquals(seen.choices, choices), `text ${JSON.stringify(seen.choices[0]?.text.slice(-80))}`);
  check(seen.error === null && seen.done, "did not end well");
  check(event.outcome === "ok" && event.status === 200, `recorded as ${event.outcome}`);
  if (start.finished) {
    check(outcomes.join() === "ok" && bodies.length === 1, `attempts ${outcomes} of a finished answer`);
    return wrong;
  }
  const tried = outcomes.filter((outcome) => outcome !== "upstream_rejected");
  check(tried.join() === "upstream_cut,ok", `attempts ${outcomes}`);
  if (start.empty) return wrong;
  // vLLM says the role in every chunk
  check(rolesIn(text) <= roles, `${rolesIn(text)} roles`);
  check(![...ids].includes("second"), "the second id shows");
  check(ids.size <= idsSent.size, `ids ${[...ids]}`);
  const last = (bodies.at(-1)!["messages"] as JsonObject[]).at(-1)!;
  if (mode === "prefix")
    check(last["content"] === start.text, `asked to go on with ${JSON.stringify(last["content"])}`);
  else check(last["prefix"] === undefined, "asked for a prefix though it was to realign");
  return [...wrong, ...usageFaults(event, seen.usage)];
}

function rolesIn(text: string): number {
  return text.match(/"role": *"assistant"/g)?.length ?? 0;
}

/** The ids of a stream's chunks: a recorded one may have several, for Azure's first chunk has none, and some of Groq's. */
function idsIn(text: string): ReadonlySet<unknown> {
  return new Set(eventData(text).flatMap((data) => (data === "[DONE]" ? [] : [JSON.parse(data).id])));
}

/** The client's usage and the request's are the sum of what the attempts used, each by itself. */
function usageFaults({ attempts, usage }: RequestEvent, shown: unknown): string[] {
  const sum = (key: "prompt_tokens" | "completion_tokens"): number =>
    attempts.reduce((all, attempt) => all + (attempt.usage[key] ?? 0), 0);
  const wrong: string[] = [];
  for (const key of ["prompt_tokens", "completion_tokens"] as const) {
    const told = (shown as JsonObject | null)?.[key];
    if (usage[key] !== sum(key)) wrong.push(`${key} ${usage[key]}, attempts used ${sum(key)}`);
    if (told !== usage[key]) wrong.push(`${key} shown as ${told}, recorded as ${usage[key]}`);
  }
  return wrong;
}

const name = ({ exchange, at, mode, echo, reset }: Cut): string =>
  `${exchange.id} cut at ${at}, ${mode}${echo ? ", echo" : ""}${reset ? ", reset" : ""}`;

describe.if(hasRecordings)("recorded streams that break off", () => {
  for (const mode of ["prefix", "realign"] as const) {
    for (const provider of RECORDED) {
      test(`${provider}, ${mode}: after any event, nothing lost and nothing doubled, or an error event`, async () => {
        const own = streams.filter((exchange) => exchange.provider === provider);
        expect(own.length).toBeGreaterThan(2);
        const wrong: string[] = [];
        let resumed = 0;
        for (const exchange of own) {
          for (const [index, at] of wholeOf(exchange).ends.entries()) {
            const cut = { exchange, at, mode, echo: index % 2 === 0 || mode === "realign", reset: index % 3 > 0 };
            const played = await play(cut);
            if (played.event.attempts.length > 1) resumed++;
            wrong.push(...faults(cut, played).map((fault) => `${name(cut)}: ${fault}`));
          }
        }
        expect(wrong).toEqual([]);
        expect(resumed).toBeGreaterThan(own.length);
      }, 60_000);
    }
  }

  test("inside an event, at any byte", async () => {
    const cuts = fc
      .record({
        exchange: fc.constantFrom(...streams),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        mode: fc.constantFrom("prefix" as const, "realign" as const),
        echo: fc.boolean(),
        reset: fc.boolean(),
      })
      .map(({ share, ...rest }): Cut => {
        const at = Math.floor(share * wholeOf(rest.exchange).bytes.length);
        return { ...rest, at, echo: rest.echo || rest.mode === "realign" };
      });
    await fc.assert(
      fc.asyncProperty(cuts, async (cut) => {
        expect([name(cut), ...faults(cut, await play(cut))]).toEqual([name(cut)]);
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});
