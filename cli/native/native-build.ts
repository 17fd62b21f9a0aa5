/**
 * Turns a TensorFlow wheel and the sources in @tensorflow/tfjs-node into its native library. Knows the folders that
 * tfjs-node searches.
 */

import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Wheel } from './native-source.js';
import { type CommandResult, runCommand } from './run-command.js';

export interface BuildInput {
  /** The folder of @tensorflow/tfjs-node. */
  readonly packageFolder: string;
  readonly wheel: Wheel;
  readonly wheelPath: string;
  readonly headersPath: string;
  readonly compiler: string;
  readonly signal: AbortSignal;
}

// zipfile and tarfile are in Python's standard library, so unzip and tar are not required.
const unzip = `
import sys, zipfile
wheel, folder, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder, [name for name in archive.namelist() if name.startswith(tuple(wanted))])
`;

/**
 * Works in a folder of its own inside the package and moves the results into place at the end, so that a failed run
 * changes nothing.
 */
export async function buildNative(input: BuildInput): Promise<CommandResult> {
  const { packageFolder, wheel, signal } = input;
  const work = await mkdtemp(join(packageFolder, 'building-'));
  try {
    const options = { timeoutMs: 300_000, signal };
    const unpacked = await runCommand('python3', ['-c', unzip, input.wheelPath, work, ...wheel.members], options);
    if (!unpacked.ok) return unpacked;
    const headers = await runCommand(
      'python3',
      ['-m', 'tarfile', '-e', input.headersPath, join(work, 'node')],
      options,
    );
    if (!headers.ok) return headers;
    const deps = await layOut(work, wheel);
    const addon = join(work, 'tfjs_binding.node');
    const compiled = await runCommand(input.compiler, compileArguments(packageFolder, work, addon), options);
    if (!compiled.ok) return compiled;
    const target = addonPath(packageFolder);
    await mkdir(dirname(target), { recursive: true });
    await rm(join(packageFolder, 'deps'), { recursive: true, force: true });
    await rename(deps, join(packageFolder, 'deps'));
    await rename(addon, target);
    return { ok: true, stdout: target };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Creates `deps/lib` in the layout of the package's own download: the linker and the addon's run path expect these
 * names.
 */
async function layOut(work: string, wheel: Wheel): Promise<string> {
  const deps = join(work, 'deps');
  const lib = join(deps, 'lib');
  await mkdir(lib, { recursive: true });
  for (const [library, link] of [
    ['libtensorflow_cc.so.2', 'libtensorflow.so'],
    ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
  ] as const) {
    await rename(join(work, 'tensorflow', library), join(lib, library));
    await symlink(library, join(lib, link));
  }
  if (wheel.extraLibraries !== undefined)
    await rename(join(work, wheel.extraLibraries), join(deps, wheel.extraLibraries));
  return deps;
}

/**
 * Two source files and no generated code, so the compiler is called directly: the package's own way (node-pre-gyp,
 * node-gyp, make) needs the headers of one Node version and produces the same file. Node-API 8 is the newest the
 * package names, and every Node since 16 has it.
 */
function compileArguments(packageFolder: string, work: string, addon: string): readonly string[] {
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(packageFolder, 'binding', file));
  const includes = [join(work, 'node', 'package', 'include'), join(work, 'tensorflow', 'include')].map(
    (folder) => `-I${folder}`,
  );
  const link = [
    `-L${join(work, 'deps', 'lib')}`,
    '-ltensorflow',
    '-ltensorflow_framework',
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  return [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    '-pthread',
    '-DNAPI_VERSION=8',
    ...includes,
    ...sources,
    ...link,
    '-o',
    addon,
  ];
}

/** Where this Node's tfjs-node looks: asks node-pre-gyp, as the package does. */
function addonPath(packageFolder: string): string {
  const preGyp: { find(manifest: string): string } = createRequire(join(packageFolder, 'package.json'))(
    '@mapbox/node-pre-gyp',
  );
  return preGyp.find(join(packageFolder, 'package.json'));
}

/** Removes what a killed run left in `folder`. */
export async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith(prefix)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
