import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { drainMs, optionsOf } from '../../support/deployment.js';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly args: Record<string, string> };
  readonly environment?: Record<string, string>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: readonly string[] | Record<string, { condition: string }>;
  readonly stop_grace_period?: string;
  readonly healthcheck?: unknown;
  readonly read_only: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
}

interface Compose {
  readonly services: Record<string, Service>;
  readonly networks: Record<string, { internal?: boolean } | null>;
  readonly secrets: Record<string, { file: string }>;
  readonly volumes: Record<string, unknown>;
}

const root = join(import.meta.dirname, '../../..');
const deploy = join(root, 'deploy');
const read = (path: string): string => readFileSync(join(deploy, path), 'utf8');
const { services, networks, secrets, volumes } = parse(read('compose.yaml'), { merge: true }) as Compose;
const hubs = Object.entries(services).filter(([, { build }]) => build !== undefined);
const [, hub] = hubs[0] ?? [];
const service = (name: string): Service => {
  const found = services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};
/** `[source, target]` of each volume. */
const mountsOf = ({ volumes = [] }: Service): [string, string][] =>
  volumes.map((text) => {
    const [source = '', target = ''] = text.split(':');
    return [source, target];
  });

test('every file that is mounted is in the repository, and every volume and network is declared', () => {
  const mounts = Object.values(services).flatMap(mountsOf);
  const files = mounts.map(([source]) => source).filter((source) => source.startsWith('.'));
  const named = mounts.map(([source]) => source).filter((source) => !source.startsWith('.'));
  const used = Object.values(services).flatMap((each) => each.networks);

  // Docker creates an empty folder for a missing path, and nginx or Prometheus then reports something else.
  expect(files.filter((path) => !existsSync(join(deploy, path)))).toEqual([]);
  expect(named.sort()).toEqual(Object.keys(volumes).sort());
  expect([...new Set(used)].sort()).toEqual(Object.keys(networks).sort());
});

test('two hubs from this repository, each with a log folder of its own, with options that the hub has', () => {
  const logs = hubs.map(([, each]) => mountsOf(each));

  expect(hubs.map(([name]) => name)).toEqual(['hub-1', 'hub-2']);
  for (const [, { build, environment = {} }] of hubs) {
    expect(existsSync(join(deploy, build?.context ?? '', 'Dockerfile'))).toBe(true);
    expect(optionsOf(environment)).toMatchObject({ predictionLog: 'off', trustProxy: ['1'] });
  }
  const folder = /TICKCAST_PREDICTION_LOG_FOLDER=(\S+)/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
  expect(logs).toEqual([[['hub-1-log', folder]], [['hub-2-log', folder]]]);
});

test('a hub is not killed while it drains', () => {
  const options = optionsOf(hub?.environment ?? {});
  const [, seconds] = /^(\d+)s$/.exec(hub?.stop_grace_period ?? '') ?? [];

  expect(options.drainDelayMs).toBeGreaterThan(0);
  expect(Number(seconds) * 1000).toBeGreaterThan(drainMs(options));
});

test('hubs have no rights, a read-only root, no port of this machine and no way out', () => {
  for (const [, each] of hubs) {
    expect(each).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      networks: ['hubs'],
    });
    expect(each.ports).toBeUndefined();
  }
  expect(networks.hubs?.internal).toBe(true);
  for (const each of Object.values(services)) {
    expect(each).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.any(String),
    });
  }
});

test('the token file is a secret that the repository does not hold, beside an example that it does', () => {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');

  expect(hub?.secrets).toEqual(['tokens']);
  expect(hub?.environment?.TICKCAST_TOKEN_FILE).toBe('/run/secrets/tokens');
  expect(ignored).toContain(normalize(join('deploy', secrets.tokens?.file ?? '')));
  expect(existsSync(join(deploy, 'tokens.example.json'))).toBe(true);
});

test('only nginx is reached from other machines, and it listens where its port leads', () => {
  const published = Object.entries(services).map(([name, { ports = [] }]) => [
    name,
    ports.filter((port) => !port.startsWith('127.0.0.1:')),
  ]);
  const [port = ''] = service('nginx').ports ?? [];

  expect(published.filter(([, open]) => open?.length !== 0)).toEqual([['nginx', ['8080:8080']]]);
  expect(read('nginx/nginx.conf')).toMatch(new RegExp(`listen\\s+(?:\\S+:)?${port.split(':')[1]}[\\s;]`));
});

test('nginx forwards to the hubs and starts after them; Prometheus scrapes them where they have metrics', () => {
  const servers = [...read('nginx/hubs.conf').matchAll(/^\s*server\s+([\w.-]+):(\d+)/gm)].map(
    ([, host, port]) => `${host}:${port}`,
  );
  const jobs = parse(read('prometheus/prometheus.yml')).scrape_configs as { static_configs: { targets: string[] }[] }[];
  const targets = jobs.flatMap(({ static_configs }) => static_configs.flatMap((each) => each.targets));

  expect([...new Set(servers)].sort()).toEqual(hubs.map(([name]) => `${name}:3000`));
  expect(targets.filter((target) => /hub/.test(target)).sort()).toEqual(hubs.map(([name]) => `${name}:9100`));
  expect(service('nginx').depends_on).toEqual(
    Object.fromEntries(hubs.map(([name]) => [name, { condition: 'service_healthy' }])),
  );
  // The image's own health check is the one awaited.
  for (const [, each] of hubs) expect(each.healthcheck).toBeUndefined();
});

test('Prometheus finds its rules, and Grafana its dashboard and Prometheus, where they are mounted', () => {
  const rules = (parse(read('prometheus/prometheus.yml')).rule_files as string[]).map((path) =>
    join('/etc/prometheus', path.replace('/etc/prometheus/', '')),
  );
  const targets = mountsOf(service('prometheus')).map(([, target]) => target);
  const dashboards = mountsOf(service('grafana')).find(([source]) => source.endsWith('tickcast.json'))?.[1] ?? '';
  const provisioning = ['provisioning/dashboards', 'provisioning/datasources'].map((folder) =>
    textBelow(join('grafana', folder)),
  );

  for (const rule of rules) expect(targets).toContain(rule);
  expect(provisioning[0]).toContain(dashboards.replace('/tickcast.json', ''));
  expect(provisioning[1]).toContain('http://prometheus:9090');
});

/** The text of all files in a folder below deploy/. */
function textBelow(folder: string): string {
  return readdirSync(join(deploy, folder))
    .map((name) => read(join(folder, name)))
    .join('\n');
}
