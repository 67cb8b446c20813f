import { describe, expect, test } from "bun:test";
import { slotsOf } from "../../src/grid/energy-charts.ts";
import { failureOf } from "../support/failure-of.ts";
import { ask, hasRecorded, KEY, newest, recorded } from "./served.ts";

const json = (value: unknown): string => JSON.stringify(value);
const kept = describe.skipIf(!hasRecorded);

describe("rte-eco2mix", () => {
  /** A row of dataset eco2mix-national-tr as the Explore API v2.1 gives it (odre.opendatasoft.com, API console). */
  const row = (dateHeure: string, over: object = {}) => ({
    date_heure: dateHeure,
    perimetre: "France",
    nature: "Données temps réel",
    consommation: 45210,
    taux_co2: 17,
    nucleaire: 38000,
    gaz: 1000,
    charbon: 0,
    fioul: 100,
    eolien: 4000,
    solaire: 9000,
    hydraulique: 5000,
    bioenergies: 900,
    pompage: -1800,
    ech_physiques: -11200,
    ...over,
  });
  const MW = { nuclear: 38000, gas: 1000, oil: 100, wind: 4000, solar: 9000, hydro: 5000, bio: 900 };
  const weighed = 12 * 38000 + 490 * 1000 + 650 * 100 + 11 * 4000 + 45 * 9000 + 24 * 5000 + 230 * 900;
  const expected = Number((weighed / Object.values(MW).reduce((sum, each) => sum + each)).toFixed(4));
  const france = (results: readonly object[], at = "2026-05-19T12:20:00Z") =>
    ask("rte-eco2mix", { reply: json({ total_count: results.length, results }), at });

  test("computes the intensity over the life cycle; taux_co2 is direct and not passed off as that", async () => {
    const outcome = await france([row("2026-05-19T12:00:00+00:00")]);
    expect(newest(outcome)).toEqual({
      zone: "FR",
      grams: expected,
      kind: "measured",
      basis: "lifecycle",
      accounting: "production",
      from: "2026-05-19T12:00:00.000Z",
      observed: "2026-05-19T12:15:00.000Z",
    });
    const { pathname, searchParams } = outcome.requests[0]!.url;
    expect(pathname).toBe("/catalog/datasets/eco2mix-national-tr/records");
    expect(searchParams.get("order_by")).toBe("date_heure desc");
  });

  test("takes strings for numbers", async () => {
    const texts = Object.fromEntries(Object.entries(row("x")).map(([key, value]) => [key, String(value)]));
    const outcome = await france([{ ...texts, date_heure: "2026-05-19T14:00:00+02:00", nucleaire: "38 000" }]);
    expect(newest(outcome)).toMatchObject({ grams: expected, observed: "2026-05-19T12:15:00.000Z" });
  });

  test("leaves out the rest of the day, and rows that lack a part", async () => {
    const empty = Object.fromEntries(Object.keys(row("")).map((key) => [key, null]));
    const outcome = await france([
      { ...empty, date_heure: "2026-05-19T12:45:00+00:00" },
      { ...empty, date_heure: "2026-05-19T12:00:00+00:00" },
      row("2026-05-19T11:45:00+00:00", { gaz: "ND" }),
      row("2026-05-19T11:30:00+00:00"),
    ]);
    expect(outcome.signals).toHaveLength(1);
    expect(newest(outcome)).toMatchObject({ observed: "2026-05-19T11:45:00.000Z", grams: expected });
  });

  test("turbines of pumped storage are storage", async () => {
    const outcome = await france([
      row("2026-05-19T12:00:00Z", { hydraulique: 5400, hydraulique_step_turbinage: "400" }),
    ]);
    expect(newest(outcome)).toMatchObject({ grams: expected });
  });

  test("is right on the day when the clock is set back: the same hour comes twice", async () => {
    const rows = ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"].map((at) => row(at));
    const { signals } = await france(rows, "2026-10-25T02:00:00Z");
    expect(signals.map(({ observedAtMs }) => new Date(observedAtMs!).toISOString())).toEqual([
      "2026-10-25T00:45:00.000Z",
      "2026-10-25T01:45:00.000Z",
    ]);
  });

  test("does not guess the zone of a moment", async () => {
    expect((await france([row("2026-05-19T12:00:00")])).signals).toEqual([]);
  });

  kept("recorded (skipped only where ../shared/data is missing)", () => {
    test("the answer of version 1, with offsets of Paris", async () => {
      const reply = recorded("recorded/rte-eco2mix/response.json");
      const outcome = await ask("rte-eco2mix", { reply, at: "2023-09-22T00:00:00Z" });
      expect(outcome.signals.length).toBeGreaterThan(90);
      expect(newest(outcome)!.observed! <= "2023-09-22T00:00:00.000Z").toBe(true);
      for (const { gramsPerKwh } of outcome.signals) expect(gramsPerKwh).toBeWithin(15, 60);
    });

    test("the answer of version 2.1 with the rest of the day", async () => {
      const outcome = await ask("rte-eco2mix", {
        reply: recorded("synthetic/odre_v21_null_tail.json"),
        at: "2026-05-19T12:20:00Z",
      });
      expect(newest(outcome)).toMatchObject({ from: "2026-05-19T11:45:00.000Z", observed: "2026-05-19T12:00:00.000Z" });
    });
  });
});

