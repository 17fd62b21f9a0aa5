import { describe, expect, it } from 'vitest';
import { type ChildEnd, readProbe } from '../../../server/engine/backend/backend-probe.js';

const end = (part: Partial<ChildEnd>): ChildEnd => ({
  stdout: '',
  stderr: '',
  code: 0,
  signal: null,
  timedOut: false,
  ...part,
});

describe('reading how a probe ended', () => {
  it('takes the answer of the child from its last line, whatever the library printed before', () => {
    const answer = { name: 'native', available: true, version: '4.22.0', startMs: 3 };
    expect(readProbe('native', end({ stdout: `noise\n${JSON.stringify(answer)}\n` }))).toEqual(answer);
  });

  it('reports a library that ends its process, and that its processor is too old where it is', () => {
    expect(readProbe('native', end({ code: null, signal: 'SIGSEGV' }))).toMatchObject({
      available: false,
      reason: expect.stringContaining('SIGSEGV'),
      remedy: 'npx tickcast native',
    });
    expect(readProbe('native', end({ code: null, signal: 'SIGILL' }))).toMatchObject({
      available: false,
      reason: expect.stringContaining('AVX'),
    });
  });

  it('reports a child that hangs, fails or says nothing', () => {
    expect(readProbe('wasm', end({ code: null, signal: 'SIGTERM', timedOut: true }))).toMatchObject({
      reason: expect.stringContaining('within'),
    });
    const failed = end({ code: 1, stderr: 'file:///x.js:1\n\nError: no such thing\n    at x\n' });
    expect(readProbe('wasm', failed)).toMatchObject({
      available: false,
      reason: expect.stringContaining('Error: no such thing'),
    });
    expect(readProbe('cpu', end({}))).toMatchObject({ available: false, remedy: 'npm ci' });
  });
});
