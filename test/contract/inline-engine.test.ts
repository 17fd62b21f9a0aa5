/** The contract of the core over TensorFlow.js in the calling thread, on the backend that runs anywhere. */

import { InlineEngine } from '../../server/engine/inline-engine.js';
import { loadLinear } from '../support/contract-engines.js';
import { describeContract } from '../support/contract-suite.js';

describeContract('the inline engine', () => {
  const engine = new InlineEngine('cpu');
  return loadLinear(engine, () => engine.close());
});
