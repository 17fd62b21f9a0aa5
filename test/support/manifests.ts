/**
 * The Kubernetes manifests: parsed as Kubernetes does, and checked against its published types by the project's own
 * compiler.
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
import type { Secret, Service } from 'kubernetes-types/core/v1.js';
import type { Ingress, NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '../..');
export const MANIFESTS = join(root, 'deploy/kubernetes');

/** Configuration of other programs, which the published types do not cover. */
const NOT_OF_KUBERNETES = ['kustomization.yaml', 'prometheus-adapter-values.yaml'];

export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: unknown;
}

/** The kinds used here, by their published types. */
export interface Kinds {
  readonly Deployment: Deployment;
  readonly HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  readonly Ingress: Ingress;
  readonly NetworkPolicy: NetworkPolicy;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly Secret: Secret;
  readonly Service: Service;
}

/** Every object under deploy/kubernetes. */
export async function readManifests(): Promise<readonly Manifest[]> {
  const files = (await readdir(MANIFESTS)).filter(
    (name) => name.endsWith('.yaml') && !NOT_OF_KUBERNETES.includes(name),
  );
  const manifests = await Promise.all(
    files.sort().map(async (file) => parseManifests(file, await readFile(join(MANIFESTS, file), 'utf8'))),
  );
  return manifests.flat();
}

/** All of a kind, as its type; `typeProblems` checks their form. */
export function ofKind<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): readonly Kinds[K][] {
  return manifests.filter((manifest) => manifest.kind === kind).map(({ object }) => object as Kinds[K]);
}

/** The only one of a kind. */
export function theOnly<K extends keyof Kinds>(manifests: readonly Manifest[], kind: K): Kinds[K] {
  const [first, ...others] = ofKind(manifests, kind);
  if (first === undefined || others.length > 0)
    throw new Error(`expected one ${kind}, found ${ofKind(manifests, kind).length}`);
  return first;
}

/** By YAML 1.1, as Kubernetes does. Throws where 1.2 would read another value: `0440`, `off`, `1_000`. */
export function parseManifests(file: string, text: string): readonly Manifest[] {
  const [old, current] = (['1.1', '1.2'] as const).map((version) =>
    parseAllDocuments(text, { version }).map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return document.toJS();
    }),
  );
  if (JSON.stringify(old) !== JSON.stringify(current))
    throw new Error(`${file} has a value that YAML 1.1 and 1.2 read differently`);
  return (old ?? []).map((object) => ({ file, apiVersion: object.apiVersion, kind: object.kind, object }));
}

/**
 * The compiler's complaints about the manifests as object literals of their types: unknown, missing and mistyped
 * fields.
 */
export async function typeProblems(manifests: readonly Manifest[]): Promise<readonly string[]> {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'manifests-'));
  try {
    const files = manifests.map(async ({ file, apiVersion, kind, object }, i) => {
      const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
      const source = [
        `import type { ${kind} } from 'kubernetes-types/${group.split('.', 1)[0]}/${version}';`,
        // An annotated literal: excess properties are checked, at every depth.
        `export const object: ${kind} = ${JSON.stringify(object, null, 2)};`,
      ];
      const name = `${file.replace(/\.yaml$/, '')}-${i}.ts`;
      await writeFile(join(folder, name), `${source.join('\n')}\n`);
      return name;
    });
    return await compile(folder, await Promise.all(files));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(folder: string, files: readonly string[]): Promise<readonly string[]> {
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
    '--types',
    '',
    '--pretty',
    'false',
  ];
  // The project's own tsconfig.json does not apply.
  const args = [join(root, 'node_modules/typescript/bin/tsc'), ...options, '--ignoreConfig', ...files];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 60_000 });
    return [];
  } catch (cause) {
    const output = typeof cause === 'object' && cause !== null && 'stdout' in cause ? String(cause.stdout) : '';
    if (output === '') throw cause;
    return output.trimEnd().split('\n');
  }
}
