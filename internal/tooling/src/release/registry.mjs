// A registry on the loopback that has the packages of the scope @evolock and no others.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** @typedef {import('node:http').Server} Server */

/**
 * @param {string} modules the folder `node_modules` that has verdaccio
 * @param {string} storage an empty folder, for the published tarballs
 * @returns {Promise<{ url: string, close(): void }>}
 */
export async function startRegistry(modules, storage) {
  const { runServer } = createRequire(join(modules, 'x.js'))('verdaccio');
  const server = /** @type {Server} */ (
    await runServer({
      storage,
      self_path: storage,
      packages: { '@evolock/*': { access: '$all', publish: '$all' } },
      uplinks: {},
      web: { enable: false },
      max_body_size: '100mb',
      log: { type: 'stdout', format: 'pretty', level: 'error' },
    })
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
