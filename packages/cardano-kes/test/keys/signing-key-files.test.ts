import { readFileSync, statSync } from 'node:fs';
import { ed25519 } from '@evolock/kes-sum';
import { pooledAllocator } from '@evolock/kes-sum/all';
import fc from 'fast-check';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  inspectEnvelope,
  readColdSigningKey,
  readKesSigningKey,
  readVerificationKey,
  readVrfSigningKey,
  writeColdSigningKey,
  writeKesSigningKey,
  writeVrfSigningKey,
} from '../../src/all.js';
import { envelopeText, externalEnvelopes, fileOf, folder } from '../support/files.js';
import { bytesOf, cborHexOf, coldKey, hexOf, kesKey, rawKey, vrfKey } from '../support/keys.js';

const TYPE = 'KesSigningKey_ed25519_kes_2^6';
const TYPE_7 = 'KesSigningKey_ed25519_kes_2^7';
const EVOLVED = 'EvolockKesSigningKey_ed25519_kes_2^6';

describe('a KES signing key', () => {
  test.each([
    [6, 'reference', 608, 64],
    [6, 'rust', 612, 64],
    [7, 'reference', 704, 128],
  ] as const)(
    'of depth %i in the %s layout round-trips at any period',
    (depth, layout, size, periods) => {
      const path = `${folder()}/kes.skey`;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: periods - 1 }), (period) => {
          const key = kesKey({ depth, period });
          writeKesSigningKey(path, key, { layout, replace: true });
          expect(statSync(path).mode & 0o777).toBe(0o600);
          const file = readKesSigningKey(path, { verificationKey: key.deriveVerificationKey() });
          using read = file.signingKey;
          expect(file).toMatchObject({
            layout,
            size,
            type: `${period === 0 ? '' : 'Evolock'}KesSigningKey_ed25519_kes_2^${String(depth)}`,
            nodeReading: period === 0 && size === 608 ? 'usable' : 'refused',
          });
          expect(read.period).toBe(period);
          expect(rawKey(read)).toEqual(rawKey(key));
        }),
        { numRuns: 8 },
      );
    },
  );

  test.each([
    [0, TYPE, 'KES Signing Key'],
    [15, EVOLVED, 'KES Signing Key at period 15 (evolock: not for cardano-node)'],
  ])('of period %i is written in the layout of cardano-cli, under %s', (period, type, note) => {
    const path = `${folder()}/kes.skey`;
    const key = kesKey({ period });
    writeKesSigningKey(path, key);
    expect(readFileSync(path, 'utf8')).toBe(envelopeText(type, cborHexOf(rawKey(key)), note));
  });

  test.each([
    [6, 'reference', 0, TYPE, 'usable'],
    [6, 'reference', 15, TYPE, 'misread'],
    [6, 'rust', 15, TYPE, 'misread'],
    [7, 'reference', 15, TYPE, 'misread'],
    [6, 'reference', 15, EVOLVED, 'refused'],
    // A node refuses the type of evolved keys, and each other size than 608 bytes.
    [6, 'reference', 0, EVOLVED, 'refused'],
    [6, 'rust', 0, TYPE, 'refused'],
    [7, 'reference', 0, TYPE, 'refused'],
    [6, 'reference', 3, TYPE_7, 'misread'],
    [6, 'rust', 3, `Evolock${TYPE_7}`, 'refused'],
  ] as const)(
    'is recognised by its size: of depth %i in the %s layout at period %i under %s a node has it %s',
    (depth, layout, period, type, nodeReading) => {
      const key = kesKey({ depth, period });
      // The description has no effect.
      const description = 'KES Signing Key at period 33 (evolock: not for cardano-node)';
      const text = envelopeText(type, cborHexOf(rawKey(key, layout)), description);
      const file = readKesSigningKey(fileOf(text));
      using read = file.signingKey;
      expect(file).toMatchObject({ type, layout, nodeReading });
      expect([read.algorithm.depth, read.period]).toEqual([depth, period]);
    },
  );

  test('is read with any description', () => {
    const hex = cborHexOf(rawKey(kesKey()));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (description) => {
        const file = readKesSigningKey(fileOf(envelopeText(TYPE, hex, description)));
        file.signingKey.release();
        expect(file.description).toBe(description);
      }),
      { numRuns: 20 },
    );
  });

  test('with a flipped bit, a wrong period or another verification key is refused', () => {
    const key = kesKey({ period: 5 });
    const flipped = rawKey(key);
    flipped[600]! ^= 1;
    const wrongPeriod = rawKey(key, 'rust');
    wrongPeriod[611]! ^= 1;
    const log = new RecordingAllocator(pooledAllocator);
    const refused = (code: string, raw: Uint8Array, verificationKey?: Uint8Array) => {
      const path = fileOf(envelopeText(TYPE, cborHexOf(raw)));
      const read = () => readKesSigningKey(path, { allocator: log, verificationKey });
      const message = expect.stringContaining(`${path}: `);
      expect(errorOf(read)).toMatchObject({ code, path, message });
    };
    refused('ERR_EVOLOCK_KES_INCONSISTENT_KEY', flipped);
    refused('ERR_EVOLOCK_KES_PERIOD', wrongPeriod);
    refused('ERR_EVOLOCK_KES_OTHER_KEY', rawKey(key), new Uint8Array(32));
    expect(log.live).toBe(0);
  });
});

