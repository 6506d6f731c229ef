import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The machine and the versions of a run. */
export interface System {
  readonly date: string;
  readonly processor: string;
  readonly threads: number;
  readonly kernel: string;
  readonly node: string;
  /** The load average before the run. Figures are inexact when it is more than a few tenths. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = ['sodium-native', '@noble/curves', 'libsodium-wrappers', 'cbor-x', 'tinybench'];
const require = createRequire(import.meta.url);
/** The pool has its library as a dependency of its own. */
const ofThePool = createRequire(require.resolve('@evolock/kes-verify-pool'));

/** This machine, now. */
export function thisSystem(): System {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${cpus()[0]?.model.trim() ?? 'unknown'} (${process.arch})`,
    threads: availableParallelism(),
    kernel: `${process.platform} ${release().split('.').slice(0, 2).join('.')}`,
    node: process.version,
    load: loadavg()[0]!,
    versions: {
      ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
      piscina: versionOf('piscina', ofThePool),
      OpenSSL: process.versions.openssl,
    },
  };
}

/** Not every package exports its manifest. */
function versionOf(name: string, from = require): string {
  for (let folder = dirname(from.resolve(name)); ; folder = dirname(folder)) {
    try {
      const text = readFileSync(join(folder, 'package.json'), 'utf8');
      const manifest = JSON.parse(text) as { name?: string; version?: string };
      if (manifest.name === name) return manifest.version ?? 'unknown';
    } catch {
      // No manifest here.
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}

/** The system as one line of text. */
export function describeSystem(system: System): string {
  const { date, processor, threads, kernel, node, load, versions } = system;
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    date,
    `${processor}, ${threads} threads`,
    kernel,
    `Node ${node.slice(1)}`,
    ...packages,
    `load ${load.toFixed(1)} at the beginning`,
  ].join(', ');
}
