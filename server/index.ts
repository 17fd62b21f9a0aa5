/** The hub as a library: what a program that embeds it needs. */

export { App, type AppExtras, type AppState, type StartOutcome } from './app.js';
export { type Config, configWith, readConfig } from './config.js';
export type { HubEvent, HubListener, HubStats } from './core/events.js';
export { type DrainReport, Hub, type HubOptions, type Verdict } from './core/hub.js';
export type { Origin } from './core/origin.js';
export type { Outcome, Settle } from './core/pending.js';
export { createLogger } from './process-log.js';
export { version } from './version.js';
