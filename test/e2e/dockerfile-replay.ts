/**
 * Executes a Dockerfile in folders instead of images: enough of the format for ours, and an error for anything else.
 */

import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

export interface Instruction {
  /** Upper case. */
  readonly word: string;
  readonly rest: string;
}

/** The result of the last stage, for whoever starts a container. */
export interface Image {
  /** The container's root folder. */
  readonly folder: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly port: string;
  readonly entrypoint: readonly string[];
  readonly healthCheck: readonly string[];
}

export interface ReplayPlan {
  readonly dockerfile: string;
  /** The build context of `docker build`. */
  readonly context: string;
  /** An empty folder for the stages. */
  readonly into: string;
  /** Additional environment of RUN. */
  readonly runEnv: NodeJS.ProcessEnv;
  /** A RUN whose outcome is here already, as a folder that belongs into the stage's; undefined for one to execute. */
  readonly outcomeOf?: (command: string) => string | undefined;
}

interface Stage {
  readonly name: string;
  readonly base: string;
  readonly folder: string;
  workdir: string;
  readonly args: Record<string, string>;
  readonly env: Record<string, string>;
  user: string;
  port: string;
  entrypoint: readonly string[];
  healthCheck: readonly string[];
}

export function readInstructions(text: string): readonly Instruction[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const logical = lines.join('\n').replace(/\\\n\s*/g, ' ');
  return logical
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? [];
      return { word: word.toUpperCase(), rest };
    });
}

/**
 * Whether a path of the context, with `/`, is excluded. The last pattern that matches a path or a parent folder
 * decides.
 */
export function readIgnored(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const keeps = line.startsWith('!');
      const parts = (keeps ? line.slice(1) : line).split(/(\*\*\/|\*)/).map((part) => {
        if (part === '**/') return '(?:.*/)?';
        return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      });
      return { ignores: !keeps, pattern: new RegExp(`^${parts.join('')}(?:/.*)?$`) };
    });
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.ignores ?? false;
}

export async function replay({ dockerfile, context, into, runEnv, outcomeOf }: ReplayPlan): Promise<Image> {
  const ignored = readIgnored(await readFile(join(context, '.dockerignore'), 'utf8'));
  const stages: Stage[] = [];
  for (const { word, rest } of readInstructions(dockerfile)) {
    if (word === 'FROM') {
      stages.push(await newStage(rest, join(into, `stage-${stages.length}`)));
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${word} before the first FROM`);
    await step(stage, word, rest);
  }
  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no FROM');
  return last;

  async function step(stage: Stage, word: string, rest: string): Promise<void> {
    switch (word) {
      case 'WORKDIR':
        stage.workdir = rest;
        await mkdir(join(stage.folder, rest), { recursive: true });
        return;
      case 'ARG':
        return void Object.assign(stage.args, pairs(rest));
      case 'ENV':
        return void Object.assign(stage.env, pairs(rest));
      case 'USER':
        stage.user = rest;
        return;
      case 'EXPOSE':
        stage.port = rest;
        return;
      case 'ENTRYPOINT':
        stage.entrypoint = execForm(rest);
        return;
      case 'HEALTHCHECK':
        stage.healthCheck = execForm(rest.slice(rest.indexOf('CMD ') + 4));
        return;
      case 'RUN': {
        const cwd = join(stage.folder, stage.workdir);
        const outcome = outcomeOf?.(rest);
        const command = outcome === undefined ? rest : 'cp -al "$OUTCOME" . 2>/dev/null || cp -a "$OUTCOME" .';
        const env = { ...runEnv, ...stage.env, ...stage.args, OUTCOME: outcome };
        await promisify(execFile)('sh', ['-c', command], { cwd, env, timeout: 300_000 });
        return;
      }
      case 'COPY':
        return copy(stage, rest.split(/\s+/));
      default:
        throw new Error(`the replay does not know ${word}`);
    }
  }

  async function copy(stage: Stage, words: readonly string[]): Promise<void> {
    const from = words[0]?.startsWith('--from=') ? words[0].slice('--from='.length) : undefined;
    const [to = '', ...sources] = words.slice(from === undefined ? 0 : 1).toReversed();
    const origin = from === undefined ? context : stages.find(({ name }) => name === from)?.folder;
    if (origin === undefined) throw new Error(`COPY from "${from}", which is no stage before`);
    for (const source of sources) {
      const path = join(origin, source);
      const kept = (inner: string): boolean => from !== undefined || !ignored(relative(context, inner));
      // As docker does: a file excluded by .dockerignore does not exist.
      if (!existsSync(path) || !kept(path)) throw new Error(`COPY ${source}: there is no such file in the context`);
      // A folder's content goes into the target; a file only if the target ends in "/".
      const into = to.endsWith('/') && !statSync(path).isDirectory() ? join(to, basename(source)) : to;
      const target = join(stage.folder, stage.workdir, into);
      await mkdir(dirname(target), { recursive: true });
      await cp(path, target, { recursive: true, verbatimSymlinks: true, filter: kept });
    }
  }
}

async function newStage(rest: string, folder: string): Promise<Stage> {
  const [base = '', , name = ''] = rest.split(/\s+/);
  await mkdir(folder);
  return {
    ...{ name, base, folder, workdir: '/', args: {}, env: {} },
    ...{ user: 'root', port: '', entrypoint: [], healthCheck: [] },
  };
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(text.split(/\s+/).map((pair) => pair.split(/=(.*)/s, 2)));
}

/** Only the exec form: in the shell form a shell would be process 1 and not forward signals. */
function execForm(text: string): readonly string[] {
  const words: unknown = JSON.parse(text);
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  throw new Error(`expected the exec form, got ${text}`);
}
