/** The hub as a library: what a program that embeds it needs. */

export { App, type AppExtras, type AppState, type StartOutcome } from './app/app.js';
export { type Config, configWith, readConfig } from './config/config.js';
export { version } from './config/version.js';
export type { Outcome, Predicted, Settle } from './contracts/outcome.js';
export type {
  EndedBatch,
  HubState,
  ObservedOrigin,
  ObservedRequest,
  RefusedRequest,
  Tap,
  Via,
} from './contracts/tap.js';
export { type DrainReport, Hub, type HubOptions, type Verdict } from './core/hub.js';
export type { HubStats } from './core/requests/hub-stats.js';
export type { Origin } from './core/requests/request.js';
export { createLogger } from './process-log.js';
