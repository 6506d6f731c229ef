import { deepStrictEqual } from 'node:assert';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import workerThreads from 'node:worker_threads';
import { errorOf, wrongly } from '@evolock/test-support';
import { decode, encode, Encoder } from 'cbor-x';
import { Ed25519SigningKey } from '@evolock/dsign-ed25519';
import {
  compactSum0Kes,
  compactSum2Kes,
  MLockedSeed,
  sum0Kes,
  sum2Kes,
  type KesSigningKey,
} from '@evolock/kes-sum';
import {
  LockedValue,
  MLockedBytes,
  MLockedRegion,
  MLockedSizedBytes,
} from '@evolock/mlocked-bytes';
import { expect, test } from 'vitest';

const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';

/** Values with a secret: a seed of 32 times 0x5e, the keys made of it, locked bytes. */
function withSecrets(use: (secrets: ReadonlyMap<string, object>) => void): void {
  const seed = MLockedSeed.newZeroed(32);
  const region = MLockedRegion.allocate(32);
  seed.withBytes((bytes) => void bytes.fill(0x5e));
  region.withBytes((bytes) => void bytes.fill(0x5e));
  const secrets = new Map<string, LockedValue | KesSigningKey>([
    ['a Single signing key', sum0Kes.generateKey(seed)],
    ['a CompactSingle signing key', compactSum0Kes.generateKey(seed)],
    ['a Sum signing key', sum2Kes.generateKey(seed)],
    ['a CompactSum signing key', compactSum2Kes.generateKey(seed)],
    ['an Ed25519 signing key', Ed25519SigningKey.generate(seed)],
    ['a seed', seed],
    ['locked bytes', MLockedBytes.fromBytes(new Uint8Array(32).fill(0x5e))],
    ['sized locked bytes', MLockedSizedBytes.fromBytes(new Uint8Array(32).fill(0x5e))],
    ['a locked region', region],
  ]);
  try {
    use(secrets);
  } finally {
    for (const secret of secrets.values()) secret.release();
  }
}

/** A value with the type of a number, which only JavaScript could pass. */
type Untyped = number;

const vk = new Uint8Array(32);

/** Operations that throw the typed error. */
const refused: [string, (secret: Untyped) => unknown][] = [
  ['verify, as any argument', (key) => sum0Kes.verify(vk, 0, wrongly(key), new Uint8Array(64))],
  ['CBOR, cbor-x', (key) => encode(key)],
  ['CBOR, cbor-x, within something', (key) => encode({ keys: [key] })],
  ['CBOR, cbor-x, as JSON', (key) => new Encoder({ useToJSON: true }).encode(key)],
  [
    'CBOR, cbor-x, as a structured clone',
    (key) => new Encoder({ structuredClone: true }).encode(key),
  ],
  ['CBOR, cbor-x, without records', (key) => new Encoder({ useRecords: false }).encode(key)],
  ['Buffer.from', (key) => Buffer.from(wrongly(key))],
  ['Buffer.from with an encoding', (key) => Buffer.from(wrongly(key), 'latin1')],
  ['new Uint8Array', (key) => new Uint8Array(wrongly(key))],
  ['Uint8Array.from', (key) => Uint8Array.from(wrongly(key))],
  ['the content of an array of bytes', (key) => new Uint8Array(32).set(wrongly(key))],
  ['a filled array of bytes', (key) => new Uint8Array(32).fill(key)],
  ['Array.from', (key) => Array.from(wrongly(key))],
  ['a stream', (key) => Readable.from(wrongly(key))],
  ['less', (key) => key < key],
  ['less or equal', (key) => key <= key],
  ['more', (key) => key > 0],
  ['more or equal', (key) => (wrongly(key) as string) >= 'a'],
  ['less than a bigint', (key) => key < 7n],
  ['a difference', (key) => key - 1],
  ['a product', (key) => key * key],
  ['a negation', (key) => -key],
  ['Number', Number],
  ['BigInt', (key) => BigInt(key)],
  ['Math.max', (key) => Math.max(key, 1)],
];

test.each(refused)('refused with the typed error, for every secret: %s', (_name, operation) => {
  withSecrets((secrets) => {
    for (const [name, secret] of secrets) {
      let thrown: unknown;
      try {
        operation(wrongly(secret));
      } catch (error) {
        thrown = error;
      }
      expect(thrown, name).toMatchObject({ code: TYPE });
      expect(inspect(thrown)).not.toMatch(/5e5e|\^\^|94, ?94/);
    }
  });
});

