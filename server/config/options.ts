/** Every option of the hub, in groups: flags, environment, `--help`, docs and the typed config are derived from this table. */

import { ACCESS } from '../options/access.js';
import { CONNECTIONS } from '../options/connections.js';
import { LIMITS } from '../options/limits.js';
import { MODELS } from '../options/models.js';
import { PREDICTION_LOG } from '../options/prediction-log.js';
import { RUNNING } from '../options/running.js';
import { STREAMS } from '../options/streams.js';
import type { Option } from './option.js';

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
