import type { EscalationDesk, RequestContext, RequestEscalation, Services } from "../lib/context.ts";
import { GatewayError } from "../lib/errors.ts";
import type { Parsed } from "../lib/json/json.ts";
import { oncePer } from "../lib/once.ts";
import { requestPlaces } from "../lib/places/extract.ts";
import { KEPT_UNITS, requestText } from "../policies/texts/kept-content.ts";
import { createChain } from "./chain/chain.ts";
import type { Chain, ChainRun } from "./chain/chain-api.ts";

/** A request that a policy may hold for a person. */
interface Asked {
  /** The body as it came, or with its texts where it came as token numbers. */
  readonly read: Parsed;
  readonly chain: Chain;
}

/**
 * Begins the walk of a request through its policies. First comes what a person has said about it: an approval is for the
 * identical request of the same caller, once.
 */
export async function startRun(
  services: Services,
  context: RequestContext & { escalation?: RequestEscalation },
  asked: Asked & { readonly blockStatus: number | undefined },
): Promise<ChainRun> {
  const escalation = escalationOf(services, context, asked);
  if (escalation !== undefined) context.escalation = escalation instanceof Promise ? await escalation : escalation;
  return asked.chain.start(context, asked.blockStatus);
}

function escalationOf(
  { escalations: desk, digest }: Services,
  context: RequestContext,
  asked: Asked,
): RequestEscalation | undefined | Promise<RequestEscalation> {
  if (desk === undefined || digest === undefined) return undefined;
  const key = (): string => digest(JSON.stringify([context.consumer, context.endpoint, asked.read.source]));
  const made = (isApproved: boolean): RequestEscalation => ({
    isApproved,
    held: (error, told = false) =>
      isEscalation(error) ? hold(error, { desk, context, asked, key: key(), told }) : error,
  });
  if (!desk.isOpen) return made(false);
  return Promise.resolve(desk.claim(key())).then(made);
}

function isEscalation(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === "escalation_required";
}

interface Holding {
  readonly desk: EscalationDesk;
  readonly context: RequestContext;
  readonly asked: Asked;
  readonly key: string;
  readonly told: boolean;
}

/** Keeps the request waiting; the error names the id. Where it cannot be kept, nobody will ever see it: said in the log. */
async function hold(error: GatewayError, { desk, context, asked, key, told }: Holding): Promise<GatewayError> {
  const { extra } = error.details;
  const text = (member: string): string => (typeof extra?.[member] === "string" ? extra[member] : "");
  const model = asked.read.value["model"];
  try {
    const item = {
      id: text("escalation_id"),
      key,
      at: context.receivedAtMs,
      request: context.id,
      endpoint: context.endpoint,
      model: typeof model === "string" ? model : null,
      consumer: context.consumer,
      policy: text("policy"),
      reason_code: text("reason_code"),
      message: error.message,
      text: await reviewText(asked, context),
    };
    const id = await desk.hold(item, told);
    return new GatewayError(error.code, error.message, { ...error.details, extra: { ...extra, escalation_id: id } });
  } catch (err) {
    context.log.error({ request_id: context.id, err }, "a request that waits for a person could not be kept");
    return error;
  }
}

/**
 * The request's texts as its chain's policies about values leave them; null where they are not to be kept, or hold what
 * one of these blocks.
 */
async function reviewText({ read, chain }: Asked, context: RequestContext): Promise<string | null> {
  const reviewer = reviewerOf(chain);
  if (reviewer === null) return null;
  try {
    const parsed = await reviewer.start(context).request(read);
    return requestText(requestPlaces(context.endpoint, parsed.value)).slice(0, KEPT_UNITS).toWellFormed();
  } catch {
    // what must not go to an upstream is not kept either
    return null;
  }
}

/** The chain that only looks for values that nobody may see, beside another; null where nothing is to be kept. */
const reviewerOf = oncePer(({ options }: Chain): Chain | null => {
  const policies = options.policies.filter(({ scans, mode }) => scans === true && mode === "enforce");
  const keeps = options.policies.some(({ keepsText }) => keepsText === true);
  return keeps ? createChain({ ...options, policies, failMode: "block" }) : null;
});
