/** Runs one command to its end, with a deadline, and returns its output or a one-line problem. */

import { execFile } from 'node:child_process';
import { terminalText } from '../../shared/terminal-text.js';

export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

export type CommandResult =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly reason: string };

const maxOutputBytes = 16 << 20;

export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const { timeoutMs, ...rest } = options;
  return new Promise((resolve) => {
    execFile(command, args, { ...rest, timeout: timeoutMs, maxBuffer: maxOutputBytes }, (error, stdout, stderr) => {
      if (error === null) return resolve({ ok: true, stdout });
      if (options.signal?.aborted) return resolve({ ok: false, reason: 'interrupted' });
      if (error.code === 'ENOENT') return resolve({ ok: false, reason: `${command} is not installed` });
      if (error.killed) return resolve({ ok: false, reason: `${command} did not end within ${timeoutMs / 1000} s` });
      const ending = error.signal ? `was ended by ${error.signal}` : `ended with code ${error.code}`;
      resolve({
        ok: false,
        reason: `${command} ${ending}: ${lastWords(stderr) || lastWords(stdout) || 'it said nothing'}`,
      });
    });
  });
}

/** The first line that mentions an error, else the last line. */
export function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const kept = lines.filter((line) => line !== '');
  return terminalText((kept.find((line) => /\berror\b/i.test(line)) ?? kept.at(-1) ?? '').slice(0, 400));
}
