import { describe, expect, it } from 'vitest';
import {
  automaticEngine,
  describeFindings,
  describeNode,
  type Findings,
  findingsToJson,
  isOlder,
  judgeFloor,
} from '../../../cli/doctor/doctor-report.js';
import type { BackendProbe } from '../../../server/engine/backend/backend-probe.js';

const working = (name: BackendProbe['name']): BackendProbe => ({
  name,
  available: true,
  version: '4.22.0',
  startMs: 60,
});
const missing = (name: BackendProbe['name']): BackendProbe => ({
  name,
  available: false,
  reason: 'it is not there',
  remedy: 'npx tickcast native',
});
const floor = { name: 'ws', least: '8.21.3', chain: ['ws'] };

const findings = (engines: readonly BackendProbe[]): Findings => ({
  node: '20.20.2',
  machine: { platform: 'linux', arch: 'x64', glibc: '2.36' },
  cores: 2,
  engines,
  packages: [],
  floors: [judgeFloor(floor, '8.21.3')],
});

describe('the doctor', () => {
  it('says that auto takes native, else wasm, else plain JavaScript', () => {
    expect(automaticEngine([working('native'), working('wasm'), working('cpu')])).toBe('native');
    expect(automaticEngine([missing('native'), working('wasm'), working('cpu')])).toBe('wasm');
    expect(automaticEngine([missing('native'), missing('wasm'), working('cpu')])).toBe('cpu');
    expect(automaticEngine([missing('native'), missing('wasm'), missing('cpu')])).toBeNull();
  });

  it('gives for a missing engine the reason and what to do', () => {
    const text = describeFindings(findings([missing('native'), working('wasm')]));
    expect(text).toContain('native  missing: it is not there\n          to do: npx tickcast native\n');
    expect(text).toContain('wasm    works: 4.22.0');
    expect(text).toContain('auto takes wasm');
  });

  it('names the engines of installed packages, and nothing of others', () => {
    const node = { name: 'onnx-node', available: false, reason: 'it is not installed', remedy: 'npm i it' } as const;
    const wasm = { name: 'onnx-wasm', available: true, version: '1.2.3' } as const;
    const packages = [{ name: '@tickcast/onnx', engines: [node, wasm] }];
    expect(describeFindings({ ...findings([working('wasm')]), packages })).toContain(
      [
        '\nEngines of @tickcast/onnx',
        '  onnx-node missing: it is not installed',
        '            to do: npm i it',
        '  onnx-wasm works: 1.2.3\n',
      ].join('\n'),
    );
    expect(describeFindings(findings([working('wasm')]))).not.toContain('Engines of');
  });

  it('reports to programs whether any engine works', () => {
    expect(JSON.parse(findingsToJson(findings([missing('native'), working('cpu')])))).toMatchObject({
      ok: true,
      auto: 'cpu',
    });
    expect(JSON.parse(findingsToJson(findings([missing('native')])))).toMatchObject({ ok: false, auto: null });
  });

  it.each([
    ['4.2.6', '4.2.7', true],
    ['4.2.7', '4.2.7', false],
    ['4.10.0', '4.9.9', false],
    ['3.99.99', '4.0.0', true],
    ['5.0.0-rc.1', '5.0.0', false],
  ])('compares %s with the floor %s number by number', (version, than, older) => {
    expect(isOlder(version, than)).toBe(older);
  });

  it('finds a package below its floor, or none at all, and says what to do', () => {
    expect(judgeFloor(floor, '8.21.2').ok).toBe(false);
    expect(judgeFloor(floor, undefined)).toMatchObject({ ok: false, installed: null });
    const text = describeFindings({
      ...findings([working('wasm')]),
      floors: [judgeFloor(floor, '8.21.2'), judgeFloor(floor, undefined)],
    });
    expect(text).toMatch(/8\.21\.2 is older than 8\.21\.3.*npm update ws/);
    expect(text).toMatch(/not installed; to do: npm ci/);
  });

  it('knows which Nodes are supported, untested and too old', () => {
    expect(describeNode('24.1.0')).toContain('supported');
    expect(describeNode('25.0.0')).toContain('should work');
    expect(describeNode('18.20.0')).toContain('too old');
  });
});
