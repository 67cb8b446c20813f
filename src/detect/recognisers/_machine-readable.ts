/** The check digit of machine-readable documents (ICAO 9303-3, 4.9): weights 7 3 1, letters counting 10 to 35. */
export function machineReadableCheck(characters: string): number {
  let sum = 0;
  for (let at = 0; at < characters.length; at++) {
    sum += Number.parseInt(characters[at] as string, 36) * ([7, 3, 1][at % 3] as number);
  }
  return sum % 10;
}
