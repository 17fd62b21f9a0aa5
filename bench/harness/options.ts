/** Options shared by several benches. Knows nothing of what is measured. */

import { bare, oneOf } from '../../command-line/option.js';

export const ENGINES = ['native', 'wasm'] as const;
export type EngineName = (typeof ENGINES)[number];

export const ENGINE = oneOf<EngineName>(ENGINES, 'native', 'What computes.');
export const CHECK = bare('Exit code 1 when a target is missed.');
export const QUICK = bare('The short form: to see that it works, not for figures.');
