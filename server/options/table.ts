/** Every option of the hub, in groups: flags, environment, `--help`, docs and the typed config are derived from this table. */

import { ACCESS } from './access.js';
import { CONNECTIONS } from './connections.js';
import { LIMITS } from './limits.js';
import { MODELS } from './models.js';
import type { Option } from './option.js';
import { PREDICTION_LOG } from './prediction-log.js';
import { RUNNING } from './running.js';
import { STREAMS } from './streams.js';

/** As the docs and `--help` show them. */
export const OPTION_GROUPS: readonly { readonly title: string; readonly options: Record<string, Option<unknown>> }[] = [
  { title: 'Models and engine', options: MODELS },
  { title: 'Connections', options: CONNECTIONS },
  { title: 'Access', options: ACCESS },
  { title: 'Limits and operators', options: LIMITS },
  { title: 'Streams', options: STREAMS },
  { title: 'Prediction log', options: PREDICTION_LOG },
  { title: 'Running', options: RUNNING },
];

export const OPTIONS = {
  ...MODELS,
  ...CONNECTIONS,
  ...ACCESS,
  ...LIMITS,
  ...STREAMS,
  ...PREDICTION_LOG,
  ...RUNNING,
} as const;
