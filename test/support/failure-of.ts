/** What a promise rejects with; throws where it does not reject. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  let result: unknown;
  try {
    result = await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error(`It did not fail: ${JSON.stringify(result)}`);
}
