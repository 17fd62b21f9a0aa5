/** The page at `/` and the SDK at `/tickcast.js`: built files, served as they are. Everything on the page comes from here. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Nothing from elsewhere, no script or style in the page's own text; sockets to this hub. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');
/** Names in this folder carry a hash of their content. */
const HASHED = '/assets/';
const PAGE = 'index.html';
const YEAR_SECONDS = 31_536_000;

/** Serves a folder of built files, where there is one; answers their routes. `/` is the page for who takes HTML; programs get what they got. */
export async function addPage(app: FastifyInstance, folder: string): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  if (!existsSync(join(folder, PAGE))) return files;
  let isServing = true;
  app.addHook('onRoute', ({ url }) => {
    if (isServing) files.add(url);
  });
  await app.register(fastifyStatic, {
    root: folder,
    // A route a file: what is not there meets the hub's own 404.
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
    if (request.method !== 'GET' || request.url.split('?', 1)[0] !== '/') return;
    reply.header('vary', 'accept');
    if (request.headers.accept?.includes('text/html')) await reply.sendFile(PAGE);
  });
  return files;
}
