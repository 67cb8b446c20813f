import { Type } from "@sinclair/typebox";
import facts from "../../../config/regions.json" with { type: "json" };
import { Closed } from "../shapes.ts";
import { milliseconds } from "./values.ts";

/** ISO 3166-1 codes of the countries of the EU (27) and of the EEA besides (Iceland, Liechtenstein, Norway). */
export const EU_AND_EEA: readonly string[] =
  "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(" ");

const country = (description: string) =>
  Type.String({ pattern: "^[A-Z]{2}$", expects: "two capital letters (ISO 3166-1): FR, SE, …", description });

/** The code of a region: it goes out in headers. */
export const regionCode = (description: string) =>
  Type.String({ pattern: "^[!-+.-~-]{1,100}$", expects: "a region code such as scaleway-par-1", description });

/** Network round trip (p95) that carbon-aware routing may take up. */
export const latencyBudget = (description: string) =>
  Type.Number({
    exclusiveMinimum: 0,
    maximum: 3_600_000,
    expects: "milliseconds above 0, at most an hour",
    description,
  });

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 2000, description }));

/** What a configuration says of one region: over what is built in, or all there is of a new one. */
const RegionEntry = Closed({
  code: regionCode("Which region; one that is built in keeps what is not said here"),
  provider: text("Who runs it"),
  location: text("Where it is"),
  country: Type.Optional(country("Country it lies in; a region that is not built in needs one")),
  grid_zone: text("Zone of the electricity grid"),
  annual_gco2_per_kwh: Type.Optional(
    Type.Number({ minimum: 0, maximum: 5000, description: "Annual average of the grid; receipts fall back to it" }),
  ),
  latency_ms: Type.Optional(
    Closed(
      {
        p50: milliseconds({ description: "Median" }),
        p95: milliseconds({ description: "95th percentile" }),
      },
      { description: "Network round trip" },
    ),
  ),
  inference: Type.Optional(Type.Boolean({ description: "Whether targets may stand there; default true" })),
  notes: text("For people"),
});

/** Where data may go, and in which order. */
export const Regions = Closed(
  {
    allow: Type.Array(country("A country"), {
      minItems: 1,
      default: [...EU_AND_EEA],
      description: "Countries that requests may go to, a hard wall; default: EU and EEA",
    }),
    default_path: Type.Array(regionCode("A region"), {
      default: [...facts.default_path],
      description: "Regions in the order in which they are asked where nothing else decides",
    }),
    catalogue: Type.Array(RegionEntry, { default: [], description: "Regions that are changed or added" }),
  },
  { default: {}, description: "Regions, residency and the default path" },
);
