import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RotatingFile, type RotatingFileOptions } from '../../../server/observe/prediction-log/rotating-file.js';
import { failure, MemoryFiles } from '../../support/log-files.js';

function open(options: Partial<RotatingFileOptions> = {}) {
  const files = new MemoryFiles();
  const clock = { now: 0 };
  const file = new RotatingFile({
    folder: '/log',
    maxFileBytes: 1000,
    rotateMs: 60_000,
    keepFiles: 100,
    files,
    now: () => clock.now,
    mark: '20261125T200000000Z-11',
    ...options,
  });
  const write = (...lines: string[]) =>
    file.write(Buffer.from(lines.map((line) => `${line}\n`).join('')), lines.length);
  return { files, clock, file, write };
}

const name = (sequence: number): string => `predictions-20261125T200000000Z-11-00000${sequence}.jsonl`;

test('lines go on in one file until it is full; the line that does not fit begins the next', () => {
  const { files, write } = open({ maxFileBytes: 12 });

  expect(write('11111', '22222')).toEqual({ written: 2, problem: undefined, failed: false });
  write('33333', '44444', '55555');

  expect(files.texts).toEqual({ [name(1)]: '11111\n22222\n', [name(2)]: '33333\n44444\n', [name(3)]: '55555\n' });
  expect(files.openFiles).toBe(1);
});

test('a line larger than a file has one to itself', () => {
  const { files, write } = open({ maxFileBytes: 10 });

  write('1', 'a line of 22 characters', '3');

  expect(Object.values(files.texts)).toEqual(['1\n', 'a line of 22 characters\n', '3\n']);
});

test('a file takes lines for so long; an old one without lines goes on', () => {
  const { files, clock, write } = open({ rotateMs: 1000 });
  write('1');
  clock.now = 999;
  write('2');
  clock.now = 1000;
  write('3');

  expect(Object.values(files.texts)).toEqual(['1\n2\n', '3\n']);
});

test('as many of the log’s files stay as are to be kept; what is none of them is left alone', () => {
  const { files, write } = open({ maxFileBytes: 3, keepFiles: 3 });
  files.put('/log/notes.txt', 'mine', -3);
  files.put('/log/predictions-20200101T000000000Z-7-000001.jsonl', 'old\n', -2);
  files.put('/log/predictions-20270101T000000000Z-7-000001.jsonl', 'older, whatever its name says\n', -1);

  write('1', '2', '3', '4');

  expect(files.texts).toEqual({ 'notes.txt': 'mine', [name(2)]: '2\n', [name(3)]: '3\n', [name(4)]: '4\n' });
});

test('of the files of one process the older go first, also when the clock was set back between them', () => {
  const { files, write } = open({ keepFiles: 3 });
  files.put(`/log/${name(1)}`, '1\n', 3_600_000);
  files.put(`/log/${name(2)}`, '2\n', 3_600_001);
  files.put(`/log/${name(3)}`, '3\n', 10);

  write('4');

  expect(files.texts).toEqual({ [name(2)]: '2\n', [name(3)]: '3\n', [name(4)]: '4\n' });
});

test('old files that cannot be removed are told of, and lines go on', () => {
  const { files, write } = open({ maxFileBytes: 3, keepFiles: 1 });
  write('1');
  files.failing.remove = 'EACCES';

  expect(write('2')).toEqual({ written: 1, problem: 'EACCES: said by the test', failed: false });
  delete files.failing.remove;
  expect(write('3').problem).toBeUndefined();
  expect(files.lines).toEqual(['3']);
});

test('a write that takes a part only is gone on with', () => {
  const { files, write } = open();
  files.maxWriteBytes = 3;

  expect(write('11111', '22222').written).toBe(2);
  expect(files.lines).toEqual(['11111', '22222']);
});

test('a full disk: whole lines stay, half of one does not, and after a pause lines go on in the same file', () => {
  const { files, clock, file, write } = open();
  files.room = 15;

  expect(write('11111', '22222', '33333')).toEqual({ written: 2, problem: 'ENOSPC: said by the test', failed: true });
  expect(file.pausedBy).toBe('ENOSPC: said by the test');
  clock.now = 1000;
  expect(file.pausedBy).toBeUndefined();
  expect(write('44444')).toMatchObject({ written: 0, failed: true });
  files.room = 100;
  clock.now = 2000;
  expect(write('55555')).toEqual({ written: 1, problem: undefined, failed: false });

  expect(files.texts).toEqual({ [name(1)]: '11111\n22222\n55555\n' });
});

test('half a line that cannot be cut off: nothing is appended to it; where it stays so, another file is begun', () => {
  const { files, clock, write } = open();
  files.room = 9;
  files.failing.truncate = 'EIO';

  expect(write('11111', '22222')).toMatchObject({ written: 1, failed: true });
  files.room = 100;
  clock.now = 1000;
  expect(write('33333')).toMatchObject({ written: 0, failed: true });
  clock.now = 2000;
  expect(write('44444')).toMatchObject({ written: 1, failed: false });

  expect(files.texts).toEqual({ [name(1)]: '11111\n222', [name(2)]: '44444\n' });
});

