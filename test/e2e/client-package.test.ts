import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import { builtinModules } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { Server } from 'socket.io';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Hello } from '../../shared/index.js';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
let folder: string;

/** Packs the client and installs the tarball alone in an empty folder. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickcast-client-'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: join(root, 'client') });
  const [tarball] = await readdir(folder);
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await run('npm', ['install', `./${tarball}`, '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const HELLO: Hello = {
  protocol: 1,
  session: 'test',
  limits: {
    maxFrameBytes: 100_000,
    maxJsonBytes: 65_536,
    maxRequestRows: 100,
    maxInFlightRows: 100,
    maxTextLength: 1000,
  },
  models: [
    {
      name: 'sum',
      version: '1',
      inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
    },
  ],
  defaultModel: 'sum@1',
};

/** A hub that answers each request with its input, and drops the connection on the first request with input "drop". */
async function startHub(path = '/socket.io/'): Promise<{ url: string; http: HttpServer; io: Server }> {
  const http = createServer((request, response) => {
    response.end(JSON.stringify({ prediction: [request.url], model: 'sum@1' }));
  });
  const io = new Server(http, { path, maxHttpBufferSize: HELLO.limits.maxFrameBytes });
  let dropped = false;
  io.on('connection', (socket) => {
    socket.emit('hello', HELLO);
    socket.on('predict', ({ id, input }) => {
      if (input !== 'drop' || dropped) socket.emit('prediction', { id, n: 0, prediction: input, model: 'sum@1' });
      else {
        dropped = true;
        socket.disconnect(true);
      }
    });
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, http, io };
}

/** Runs a program in the folder where the package is installed; returns its output. */
async function runInFolder(source: string, args: readonly string[] = [], file = 'program.js'): Promise<string> {
  await writeFile(join(folder, file), source);
  const { stdout } = await run(process.execPath, [file, ...args], { cwd: folder, timeout: 120_000 });
  return stdout;
}

test('depends on socket.io-client alone and brings no source of the server', async () => {
  const installed = join(folder, 'node_modules');

  const manifest = JSON.parse(await readFile(join(installed, '@tickcast/client/package.json'), 'utf8'));
  const files = await readdir(join(installed, '@tickcast/client/dist'));

  expect(Object.keys(manifest.dependencies)).toEqual(['socket.io-client']);
  expect(manifest.peerDependenciesMeta).toEqual({ react: { optional: true } });
  await expect(readdir(join(installed, 'react'))).rejects.toThrow('ENOENT');
  expect(files.sort()).toEqual(['cjs', 'client', 'shared']);
  for (const file of ['LICENSE', 'README.md'])
    expect(await readdir(join(installed, '@tickcast/client'))).toContain(file);
  expect(manifest).toMatchObject({ repository: { directory: 'client' }, keywords: expect.any(Array) });
  const packages = (await readdir(installed)).filter((name) => name.startsWith('@tensorflow') || name === 'tickcast');
  expect(packages).toEqual([]);
});

test.each(['websocket', 'polling'])('predicts, reconnects and closes in Node over %s', async (transport) => {
  const hub = await startHub();
  try {
    const printed = await runInFolder(
      `
      import { connect, isTickcastError } from '@tickcast/client';
      const client = connect(process.argv[2], { transports: [process.argv[3]], reconnectMinMs: 20 });
      const states = [];
      client.on('state', ({ state }) => states.push(state));
      const codes = (results) => results.map((r) => r.ok ? r.value.prediction : r.error.code);
      const nested = (await client.predict([1, 2])).prediction;
      const bytes = (await client.predict(Float32Array.of(1, 2, 3, 4))).prediction;
      const many = codes(await client.predictMany([[1], 'x'.repeat(70000), new Uint8Array(100001), 'drop', [2]]));
      client.close();
      const closed = await client.predictMany([[1]]).catch((error) => error.message);
      console.log(JSON.stringify({ nested, bytes: { ...bytes, data: Object.values(bytes.data.data ?? bytes.data).length }, many, closed, states }));
      `,
      [hub.url, transport],
    );

    expect(JSON.parse(printed)).toEqual({
      nested: [1, 2],
      bytes: { dtype: 'float32', shape: [2, 2], data: 16 },
      many: [[1], 'TOO_LARGE', 'TOO_LARGE', 'drop', [2]],
      closed: 'predictMany: this client was closed; connect again',
      states: ['connected', 'reconnecting', 'connected', 'closed'],
    });
  } finally {
    await hub.io.close();
  }
});

test('is loaded by require, predicts, and recognises errors of the copy that is loaded by import, and the reverse', async () => {
  const hub = await startHub();
  try {
    const printed = await runInFolder(
      `
      const cjs = require('@tickcast/client');
      (async () => {
        const esm = await import('@tickcast/client');
        const [one, two] = [cjs, esm].map(({ connect }) => connect(process.argv[2]));
        const answers = [(await one.predict([1, 2])).prediction, (await two.predict([3, 4])).prediction];
        const errors = await Promise.all([one, two].map((client) => client.predict('x'.repeat(70000)).catch((error) => error)));
        const isOne = (error, { TickcastError, isTickcastError }) => error instanceof TickcastError && isTickcastError(error);
        const known = errors.flatMap((error) => [cjs, esm].map((copy) => isOne(error, copy)));
        one.close();
        two.close();
        const other = [new Error('x'), { code: 'TOO_LARGE' }, null].map((value) => value instanceof cjs.TickcastError);
        console.log(JSON.stringify({ apart: cjs.TickcastError !== esm.TickcastError, answers, known, other }));
      })();
      `,
      [hub.url],
      'program.cjs',
    );

    expect(JSON.parse(printed)).toEqual({
      apart: true,
      answers: [
        [1, 2],
        [3, 4],
      ],
      known: [true, true, true, true],
      other: [false, false, false],
    });
  } finally {
    await hub.io.close();
  }
});

test.each(['program.mjs', 'program.cjs'])('brings a fake hub that needs no port and no Socket.IO: %s', async (file) => {
  const printed = await runInFolder(
    `
    (async () => {
      const { FakeHub } = ${file.endsWith('mjs') ? 'await import' : 'require'}('@tickcast/client/testing');
      const hub = new FakeHub({ answers: { fine: { prediction: [1], label: 'positive' } } });
      const client = hub.connect();
      const { label } = await client.predict('fine');
      hub.failNext('OVERLOADED');
      const { code } = await client.predict('fine').catch((error) => error);
      client.close();
      console.log(JSON.stringify([label, code]));
    })();
    `,
    [],
    file,
  );

  expect(JSON.parse(printed)).toEqual(['positive', 'OVERLOADED']);
});

test('reaches a hub under a path, by its address alone', async () => {
  const hub = await startHub('/hub/socket.io/');
  try {
    const printed = await runInFolder(
      `
      import { connect, predictOverHttp } from '@tickcast/client';
      const client = connect(process.argv[2] + '/hub/');
      const { prediction } = await client.predict([1, 2]);
      client.close();
      const rest = await predictOverHttp(process.argv[2] + '/hub', [3]);
      console.log(JSON.stringify([client.url, prediction, rest.prediction]));
      `,
      [hub.url],
    );

    expect(JSON.parse(printed)).toEqual([`${hub.url}/hub`, [1, 2], ['/hub/predict']]);
  } finally {
    await hub.io.close();
  }
});

test('says at once that there is no hub, and why, while a request waits until its timeout', async () => {
  const printed = await runInFolder(`
    import { connect } from '@tickcast/client';
    const client = connect('http://127.0.0.1:9', { reconnectMinMs: 20 });
    const order = [];
    client.on('unreachable', ({ message, attempts }) => order.push([attempts, message]));
    const error = await client.predict([1], { timeoutMs: 2000 }).catch((error) => error);
    client.close();
    console.log(JSON.stringify([order[0], order.length > 1, error.message]));
  `);

  const why = expect.stringMatching(/not connected to http:\/\/127\.0\.0\.1:9: no answer \(ECONNREFUSED\)/);
  expect(JSON.parse(printed)).toEqual([[1, why], true, why]);
});

test('rejects within its timeout, and lets the process end, when there is no hub', async () => {
  const printed = await runInFolder(`
    import { connect, isTickcastError } from '@tickcast/client';
    const client = connect('http://127.0.0.1:9');
    const error = await client.predict([1], { timeoutMs: 300 }).catch((error) => error);
    client.close();
    console.log(JSON.stringify([isTickcastError(error), error.code, error.retryable, error.message]));
  `);

  expect(JSON.parse(printed)).toEqual([
    true,
    'DEADLINE_EXCEEDED',
    true,
    expect.stringContaining('not connected to http://127.0.0.1:9'),
  ]);
});

test('gives its types to a program, so that a wrong payload and a wrong model name do not compile', async () => {
  await writeFile(
    join(folder, 'program.ts'),
    `import { connect } from '@tickcast/client';
     const client = connect<{ sum: { input: number[]; prediction: number[] } }>('http://localhost:3000');
     export const good: Promise<number[]> = client.predict([1], { model: 'sum' }).then(({ prediction }) => prediction);
     void client.predict('text', { model: 'sum' });
     void client.predict([1], { model: 'product' });
     connect('http://localhost:3000').predict(new Date());
     import { FakeHub } from '@tickcast/client/testing';
     new FakeHub().connect<{ sum: { input: number[]; prediction: number[] } }>().predict('text', { model: 'sum' });
    `,
  );
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object;
  const compile = (resolution: readonly string[]): Promise<string> =>
    run(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        ...[
          '--noEmit',
          '--strict',
          '--skipLibCheck',
          'false',
          '--target',
          'es2022',
          '--lib',
          'es2022,dom',
          '--types',
          '',
        ],
        ...resolution,
        'program.ts',
      ],
      { cwd: folder },
    ).then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    );

  for (const [type, ...resolution] of [
    ['module', '--module', 'nodenext'],
    ['commonjs', '--module', 'nodenext'],
    ['module', '--module', 'esnext', '--moduleResolution', 'bundler'],
  ]) {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, type }));
    const errors = [...(await compile(resolution)).matchAll(/^(\S+)\((\d+),\d+\): error/gm)].map(
      ([, file, line]) => `${file}:${line}`,
    );
    expect(errors).toEqual(['program.ts:4', 'program.ts:5', 'program.ts:6', 'program.ts:8']);
  }
});

