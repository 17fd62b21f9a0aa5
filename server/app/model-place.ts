/** Where the models are: what the option says, else `./model`, else what comes with this package. */

import { lstat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const USUAL = './model';

export interface ModelPlace {
  readonly path: string;
  /** True when neither an option nor a folder of the caller named it. */
  readonly isPackaged: boolean;
}

/** @param given the option `model`; empty: not given. */
export async function modelPlace(given: string): Promise<ModelPlace> {
  if (given !== '') return { path: given, isPackaged: false };
  const packaged = await firstThere(['../../../model', '../../model']);
  if (packaged === undefined || (await isThere(USUAL))) return { path: USUAL, isPackaged: false };
  return { path: packaged, isPackaged: true };
}

/** Up from the build, and up from the source. */
async function firstThere(places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (await isThere(`${path}/sentiment`)) return path;
  }
  return undefined;
}

/** A link that leads nowhere counts, and is told later. */
function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
