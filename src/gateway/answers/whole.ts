import type { Parsed } from "../../lib/json/json.ts";
import { completeForMistral, mistralAnswer } from "../../providers/index.ts";
import type { TokenUsage } from "../../schema/event.ts";
import { noteUnwanted } from "../attempts/again.ts";
import type { WholeReply } from "../attempts/ask-target.ts";
import { wholeUsage } from "../attempts/whole-answer.ts";
import { ridersOf, withRiders } from "../carbon/riders.ts";
import { finishReasonsOf } from "../record.ts";
import { addUsage, usageBlock } from "../usage.ts";
import type { Finish } from "./finish.ts";
import { answerHeaders, tellCost } from "./headers.ts";

/** A whole answer: output policies, headers, record. Throws `output_blocked` and what else a policy throws. */
export function answerWhole(reply: WholeReply, finish: Finish): Response | Promise<Response> {
  const { entry, parsed } = reply;
  const { record, run } = finish;
  const usage = wholeUsage(parsed.value, reply.promptBytes);
  const all = addUsage(record.unwanted, usage);
  entry.end({ status: entry.record.status, outcome: "ok", usage });
  record.target = entry.target.id;
  const { model } = parsed.value;
  record.answeredModel = typeof model === "string" ? model : null;
  record.finishReasons = finishReasonsOf(parsed.value);
  const send = ({ source, value }: Parsed): Response => {
    if (value !== parsed.value) record.finishReasons = finishReasonsOf(value);
    const headers = answerHeaders(finish, "application/json", entry.target);
    tellCost(record, headers);
    const riders = ridersOf(record, { own: usage, all, given: { whole: value } });
    // one that could not be made is nowhere to be found
    if (record.receipt?.made == null) delete headers["x-weir-receipt-id"];
    const text = reply.dialect === "openai" ? source : formForMistral({ source, value }, { reply, finish, usage });
    const response = new Response(withRiders(text, riders), { headers });
    finish.settle({ status: 200, outcome: "ok", usage: all });
    return response;
  };
  if (!run.readsAnswers) return send(parsed);
  return Promise.resolve(run.answer(parsed)).then((inspected) =>
    inspected.action === "pass" ? send(inspected.parsed) : replaceWhole(reply, finish, send),
  );
}

/** A whole answer as Mistral's own clients read it. */
function formForMistral(
  answer: Parsed,
  { reply, finish, usage }: { reply: WholeReply; finish: Finish; usage: TokenUsage },
): string {
  const { context, clock } = finish;
  const source = completeForMistral(answer, {
    id: context.id,
    created: Math.floor(clock.now() / 1000),
    model: reply.entry.record.model,
    usage: () =>
      usageBlock({
        ...usage,
        prompt_tokens: usage.prompt_tokens ?? 0,
        completion_tokens: usage.completion_tokens ?? 0,
      }),
  });
  return reply.dialect === "mistral-plain" ? mistralAnswer({ source, value: answer.value }) : source;
}

/** Another target's answer in place of one that a policy does not want; where nobody gives one, it is what there is. */
async function replaceWhole(
  { entry, parsed }: WholeReply,
  finish: Finish,
  send: (parsed: Parsed) => Response,
): Promise<Response> {
  const other = await finish.again(entry.target);
  if (other?.kind !== "whole") return send((await finish.run.answer(parsed)).parsed);
  noteUnwanted(finish.run.records, entry.target);
  finish.record.unwanted = entry.record.usage;
  return answerWhole(other, finish);
}
