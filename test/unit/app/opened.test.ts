import { expect, test } from 'vitest';
import { Opened } from '../../../server/app/opened.js';

test('what was opened is closed once, the last first, whatever cannot be closed', async () => {
  const done: string[] = [];
  const opened = new Opened((cause) => done.push(String(cause)));
  opened.add(async () => done.push('first'));
  opened.add(() => Promise.reject(new Error('a bug')));
  opened.add(() => done.push('third'));
  await opened.close();
  await opened.close();

  expect(done).toEqual(['third', 'Error: a bug', 'first']);
});

test('one function may take over all that was opened before', async () => {
  const done: string[] = [];
  const opened = new Opened(() => undefined);
  opened.add(() => done.push('old'));
  opened.become(() => done.push('whole'));
  await opened.close();

  expect(done).toEqual(['whole']);
});
