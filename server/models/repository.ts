/** Finds the model versions under a path and reads their manifests. Knows files and names; knows no engine. */

import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MODEL_NAME, MODEL_VERSION } from '../../shared/limits.js';
import { firstLine, messageOf } from '../../shared/words/message-of.js';
import { type Entry, entriesOf, holdsModel, inside, linkOut } from './folder-listing.js';
import { type LeftOut, leftOutBeside, leftOutOfModel, leftOutOfRepository } from './left-out.js';
import { MANIFEST_FILE, type Manifest, parseManifest } from './manifest.js';
import { METADATA_FILE, type Metadata, parseMetadata } from './metadata.js';
import { chooseFile, isModelFile, isUsualName, MODEL_FILES, runtimeOf, unusedWhy } from './model-file.js';
import { readTokenizer } from './tokenizer.js';

/** A model version that was found, and its manifest. */
export interface ModelFolder {
  readonly name: string;
  readonly version: string;
  /** `name@version`. */
  readonly ref: string;
  /** Why it is called so, for people. */
  readonly named: string;
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Name of the model file in the folder. */
  readonly file: string;
  /** What the manifest says, else the runtime of the file; undefined when the file itself says it. */
  readonly runtime: string | undefined;
  /** Given as a model file, or as a folder with one, rather than as part of `<name>/<version>/`. */
  readonly bare: boolean;
  readonly manifest: Manifest;
  /** Undefined when there is no such file. */
  readonly metadata?: Metadata | undefined;
  /** Names of other model files in the folder, which are not served. */
  readonly unused: readonly string[];
  /** The bytes of the file that a tokenizer's featuriser names. */
  readonly tokenizer?: SharedArrayBuffer | undefined;
}

/** A folder that holds a model which cannot be served. */
export interface BrokenFolder {
  readonly folder: string;
  /** One line that names it. */
  readonly problem: string;
  /** Undefined when the folder does not say it. */
  readonly model: Pick<ModelFolder, 'name' | 'version' | 'ref' | 'bare'> | undefined;
}

/** The models under a path, and what beside them is not served. */
export interface FoundModels {
  /** At least one, unless all are broken. */
  readonly models: readonly ModelFolder[];
  readonly broken: readonly BrokenFolder[];
  readonly leftOut: readonly LeftOut[];
}

/** The result of {@link findModels}; `problem` is one line. */
export type ModelsFound = ({ readonly ok: true } & FoundModels) | { readonly ok: false; readonly problem: string };

const LOOKED_FOR = `${MODEL_FILES}, by itself, in <version>/ or in <name>/<version>/, or a manifest.json that names a runtime in its place`;
const NAME_FORM = 'lower-case letters, digits, ".", "_" and "-", a letter or digit first';
/** Named in the problem of a path without a model. */
const MOST_NAMED = 3;

/** Examines `path`: a model file, a version folder, a model folder or a repository of model folders. Never rejects. */
export async function findModels(path: string): Promise<ModelsFound> {
  try {
    const found = await find(path);
    if (found.models.length > 0) return { ok: true, ...found };
    return { ok: false, problem: noneProblem(path, found) };
  } catch (cause) {
    return { ok: false, problem: messageOf(cause) };
  }
}

