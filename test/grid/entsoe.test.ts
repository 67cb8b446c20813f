import { describe, expect, test } from "bun:test";
import { readDocument } from "../../src/grid/_entsoe-document.ts";
import { ENTSOE_AREAS } from "../../src/grid/_entsoe-zones.ts";
import { generationOf } from "../../src/grid/entsoe.ts";
import { EU_AND_EEA } from "../../src/schema/config/regions.ts";
import { failureOf } from "../support/failure-of.ts";
import { ask, askAt, hasRecorded, KEY, newest, recorded, serve } from "./served.ts";

interface Series {
  readonly type: string;
  readonly values: readonly (number | string | null)[];
  readonly curve?: "A01" | "A03";
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
  readonly isOut?: boolean;
  readonly unit?: string;
}

/**
 * A document of the shape of "Actual Generation per Production Type" (16.1.B&C) in the Transparency Platform's RESTful API
 * user guide, section 4.4.8; nulls are positions that are left out.
 */
function document(series: readonly Series[]): string {
  const body = series.map(
    (
      {
        type: psr,
        values,
        curve = "A01",
        from = "2026-05-19T10:00Z",
        to = "2026-05-19T11:00Z",
        step = "PT15M",
        ...rest
      },
      at,
    ) => `
  <TimeSeries>
    <mRID>${at + 1}</mRID>
    <${rest.isOut ? "out" : "in"}BiddingZone_Domain.mRID codingScheme="A01">10YFR-RTE------C</${rest.isOut ? "out" : "in"}BiddingZone_Domain.mRID>
    <quantity_Measure_Unit.name>${rest.unit ?? "MAW"}</quantity_Measure_Unit.name>
    <curveType>${curve}</curveType>
    <MktPSRType><psrType>${psr}</psrType></MktPSRType>
    <Period>
      <timeInterval><start>${from}</start><end>${to}</end></timeInterval>
      <resolution>${step}</resolution>
      ${values.map((value, at) => (value === null ? "" : `<Point><position>${at + 1}</position><quantity>${value}</quantity></Point>`)).join("\n      ")}
    </Period>
  </TimeSeries>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<GL_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0">
  <mRID>hand-made</mRID>
  <type>A75</type>
  <time_Period.timeInterval><start>2026-05-19T10:00Z</start><end>2026-05-19T11:00Z</end></time_Period.timeInterval>${body.join("")}
</GL_MarketDocument>`;
}

const AT = "2026-05-19T11:40:00Z";
const france = (series: readonly Series[], at = AT) => ask("entsoe", { reply: document(series), zones: ["FR"], at });
/** 12 g of nuclear and 490 g of gas. */
const grams = (nuclear: number, gas: number): number =>
  Number(((12 * nuclear + 490 * gas) / (nuclear + gas)).toFixed(4));

describe.skipIf(!hasRecorded)("recorded documents (skipped only where ../shared/data is missing)", () => {
  interface Case {
    file: string;
    createdDateTime: string;
    gco2e_per_kwh: number;
    points_total: number;
    latest_complete_interval_start: string;
    latest_complete_interval_end: string;
    mw: Record<string, number>;
    first_interval: { start: string; mw: Record<string, number> };
  }
  const cases = (JSON.parse(hasRecorded ? recorded("entsoe_a75_expected.json") : '{"cases":[]}') as { cases: Case[] })
    .cases;

  test.each(cases)("$file gives the expected digits", async (expected) => {
    const zone = expected.file.includes("FI_") ? "FI" : "BE";
    const outcome = await ask("entsoe", {
      reply: recorded(expected.file),
      zones: [zone],
      at: expected.createdDateTime,
    });
    expect(newest(outcome)).toEqual({
      zone,
      grams: expected.gco2e_per_kwh,
      kind: "measured",
      basis: "lifecycle",
      accounting: "production",
      from: new Date(expected.latest_complete_interval_start).toISOString(),
      observed: new Date(expected.latest_complete_interval_end).toISOString(),
    });
    expect(outcome.signals).toHaveLength(expected.points_total);
  });

  test.each(cases)("$file is read to the megawatt", async (expected) => {
    const text = recorded(expected.file);
    const intervals = generationOf(
      await readDocument(
        (async function* () {
          yield text;
        })(),
      ),
    );
    const at = (start: string) => {
      const found = intervals.find(({ fromMs }) => fromMs === Date.parse(start));
      return Object.fromEntries(found?.byType ?? []);
    };
    const made = (mw: Record<string, number>) =>
      Object.fromEntries(Object.entries(mw).filter(([type]) => type !== "B10" && type !== "B25"));
    expect(at(expected.first_interval.start)).toEqual(made(expected.first_interval.mw));
    expect(at(expected.latest_complete_interval_start)).toEqual(made(expected.mw));
  });

  test("a curve of type A03 repeats what it leaves out, up to the end of its period", async () => {
    const text = `<GL_MarketDocument>${recorded("recorded/entsoe/fake_time_series.xml")}</GL_MarketDocument>`;
    const intervals = generationOf(
      await readDocument(
        (async function* () {
          yield text;
        })(),
      ),
    );
    expect(intervals).toHaveLength(71);
    const values = intervals.slice(0, 13).map(({ byType }) => byType.get("B04"));
    expect(values).toEqual([0.9, 0.7, 0.6, 0.4, 0.4, 0.5, 0.4, 0.4, 0.4, 0.3, 0.2, 0.2, 0.1]);
  });

  test.each(["recorded/entsoe/DK-DK1_consumption.xml", "recorded/entsoe/SE-SE3_generation_forecast.xml"])(
    "%s is no generation by type",
    async (file) => {
      const asked = ask("entsoe", { reply: recorded(file), zones: ["FR"], at: "2023-12-30T16:00:00Z" });
      expect(await failureOf(asked)).toMatchObject({ code: "upstream_invalid_answer" });
    },
  );

  test("acknowledgements, also with status 200", async () => {
    const none = await ask("entsoe", { reply: recorded("synthetic/entsoe_ack_no_data.xml"), zones: ["FR"], at: AT });
    expect(none).toMatchObject({ signals: [], faults: [] });
    const limit = ask("entsoe", { reply: recorded("synthetic/entsoe_ack_limit_exceeded.xml"), zones: ["FR"], at: AT });
    expect(String(await failureOf(limit))).toContain("code 999: The amount of requested data exceeds allowed limit");
  });
});

describe("a document of generation by type", () => {
  test("is asked for as the platform wants it", async () => {
    const { requests } = await france([{ type: "B14", values: [1, 1, 1, 1] }]);
    const { url } = requests[0]!;
    expect(url.pathname).toBe("/api");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      documentType: "A75",
      processType: "A16",
      in_Domain: "10YFR-RTE------C",
      periodStart: "202605182300",
      periodEnd: "202605191200",
      securityToken: KEY,
    });
  });

  test("A01: a position that is left out is a gap, and an interval with a gap is none", async () => {
    const { signals } = await france([
      { type: "B14", values: [100, 100, 100, 100] },
      { type: "B04", values: [10, null, 30, 40] },
    ]);
    expect(signals.map(({ fromMs }) => new Date(fromMs!).toISOString().slice(11, 16))).toEqual([
      "10:00",
      "10:30",
      "10:45",
    ]);
  });

  test("A03: a position that is left out is what was before", async () => {
    const { signals } = await france([
      { type: "B14", values: [100, 100, 100, 100] },
      { type: "B04", values: [10, null, 30, null], curve: "A03" },
    ]);
    expect(signals.map(({ gramsPerKwh }) => Number(gramsPerKwh.toFixed(4)))).toEqual(
      [10, 10, 30, 30].map((gas) => grams(100, gas)),
    );
  });

  test("the newest intervals lack types that come later: they are dropped", async () => {
    const outcome = await france([
      { type: "B14", values: [100, 100, 100, 100] },
      { type: "B04", values: [10, 20], to: "2026-05-19T10:30Z" },
    ]);
    expect(newest(outcome)).toMatchObject({ observed: "2026-05-19T10:30:00.000Z", grams: grams(100, 20) });
  });

  test("pumping is not added, storage is left out, what takes power in counts as standing still", async () => {
    const outcome = await france([
      { type: "B14", values: [100, 100, 100, 100] },
      { type: "B04", values: [50, 50, 50, 50] },
      { type: "B04", values: [900, 900, 900, 900], isOut: true },
      { type: "B10", values: [300, 300, 300, 300] },
      { type: "B25", values: [300, 300, 300, 300] },
      { type: "B16", values: [-20, -20, -20, -20] },
    ]);
    expect(newest(outcome)).toMatchObject({ grams: grams(100, 50) });
  });

  test("several series of one type add up", async () => {
    const gas = { type: "B04", values: [25, 25, 25, 25] };
    const outcome = await france([{ type: "B14", values: [100, 100, 100, 100] }, gas, gas]);
    expect(newest(outcome)).toMatchObject({ grams: grams(100, 50) });
  });

  test("zeros of hours to come, and intervals that are not over, are dropped", async () => {
    const day = { from: "2026-05-19T09:00Z", to: "2026-05-19T14:00Z", step: "PT60M" };
    const outcome = await france([
      { type: "B14", values: [100, 100, 100, 0, 0], ...day },
      { type: "B04", values: [10, 20, 30, 0, 0], ...day },
    ]);
    expect(newest(outcome)).toMatchObject({ observed: "2026-05-19T11:00:00.000Z", grams: grams(100, 20) });
  });

  test("an interval in which nothing is made says nothing", async () => {
    const outcome = await france([{ type: "B14", values: [100, 100, 0, 0] }]);
    expect(newest(outcome)).toMatchObject({ observed: "2026-05-19T10:30:00.000Z" });
  });

  test.each(["PT15M", "PT30M", "PT60M", "PT1H"])("in steps of %s", async (step) => {
    const count = { PT15M: 4, PT30M: 2, PT60M: 1, PT1H: 1 }[step]!;
    const outcome = await france([{ type: "B14", values: Array(count).fill(7), step }]);
    expect(outcome.signals).toHaveLength(count);
    expect(newest(outcome)).toMatchObject({ observed: "2026-05-19T11:00:00.000Z", grams: 12 });
  });

  test("an hour's power is that of each of its quarters", async () => {
    const { signals } = await france([
      { type: "B14", values: [100, 100, 100, 100] },
      { type: "B04", values: [40], step: "PT60M" },
    ]);
    expect(signals.map(({ gramsPerKwh }) => Number(gramsPerKwh.toFixed(4)))).toEqual(Array(4).fill(grams(100, 40)));
  });

  test("its moments are UTC on the days when clocks change", async () => {
    for (const [from, to, hours] of [
      ["2026-03-28T23:00Z", "2026-03-29T22:00Z", 23],
      ["2026-10-24T22:00Z", "2026-10-25T23:00Z", 25],
    ] as const) {
      const outcome = await france([{ type: "B14", values: Array(hours).fill(1), from, to, step: "PT60M" }], to);
      expect(outcome.signals).toHaveLength(hours);
      expect(newest(outcome)).toMatchObject({ observed: new Date(to).toISOString() });
    }
  });

  test("in another unit is refused: kilowatts would be a thousand times as much", async () => {
    expect(String(await failureOf(france([{ type: "B14", values: [1, 1, 1, 1], unit: "KWT" }])))).toContain(
      "its unit is not MW",
    );
  });

  test("numbers that are none are gaps", async () => {
    const { signals } = await france([{ type: "B14", values: ["1e2", "ND", "n/a", "1,5"] }]);
    expect(signals).toHaveLength(1);
  });

  test("what Sweden calls other is biomass", async () => {
    const reply = document([{ type: "B20", values: [5, 5, 5, 5] }]);
    const swedish = await ask("entsoe", { reply, zones: ["SE-SE3"], at: AT });
    expect(newest(swedish)).toMatchObject({ grams: 258 });
    expect(newest(await ask("entsoe", { reply, zones: ["FR"], at: AT }))).toMatchObject({ grams: 700 });
  });

  test("with direct factors", async () => {
    const reply = document([
      { type: "B14", values: [50, 50, 50, 50] },
      { type: "B05", values: [50, 50, 50, 50] },
    ]);
    const outcome = await ask("entsoe", { reply, zones: ["FR"], at: AT, options: { basis: "direct" } });
    expect(newest(outcome)).toMatchObject({ grams: 380, basis: "direct" });
  });
});

