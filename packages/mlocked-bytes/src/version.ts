import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('../package.json') as { version: string };

/** Version of this package: how one copy of it tells itself from another. */
export const version = manifest.version;
