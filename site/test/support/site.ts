/** The built site on a server of the loopback. */
import { createServer, type ServerResponse } from 'node:http';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The built site. */
export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The path below which the site was built: `/`, or like `/evolock/`. */
export function baseOfSite(): string {
  if (!existsSync(DIST)) throw new Error('the site is not built: run npm run site');
  const [, base] = / href="([^"]*)icon\.svg"/.exec(readFileSync(join(DIST, 'index.html'), 'utf8'))!;
  return base!;
}

/** The paths of all pages, like `/verify.html`. */
export function pagesOfSite(): string[] {
  return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => `/${name.split(sep).join('/')}`)
    .sort();
}

/** The content of a file of the built site. */
export function bytesOfSite(path: string): Buffer {
  return readFileSync(join(DIST, path));
}

/** The text of a file of the built site. */
export function textOfSite(path: string): string {
  return bytesOfSite(path).toString();
}

/** A running server. */
export interface Site {
  /** The address of the front page, without the last slash. Nothing of another address is served. */
  readonly home: string;
  /** The folder that it serves. When `undefined`, it ends each connection without an answer. */
  folder: string | undefined;
  close(): Promise<void>;
}

/** Serves the files of the built site, or of another folder, and pages also without `.html`, as GitHub Pages does. */
export async function serveSite(): Promise<Site> {
  const base = baseOfSite();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const below = pathname.startsWith(base) ? pathname.slice(base.length) : 'not-below-the-base';
    const file = /(?:^|\/)$/.test(below) ? `${below}index.html` : below;
    const path = extname(file) === '' ? `${file}.html` : file;
    if (site.folder === undefined) request.destroy();
    else void answer(join(site.folder, normalize(decodeURIComponent(path))), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const site: Site = {
    home: `http://127.0.0.1:${port}${base.slice(0, -1)}`,
    folder: DIST,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
  return site;
}

async function answer(file: string, response: ServerResponse): Promise<void> {
  try {
    const content = await readFile(file);
    const type = types[extname(file)] ?? 'application/octet-stream';
    const headers = {
      ...{ 'content-type': type, 'content-encoding': 'gzip' },
      // Their names contain their hashes.
      ...(file.includes('/assets/') ? { 'cache-control': 'max-age=600' } : {}),
    };
    response.writeHead(200, headers).end(gzipSync(content));
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
  }
}
