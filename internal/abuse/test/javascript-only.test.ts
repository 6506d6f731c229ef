import { Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { wrongly } from '@evolock/test-support';
import { ExtendedSigningKey, VrfSigningKey } from '@evolock/vrf-praos';
import { expect, test } from 'vitest';

type Constructor = new (...given: unknown[]) => { release(): void };

// TypeScript hides these constructors. A program in JavaScript can call them.
test.each<[string, Constructor, unknown[]]>([
  ['Ed25519SigningKey makes no key without a seed', wrongly(Ed25519SigningKey), []],
  ['VrfSigningKey makes no key without a seed', wrongly(VrfSigningKey), []],
  ['ExtendedSigningKey makes no key without a secret', wrongly(ExtendedSigningKey), []],
  ['MLockedSeed makes no seed that can be guessed', wrongly(MLockedSeed), [1]],
])('%s', (_name, constructor, given) => {
  let made: { release(): void } | undefined;
  try {
    expect(() => {
      made = new constructor(...given);
    }).toThrow();
  } finally {
    made?.release();
  }
});

test('Ed25519SigningKey signs with its own bytes only', () => {
  // With a public half that does not belong to the seed, two signatures reveal the key.
  const bytes = MLockedBytes.fromBytes(new Uint8Array(64).fill(1));
  try {
    const sign = () => Ed25519SigningKey.prototype.sign.call(wrongly(bytes), Uint8Array.of(1));
    expect(sign).toThrow();
  } finally {
    bytes.release();
  }
});

test('VrfSigningKey proves with its own bytes only', () => {
  const bytes = MLockedBytes.fromBytes(new Uint8Array(64).fill(1));
  try {
    const prove = () => VrfSigningKey.prototype.prove.call(wrongly(bytes), Uint8Array.of(1));
    expect(prove).toThrow();
  } finally {
    bytes.release();
  }
});