describe("what is no such document", () => {
  const acknowledgement = (
    text: string,
  ) => `<?xml version="1.0"?><Acknowledgement_MarketDocument xmlns="urn:x"><mRID>1</mRID>
    <Reason><code>999</code><text>${text}</text></Reason></Acknowledgement_MarketDocument>`;
  const none = acknowledgement("No matching data found for Data item X [16.1.B&amp;C].");

  test("of DE-LU is looked for under DE", async () => {
    const reply = (url: URL) =>
      new Response(
        url.searchParams.get("in_Domain") === "10Y1001A1001A83F"
          ? document([{ type: "B14", values: [1, 1, 1, 1] }])
          : none,
      );
    const outcome = await ask("entsoe", { reply, zones: ["DE-LU"], at: AT });
    expect(newest(outcome)).toMatchObject({ zone: "DE-LU", grams: 12 });
    expect(outcome.requests.map(({ url }) => url.searchParams.get("in_Domain"))).toEqual([
      "10Y1001A1001A82H",
      "10Y1001A1001A83F",
    ]);
  });

  test("no data is none, whatever the status", async () => {
    for (const status of [200, 400, 404]) {
      const outcome = await ask("entsoe", { reply: () => new Response(none, { status }), zones: ["FR"], at: AT });
      expect(outcome).toMatchObject({ signals: [], faults: [] });
    }
  });

  test("a refusal's words are told whatever the status, but those about a key", async () => {
    const failing = (status: number) => {
      const headers = { "retry-after": "60" };
      const reply = () => new Response(acknowledgement("The amount exceeds the limit."), { status, headers });
      return failureOf(ask("entsoe", { reply, zones: ["FR"], at: AT }));
    };
    for (const status of [400, 409, 503])
      expect(String(await failing(status))).toEndWith(`answered ${status}, code 999: The amount exceeds the limit.`);
    expect(await failing(429)).toMatchObject({ code: "upstream_rate_limited", details: { retryAfterMs: 60_000 } });
    expect(String(await failing(401))).not.toContain("amount");
  });

  test("a refusal that repeats the key does not", async () => {
    const text = `Invalid token ${KEY.replaceAll("&", "&amp;")} or ${encodeURIComponent(KEY)}\u0007`;
    const asked = ask("entsoe", { reply: acknowledgement(text), zones: ["FR"], at: AT });
    const error = await asked.catch((thrown: Error) => thrown);
    expect(String((error as Error).message)).toContain("Invalid token [secret] or [secret]");
  });

  test("one zone that fails does not take the others with it", async () => {
    const reply = (url: URL) =>
      url.searchParams.get("in_Domain") === "10YFI-1--------U"
        ? new Response("", { status: 500 })
        : new Response(document([{ type: "B14", values: [1, 1, 1, 1] }]));
    const { signals, faults } = await ask("entsoe", { reply, zones: ["FI", "FR"], at: AT });
    expect(new Set(signals.map(({ zone }) => zone))).toEqual(new Set(["FR"]));
    expect(faults.map(({ zone, error }) => [zone, error.code])).toEqual([["FI", "upstream_failed"]]);
  });

  test("after a 429 the other zones are not asked", async () => {
    const reply = () => new Response("", { status: 429, headers: { "retry-after": "90" } });
    const { url, requests } = serve(reply);
    const asked = askAt(url, "entsoe", { zones: ["FR", "FI", "BE"], at: AT });
    expect(await failureOf(asked)).toMatchObject({ code: "upstream_rate_limited", details: { retryAfterMs: 90_000 } });
    expect(requests).toHaveLength(1);
  });

  test.each([
    ["not XML", "plain text"],
    ["cut", document([{ type: "B14", values: [1] }]).slice(0, 700)],
    ["another document", "<html><body>maintenance</body></html>"],
    ["two roots", "<a/><b/>"],
    [
      "entities that grow",
      `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><GL_MarketDocument>&b;</GL_MarketDocument>`,
    ],
    ["a deep one", `${"<a>".repeat(100)}${"</a>".repeat(100)}`],
    [
      "a century of quarters",
      document([{ type: "B14", values: [1], curve: "A03", from: "1990-01-01T00:00Z", to: "2090-01-01T00:00Z" }]),
    ],
    ["nothing", ""],
  ])("%s is refused", async (_, reply) => {
    const asked = ask("entsoe", { reply, zones: ["FR"], at: AT });
    expect(await failureOf(asked)).toMatchObject({ code: "upstream_invalid_answer" });
  });
});

