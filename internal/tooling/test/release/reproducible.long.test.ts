// Anybody who builds a commit with the same Node.js and npm gets the tarballs that are published, byte for byte.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { readWorkspaces } from '../../src/manifests.js';
import { copyTree, DIGESTS, pack } from '../../src/release/pack.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'evolock-reproducible-'));

afterAll(() => rmSync(place, { recursive: true }));

const hasClock = spawnSync('faketime', ['--version']).error === undefined;
const reason = hasClock ? '' : ' (skipped: faketime not installed)';

/** A copy of the working tree with its libraries, as another person has it. */
async function otherCheckout(): Promise<string> {
  const copy = join(place, 'another place', 'ünï');
  await copyTree(root, copy);
  for (const folder of ['.', ...readWorkspaces(root).map((workspace) => workspace.folder)]) {
    const modules = join(root, folder, 'node_modules');
    if (existsSync(modules))
      cpSync(modules, join(copy, folder, 'node_modules'), {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => !path.endsWith('.cache'),
      });
  }
  return copy;
}

/** Builds and packs in a checkout, as another user where this one may become another. */
function packedElsewhere(copy: string): string {
  const packed = join(copy, 'packed');
  const isRoot = process.getuid?.() === 0;
  const nobody = { uid: 65_534, gid: 65_534 };
  if (isRoot) execFileSync('chown', ['-R', '65534:65534', place]);
  const script = `umask 077 && faketime '2031-05-06 07:08:09' npm run release:pack -- "$1"`;
  execFileSync('bash', ['-c', script, 'bash', packed], {
    cwd: copy,
    stdio: 'pipe',
    env: { PATH: process.env['PATH'], HOME: copy, TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8' },
    ...(isRoot && nobody),
  });
  return readFileSync(join(packed, DIGESTS), 'utf8');
}

test.skipIf(!hasClock)(
  `another folder, user, umask, locale and clock give the same tarballs${reason}`,
  async () => {
    const here = join(place, 'packed');
    mkdirSync(here);
    await pack(root, here);
    const digests = readFileSync(join(here, DIGESTS), 'utf8');
    expect(packedElsewhere(await otherCheckout())).toBe(digests);
  },
);
