// What a stream learns of requests to it.
import { expect, test } from 'vitest';
import type { BatchOutcome } from '../../../server/contracts/engine.js';
import type { CastPrediction, CastSource, StreamPublisher } from '../../../server/contracts/streams.js';
import { Hub, type HubOptions } from '../../../server/core/hub.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { PuppetEngine } from '../../../server/testing/puppet-engine.js';
import { DEFAULT_OPTIONS, makeModel } from '../../support/core.js';

function openText(redact: (text: string) => string) {
  const model = makeModel('text', { name: 'text', dtype: 'string', shape: [] });
  return open({ redact, keepInputs: true }, model);
}

function open(options: Partial<HubOptions> = {}, model = makeModel()) {
  const clock = new ManualClock();
  const engine = new PuppetEngine();
  const items: CastPrediction[] = [];
  const sources: CastSource[] = [];
  const inputs: unknown[] = [];
  const failures: number[] = [];
  const publisher: StreamPublisher = {
    open: () => ({
      publish: (item, source) => {
        items.push(item);
        sources.push(source);
      },
      fail: (count) => void failures.push(count),
    }),
  };
  const hub = new Hub({
    engine,
    clock,
    options: { ...DEFAULT_OPTIONS, ...options },
    models: { resolve: () => model },
    publisher,
  });
  hub.tap({ name: 'test', predicted: ({ input }) => void inputs.push(input) });
  const ask = async (input: unknown, status: BatchOutcome['status'] = 'done', fields: object = {}): Promise<string> => {
    const answer = hub.predict({ input: input as never, stream: 's', ...fields }).then(
      () => 'ok',
      ({ code }: { code: string }) => code,
    );
    clock.advance(1);
    while (engine.running > 0) {
      await engine.finish(status);
      clock.advance(1);
    }
    clock.advance(100);
    return answer;
  };
  return { ask, items, sources, inputs, failures, engine };
}

test('a request with one row that is not finite casts none of its rows, and counts them all', async () => {
  const { ask, items, failures } = open();

  expect(await ask([1, 3e38, 2])).toBe('NOT_FINITE');
  expect(await ask([4, 5])).toBe('ok');

  expect(items.map(({ prediction }) => prediction)).toEqual([[8], [10]]);
  expect(failures).toEqual([3]);
});

test('an input on which the engine fails is counted, a request that nobody computed is not', async () => {
  const { ask, failures } = open();

  expect(await ask([1], 'failed')).toBe('ENGINE_FAILED');
  expect(failures).toEqual([1]);
  expect(await ask(['x'])).toBe('INVALID_INPUT');
  expect(failures).toEqual([1]);
});

test('viewers and the log get a redacted text, the model gets it as it came', async () => {
  const { ask, sources, inputs, engine } = openText((text) => text.replace('secret', '***'));

  expect(await ask('a secret', 'done', { subject: 'ann' })).toBe('ok');

  expect(sources.map(({ text }) => text)).toEqual(['a ***']);
  expect(inputs).toEqual(['a ***']);
  expect(engine.runs.flatMap(({ values }) => values)).toEqual(['a secret']);
});
