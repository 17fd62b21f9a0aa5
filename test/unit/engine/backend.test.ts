import { afterEach, describe, expect, it, vi } from 'vitest';
import { explainNativeFailure, openBackend } from '../../../server/engine/backend/backend.js';
import { backendNames } from '../../../server/engine/backend/names.js';
import { prepareNativeEnvironment, restoreUtil } from '../../../server/engine/backend/native-shim.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a backend', () => {
  it.each(['wasm', 'cpu'] as const)(
    '%s predicts, prints nothing and leaves no handler on the process',
    async (name) => {
      const said = [vi.spyOn(console, 'log'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
      const handlers = () => process.listenerCount('uncaughtException') + process.listenerCount('unhandledRejection');
      const before = handlers();
      const opening = await openBackend(name);
      if (!opening.ok) throw new Error(opening.reason);
      const { tf, layers, converter } = opening.backend;
      const model = layers.sequential({
        layers: [layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })],
      });
      const output = model.predict(tf.tensor2d([[1, 2]]));
      expect(Array.isArray(output) ? undefined : output.arraySync()).toEqual([[3]]);
      expect(tf.getBackend()).toBe(name);
      expect(converter.loadGraphModel).toBeTypeOf('function');
      expect(handlers()).toBe(before);
      for (const spy of said) expect(spy).not.toHaveBeenCalled();
    },
  );

  it('can be taken up again after another was opened in the same thread', async () => {
    const wasm = await openBackend('wasm');
    const cpu = await openBackend('cpu');
    if (!wasm.ok || !cpu.ok) throw new Error('a backend is missing');
    expect(cpu.backend.tf.getBackend()).toBe('cpu');
    await wasm.backend.activate();
    expect(cpu.backend.tf.getBackend()).toBe('wasm');
  });

  it('chosen automatically is native or, where that is missing, wasm with the reason', async () => {
    const opening = await openBackend('auto');
    if (!opening.ok) throw new Error(opening.reason);
    if (opening.backend.name === 'native') expect(opening.passedOver).toEqual([]);
    else
      expect(opening).toMatchObject({
        backend: { name: 'wasm' },
        passedOver: [{ name: 'native', remedy: 'npx tickcast native' }],
      });
    expect(backendNames).toContain(opening.backend.name);
  });
});

describe('why the native backend is missing', () => {
  it.each([
    [
      Object.assign(new Error("Cannot find module '@tensorflow/tfjs-node'\nRequire stack:"), {
        code: 'MODULE_NOT_FOUND',
      }),
      'not installed',
    ],
    [
      new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: /x'),
      'without its native library',
    ],
    [
      Object.assign(new Error('libtensorflow_cc.so.2: cannot open shared object file'), { code: 'ERR_DLOPEN_FAILED' }),
      'does not load: libtensorflow_cc',
    ],
    ['odd', 'does not start: odd'],
  ])('is said in one line with what to do: %s', (error, expected) => {
    const { reason, remedy } = explainNativeFailure(error);
    expect(reason).toContain(expected);
    expect(reason).not.toContain('\n');
    expect(remedy).toBe('npx tickcast native');
  });
});

describe('what the native library needs before it loads', () => {
  it('sets the environment where the user has not', () => {
    const env: NodeJS.ProcessEnv = { TF_NUM_INTRAOP_THREADS: '4' };
    prepareNativeEnvironment(env);
    expect(env).toEqual({ TF_NUM_INTRAOP_THREADS: '4', TF_NUM_INTEROP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '2' });
  });

  it('puts back only the functions that this Node lacks', () => {
    const own = () => false;
    const newer: { isArray: (value: unknown) => boolean; isNullOrUndefined?: (value: unknown) => boolean } = {
      isArray: own,
    };
    restoreUtil(newer);
    expect(newer.isArray).toBe(own);
    expect([null, undefined, 0, ''].map((value) => newer.isNullOrUndefined?.(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
