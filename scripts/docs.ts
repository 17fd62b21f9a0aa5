/** Writes docs/options.md from the option table: `npm run docs`. A test holds the page against the table. */

import { writeFileSync } from 'node:fs';
import { envOf, flagOf } from '../server/config.js';
import { OPTION_GROUPS } from '../server/options/table.js';

const groups = OPTION_GROUPS.map(({ title, options }) => {
  const rows = Object.entries(options).map(([name, option]) => {
    const initial = String(option.default);
    const form = option.form.replaceAll(' | ', ', ');
    return `| \`${flagOf(name)}\` | \`${envOf(name)}\` | ${form} | ${initial === '' ? '' : `\`${initial}\``} | ${option.doc} |`;
  });
  return `## ${title}

| flag | variable | value | default | what it does |
|---|---|---|---|---|
${rows.join('\n')}
`;
});
const text = `# Options of the hub

Each by flag or by environment; a flag wins. A value out of range stops the start with one line that names it. Made from the tables in
\`server/options/\` by \`npm run docs\`.

${groups.join('\n')}`;
writeFileSync('docs/options.md', text);
