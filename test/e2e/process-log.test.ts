import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { startTestProcess } from '../support/app.js';
import { startStuckHub } from '../support/stuck-output.js';
import { writeLinear } from '../support/tiny-models.js';
import { until, within } from '../support/until.js';

const main = new URL('../../dist/server/main.js', import.meta.url).pathname;
const SECRET = 'hush-4711-do-not-log';

test('every line is JSON with a time, a level and ids; no secret and no payload of a caller is in any', async () => {
  const hub = await startTestProcess({ models: writeLinear, config: { logLevel: 'trace' } });
  const payload = JSON.stringify({ input: [`${SECRET} ${'x'.repeat(5000)}`] });
  const answers = await Promise.all(
    ['{"input": [0.5]}', payload, `{"broken ${SECRET}`].map((body) =>
      fetch(`${hub.url}/predict?token=${SECRET}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}`, cookie: `token=${SECRET}` },
        body,
      }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 400]);
  const socket = io(hub.url, {
    transports: ['websocket'],
    auth: { token: SECRET, session: `${SECRET}-session` },
    extraHeaders: { authorization: `Bearer ${SECRET}` },
  });
  const answered = new Promise((resolve) => socket.once('prediction', resolve));
  socket.emit('predict', { input: [0.5], id: 'an-id' });
  await answered;
  socket.emit('predict', { input: SECRET });
  socket.emit('cancel', { id: { [SECRET]: 1 } });
  await new Promise((resolve) => socket.once('prediction_error', resolve));
  const { id } = socket;
  socket.disconnect();
  await until('the end of the connection is logged', () => hub.log.some(({ msg }) => msg === 'client disconnected'));
  expect(await hub.close()).toBe(0);

  const lines = hub.log.map((line) => JSON.stringify(line));
  expect(hub.log.every(({ time, level }) => typeof time === 'string' && typeof level === 'string')).toBe(true);
  expect(lines.filter((line) => line.includes(SECRET))).toEqual([]);
  expect(lines.filter((line) => line.includes('xxxxxxxxxx'))).toEqual([]);
  expect(hub.log.find(({ msg, id }) => msg === 'predicted' && id !== undefined)).toMatchObject({
    level: 'debug',
    id: 'an-id',
    rows: 1,
  });
  const access = hub.log.filter(({ msg }) => msg === 'http');
  expect(access.map(({ requestId }) => requestId).sort()).toEqual(
    answers.map(({ headers }) => headers.get('x-request-id')).sort(),
  );
  const accepted = access.find(({ status }) => status === 200);
  expect(accepted).toMatchObject({ method: 'POST', path: '/predict', address: '127.0.0.1' });
  const [connected, disconnected] = ['client connected', 'client disconnected'].map((text) =>
    hub.log.find(({ msg }) => msg === text),
  );
  expect(connected).toMatchObject({ socket: id, via: 'websocket' });
  expect(disconnected).toMatchObject({ socket: id, session: connected?.session, requests: 2 });
});

test.skipIf(!process.env.CI && !existsSync('/usr/bin/script'))(
  'on a terminal the lines are for people, and --log-format json is for machines there too',
  async () => {
    const run = async (format: string): Promise<string> => {
      const hub = `exec ${process.execPath} ${main} --port 0 --engine wasm --log-format ${format}`;
      const child = spawn('script', ['-qec', `echo "pid $$"; ${hub}`, '/dev/null'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const closed = once(child, 'close');
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await until('it listens', () => said.includes('listening'));
      process.kill(Number(/pid (\d+)/.exec(said)?.[1]), 'SIGTERM');
      await within('it drains', closed);
      return said;
    };

    const [pretty, json] = await Promise.all([run('auto'), run('json')]);

    expect(pretty).toMatch(/\d\d:\d\d:\d\d\.\d{3}.*INFO.*listening/);
    expect(pretty).toContain('drained');
    expect(json.split('\r\n').filter((line) => line.startsWith('{"level":"info"')).length).toBeGreaterThan(2);
  },
);

test.each(['json', 'pretty'])('an Origin with controls is shown by its codes, %s', async (format) => {
  const hub = await startStuckHub(['--log-format', format], ['ignore', 'pipe', 'inherit']);
  const chunks: Buffer[] = [];
  hub.child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  // As bytes: clients refuse to send it.
  const head = 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nOrigin: http://';
  socket.write(Buffer.from(`${head}\u009b31m\u0085x\r\nConnection: close\r\n\r\n`, 'latin1'));
  // In JSON the backslash of an escape is itself escaped.
  await until('it is told', () => /\\u009b31m\\+u0085x/.test(Buffer.concat(chunks).toString()));
  socket.destroy();
  hub.child.kill('SIGTERM');
  expect(await hub.exited).toBe(0);

  // A pipe gets no colours either.
  const text = Buffer.concat(chunks).toString();
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
