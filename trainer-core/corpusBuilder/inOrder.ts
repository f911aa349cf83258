/** Work on many items at once whose results come in the order of the items. */

/**
 * Gives each item of `source` with what `work` makes of it, in order. At most `limit` items are at work or waiting to be given:
 * nothing more is taken from `source` until the first of them is.
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<[T, R]> {
  const underWay: [T, Promise<R>][] = [];
  const first = async (): Promise<[T, R]> => {
    const [item, result] = underWay.shift()!;
    return [item, await result];
  };
  for await (const item of source) {
    const result = work(item);
    // It may fail before its turn; then it is told in its turn.
    result.catch(() => {});
    underWay.push([item, result]);
    if (underWay.length >= limit) yield await first();
  }
  while (underWay.length > 0) yield await first();
}
