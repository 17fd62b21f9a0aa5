/**
 * Bundles the client for pages without a bundler: `vite build --config client/vite.config.ts` writes
 * `dist/web/tickcast.js`.
 */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: pathOf('.'),
  // The directory holds other files that the hub serves.
  build: {
    outDir: pathOf('../dist/web'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: { entry: pathOf('index.ts'), formats: ['es'], fileName: () => 'tickcast.js' },
    // Vite keeps white space in libraries for downstream bundlers; here there are none.
    rolldownOptions: { output: { minify: true, comments: false } },
  },
  publicDir: false,
});
