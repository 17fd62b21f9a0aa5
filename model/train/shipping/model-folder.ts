/** Writes a trained model as a folder for a hub: model.json, weights.bin, manifest.json. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LABELS } from '../texts/sources.js';
import type { Artefact } from './artefact.js';

/** Maximum text length, in UTF-16 units: many times what the model reads. */
const MAX_TEXT_LENGTH = 10_000;

const MANIFEST = {
  runtime: 'tfjs-layers',
  input: { kind: 'text', featuriser: { name: 'hashed-text-encoder' }, maxTextLength: MAX_TEXT_LENGTH },
  labels: LABELS,
  description: 'Sentiment of short English texts: negative, neutral or positive.',
};

/** Returns the bytes written. `card` goes to README.md; other files of the folder are left alone. */
export function writeModelFolder(folder: string, artefact: Artefact, card: string | undefined): number {
  const files: [name: string, content: string | Uint8Array][] = [
    ['weights.bin', artefact.weights],
    ['model.json', `${JSON.stringify(artefact.modelJson)}\n`],
    ['manifest.json', formatManifest(MANIFEST)],
  ];
  if (card !== undefined) files.push(['README.md', card]);
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (const [name, content] of files) {
    writeFileSync(join(folder, name), content);
    bytes += Buffer.byteLength(content);
  }
  return bytes;
}

/** In the style of the repository's formatter: short lists and objects on one line. */
function formatManifest(manifest: object): string {
  const text = JSON.stringify(manifest, null, 2);
  return `${text
    .replace(/\[\s+([^\]]*?)\s+\]/g, (_, items: string) => `[${items.replace(/\s+/g, ' ')}]`)
    .replace(/: \{\s+("name": "[^"]*")\s+\}/g, ': { $1 }')}\n`;
}
