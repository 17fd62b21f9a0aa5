/** Says for people why an address is no hub's: probes it over HTTP. */

const PROBE_MS = 2_000;
const START = 'start one with "tickcast serve", or name another with --url';

/** Why nothing answers there, in one line, if that is certain; undefined when something may. */
export async function whyUnreachable(url: string): Promise<string | undefined> {
  const found = await probe(url);
  return found.kind === 'unreachable' ? found.why : undefined;
}

/** One line, with what to do. */
export async function whyNoHub(url: string): Promise<string> {
  const found = await probe(url);
  switch (found.kind) {
    case 'unreachable':
      return found.why;
    case 'silent':
      return `no hub answers at ${url}; ${START}`;
    case 'status':
      return found.status === 200
        ? `something at ${url} answers, but says no hello as a hub would; ${START}`
        : `what answers at ${url} is no Tickcast hub (GET /healthz was answered ${found.status}); ${START}`;
  }
}

type Probe =
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'status'; readonly status: number };

async function probe(url: string): Promise<Probe> {
  try {
    const { status } = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) });
    return { kind: 'status', status };
  } catch (cause) {
    const below = cause instanceof Error ? cause.cause : undefined;
    const code = below instanceof Error && 'code' in below ? below.code : undefined;
    if (code === 'ECONNREFUSED') return { kind: 'unreachable', why: `no hub listens at ${url}; ${START}` };
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      return { kind: 'unreachable', why: `the host of ${url} is not known; check --url` };
    return { kind: 'silent' };
  }
}