describe("energy-charts", () => {
  kept("recorded (skipped only where ../shared/data is missing)", () => {
    interface Case {
      file: string;
      at: string;
      signal_kind: string;
      gco2e_per_kwh: number;
    }
    const text = hasRecorded ? recorded("energy_charts_expected.json") : '{"cases":[]}';
    const { cases } = JSON.parse(text) as { cases: Case[] };

    test.each(cases)(
      "$file at $at: $signal_kind $gco2e_per_kwh",
      async ({ file, at, signal_kind: kind, gco2e_per_kwh: grams }) => {
        const atMs = Date.parse(at);
        const covering = slotsOf(JSON.parse(recorded(file))).filter(
          ({ fromMs, toMs }) => fromMs! <= atMs && atMs < toMs,
        );
        expect(covering.map((slot) => [slot.kind, slot.gramsPerKwh])).toEqual([[kind as "measured", grams]]);
        const { signals } = await ask("energy-charts", { reply: recorded(file), zones: ["FR"], at });
        const now = signals.filter(({ fromMs }) => fromMs === covering[0]!.fromMs);
        expect(now.map((signal) => [signal.kind, signal.gramsPerKwh])).toEqual([[kind as "measured", grams]]);
      },
    );
  });

  /** As `/co2eq` of api.energy-charts.info (its OpenAPI page) answers: nulls behind now, a forecast in their place. */
  const answer = {
    unix_seconds: [1779184800, 1779185700, 1779186600, 1779187500],
    co2eq: ["41.2", 40, null, null],
    co2eq_forecast: [null, 39, 38, null],
    deprecated: false,
  };

  test("measured, then forecast, then nothing", async () => {
    const at = "2026-05-19T10:31:00Z";
    const { signals, requests } = await ask("energy-charts", { reply: json(answer), zones: ["DE-LU"], at });
    expect(requests[0]!.url.search).toBe("?country=de");
    expect(signals.map(({ kind, gramsPerKwh }) => [kind, gramsPerKwh])).toEqual([
      ["measured", 41.2],
      ["measured", 40],
      ["forecast", 38],
    ]);
    expect(new Date(signals[1]!.observedAtMs!).toISOString()).toBe("2026-05-19T10:30:00.000Z");
    expect(new Date(signals[2]!.observedAtMs!).toISOString()).toBe("2026-05-19T10:45:00.000Z");
  });

  test("what is measured of a slot that is not over has been observed until now", async () => {
    const { signals } = await ask("energy-charts", { reply: json(answer), zones: ["FR"], at: "2026-05-19T10:20:00Z" });
    expect(new Date(signals[1]!.observedAtMs!).toISOString()).toBe("2026-05-19T10:20:00.000Z");
  });

  test("a zero is no value: neither of the slot that runs, nor as a forecast", async () => {
    const zeros = { ...answer, co2eq: [41.2, 0, 0, 0], co2eq_forecast: [null, 39, 0, 0] };
    const { signals } = await ask("energy-charts", { reply: json(zeros), zones: ["FR"], at: "2026-05-19T10:20:00Z" });
    expect(signals.map(({ kind, gramsPerKwh }) => [kind, gramsPerKwh])).toEqual([
      ["measured", 41.2],
      ["forecast", 39],
    ]);
  });

  test.each([
    ["milliseconds for seconds", { ...answer, unix_seconds: answer.unix_seconds.map((each) => each * 1000) }],
    ["lists of differing length", { ...answer, co2eq: [1, 2] }],
    ["no lists", { detail: "Not found" }],
    ["a list", []],
  ])("%s is refused", async (_, value) => {
    const asked = ask("energy-charts", { reply: json(value), zones: ["FR"], at: "2026-05-19T10:31:00Z" });
    expect(await failureOf(asked)).toMatchObject({ code: "upstream_invalid_answer" });
  });
});

