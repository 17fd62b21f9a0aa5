import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from 'kubernetes-types/core/v1.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { OPTIONS } from '../../../server/config/options.js';
import { MAX_TIMEOUT_MS } from '../../../shared/limits.js';
import { drainMs, optionsOf } from '../../support/deployment.js';
import { MANIFESTS, ofKind, readManifests, theOnly } from '../../support/manifests.js';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifests = await readManifests();
const deployment = theOnly(manifests, 'Deployment');
const pod = deployment.spec?.template.spec;
const podLabels = deployment.spec?.template.metadata?.labels ?? {};
const hub = pod?.containers[0] as Container;
const env = Object.fromEntries((hub.env ?? []).map(({ name, value }) => [name, value ?? '']));
const ports = Object.fromEntries((hub.ports ?? []).map(({ name = '', containerPort }) => [name, containerPort]));

test('the environment is of options that the hub has, with values that it takes', () => {
  expect(optionsOf(env)).toMatchObject({ host: '0.0.0.0', predictionLog: 'off', trustProxy: ['1'] });
});

test('kustomization.yaml names every manifest but the example of a secret, and the image that the Deployment runs', async () => {
  const { resources, images } = parse(read('deploy/kubernetes/kustomization.yaml'));
  const others = ['kustomization.yaml', 'prometheus-adapter-values.yaml', 'secret.example.yaml'];

  expect([...resources, ...others].sort()).toEqual((await readdir(MANIFESTS)).sort());
  expect(images).toEqual([
    expect.objectContaining({ name: hub.image, newTag: JSON.parse(read('package.json')).version }),
  ]);
});

test('no manifest names a namespace to be in', () => {
  for (const { file, object } of manifests)
    expect([file, JSON.stringify(object)]).not.toEqual([file, expect.stringContaining('"namespace":')]);
});

test('every selector finds the pods, and every reference what it names', () => {
  const selectors = [
    deployment.spec?.selector.matchLabels,
    ...(pod?.topologySpreadConstraints ?? []).map(({ labelSelector }) => labelSelector?.matchLabels),
    theOnly(manifests, 'Service').spec?.selector,
    theOnly(manifests, 'PodDisruptionBudget').spec?.selector?.matchLabels,
    theOnly(manifests, 'NetworkPolicy').spec?.podSelector.matchLabels,
  ];
  const { scaleTargetRef } = theOnly(manifests, 'HorizontalPodAutoscaler').spec ?? {};

  for (const labels of selectors) {
    expect(Object.keys(labels ?? {}).length).toBeGreaterThan(0);
    expect(podLabels).toMatchObject(labels ?? {});
  }
  expect(scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: deployment.metadata?.name });
  // Two owners of one number: each apply would undo the other's work.
  expect(deployment.spec?.replicas).toBeUndefined();
});

test('ports by name exist, and are where the hub listens', () => {
  const service = theOnly(manifests, 'Service');
  const probes = [hub.startupProbe, hub.readinessProbe, hub.livenessProbe].map((probe) => probe?.httpGet?.port);
  const allowed = theOnly(manifests, 'NetworkPolicy').spec?.ingress?.flatMap((rule) =>
    rule.ports?.map(({ port }) => port),
  );
  const backends = ofKind(manifests, 'Ingress').flatMap(({ spec }) =>
    spec?.rules?.flatMap(({ http }) => http?.paths.map(({ backend }) => backend.service)),
  );

  expect(ports).toEqual({ http: Number(env.TICKCAST_PORT), admin: Number(env.TICKCAST_ADMIN_PORT) });
  expect(deployment.spec?.template.metadata?.annotations).toMatchObject({ 'prometheus.io/port': String(ports.admin) });
  expect(probes).toEqual(['http', 'http', 'http']);
  expect(allowed).toEqual(['http', 'admin']);
  expect(service.spec?.ports).toEqual([{ name: 'http', port: 3000, targetPort: 'http' }]);
  for (const backend of backends) expect(backend).toEqual({ name: service.metadata?.name, port: { name: 'http' } });
  expect([env.TICKCAST_HOST, env.TICKCAST_ADMIN_HOST]).toEqual(['0.0.0.0', '0.0.0.0']);
});

