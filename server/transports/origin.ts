/** One web origin in one spelling, so that two of them can be compared as text, and entries of `--cors-origin`. */

/** Schemes whose origins browsers write by the rules of the web; every other scheme keeps what stands behind it. */
const WEB = /^(?:https?|wss?):\/\//i;
const OTHER = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\*]*$/;
/** How browsers call pages without an origin of their own: a local file, a sandboxed frame. */
const NONE = 'null';

/**
 * The origin as browsers write it: lower case, without the scheme's default port and without a slash at the end.
 * Undefined when the text is no origin.
 */
export function originOf(text: string): string | undefined {
  if (text === NONE) return NONE;
  if (WEB.test(text)) {
    if (!URL.canParse(text)) return undefined;
    const { origin, href } = new URL(text);
    // Otherwise it has a path, a query or a user's name.
    return href === `${origin}/` && !origin.includes('*') ? origin : undefined;
  }
  const other = text.toLowerCase().replace(/(?<=[^/])\/$/, '');
  return OTHER.test(other) ? other : undefined;
}

/** An entry of `--cors-origin` that means an origin and all its sub-domains, as the texts around the name. */
export interface SubDomains {
  /** Such as `https://`. */
  readonly before: string;
  /** Such as `.example.com:8443`. */
  readonly after: string;
}

/** `https://*.example.com` in parts; undefined for any other entry. */
export function subDomainsOf(entry: string): SubDomains | undefined {
  const [scheme = '', rest = '', ...more] = entry.split('://*.');
  const origin = more.length > 0 || rest === '' ? undefined : originOf(`${scheme}://${rest}`);
  const before = `${scheme.toLowerCase()}://`;
  return origin?.startsWith(before) ? { before, after: `.${origin.slice(before.length)}` } : undefined;
}

/** Whether an origin, as {@link originOf} spells it, is one of these sub-domains. */
export function isSubDomain(origin: string, { before, after }: SubDomains): boolean {
  if (!origin.startsWith(before) || !origin.endsWith(after)) return false;
  return /^[^/:@]+$/.test(origin.slice(before.length, -after.length));
}

/** What is wrong with an entry of `--cors-origin`, and what to give instead; undefined when it is good. */
export function problemOfOrigin(entry: string): string | undefined {
  if (entry === '*' || originOf(entry) !== undefined || subDomainsOf(entry) !== undefined) return undefined;
  const quoted = JSON.stringify(entry);
  if (!entry.includes('://')) {
    const meant = subDomainsOf(`https://${entry}`) ?? originOf(`https://${entry}`);
    return `${quoted} has no scheme${meant === undefined ? '' : `; give https://${entry}`}`;
  }
  if (entry.includes('*')) return `${quoted} has a * where none may be; sub-domains are https://*.example.com`;
  if (WEB.test(entry) && URL.canParse(entry))
    return `${quoted} has more than scheme, host and port; give ${new URL(entry).origin}`;
  return `${quoted} is no origin`;
}
