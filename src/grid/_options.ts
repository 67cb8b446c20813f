import { oneOf } from "../schema/shapes.ts";

/** Which factors a mix is counted with. */
export const BASIS = oneOf(["lifecycle", "direct"], {
  default: "lifecycle",
  description: "Whether building, fuel and dismantling are counted, or the plants alone",
});

/** Of what a zone makes, or of what it uses. */
export const ACCOUNTING = oneOf(["production", "consumption"], {
  default: "production",
  description: "Of what the zone makes, or of what it uses",
});

/** The pattern of a moment in a configuration: an ISO 8601 date-time that says its zone. */
export const MOMENT = "^\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:?\\d\\d)$";
