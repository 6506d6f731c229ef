import { expect, test } from 'vitest';

// Imported by the test itself: of a file that cannot be loaded no test fails, as mutation testing counts.
test('the package loads, with every algorithm ready made', async () => {
  const evolock = (await import('../src/index.js')) as Record<string, unknown>;
  for (let depth = 0; depth <= 7; depth += 1) {
    expect(evolock[`sum${depth}Kes`]).toMatchObject({ name: `ed25519_kes_2^${depth}`, depth });
    const name = `ed25519_compact_kes_2^${depth}`;
    expect(evolock[`compactSum${depth}Kes`]).toMatchObject({ name, depth });
  }
});
