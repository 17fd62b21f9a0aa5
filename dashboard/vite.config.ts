/** How the page is bundled: everything local, nothing inlined, so that a strict content policy holds. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const outDir = join(root, '../dist/web');

/**
 * Unused parts of the page's libraries, by the text that brings them in; the bundler drops what becomes unreachable.
 */
const UNUSED: Readonly<Record<string, readonly (readonly [string | RegExp, string])[]>> = {
  'uPlot.esm.js': [
    ['const showLegend = legend.show;', 'const showLegend = false;'],
    ['(paths.stepped = stepped);', ''],
    ['(paths.bars    = bars);', ''],
    [/\nuPlot\.(?:assign|fmtNum|rangeNum|rangeLog|rangeAsinh|orient) .*;/g, ''],
    ['new Intl.DateTimeFormat().resolvedOptions().timeZone', 'undefined'],
    ['uPlot.addGap = addGap;', ''],
    ['uPlot.clipGaps = clipGaps;', ''],
    ['uPlot.join = join;', ''],
    ['uPlot.sync = _sync;', ''],
    ['timeAxisVals(_tzDate, timeAxisStamps(av, _fmtDate))', 'undefined'],
    ['timeAxisVal(_tzDate, av)', 'undefined'],
    [/(?<=const (?:months|days) = )\[[^\]]*\]/g, '[]'],
    [/(?<=const _timeAxisStamps = )\[[\s\S]*?\n\t\];/, '[];'],
    ['uPlot.fmtDate = fmtDate;', ''],
    ['(opts.fmtDate || fmtDate)', 'undefined'],
    ['uPlot.tzDate  = tzDate;', ''],
    ['timeAxisVals(_tzDate, timeAxisStamps((ms == 1 ? _timeAxisStampsMs : _timeAxisStampsS), _fmtDate))', 'undefined'],
    ['timeSeriesVal(_tzDate, timeSeriesStamp(_timeSeriesStamp, _fmtDate))', 'numSeriesVal'],
    [
      '(isStr(sv) ? timeSeriesVal(_tzDate, timeSeriesStamp(sv, _fmtDate)) : sv || _timeSeriesVal)',
      'sv || _timeSeriesVal',
    ],
  ],
  // The page sends one text at a time: one row.
  'client/requests/prepare-input.ts': [
    ['measureInput(value, model, limits)', '({ ok: false })'],
    ['tagInput(captured, description)', 'captured'],
  ],
  'client/requests/request.ts': [['captureInput(submission.input)', 'submission.input']],
  // Only for the docs.
  'shared/errors.ts': [[/\bmeaning: ("[^"]*"|'[^']*'),?/g, '']],
  'engine.io-client/build/esm/transports/index.js': [['webtransport: WT,', '']],
};

function leaveOut(): Plugin {
  return {
    name: 'leave-out',
    transform(code, id) {
      const found = Object.entries(UNUSED).find(([path]) => id.endsWith(path));
      if (found === undefined) return undefined;
      for (const [text, instead] of found[1]) {
        // A new version of the library may be written differently: then this list must be revised.
        const shorter = code.replace(text, instead);
        if (shorter === code) throw new Error(`${found[0]} has no longer "${String(text)}"`);
        code = shorter;
      }
      return { code, map: null };
    },
  };
}

export default defineConfig({
  root,
  base: './',
  logLevel: 'warn',
  resolve: { alias: { '@tickcast/client': join(root, '../client/index.ts') } },
  plugins: [
    leaveOut(),
    {
      name: 'own-files',
      // The folder also holds the SDK's bundle: only the page's own files are removed.
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
