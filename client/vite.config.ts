/**
 * Bundles the client for pages without a bundler: `vite build --config client/vite.config.ts` writes
 * `dist/web/tickcast.js`.
 */

import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The hub speaks no WebTransport and the client never asks for it, so a page need not load it. */
const withoutWebTransport: Plugin = {
  name: 'without-web-transport',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source === './webtransport.js' && importer?.includes('engine.io-client') ? '\0no-web-transport' : undefined,
  load: (id) => (id === '\0no-web-transport' ? 'export const WT = undefined;' : undefined),
};

export default defineConfig({
  root: pathOf('.'),
  plugins: [withoutWebTransport],
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
