import { rmSync } from "node:fs";
import type { RequestEvent } from "../../src/schema/event.ts";
import { emptyFolder } from "./empty-folder.ts";

const usage = {
  prompt_tokens: 12,
  completion_tokens: 99,
  cached_tokens: null,
  reasoning_tokens: null,
  basis: "exact" as const,
};

/** The event of a plain successful request, with what the test says differs. */
export function anEvent(differs: Partial<RequestEvent> = {}): RequestEvent {
  return {
    id: Bun.randomUUIDv7(),
    at: 1_780_000_000_000,
    endpoint: "chat",
    stream: true,
    consumer: null,
    model: "mistral-large-latest",
    answered_model: "mistral-large-2411",
    target: "large",
    verdict: "allow",
    policies: [],
    route: {
      strategy: "fallback",
      asked: "mistral-large-latest",
      candidates: [
        { target: "large", dropped: null },
        { target: "small", dropped: "secret missing" },
      ],
      order: ["large"],
    },
    attempts: [
      {
        target: "large",
        provider: "mistral",
        model: "mistral-large-latest",
        started_ms: 0.4,
        first_token_ms: 210,
        ended_ms: 1240,
        status: 200,
        outcome: "ok",
        cause: null,
        usage,
      },
    ],
    status: 200,
    outcome: "ok",
    finish_reasons: ["stop"],
    usage,
    first_token_ms: 210,
    duration_ms: 1240,
    degraded: [],
    config: "abcdef012345",
    ...differs,
  };
}

/** `count` events a second apart, the oldest first. */
export function events(count: number, differs: (at: number) => Partial<RequestEvent> = () => ({})): RequestEvent[] {
  return Array.from({ length: count }, (_, at) => anEvent({ at: 1_780_000_000_000 + at * 1000, ...differs(at) }));
}

/** A folder that is removed when the test is over: `using dir = scratch()`. */
export function scratch(): { readonly path: string } & Disposable {
  const path = emptyFolder();
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
