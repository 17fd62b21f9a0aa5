/**
 * Copies the one build of onnxruntime-web that this package runs on, with its loader and its licence, so that an install
 * does not bring the others: 14 MB instead of 140.
 */

import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FILES = ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

const here = fileURLToPath(new URL('..', import.meta.url));
const from = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
const to = join(here, 'dist/onnxruntime-web');

await mkdir(to, { recursive: true });
for (const file of FILES) await copyFile(join(from, file), join(to, file));
await copyFile(join(here, 'LICENSE-onnxruntime-web'), join(to, 'LICENSE'));
