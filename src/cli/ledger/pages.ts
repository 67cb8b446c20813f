/** How many rows are read at a time. */
const PAGE = 1_000;

/** Where a page begins, and how many rows it has at most. */
export interface PagePlace {
  readonly limit: number;
  /** Undefined: at the beginning. */
  readonly cursor: string | undefined;
}

/** Some rows, and where the next page begins; null: this was the last one. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly cursor: string | null;
}

/** The rows of pages, one page after the other. */
export async function* pagesOf<Row>(read: (place: PagePlace) => Promise<Page<Row>>): AsyncGenerator<readonly Row[]> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page<Row> = await read({ limit: PAGE, cursor });
    yield page.rows;
    cursor = page.cursor;
  }
}

/** The first `limit` rows of pages. */
export async function firstOf<Row>(limit: number, read: (place: PagePlace) => Promise<Page<Row>>): Promise<Row[]> {
  const found: Row[] = [];
  const left = ({ cursor }: PagePlace) => read({ limit: Math.min(PAGE, limit - found.length), cursor });
  for await (const rows of pagesOf(left)) {
    found.push(...rows);
    if (found.length >= limit) break;
  }
  return found;
}
