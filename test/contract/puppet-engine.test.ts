/** The contract of the core over an engine that is a test's puppet. */

import { openPuppet } from '../support/contract-engines.js';
import { describeContract } from '../support/contract-suite.js';

describeContract('a puppet engine', openPuppet);
