/** The doctor's conclusions and their wording. Pure: findings in, text out. */

import type { AdapterEngine } from '../../server/app/adapters.js';
import type { BackendProbe } from '../../server/engine/backend/backend-probe.js';
import { unfitNode } from '../../server/node-version.js';
import { terminalText } from '../../shared/terminal-text.js';
import type { Machine } from '../native/native-source.js';

/** The minimum version of a package, because earlier ones have a vulnerability exploitable by a packet from outside. */
export interface Floor {
  readonly name: string;
  readonly least: string;
  /** The packages that lead to it, ending with itself. */
  readonly chain: readonly string[];
}

export interface FloorFinding {
  readonly name: string;
  readonly least: string;
  readonly installed: string | null;
  readonly ok: boolean;
}

/** A package that is installed, and what became of trying its engines. */
export interface PackageFinding {
  readonly name: string;
  readonly engines: readonly AdapterEngine[];
}

export interface Findings {
  readonly node: string;
  readonly machine: Machine;
  readonly cores: number;
  readonly engines: readonly BackendProbe[];
  readonly packages: readonly PackageFinding[];
  readonly floors: readonly FloorFinding[];
}

export const floors: readonly Floor[] = [
  { name: 'socket.io-parser', least: '4.2.7', chain: ['socket.io', 'socket.io-parser'] },
  { name: 'engine.io', least: '6.6.12', chain: ['socket.io', 'engine.io'] },
  { name: 'ws', least: '8.21.3', chain: ['socket.io', 'engine.io', 'ws'] },
];

const testedMajors = [20, 22, 24, 26];

export function judgeFloor(floor: Floor, installed: string | undefined): FloorFinding {
  const ok = installed !== undefined && !isOlder(installed, floor.least);
  return { name: floor.name, least: floor.least, installed: installed ?? null, ok };
}

/** Compares the three numbers; a pre-release counts as its release. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [numbers(version), numbers(than)];
  for (let place = 0; place < 3; place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** What `auto` chooses: the first that works, in the order tried. */
export function automaticEngine(engines: readonly BackendProbe[]): BackendProbe['name'] | null {
  return engines.find((engine) => engine.available)?.name ?? null;
}

export function describeNode(version: string): string {
  const major = numbers(version)[0] ?? 0;
  const unfit = unfitNode(version);
  if (unfit !== undefined) return `${version}, too old: ${unfit}`;
  if (testedMajors.includes(major)) return `${version}, supported`;
  return `${version}, should work: Tickcast is tested on ${testedMajors.join(', ')}`;
}

export function findingsToJson(findings: Findings): string {
  const auto = automaticEngine(findings.engines);
  return JSON.stringify({ ok: auto !== null, auto, ...findings }, undefined, 2);
}

export function describeFindings(findings: Findings): string {
  const { machine, cores } = findings;
  const library = machine.glibc === undefined ? '' : `, glibc ${machine.glibc}`;
  const auto = automaticEngine(findings.engines);
  return [
    `Node      ${describeNode(findings.node)}`,
    `Machine   ${machine.platform}-${machine.arch}${library}, ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    '',
    'Engines',
    ...findings.engines.flatMap(describeEngine),
    auto === null ? '  auto finds nothing to run on' : `  auto takes ${auto}`,
    ...findings.packages.flatMap(describePackage),
    '',
    'Packages that face the network',
    ...findings.floors.map(describeFloor),
  ].join('\n');
}

function describeEngine(engine: BackendProbe): readonly string[] {
  const name = `  ${engine.name.padEnd(8)}`;
  if (engine.available) return [`${name}works: ${engine.version}, first prediction after ${engine.startMs} ms`];
  return [`${name}missing: ${terminalText(engine.reason)}`, `          to do: ${engine.remedy}`];
}

function describePackage({ name, engines }: PackageFinding): readonly string[] {
  const lines = engines.flatMap((engine) => {
    const title = `  ${terminalText(engine.name).padEnd(10)}`;
    if (engine.available) return [`${title}works: ${terminalText(engine.version)}`];
    return [`${title}missing: ${terminalText(engine.reason)}`, `            to do: ${terminalText(engine.remedy)}`];
  });
  return ['', `Engines of ${name}`, ...lines];
}

function describeFloor(floor: FloorFinding): string {
  const name = `  ${floor.name.padEnd(18)}`;
  if (floor.installed === null) return `${name}not installed; to do: npm ci`;
  if (floor.ok) return `${name}${floor.installed}, not below ${floor.least}`;
  return `${name}${floor.installed} is older than ${floor.least}, which closes a hole; to do: npm update ${floor.name}`;
}

function numbers(version: string): readonly number[] {
  return (version.replace(/^v/, '').split(/[-+]/)[0] ?? '').split('.').map(Number);
}
