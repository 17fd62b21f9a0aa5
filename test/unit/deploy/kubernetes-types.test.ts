import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MANIFESTS, parseManifests, readManifests, typeProblems } from '../../support/manifests.js';

test('every manifest has the form of the published types, and a misspelt, mistyped or missing field is found', async () => {
  const manifests = await readManifests();
  const deployment = await readFile(join(MANIFESTS, 'deployment.yaml'), 'utf8');
  const faults = [
    deployment.replace('readinessProbe:', 'readinessProb:'),
    deployment.replace('value: "3000"', 'value: 3000'),
    deployment.replace(/ {2}selector:\n.*\n.*\n/, ''),
  ].flatMap((text, i) => parseManifests(`fault-${i}.yaml`, text));

  const problems = await typeProblems([...manifests, ...faults]);

  expect(problems.filter((line) => !line.startsWith('fault-') && !line.startsWith(' '))).toEqual([]);
  const [misspelt, mistyped, missing] = faults.map((_, i) => problems.find((line) => line.startsWith(`fault-${i}`)));
  expect(misspelt).toMatch(/readinessProb\W+ does not exist/);
  expect(mistyped).toContain("Type 'number' is not assignable to type 'string'");
  expect(missing).toContain("Property 'selector' is missing");
}, 60_000);

test('a value that readers of YAML 1.1 and 1.2 take differently is refused', () => {
  for (const value of ['0440', 'off', '1_000']) {
    expect(() => parseManifests('mode.yaml', `apiVersion: v1\nkind: Secret\nmode: ${value}\n`)).toThrow('differently');
  }
  expect(parseManifests('mode.yaml', 'apiVersion: v1\nkind: Secret\nmode: 288\n')).toHaveLength(1);
});
