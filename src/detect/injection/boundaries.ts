/**
 * Marks by which chat templates part turns. In a message they pretend that somebody else speaks: the system, or the model
 * itself.
 */

/** What kind of mark was found. */
export type Boundary =
  /** A control token of a template with a role or an order behind it: `<|im_start|>system`, `[INST]`, `<<SYS>>`. */
  | "control-token"
  /** A line that opens a turn: `### System:`, `Assistant:`, `{"role": "system"`, `=== END OF USER INPUT ===`. */
  | "fake-turn";

const CONTROL =
  /<\|(?:im_start|im_end|im_sep|system|user|assistant|developer|endoftext|begin_of_text|start_header_id|end_header_id|eot_id|eom_id|end|endofprompt|startoftext|channel|message|start)\|>|<(?:start|end)_of_turn>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\]|<<\/?SYS>>|<｜(?:User|Assistant|begin▁of▁sentence|end▁of▁sentence)｜>|<\/?s>(?=\s*\[)/gi;

/** A role's name or an order right behind the token, or a second token: how an attack uses them, and prose does not. */
const FOLLOWED = /^[\s>:]*(?:system|assistant|developer|user|ignore|you\b|now\b|new\b|<\||<<|\[)/i;

const TURN =
  /(?:^|\n)[ \t>*-]{0,8}(?:#{1,6} {0,2}|\*\*|\[|<\/?|={2,9} ?|-{3,9} ?)?(?:(?:new |real |updated |end of |begin |start of |admin |developer ){0,3}(?:system|assistant|developer|admin(?:istrator)?)(?: (?:prompt|message|instructions?|override|update|note|command|input|mode)){0,3})(?:\]|>|\*\*|={2,9}|-{3,9})?\s{0,2}(?::|>>|\]|>|={2}|-{3})/gi;

const JSON_ROLE = /["']role["']\s*:\s*["'](?:system|developer)["']/gi;

/** How often each kind of mark stands in a text. Inline code is left out for control tokens: there they are talked about. */
export function boundariesIn(text: string): Readonly<Record<Boundary, number>> {
  const found = { "control-token": 0, "fake-turn": 0 };
  if (/[<[]/.test(text)) {
    for (const match of text.matchAll(CONTROL)) {
      const end = match.index + match[0].length;
      if (text[match.index - 1] === "`" || text[end] === "`") continue;
      if (FOLLOWED.test(text.slice(end, end + 24))) found["control-token"]++;
    }
  }
  if (/system|assistant|developer|admin/i.test(text)) {
    for (const _ of text.matchAll(TURN)) found["fake-turn"]++;
    for (const _ of text.matchAll(JSON_ROLE)) found["fake-turn"]++;
  }
  return found;
}
