/** How the page is bundled: everything local, nothing inlined, so that a strict content policy holds. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const outDir = join(root, '../dist/web');

export default defineConfig({
  root,
  base: './',
  logLevel: 'warn',
  resolve: { alias: { '@tickcast/client': join(root, '../client/index.ts') } },
  plugins: [
    {
      name: 'own-files',
      // The folder also holds the SDK's bundle: what is cleared is the page's own.
      buildStart: () => rmSync(join(outDir, 'assets'), { recursive: true, force: true }),
    },
  ],
  build: {
    outDir,
    emptyOutDir: false,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