test('bundles for the browser with no Node built-in in it', async () => {
  await writeFile(join(folder, 'page.js'), "export { connect, predictOverHttp } from '@tickcast/client';");

  const bundle = async (external: string[]): Promise<{ text: string; inputs: string[]; imports: string[] }> => {
    const { metafile, outputFiles } = await build({
      entryPoints: [join(folder, 'page.js')],
      absWorkingDir: folder,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      metafile: true,
      write: false,
      external,
    });
    const [output] = Object.values(metafile.outputs);
    return {
      text: outputFiles[0]?.text ?? '',
      inputs: Object.keys(metafile.inputs),
      imports: (output?.imports ?? []).map(({ path }) => path),
    };
  };
  // esbuild fails by itself on a Node built-in in a browser bundle.
  const whole = await bundle([]);
  const own = await bundle(['socket.io-client']);

  const kilobytes = (text: string): string =>
    `${(text.length / 1024).toFixed(1)} kB, ${(gzipSync(text).byteLength / 1024).toFixed(1)} kB gzip`;
  console.log(`browser bundle: ${kilobytes(whole.text)}; without socket.io-client: ${kilobytes(own.text)}`);
  expect(whole.imports).toEqual([]);
  expect(own.imports).toEqual(['socket.io-client']);
  const named = whole.inputs.filter((path) => builtinModules.some((name) => path === name || path === `node:${name}`));
  expect(named).toEqual([]);
  expect(whole.text).not.toMatch(/\brequire\(["'](?:node:)?[a-z]/);
  expect(whole.text).not.toMatch(/["']node:/);
  expect(whole.text).not.toMatch(/\bBuffer\.from\(/);
});
