/**
 * `tickcast doctor`: says which engines this machine has, why one is missing and what to do. `--json` for programs. Exit
 * code 1: no engine works.
 */

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bare } from '../../command-line/option.js';
import { runProgram } from '../../command-line/run-program.js';
import { probeBackends } from '../../server/engine/backend/backend-probe.js';
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
import { examinePackages } from './package-engines.js';

const DOCTOR = {
  name: 'tickcast doctor',
  intro: `Usage: tickcast doctor [options]

Says which engines this machine has, those of installed packages too, why one is missing and what to do. Exit code 1: no
engine works.`,
  options: { json: bare('For programs.') },
};

export async function doctor(args: readonly string[]): Promise<void> {
  await runProgram(DOCTOR, ({ json }) => examine(json), args);
}

async function examine(json: boolean): Promise<void> {
  const root = packageRoot(fileURLToPath(new URL('.', import.meta.url)));
  const findings: Findings = {
    node: process.versions.node,
    machine: thisMachine(),
    cores: availableParallelism(),
    engines: await probeBackends(),
    packages: await examinePackages(),
    floors: floors.map((floor) => judgeFloor(floor, installedVersion(root, floor.chain))),
  };
  console.log(json ? findingsToJson(findings) : describeFindings(findings));
  if (automaticEngine(findings.engines) === null) process.exitCode = 1;
}
