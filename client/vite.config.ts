/**
 * Bundles the client for pages without a bundler: `vite build --config client/vite.config.ts` writes
 * `dist/web/tickcast.js`.
 */

import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * What a page need not load of Socket.IO: WebTransport, which the hub does not speak, and the delays between attempts,
 * which the client's connection owns.
 */
const UNUSED: Readonly<Record<string, string>> = {
  './webtransport.js': 'export const WT = undefined;',
  './contrib/backo2.js': 'export class Backoff { attempts = 0; reset() {} setMin() {} setMax() {} setJitter() {} }',
};

const withoutUnused: Plugin = {
  name: 'without-unused',
  enforce: 'pre',
  resolveId: (source, importer) =>
    Object.hasOwn(UNUSED, source) && /(engine|socket)\.io-client/.test(importer ?? '') ? `\0${source}` : undefined,
  load: (id) => UNUSED[id.slice(1)],
};

export default defineConfig({
  root: pathOf('.'),
  plugins: [withoutUnused],
  // The directory holds other files that the hub serves.
  build: {
    outDir: pathOf('../dist/web'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: { entry: pathOf('index.ts'), formats: ['es'], fileName: () => 'tickcast.js' },
    rolldownOptions: {
      // Socket.IO does not say that its modules may be left out: of its entry only what is imported is used.
      treeshake: { moduleSideEffects: (id: string) => !id.includes('/node_modules/') },
      // Vite keeps white space in libraries for downstream bundlers; here there are none.
      output: { minify: true, comments: false },
    },
  },
  publicDir: false,
});
