/**
 * The address of a request's client: the peer's, or, when the peer is a proxy trusted by the operator, the one it
 * reports in `X-Forwarded-For`. The header is ignored from anybody else, since a caller could claim any address.
 */

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';

type Trust = (address: string, hop: number) => boolean;

export class ClientAddress {
  /** Whether the proxy of this address, that many hops away, is trusted; undefined when none is. */
  readonly #trust: Trust | undefined;

  /** @param proxies entries of `--trust-proxy`; see {@link isProxies}. */
  constructor(proxies: readonly string[]) {
    this.#trust = proxies.length === 0 ? undefined : trustOf(proxies);
  }

  /** An IP address, never caller-made text; empty when the connection is gone. */
  of(request: IncomingMessage): string {
    const peer = request.socket.remoteAddress ?? '';
    if (this.#trust === undefined) return plain(peer);
    const told = proxyAddr(request, this.#trust);
    return plain(isIP(told) === 0 ? peer : told);
  }

  /** Whether this peer is a proxy, shared by several clients. */
  isProxy(peer: string): boolean {
    return this.#trust?.(peer, 0) ?? false;
  }
}

/**
 * True for valid entries of `--trust-proxy`: one number of hops; or addresses, ranges such as `10.0.0.0/8`, and their
 * usual names.
 */
export function isProxies(entries: readonly string[]): boolean {
  const [first = ''] = entries;
  if (/^\d+$/.test(first)) return entries.length === 1 && Number(first) >= 1 && Number(first) <= 16;
  try {
    trustOf(entries);
    return true;
  } catch {
    return false;
  }
}

/**
 * What counts as one caller: an IPv4 address, or the first 64 bits of an IPv6 address, since one household owns the
 * rest.
 */
export function callerOf(address: string): string {
  const own = plain(address);
  if (isIP(own) !== 6) return own;
  return ipaddr
    .parse(own)
    .toByteArray()
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/**
 * Whether an address is on the public internet: behind a loopback or private one there may be a proxy, and behind that
 * anybody.
 */
export function isInternet(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'unicast';
}

function trustOf(entries: readonly string[]): Trust {
  const [first = ''] = entries;
  if (/^\d+$/.test(first)) {
    const hops = Number(first);
    return (_address, hop) => hop < hops;
  }
  return proxyAddr.compile([...entries]);
}

/** `::ffff:192.0.2.1` is how a dual-stack socket writes 192.0.2.1. */
function plain(address: string): string {
  return isIP(address) === 6 ? ipaddr.process(address).toString() : address;
}
