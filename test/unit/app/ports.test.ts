import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { listenProblem, portProblems } from '../../../server/app/ports.js';

test.each([
  ['EADDRINUSE', 'port 80 on here is in use; stop what listens there, or choose another --admin-port'],
  ['EACCES', 'port 80 needs rights that this user has not; choose a --admin-port above 1023'],
  ['ENOTFOUND', 'here is no address of this machine; see --admin-host'],
  ['EOTHER', 'cannot listen on here:80: no reason given'],
])('%s is told with what to do', (code, problem) => {
  expect(listenProblem(Object.assign(new Error(''), { code }), 'here', 80, 'admin-')).toBe(problem);
});

test('every port that cannot be had is told, and all are free afterwards', async () => {
  const holder = createServer();
  await new Promise<void>((listens) => holder.listen(0, '127.0.0.1', listens));
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const host = '127.0.0.1';
  expect(await portProblems({ host, port, adminHost: '192.0.2.1', adminPort: 1 })).toEqual([
    expect.stringContaining(`port ${port} on 127.0.0.1 is in use`),
    expect.stringContaining('192.0.2.1 is no address of this machine; see --admin-host'),
  ]);
  await new Promise((closed) => holder.close(closed));
  expect(await portProblems({ host, port, adminHost: host, adminPort: port })).toEqual([
    expect.stringContaining('choose another --admin-port'),
  ]);
  expect(await portProblems({ host, port, adminHost: host, adminPort: 0 })).toEqual([]);
  expect(await portProblems({ host, port, adminHost: host, adminPort: 0 })).toEqual([]);
});
