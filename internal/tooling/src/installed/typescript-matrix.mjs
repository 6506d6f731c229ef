// Command: compiles the consumers with every supported TypeScript, in both module resolutions. Installs the
// compilers into a temporary folder. Exits with 1 when a compiler reports an error.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileConsumer, consumers, resolutions } from './consumers.mjs';

const versions = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

const folder = mkdtempSync(join(tmpdir(), 'evolock-typescript-'));
try {
  const compilers = versions.map((version) => `typescript-${version}@npm:typescript@~${version}.0`);
  const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, ...compilers];
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  if (status !== 0) throw new Error('npm could not install the compilers');
  for (const version of versions) {
    const tsc = join(folder, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
    await Promise.all(
      consumers.flatMap((consumer) =>
        resolutions.map((resolution) => report(version, consumer, resolution, tsc)),
      ),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * @param {string} version
 * @param {import('./consumers.mjs').Consumer} consumer
 * @param {import('./consumers.mjs').Resolution} resolution
 * @param {string} tsc
 */
async function report(version, consumer, resolution, tsc) {
  const complaints = await compileConsumer(tsc, consumer, resolution);
  console.log(
    `TypeScript ${version}, ${resolution}, ${consumer.file}: ${complaints || 'compiles'}`,
  );
  if (complaints !== '') process.exitCode = 1;
}
