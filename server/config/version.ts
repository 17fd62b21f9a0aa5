/** The version in package.json, one folder up from the source and two from the build. */

import { readFileSync } from 'node:fs';

function readVersion(): string {
  for (const path of ['../../../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === 'tickcast' && manifest.version !== undefined) return manifest.version;
    } catch {
      // Not there: try the other one.
    }
  }
  return 'unknown';
}

/** The version of this package. */
export const version = readVersion();
