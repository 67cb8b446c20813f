import { parsedObject } from "../../src/lib/json/json.ts";
import { chance, pick, textOf } from "./chance.ts";

/** What one request came to, as its client saw it. `short`, `garbled` and `lost` must never be. */
export type Fate = "whole" | "error status" | "error event" | "left" | "short" | "garbled" | "lost";

/** Names of groups that are asked for, each as often as the others. */
const MODELS = ["ordered", "even", "fast", "weighted", "idle", "again"] as const;

/** Where clients ask, and by what seed. */
export interface Asking {
  readonly url: string;
  readonly seed: number;
}

/** How long a client waits that was told that nobody is there. */
const REFUSED_MS = 200;

/** The id of request `n`: on its head, in its answer and on the ledger. */
export const idOf = (n: number): string => `soak-${n}`;

/** Asks once, reads to the end (or leaves in the middle, by the seed), and says what came of it. */
export async function askOnce(n: number, { url, seed }: Asking): Promise<Fate> {
  const stream = chance(seed, "stream", n) < 0.6;
  const leaves = stream && chance(seed, "leaves", n) < 0.03;
  const model = pick(
    MODELS.map((name) => [name, 1] as const),
    chance(seed, "model", n),
  );
  const control = new AbortController();
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": idOf(n) },
      body: JSON.stringify({ model, stream, messages: [{ role: "user", content: `request ${n}` }] }),
      signal: control.signal,
    });
    if (response.headers.get("x-request-id") !== idOf(n)) return "garbled";
    if (leaves && response.status === 200) {
      const reader = response.body!.getReader();
      await reader.read();
      control.abort();
      await reader.cancel().catch(() => {});
      return "left";
    }
    const body = await response.text();
    if (response.status !== 200) {
      // where every target is left alone, asking again at once finds out nothing
      if (response.status === 503) await Bun.sleep(REFUSED_MS);
      return isError(body) ? "error status" : "garbled";
    }
    return stream ? streamFate(body, textOf(seed, n)) : wholeFate(body, textOf(seed, n));
  } catch {
    return "lost";
  }
}

interface Choice {
  readonly delta?: { readonly content?: string };
  readonly message?: { readonly content?: string };
  readonly finish_reason?: string | null;
}

function isError(body: string): boolean {
  const value = parsedObject(body) as { error?: { code?: unknown; message?: unknown } } | null;
  return typeof value?.error?.message === "string" && typeof value.error.code === "string";
}

function wholeFate(body: string, text: string): Fate {
  const value = parsedObject(body) as { choices?: readonly Choice[] } | null;
  if (value === null) return "garbled";
  return value.choices?.[0]?.message?.content === text && value.choices[0].finish_reason === "stop" ? "whole" : "short";
}

function streamFate(body: string, text: string): Fate {
  const data = [...body.matchAll(/^data: (.*)$/gm)].map(([, line = ""]) => line);
  const chunks = data.filter((line) => line !== "[DONE]").map(parsedObject);
  if (chunks.includes(null)) return "garbled";
  const choices = chunks.flatMap((chunk) => (chunk as { choices?: readonly Choice[] }).choices ?? []);
  const said = choices.map(({ delta }) => delta?.content ?? "").join("");
  const failed = chunks.some((chunk) => chunk !== null && "error" in (chunk as object));
  // what was delivered before an error must be the beginning of the answer all the same
  if (!text.startsWith(said)) return "garbled";
  const ended = data.at(-1) === "[DONE]";
  if (failed) return ended ? "garbled" : "error event";
  const finishes = choices.filter(({ finish_reason: reason }) => reason === "stop").length;
  return said === text && ended && finishes === 1 ? "whole" : "short";
}
