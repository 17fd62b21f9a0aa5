/** Writes docs/options.md from the option table: `npm run docs`. A test holds the page against the table. */

import { writeFileSync } from 'node:fs';
import { envOf, flagOf, OPTIONS } from '../server/config.js';

const rows = Object.entries(OPTIONS).map(([name, option]) => {
  const initial = String(option.default);
  const form = option.form.replaceAll(' | ', ', ');
  return `| \`${flagOf(name)}\` | \`${envOf(name)}\` | ${form} | ${initial === '' ? '' : `\`${initial}\``} | ${option.doc} |`;
});
const text = `# Options of the hub

Each by flag or by environment; a flag wins. A value out of range stops the start with one line that names it. Made from the table in
\`server/config.ts\` by \`npm run docs\`.

| flag | variable | value | default | what it does |
|---|---|---|---|---|
${rows.join('\n')}
`;
writeFileSync('docs/options.md', text);