describe("statnett", () => {
  /**
   * As GetLatestDetailedOverview of driftsdata.statnett.no answers ("Production and consumption" page): text with
   * no-break spaces, "-" for none.
   */
  const cells = (label: string, values: readonly string[]) =>
    [label, ...values].map((value) => ({ value, titleTranslationId: label }));
  const overview = {
    MeasuredAt: Date.parse("2026-05-19T10:30:00Z"),
    Headers: cells("", ["SE", "DK", "NO", "FI", "EE"]),
    ProductionData: cells("Production", ["17\u00a0000", "3 000", "-", "-", "-"]),
    NuclearData: cells("Nuclear", ["6\u00a0000", "-", "-", "4\u202f000", "-"]),
    HydroData: cells("Hydro", ["8\u00a0000", "-", "20\u00a0000", "1 500", "-"]),
    ThermalData: cells("Thermal", ["1\u00a0000", "1 000", "-", "500", "900"]),
    WindData: cells("Wind", ["2\u00a0000", "2 000", "1\u00a0000", "n/a", "100"]),
    NotSpecifiedData: cells("Not specified", ["-", "-", "-", "-", "-"]),
    ConsumptionData: cells("Consumption", ["15\u00a0000", "3 500", "18\u00a0000", "9 000", "1 000"]),
  };
  const at = "2026-05-19T10:31:00Z";

  test("reads columns by their headers, with blanks between thousands", async () => {
    const { signals, faults, requests } = await ask("statnett", {
      reply: json(overview),
      zones: ["SE", "NO", "DK", "FI"],
      at,
    });
    expect(requests.map(({ url }) => url.pathname)).toEqual([
      "/restapi/ProductionConsumption/GetLatestDetailedOverview",
    ]);
    const grams = Object.fromEntries(signals.map(({ zone, gramsPerKwh }) => [zone, Number(gramsPerKwh.toFixed(4))]));
    expect(grams).toEqual({
      // thermal of Sweden is mostly biomass
      SE: Number(((12 * 6000 + 24 * 8000 + 258 * 1000 + 11 * 2000) / 17000).toFixed(4)),
      NO: Number(((24 * 20000 + 11 * 1000) / 21000).toFixed(4)),
      DK: Number(((700 * 1000 + 11 * 2000) / 3000).toFixed(4)),
    });
    expect(new Date(signals[0]!.observedAtMs!).toISOString()).toBe("2026-05-19T10:30:00.000Z");
    expect(faults.map(({ zone, error }) => [zone, error.message])).toEqual([
      ["FI", "statnett: its WindData of FI is no number"],
    ]);
  });

  test.each([
    ["seconds for milliseconds", { ...overview, MeasuredAt: overview.MeasuredAt / 1000 }],
    ["a row that is too short", { ...overview, HydroData: overview.HydroData.slice(1) }],
    ["no headers", { ...overview, Headers: null }],
  ])("%s is refused", async (_, value) => {
    expect(await failureOf(ask("statnett", { reply: json(value), zones: ["SE"], at }))).toMatchObject({
      code: "upstream_invalid_answer",
    });
  });
});

