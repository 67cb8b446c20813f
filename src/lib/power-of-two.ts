/**
 * Whether `times` is 1, 2, 4, 8, …: an alarm about something that keeps happening is given at these counts, so that it is
 * heard at once, goes on being heard, and is never a flood. For counts below 2³¹; none is no power of two.
 */
export function isPowerOfTwo(times: number): boolean {
  return times > 0 && (times & (times - 1)) === 0;
}
