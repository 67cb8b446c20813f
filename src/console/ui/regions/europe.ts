/** Coarse outlines for orientation, longitude and latitude in degrees; drawn by hand, no border is meant. */
const DRAWN: Readonly<Record<string, string>> = {
  IS: "-24,65.5 -22,66.4 -20,65.7 -18,66.1 -16,66.5 -13.6,65 -15,64.3 -18.5,63.4 -21,63.8 -22.7,63.8 -22,64.6",
  GB: "-5.6,50.1 -3.5,50.3 1.4,51.2 1.7,52.7 0.1,53.4 -1.5,55 -3,56 -2,57.6 -4,57.7 -3.2,58.6 -5,58.6 -6,56.6 -5,55.8 -3.3,54.9 -3,53.5 -4.6,53 -5,51.8 -3,51.3",
  IE: "-10,51.6 -6.4,52.2 -6,53.5 -5.5,54.4 -7.3,55.3 -9.9,54.2 -9,53.2",
  ES: "-9.2,43 -1.8,43.4 3.2,42.4 0.8,41 -0.3,39.5 0.1,38.7 -2.1,36.8 -5.4,36.1 -7.4,37.2 -7,39 -6.6,41.8 -8.8,41.9",
  PT: "-8.8,41.9 -6.6,41.8 -7,39 -7.4,37.2 -8.9,37 -9.4,38.7",
  FR: "-4.7,48.4 -1.6,48.7 -1.8,49.7 0.2,49.6 1.6,50.9 2.5,51.1 4.2,49.9 6.2,49.5 8.1,49 7.6,47.6 6.1,46.3 7,45.5 7.5,43.8 4.6,43.4 3.2,42.4 -1.8,43.4 -1.2,46 -2.5,47.3",
  BE: "2.5,51.1 4.3,51.4 5.9,51 6.2,49.5 4.2,49.9",
  NL: "4.3,51.4 4.7,53 7.1,53.3 6.8,52 5.9,51",
  DE: "7.1,53.4 8.6,54.9 10.9,54 14.2,53.9 14.9,51 12.2,50.3 13.8,48.7 13,47.6 7.6,47.6 8.1,49 6.2,49.6 5.9,51 6.8,52",
  CH: "6.1,46.3 7.6,47.6 9.6,47.5 10.4,46.6 9,45.9 7,45.9",
  AT: "9.6,47.5 13,47.6 13.8,48.7 16.9,48.6 16.2,46.9 13.6,46.6 10.4,46.8",
  IT: "7,45.5 9,45.9 12.4,46.8 13.7,45.7 12.3,44.9 13.6,43.5 16,41.9 18.4,40 16.9,40.4 16.6,38.9 15.7,38 15.6,40 12.3,41.7 10.3,43.5 7.5,43.8",
  PL: "14.2,53.9 18.6,54.7 22.8,54.3 23.6,52 24,50.4 22.5,49.1 18.9,49.4 14.9,51",
  CZ: "12.2,50.3 14.9,51 18.9,49.4 16.9,48.7 13.8,48.7",
  DK: "8.2,55 8.2,57 10.6,57.7 10.9,56.4 12.5,56 12.2,55 9.6,54.8",
  NO: "5,61.9 5.5,59 7,58 9.5,59 11.2,59 12.5,61 12,63.3 14.5,66 18,68.5 25.7,69.1 31,70.3 25.7,71.1 18,69.8 13,66.5 10,63.9",
  SE: "11.2,59 12.8,55.5 14.3,55.5 16.5,56.8 18.8,59.8 17.2,61 17.8,62.8 22,65.5 24.1,65.8 23.5,68 20.5,69 18,68.5 14.5,66 12,63.3 12.5,61",
  FI: "24.1,65.8 25.4,65 21.3,62.8 21.4,60.8 23,59.9 27.8,60.5 31.5,62.8 29.8,64.8 29,69.2 25.7,69.1 20.5,69 23.5,68",
  EE: "23.5,58.7 24.4,59.5 28,59.4 27.4,57.6 24.4,57.9",
  LV: "21,56.8 22.6,57.7 24.4,57.9 27.4,57.6 28.2,56.2 21.1,56.1",
  LT: "21.1,56.1 26.5,55.7 25.5,54.2 22.8,54.3 21.2,55.3",
};

type Point = readonly [longitude: number, latitude: number];

const OUTLINES: ReadonlyMap<string, readonly Point[]> = new Map(
  Object.entries(DRAWN).map(([code, line]) => [code, line.split(" ").map(pointOf)]),
);

function pointOf(text: string): Point {
  const [longitude = 0, latitude = 0] = text.split(",").map(Number);
  return [longitude, latitude];
}

/** Places of regions by what their catalogue entry calls them, then by their country. */
const PLACES: Readonly<Record<string, Point>> = {
  Paris: [2.35, 48.86],
  Gravelines: [2.13, 50.99],
  Roubaix: [3.18, 50.69],
  Stockholm: [18.07, 59.33],
  Iceland: [-21.9, 64.15],
  Falkenstein: [12.37, 50.48],
  Helsinki: [24.94, 60.17],
};

const WEST = -25;
const NORTH = 71.5;
const SCALE = 10;
/** Degrees of latitude as tall as they are at 54° north. */
const TALL = 1.7;

/** Width and height of the map. */
export const MAP_SIZE = { width: 57.5 * SCALE, height: 35.8 * SCALE * TALL } as const;

/** Where a point lies on the map. */
export function onMap([longitude, latitude]: Point): { x: number; y: number } {
  return { x: (longitude - WEST) * SCALE, y: (NORTH - latitude) * SCALE * TALL };
}

/** Countries as paths of the map. */
export const COUNTRIES: readonly { readonly code: string; readonly path: string }[] = [...OUTLINES].map(
  ([code, points]) => ({ code, path: `M${points.map(step).join("L")}Z` }),
);

function step(point: Point): string {
  const { x, y } = onMap(point);
  return `${x.toFixed(0)} ${y.toFixed(0)}`;
}

/** Where a region stands on the map; null: nobody has said where that is. */
export function placeOf(region: { location: string | null; country: string }): { x: number; y: number } | null {
  const known = region.location === null ? undefined : PLACES[region.location];
  if (known !== undefined) return onMap(known);
  const outline = OUTLINES.get(region.country);
  if (outline === undefined) return null;
  const sum = outline.reduce<[number, number]>(([x, y], [a, b]) => [x + a, y + b], [0, 0]);
  return onMap([sum[0] / outline.length, sum[1] / outline.length]);
}
