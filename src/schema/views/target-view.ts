import { type Static, Type } from "@sinclair/typebox";
import { Closed, nullable, nullableNumber, oneOf } from "../shapes.ts";

const text = nullable(Type.String());

const Breaker = Closed({
  state: oneOf(["closed", "open", "half_open", "off"], { description: "off: the configuration has none" }),
  since: nullableNumber("epoch milliseconds; null: it has never been in another state"),
  half_open_at: nullableNumber("epoch milliseconds; null unless it is open"),
  consecutive_failures: Type.Integer(),
  resting_until: nullableNumber("epoch milliseconds until which it is left alone after a 429"),
  history: Type.Readonly(
    Type.Array(Closed({ at: Type.Number(), from: Type.String(), to: Type.String(), reason: Type.String() }), {
      description: "its latest changes of state, newest first",
    }),
  ),
});

const Probe = Closed({
  state: oneOf(["unknown", "healthy", "unhealthy"], { description: "unknown until the first is over" }),
  since: nullableNumber("epoch milliseconds; null: no probe is over"),
  consecutive_failures: Type.Integer(),
  last_error: nullable(Type.String(), { description: "why the last one that failed did so" }),
  latency_ms: nullableNumber("of the last probe"),
  checked_at: nullableNumber("epoch milliseconds"),
});

/** A target as `/api/targets`, `/health` and `weir doctor` show it. */
export const TargetView = Closed({
  id: Type.String(),
  provider: Type.String(),
  model: Type.String(),
  models: Type.Readonly(Type.Array(Type.String())),
  description: text,
  base_url: text,
  region: text,
  available: Type.Boolean(),
  reason: nullable(Type.String(), {
    description: "why it is not available (secret missing, probe unhealthy, breaker open, resting, …); null when it is",
  }),
  in_flight: Type.Integer(),
  max_in_flight: nullable(Type.Integer(), { description: "null: any number" }),
  saturation: nullableNumber("share of max_in_flight that is taken; null without a limit"),
  requests: Type.Integer(),
  failures: Type.Integer(),
  speed: Closed(
    {
      answer_ms: nullableNumber("chats: to the whole answer"),
      first_token_ms: nullableNumber("chats: to the first token of a stream"),
      tokens_per_second: nullableNumber("of chats"),
    },
    { description: "of late (providers.routing.window_seconds), newer answers counting more; null: nothing was seen" },
  ),
  last_error: text,
  last_success_at: nullableNumber("epoch milliseconds; null: none yet"),
  breaker: Breaker,
  probe: nullable(Probe, { description: "what its health probes say; null: it has none" }),
});
export type TargetView = Static<typeof TargetView>;
