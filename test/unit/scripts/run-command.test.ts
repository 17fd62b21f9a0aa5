import { describe, expect, it } from 'vitest';
import { lastWords, runCommand } from '../../../cli/native/run-command.js';

const timeoutMs = 20_000;

describe('a command', () => {
  it('gives its output', async () => {
    expect(await runCommand(process.execPath, ['-p', '6 * 7'], { timeoutMs })).toEqual({ ok: true, stdout: '42\n' });
  });

  it('that is not installed is named', async () => {
    expect(await runCommand('no-such-command', [], { timeoutMs })).toEqual({
      ok: false,
      reason: 'no-such-command is not installed',
    });
  });

  it('that fails gives its code and its own words on one line', async () => {
    const script = 'console.error("working\\nERROR: no route\\nbye"); process.exit(3)';
    const result = await runCommand(process.execPath, ['-e', script], { timeoutMs });
    expect(result).toMatchObject({ ok: false, reason: expect.stringMatching(/ended with code 3: ERROR: no route$/) });
  });

  it('that does not end is ended at its deadline', async () => {
    const result = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 100 });
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('did not end within 0.1 s') });
  });

  it('ends with the signal of its caller', async () => {
    const result = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      timeoutMs,
      signal: AbortSignal.abort(),
    });
    expect(result).toEqual({ ok: false, reason: 'interrupted' });
  });

  it('is quoted by the first line that speaks of an error, else by its last line', () => {
    expect(lastWords('a\n  fatal error: x.h\n1 error generated\n')).toBe('fatal error: x.h');
    expect(lastWords('one\ntwo\n\n')).toBe('two');
    expect(lastWords('')).toBe('');
  });
});
