import { createElement, type ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { usePredict, useStream, useTickcast } from '../../../client/react/index.js';
import { SharedStreams } from '../../../client/react/shared-streams.js';
import { isSame } from '../../../client/react/use-kept.js';
import { FakeHub } from '../../../client/testing/index.js';

test('renders on a server: no client, no request, no subscription', () => {
  const hub = new FakeHub();
  function Page(): ReactElement {
    const { client, state, problem } = useTickcast('http://hub.test', {}, (_url, options) => hub.connect(options));
    const { answer, isPending } = usePredict(client, 'fine');
    const { values, state: view } = useStream(client, 'live');
    return createElement(
      'p',
      null,
      JSON.stringify([client ?? null, state, problem ?? null, answer ?? null, isPending, values, view]),
    );
  }

  expect(renderToString(createElement(Page)).replaceAll('&quot;', '"')).toBe(
    '<p>[null,"connecting",null,null,false,[],"connecting"]</p>',
  );
  expect(hub.handshakes).toEqual([]);
});

test.each([
  [[1, [2, 3]], [1, [2, 3]], true],
  [[1, 2], [1, 2, 3], false],
  [{ a: 1, b: undefined }, { a: 1 }, false],
  [Float32Array.of(1, 2), Float32Array.of(1, 2), true],
  [Float32Array.of(1, 2), Float32Array.of(1, 3), false],
  [Float32Array.of(1), Int32Array.of(1), false],
  [new Uint8Array([1]).buffer, new Uint8Array([1]).buffer, true],
  ['a', 'a', true],
  [Number.NaN, Number.NaN, true],
  [null, {}, false],
  [[], {}, false],
  [new Date(0), new Date(0), false],
  [() => 1, () => 2, true],
])('%j and %j: the same is %j', (a, b, same) => {
  expect(isSame(a, b)).toBe(same);
});

test('components share the subscription to a stream, and the last one ends it', async () => {
  const hub = new FakeHub();
  const client = hub.connect();
  await client.ready();
  const heard: string[] = [];
  const listener = (name: string) => ({
    value: ({ offset }: { readonly offset: number }) => heard.push(`${name} ${offset}`),
    gap: () => heard.push(`${name} gap`),
    state: (state: string) => heard.push(`${name} ${state}`),
  });
  const streams = SharedStreams.of(client);
  expect(SharedStreams.of(client)).toBe(streams);
  const offOne = streams.add('live', {}, listener('one') as never);
  const offTwo = streams.add('live', {}, listener('two') as never);
  await hub.clock.advance(0);
  hub.publish('live', {});
  await hub.clock.advance(0);
  offOne();
  offOne();
  hub.publish('live', {});
  hub.gap('live', 1);
  await hub.clock.advance(0);

  expect(() => streams.add('live', { mode: 'sample' }, listener('other') as never)).toThrow(
    expect.objectContaining({ code: 'ALREADY_SUBSCRIBED' }),
  );
  offTwo();
  await hub.clock.advance(0);
  expect(await client.streams()).toMatchObject([{ viewers: 0 }]);
  expect(heard).toEqual([
    ...['one connecting', 'two connecting', 'one waiting', 'two waiting', 'one live', 'two live'],
    ...['one 1', 'two 1', 'two 2', 'two gap'],
  ]);
  // As in strict mode: left and entered again at once.
  streams.add('live', {}, listener('again') as never)();
  streams.add('live', {}, listener('again') as never);
  await hub.clock.advance(0);
  expect(await client.streams()).toMatchObject([{ viewers: 1 }]);
  client.close();
});
