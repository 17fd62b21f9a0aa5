/** Derives which file imports which, type-only imports included, and compares the arrows with a table of layers. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Import {
  /** Path from the root, with slashes. */
  readonly from: string;
  /** Path from the root of a file in this repository, or the specifier of a package. */
  readonly to: string;
}

export interface Layer {
  readonly name: string;
  readonly owns: (path: string) => boolean;
  /** Names of the layers it may import besides itself. */
  readonly layers: readonly string[];
  /** Other allowed imports; `node:` for every Node built-in. */
  readonly packages: readonly string[] | 'any';
}

/** Everything compiled, except tests. */
export const SOURCE_FOLDERS: readonly string[] = [
  'shared',
  'command-line',
  'tfjs-layer',
  'client',
  'server',
  'model/train',
  'model/evaluate',
  'dashboard',
  'demo',
  'cli',
  'bench',
  'scripts',
];

/** Every import of every TypeScript file under the folders. */
export function readImports(root: string, folders: readonly string[]): Import[] {
  return sourceFiles(root, folders).flatMap((path) => importsOf(root, path, specifiersOf));
}

/** Those that remain once types are erased. */
export function readValueImports(root: string, paths: readonly string[]): Import[] {
  return paths.flatMap((path) => importsOf(root, join(root, path), valueSpecifiersOf));
}

function importsOf(root: string, path: string, read: typeof specifiersOf): Import[] {
  const from = relative(root, path).replaceAll('\\', '/');
  return read(from, readFileSync(path, 'utf8')).map((specifier) => ({ from, to: resolve(from, specifier) }));
}

/** Paths of the TypeScript files under the folders, except built or installed ones. */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => !/[\\/](dist|node_modules)[\\/]|[\\/]adapters[\\/][^\\/]+[\\/]test[\\/]/.test(path)),
  );
}

/**
 * Imports, re-exports, dynamic imports, `import('...')` types and `new URL('...', import.meta.url)` of a source text.
 */
export function specifiersOf(name: string, source: string): string[] {
  const { module } = parseSync(name, source);
  const found = module.staticImports.map(({ moduleRequest }) => moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries)
      if (moduleRequest !== null && moduleRequest !== undefined) found.push(moduleRequest.value);
  }
  for (const [, specifier] of source.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g))
    if (specifier !== undefined) found.push(specifier);
  return [...new Set(found)];
}

/** Imports and re-exports of a source text that include values. */
export function valueSpecifiersOf(name: string, source: string): string[] {
  const { module } = parseSync(name, source);
  const found = module.staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => moduleRequest.value);
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest !== null && moduleRequest !== undefined && !isType) found.push(moduleRequest.value);
  }
  return [...new Set(found)];
}

/** The forbidden arrows, as lines for people. */
export function wrongArrows(imports: readonly Import[], layers: readonly Layer[]): string[] {
  const wrong: string[] = [];
  for (const { from, to } of imports) {
    const layer = layers.find(({ owns }) => owns(from));
    if (layer === undefined) {
      wrong.push(`${from} belongs to no layer`);
      continue;
    }
    if (to.endsWith('.ts')) {
      const target = layers.find(({ owns }) => owns(to));
      if (target !== layer && !layer.layers.includes(target?.name ?? ''))
        wrong.push(`${from} (${layer.name}) imports ${to} (${target?.name ?? 'no layer'})`);
    } else if (
      layer.packages !== 'any' &&
      !layer.packages.some((name) => (name === 'node:' ? to.startsWith(name) : to === name))
    ) {
      wrong.push(`${from} (${layer.name}) imports ${to}`);
    }
  }
  return [...new Set(wrong)];
}

function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(dirname(from), specifier).replace(/\.js$/, '.ts') : specifier;
}
