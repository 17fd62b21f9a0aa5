/**
 * Says what of a folder of models is not served although somebody may expect it, and why. Knows names alone; what is
 * plainly no model, such as a README, is not mentioned.
 */

import { MODEL_NAME, MODEL_VERSION } from '../../shared/limits.js';
import { type Entry, entriesOf, holdsModel } from './folder-listing.js';
import { MANIFEST_FILE } from './manifest.js';
import { isModelFile, MODEL_FILE, MODEL_FILES } from './model-file.js';

/** Something that is left out. */
export interface LeftOut {
  readonly path: string;
  /** For people: why, and what to do. */
  readonly why: string;
}

/** Levels below a folder without versions in which a model is looked for. */
const DEEPEST = 3;
/** Folders looked into below each, so that a data set in between does not delay the start. */
const MOST_FOLDERS = 200;
/** Files that people mean as a model, and that this hub does not read. */
const FOREIGN = /\.(zip|tar|t?gz|7z|h5|hdf5|keras|pb|tflite|pt|pth|safetensors)$/i;

const RIGHT_PLACE = `a model is <name>/<version>/${MODEL_FILE}`;

/** In a model folder: what is no version. */
export function leftOutOfModel(entries: readonly Entry[]): readonly LeftOut[] {
  return entries.flatMap((entry) => {
    const { name, kind, path } = entry;
    const isNumbered = MODEL_VERSION.test(name);
    const why = (text: string): readonly LeftOut[] => [{ path, why: text }];
    if (kind === 'nowhere') return why('it is a link that leads nowhere');
    if (kind === 'folder' && !holdsModel(entry))
      return isNumbered ? why(`it holds no model: ${MODEL_FILES}${similar(entry)}`) : [];
    if (kind === 'folder' && !/^v?\d/.test(name))
      return why(`it holds a model, but its name is no version: expected a number such as 1`);
    if (kind !== 'file') return [];
    if (isModelFile(name) || name === MANIFEST_FILE)
      return why('it stands beside version folders, which are served instead; move it into one, such as 1/');
    return isNumbered ? why('it is a file; a version is a folder') : foreign(entry);
  });
}

/** In a repository: what is no model folder. `models`: the names that are. */
export async function leftOutOfRepository(
  root: string,
  entries: readonly Entry[],
  models: ReadonlySet<string>,
): Promise<readonly LeftOut[]> {
  const left: LeftOut[] = [];
  for (const entry of entries) {
    if (models.has(entry.name)) continue;
    const { name, kind, path } = entry;
    if (kind === 'nowhere') left.push({ path, why: 'it is a link that leads nowhere' });
    else if (kind === 'folder') left.push(...(await leftOutFolder(root, entry)));
    else if (kind === 'file' && !name.includes('.') && MODEL_NAME.test(name))
      left.push({ path, why: `it is a file where a model folder is expected; ${RIGHT_PLACE}` });
    else if (kind === 'file') left.push(...foreign(entry));
  }
  return left;
}

/** Beside a model that stands in the given folder itself: models in folders below, which are not served. */
export async function leftOutBeside(root: string, entries: readonly Entry[]): Promise<readonly LeftOut[]> {
  const why = `the folder above it holds a model file or ${MANIFEST_FILE} and is the model; ${RIGHT_PLACE}`;
  const left: LeftOut[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'folder') continue;
    const path = holdsModel(entry) ? entry.path : await modelBelow(root, entry);
    if (path !== undefined) left.push({ path, why });
  }
  return left;
}

/** A folder of a repository without a version that can be served. */
async function leftOutFolder(root: string, entry: Entry): Promise<readonly LeftOut[]> {
  const { name, path } = entry;
  if (holdsModel(entry)) {
    const move = `move it into ${name}/1/, or give this folder alone as --model`;
    return [{ path, why: `it holds a model, but no version folders: ${RIGHT_PLACE}; ${move}` }];
  }
  const entries = await entriesOf(root, path);
  // Otherwise a folder of sources, which may hold archives and links of its own.
  if (entries.some((inner) => MODEL_VERSION.test(inner.name) || holdsModel(inner))) return leftOutOfModel(entries);
  const below = await modelBelow(root, entry);
  return below === undefined ? [] : [{ path: below, why: `it holds a model at the wrong depth: ${RIGHT_PLACE}` }];
}

/** The first folder with a model below this one. */
async function modelBelow(root: string, from: Entry): Promise<string | undefined> {
  let level: readonly Entry[] = [from];
  let looked = 0;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next: Entry[] = [];
    for (const { path } of level) {
      if (looked++ >= MOST_FOLDERS) return undefined;
      next.push(...(await entriesOf(root, path)).filter(({ kind }) => kind === 'folder'));
    }
    const found = next.find(holdsModel);
    if (found !== undefined) return found.path;
    level = next;
  }
  return undefined;
}

function foreign({ name, path }: Entry): readonly LeftOut[] {
  if (isModelFile(name))
    return [{ path, why: `it stands beside model folders: move it into one of its own, or give it alone as --model` }];
  if (!FOREIGN.test(name)) return [];
  return [{ path, why: `it is no model that this hub reads: unpack or convert it; ${RIGHT_PLACE}` }];
}

/** What may be the model under another name, such as `Model.json`. */
function similar({ names }: Entry): string {
  const near = names.filter((name) => /model.*\.json$/i.test(name)).slice(0, 3);
  return near.length === 0 ? '' : `; it has ${near.map((name) => JSON.stringify(name)).join(', ')}`;
}
