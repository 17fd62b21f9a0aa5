/**
 * Serves the page at `/` and the SDK at `/tickcast.js`: built files, as they are. The page loads nothing from
 * elsewhere.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { pathOf } from './nowhere.js';

/** No external resources, no inline scripts or styles; sockets only to this hub. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');
/** File names in this folder contain a hash of their content. */
const HASHED = '/assets/';
const PAGE = 'index.html';
/** The SDK as one file: code without data, for pages of every origin. A page that is refused learns why from it. */
export const SDK_ROUTE = '/tickcast.js';
const YEAR_SECONDS = 31_536_000;

/**
 * Serves a folder of built files, if it exists; returns their routes. `/` is the page only for clients that accept
 * HTML; other clients get the hub's JSON.
 */
export async function addPage(app: FastifyInstance, folder: string): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  if (!existsSync(join(folder, PAGE))) return files;
  let isServing = true;
  app.addHook('onRoute', ({ url }) => {
    if (isServing) files.add(url);
  });
  await app.register(fastifyStatic, {
    root: folder,
    // One route per file, so that a missing one gets the hub's own 404.
    wildcard: false,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.replaceAll('\\', '/').includes(HASHED);
      reply.header('cache-control', isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
      reply.header('content-security-policy', POLICY);
      reply.header('x-content-type-options', 'nosniff');
      reply.header('referrer-policy', 'no-referrer');
    },
  });
  isServing = false;
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || pathOf(request) !== '/') return;
    reply.header('vary', 'accept');
    if (request.headers.accept?.includes('text/html')) await reply.sendFile(PAGE);
  });
  return files;
}
