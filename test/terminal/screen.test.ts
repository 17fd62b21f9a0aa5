import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { Screen } from '../../demo/view/screen.js';
import { Tally } from '../../demo/view/tally.js';
import { viewFor } from '../../demo/view/view.js';

/** A terminal that records what was written to it. */
function terminal(columns = 100, rows = 30, isTTY = true): { readonly stream: WriteStream; read(): string } {
  const pipe = new PassThrough();
  // The view reads the size and writes; nothing else of a terminal is used.
  const stream = Object.assign(pipe, { columns, rows, isTTY }) as unknown as WriteStream;
  return { stream, read: () => String(pipe.read() ?? '') };
}

test('the screen is opened once, redrawn from its corner, and given back once', () => {
  const { stream, read } = terminal();
  const screen = new Screen(stream);
  screen.draw(['one', 'two']);
  const first = read();
  screen.draw(['three']);
  const second = read();
  screen.close();
  screen.close();
  const last = read();

  expect(first).toContain('\x1b[?1049h');
  expect(first).toContain('\x1b[Hone\x1b[K\r\ntwo\x1b[K');
  expect(second).not.toContain('\x1b[?1049h');
  expect(second).toContain('\x1b[Hthree\x1b[K\x1b[J');
  expect(last.split('\x1b[?1049l')).toHaveLength(2);
  expect(last).toContain('\x1b[?25h');
});

test('a frame is left out while the terminal has not taken the one before', () => {
  const { stream, read } = terminal();
  const screen = new Screen(stream);
  screen.draw(['one']);
  stream.cork();
  screen.draw(['two']);
  screen.draw(['three']);
  stream.uncork();

  const written = read();
  expect(written).toContain('two');
  expect(written).not.toContain('three');
});

test('a terminal that does not know its size is taken for 80 by 24', () => {
  expect(new Screen(terminal(0, 0).stream).size).toEqual({ columns: 80, rows: 24 });
});

test('in a terminal, lines of log wait until it is given back', () => {
  const out = terminal();
  const err = terminal();
  const view = viewFor(out.stream, err.stream, {}, ['coffee']);
  view.begin('http://127.0.0.1:3000');
  view.log('{"level":"warn","msg":"one"}');
  view.update(new Tally(0));
  const during = err.read();
  view.close();

  expect(out.read()).toContain('\x1b[?1049h');
  expect(during).toBe('');
  expect(err.read()).toContain('"msg":"one"');
});

test('the page’s address is printed before the screen opens, so that it is there when it is closed', () => {
  const out = terminal();
  const view = viewFor(out.stream, terminal().stream, {}, ['coffee']);
  view.begin('http://127.0.0.1:4711', 3000);
  const before = out.read();
  view.update(new Tally(0));
  const frame = out.read();
  view.close();

  expect(before).toBe('Port 3000 is in use: the hub took a free one.\n\n  Watch it live: http://127.0.0.1:4711/\n\n');
  expect(frame).toContain('Watch it live:');
});

test.each([
  ['a pipe', terminal(0, 0, false), {}],
  ['a dumb terminal', terminal(), { TERM: 'dumb' }],
])('%s gets plain lines, and the log at once on the other stream', (_, out, env) => {
  const err = terminal();
  const view = viewFor(out.stream, err.stream, env, ['coffee']);
  view.begin('http://127.0.0.1:3000');
  view.update(new Tally(0));
  view.log('a warning');
  view.close();

  const written = out.read();
  expect(written).toMatch(/^\n {2}Watch it live: http:\/\/127\.0\.0\.1:3000\/\n/);
  expect(written).toContain('curl http://127.0.0.1:3000/predict');
  expect(written).toContain('00:00  sent 0');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a sequence
  expect(written).not.toMatch(/\x1b/);
  expect(err.read()).toBe('a warning\n');
});
