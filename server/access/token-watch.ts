/** Checks once a second whether the token file has changed: edited, replaced, or a link that leads elsewhere. */

import type { Clock, Timer } from '../contracts/clock.js';
import { fileMark, type ProtectedRead, readProtected } from './protected-file.js';
import { parseTokenFile, type TokenFile, type TokenFileParsed } from './token-file.js';

const EVERY_MS = 1000;

export interface TokenWatchParts {
  readonly path: string;
  /** Mark of the file that was read last. */
  readonly mark: string;
  readonly clock: Clock;
  readonly changed: (file: TokenFile) => void;
  /** The file is no longer a valid token file; reported once per change. */
  readonly refused: (problem: string) => void;
}

export class TokenWatch {
  readonly #parts: TokenWatchParts;
  #mark: string;
  #timer: Timer | undefined;
  #closed = false;

  constructor(parts: TokenWatchParts) {
    this.#parts = parts;
    this.#mark = parts.mark;
  }

  begin(): void {
    this.#timer = this.#parts.clock.setTimer(EVERY_MS, () => {
      void this.check().then(() => {
        if (!this.#closed) this.begin();
      });
    });
  }

  /** Checks now. Never rejects. */
  async check(): Promise<void> {
    const { path, changed, refused } = this.#parts;
    const mark = await fileMark(path);
    if (mark === this.#mark || this.#closed) return;
    this.#mark = mark;
    const outcome = await readTokenFile(path);
    if (this.#closed) return;
    if (!outcome.ok) return refused(outcome.problem);
    this.#mark = outcome.mark;
    changed(outcome.file);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }
}

export type TokenFileRead =
  | { readonly ok: true; readonly file: TokenFile; readonly mark: string }
  | { readonly ok: false; readonly problem: string };

export async function readTokenFile(path: string): Promise<TokenFileRead> {
  const read: ProtectedRead = await readProtected(path);
  if (!read.ok) return read;
  const parsed: TokenFileParsed = parseTokenFile(read.text);
  if (!parsed.ok) return { ok: false, problem: `${path}: ${parsed.problem}` };
  return { ok: true, file: parsed.file, mark: read.mark };
}
