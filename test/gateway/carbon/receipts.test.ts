import { beforeAll, describe, expect, test } from "bun:test";
import { attached } from "../../../src/carbon/jws.ts";
import { makeKey, ReceiptChain, readKey } from "../../../src/carbon/sign.ts";
import { verifyCommitments, verifyReceipt } from "../../../src/carbon/verify.ts";
import { verifyChain } from "../../../src/carbon/verify-chain.ts";
import { answerIn, receiptsIn } from "../../../src/cli/receipts/files.ts";
import { loadLanguages } from "../../../src/detect/language.ts";
import type { Receipt, ReceiptRow, UnsignedReceipt } from "../../../src/schema/receipt.ts";
import { CHAT as PLAIN } from "../../support/gateway.ts";
import { chatAnswer, chunkEvent } from "../../support/raw-upstream.ts";
import { rowOf } from "../../support/receipts.ts";
import { DONE, piece, USAGE_EVENT } from "../streams/streams.ts";
import { answers, type Behaviour, fails, gatewayOver, hangs, streams } from "../upstreams.ts";

// the injected clock goes on while they load, and a policy that waits for them would be late
beforeAll(async () => {
  await loadLanguages();
});

const PARIS = { region: "scaleway-par-1", model: "mistral-medium-3" };
const STOCKHOLM = { region: "atnorth-sto-1", model: "mistral-medium-3" };
const told = piece(0, "Hel") + piece(0, "lo") + piece(0, null, "stop") + USAGE_EVENT + DONE;

const CHAT = { ...PLAIN, model: PARIS.model };
const STREAM = { ...CHAT, stream: true };

/** A stream that breaks off within a word. */
const broken: Behaviour = () => {
  const frames = [chunkEvent({ content: "Hello wor" }), null];
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const frame = frames[at++];
      if (frame === null) return controller.error(Object.assign(new TypeError("no"), { code: "ECONNRESET" }));
      controller.enqueue(new TextEncoder().encode(frame));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
};

/** A receipt that was kept, and its JWS as it was made. */
const receiptKept = ({ payload, detached }: ReceiptRow) => ({
  payload: JSON.parse(payload) as Receipt,
  jws: attached(detached, payload),
});

/** A desk that keeps what it signed. */
function desk(fails?: () => boolean) {
  const key = readKey(makeKey());
  const chain = new ReceiptChain(key, "chain", null);
  const kept: ReceiptRow[] = [];
  return {
    keys: [key.published],
    kept,
    desk: {
      seal(unsigned: UnsignedReceipt) {
        if (fails?.() === true) throw new Error("no key");
        return chain.seal(unsigned);
      },
      keep: (receipt: ReceiptRow) => void kept.push(receipt),
    },
  };
}

type Vetted = Receipt & Record<string, unknown>;
interface Answer {
  readonly vetted?: Vetted | null;
  readonly vetted_error?: string;
  readonly routing_trace?: Record<string, unknown>;
}

async function wholeOf(response: Response): Promise<Answer> {
  return JSON.parse(await response.text()) as Answer;
}

/** Everything that can be checked of an answer in a file. */
async function checked(text: string, keys: Parameters<typeof verifyReceipt>[1], request?: string) {
  const [found] = receiptsIn(text, "x").receipts;
  const verdicts = await verifyReceipt(found!.block, keys);
  const choices = answerIn(text) ?? [];
  const bytes = request === undefined ? {} : { request: new TextEncoder().encode(request) };
  const bodies = found!.block["response_commitment"] === null ? bytes : { ...bytes, choices };
  const commitments = await verifyCommitments(found!.block, { ...bodies, trace: found!.trace });
  return [verdicts.signature, verdicts.block, verdicts.recomputation, commitments].map(({ status }) => status);
}
const ALL_OK: Awaited<ReturnType<typeof checked>> = ["ok", "ok", "ok", "ok"];

