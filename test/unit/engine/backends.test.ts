import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../server/engine/backend/backend.js';
import { Backends } from '../../../server/engine/backend/backends.js';

describe('the backends of a thread', () => {
  it('are opened once, and change only when another one is asked for', async () => {
    const opened: string[] = [];
    const backends = new Backends((name) => {
      opened.push(name);
      return openBackend(name);
    });
    const [wasm, cpu] = [await backends.open('wasm'), await backends.open('cpu')];
    await backends.open('wasm');
    expect(opened).toEqual(['wasm', 'cpu']);
    if (!wasm.ok || !cpu.ok) throw new Error('wasm and cpu are always there');
    const { tf } = wasm.backend;
    expect(tf.getBackend()).toBe('cpu');
    expect(backends.activate(cpu.backend)).toBeUndefined();
    await backends.activate(wasm.backend);
    expect(tf.getBackend()).toBe('wasm');
    expect(backends.activate(wasm.backend)).toBeUndefined();
    await backends.activate(cpu.backend);
    expect(tf.getBackend()).toBe('cpu');
  });
});
