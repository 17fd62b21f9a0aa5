import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import * as client from '../../../client/index.js';

const docs = join(import.meta.dirname, '../../../docs');
const read = (path: string): string => readFileSync(join(docs, path), 'utf8');
const examples = readdirSync(join(docs, 'examples')).filter((name) => name.startsWith('live'));

test('docs/streams.md shows each example as its file has it', () => {
  expect(examples.sort()).toEqual(['live-node.ts', 'live-react.tsx', 'live.html']);
  const text = read('streams.md');
  for (const name of examples) {
    const fence = `\`\`\`${name.split('.').at(-1)}\n${read(`examples/${name}`)}\`\`\``;
    expect(text, name).toContain(fence);
  }
});

test.each(['streams.md', '../client/README.md', 'clients.md'])('the snippets of %s parse', (name) => {
  const snippets = [...read(name).matchAll(/^```(ts|js)\n([\s\S]*?)^```$/gm)];

  expect(snippets.length).toBeGreaterThan(0);
  for (const [, language, code = ''] of snippets)
    expect(parseSync(`snippet.${language}`, code).errors, code).toEqual([]);
});

test('docs/embedding.md shows each example as its file has it, and no other code', () => {
  const files = readdirSync(join(docs, 'examples/embedding')).sort();
  const shown = [...read('embedding.md').matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

  expect(files.length).toBeGreaterThan(5);
  expect(shown.toSorted()).toEqual(files.map((name) => `// ${name}\n${read(`examples/embedding/${name}`)}`));
});

test('the page is twenty lines at most, takes the client from the hub and writes text only', () => {
  const page = read('examples/live.html');

  expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  expect(page).toContain("from 'http://localhost:3000/tickcast.js'");
  expect(page).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
});

test.each(['live-node.ts', 'live-react.tsx', 'live.html'])('%s parses, and imports what the client exports', (name) => {
  const file = read(`examples/${name}`);
  const source = name.endsWith('.html') ? (/<script type="module">([\s\S]*)<\/script>/.exec(file)?.[1] ?? '') : file;
  const { errors, module } = parseSync(name.replace('.html', '.js'), source);

  expect(errors).toEqual([]);
  const ours = module.staticImports.filter(({ moduleRequest }) => /tickcast/.test(moduleRequest.value));
  expect(ours).toHaveLength(1);
  const values = ours.flatMap(({ entries }) => entries).filter(({ isType }) => !isType);
  const names = values
    .map(({ importName }) => importName.name ?? '')
    .filter((each) => !/^Stream|^Subscription/.test(each));
  expect(names).toContain('connect');
  for (const each of names) expect(Object.keys(client)).toContain(each);
});
