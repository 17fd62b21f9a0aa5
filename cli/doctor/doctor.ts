/** `npm run doctor`: says which engines this machine has, why one is missing and what to do. `--json` for programs. Exit code 1: no engine works. */

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { probeBackends } from '../../server/engine/backend/backend-probe.js';
import { terminalText } from '../../shared/terminal-text.js';
import { thisMachine } from '../native/native-tools.js';
import {
  automaticEngine,
  describeFindings,
  type Findings,
  findingsToJson,
  floors,
  judgeFloor,
} from './doctor-report.js';
import { installedVersion, packageRoot } from './installed-version.js';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined) {
    console.error(`unknown argument ${terminalText(unknown)}; expected nothing or --json`);
    return 1;
  }
  const root = packageRoot(fileURLToPath(new URL('.', import.meta.url)));
  const findings: Findings = {
    node: process.versions.node,
    machine: thisMachine(),
    cores: availableParallelism(),
    engines: await probeBackends(),
    floors: floors.map((floor) => judgeFloor(floor, installedVersion(root, floor.chain))),
  };
  console.log(args.includes('--json') ? findingsToJson(findings) : describeFindings(findings));
  return automaticEngine(findings.engines) === null ? 1 : 0;
}