/** What is broken, in one line; of many folders the first few. */
export function brokenProblem(problems: readonly string[]): string {
  const more = problems.length - MOST_NAMED;
  return `${problems.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function noneProblem(path: string, { broken, leftOut }: FoundModels): string {
  if (broken.length > 0) return brokenProblem(broken.map(({ problem }) => problem));
  const left = leftOut.slice(0, MOST_NAMED).map(({ path: at, why }) => `${at}: ${why}`);
  return [`${path} holds no model; looked for ${LOOKED_FOR}`, ...left].join('; ');
}

async function find(path: string): Promise<FoundModels> {
  const root = await realpath(path).catch(() => {
    throw new Error(`${path} does not exist; expected ${LOOKED_FOR}`);
  });
  if (!(await stat(root)).isDirectory()) {
    const file = basename(root);
    if (!isModelFile(file) && !file.endsWith('.json'))
      throw new Error(`${path} is no model file and no folder; expected ${LOOKED_FOR}`);
    if (file === MANIFEST_FILE) throw new Error(`${path} is a manifest; give the model file or the folder beside it`);
    return sorted([await single(dirname(root), file)], []);
  }
  const entries = await entriesOf(root, root);
  const names = entries.map(({ name }) => name);
  // A file of any name makes its folder a model only where there are no others below.
  const isModel =
    names.includes(MANIFEST_FILE) ||
    names.some(isUsualName) ||
    (names.some(isModelFile) && !(await holdsOthers(root, entries)));
  if (isModel) return sorted([await single(root)], await leftOutBeside(root, entries));
  if (entries.some(isVersion)) {
    const name = basename(root);
    if (!MODEL_NAME.test(name))
      throw new Error(`${root} holds versions of a model, but "${name}" is no model name: ${NAME_FORM}`);
    return sorted(await readVersions(root, name, entries), leftOutOfModel(entries));
  }
  return findInRepository(root, entries);
}

/** Whether a folder has versions, or folders with versions. */
async function holdsOthers(root: string, entries: readonly Entry[]): Promise<boolean> {
  for (const entry of entries) {
    if (isVersion(entry)) return true;
    if (entry.kind === 'folder' && (await entriesOf(root, entry.path)).some(isVersion)) return true;
  }
  return false;
}

async function findInRepository(root: string, entries: readonly Entry[]): Promise<FoundModels> {
  const read: (ModelFolder | BrokenFolder)[] = [];
  const leftOut: LeftOut[] = [];
  const names = new Set<string>();
  for (const { name, kind, path } of entries) {
    if (kind === 'outside') read.push(broken(path, linkOut(root, path)));
    if (kind === 'unreadable') read.push(broken(path, `${path} is a folder that this user may not read`));
    if (kind === 'outside' || kind === 'unreadable') names.add(name);
    if (kind !== 'folder') continue;
    const inner = await entriesOf(root, path);
    if (!inner.some(isVersion)) continue;
    names.add(name);
    if (!MODEL_NAME.test(name)) {
      read.push(broken(path, `${path} holds models, but ${JSON.stringify(name)} is no model name: ${NAME_FORM}`));
      continue;
    }
    read.push(...(await readVersions(root, name, inner)));
    leftOut.push(...leftOutOfModel(inner));
  }
  return sorted(read, [...leftOut, ...(await leftOutOfRepository(root, entries, names))]);
}

function sorted(read: readonly (ModelFolder | BrokenFolder)[], leftOut: readonly LeftOut[]): FoundModels {
  const models = read.filter((one) => 'manifest' in one);
  const unused = models.flatMap(({ folder, file, unused: names }) =>
    names.map((name) => ({ path: join(folder, name), why: unusedWhy(name, file) })),
  );
  return { models, broken: read.filter((one) => 'problem' in one), leftOut: [...leftOut, ...unused] };
}

/**
 * A folder with one version: in its place `<name>/<version>/`, or bare.
 *
 * @param file the file that was given. @default the folder was: the model file in it
 */
async function single(folder: string, file?: string): Promise<ModelFolder | BrokenFolder> {
  const last = basename(folder);
  const parent = basename(dirname(folder));
  if (MODEL_VERSION.test(last) && MODEL_NAME.test(parent)) return read(folder, place(parent, last), file);
  const own = file === undefined || !isModelFile(file) || isUsualName(file) ? '' : file.replace(/\.[^.]*$/, '');
  if (MODEL_NAME.test(own)) return read(folder, { name: own, version: '1', bare: true, named: 'after its file' }, file);
  const named = MODEL_NAME.test(last)
    ? 'after its folder'
    : `${JSON.stringify(last)}, its folder, is no model name: ${NAME_FORM}`;
  return read(folder, { name: MODEL_NAME.test(last) ? last : 'model', version: '1', bare: true, named }, file);
}

interface Identity extends Pick<ModelFolder, 'name' | 'version' | 'bare' | 'named'> {}

function place(name: string, version: string): Identity {
  return { name, version, bare: false, named: `after its place, ${name}/${version}` };
}

/** Meant as a version, whether or not its name is one. A link out of the root counts: its target is not looked at. */
function isVersion(entry: Entry): boolean {
  if (!/^v?\d/.test(entry.name)) return false;
  return entry.kind === 'folder' ? holdsModel(entry) : entry.kind === 'outside' && MODEL_VERSION.test(entry.name);
}

/** The versions in a model folder, lowest first. */
async function readVersions(
  root: string,
  name: string,
  entries: readonly Entry[],
): Promise<readonly (ModelFolder | BrokenFolder)[]> {
  const versions = entries.filter(isVersion).sort((a, b) => Number(a.name) - Number(b.name));
  return Promise.all(
    versions.map(async ({ name: version, kind, path }) => {
      if (kind === 'outside') return broken(path, linkOut(root, path), place(name, version));
      if (MODEL_VERSION.test(version)) return read(path, place(name, version));
      const form = 'is no version: expected a number such as 1';
      return broken(path, `${path} holds a model, but ${JSON.stringify(version)} ${form}`);
    }),
  );
}

/** @param given the model file. @default the one that the manifest's runtime reads, or the first there is */
async function read(folder: string, identity: Identity, given?: string): Promise<ModelFolder | BrokenFolder> {
  const ref = `${identity.name}@${identity.version}`;
  try {
    const parsed = parseManifest(await textIn(folder, MANIFEST_FILE));
    if (!parsed.ok) return broken(folder, `${ref}: ${parsed.problem} (in ${folder})`, identity);
    const { manifest } = parsed;
    const chosen =
      given === undefined
        ? chooseFile((await readdir(folder)).sort(), manifest.runtime)
        : { ok: true as const, file: given, runtime: manifest.runtime ?? runtimeOf(given), unused: [] };
    if (!chosen.ok) return broken(folder, `${ref}: ${folder} ${chosen.problem}`, identity);
    const { file, runtime, unused } = chosen;
    const tokenizer = await readTokenizer(folder, manifest.featuriser);
    if (!tokenizer.ok) return broken(folder, `${ref}: ${tokenizer.problem} (in ${folder})`, identity);
    const metadata = await metadataIn(folder);
    return { ...identity, ref, folder, file, runtime, manifest, metadata, tokenizer: tokenizer.bytes, unused };
  } catch (cause) {
    return broken(folder, `${ref}: ${firstLine(cause)} (in ${folder})`, identity);
  }
}

function broken(folder: string, problem: string, identity?: Identity): BrokenFolder {
  if (identity === undefined) return { folder, problem, model: undefined };
  const { name, version, bare } = identity;
  return { folder, problem, model: { name, version, ref: `${name}@${version}`, bare } };
}

/** Never rejects: a model can be served without. */
async function metadataIn(folder: string): Promise<Metadata | undefined> {
  try {
    const text = await textIn(folder, METADATA_FILE);
    return text === undefined ? undefined : parseMetadata(text);
  } catch (cause) {
    return { labels: undefined, problem: `${METADATA_FILE}: ${firstLine(cause)}; it is served without labels` };
  }
}

/** Undefined when there is none, which is no fault. */
async function textIn(folder: string, file: string): Promise<string | undefined> {
  const path = join(folder, file);
  const link = await lstat(path).catch(() => undefined);
  if (link === undefined) return undefined;
  const real = await inside(folder, path).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause) throw new Error(`${file} is a link that leads nowhere`);
    throw cause;
  });
  if ((await stat(real)).isDirectory()) throw new Error(`${file} is a folder, expected a file`);
  return readFile(real, 'utf8');
}
