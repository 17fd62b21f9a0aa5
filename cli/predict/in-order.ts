/** Works on several items at a time and gives the results in the order of the items. Knows no hub. */

/**
 * Holds at most `most` items that are begun and not yet taken. Reads the next one only when there is room. Stops
 * reading when the consumer stops, and rejects as the source does, after the results before. `work` must not reject.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const source = items[Symbol.asyncIterator]();
  const begun: Promise<R>[] = [];
  let reading: Promise<Reading<T>> | undefined;
  let end: Reading<T> | undefined;
  try {
    for (;;) {
      if (end === undefined && begun.length < most) reading ??= read(source);
      const [oldest] = begun;
      // A slow source must not hold back what is answered already.
      const first =
        reading && (await (oldest === undefined ? reading : Promise.race([reading, oldest.then(answered)])));
      if (first !== undefined && first.kind !== 'answered') {
        reading = undefined;
        if (first.kind === 'item') begun.push(work(first.item));
        else end = first;
        continue;
      }
      if (oldest === undefined) break;
      void begun.shift();
      yield await oldest;
    }
    if (end?.kind === 'failed') throw end.cause;
  } finally {
    if (end === undefined) void source.return?.();
  }
}

type Reading<T> =
  | { readonly kind: 'item'; readonly item: T }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly cause: unknown };

async function read<T>(source: AsyncIterator<T>): Promise<Reading<T>> {
  try {
    const { done, value } = await source.next();
    return done === true ? { kind: 'end' } : { kind: 'item', item: value };
  } catch (cause) {
    return { kind: 'failed', cause };
  }
}

function answered(): { readonly kind: 'answered' } {
  return { kind: 'answered' };
}
