/** The packages as a release publishes them, on a registry on the loopback. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import type { Workspace } from '../manifests.js';
import { DIGESTS, publishedIn, tarballOf, type Packed } from './pack.js';
import { run, type Tools } from './tools.js';

/** What npm publishes. */
export interface Published extends Workspace {
  readonly readme: string;
  /** The name of its tarball. */
  readonly tarball: string;
}

/** Stands in for the program `gh`: no package has a release, and each gets one. */
const GH = '#!/bin/sh\n[ "$2" = view ] && echo "release not found" >&2 && exit 1\ncat >/dev/null\n';

/**
 * Publishes packed packages to a registry, by the program that a release publishes them by.
 *
 * @param bin - An empty folder, for the program that stands in for that of GitHub.
 */
export async function publish(packed: Packed, registry: string, bin: string): Promise<Published[]> {
  const { root, folder } = packed;
  const program = join(root, 'internal/tooling/src/release/publish.mjs');
  const gh = join(bin, 'gh');
  writeFileSync(gh, GH, { mode: 0o755 });
  await run(folder, process.execPath, [program, folder], {
    PATH: [bin, process.env['PATH']].join(delimiter),
    DIGESTS: readFileSync(join(folder, DIGESTS), 'utf8'),
    GITHUB_SHA: 'COMMIT',
    // npm needs a token, and the registry takes any.
    NPM_TOKEN: 'any',
    npm_config_registry: registry,
  });
  return publishedIn(root).map((one) => ({
    ...one,
    tarball: tarballOf(one),
    readme: readFileSync(join(root, one.folder, 'README.md'), 'utf8'),
  }));
}

/** A registry on the loopback that has the packages of the scope @evolock and no others. */
export async function startRegistry(
  { modules }: Tools,
  storage: string,
): Promise<{ readonly url: string; close(): void }> {
  const { runServer } = createRequire(join(modules, 'x.js'))('verdaccio') as {
    readonly runServer: (config: object) => Promise<Server>;
  };
  const server = await runServer({
    storage,
    self_path: storage,
    packages: { '@evolock/*': { access: '$all', publish: '$all' } },
    uplinks: {},
    web: { enable: false },
    max_body_size: '100mb',
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
