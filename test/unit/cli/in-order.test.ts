import { expect, test } from 'vitest';
import { inOrder } from '../../../cli/predict/in-order.js';

interface Begun {
  readonly item: number;
  readonly end: (result: string) => void;
}

/** Work that ends when a test says so. */
function puppetWork(): { readonly begun: Begun[]; readonly work: (item: number) => Promise<string> } {
  const begun: Begun[] = [];
  return { begun, work: (item) => new Promise((end) => begun.push({ item, end })) };
}

async function* numbers(to: number, read: number[] = []): AsyncGenerator<number> {
  for (let i = 1; i <= to; i++) {
    read.push(i);
    yield i;
  }
}

/** Lets everything that can go on go on. */
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

test('results come in the order of the items, whatever ends first', async () => {
  const { begun, work } = puppetWork();
  const results: string[] = [];
  const all = (async () => {
    for await (const result of inOrder(numbers(4), 4, work)) results.push(result);
  })();
  await settle();
  for (const at of [3, 1, 2]) begun[at]?.end(`${begun[at]?.item}`);
  await settle();
  expect(results).toEqual([]);
  begun[0]?.end('1');
  await all;
  expect(results).toEqual(['1', '2', '3', '4']);
});

test('no more are begun, and no more is read, than there is room for', async () => {
  const { begun, work } = puppetWork();
  const read: number[] = [];
  const results: string[] = [];
  const all = (async () => {
    for await (const result of inOrder(numbers(5, read), 2, work)) results.push(result);
  })();
  await settle();
  expect(begun.map(({ item }) => item)).toEqual([1, 2]);
  expect(read).toEqual([1, 2]);
  begun[1]?.end('2');
  await settle();
  expect(begun).toHaveLength(2);
  begun[0]?.end('1');
  await settle();
  expect(begun.map(({ item }) => item)).toEqual([1, 2, 3, 4]);
  for (const { item, end } of begun) end(`${item}`);
  await settle();
  begun[4]?.end('5');
  await all;
  expect(results).toEqual(['1', '2', '3', '4', '5']);
});

test('what is answered is given while the next item is not there yet', async () => {
  const { begun, work } = puppetWork();
  let next: (item: number) => void = () => undefined;
  async function* slow(): AsyncGenerator<number> {
    yield 1;
    yield await new Promise<number>((resolve) => {
      next = resolve;
    });
  }
  const results = inOrder(slow(), 8, work);
  const first = results.next();
  await settle();
  begun[0]?.end('one');
  expect(await first).toEqual({ done: false, value: 'one' });
  const second = results.next();
  next(2);
  await settle();
  begun[1]?.end('two');
  expect(await second).toEqual({ done: false, value: 'two' });
  expect((await results.next()).done).toBe(true);
});

test('a source that fails is told after the results before it', async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new Error('the disk is gone');
  }
  const results: string[] = [];
  const all = (async () => {
    for await (const result of inOrder(failing(), 8, async (item) => `${item}`)) results.push(result);
  })();
  await expect(all).rejects.toThrow('the disk is gone');
  expect(results).toEqual(['1']);
});

test('who stops taking stops the reading', async () => {
  const read: number[] = [];
  for await (const _ of inOrder(numbers(1000, read), 2, async (item) => item)) break;
  await settle();
  expect(read.length).toBeLessThan(5);
});
