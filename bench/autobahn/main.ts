/** Entry of `npm run autobahn`: the Autobahn suite's cases without compression against the hub's WebSocket server. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBench } from '../harness/bench.js';
import { openEcho } from './echo-server.js';
import { installSuite, runSuite } from './suite.js';
import { CASES, judgeIndex } from './verdict.js';

const CACHE = process.env.TICKCAST_CACHE ?? fileURLToPath(new URL('../../../.cache', import.meta.url));

const AUTOBAHN = {
  name: 'autobahn',
  intro: `The ${CASES} cases without compression of the Autobahn suite against the hub's WebSocket server. Exit code 1 when one fails.`,
  fails: 'always',
  lack: () => undefined,
  options: {},
  outro: 'PYTHON27 names a Python 2.7, where none is found; TICKCAST_CACHE the folder that the suite is installed in.',
} as const;

await runBench(AUTOBAHN, async (_, { say, folder }) => {
  const command = await installSuite(join(CACHE, 'autobahn'), say);
  const server = await openEcho();
  try {
    say(`${CASES} cases; this takes a minute`);
    const { cases, behaviours, failures, isMet } = judgeIndex(await runSuite(command, server.port, folder));
    const counts = Object.entries(behaviours).map(([name, count]) => `${count} ${name}`);
    const missing = isMet || failures.length > 0 ? [] : [`${cases} of ${CASES} cases ran`];
    return {
      tables: [`${isMet ? 'PASS' : 'FAIL'}: ${cases} of ${CASES} cases: ${counts.join(', ')}`],
      misses: [...failures, ...missing],
      figures: { cases, behaviours },
    };
  } finally {
    server.close();
  }
});