describe("landsnet", () => {
  /** As `/generation/api/Values` of amper.landsnet.is answers (the page "Amper"): a moment in UTC that does not say so. */
  const values = { hydro: "1588.2567", geothermal: 653.1291, oil: 0.0, timestamp: "2026-07-19T15:53:23.729935" };

  test("takes a moment without a zone as UTC, in summer too, and text for numbers", async () => {
    const outcome = await ask("landsnet", { reply: json(values), at: "2026-07-19T15:54:00Z" });
    expect(newest(outcome)).toEqual({
      zone: "IS",
      grams: 28.0795,
      kind: "measured",
      basis: "lifecycle",
      accounting: "production",
      from: null,
      observed: "2026-07-19T15:53:23.729Z",
    });
    expect(outcome.requests[0]!.url.pathname).toBe("/generation/api/Values");
  });

  test.each([{ ...values, oil: null }, { ...values, hydro: "ND" }, { ...values, timestamp: "19.07.2026 15:53" }, {}])(
    "%p is refused",
    async (value) => {
      const asked = ask("landsnet", { reply: json(value), at: "2026-07-19T15:54:00Z" });
      expect(await failureOf(asked)).toMatchObject({ code: "upstream_invalid_answer" });
    },
  );

  kept("recorded (skipped only where ../shared/data is missing)", () => {
    test("as it came", async () => {
      const reply = recorded("recorded/landsnet/production.json");
      const outcome = await ask("landsnet", { reply, at: "2023-12-19T16:00:00Z" });
      expect(newest(outcome)).toMatchObject({ grams: 28.0795, observed: "2023-12-19T15:53:23.729Z" });
    });
  });
});

describe("fingrid", () => {
  /** As `/api/datasets/266/data` of data.fingrid.fi answers (its API page): the newest first, a null where it is late. */
  const rows = [
    { datasetId: 266, startTime: "2026-05-19T10:03:00.000Z", endTime: "2026-05-19T10:06:00.000Z", value: null },
    { datasetId: 266, startTime: "2026-05-19T10:00:00.000Z", endTime: "2026-05-19T10:03:00.000Z", value: "61.25" },
    { datasetId: 265, startTime: "2026-05-19T10:00:00.000Z", endTime: "2026-05-19T10:03:00.000Z", value: 99 },
    { datasetId: 266, startTime: "2026-05-19T12:57:00+03:00", endTime: null, value: 60 },
  ];
  const reply = json({ data: rows, pagination: { total: 4, lastPage: 1 } });

  test("direct emissions of what Finland makes, with the key in a header", async () => {
    const outcome = await ask("fingrid", { reply, at: "2026-05-19T10:05:00Z" });
    expect(outcome.signals).toHaveLength(2);
    expect(newest(outcome)).toEqual({
      zone: "FI",
      grams: 61.25,
      kind: "measured",
      basis: "direct",
      accounting: "production",
      from: "2026-05-19T10:00:00.000Z",
      observed: "2026-05-19T10:03:00.000Z",
    });
    const { url, headers } = outcome.requests[0]!;
    expect([url.pathname, headers.get("x-api-key"), url.href.includes(encodeURIComponent(KEY))]).toEqual([
      "/api/datasets/266/data",
      KEY,
      false,
    ]);
  });

  test("or of what it uses", async () => {
    const outcome = await ask("fingrid", { reply, at: "2026-05-19T10:05:00Z", options: { accounting: "consumption" } });
    expect(newest(outcome)).toMatchObject({ grams: 99, accounting: "consumption" });
    expect(outcome.requests[0]!.url.pathname).toBe("/api/datasets/265/data");
  });
});

