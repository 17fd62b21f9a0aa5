/** The contract of the core over a worker thread, from the built files. */

import { systemClock } from '../../dist/server/app/system-clock.js';
import { WorkerEngine } from '../../dist/server/engine/worker-engine.js';
import { loadLinear } from '../support/contract-engines.js';
import { describeContract } from '../support/contract-suite.js';

describeContract('a worker engine', () => {
  const engine = new WorkerEngine({ clock: systemClock, backend: 'wasm' });
  return loadLinear(engine, () => engine.close());
});
