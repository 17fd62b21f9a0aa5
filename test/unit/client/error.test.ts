import { expect, test } from 'vitest';
import { makeClient } from './fake-socket.js';

/** What the stack of the rejection of a call says, as seen by a caller that awaits it. */
async function stackOf(call: () => Promise<unknown>): Promise<string> {
  const theCaller = async (): Promise<unknown> => await call();
  return theCaller().then(
    () => 'resolved',
    (error: Error) => error.stack ?? '',
  );
}

test.each(['predict', 'predict().catch', 'ready', 'ping', 'streams'])(
  'the stack of a rejected %s holds the line of its caller',
  async (call) => {
    const { client, clock } = makeClient({ timeoutMs: 50 });
    const stack = stackOf(() => {
      if (call === 'predict') return client.predict([1, 2, 3, 4]);
      if (call === 'ready') return client.ready();
      if (call === 'ping') return client.ping();
      if (call === 'streams') return client.streams();
      return client.predict([1, 2, 3, 4]).catch((error: unknown) => {
        throw error;
      });
    });
    clock.advance(60);

    expect(await stack).toMatch(/^TickcastError: .*\n[\s\S]*theCaller .*error\.test\.ts/);
  },
);

test('one error that ends many calls has for each the line of its caller', async () => {
  const { client, socket } = makeClient();
  const first = client.predict([1, 2, 3, 4]);
  const one = async function callerOne(): Promise<unknown> {
    return await first;
  };
  const two = async function callerTwo(): Promise<unknown> {
    return await client.predict([1, 2, 3, 4]);
  };
  const stacks = Promise.all([one(), two()].map((call) => call.catch((error: Error) => error.stack)));
  socket.listener.connectFailed('refused', { code: 'FORBIDDEN', message: 'no', retryable: false });

  const [atOne, atTwo] = await stacks;
  expect(atOne).toContain('callerOne');
  expect(atTwo).toContain('callerTwo');
  expect(atTwo).not.toContain('callerOne');
});

test('keeps what an error knows: code, cause, wait', async () => {
  const { client, socket } = makeClient();
  socket.hello();
  const refused = client.predict([1, 2, 3, 4]);
  const aborted = client.predict([1, 2, 3, 4], { signal: AbortSignal.abort('left') });
  socket.refuse(1, 'OVERLOADED', { retryAfterMs: 7 });

  await expect(refused).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true, retryAfterMs: 7 });
  await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED', cause: 'left' });
});
