// Writes a trained model as the folder that a hub serves: model.json, weights.bin, manifest.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeaturiserConfig } from '../../shared/text/featuriser.js';
import type { Artefact } from './artefact.js';
import { LABELS } from './corpus.js';

/** Longest text the model takes, in UTF-16 units: many times what it reads. */
const MAX_TEXT_LENGTH = 10_000;

/** Returns the bytes written. Other files of the folder, such as its README, are left alone. */
export function writeModelFolder(folder: string, artefact: Artefact, featuriser: FeaturiserConfig): number {
  const manifest = {
    runtime: 'tfjs-layers',
    input: { kind: 'text', featuriser, maxTextLength: MAX_TEXT_LENGTH },
    labels: LABELS,
    description: 'Sentiment of short English texts: negative, neutral or positive.',
  };
  const files: [name: string, content: string | Uint8Array][] = [
    ['weights.bin', artefact.weights],
    ['model.json', `${JSON.stringify(artefact.modelJson)}\n`],
    ['manifest.json', formatManifest(manifest)],
  ];
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (const [name, content] of files) {
    writeFileSync(join(folder, name), content);
    bytes += Buffer.byteLength(content);
  }
  return bytes;
}

/** As the repository's formatter has it: the list of labels on one line. */
function formatManifest(manifest: object): string {
  const text = JSON.stringify(manifest, null, 2);
  return `${text.replace(/\[\s+([^\]]*?)\s+\]/g, (_, items: string) => `[${items.replace(/\s+/g, ' ')}]`)}\n`;
}
