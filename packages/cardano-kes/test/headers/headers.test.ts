import { externalVectors } from '@evolock/test-support/external';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  headerItems,
  headerVerifier,
  kesParameters,
  parseHeader,
  poolIdOf,
  verdictJson,
  certificateVerdict,
  verifyHeader,
} from '@evolock/cardano-headers';
import { nativeHeaders as native } from '../../src/all.js';
import { epochNonce, headerOf, issued } from '../support/headers.js';

/** The numbers of mainnet, for headers of both shapes at any slot. */
const NETWORK = kesParameters({ slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 });

/** It keeps the certificates of all headers of the tests. */
const verifier = headerVerifier(NETWORK);

/** The verdict, which the native package has too, and a verifier of many headers. */
function verdictOn(header: Uint8Array | string, parameters = NETWORK) {
  const verdict = verifyHeader(header, parameters);
  expect(verdict).toEqual(native.verifyHeader(header, parameters));
  if (parameters === NETWORK) expect(verifier.verify(header)).toEqual(verdict);
  expect(verdictJson(verdict)).toEqual(verdictJson(verdict));
  return verdict;
}

describe.each(['TPraos', 'Praos'] as const)('a header of the shape %s', (shape) => {
  test('is valid at the evolution of its signature only', () => {
    for (const [signedAt, evolution, codes] of [
      [3, 3, []],
      [3, 4, ['kes-signature']],
      [62, 62, ['certificate-expired']],
      [0, -1, ['certificate-starts-later']],
    ] as const) {
      const { failures } = verdictOn(headerOf({ shape, signedAt, evolution }));
      expect(failures.map(({ code }) => code)).toEqual(codes);
    }
  });

  test('has proofs that are judged', () => {
    const header = headerOf({ shape, signedAt: 3, evolution: 3 });
    for (const nonce of [epochNonce, new Uint8Array(32)]) {
      const verdict = verifyHeader(header, NETWORK, { epochNonce: nonce });
      expect(verdict).toEqual(native.verifyHeader(header, NETWORK, { epochNonce: nonce }));
      // The one result is that of a Praos header.
      expect(verdict.valid).toBe(shape === 'Praos' && nonce === epochNonce);
    }
  });

  test('has the verdict of cardano-kes at any moment', () => {
    const header = headerOf({ shape, signedAt: 3, evolution: 3 });
    const { slot } = parseHeader(header);
    const anchor = { slot, unixMilliseconds: 1_700_000_000_000, slotMilliseconds: 1_000 };
    const dated = kesParameters({ ...NETWORK, anchor });
    for (const [ahead, result] of [
      [300, 'valid'],
      [301, 'incomplete'],
    ] as const) {
      const options = { now: new Date(anchor.unixMilliseconds - ahead * 1_000) };
      const verdict = verifyHeader(header, dated, options);
      expect(verdict.result).toBe(result);
      expect(verdict).toEqual(native.verifyHeader(header, dated, options));
      expect(headerVerifier(dated).verify(header, options)).toEqual(verdict);
    }
  });

  test('has the verdict of cardano-kes with any of its bytes changed', () => {
    const header = headerOf({ shape, signedAt: 1, evolution: 1 });
    fc.assert(
      fc.property(
        fc.nat({ max: header.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, bits) => {
          const changed = header.slice();
          changed[at]! ^= bits;
          expect(verdictOn(changed).valid).toBe(false);
        },
      ),
    );
  });
});

test('any bytes and any text have the verdict of cardano-kes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string()), (input) => {
      expect(verdictOn(input).result).toBe('not-a-header');
    }),
  );
});

test('a certificate has the verdict of cardano-kes', () => {
  const { certificate, coldVerificationKey } = issued;
  for (const each of [certificate, { ...certificate, sequenceNumber: 0n }]) {
    const verdict = certificateVerdict(each, coldVerificationKey);
    expect(verdict).toEqual(native.certificateVerdict(each, coldVerificationKey));
    expect(verdict.valid).toBe(each === certificate);
  }
});

test('the identity of a pool is that of cardano-kes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      expect(poolIdOf(key)).toEqual(native.poolIdOf(key));
    }),
  );
});

test('a chunk of blocks is cut into blocks', () => {
  const blocks = [1, 2].map((evolution) => headerOf({ shape: 'Praos', signedAt: 1, evolution }));
  const found = [...headerItems(Buffer.concat(blocks))].map(({ bytes }) => Buffer.from(bytes));
  expect(found).toEqual(blocks.map((block) => Buffer.from(block)));
});

/** Parsed JSON. The tests below check its members. */
type Entry = ReturnType<typeof JSON.parse>;

function entriesOf(file: string): Entry[] {
  const vectors = externalVectors(file);
  if (vectors.available) return Object.values(vectors.data as object);
  test.skipIf(true)(vectors.reason, () => {});
  return [];
}

const real = entriesOf('real-headers.json').map((entry) => [
  `${entry.network} ${entry.era} ${entry.slot}`,
  entry,
]);

test.each(real)('a real header: %s', (_name, { headerHex, valid, expected }) => {
  const parameters = kesParameters({
    slotsPerKesPeriod: expected.slotsPerKESPeriod,
    maxKesEvolutions: expected.maxKESEvolutions,
  });
  const verdict = verdictOn(headerHex, parameters);
  expect(verdict.valid).toBe(valid);
  expect(verdict.certificate === 'good').toBe(expected.opcertValid);
  expect(verdict.kesSignature === 'good').toBe(expected.kesValid);
  expect(parseHeader(headerHex).hash).toBe(expected.headerHash);
});

const cases = entriesOf('consensus-header-cases.json').map((entry) => [entry.title, entry]);

test.each(cases)('a case of the consensus tests: %s', (_title, entry) => {
  const parameters = kesParameters({
    slotsPerKesPeriod: BigInt(entry.slotsPerKESPeriod),
    maxKesEvolutions: Number(entry.maxKESEvo),
  });
  expect(verdictOn(entry.headerHex, parameters).valid).toBe(entry.opcertOk && entry.kesOk);
});
