/** Prepares the prediction log's folder when the hub starts: creates it if its parent exists, and tests it. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, FOLDER_MODE, hasNoRoom } from './log-file-system.js';

/**
 * What is wrong with the folder, in one line; undefined when files can be created in it, or could be if there was room:
 * the log copes with a full disk while running, too.
 */
export async function prepareLogFolder(folder: string): Promise<string | undefined> {
  const path = resolve(folder);
  const failure = await mkdir(path, FOLDER_MODE).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (hasNoRoom(failure)) return undefined;
  const made = failure === undefined ? undefined : codeOf(failure);
  if (made === 'ENOENT') return `${path} cannot be made: there is no folder ${dirname(path)}`;
  if (made === 'ENOTDIR') return `${path} cannot be made: ${dirname(path)} is no folder`;
  if (made !== undefined && made !== 'EEXIST') return `${path} cannot be made (${made})`;
  // Permissions do not reveal a read-only file system.
  const probe = join(path, `.probe-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(probe, 'wx');
    await file.close();
    await rm(probe);
    return undefined;
  } catch (cause) {
    if (hasNoRoom(cause)) return undefined;
    if (codeOf(cause) === 'ENOTDIR') return `${path} is no folder`;
    return `no file can be made in ${path} (${codeOf(cause)})`;
  }
}
