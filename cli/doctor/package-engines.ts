/**
 * Tries the engines of the packages that run model files, if they are installed: each package in a child process, so
 * that a broken library does not end the doctor. Knows no package.
 */

import { execFile } from 'node:child_process';
import type { AdapterEngine } from '../../server/app/adapters.js';
import { packageOf } from '../../server/app/adapters.js';
import { installedPackages, type PackageFinder } from '../../server/app/seams/installed-packages.js';
import { FILE_RUNTIMES } from '../../server/models/model-file.js';
import { isRecord } from '../../shared/parse.js';
import type { PackageFinding } from './doctor-report.js';

const TRIAL_MS = 60_000;
/** In the child: prints one line of JSON. */
const PROGRAM = `
  const { engines } = await import(process.argv[1]);
  const found = engines === undefined ? [] : await engines();
  process.stdout.write('\\n' + JSON.stringify(found) + '\\n', () => process.exit(0));
`;

export async function examinePackages(
  finder: Pick<PackageFinder, 'find'> = installedPackages(),
): Promise<readonly PackageFinding[]> {
  const findings: PackageFinding[] = [];
  for (const runtime of FILE_RUNTIMES) {
    const name = packageOf(runtime);
    const url = finder.find(name);
    if (url === undefined) continue;
    const engines = await enginesOf(runtime, url);
    if (engines.length > 0) findings.push({ name, engines });
  }
  return findings;
}

function enginesOf(name: string, url: string): Promise<readonly AdapterEngine[]> {
  return new Promise((resolve) => {
    const args = ['--input-type=module', '--eval', PROGRAM, url];
    execFile(process.execPath, args, { timeout: TRIAL_MS, maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      const engines = parseEngines(stdout.trimEnd().split('\n').at(-1) ?? '');
      if (error === null && engines !== undefined) return resolve(engines);
      const words = stderr.split('\n').find((line) => line.includes('Error')) ?? '';
      const end = error?.signal ?? error?.code ?? 0;
      const reason = `its process ended with ${end}${words === '' ? '' : `: ${words.trim()}`}`;
      resolve([{ name, available: false, reason, remedy: 'install the package again' }]);
    });
  });
}

/** Undefined when it is no answer of a package. */
function parseEngines(line: string): readonly AdapterEngine[] | undefined {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(found)) return undefined;
  return found.flatMap((one: unknown): readonly AdapterEngine[] => {
    if (!isRecord(one) || typeof one.name !== 'string') return [];
    const { name } = one;
    if (one.available === true) return [{ name, available: true, version: String(one.version) }];
    return [{ name, available: false, reason: String(one.reason), remedy: String(one.remedy) }];
  });
}
