/**
 * Test doubles for programs that use the hub: a clock moved by hand, an engine driven by hand, a model that fails on
 * demand. For authors of adapters: the contract of each seam as a suite.
 */

export { type BrokerUnderTest, brokerContract } from './broker-contract.js';
export type { ContractCase } from './contract.js';
export {
  type DoorAnswer,
  type DoorCaller,
  type DoorHub,
  type DoorUnderTest,
  doorContract,
} from './door-contract.js';
export { FAULT, faultRuntimeModule } from './fault-runtime.js';
export { ManualClock } from './manual-clock.js';
export { PuppetEngine, type PuppetRun } from './puppet-engine.js';
export { type ModelUnderTest, type RuntimeUnderTest, runtimeContract } from './runtime-contract.js';
export { tapContract } from './tap-contract.js';