/** Operations that the language or Node refuses. */
const impossible: [string, (secret: Untyped) => unknown][] = [
  ['spreading', (key) => [...(wrongly(key) as number[])]],
  ['a Set', (key) => new Set(wrongly(key))],
  ['a DataView', (key) => new DataView(wrongly(key))],
];

test.each(impossible)('refused by the engine, for every secret: %s', (_name, operation) => {
  withSecrets((secrets) => {
    for (const [name, secret] of secrets) {
      expect(() => operation(wrongly(secret)), name).toThrow(TypeError);
    }
  });
});

/** Operations that succeed and show type, size and state, or nothing. */
const shown: [string, (secret: Untyped) => unknown][] = [
  ['JSON', (key) => JSON.stringify({ key })],
  ['text', (key) => String(key)],
  ['the bytes of text', (key) => new TextDecoder().decode(new TextEncoder().encode(wrongly(key)))],
  ['inspect', (key) => inspect(key, { showHidden: true, getters: true })],
  ['a sorted list', (key) => [key, key].sort().map(String)],
];

test.each(shown)('shows type and state and nothing else, for every secret: %s', (_name, show) => {
  withSecrets((secrets) => {
    for (const [name, secret] of secrets) {
      const text = inspect(show(wrongly(secret)));
      expect(text, name).toContain(`[${secret.constructor.name}: `);
      expect(text, name).not.toMatch(/5e5e|\^\^|94, ?94/i);
    }
  });
});

test('a copy by structured clone or v8 has no secret', () => {
  withSecrets((secrets) => {
    for (const secret of secrets.values()) {
      if ('markAsUncloneable' in workerThreads) {
        expect(errorOf(() => structuredClone(secret)).name).toBe('DataCloneError');
      } else {
        expect(Reflect.ownKeys(structuredClone(secret))).toEqual([]);
      }
      expect(serialize(secret).toString('hex')).not.toContain('5e5e');
    }
  });
});

test('a failed assertion shows type and state, and the assertion that two secrets are equal fails', () => {
  withSecrets((secrets) => {
    withSecrets((others) => {
      for (const [name, secret] of secrets) {
        const state = inspect(secret).replace(/^[^ ]* |\]$/g, '');
        for (const other of [{}, others.get(name)]) {
          const compare = () => {
            deepStrictEqual(secret, other);
          };
          expect(compare, name).toThrow(`: ${state}] {`);
          expect(compare, name).not.toThrow(/5e5e|\^\^|94, ?94/i);
        }
      }
    });
  });
});

test('an encoder that refused a secret still works', () => {
  withSecrets((secrets) => {
    const encoder = new Encoder();
    for (const secret of secrets.values()) expect(() => encoder.encode([1, secret])).toThrow();
    expect(decode(encoder.encode([1, 'two']))).toEqual([1, 'two']);
  });
});

// Lines that the compiler refuses. The type check of this workspace fails when one of them compiles.
test('the compiler refuses the conversions that types exclude', () => {
  const attempts = (seed: MLockedSeed<32>, bytes: MLockedBytes) => {
    const key = sum2Kes.generateKey(seed);
    const leaf = Ed25519SigningKey.generate(seed);
    const use = (...values: unknown[]) => values;
    // @ts-expect-error -- no bytes
    use(Buffer.from(key));
    // @ts-expect-error -- no bytes, and no text that would be taken for them
    use(Buffer.from(seed));
    // @ts-expect-error -- no bytes, and no text that would be taken for them
    use(Buffer.from(leaf));
    // @ts-expect-error -- no bytes
    use(Buffer.concat([bytes]));
    // @ts-expect-error -- no bytes
    use(new Uint8Array(key));
    // @ts-expect-error -- no bytes
    use(new Uint8Array(seed));
    // @ts-expect-error -- no list
    use(Array.from(key));
    // @ts-expect-error -- no list
    use(Uint8Array.from(bytes));
    // @ts-expect-error -- no list
    use(...seed);
    // @ts-expect-error -- no part of a file
    use(new Blob([seed]));
    // @ts-expect-error -- no text
    use(new TextEncoder().encode(key));
    // @ts-expect-error -- no order
    use(key < 7);
    // @ts-expect-error -- no order
    use(seed >= 'a');
    // @ts-expect-error -- no order among different types
    use(seed < key);
    // @ts-expect-error -- no number
    use(key - 1);
    // @ts-expect-error -- no number
    use(leaf * leaf);
    // @ts-expect-error -- no number
    use(BigInt(seed));
    // @ts-expect-error -- no number
    use(Math.max(bytes));
  };
  expect(attempts).toBeTypeOf('function');
});
