import { type Static, Type } from "@sinclair/typebox";
import { ENTITIES, entitiesNamed, entityName, recognisersOf } from "../detect/entities.ts";
import type { Replacer } from "../detect/filter/replacing.ts";
import { type RuleSet, type RulesInSteps, rulesOf, sharedRuleSet } from "../detect/scan/rules.ts";
import type { RequestContext } from "../lib/context.ts";
import { nearest } from "../lib/nearest.ts";
import { Closed, oneOf } from "../schema/shapes.ts";
import { markersOf, Redaction } from "./pii/markers.ts";
import { PLACEHOLDER, vaultOf } from "./pii/vault.ts";
import type { PolicyModule } from "./policy.ts";
import { OwnPatterns, patternFaults, patternNames, patternRules } from "./texts/own-patterns.ts";
import { type Handling, textPolicy } from "./texts/text-policy.ts";

const Options = Closed({
  action: oneOf(["redact", "block", "tokenize"], {
    default: "redact",
    description:
      "redact: a marker in its place; block: 409; tokenize: the model sees a placeholder, and the answer gets the value back",
  }),
  entities: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: "What is looked for, by entity (EMAIL), group (NATIONAL_ID) or all; all but health where absent",
    }),
  ),
  healthcare_mode: Type.Boolean({ default: false, description: "Health records' numbers and their like too" }),
  pci_mode: Type.Optional(
    Type.Boolean({
      description: "Payment cards and their codes: true adds them to `entities`, false leaves them out; default true",
    }),
  ),
  detect_patterns: OwnPatterns,
  redaction: Redaction,
  apply_to: oneOf(["both", "input", "output"], {
    default: "both",
    description: "Requests, answers, or both",
  }),
});
type PiiOptions = Static<typeof Options>;

const REASONS = { redacted: "pii.redacted", blocked: "pii.blocked" };
/** What the card industry's standard is about. Account numbers are not. */
const CARD_DATA = ["CREDIT_CARD", "CVV", "CARD_EXPIRY"];
/** Numbers of the insured: a person's as much as a record's, so they are looked for without `healthcare_mode` too. */
const INSURED = ["DE_KVNR", "UK_NHS"];
/** What a pattern without a name is called. */
const UNNAMED = "CUSTOM";

/** Finds personal data and secrets in requests and answers, and takes them out, refuses them, or puts placeholders there. */
export const piiDetector: PolicyModule<"pii-detector", typeof Options> = {
  name: "pii-detector",
  summary: "Finds personal data and secrets, and takes them out, puts placeholders in, or stops the request",
  phases: ["input", "output"],
  scans: true,
  options: Options,
  check(options) {
    const own = patternNames(options.detect_patterns, UNNAMED);
    const unknown = (path: readonly string[], name: string) => {
      if (entitiesNamed(name).length > 0 || own.has(entityName(name))) return [];
      const message = `${JSON.stringify(name)} is no entity: known are ${ENTITIES.join(", ")}`;
      return [{ path, message, suggestion: nearest(entityName(name), ENTITIES) }];
    };
    const lonely = options.action === "tokenize" && options.apply_to === "output";
    const message = "output has no meaning beside action: tokenize, which puts placeholders into requests: write both";
    return [
      ...(lonely ? [{ path: ["apply_to"], message }] : []),
      ...(options.entities ?? []).flatMap((name, index) => unknown(["entities", String(index)], name)),
      ...Object.keys(options.redaction.custom_markers).flatMap((name) =>
        unknown(["redaction", "custom_markers", name], name),
      ),
      ...patternFaults(options.detect_patterns),
    ];
  },
  effects({ apply_to }) {
    // what tokenize does to an answer there is only to give values back
    if (apply_to === "input") return { answer: "none", stream: "none", tool_call: "none" };
    return {};
  },
  create(options, services) {
    const { action, entities, healthcare_mode, pci_mode, detect_patterns } = options;
    const key = JSON.stringify([
      "pii-detector",
      action === "tokenize",
      entities,
      healthcare_mode,
      pci_mode,
      detect_patterns,
    ]);
    const set = sharedRuleSet(key, () => rulesInSteps(options));
    const markers = markersOf(options.redaction, customMarkers(options));
    const marking = (found: (entity: string) => void): Replacer => ({
      replace(rule, value) {
        found(rule.entity);
        return markers.mark(rule, value);
      },
      rest: markers.rest,
    });
    const block = action === "block";
    const plain: Handling = { set, block, replacer: (_context, found) => marking(found) };
    const handling: Handlings =
      action === "tokenize" ? tokenizing(set, marking) : { input: plain, output: plain, always: null };
    return textPolicy({
      reasons: REASONS,
      what: "personal data",
      clock: services.clock,
      input: options.apply_to === "output" ? null : handling.input,
      output: options.apply_to === "input" ? handling.always : handling.output,
    });
  },
};

interface Handlings {
  readonly input: Handling;
  readonly output: Handling;
  /** What an answer must have done to it although answers are not looked at. */
  readonly always: Handling | null;
}

/** Placeholders for what requests hold; in answers they become values again, and personal data of the model's own is marked. */
function tokenizing(all: RuleSet, marking: (found: (entity: string) => void) => Replacer): Handlings {
  const restoring = (context: RequestContext, otherwise: Replacer): Replacer => ({
    replace(rule, value) {
      if (rule === PLACEHOLDER) return vaultOf(context).value(value);
      // together with a member's name what was given back is found once more
      return rule.fromNames === true && vaultOf(context).gave(value) ? value : otherwise.replace(rule, value);
    },
    rest: otherwise.rest,
  });
  const placing = (context: RequestContext, found: (entity: string) => void): Replacer["replace"] => {
    const vault = vaultOf(context);
    return (rule, value) => {
      if (rule !== PLACEHOLDER) found(rule.entity);
      return vault.placeholder(rule, value);
    };
  };
  return {
    input: {
      set: all,
      block: false,
      replacer(context, found) {
        const place = placing(context, found);
        return { replace: place, rest: place };
      },
    },
    output: { set: all, block: false, replacer: (context, found) => restoring(context, marking(found)) },
    always: {
      set: sharedRuleSet("placeholders", () => [PLACEHOLDER]),
      block: false,
      replacer: (context) => restoring(context, { replace: (_rule, value) => value, rest: (_rule, value) => value }),
    },
  };
}

function* rulesInSteps(options: PiiOptions): RulesInSteps {
  const wanted = new Set(options.entities?.flatMap(entitiesNamed) ?? ENTITIES);
  const health = entitiesNamed("HEALTH");
  if (options.healthcare_mode) for (const entity of [...health, ...INSURED]) wanted.add(entity);
  else if (options.entities === undefined) for (const entity of health) wanted.delete(entity);
  const cards = CARD_DATA.filter((entity) => ENTITIES.includes(entity));
  if (options.pci_mode === true) for (const entity of cards) wanted.add(entity);
  else if (options.pci_mode === false && options.entities === undefined) {
    for (const entity of cards) wanted.delete(entity);
  }
  yield* patternRules(options.detect_patterns, UNNAMED);
  yield* rulesOf(recognisersOf(wanted));
  if (options.action === "tokenize") yield PLACEHOLDER;
}

function customMarkers({ redaction }: PiiOptions): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(redaction.custom_markers).flatMap(([name, marker]) => {
      const known = entitiesNamed(name);
      return (known.length > 0 ? known : [entityName(name)]).map((entity) => [entity, marker] as const);
    }),
  );
}
