/** Loads the module of `--redaction`: a file of the program, or a package. */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { firstLine } from '../../../shared/words/message-of.js';
import type { Redact } from '../../contracts/hub.js';
import { installedPackages, type PackageFinder } from './installed-packages.js';

export type Redaction =
  | { readonly ok: true; readonly redact: Redact | undefined }
  | { readonly ok: false; readonly problem: string };

/** A package's name; anything else is a path. */
const PACKAGE = /^(@[\w.-]+\/)?[A-Za-z][\w.-]*$/;

/** @param module empty for none; a path is relative to the folder of the process. */
export async function loadRedaction(module: string, packages: PackageFinder = installedPackages()): Promise<Redaction> {
  if (module === '') return { ok: true, redact: undefined };
  const url = (PACKAGE.test(module) ? packages.find(module) : undefined) ?? pathToFileURL(resolve(module)).href;
  let loaded: unknown;
  try {
    loaded = await packages.load(url);
  } catch (cause) {
    return { ok: false, problem: `--redaction: ${module} cannot be loaded: ${firstLine(cause)}` };
  }
  const exported = { ...(loaded as object) } as { readonly redact?: unknown; readonly default?: unknown };
  const redact = exported.redact ?? exported.default;
  if (typeof redact !== 'function')
    return {
      ok: false,
      problem: `--redaction: ${module} exports no function "redact"; expected (text, { model, stream }) => text`,
    };
  try {
    const text: unknown = redact('a text', { model: 'none@1', stream: undefined });
    if (typeof text === 'string') return { ok: true, redact: redact as Redact };
    const what = text instanceof Promise ? 'a promise; it must answer at once' : typeof text;
    return { ok: false, problem: `--redaction: ${module} returned ${what} for a text; expected a text` };
  } catch (cause) {
    return { ok: false, problem: `--redaction: ${module} failed on a text: ${firstLine(cause)}` };
  }
}
