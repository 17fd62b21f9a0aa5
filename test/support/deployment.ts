/** What the files in deploy/ say to a hub, read by the hub's own reader of options. */

import { type Config, envOf, readConfig } from '../../server/config/config.js';
import { OPTIONS } from '../../server/config/options.js';

/** An engine thread is given so long to end; server/app/app.ts. */
const ENGINE_CLOSE_MS = 2000;

/** The effective options of a container's environment. Throws on a value that the hub refuses and on a variable that it does not know. */
export function optionsOf(env: Readonly<Record<string, string>>): Config {
  const known = Object.keys(OPTIONS).map(envOf);
  const unknown = Object.keys(env).filter((name) => name.startsWith('TICKCAST_') && !known.includes(name));
  if (unknown.length > 0) throw new Error(`the hub has no option for ${unknown.join(', ')}`);
  const outcome = readConfig([], env);
  if (outcome.kind !== 'config') throw new Error(outcome.kind === 'problem' ? outcome.message : outcome.kind);
  return outcome.config;
}

/** The longest that a drain takes from SIGTERM to the end of the process: all is finished and closed within the grace but the engine. */
export function drainMs({ drainDelayMs, graceMs }: Config): number {
  return drainDelayMs + graceMs + ENGINE_CLOSE_MS;
}
