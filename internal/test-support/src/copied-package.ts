import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Copies the manifest and the build of a package and changes their version. A build contains its version. */
export function copyPackageAsVersion(from: string, to: string, version: string): void {
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
  writeFileSync(join(to, 'package.json'), JSON.stringify({ ...manifest, version }));
  for (const name of readdirSync(join(to, 'dist')).filter((file) => file.endsWith('.js'))) {
    const file = join(to, 'dist', name);
    const code = readFileSync(file, 'utf8');
    writeFileSync(file, code.replaceAll(`"${manifest.version}"`, `"${version}"`));
  }
}