describe("electricity-maps", () => {
  /** As `/v3/carbon-intensity/latest` answers (its API documentation, "Latest Carbon Intensity"). */
  const latest = {
    zone: "FR",
    carbonIntensity: 53,
    datetime: "2026-05-19T10:00:00.000Z",
    updatedAt: "2026-05-19T10:31:12.311Z",
    emissionFactorType: "lifecycle",
    isEstimated: false,
    estimationMethod: null,
  };
  const at = "2026-05-19T10:40:00Z";
  const asked = (over: object) =>
    ask("electricity-maps", { reply: json({ ...latest, ...over }), zones: ["DE-LU"], at });

  test("is of what a zone uses, and asked for with a header", async () => {
    const outcome = await asked({});
    expect(newest(outcome)).toMatchObject({
      grams: 53,
      kind: "measured",
      basis: "lifecycle",
      accounting: "consumption",
      observed: latest.datetime,
    });
    const { url, headers } = outcome.requests[0]!;
    expect(`${url.pathname}${url.search}`).toBe("/v3/carbon-intensity/latest?zone=DE&emissionFactorType=lifecycle");
    expect(headers.get("auth-token")).toBe(KEY);
  });

  test("an estimate is called that, and so is what does not say", async () => {
    expect(newest(await asked({ isEstimated: true }))).toMatchObject({ kind: "estimated" });
    expect(newest(await asked({ isEstimated: undefined }))).toMatchObject({ kind: "estimated" });
  });

  test("a moment that lies ahead is no signal", async () => {
    expect((await asked({ datetime: "2026-05-19T11:00:00.000Z" })).signals).toEqual([]);
    expect(newest(await asked({ datetime: "2026-05-19T10:42:00.000Z" }))).toMatchObject({
      observed: "2026-05-19T10:40:00.000Z",
    });
  });

  test("the answer says which factors it was made with", async () => {
    expect(newest(await asked({ emissionFactorType: "direct" }))).toMatchObject({ basis: "direct" });
    expect(await failureOf(asked({ emissionFactorType: "marginal" }))).toMatchObject({
      code: "upstream_invalid_answer",
    });
  });

  test("null is no data, text is none", async () => {
    expect((await asked({ carbonIntensity: null })).signals).toEqual([]);
    expect(await failureOf(asked({ carbonIntensity: "low" }))).toMatchObject({ code: "upstream_invalid_answer" });
    for (const absurd of [-3, 5_001, 1e308]) {
      expect(await failureOf(asked({ carbonIntensity: absurd }))).toMatchObject({ code: "upstream_invalid_answer" });
    }
    expect(await failureOf(asked({ datetime: "2026-05-19T10:00:00" }))).toMatchObject({
      code: "upstream_invalid_answer",
    });
  });

  kept("recorded (skipped only where ../shared/data is missing)", () => {
    const folder = "recorded/electricity-maps";
    test("an estimate for an hour that has not begun", async () => {
      const reply = recorded(`${folder}/latest_carbon_intensity.json`);
      const during = await ask("electricity-maps", { reply, zones: ["FR"], at: "2024-03-06T18:48:30Z" });
      expect(during.signals).toEqual([]);
      const after = await ask("electricity-maps", { reply, zones: ["FR"], at: "2024-03-06T19:10:00Z" });
      expect(newest(after)).toMatchObject({ grams: 216, kind: "estimated" });
    });

    test("no data, and a status nobody knows", async () => {
      const none = await ask("electricity-maps", {
        reply: recorded(`${folder}/no-data-response.json`),
        zones: ["FR"],
        at,
      });
      expect(none).toMatchObject({ signals: [], faults: [] });
      const unknown = ask("electricity-maps", {
        reply: recorded(`${folder}/unknown-response.json`),
        zones: ["FR"],
        at,
      });
      expect(await failureOf(unknown)).toMatchObject({ code: "upstream_invalid_answer" });
    });
  });
});