describe("a receipt", () => {
  test("stands in a whole answer of a target with a region, and is kept without its nonce", async () => {
    const { desk: own, kept, keys } = desk();
    const { run, events } = gatewayOver({ a: answers() }, { target: { a: PARIS }, desk: own });
    const body = JSON.stringify({ ...CHAT, model: PARIS.model });
    const { response } = await run(body as unknown as object);
    const text = await response.text();
    const { vetted, routing_trace: trace } = JSON.parse(text) as Answer;
    expect(response.headers.get("x-weir-receipt-id")).toBe(vetted!.receipt_id);
    expect(vetted).toMatchObject({ query_id: "req-1", target: "a", region: PARIS.region, seq: 1, prev: null });
    expect(vetted!.grid_intensity_gco2_per_kwh).toBe(
      (trace!["receipt_signal"] as { gco2_per_kwh: number }).gco2_per_kwh,
    );
    expect(await checked(text, keys, body)).toEqual(ALL_OK);
    expect(kept).toHaveLength(1);
    expect(kept[0]!).toEqual(rowOf(vetted!, events[0]!.at));
    expect(events[0]!.carbon).toMatchObject({
      receipt_id: vetted!.receipt_id,
      region: PARIS.region,
      default_region: PARIS.region,
      energy_wh: vetted!.energy_wh,
      gco2e_usage: vetted!.gco2e_usage,
      gco2e_usage_default: vetted!.gco2e_usage,
    });
  });

  test("is compared with where the default path leads for its model, not for another one", async () => {
    const target = { a: { ...PARIS, model: "another" }, b: { ...PARIS, region: "atnorth-sto-1" } };
    const { run, events } = gatewayOver({ a: answers(), b: answers() }, { target, desk: desk().desk });
    await run({ ...CHAT, model: PARIS.model, vetted: { routing: "carbon_aware" } });
    expect(events[0]!.carbon).toMatchObject({ region: "atnorth-sto-1", default_region: "atnorth-sto-1" });
  });

  test("is compared with nothing that was no alternative: a saving that nobody chose is none", async () => {
    const stockholm = { ...PARIS, region: "atnorth-sto-1" };
    const defaultOf = async (
      target: Record<string, object>,
      body: object,
      { a = answers(), ...more }: { a?: ReturnType<typeof answers>; [key: string]: unknown } = {},
    ) => {
      const behaviours = { a, b: answers() };
      const { run, events } = gatewayOver(behaviours, { target, desk: desk().desk, ...more });
      for (let times = 0; times < 2; times++) await run({ ...CHAT, model: PARIS.model, ...body });
      const { region, default_region: usual } = events[1]!.carbon!;
      return [region, usual];
    };
    const here = ["atnorth-sto-1", "atnorth-sto-1"];
    // the default path leads to whoever declares the model first
    expect(await defaultOf({ a: { ...PARIS, model: "another" }, b: stockholm }, {})).toEqual(here);
    expect(await defaultOf({ a: { ...PARIS, max_context_tokens: 4 }, b: stockholm }, { max_tokens: 90 })).toEqual(here);
    const model_groups = [
      { name: "small", targets: ["b"], fallback_group: "large" },
      { name: "large", targets: ["a"] },
    ];
    expect(await defaultOf({ a: PARIS, b: stockholm }, { model: "small" }, { model_groups })).toEqual(here);
    // the path itself goes on where its first target fails, and passes over one that is down
    expect(await defaultOf({ a: PARIS, b: stockholm }, {}, { a: fails(500) })).toEqual(here);
    const providers = { circuit_breaker: { failure_threshold: 1 } };
    expect(await defaultOf({ a: PARIS, b: stockholm }, {}, { a: fails(500), providers })).toEqual(here);
    // a pin is a choice
    const pinned = { vetted: { region: "atnorth-sto-1" } };
    expect(await defaultOf({ a: PARIS, b: stockholm }, pinned)).toEqual(["atnorth-sto-1", PARIS.region]);
  });

  test.each([false, true])("rides on the chunk that ends a stream (usage chunk asked for: %p)", async (asked) => {
    const { desk: own, keys } = desk();
    const { run } = gatewayOver({ a: streams(told) }, { target: { a: PARIS }, desk: own });
    const body = { ...STREAM, ...(asked ? { stream_options: { include_usage: true } } : {}) };
    const { response } = await run(body);
    const text = await response.text();
    const chunks = text.split("\n\n").filter((frame) => frame.startsWith("data: {"));
    const carrying = chunks.map((frame) => JSON.parse(frame.slice(6)) as Answer & { choices: unknown[] });
    const withReceipt = carrying.filter(({ vetted }) => vetted !== undefined);
    expect(withReceipt.map(({ choices }) => choices.length)).toEqual(asked ? [1, 0] : [1]);
    expect(withReceipt[0]!.vetted!.receipt_id).toBe(response.headers.get("x-weir-receipt-id")!);
    expect(withReceipt[0]!.vetted!.completion_tokens).toBeGreaterThan(0);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(await checked(text, keys, JSON.stringify(body))).toEqual(ALL_OK);
  });

  test("commits to the same text, whole or as a stream", async () => {
    const { desk: own, kept } = desk();
    const { run } = gatewayOver(
      { a: [answers(chatAnswer("Hello")), streams(told)] },
      { target: { a: PARIS }, desk: own },
    );
    const whole = await wholeOf((await run(CHAT)).response);
    const stream = receiptsIn(await (await run(STREAM)).response.text(), "x").receipts[0]!.block;
    const choices = [{ content: "Hello", toolCalls: [] }];
    for (const block of [whole.vetted!, stream])
      expect((await verifyCommitments(block, { choices })).status).toBe("ok");
    expect(await verifyChain(kept.map(receiptKept))).toMatchObject({
      status: "ok",
    });
  });

  test("is for those who asked, where no target has a region, and never for those who want none", async () => {
    const { desk: own, kept } = desk();
    const plain = gatewayOver({ a: answers() }, { desk: own });
    expect((await wholeOf((await plain.run(PLAIN)).response)).vetted).toBeUndefined();
    const asked = await wholeOf((await plain.run({ ...PLAIN, vetted: { receipt: true } })).response);
    expect(asked.vetted).toMatchObject({ region: null, grid_zone: null, gco2e: null });
    const regional = gatewayOver({ a: [answers(), streams(told)] }, { target: { a: PARIS }, desk: own });
    const none = (await regional.run({ ...CHAT, vetted: { receipt: false } })).response;
    expect(none.headers.get("x-weir-receipt-id")).toBeNull();
    expect((await wholeOf(none)).vetted).toBeUndefined();
    const stream = (await regional.run({ ...STREAM, vetted: { receipt: false } })).response;
    expect(await stream.text()).not.toContain('"vetted"');
    expect(kept).toHaveLength(1);
    expect(regional.events[0]!.carbon).toMatchObject({ receipt_id: null, region: PARIS.region });
    expect(regional.events[0]!.carbon!.energy_wh).toBeGreaterThan(0);
  });

  test("that cannot be made leaves the answer with a reason", async () => {
    const { desk: own } = desk(() => true);
    const { run, logs } = gatewayOver({ a: [answers(), streams(told)] }, { target: { a: PARIS }, desk: own });
    const { response } = await run(CHAT);
    expect(response.headers.get("x-weir-receipt-id")).toBeNull();
    const whole = await wholeOf(response);
    expect([whole.vetted, whole.vetted_error]).toEqual([null, "The receipt of this answer could not be made"]);
    const text = await (await run(STREAM)).response.text();
    expect(text).toContain('"vetted":null,"vetted_error"');
    expect(text).toContain("Hel");
    expect(logs.filter(({ message }) => message === "a receipt could not be made")).toHaveLength(2);
  });

  test("is refused openly where receipts are switched off", async () => {
    const { desk: own } = desk();
    const { run } = gatewayOver({ a: answers() }, { target: { a: PARIS }, desk: own, receipts: { enabled: false } });
    expect((await wholeOf((await run(CHAT)).response)).vetted).toBeUndefined();
    const asked = await wholeOf((await run({ ...CHAT, vetted: { receipt: true } })).response);
    expect(asked.vetted).toBeNull();
    expect(asked.vetted_error).toContain("receipts.enabled");
  });

  test("of a failed-over answer is of who answered, and says who did not", async () => {
    const { desk: own, keys } = desk();
    const { run } = gatewayOver(
      { a: fails(500), b: answers() },
      { target: { a: PARIS, b: STOCKHOLM }, desk: own, providers: { fallback: { enabled: true } } },
    );
    const text = await (await run({ ...CHAT, model: PARIS.model })).response.text();
    const { vetted } = JSON.parse(text) as Answer;
    expect(vetted).toMatchObject({
      target: "b",
      region: STOCKHOLM.region,
      route_taken: "failover",
      grid_zone: "SE-SE3",
    });
    expect(vetted!.exclusions).toContain("failed_attempt:a");
    expect(vetted!.parts).toBeUndefined();
    expect(await checked(text, keys)).toEqual(ALL_OK);
  });

  test("of a hedged answer is of who was faster, and says who was given up", async () => {
    const { desk: own, keys } = desk();
    const { run } = gatewayOver(
      { a: hangs, b: answers() },
      {
        target: { a: PARIS, b: STOCKHOLM },
        desk: own,
        providers: {
          fallback: { enabled: true },
          routing: { hedge: { enabled: true, max_share: 1, min_delay_ms: 100 } },
        },
      },
    );
    const text = await (await run({ ...CHAT, model: PARIS.model })).response.text();
    const { vetted } = JSON.parse(text) as Answer;
    expect(vetted).toMatchObject({ target: "b", region: STOCKHOLM.region, grid_zone: "SE-SE3" });
    expect(vetted!.exclusions).toContain("failed_attempt:a");
    expect(vetted!.parts).toBeUndefined();
    expect(await checked(text, keys)).toEqual(ALL_OK);
  });

  test("of an answer that came in the place of one that a policy did not want counts both", async () => {
    const { desk: own, keys } = desk();
    const loop = answers(chatAnswer("on and on we go ".repeat(30)));
    const { run, events } = gatewayOver(
      { a: loop, b: answers() },
      {
        target: { a: PARIS, b: STOCKHOLM },
        desk: own,
        providers: { fallback: { enabled: true } },
        policies: { chain: ["quality-scorer"] },
        policy: {
          "quality-scorer": {
            mode: "enforce",
            thresholds: { min_coherence: 0.5 },
            failure_action: { action: "retry" },
          },
        },
      },
    );
    const text = await (await run({ ...CHAT, model: PARIS.model })).response.text();
    const { vetted, routing_trace: trace } = JSON.parse(text) as Answer;
    expect(vetted!.parts!.map(({ target }) => target)).toEqual(["a", "b"]);
    expect(events[0]!.usage).toMatchObject({
      prompt_tokens: vetted!.prompt_tokens,
      completion_tokens: vetted!.completion_tokens,
    });
    expect(trace!["failover"]).toMatchObject({ from_target: "a", reason: "unwanted_answer" });
    expect(vetted!.exclusions.some((code) => code.startsWith("failed_attempt"))).toBe(false);
    expect(vetted!.energy_wh).toBe(vetted!.parts![0]!.energy_wh! + vetted!.parts![1]!.energy_wh!);
    expect(await checked(text, keys)).toEqual(ALL_OK);
  });

  test("of a resumed answer has region and energy of each part, and the sum", async () => {
    const { desk: own, keys } = desk();
    const { run, events } = gatewayOver(
      { a: broken, b: streams(piece(0, "Hello world") + piece(0, null, "stop") + DONE) },
      {
        target: { a: PARIS, b: STOCKHOLM },
        desk: own,
        providers: { fallback: { enabled: true, stream_resume: "realign" } },
      },
    );
    const { response } = await run({ ...STREAM, model: PARIS.model });
    const text = await response.text();
    const { block } = receiptsIn(text, "x").receipts[0]!;
    const vetted = block as unknown as Receipt;
    expect(vetted.parts!.map(({ target, region }) => [target, region])).toEqual([
      ["a", PARIS.region],
      ["b", STOCKHOLM.region],
    ]);
    expect(vetted).toMatchObject({ target: "b", region: STOCKHOLM.region });
    expect(vetted.energy_wh).toBe(vetted.parts![0]!.energy_wh! + vetted.parts![1]!.energy_wh!);
    expect(vetted.inputs["completion_tokens"]?.source).toContain("estimated");
    expect(await checked(text, keys)).toEqual(ALL_OK);
    expect((await verifyCommitments(block, { choices: [{ content: "Hello world", toolCalls: [] }] })).status).toBe(
      "ok",
    );
    expect(events[0]!.carbon?.energy_wh).toBe(vetted.energy_wh);
    const shares = vetted.parts!.map(({ target, energy_wh, gco2e }) => ({ target, energy_wh, gco2e }));
    expect(events[0]!.carbon?.parts).toMatchObject(shares);
  });

  test("of an answer that began where no region is known, and was finished in one, is made there", async () => {
    const { desk: own, keys, kept } = desk();
    const { run, events, recorded } = gatewayOver(
      { a: broken, b: streams(piece(0, "Hello world") + piece(0, null, "stop") + DONE) },
      {
        target: { a: { model: PARIS.model }, b: STOCKHOLM },
        desk: own,
        providers: { strategy: "fallback", fallback: { enabled: true, stream_resume: "realign" } },
      },
    );
    const { response } = await run({ ...STREAM, model: PARIS.model });
    expect(response.headers.get("x-weir-receipt-id")).toBeNull();
    const text = await response.text();
    const vetted = receiptsIn(text, "x").receipts[0]!.block as unknown as Receipt;
    expect(vetted).toMatchObject({ target: "b", region: STOCKHOLM.region });
    expect(vetted.parts!.map(({ target, region }) => [target, region])).toEqual([
      ["a", null],
      ["b", STOCKHOLM.region],
    ]);
    expect(await checked(text, keys)).toEqual(ALL_OK);
    await recorded(1);
    expect(events[0]!.carbon?.receipt_id).toBe(vetted.receipt_id);
    expect(kept.map(({ id }) => id)).toEqual([vetted.receipt_id]);
  });

  test("promised with a stream that is given up is kept for whoever asks for it", async () => {
    const { desk: own, keys, kept } = desk();
    const open = streams(piece(0, "Hello"), { open: true });
    const { run, events, recorded } = gatewayOver({ a: open }, { target: { a: PARIS }, desk: own });
    const { response } = await run(STREAM);
    const id = response.headers.get("x-weir-receipt-id");
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    await recorded(1);
    expect(kept.map((row) => row.id)).toEqual([id!]);
    const { payload: receipt, jws } = receiptKept(kept[0]!);
    expect(receipt).toMatchObject({ receipt_id: id!, target: "a", region: PARIS.region, completion_tokens: 2 });
    expect(receipt.exclusions).toContain("unfinished_answer");
    const verdicts = await verifyReceipt({ ...receipt, jws }, keys);
    expect([verdicts.signature.status, verdicts.block.status, verdicts.recomputation.status]).toEqual([
      "ok",
      "ok",
      "ok",
    ]);
    expect(events[0]!.carbon).toMatchObject({ receipt_id: id, energy_wh: receipt.energy_wh });
  });

  test("of a stream that breaks off and cannot be resumed is kept, and once", async () => {
    const { desk: own, kept } = desk();
    const cut = streams(piece(0, "Hello"));
    const { run, recorded } = gatewayOver({ a: cut }, { target: { a: PARIS }, desk: own });
    const text = await (await run(STREAM)).response.text();
    await recorded(1);
    expect(text).toContain('"error"');
    expect(kept).toHaveLength(1);
    const {
      run: refusing,
      recorded: refused,
      events,
    } = gatewayOver({ a: cut }, { target: { a: PARIS }, desk: desk(() => true).desk });
    await (await refusing(STREAM)).response.text();
    await refused(1);
    expect(events[0]!.carbon).toMatchObject({ receipt_id: null, region: PARIS.region });
  });

  test("of a stream that its own target could not go on with counts what was delivered once", async () => {
    const { desk: own, kept } = desk();
    const { run, recorded, events } = gatewayOver(
      { a: [broken, fails(500)] },
      { target: { a: PARIS }, desk: own, providers: { fallback: { enabled: true, stream_resume: "realign" } } },
    );
    await (await run(STREAM)).response.text();
    await recorded(1);
    expect(events[0]!.attempts.map(({ outcome }) => outcome)).toEqual(["upstream_cut", "upstream_failed"]);
    const { payload } = receiptKept(kept[0]!);
    expect(payload.completion_tokens).toBe(events[0]!.attempts[0]!.usage.completion_tokens!);
    expect(payload.parts).toBeUndefined();
    expect(payload.exclusions).toContain("failed_attempt:a");
  });

  test("never keeps a stream waiting: everything before the last chunk is there without it", async () => {
    let sealed = 0;
    const { desk: own } = desk();
    const counting = {
      ...own,
      seal(unsigned: UnsignedReceipt) {
        sealed++;
        return own.seal(unsigned);
      },
    };
    let end = (): void => {};
    const held: Behaviour = () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(piece(0, "Hel") + piece(0, "lo")));
          end = () => {
            controller.enqueue(new TextEncoder().encode(piece(0, null, "stop") + USAGE_EVENT + DONE));
            controller.close();
          };
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const { run } = gatewayOver({ a: held }, { target: { a: PARIS }, desk: counting });
    const { response } = await run(STREAM);
    const reader = response.body!.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    expect([first.includes("Hel"), first.includes("vetted"), sealed]).toEqual([true, false, 0]);
    end();
    let rest = "";
    for (let next = await reader.read(); !next.done; next = await reader.read())
      rest += new TextDecoder().decode(next.value);
    expect([rest.includes('"vetted":{'), sealed]).toEqual([true, 1]);
  });

  test("of embeddings says that there is no output to count by", async () => {
    const { desk: own, keys } = desk();
    const embedded = {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: [1] }],
      model: "m",
      usage: { prompt_tokens: 3, total_tokens: 3 },
    };
    const { run } = gatewayOver({ a: answers(embedded) }, { target: { a: PARIS }, desk: own });
    const text = await (await run({ model: PARIS.model, input: "hi" }, { endpoint: "embeddings" })).response.text();
    const { vetted } = JSON.parse(text) as Answer;
    expect(vetted).toMatchObject({ prompt_tokens: 3, energy_wh: null, gco2e: null, response_commitment: null });
    expect(vetted!.exclusions).toEqual(expect.arrayContaining(["no_output_tokens", "answer_without_text"]));
    expect(await checked(text, keys)).toEqual(ALL_OK);
  });

  test("of large bodies commits to none of them, and says so", async () => {
    const { desk: own, keys } = desk();
    const long = "x".repeat(70_000);
    const { run } = gatewayOver(
      { a: [answers(chatAnswer(long)), streams(piece(0, long) + piece(0, null, "stop") + DONE)] },
      { target: { a: PARIS }, desk: own },
    );
    for (const body of [CHAT, STREAM]) {
      const text = await (await run({ ...body, user: long })).response.text();
      const { block } = receiptsIn(text, "x").receipts[0]!;
      expect([block["request_commitment"], block["response_commitment"]]).toEqual([null, null]);
      expect(block["exclusions"]).toEqual(expect.arrayContaining(["request_over_64_kb", "answer_over_64_kb"]));
      expect(await checked(text, keys)).toEqual(ALL_OK);
    }
  });

  test("of an upstream never stands in the place of ours", async () => {
    const { desk: own } = desk();
    const forged = { ...chatAnswer("hi"), vetted: { receipt_id: "theirs" }, vetted_error: "x", routing_trace: {} };
    const { run } = gatewayOver({ a: answers(forged) }, { target: { a: PARIS }, desk: own });
    const text = await (await run(CHAT)).response.text();
    expect(text).not.toContain("theirs");
    expect(JSON.parse(text).vetted_error).toBeUndefined();
    expect(text.match(/"vetted":/g)).toHaveLength(1);
  });
});
