/**
 * `tickcast native`: makes @tensorflow/tfjs-node work where its own download fails, from package registries alone. Safe
 * to run again.
 */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../command-line/run-program.js';
import { probeBackend } from '../../server/engine/backend/backend-probe.js';
import { terminalText } from '../../shared/terminal-text.js';
import { packageRoot } from '../doctor/installed-version.js';
import { cachedFile } from './cached-file.js';
import { buildNative, removeLeftovers } from './native-build.js';
import { chooseWheel, nodeApiHeaders, pipDownloadArguments } from './native-source.js';
import { findTools, thisMachine } from './native-tools.js';
import { runCommand } from './run-command.js';
import { createSteps } from './steps.js';
import { findPackage, unpackPackage } from './unpack-package.js';

const root = packageRoot(fileURLToPath(new URL('.', import.meta.url)));
const cacheFolder = process.env.TICKCAST_CACHE ?? join(root, '.cache', 'native');
const downloadTimeoutMs = 1_800_000;

const NATIVE = {
  name: 'tickcast native',
  intro: `Usage: tickcast native

Has @tensorflow/tfjs-node work where its own download fails, from package registries alone. Safe to run again. Exit code 1: it does not work.`,
  options: {},
  outro: `TICKCAST_CACHE names the folder that downloads are kept in [${cacheFolder}].`,
};

export async function native(args: readonly string[]): Promise<void> {
  await runProgram(NATIVE, install, args);
}

async function install(): Promise<void> {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort());
  const outcome = await build(interrupt.signal);
  if (outcome.ok) console.log(`The native TensorFlow engine works: @tensorflow/tfjs-node ${outcome.version}.`);
  else console.error(`The native TensorFlow engine is not there: ${terminalText(outcome.reason)}`);
  process.exitCode = outcome.ok ? 0 : 1;
}

type Outcome = { readonly ok: true; readonly version: string } | { readonly ok: false; readonly reason: string };

async function build(signal: AbortSignal): Promise<Outcome> {
  const steps = createSteps(console.log, () => performance.now());
  const machine = thisMachine();
  console.log(`Native TensorFlow engine for ${machine.platform}-${machine.arch}, Node ${process.versions.node}`);

  const before = await steps.run('trying what is installed', () => probeBackend('native', signal));
  if (before.available) return { ok: true, version: before.version };
  steps.note(terminalText(before.reason));

  const choice = chooseWheel(machine);
  if (!choice.ok) return choice;
  const { wheel } = choice;
  if (!wheel.tried)
    steps.note('this script is not tested on such a machine; its last step shows whether the result works');

  const search = await steps.run('looking for python3, pip, a C++ compiler and npm', () => findTools(signal));
  if (!search.ok) return search;
  const { compiler, npm } = search.tools;

  const present = findPackage(root);
  const unpacked =
    present === undefined
      ? await steps.run('unpacking @tensorflow/tfjs-node without its install script', () =>
          unpackPackage(root, npm, signal),
        )
      : { ok: true as const, folder: present };
  if (!unpacked.ok) return unpacked;

  await removeLeftovers(cacheFolder, 'arriving-');
  const title = `${wheel.project} ${wheel.version}, ${Math.round(wheel.bytes / 1e6)} MB, into ${cacheFolder}`;
  const library = await steps.run(title, () =>
    cachedFile(
      {
        file: wheel.file,
        bytes: wheel.bytes,
        algorithm: 'sha256',
        digest: wheel.sha256,
        download: (folder) =>
          runCommand('python3', pipDownloadArguments(wheel, folder), { timeoutMs: downloadTimeoutMs, signal }),
      },
      cacheFolder,
    ),
  );
  if (!library.ok) return { ok: false, reason: `${library.reason} (can pip reach its package registry?)` };
  if (library.kept) steps.note('it was there already, checksum right');

  const headers = await steps.run(nodeApiHeaders.spec, () =>
    cachedFile(
      {
        file: nodeApiHeaders.file,
        algorithm: 'sha512',
        digest: nodeApiHeaders.sha512,
        download: (folder) =>
          runCommand(npm.command, [...npm.args, 'pack', nodeApiHeaders.spec], {
            cwd: folder,
            timeoutMs: downloadTimeoutMs,
            signal,
          }),
      },
      cacheFolder,
    ),
  );
  if (!headers.ok) return { ok: false, reason: `${headers.reason} (can npm reach its package registry?)` };

  await removeLeftovers(unpacked.folder, 'building-');
  const input = {
    packageFolder: unpacked.folder,
    wheel,
    wheelPath: library.path,
    headersPath: headers.path,
    compiler,
    signal,
  };
  const built = await steps.run('unpacking the library and compiling the addon', () => buildNative(input));
  if (!built.ok) return built;

  const after = await steps.run('predicting with it', () => probeBackend('native', signal));
  return after.available
    ? { ok: true, version: after.version }
    : { ok: false, reason: `it was built, but ${after.reason}` };
}