describe('a cold signing key', () => {
  test('is written as that of a pool, and read under both of its types', () => {
    const path = `${folder()}/cold.skey`;
    const key = coldKey();
    writeColdSigningKey(path, key);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(`"cborHex": "5820${hexOf(bytesOf(32, key))}"`);
    for (const type of ['StakePoolSigningKey_ed25519', 'GenesisDelegateSigningKey_ed25519']) {
      const file = readColdSigningKey(fileOf(text.replace('StakePoolSigningKey_ed25519', type)));
      using read = file.signingKey;
      expect(file.type).toBe(type);
      expect(bytesOf(32, read)).toEqual(bytesOf(32, key));
    }
    expect(ed25519.verificationKeySize).toBe(32);
  });
});

describe('a VRF signing key', () => {
  const VRF_TYPE = 'VrfSigningKey_PraosVRF';

  test('round-trips, in the text of cardano-cli and with mode 0600', () => {
    const path = `${folder()}/vrf.skey`;
    const key = vrfKey();
    writeVrfSigningKey(path, key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const hex = `5840${hexOf(bytesOf(64, key))}`;
    expect(readFileSync(path, 'utf8')).toBe(envelopeText(VRF_TYPE, hex, 'VRF Signing Key'));
    const { type, signingKey } = readVrfSigningKey(path);
    using read = signingKey;
    expect(type).toBe(VRF_TYPE);
    expect(read.prove(new Uint8Array(3))).toEqual(key.prove(new Uint8Array(3)));
  });

  test('of a wrong verification key, of another size or of another type is refused', () => {
    const raw = bytesOf(64, vrfKey());
    const log = new RecordingAllocator(pooledAllocator);
    const read = (bytes: Uint8Array, type = VRF_TYPE) =>
      errorOf(() => {
        const hex = byteStringHead(bytes.byteLength) + hexOf(bytes);
        return readVrfSigningKey(fileOf(envelopeText(type, hex)), { allocator: log });
      });
    const flipped = raw.slice();
    flipped[63]! ^= 1;
    expect(read(flipped)['code']).toBe('ERR_EVOLOCK_VRF_INCONSISTENT_KEY');
    expect(read(raw.subarray(0, 32))).toMatchObject({
      problem: 'wrong-length',
      found: '32 bytes instead of 64',
    });
    for (const type of ['VrfVerificationKey_PraosVRF', 'StakePoolSigningKey_ed25519'])
      expect(read(raw, type)['problem']).toBe('wrong-type');
    expect(log.live).toBe(0);
  });
});

describe('locked memory', () => {
  test('comes from the given allocator, and only the key stays allocated', () => {
    const path = `${folder()}/kes.skey`;
    const log = new RecordingAllocator(pooledAllocator);
    writeKesSigningKey(path, kesKey(), { allocator: log });
    // For the text, and for reading again.
    expect([log.live, log.allocations]).toEqual([0, 2]);
    const { signingKey } = readKesSigningKey(path, { allocator: log });
    expect(log.live).toBe(1);
    signingKey.release();
    expect(log.live).toBe(0);
  });

  test('is released when any allocation is refused', () => {
    const at = folder();
    const [kes, rust, cold, vrf] = [`${at}/kes`, `${at}/rust`, `${at}/cold`, `${at}/vrf`];
    writeKesSigningKey(kes, kesKey());
    writeKesSigningKey(rust, kesKey(), { layout: 'rust' });
    writeColdSigningKey(cold, coldKey());
    writeVrfSigningKey(vrf, vrfKey());
    type Run = (options: { allocator: RecordingAllocator; replace: true }) => { release(): void };
    const nothing = { release: () => undefined };
    const runs: Run[] = [
      ({ allocator }) => readKesSigningKey(kes, { allocator }).signingKey,
      ({ allocator }) => readKesSigningKey(rust, { allocator }).signingKey,
      ({ allocator }) => readColdSigningKey(cold, { allocator }).signingKey,
      ({ allocator }) => readVrfSigningKey(vrf, { allocator }).signingKey,
      (options) => (writeKesSigningKey(kes, kesKey(), options), nothing),
      (options) => (writeKesSigningKey(rust, kesKey(), { ...options, layout: 'rust' }), nothing),
      (options) => (writeColdSigningKey(cold, coldKey(), options), nothing),
      (options) => (writeVrfSigningKey(vrf, vrfKey(), options), nothing),
    ];
    for (const run of runs) {
      let refuse = 1;
      for (; ; refuse += 1) {
        const log = new RecordingAllocator(pooledAllocator).failFrom(refuse - 1);
        try {
          run({ allocator: log, replace: true }).release();
          break;
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_EVOLOCK_ALLOCATION_REFUSED' });
          expect(log.live).toBe(0);
        }
      }
      expect(refuse).toBeGreaterThan(1);
    }
  });
});

const keys = externalEnvelopes(
  'cardano-cli/kes.skey',
  'kes-agent/kes.skey',
  'pycardano-local-chang/kes.skey',
);
test.each(keys)(
  'a file of cardano-cli is read, checked and written again with the same text: %s',
  (path) => {
    const file = readKesSigningKey(fileOf(readFileSync(path)));
    using read = file.signingKey;
    const { verificationKey } = readVerificationKey('kes', path.replace('.skey', '.vkey'));
    const derived = read.deriveVerificationKey();
    // The files of cardano-cli/ do not belong together.
    if (!path.includes('cardano-cli')) expect(derived).toEqual(verificationKey);
    const { type, layout } = file;
    const copy = `${folder()}/kes.skey`;
    writeKesSigningKey(copy, read, { layout });
    // The type of a key of depth 7 in cardano-cli/ states depth 6.
    const stated = type.replace(/\d$/, String(read.algorithm.depth));
    const text = readFileSync(path, 'utf8').replace(type, stated);
    expect(readFileSync(copy, 'utf8').trim()).toBe(text.trim());
    expect(inspectEnvelope(path)).toMatchObject({ type, kind: 'kes-signing-key' });
  },
);

const sizes = [608, 612, 704];

function byteStringHead(size: number): string {
  if (size < 24) return (0x40 + size).toString(16);
  return size < 256
    ? `58${size.toString(16).padStart(2, '0')}`
    : `59${size.toString(16).padStart(4, '0')}`;
}

test('another size is refused, and the error states the size', () => {
  const near = sizes.flatMap((size) => [size - 1, size + 1, size - 32, size + 96]);
  const anySize = fc.oneof(fc.constantFrom(0, 32, 512, ...near), fc.nat(2_000));
  fc.assert(
    fc.property(anySize, (size) => {
      if (sizes.includes(size)) return;
      const log = new RecordingAllocator(pooledAllocator);
      const hex = byteStringHead(size) + hexOf(new Uint8Array(size).fill(7));
      const path = fileOf(envelopeText('KesSigningKey_ed25519_kes_2^6', hex));
      expect(errorOf(() => readKesSigningKey(path, { allocator: log }))).toMatchObject({
        problem: 'wrong-length',
        found: `${String(size)} bytes instead of 608, 612, 704`,
      });
      expect(log.live).toBe(0);
    }),
    { numRuns: 40 },
  );
});
