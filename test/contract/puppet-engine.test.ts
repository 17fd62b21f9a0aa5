/** The contract of the core over a puppet engine. */

import { openPuppet } from '../support/contract-engines.js';
import { describeContract } from '../support/contract-suite.js';

describeContract('a puppet engine', openPuppet);
