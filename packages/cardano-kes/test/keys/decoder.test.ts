/** A signing key is never read by the decoder of public CBOR, which keeps references to its input. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The modules of this package that a module loads, and the names that they take from cardano-headers. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(file, 'utf8');
  for (const [, names, from] of text.matchAll(/^import (?!type)([^;]*?) from '([^']+)'/gm)) {
    if (from!.startsWith('@evolock/cardano-headers'))
      for (const [name] of names!.matchAll(/\w+/g)) seen.add(name);
    const next = join(dirname(file), from!.replace(/\.js$/, '.ts'));
    if (!from!.startsWith('.') || seen.has(next)) continue;
    seen.add(next);
    loadedBy(next, seen);
  }
  return seen;
}

test('signing-keys.ts does not load a decoder of public CBOR', () => {
  const sources = fileURLToPath(new URL('../../src/', import.meta.url));
  const loaded = loadedBy(join(sources, 'keys/signing-keys.ts'));
  expect(loaded).toContain('contentOf');
  for (const decoder of [join(sources, 'cbor.ts'), 'decodeItem', 'certificateIn', 'counterIn'])
    expect(loaded).not.toContain(decoder);
});
