/** Bundles the client for pages that have no bundler: `vite build --config client/vite.config.ts` makes `dist/web/tickcast.js`. */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: pathOf('.'),
  // What else a hub serves stands beside the bundle.
  build: {
    outDir: pathOf('../dist/web'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: { entry: pathOf('index.ts'), formats: ['es'], fileName: () => 'tickcast.js' },
    // Of a library Vite keeps the white space, for bundlers to come; here none will.
    rolldownOptions: { output: { minify: true, comments: false } },
  },
  publicDir: false,
});
