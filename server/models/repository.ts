/** Finds the model versions under a path and reads their manifests. Knows files and names; knows no engine. */

import type { Dirent } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { MODEL_NAME, MODEL_VERSION } from '../../shared/limits.js';
import { messageOf } from '../../shared/words/message-of.js';
import { MANIFEST_FILE, type Manifest, parseManifest } from './manifest.js';

/** A model version that was found, and its manifest. */
export interface ModelFolder {
  readonly name: string;
  readonly version: string;
  /** `name@version`. */
  readonly ref: string;
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Name of the model file in the folder. */
  readonly file: string;
  /** Given as a model.json, or as a folder with one, rather than as part of `<name>/<version>/`. */
  readonly bare: boolean;
  readonly manifest: Manifest;
}

/** The result of {@link findModels}; `problem` is one line. */
export type ModelsFound =
  | { readonly ok: true; readonly models: readonly ModelFolder[] }
  | { readonly ok: false; readonly problem: string };

interface VersionFolder {
  readonly version: string;
  readonly folder: string;
}

const MODEL_FILE = 'model.json';
const LOOKED_FOR =
  'a model.json, <version>/model.json or <name>/<version>/model.json, or a manifest.json that names a runtime in its place';
const NAME_FORM = 'lower-case letters, digits, ".", "_" and "-", a letter or digit first';

/** Examines `path`: a model.json, a version folder, a model folder or a repository of model folders. Never rejects. */
export async function findModels(path: string): Promise<ModelsFound> {
  try {
    const models = await find(path);
    if (models.length === 0) return { ok: false, problem: `${path} holds no model; looked for ${LOOKED_FOR}` };
    return { ok: true, models };
  } catch (cause) {
    return { ok: false, problem: messageOf(cause) };
  }
}

async function find(path: string): Promise<readonly ModelFolder[]> {
  const root = await realpath(path).catch(() => {
    throw new Error(`${path} does not exist; expected ${LOOKED_FOR}`);
  });
  if (!(await stat(root)).isDirectory()) {
    if (!root.endsWith('.json')) throw new Error(`${path} is no model.json and no folder; expected ${LOOKED_FOR}`);
    if (basename(root) === MANIFEST_FILE)
      throw new Error(`${path} is a manifest; give the model.json or the folder beside it`);
    return [await single(dirname(root), basename(root))];
  }
  if (await holdsModel(root)) return [await single(root, MODEL_FILE)];
  const own = await versionsIn(root, root);
  if (own.length > 0) return readVersions(nameOf(root), own);
  const models: ModelFolder[] = [];
  for (const entry of await folders(root)) {
    const folder = await inside(root, join(root, entry));
    const versions = await versionsIn(root, folder);
    if (versions.length === 0) continue;
    if (!MODEL_NAME.test(entry))
      throw new Error(`${folder} holds models, but "${entry}" is no model name: ${NAME_FORM}`);
    models.push(...(await readVersions(entry, versions)));
  }
  return models;
}

/** A folder with one version: in its place `<name>/<version>/`, or bare. */
async function single(folder: string, file: string): Promise<ModelFolder> {
  const last = basename(folder);
  const parent = basename(dirname(folder));
  const placed = MODEL_VERSION.test(last) && MODEL_NAME.test(parent);
  if (placed) return read(folder, file, parent, last, false);
  return read(folder, file, MODEL_NAME.test(last) ? last : 'model', '1', true);
}

function nameOf(folder: string): string {
  const name = basename(folder);
  if (MODEL_NAME.test(name)) return name;
  throw new Error(`${folder} holds versions of a model, but "${name}" is no model name: ${NAME_FORM}`);
}

/** The version folders of a model folder, lowest first. */
async function versionsIn(root: string, folder: string): Promise<readonly VersionFolder[]> {
  const versions: VersionFolder[] = [];
  for (const entry of await folders(folder)) {
    const real = await inside(root, join(folder, entry));
    if (!/^v?\d/.test(entry) || !(await holdsModel(real))) continue;
    if (!MODEL_VERSION.test(entry)) {
      throw new Error(`${real} holds a model, but "${entry}" is no version: expected a number such as 1`);
    }
    versions.push({ version: entry, folder: real });
  }
  return versions.sort((a, b) => Number(a.version) - Number(b.version));
}

async function readVersions(name: string, versions: readonly VersionFolder[]): Promise<readonly ModelFolder[]> {
  return Promise.all(versions.map(({ version, folder }) => read(folder, MODEL_FILE, name, version, false)));
}

async function read(folder: string, file: string, name: string, version: string, bare: boolean): Promise<ModelFolder> {
  const ref = `${name}@${version}`;
  const path = await inside(folder, join(folder, MANIFEST_FILE)).catch(absent);
  const parsed = parseManifest(path === undefined ? undefined : await readFile(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${ref}: ${parsed.problem} (in ${folder})`);
  return { name, version, ref, folder, file, bare, manifest: parsed.manifest };
}

/** A folder holds a model if it has a model.json, or a manifest whose runtime may not need one. */
async function holdsModel(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return names.includes(MODEL_FILE) || names.includes(MANIFEST_FILE);
}

async function folders(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.name.startsWith('.') && (entry.isDirectory() || (await isLinkToFolder(folder, entry))))
      names.push(entry.name);
  }
  return names.sort();
}

async function isLinkToFolder(folder: string, entry: Dirent): Promise<boolean> {
  return entry.isSymbolicLink() && isFolder(join(folder, entry.name));
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** The real path, which must be inside the root: a link out of it could serve unrelated files. */
async function inside(root: string, path: string): Promise<string> {
  const real = await realpath(path);
  const inner = relative(root, real);
  if (inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner))
    throw new Error(`${path} is a link out of ${root}; put the model itself there`);
  return real;
}

function absent(cause: unknown): undefined {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
  throw cause;
}
