/** Doubles for tests of programs that use the hub: time that moves on demand, an engine on strings, a model that fails on demand. */

export { FAULT, faultSessionModule } from './fault-session.js';
export { ManualClock } from './manual-clock.js';
export { PuppetEngine, type PuppetRun } from './puppet-engine.js';