test("a parse of 200 kB lets others have the loop every 8 kB, which is a millisecond or so", async () => {
  const values = Array.from({ length: 288 }, (_, at) => 1_000 + at / 10);
  const of = (type: string): Series => ({ type, values, from: "2026-05-16T00:00Z", to: "2026-05-19T00:00Z" });
  const text = document(["B01", "B04", "B05", "B06", "B08", "B11", "B14", "B15", "B16", "B17"].map(of));
  expect(text.length).toBeGreaterThan(200_000);
  let turns = 0;
  let isDone = false;
  const look = (): void => {
    turns++;
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  const { series } = await readDocument(
    (async function* () {
      yield text;
    })(),
  );
  isDone = true;
  expect(series).toHaveLength(10);
  expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 8_192));
});

describe("zones of ENTSO-E", () => {
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
  /** The check character of an Energy Identification Code (EIC reference manual, annex on check digits). */
  const checkOf = (code: string): string => {
    const sum = Array.from(code.slice(0, 15)).reduce((all, each, at) => all + (16 - at) * ALPHABET.indexOf(each), 0);
    return ALPHABET[36 - ((sum - 1) % 37)]!;
  };

  test("have codes without a slip of the pen", () => {
    const wrong = Object.values(ENTSOE_AREAS)
      .flat()
      .filter((code) => code.length !== 16 || checkOf(code) !== code[15]);
    expect(wrong).toEqual([]);
  });

  test("are those of every country of the EU and the EEA that publishes, and the parts of Italy", () => {
    const countries = new Set(Object.keys(ENTSOE_AREAS).map((zone) => zone.slice(0, 2)));
    // Iceland and Liechtenstein publish no generation there
    expect(EU_AND_EEA.filter((country) => !countries.has(country))).toEqual(["IS", "LI"]);
    const parts = ["IT-CA", "IT-CNO", "IT-CSO", "IT-NO", "IT-SAR", "IT-SIC", "IT-SO"];
    expect(Object.keys(ENTSOE_AREAS).filter((zone) => zone.startsWith("IT-"))).toEqual(parts);
  });
});