test('probes ask for routes of the hub: readiness for models, liveness for the process alone', () => {
  const routes = [...read('server/transports/http/probes.ts').matchAll(/app\.get\('([^']+)'/g)].map(([, path]) => path);
  const path = (probe: Container['livenessProbe']): string | undefined => probe?.httpGet?.path;

  expect([path(hub.startupProbe), path(hub.readinessProbe), path(hub.livenessProbe)]).toEqual([
    '/readyz',
    '/readyz',
    '/healthz',
  ]);
  for (const probe of [hub.startupProbe, hub.readinessProbe, hub.livenessProbe]) expect(routes).toContain(path(probe));
});

test('the pod is not killed while it drains', () => {
  const preStopSeconds = hub.lifecycle?.preStop?.sleep?.seconds ?? 0;

  const options = optionsOf(env);

  expect(options.drainDelayMs).toBeGreaterThan(0);
  const latestSeconds = preStopSeconds + drainMs(options) / 1000;
  expect(pod?.terminationGracePeriodSeconds ?? 0).toBeGreaterThan(latestSeconds);
  // The guide's timeline matches it.
  const guide = read('docs/operations.md');
  expect(guide).toContain(`
 ${latestSeconds} s   the latest end`);
  expect(guide).toContain(`
 ${pod?.terminationGracePeriodSeconds} s   SIGKILL`);
});

test('the container is a plain user on a read-only root, and writes only where a volume is', () => {
  const mounts = hub.volumeMounts ?? [];
  const volume = (path: string) =>
    pod?.volumes?.find(({ name }) => name === mounts.find(({ mountPath }) => path.startsWith(mountPath))?.name);

  expect(pod?.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(hub.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  expect(mounts.map(({ name }) => name).sort()).toEqual((pod?.volumes ?? []).map(({ name }) => name).sort());
  expect(volume(env.TICKCAST_PREDICTION_LOG_FOLDER ?? '')?.emptyDir).toBeDefined();
  // A service called tickcast would otherwise set TICKCAST_PORT to a URL.
  expect(pod?.enableServiceLinks).toBe(false);
});

test('the volume of the prediction log has room for all its files', () => {
  const defaults: Readonly<Record<string, { readonly default: unknown }>> = OPTIONS;
  const [files, bytes] = ['predictionLogKeepFiles', 'predictionLogMaxFileBytes'].map((name) =>
    Number(defaults[name]?.default),
  );
  const [, gibibytes] =
    /^(\d+)Gi$/.exec(pod?.volumes?.find(({ emptyDir }) => emptyDir)?.emptyDir?.sizeLimit ?? '') ?? [];

  // Above the limit the pod is evicted. One file more than is kept: the next starts before the oldest is removed.
  expect(Number(gibibytes) * 2 ** 30).toBeGreaterThan(((files ?? 0) + 1) * (bytes ?? 0));
});

test('the token file is a key of the secret, and not for everybody to read', () => {
  const secret = theOnly(manifests, 'Secret');
  const tokenFile = env.TICKCAST_TOKEN_FILE ?? '';
  const mount = hub.volumeMounts?.find(({ mountPath }) => tokenFile.startsWith(`${mountPath}/`));
  const volume = pod?.volumes?.find(({ name }) => name === mount?.name)?.secret;

  expect(volume?.secretName).toBe(secret.metadata?.name);
  expect(Object.keys(secret.stringData ?? {})).toEqual([tokenFile.slice(`${mount?.mountPath}/`.length)]);
  expect((volume?.defaultMode ?? 0o644).toString(8)).toBe('440');
  expect(secret.stringData?.['tokens.json']).toBe(read('deploy/tokens.example.json'));
});

test('the ingress outlasts the longest request and the ping, forwards by the rules of nginx.conf, and is sticky for the socket alone', () => {
  const ingresses = ofKind(manifests, 'Ingress').map(({ metadata, spec }) => {
    const paths = spec?.rules?.flatMap(({ http }) => http?.paths.map(({ path }) => path)) ?? [];
    return {
      paths,
      annotation: (name: string) => metadata?.annotations?.[`nginx.ingress.kubernetes.io/${name}`] ?? '',
    };
  });
  const sticky = ingresses.filter(({ annotation }) => annotation('affinity') === 'cookie');
  const rules = [...read('deploy/nginx/nginx.conf').matchAll(/^\s*proxy_next_upstream (.*);$/gm)].map(
    ([, rule]) => rule,
  );
  // That of the whole, of the page's files, and of Socket.IO.
  const [requests, , sockets] = rules;

  expect(sticky.flatMap(({ paths }) => paths)).toEqual(['/socket.io/']);
  for (const { paths, annotation } of ingresses) {
    expect(Number(annotation('proxy-read-timeout')) * 1000).toBeGreaterThan(MAX_TIMEOUT_MS);
    expect(Number(annotation('proxy-send-timeout')) * 1000).toBeGreaterThan(MAX_TIMEOUT_MS);
    expect(annotation('proxy-body-size')).toBe(`${(2 * OPTIONS.maxFrameBytes.default) / 2 ** 20}m`);
    // A cookie finds a polling client's hub, so 404 need not lead to the next one.
    const rule = paths.includes('/socket.io/') ? sockets?.replace(' http_404', '') : requests;
    expect(annotation('proxy-next-upstream')).toBe(rule);
  }
});

test('the autoscaler goes from 1 to 10 on half a core and on a metric that the adapter offers and the hub has', () => {
  const { spec } = theOnly(manifests, 'HorizontalPodAutoscaler');
  const names = spec?.metrics?.flatMap(({ pods }) => (pods === undefined ? [] : [pods.metric.name]));
  const adapter = parse(read('deploy/kubernetes/prometheus-adapter-values.yaml'));
  const offered = adapter.rules.custom.map(({ seriesQuery }: { seriesQuery: string }) => seriesQuery.split('{', 1)[0]);

  expect([spec?.minReplicas, spec?.maxReplicas]).toEqual([1, 10]);
  expect(spec?.metrics?.[0]?.resource).toEqual({
    name: 'cpu',
    target: { type: 'Utilization', averageUtilization: 50 },
  });
  // Utilization is a fraction of the request: without one the autoscaler does nothing.
  expect(hub.resources?.requests?.cpu).toBe('1');
  expect(names).toEqual(['tickcast_expected_wait_seconds']);
  expect(offered).toEqual(names);
  expect(spec?.behavior?.scaleDown?.stabilizationWindowSeconds).toBeGreaterThanOrEqual(300);
  for (const name of names ?? []) expect(read('docs/metrics.md')).toContain(`\`${name}`);
});

test('a rollout has the new hub ready before the old one goes', () => {
  const { rollingUpdate } = deployment.spec?.strategy ?? {};

  expect(rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  expect(theOnly(manifests, 'PodDisruptionBudget').spec?.minAvailable).toBe(1);
});
