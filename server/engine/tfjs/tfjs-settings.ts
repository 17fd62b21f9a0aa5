/** How TensorFlow.js models are run. Types only. */

import type { BackendChoice } from '../backend/names.js';

export interface TfjsSettings {
  readonly backend: BackendChoice;
  /** On the native backend as captured graphs, where that is possible. */
  readonly graphCapture: boolean;
  /** The folder where these graphs are kept. @default nowhere */
  readonly graphCache?: string | undefined;
}
