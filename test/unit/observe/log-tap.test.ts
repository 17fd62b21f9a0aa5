import { expect, test, vi } from 'vitest';
import { LogTap } from '../../../server/observe/log/log-tap.js';
import type { Logger } from '../../../server/observe/log/logger.js';
import { makeHub } from '../../support/core.js';

function openLog(levels: readonly string[] = []) {
  const under = makeHub();
  const lines: { readonly text: string; readonly fields: Record<string, unknown> }[] = [];
  const write = (fields: Record<string, unknown>, text: string) => void lines.push({ text, fields });
  const log = {
    warn: write,
    error: write,
    info: write,
    debug: write,
    trace: () => {},
    isLevelEnabled: (level: string) => levels.includes(level),
  } as unknown as Logger;
  under.hub.tap(new LogTap(log, under.clock));
  return { under, lines };
}

test('refusals are told once a minute for each code, with the count between, however the wall clock is set', () => {
  const { under, lines } = openLog();
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
  try {
    under.send('wrong');
    under.send('wrong');
    // Set back by an hour: the next line is still due a minute later.
    vi.setSystemTime(1_800_000_000_000 - 3_600_000);
    under.clock.advance(59_999);
    under.send('wrong');
    under.clock.advance(1);
    under.send('wrong');
    // Set forward: no line before its time.
    vi.setSystemTime(1_800_000_000_000 + 7_200_000);
    under.send('wrong');
  } finally {
    vi.useRealTimers();
  }
  expect(lines.map(({ text, fields }) => [text, fields.code, fields.unseen])).toEqual([
    ['request refused', 'INVALID_INPUT', 0],
    ['request refused', 'INVALID_INPUT', 2],
  ]);
});

test('answers that are not finite are told once a minute for each model, with an example', async () => {
  const { under, lines } = openLog();
  const ask = async (x: number): Promise<void> => {
    under.send([x]);
    under.clock.advance(1);
    await under.engine.finish();
  };
  await ask(3e38);
  await ask(-3e38);
  await ask(1);
  under.clock.advance(60_000);
  await ask(3e38);

  expect(lines.map(({ text, fields }) => [text, fields.model, fields.unseen])).toEqual([
    ['answer not finite', 'twice@1', 0],
    ['answer not finite', 'twice@1', 1],
  ]);
  expect(lines[0]?.fields.example).toContain('output "y" has Infinity in row 0');
});

test('at debug level each request leaves a line with its id, and otherwise none', async () => {
  for (const levels of [[], ['debug']]) {
    const { under, lines } = openLog(levels);
    under.send([1], { id: 'one' });
    under.clock.advance(1);
    await under.engine.finish();
    under.send('wrong', { id: 'two' });
    const traced = lines.filter(({ fields }) => 'id' in fields);

    expect(traced.map(({ text, fields }) => [text, fields.id, fields.model, fields.code])).toEqual(
      levels.length === 0
        ? []
        : [
            ['predicted', 'one', 'twice@1', undefined],
            ['not accepted', 'two', 'twice@1', 'INVALID_INPUT'],
          ],
    );
  }
});
