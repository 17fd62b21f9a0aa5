/**
 * For tests of programs that use the hub: time that moves on demand, an engine on strings, a model that fails on demand; and for those who
 * write an adapter, the contract of each seam as a suite.
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
export { type RuntimeUnderTest, runtimeContract } from './runtime-contract.js';
export { tapContract } from './tap-contract.js';
