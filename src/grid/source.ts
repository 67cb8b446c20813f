import type { TSchema } from "@sinclair/typebox";
import type { Average, GridSignal } from "../carbon/signals.ts";
import type { Clock } from "../lib/clock.ts";
import type { GatewayError } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";

/** What a source is asked for. */
export interface GridQuery {
  /** Zones as regions name them: `FR`, `SE-SE3`. */
  readonly zones: readonly string[];
  /** Without a slash at its end; empty for a source that asks nobody. */
  readonly baseUrl: string;
  /** Null where none is configured. */
  readonly key: Secret | null;
  /** The source's own keys, as configured and with their defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of the catalogue's regions, by zone. */
  readonly averages: ReadonlyMap<string, Average>;
}

/** What a source may touch of the outside. */
export interface GridServices {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** Aborted when the source is no longer wanted. */
  readonly signal: AbortSignal;
  /** Resolves when the next request to this host may go out: so many milliseconds after the one before. */
  pace(host: string, spacingMs: number): Promise<void>;
}

/** Why there is nothing for one zone. The message names the source and holds no key and no address but the host. */
export interface ZoneFault {
  readonly zone: string;
  readonly error: GatewayError;
}

/** What came of one round. A zone that is in neither list has no data, which is no fault. */
export interface GridReading {
  readonly signals: readonly GridSignal[];
  readonly faults: readonly ZoneFault[];
}

/** One grid-intensity source: one file, one line in `index.ts`. */
export interface GridSource<Name extends string = string> {
  readonly name: Name;
  /** One line for the documentation. */
  readonly summary: string;
  /** Its own keys beside the common ones (`properties` of a closed object). */
  readonly options: Readonly<Record<string, TSchema>>;
  /** Null for a source that asks nobody. */
  readonly baseUrl: string | null;
  /** Whether the service wants a key; one's own `base_url` may do without. */
  readonly needsKey: boolean;
  /** The zones it knows; null: any. */
  readonly zones: readonly string[] | null;
  /**
   * Asks for every zone. Rejects with GatewayError where nothing at all could be had; faults of single zones stand in
   * the reading.
   */
  read(query: GridQuery, services: GridServices): Promise<GridReading>;
}
