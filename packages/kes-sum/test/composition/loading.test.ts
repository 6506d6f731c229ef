import { expect, test } from 'vitest';

// Imported by the test: mutation testing counts failed tests, and a file that cannot be loaded has none.
test('the package loads and exports every named algorithm', async () => {
  const evolock = (await import('../../src/index.js')) as Record<string, unknown>;
  for (let depth = 0; depth <= 7; depth += 1) {
    expect(evolock[`sum${depth}Kes`]).toMatchObject({ name: `ed25519_kes_2^${depth}`, depth });
    const name = `ed25519_compact_kes_2^${depth}`;
    expect(evolock[`compactSum${depth}Kes`]).toMatchObject({ name, depth });
  }
});
