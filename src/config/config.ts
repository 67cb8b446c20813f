import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { gridSources } from "../grid/index.ts";
import type { GridSource } from "../grid/source.ts";
import { policies } from "../policies/index.ts";
import type { PolicyModule } from "../policies/policy.ts";
import { providers } from "../providers/index.ts";
import { strategies } from "../routing/index.ts";
import { carbon } from "../schema/config/carbon.ts";
import { consumer, ROUTING_WORDS } from "../schema/config/consumers.ts";
import { modelGroup } from "../schema/config/groups.ts";
import { Budgets, GlobalRateLimit, IpRateLimit, TokenRateLimit, UserRateLimit } from "../schema/config/limits.ts";
import { Pack } from "../schema/config/pack.ts";
import { Receipts } from "../schema/config/receipts.ts";
import { Regions } from "../schema/config/regions.ts";
import { CircuitBreaker, Fallback, Retry, Routing } from "../schema/config/resilience.ts";
import { Server, SizeLimits, Store, Telemetry } from "../schema/config/server.ts";
import { FOREIGN_TARGET_KEYS, TargetSchema } from "../schema/config/target.ts";
import { Testing } from "../schema/config/testing.ts";
import { seconds } from "../schema/config/values.ts";
import { Closed, oneOf } from "../schema/shapes.ts";

/** Names of the registered policy kinds. */
export type PolicyName = keyof typeof policies;
/** Names of the registered providers. */
export type ProviderName = keyof typeof providers;

const namesOf = <Key extends string>(registry: Readonly<Record<Key, unknown>>) => Object.keys(registry) as Key[];

const policyModules: readonly PolicyModule[] = Object.values(policies);
const strategyName = (options: Record<string, unknown>) => oneOf(namesOf(strategies), options);

/** Whether a verdict is enforced or only recorded. Every policy takes it beside its own options. */
export const PolicyMode = oneOf(["enforce", "monitor"], {
  default: "enforce",
  description: "monitor records the verdict it would have given and lets everything pass",
});
export type PolicyMode = Static<typeof PolicyMode>;

/** The settings of one policy kind: its module's own options, and `mode` where the module does not declare one. */
const settingsOf = (module: PolicyModule): TSchema =>
  Closed(
    { mode: PolicyMode, ...(module.options["properties"] as Record<string, TSchema>) },
    { description: `Settings of ${module.name}` },
  );

const PolicySettings = Type.Unsafe<Readonly<Record<string, PolicySettings>>>(
  Closed(Object.fromEntries(policyModules.map((module) => [module.name, Type.Optional(settingsOf(module))])), {
    default: {},
    unknownCode: "E001",
    description: "Settings of policies, by kind",
  }),
);

const Target = Closed(
  {
    ...TargetSchema.properties,
    provider_type: oneOf(namesOf(providers), {
      derived: "the provider of that name; openai-compatible for a name of one's own with a base_url",
      description: "Which provider file is used",
    }),
  },
  { foreignKeys: FOREIGN_TARGET_KEYS },
);

const Providers = Closed(
  {
    strategy: strategyName({
      derived: "default_path where a target has a region, else single with one target and fallback with several",
      description: "How targets are ordered where neither a group nor a consumer says otherwise",
    }),
    routing: Routing,
    total_timeout_seconds: seconds({
      maximum: 172_800,
      derived: "twice the largest timeout_seconds or stream_timeout_seconds",
      description: "Deadline of a whole request, all attempts together",
    }),
    fallback: Fallback,
    retry: Retry,
    circuit_breaker: CircuitBreaker,
    targets: Type.Array(Target, { minItems: 1, description: "Whom requests can go to, in order" }),
  },
  { description: "Targets, and how a request finds one" },
);

const chainOf = (options: Record<string, unknown>) =>
  Type.Array(oneOf(namesOf(policies), { unknownCode: "E001" }), {
    description: "Policy kinds in the order they run",
    ...options,
  });

const Policies = Closed(
  {
    chain: chainOf({ default: [] }),
    escalation_ttl_minutes: Type.Integer({
      minimum: 1,
      maximum: 10_080,
      default: 60,
      description: "How long the caller may send a request that a person has approved once more",
    }),
  },
  { default: {}, description: "The chain of policies, and persons who decide" },
);

const Consumer = consumer({
  chain: chainOf({ description: "Policy kinds in the order they run, in place of policies.chain" }),
  routing: oneOf([...namesOf(strategies), ...ROUTING_WORDS], {
    description: "Strategy for this consumer's requests; standard: the gateway's own, and never carbon-aware",
  }),
});

const ModelGroup = modelGroup({
  strategy: strategyName({ description: "How its targets are ordered, in place of providers.strategy" }),
  chain: chainOf({ description: "Policy kinds in the order they run, in place of policies.chain" }),
});

const gridSourceList: readonly GridSource[] = Object.values(gridSources);

/** Keys that only some sources have, without their defaults: another source must not seem to have them. */
const gridSourceKeys: Readonly<Record<string, TSchema>> = Object.fromEntries(
  gridSourceList.flatMap(({ options }) =>
    Object.entries(options).map(([key, { default: _, ...schema }]) => [key, schema as TSchema]),
  ),
);

const Carbon = carbon({
  source: oneOf(namesOf(gridSources), { description: "Which source" }),
  own: gridSourceKeys,
});

/**
 * The shape of a configuration as it is after loading: aliases resolved, shorthand split, defaults filled in. Derived
 * from the registries, so a new policy, provider or strategy is in it by its registry line.
 */
export const ConfigSchema = Closed({
  pack: Pack,
  policies: Policies,
  policy: PolicySettings,
  providers: Providers,
  model_groups: Type.Array(ModelGroup, { default: [], description: "Several targets behind one name" }),
  regions: Regions,
  carbon: Carbon,
  receipts: Receipts,
  consumers: Type.Optional(Type.Array(Consumer, { minItems: 1, description: "Who may call, by key" })),
  global_rate_limit: Type.Optional(GlobalRateLimit),
  ip_rate_limit: Type.Optional(IpRateLimit),
  user_rate_limit: Type.Optional(UserRateLimit),
  token_rate_limit: Type.Optional(TokenRateLimit),
  budgets: Type.Optional(Budgets),
  size_limits: SizeLimits,
  server: Server,
  store: Store,
  telemetry: Telemetry,
  testing: Type.Optional(Testing),
});

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** Settings of one policy with its defaults filled in. Present for every kind of the chain. */
export type PolicySettings = { readonly [option: string]: unknown; readonly mode: PolicyMode };

/** A loaded configuration, frozen to the bottom. Keys are those of the YAML document. */
export type Config = DeepReadonly<Static<typeof ConfigSchema>>;

/** One target of {@link Config}. */
export type TargetConfig = Config["providers"]["targets"][number];

/** One consumer of {@link Config}. */
export type ConsumerConfig = NonNullable<Config["consumers"]>[number];

/** One model group of {@link Config}. */
export type ModelGroupConfig = Config["model_groups"][number];
