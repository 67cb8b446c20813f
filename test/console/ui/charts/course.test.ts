import { describe, expect, test } from "bun:test";
import { alone, fromKnown, stretches, withGaps } from "../../../../src/console/ui/charts/course.ts";

const series = Array.from({ length: 100 }, (_, at) => ({ at: at * 10 }));

test.each([
  [null, 88, "nothing is known: as many as show a course"],
  [-5, 0, "all of it is known"],
  [0, 0, "it is known from the first on"],
  [500, 49, "one point before the first that is known"],
  [985, 88, "what is known is younger than a course needs"],
  [99_999, 88, "nothing of it is known"],
])("a course that is known since %p begins at point %p: %s", (since, first) => {
  expect(fromKnown(series, since)[0]).toEqual({ at: first * 10 });
});

test("a short course stays whole", () => {
  expect(fromKnown(series.slice(0, 5), 30)).toHaveLength(5);
  expect(fromKnown([], 30)).toEqual([]);
});

describe("gaps of a course", () => {
  test("no line goes through a stretch in which nothing was heard", () => {
    expect(withGaps([0, 1, 2, 3, 20, 21].map((at) => ({ at, value: at }))).map((point) => "value" in point)).toEqual([
      true,
      true,
      true,
      true,
      false,
      true,
      true,
    ]);
  });

  test("a course without gaps stays as it is", () => {
    const course = [0, 1, 2, 4, 5].map((at) => ({ at }));
    expect(withGaps(course)).toEqual(course);
    expect(withGaps([])).toEqual([]);
  });
});

test.each([
  [[], []],
  [[1], [0]],
  [[1, 2], []],
  [
    [null, 1, 2, null, 0, null, 3],
    [4, 6],
  ],
  [[5, null, null], [0]],
])("of %p alone are %p", (values, places) => expect(alone(values)).toEqual(places));

test("what is known of a course is told stretch by stretch", () => {
  expect(stretches([null, 1, 2, null, null, 0, 3, null, 4])).toEqual([
    { from: 1, known: [1, 2] },
    { from: 5, known: [0, 3] },
    { from: 8, known: [4] },
  ]);
  expect(stretches([null])).toEqual([]);
});
