const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a day is one of the calendar; the year may be of two digits (then 29 February is one in every leap year of them). */
export function dayExists(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > (LENGTHS[month - 1] as number)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0 || year < 100));
}

/** Whether six digits are a day: year, month, day. */
export function isYearMonthDay(digits: string): boolean {
  return dayExists(Number(digits.slice(0, 2)), Number(digits.slice(2, 4)), Number(digits.slice(4, 6)));
}

/** Whether six digits are a day: day, month, year. */
export function isDayMonthYear(digits: string): boolean {
  return dayExists(Number(digits.slice(4, 6)), Number(digits.slice(2, 4)), Number(digits.slice(0, 2)));
}
