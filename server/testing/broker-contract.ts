/**
 * Contract of every broker: order, offsets, times and bounds of what is published, as seen by the hub that reads it.
 */

import assert from 'node:assert/strict';
import type { Broker, CastItem, StreamLog } from '../contracts/broker.js';
import type { CastPrediction, CastSource } from '../contracts/streams.js';
import { type ContractCase, until, within } from './contract.js';

/** A broker and its bound. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  /** Items retained per stream: fewer than 100. */
  readonly maxItems: number;
  /** Called at the end of each case, after the broker was closed. */
  readonly close?: () => Promise<void>;
}

/** A stream opened by a case, and what was read from it. */
interface Opened {
  readonly log: StreamLog;
  readonly items: CastItem[];
  failed: number;
  /** Publishes `count` predictions and waits until they are read. */
  publish(count: number): Promise<void>;
}

/**
 * Returns the cases that a broker must pass.
 * @param open creates a broker without streams, anew for each case.
 */
export function brokerContract(open: () => Promise<BrokerUnderTest>): readonly ContractCase[] {
  const on = (
    name: string,
    body: (under: BrokerUnderTest, openStream: (stream?: string) => Opened) => Promise<void>,
  ): ContractCase => ({
    name,
    run: async () => {
      const under = await open();
      try {
        await within(
          name,
          body(under, (stream = 'a') => openOn(under.broker, stream)),
        );
      } finally {
        under.broker.close();
        await under.close?.();
      }
    },
  });
  return [
    on(
      'numbers what is published from 1 on, without holes, in the order in which it was published',
      async (_, openStream) => {
        const opened = openStream();
        assert.deepEqual([opened.log.first, opened.log.last], [1, 0]);
        await opened.publish(20);
        assert.deepEqual(
          opened.items.map(({ offset }) => offset),
          range(1, 20),
        );
        assert.deepEqual(
          opened.items.map(({ item }) => item.text),
          range(1, 20).map((n) => `text ${n}`),
        );
        assert.equal(opened.log.last, 20);
      },
    ),
    on('gives every item the fields that viewers are sent, and nothing else', async (_, openStream) => {
      const opened = openStream();
      const { log, items } = opened;
      log.publish(predictionOf(0.5), { ...sourceOf('whole'), id: 'mine', row: 3 });
      await until('it is read', () => items.length === 1);
      const [one] = items;
      assert.ok(one !== undefined);
      const { at, ...fields } = one.item;
      assert.ok(Number.isSafeInteger(at) && at > 0, `at is ${at}`);
      const expected = { offset: 1, from: 'me', id: 'mine', row: 3, text: 'whole', ...predictionOf(0.5) };
      assert.deepEqual(fields, expected);
      assert.deepEqual(JSON.parse(one.json), { ...expected, at });
      assert.ok(one.bytes > 0);
    }),
    on('tells times that never step back, neither its own nor those of items', async ({ broker }, openStream) => {
      const before = broker.now();
      const opened = openStream();
      for (let i = 0; i < 10; i++) {
        await opened.publish(3);
        broker.follow();
      }
      const times = [before, ...opened.items.map(({ item }) => item.at), broker.now()];
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
    }),
    on('keeps the newest items, within its bound, and answers them at once', async ({ maxItems }, openStream) => {
      const opened = openStream();
      await opened.publish(100);
      const { log } = opened;
      assert.equal(log.last, 100);
      assert.ok(
        log.last - log.first + 1 <= maxItems,
        `${log.first} to ${log.last} are kept, at most ${maxItems} may be`,
      );
      assert.ok(log.first <= log.last, 'the newest must be kept');
      const offsets = (from: number, to: number): number[] => log.slice(from, to).map(({ offset }) => offset);
      assert.deepEqual(offsets(log.first, log.last), range(log.first, log.last));
      assert.deepEqual(offsets(1, 200), range(log.first, log.last));
      assert.deepEqual(offsets(100, 100), [100]);
      assert.deepEqual(offsets(101, 200), []);
    }),
    on('forgets a stream when it is told to, and goes on with its offsets', async (_, openStream) => {
      const [one, other] = [openStream('one'), openStream('other')];
      await one.publish(3);
      await other.publish(2);
      one.log.erase();
      assert.deepEqual(one.log.slice(1, 10), []);
      assert.deepEqual(
        other.log.slice(1, 10).map(({ offset }) => offset),
        [1, 2],
      );
      await one.publish(1);
      assert.deepEqual(
        one.log.slice(1, 10).map(({ offset }) => offset),
        [4],
      );
    }),
    on('keeps streams apart', async (_, openStream) => {
      const [one, other] = [openStream('one'), openStream('other')];
      await one.publish(3);
      await other.publish(2);
      assert.deepEqual([one.log.last, other.log.last], [3, 2]);
      assert.notEqual(one.log.epoch, other.log.epoch);
    }),
    on('has epochs that can be told from those of others', async ({ broker }, openStream) => {
      const { epoch } = openStream().log;
      assert.match(epoch, /^[A-Za-z0-9]+\.[A-Za-z0-9]+$/);
      assert.equal(broker.isOwn(epoch), true);
      assert.equal(broker.isOwn('0000000000.ffff'), false);
    }),
    on('tells of predictions that failed, and when', async ({ broker }, openStream) => {
      const opened = openStream();
      const before = broker.now();
      opened.log.fail(3);
      opened.log.fail(1);
      await until('they are told', () => opened.failed === 4);
      assert.ok(broker.now() >= before);
      assert.equal(opened.log.last, 0);
    }),
    on('tells a reader nothing before it has opened, nor once it has closed', async ({ broker }) => {
      let told = 0;
      const tell = (): void => {
        told += 1;
      };
      const reader = { item: tell, failed: tell };
      const log = broker.open('a', reader);
      assert.equal(told, 0);
      log.close();
      log.publish(predictionOf(1), sourceOf('late'));
      log.fail(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(told, 0);
      log.close();
    }),
    on('publishes without waiting, however much comes at once', async (_, openStream) => {
      const opened = openStream();
      for (let i = 0; i < 5000; i++) opened.log.publish(predictionOf(i), sourceOf(`${i}`));
      await until('all are read', () => opened.items.length === 5000);
      assert.deepEqual(
        opened.items.map(({ item }) => item.text),
        range(0, 4999).map(String),
      );
    }),
  ];
}

function openOn(broker: Broker, stream: string): Opened {
  const items: CastItem[] = [];
  const opened: Opened = {
    log: broker.open(stream, {
      item: (item) => items.push(item),
      failed: (count) => {
        opened.failed += count;
      },
    }),
    items,
    failed: 0,
    publish: async (count) => {
      const goal = items.length + count;
      for (let n = items.length + 1; n <= goal; n++) opened.log.publish(predictionOf(n), sourceOf(`text ${n}`));
      await until('what was published is read', () => items.length === goal);
    },
  };
  return opened;
}

function predictionOf(score: number): CastPrediction {
  return { prediction: [score], model: 'mood@1', label: 'positive', score };
}

function sourceOf(text: string): CastSource {
  return { from: 'me', id: undefined, row: undefined, text, receipt: undefined };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
