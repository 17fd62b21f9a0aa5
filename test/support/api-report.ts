/** The public interface of a built package as text: its exported declarations, and those that they name, without comments. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

interface Declaration {
  readonly name: string;
  readonly text: string;
}

interface Module {
  /** Declarations by their local name. */
  readonly declared: ReadonlyMap<string, Declaration>;
  /** Local names of imports, with the module and the name there. */
  readonly imported: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  /** Exported names, with where they are declared. */
  readonly exported: ReadonlyMap<string, { readonly from: string | undefined; readonly name: string }>;
}

/** The report of the declaration file `entry`: one declaration a paragraph, exported ones first, each part by name. */
export function apiReport(entry: string): string {
  const modules = new Map<string, Module>();
  const load = (path: string): Module => {
    const loaded = modules.get(path) ?? readModule(path);
    modules.set(path, loaded);
    return loaded;
  };
  const find = (path: string, local: string): { readonly path: string; readonly found: Declaration } | undefined => {
    const { declared, imported, exported } = load(path);
    const found = declared.get(local);
    if (found !== undefined) return { path, found };
    const at = imported.get(local) ?? exported.get(local);
    if (at?.from === undefined || !at.from.startsWith('.')) return undefined;
    return find(resolve(path, at.from), at.name);
  };
  const named = new Map<string, string>();
  const queue: { readonly path: string; readonly found: Declaration }[] = [];
  const add = (name: string, path: string, local: string): void => {
    if (named.has(name)) return;
    const at = find(path, local);
    if (at === undefined) return;
    named.set(name, at.found.text);
    queue.push(at);
  };
  const exported = [...load(entry).exported].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, { from, name: local }] of exported)
    add(name, from === undefined ? entry : resolve(entry, from), local);
  const isExported = new Set(named.keys());
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const [word] of at.found.text.matchAll(/\b[A-Z]\w*\b/g)) add(word, at.path, word);
  }
  const inner = [...named].filter(([name]) => !isExported.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const paragraphs = (list: readonly (readonly [string, string])[]): string =>
    list.map(([, text]) => text).join('\n\n');
  return `// Exported\n\n${paragraphs([...named].filter(([name]) => isExported.has(name)))}\n\n// Named by these\n\n${paragraphs(inner)}\n`;
}

function resolve(from: string, specifier: string): string {
  return join(dirname(from), specifier.replace(/\.js$/, '.d.ts'));
}

function readModule(path: string): Module {
  if (!existsSync(path)) throw new Error(`${path} is missing; run npm run build`);
  const source = readFileSync(path, 'utf8');
  const { module, program, comments } = parseSync(path, source);
  const declared = new Map<string, Declaration>();
  for (const statement of program.body) {
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (node === null || !('start' in node)) continue;
    for (const name of namesOf(node)) declared.set(name, { name, text: withoutComments(source, comments, node) });
  }
  const imported = new Map<string, { from: string; name: string }>();
  for (const { moduleRequest, entries } of module.staticImports)
    for (const { localName, importName } of entries)
      imported.set(localName.value, { from: moduleRequest.value, name: importName.name ?? localName.value });
  const exported = new Map<string, { from: string | undefined; name: string }>();
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, exportName, importName, localName } of entries) {
      const name = exportName.name;
      if (name !== null)
        exported.set(name, { from: moduleRequest?.value, name: importName.name ?? localName.name ?? name });
    }
  return { declared, imported, exported };
}

type Node = ReturnType<typeof parseSync>['program']['body'][number];

function namesOf(node: Node | NonNullable<Extract<Node, { type: 'ExportNamedDeclaration' }>['declaration']>): string[] {
  if (node.type === 'VariableDeclaration')
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  return 'id' in node && node.id !== null && node.id.type === 'Identifier' ? [node.id.name] : [];
}

function withoutComments(
  source: string,
  comments: readonly { readonly start: number; readonly end: number }[],
  { start, end }: { readonly start: number; readonly end: number },
): string {
  let text = '';
  let at = start;
  for (const comment of comments) {
    if (comment.start < start || comment.end > end) continue;
    text += source.slice(at, comment.start);
    at = comment.end;
  }
  text += source.slice(at, end);
  return text.replace(/[ \t]+$/gm, '').replace(/\n{2,}/g, '\n');
}
