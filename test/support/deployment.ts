/** The hub's options in the files of deploy/, read by the hub's own parser. */

import { type Config, envOf, readConfig } from '../../server/config/config.js';
import { OPTIONS } from '../../server/config/options.js';

/** Time for an engine thread to end; server/app/app.ts. */
const ENGINE_CLOSE_MS = 2000;

/**
 * The effective options of a container's environment. Throws on a value that the hub refuses and on an unknown
 * variable.
 */
export function optionsOf(env: Readonly<Record<string, string>>): Config {
  const known = Object.keys(OPTIONS).map(envOf);
  const unknown = Object.keys(env).filter((name) => name.startsWith('TICKCAST_') && !known.includes(name));
  if (unknown.length > 0) throw new Error(`the hub has no option for ${unknown.join(', ')}`);
  const outcome = readConfig([], env);
  if (outcome.kind !== 'config') throw new Error(outcome.kind === 'problem' ? outcome.message : outcome.kind);
  return outcome.config;
}

/**
 * The longest drain from SIGTERM to the end of the process, in milliseconds: everything but the engine is closed within
 * the grace period.
 */
export function drainMs({ drainDelayMs, graceMs }: Config): number {
  return drainDelayMs + graceMs + ENGINE_CLOSE_MS;
}