describe("energinet", () => {
  /**
   * As dataset CO2Emis of api.energidataservice.dk answers (its page in the data service): UTC that does not say so,
   * beside local time.
   */
  const record = (minutes: string, grams: unknown, area = "DK1") => ({
    Minutes5UTC: `2026-05-19T${minutes}:00`,
    Minutes5DK: `2026-05-19T${String(Number(minutes.slice(0, 2)) + 2).padStart(2, "0")}${minutes.slice(2)}:00`,
    PriceArea: area,
    CO2Emission: grams,
  });
  const records = [record("12:00", null), record("11:55", "46.5"), record("11:55", 900, "DK2"), record("11:50", 44)];
  const reply = json({ total: 4, limit: 100, dataset: "CO2Emis", records });

  test("reads the column in UTC, and its own price area", async () => {
    const outcome = await ask("energinet", { reply, zones: ["DK-DK1"], at: "2026-05-19T12:02:00Z" });
    expect(newest(outcome)).toEqual({
      zone: "DK-DK1",
      grams: 46.5,
      kind: "measured",
      basis: "direct",
      accounting: "consumption",
      from: "2026-05-19T11:55:00.000Z",
      observed: "2026-05-19T12:00:00.000Z",
    });
    expect(outcome.requests[0]!.url.searchParams.get("filter")).toBe('{"PriceArea":["DK1"]}');
  });

  test("another dataset is refused", async () => {
    const other = json({ records: [{ Minutes5UTC: "2026-05-19T12:00:00", PriceArea: "DK1", SolarPower: 7 }] });
    const asked = ask("energinet", { reply: other, zones: ["DK1"], at: "2026-05-19T12:02:00Z" });
    expect(String(await failureOf(asked))).toContain("no CO2Emission of DK1");
  });

  kept("recorded (skipped only where ../shared/data is missing)", () => {
    test("both areas", async () => {
      const text = recorded("synthetic/energinet_co2emis.json");
      const { signals } = await ask("energinet", { reply: text, zones: ["DK1", "DK2"], at: "2026-05-19T12:10:00Z" });
      expect(signals.map(({ zone, gramsPerKwh }) => [zone, gramsPerKwh])).toEqual([
        ["DK1", 46],
        ["DK2", 52],
      ]);
    });
  });
});

describe("uk-carbon-intensity", () => {
  /** As `/intensity/{from}/{to}` of api.carbonintensity.org.uk answers (its API definitions): actual is null where it is late. */
  const data = [
    { from: "2026-05-19T10:00Z", to: "2026-05-19T10:30Z", intensity: { forecast: 211, actual: 206, index: "high" } },
    { from: "2026-05-19T10:30Z", to: "2026-05-19T11:00Z", intensity: { forecast: 216, actual: null, index: "high" } },
    { from: "2026-05-19T11:00Z", to: "2026-05-19T11:30Z", intensity: { forecast: null, actual: null, index: null } },
  ];

  test("actual values are measured, the others forecasts", async () => {
    const { signals, requests } = await ask("uk-carbon-intensity", {
      reply: json({ data }),
      at: "2026-05-19T10:40:00Z",
    });
    expect(signals.map(({ kind, gramsPerKwh, basis, accounting }) => [kind, gramsPerKwh, basis, accounting])).toEqual([
      ["measured", 206, "direct", "consumption"],
      ["forecast", 216, "direct", "consumption"],
    ]);
    expect(requests[0]!.url.pathname).toBe("/intensity/2026-05-19T04:40Z/2026-05-19T16:40Z");
  });

  kept("recorded (skipped only where ../shared/data is missing)", () => {
    test("as it came", async () => {
      const reply = recorded("recorded/uk-carbon-intensity/uk.json");
      const { signals } = await ask("uk-carbon-intensity", { reply, at: "2023-12-03T11:05:00Z" });
      const measured = signals.filter(({ kind }) => kind === "measured");
      expect(
        measured.map(({ gramsPerKwh, observedAtMs }) => [gramsPerKwh, new Date(observedAtMs!).toISOString()]),
      ).toEqual([[206, "2023-12-03T11:00:00.000Z"]]);
      expect(signals.length).toBeGreaterThan(50);
    });
  });
});

