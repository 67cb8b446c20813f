/** Where a row stands in the order of a page. */
export interface Place {
  readonly at: number;
  readonly seq: number;
}

/** One of the ordered lists that a page is made of: gives at most `count` places behind `after`, in order. */
export type Read<P extends Place> = (after: P | null, count: number) => readonly P[];

interface List<P> {
  readonly read: Read<P & Place>;
  places: P[];
  over: boolean;
}

/**
 * The first `count` places of many ordered lists together, newest first or oldest first. Reads a little of each list and
 * more only of those that give most of the page, so that it takes time by the page and the number of lists, not by their
 * lengths.
 */
export function mergeFirst<P extends Place>(
  reads: readonly Read<P>[],
  { count, oldestFirst }: { readonly count: number; readonly oldestFirst: boolean },
): P[] {
  const direction = oldestFirst ? 1 : -1;
  const order = (a: Place, b: Place): number => direction * (a.at - b.at || a.seq - b.seq);
  let chunk = Math.max(8, Math.ceil((2 * count) / Math.max(1, reads.length)));
  const lists = reads.map((read): List<P> => {
    const places = [...read(null, chunk)];
    return { read, places, over: places.length < chunk };
  });
  for (;;) {
    const page = lists
      .flatMap(({ places }) => places)
      .sort(order)
      .slice(0, count);
    const last = page.length === count ? page.at(-1)! : null;
    // a list whose last known place stands on the page may have more that belong there
    const short = lists.filter(({ places, over }) => !over && (last === null || order(places.at(-1)!, last) <= 0));
    if (short.length === 0) return page;
    chunk = Math.min(count, chunk * 4);
    for (const list of short) {
      const more = list.read(list.places.at(-1)!, chunk);
      list.places.push(...more);
      list.over = more.length < chunk;
    }
  }
}
