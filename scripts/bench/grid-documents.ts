/**
 * `bun scripts/bench/grid-documents.ts`: every grid service on one port, which it prints. Answers have the shape and the
 * size of real ones: ENTSO-E's has 200 kB, as it has for two days of quarters of an hour. `GET /asked` tells how often
 * each was asked, and `GET /xml-bytes` how large that document is.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const startedMs = Date.now();

/** The beginnings of the last intervals of that length that are over, oldest first. */
function intervals(minutes: number, spanMs: number): readonly number[] {
  const stepMs = minutes * MINUTE_MS;
  const count = Math.floor(spanMs / stepMs);
  const last = Math.floor(startedMs / stepMs) * stepMs;
  return Array.from({ length: count }, (_, at) => last - (count - at) * stepMs);
}

const iso = (ms: number): string => new Date(ms).toISOString();
const minute = (ms: number): string => `${iso(ms).slice(0, 16)}Z`;

/** A document of generation by type: twelve types of plants for two days. */
function entsoe(): string {
  const quarters = intervals(15, 2 * DAY_MS);
  const [from, to] = [minute(quarters[0]!), minute(quarters.at(-1)! + 15 * MINUTE_MS)];
  const types = ["B01", "B02", "B04", "B05", "B06", "B11", "B12", "B14", "B16", "B17", "B18", "B19"];
  const series = types.map((type, at) => {
    const points = quarters.map(
      (_, position) =>
        `      <Point>\n        <position>${position + 1}</position>\n        <quantity>${1000 + ((position * 37 + at * 211) % 900)}</quantity>\n      </Point>`,
    );
    return `  <TimeSeries>
    <mRID>${at + 1}</mRID>
    <businessType>A01</businessType>
    <objectAggregation>A08</objectAggregation>
    <inBiddingZone_Domain.mRID codingScheme="A01">10YFR-RTE------C</inBiddingZone_Domain.mRID>
    <quantity_Measure_Unit.name>MAW</quantity_Measure_Unit.name>
    <curveType>A01</curveType>
    <MktPSRType><psrType>${type}</psrType></MktPSRType>
    <Period>
      <timeInterval><start>${from}</start><end>${to}</end></timeInterval>
      <resolution>PT15M</resolution>
${points.join("\n")}
    </Period>
  </TimeSeries>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<GL_MarketDocument xmlns="urn:iec62325.351:tc57wg16:451-6:generationloaddocument:3:0">
  <mRID>bench</mRID>
  <type>A75</type>
  <process.processType>A16</process.processType>
  <createdDateTime>${iso(startedMs)}</createdDateTime>
  <time_Period.timeInterval><start>${from}</start><end>${to}</end></time_Period.timeInterval>
${series.join("\n")}
</GL_MarketDocument>
`;
}

function eco2mix(): object {
  const results = intervals(15, 12 * 60 * MINUTE_MS)
    .toReversed()
    .map((ms, at) => ({
      ...{ perimetre: "France", nature: "Données temps réel", date_heure: iso(ms), consommation: 45_210, taux_co2: 17 },
      ...{ nucleaire: 38_120, gaz: 905 + at, charbon: 4, fioul: 96, eolien: 4_120, solaire: 9_800 },
      ...{ hydraulique: 5_210, bioenergies: 902, pompage: -1_800, ech_physiques: -11_204 },
    }));
  return { total_count: results.length, results };
}

function energyCharts(): object {
  const starts = intervals(15, DAY_MS);
  const grams = starts.map((_, at) => 40 + (at % 20));
  return { unix_seconds: starts.map((ms) => ms / 1000), co2eq: grams, co2eq_forecast: grams, deprecated: false };
}

function statnett(): object {
  const countries = ["SE", "DK", "NO", "FI", "EE", "LT", "LV"];
  const row = (value: string): object[] => countries.map(() => ({ titleTranslationId: null, value }));
  return {
    MeasuredAt: startedMs - MINUTE_MS,
    Headers: [{ value: "" }, ...countries.map((value) => ({ value }))].slice(1),
    NuclearData: row("6\u00a0889"),
    HydroData: row("12\u00a0004"),
    WindData: row("3\u00a0120"),
    ThermalData: row("512"),
    NotSpecifiedData: row("-"),
  };
}

const rows = <T>(minutes: number, spanMs: number, row: (ms: number) => T): T[] => intervals(minutes, spanMs).map(row);

const fingrid = () => ({
  data: rows(3, 7 * 60 * MINUTE_MS, (ms) => ({
    ...{ datasetId: 266, startTime: iso(ms), endTime: iso(ms + 3 * MINUTE_MS), value: 31.4 },
  })),
  pagination: { total: 140, lastPage: 1, prevPage: null, nextPage: null, perPage: 150, currentPage: 1 },
});

const neso = () => ({
  data: rows(30, DAY_MS, (ms) => ({
    ...{ from: minute(ms), to: minute(ms + 30 * MINUTE_MS) },
    intensity: { forecast: 211, actual: 206, index: "high" },
  })),
});

const energinet = () => ({
  total: 100,
  dataset: "CO2Emis",
  records: rows(5, 4 * 60 * MINUTE_MS, (ms) => iso(ms).slice(0, 19)).flatMap((Minutes5UTC) =>
    ["DK1", "DK2"].map((PriceArea) => ({ Minutes5UTC, Minutes5DK: Minutes5UTC, PriceArea, CO2Emission: 46 })),
  ),
});

const electricityMaps = () => ({
  ...{ zone: "FR", carbonIntensity: 56, datetime: iso(startedMs - MINUTE_MS), updatedAt: iso(startedMs) },
  ...{ emissionFactorType: "lifecycle", isEstimated: false, estimationMethod: null },
});

const landsnet = () => ({ hydro: 1588.2567, geothermal: 653.1291, oil: 0, timestamp: iso(startedMs).slice(0, -1) });

const XML = entsoe();
const json = (document: object): string => JSON.stringify(document);

/** What a service answers, by the first part of its path here: `base_url` ends with the source's name. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  entsoe: XML,
  "rte-eco2mix": json(eco2mix()),
  "energy-charts": json(energyCharts()),
  statnett: json(statnett()),
  landsnet: json(landsnet()),
  fingrid: json(fingrid()),
  "electricity-maps": json(electricityMaps()),
  "uk-carbon-intensity": json(neso()),
  energinet: json(energinet()),
};

const asked: Record<string, number> = Object.fromEntries(Object.keys(DOCUMENTS).map((name) => [name, 0]));

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request) {
    const name = new URL(request.url).pathname.split("/")[1] ?? "";
    if (name === "asked") return Response.json(asked);
    if (name === "xml-bytes") return Response.json(XML.length);
    const document = DOCUMENTS[name];
    if (document === undefined) return new Response(null, { status: 404 });
    asked[name] = (asked[name] ?? 0) + 1;
    return new Response(document, { headers: { "content-type": name === "entsoe" ? "text/xml" : "application/json" } });
  },
});
process.stdout.write(`${server.port}\n`);
