import type { Config } from "../../../src/config/config.ts";
import { sha256Hex } from "../../../src/lib/digest.ts";
import { fakeClock } from "../../support/clock.ts";
import { CHAT, configOf, testGateway } from "../../support/gateway.ts";

/** 2 USD per 1M prompt tokens, 1,000 USD per 1M completion tokens: a completion token is 0.001 USD. */
export const PRICING = { prompt: 0, completion: 1_000 };

/** An answer that says what it used. */
export const answerOf = (usage: object | null) => ({
  id: "x",
  object: "chat.completion",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  ...(usage === null ? {} : { usage }),
});

/** What an answer of that many tokens says it used. */
export const usage = (prompt_tokens: number, completion_tokens: number) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
});

/** One consumer whose key is `sk-` and its id. */
export const consumer = (id: string, more: object = {}) => ({
  id,
  key_sha256: sha256Hex(`sk-${id}`),
  roles: [],
  ...more,
});

/** The header a consumer's request carries. */
export const key = (id: string): Record<string, string> => ({ authorization: `Bearer sk-${id}` });

/**
 * A gateway with one target `a`, unless others are given, on a clock of its own. Upstream calls wait until they are
 * answered by the test where `held`, else they get `answer` at once.
 */
export function limited(
  more: Parameters<typeof configOf>[1],
  options: { held?: boolean; answer?: () => object; targets?: readonly object[] } = {},
) {
  const clock = fakeClock();
  const held: ((response: Response | Error) => void)[] = [];
  let calls = 0;
  const answer = options.answer ?? (() => answerOf(usage(10, 5)));
  const fetcher = (_url: string, init: RequestInit): Promise<Response> => {
    calls++;
    if (options.held !== true) return Promise.resolve(Response.json(answer()));
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      held.push((response) => (response instanceof Error ? reject(response) : resolve(response)));
    });
  };
  const config: Config = configOf(
    options.targets ?? [{ id: "a", base_url: "http://a.test/v1", pricing: PRICING }],
    more,
  );
  const made = testGateway(config, { clock, fetch: fetcher as typeof fetch });
  const chat = (headers: Record<string, string> = {}, body: object = {}) => made.ask({ ...CHAT, ...body }, { headers });
  return {
    ...made,
    clock,
    chat,
    /** Answers the call that has waited longest. */
    release: (body: object = answer(), status = 200) => held.shift()!(Response.json(body, { status })),
    get calls() {
      return calls;
    },
    get held() {
      return held.length;
    },
  };
}

/** Status and error code of an answer. */
export async function outcome(response: Promise<Response>): Promise<string> {
  const { status, body } = await response.then(async (given) => ({
    status: given.status,
    body: (await given.json()) as { error?: { code: string } },
  }));
  return body.error === undefined ? String(status) : `${status} ${body.error.code}`;
}
