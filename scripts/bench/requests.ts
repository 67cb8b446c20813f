import type { Ports, Subject } from "./subject.ts";

const SENTENCE =
  "The lock keeper notes the level of the water each morning and opens the gate by hand when it is high. ";

function words(length: number): string {
  return SENTENCE.repeat(Math.ceil(length / SENTENCE.length)).slice(0, length);
}

function body(user: string, stream: boolean, messages: readonly object[]): string {
  const head = { model: "bench", user, temperature: 0.2, max_tokens: 400, ...(stream ? { stream: true } : {}) };
  return JSON.stringify({ ...head, messages });
}

function conversation(count: number, lengthEach: number): readonly object[] {
  return Array.from({ length: count }, (_, i) => ({
    role: i === 0 ? "system" : i % 2 === 1 ? "user" : "assistant",
    content: words(lengthEach),
  }));
}

const short = conversation(2, 60);

/**
 * Every request body the benchmark sends. What the mock is to do stands in `user`, which all subjects forward; eight
 * zeros are the place of the generator's serial number.
 */
export const BODIES = {
  "json-1k": body("mock:json", false, conversation(3, 270)),
  "json-32k": body("mock:json", false, conversation(50, 600)),
  /** 100 events a second for three seconds: with 100 connections 10,000 events a second. */
  stream: body("mock:stream:300:100:16:00000000", true, short),
  /** Over as fast as it can be: for the time to the first event. */
  "stream-short": body("mock:stream:3:0:16:00000000", true, short),
  /** An event a second, for ever. */
  "stream-slow": body("mock:stream:100000:1:16:00000000", true, short),
  /** 57 MB of events as fast as they are taken. */
  "stream-huge": body("mock:stream:14000:0:3800:00000000", true, short),
  /** The same to a group whose first target refuses connections. */
  "json-failover": body("mock:json", false, conversation(3, 270)).replace('"bench"', '"failover"'),
  silent: body("mock:silent:00000000", false, short),
} as const;

export type RequestKind = keyof typeof BODIES;

/** One whole HTTP request, head and body, as it goes over the wire to a subject. */
export function wireRequest(subject: Pick<Subject, "path" | "headers">, kind: RequestKind, ports: Ports): string {
  const text = BODIES[kind];
  const headers = {
    host: `127.0.0.1:${ports.own}`,
    "user-agent": "weir-bench",
    accept: "application/json",
    "content-type": "application/json",
    authorization: "Bearer bench",
    ...subject.headers(ports),
    "content-length": String(Buffer.byteLength(text)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`POST ${subject.path} HTTP/1.1`, ...lines, "", text].join("\r\n");
}
