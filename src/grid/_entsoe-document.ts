import type { QualifiedTag, SAXParser, Tag } from "sax";
import { MINUTE_MS } from "../lib/durations.ts";
import { nextTurn } from "../lib/pause.ts";
import type { Writable } from "../lib/writable.ts";
import { instantOf, numberOf } from "./_values.ts";

/** One series of points: what one type of plant made, or used. */
export interface EntsoeSeries {
  /** `B01` to `B25`; null where the series is of no type of plant (load, forecasts). */
  readonly psrType: string | null;
  /** It stands at the border outwards: power that plants use, as pumps do. */
  readonly isConsumption: boolean;
  /** `A01`: every position is there; `A03`: a position that is left out repeats the one before. */
  readonly curveType: string;
  readonly unit: string;
  readonly periods: readonly EntsoePeriod[];
}

/** Positions count from 1 at the start of a period. */
export interface EntsoePeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly points: ReadonlyMap<number, number>;
}

/** A document as it came. */
export interface EntsoeDocument {
  /** `GL_MarketDocument` or `Acknowledgement_MarketDocument`. */
  readonly root: string;
  /** `A75` for generation by type. */
  readonly type: string | null;
  readonly series: readonly EntsoeSeries[];
  /** Why there is no data: of an acknowledgement. */
  readonly reason: { readonly code: string; readonly text: string } | null;
}

/** Points of one document: a month of quarters of an hour for fifteen types would be 45,000. */
const MAX_POINTS = 100_000;
/** Elements within elements: documents have seven. */
const MAX_DEPTH = 32;
/** How much text is parsed before others get their turn: about a millisecond. */
const SLICE = 8_192;

/**
 * Reads a document piece by piece and lets others have the loop in between. Rejects with an Error, in words without
 * content, for what is no XML, is cut, or is larger than any answer can be.
 */
export async function readDocument(pieces: AsyncIterable<string>): Promise<EntsoeDocument> {
  // a gateway that asks no such source never loads the parser
  const { parser } = await import("sax");
  const reader = new DocumentReader(parser(true, { trim: true, position: false }));
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += SLICE) {
      reader.write(piece.slice(at, at + SLICE));
      await nextTurn();
    }
  return reader.end();
}

type Draft = Writable<EntsoeSeries> & { periods: EntsoePeriod[] };
type PeriodDraft = { from: number | null; to: number | null; step: number | null; points: Map<number, number> };

class DocumentReader {
  readonly #parser: SAXParser;
  readonly #path: string[] = [];
  readonly #series: EntsoeSeries[] = [];
  #root = "";
  #type: string | null = null;
  #reason: { code: string; text: string } | null = null;
  #text = "";
  #points = 0;
  #draft: Draft | null = null;
  #period: PeriodDraft | null = null;
  #point: { position: number | null; quantity: number | null } | null = null;

  constructor(parser: SAXParser) {
    this.#parser = parser;
    this.#parser.onopentag = (tag: Tag | QualifiedTag) => this.#open(localName(tag.name));
    this.#parser.ontext = (text: string) => (this.#text += text);
    this.#parser.oncdata = (text: string) => (this.#text += text);
    this.#parser.onclosetag = (name: string) => this.#close(localName(name));
    this.#parser.onerror = () => {
      throw new Error("it is no well-formed XML");
    };
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  end(): EntsoeDocument {
    this.#parser.close();
    if (this.#root === "" || this.#path.length > 0) throw new Error("it is no whole XML document");
    return { root: this.#root, type: this.#type, series: this.#series, reason: this.#reason };
  }

  #open(name: string): void {
    if (this.#path.length === 0) {
      if (this.#root !== "") throw new Error("it has more than one root");
      this.#root = name;
    }
    if (this.#path.push(name) > MAX_DEPTH) throw new Error("its elements are nested too deep");
    this.#text = "";
    if (name === "TimeSeries")
      this.#draft = { psrType: null, isConsumption: false, curveType: "A01", unit: "", periods: [] };
    else if (name === "Period") this.#period = { from: null, to: null, step: null, points: new Map() };
    else if (name === "Point") this.#point = { position: null, quantity: null };
    else if (name === "Reason" && this.#path.length === 2) this.#reason = { code: "", text: "" };
    else if (name === "outBiddingZone_Domain.mRID" && this.#draft !== null) this.#draft.isConsumption = true;
  }

  #close(name: string): void {
    this.#path.pop();
    const text = this.#text;
    this.#text = "";
    if (this.#point !== null) this.#inPoint(name, text);
    else if (this.#period !== null) this.#inPeriod(name, text);
    else if (this.#draft !== null) this.#inSeries(name, text);
    else if (name === "type" && this.#path.length === 1) this.#type = text;
    else if (this.#reason !== null && this.#path.at(-1) === "Reason") {
      if (name === "code") this.#reason.code = text;
      else if (name === "text") this.#reason.text = text;
    }
  }

  #inPoint(name: string, text: string): void {
    const point = this.#point!;
    if (name === "position") point.position = numberOf(text);
    else if (name === "quantity") point.quantity = numberOf(text);
    else if (name === "Point") {
      if (++this.#points > MAX_POINTS) throw new Error(`it has more than ${MAX_POINTS} points`);
      const { position, quantity } = point;
      if (position !== null && Number.isInteger(position) && position > 0 && quantity !== null)
        this.#period?.points.set(position, quantity);
      this.#point = null;
    }
  }

  #inPeriod(name: string, text: string): void {
    const period = this.#period!;
    if (name === "start") period.from = instantOf(text);
    else if (name === "end") period.to = instantOf(text);
    else if (name === "resolution") period.step = durationOf(text);
    else if (name === "Period") {
      const { from, to, step, points } = period;
      if (from !== null && to !== null && step !== null && to > from)
        this.#draft?.periods.push({ fromMs: from, toMs: to, stepMs: step, points });
      this.#period = null;
    }
  }

  #inSeries(name: string, text: string): void {
    const draft = this.#draft!;
    if (name === "psrType") draft.psrType = text;
    else if (name === "curveType") draft.curveType = text;
    else if (name === "quantity_Measure_Unit.name") draft.unit = text;
    else if (name === "TimeSeries") {
      this.#series.push(draft);
      this.#draft = null;
    }
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/**
 * Milliseconds of `PT15M`, `PT60M`, `PT1H`; null for all else, days and months among them: those are no intervals of
 * generation.
 */
function durationOf(text: string): number | null {
  const parts = /^PT(?:(\d{1,2})H)?(?:(\d{1,4})M)?$/.exec(text);
  if (parts === null) return null;
  const minutes = Number(parts[1] ?? 0) * 60 + Number(parts[2] ?? 0);
  return minutes > 0 ? minutes * MINUTE_MS : null;
}
