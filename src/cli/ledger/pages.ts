/** Pages one after the other, for as long as one says where the next begins. */
export async function* pagesOf<Page extends { readonly cursor: string | null }>(
  read: (cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Page = await read(cursor);
    yield page;
    cursor = page.cursor;
  }
}