describe("what asks nobody", () => {
  test("static gives the values of the configuration for its zones", async () => {
    const value = { gco2_per_kwh: 20, basis: "lifecycle", accounting: "production", kind: "measured" };
    const values = [
      { ...value, zone: "FR", observed_at: "2026-05-19T12:00:00+02:00" },
      { ...value, zone: "IS", observed_at: "now", kind: "estimated" },
      { ...value, zone: "FI", observed_at: "now" },
      { ...value, zone: "FR", observed_at: "2026-05-20T12:00:00Z" },
    ];
    const at = "2026-05-19T10:10:00Z";
    const { signals } = await ask("static", { reply: "", zones: ["FR", "IS"], at, options: { values } });
    expect(signals.map(({ zone, kind, observedAtMs }) => [zone, kind, new Date(observedAtMs!).toISOString()])).toEqual([
      ["FR", "measured", "2026-05-19T10:00:00.000Z"],
      ["IS", "estimated", "2026-05-19T10:10:00.000Z"],
    ]);
  });

  describe("replay", () => {
    const one = { basis: "lifecycle", accounting: "production", kind: "measured" };
    const at = (moment: string, more: object = {}) => {
      const series = [
        { ...one, zone: "FR", gco2_per_kwh: [50, null, 40] },
        { ...one, zone: "IS", gco2_per_kwh: [27] },
        { ...one, zone: "FI", gco2_per_kwh: [1] },
      ];
      const options = { series, step_seconds: 60, starts_at: "2026-05-19T12:00:00+02:00", ...more };
      return ask("replay", { reply: "", zones: ["FR", "IS"], at: moment, options });
    };
    const shown = async (moment: string) =>
      (await at(moment)).signals.map(
        ({ zone, gramsPerKwh, observedAtMs }) =>
          `${zone} ${gramsPerKwh} ${new Date(observedAtMs!).toISOString().slice(11, 19)}`,
      );

    test("gives the values of its last steps; what holds now has been observed until now", async () => {
      expect(await shown("2026-05-19T10:00:00Z")).toEqual(["FR 40 10:00:00", "FR 50 10:00:00", "IS 27 10:00:00"]);
      expect(await shown("2026-05-19T10:00:20Z")).toEqual(["FR 40 10:00:00", "FR 50 10:00:20", "IS 27 10:00:20"]);
    });

    test("falls silent where it has null, and begins again after the last", async () => {
      expect(await shown("2026-05-19T10:01:59Z")).toEqual(["FR 40 10:00:00", "FR 50 10:01:00", "IS 27 10:01:59"]);
      expect(await shown("2026-05-19T10:02:30Z")).toEqual(["FR 50 10:01:00", "FR 40 10:02:30", "IS 27 10:02:30"]);
      expect(await shown("2026-05-19T10:03:30Z")).toEqual(["FR 40 10:03:00", "FR 50 10:03:30", "IS 27 10:03:30"]);
    });

    test("was there before it began, too", async () => {
      expect(await shown("2026-05-19T09:58:30Z")).toEqual(["FR 40 09:57:00", "FR 50 09:58:00", "IS 27 09:58:30"]);
    });
  });

  test("annual gives averages that have no moment", async () => {
    const { signals } = await ask("annual", { reply: "", zones: ["FR", "XX"], at: "2026-05-19T10:10:00Z" });
    expect(
      signals.map(({ zone, kind, gramsPerKwh, observedAtMs, basis }) => [zone, kind, gramsPerKwh, observedAtMs, basis]),
    ).toEqual([["FR", "annual", 58, null, "unspecified"]]);
  });
});