test('any other failure: another file is tried, and one without a line is not left behind', () => {
  const { files, clock, write } = open();
  files.failing.write = 'EIO';
  write('1');
  delete files.failing.write;
  clock.now = 1000;
  write('2');

  expect(files.texts).toEqual({ [name(2)]: '2\n' });
  expect(files.openFiles).toBe(1);
});

test('the process may write no larger file: the next one is begun, and no line is lost', () => {
  const { files, write } = open();
  files.maxFileBytes = 15;

  expect(write('11111', '22222', '33333', '44444', '55555')).toMatchObject({ written: 5, failed: false });
  expect(Object.values(files.texts)).toEqual(['11111\n22222\n', '33333\n44444\n', '55555\n']);
});

test('not even one line is allowed: it is lost, and the rest is not tried again and again', () => {
  const { files, write } = open();
  files.maxFileBytes = 4;

  expect(write('11111', '2')).toEqual({ written: 0, problem: 'EFBIG: said by the test', failed: true });
  expect(files.lines).toEqual([]);
});

test('a file that was moved away or removed is left, and the next begun', () => {
  const { files, write } = open();
  write('1');
  files.remove(`/log/${name(1)}`);
  write('2');

  expect(files.texts).toEqual({ [name(2)]: '2\n' });
});

test('a folder that is gone is made again; a name that is taken is passed over', () => {
  const { files, write } = open();
  files.folders.clear();
  files.put(`/log/${name(1)}`, 'of somebody else\n');

  expect(write('1').written).toBe(1);
  expect(files.texts).toEqual({ [name(1)]: 'of somebody else\n', [name(2)]: '1\n' });
});

test.each(['EACCES', 'EROFS', 'ENOSPC'])('no file can be made (%s): lines are lost, and come once it can', (code) => {
  const { files, clock, write } = open();
  files.failing.create = code;

  expect(write('1')).toEqual({ written: 0, problem: failure(code).message, failed: true });
  delete files.failing.create;
  clock.now = 1000;
  expect(write('2')).toMatchObject({ written: 1, failed: false });
  expect(Object.keys(files.texts)).toEqual([name(1)]);
});

test('whatever fails and when: what it says stands is what stands, in whole lines and in order', () => {
  const calls = ['create', 'write', 'truncate', 'identity', 'list', 'remove', 'close'] as const;
  const step = fc.record({
    lines: fc.array(fc.stringMatching(/^[a-z]{0,12}$/), { maxLength: 6 }),
    failing: fc.option(fc.record({ call: fc.constantFrom(...calls), code: fc.constantFrom('EIO', 'ENOSPC') })),
    room: fc.option(fc.nat(40)),
    maxWriteBytes: fc.integer({ min: 1, max: 30 }),
    pass: fc.constantFrom(0, 500, 1000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (steps, ulimit) => {
      const { files, clock, file } = open({ maxFileBytes: 30, keepFiles: 1000 });
      files.maxFileBytes = ulimit;
      const expected: string[] = [];
      let count = 0;
      for (const { lines, failing, room, maxWriteBytes, pass } of steps) {
        clock.now += pass;
        for (const call of calls) delete files.failing[call];
        if (failing !== null) files.failing[failing.call] = failing.code;
        files.maxWriteBytes = maxWriteBytes;
        files.room = room === null ? Number.POSITIVE_INFINITY : room + files.lines.join('\n').length;
        const numbered = lines.map((line) => `${String(count++).padStart(3, '0')}${line}`);
        const { written } = file.write(Buffer.from(numbered.map((line) => `${line}\n`).join('')), numbered.length);
        expected.push(...numbered.slice(0, written));
      }
      for (const call of calls) delete files.failing[call];
      file.close();

      expect(files.lines).toEqual(expected);
      expect(files.openFiles).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('no line outlives its age: files are short, and go with their first line, also where nothing is written', () => {
  const keepMs = 100_000;
  const at = (ms: number): string => `{"v":1,"time":"${new Date(ms).toISOString()}"}`;
  const { files, clock, file, write } = open({ keepMs, rotateMs: 1e9 });
  files.put('/log/predictions-20250101T000000000Z-7-000001.jsonl', `${at(-50_000)}\n`);
  files.put('/log/notes.txt', 'nothing of the log');
  for (let ms = 0; ms <= 300_000; ms += 5000) {
    clock.now = ms;
    write(at(ms));
    file.expire(ms);
    for (const line of files.lines.filter((one) => one.startsWith('{')))
      expect(ms - Date.parse(JSON.parse(line).time)).toBeLessThanOrEqual(keepMs);
  }
  // Nine tenths of the age at least are kept.
  expect(files.lines.filter((one) => one.startsWith('{')).length).toBeGreaterThanOrEqual(18);
  clock.now = 600_000;
  file.expire(600_000);
  expect(files.lines).toEqual([]);
  expect(Object.keys(files.texts)).toEqual(['notes.txt']);
});
