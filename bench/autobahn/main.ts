/** Entry of `npm run autobahn`: the Autobahn suite's cases without compression against the hub's WebSocket server; verdict, exit code. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBench, temporaryFolder } from '../harness/entry.js';
import { openEcho } from './echo-server.js';
import { installSuite, runSuite } from './suite.js';
import { CASES, judgeIndex } from './verdict.js';

const CACHE = process.env.TICKCAST_CACHE ?? fileURLToPath(new URL('../../../.cache', import.meta.url));

await runBench(async () => {
  const command = await installSuite(join(CACHE, 'autobahn'), (line) => console.log(line));
  const server = await openEcho();
  try {
    console.log(`${CASES} cases against the hub's WebSocket server; this takes a minute`);
    const { cases, behaviours, failures, isMet } = judgeIndex(await runSuite(command, server.port, temporaryFolder()));
    for (const failure of failures) console.log(failure);
    const counts = Object.entries(behaviours).map(([name, count]) => `${count} ${name}`);
    console.log(`${isMet ? 'PASS' : 'FAIL'}: ${cases} of ${CASES} cases: ${counts.join(', ')}`);
    if (!isMet) process.exitCode = 1;
  } finally {
    server.close();
  }
});
