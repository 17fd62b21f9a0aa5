/** The contract of the core by the SDK. */

import * as sdk from '../../client/index.js';
import { openPuppet } from '../support/contract-engines.js';
import { sdkCallers } from '../support/contract-sdk.js';
import { describeContract } from '../support/contract-suite.js';

describeContract('a puppet engine', openPuppet, { callers: sdkCallers(async () => sdk) });
