import { conformanceCase } from '../cases/case.js';
import { expectBytes, expectNumber, expectVerdict } from '../cases/expect.js';
import type { VectorLocation } from '../errors.js';
import type {
  Implementation,
  KesImplementation,
  KesKeyHandle,
} from '../implementation/implementation.js';
import { bytesIn, type ExternalEntry, integerIn, textIn } from './entries.js';
import { algorithmNamed, type EntryResult, findKes, skip, withKey } from './results.js';

const file = 'haskell-kes.json';

/** A key of another implementation at a period. Each part may be absent. */
interface ForeignKey {
  readonly period: number;
  readonly seed: Uint8Array | undefined;
  readonly signingKey: Uint8Array | undefined;
  readonly verificationKey: Uint8Array | undefined;
  readonly message: Uint8Array | undefined;
  readonly signature: Uint8Array | undefined;
}

function expectForeignKey(
  location: VectorLocation,
  kes: KesImplementation,
  handle: KesKeyHandle,
  foreign: ForeignKey,
): void {
  const { period, signingKey, verificationKey, message, signature } = foreign;
  expectNumber(
    'ERR_EVOLOCK_PERIOD_MISMATCH',
    location,
    'the period of the key',
    handle.period,
    period,
  );
  if (signingKey !== undefined) {
    const bytes = handle.serialise();
    expectBytes('ERR_EVOLOCK_SIGNING_KEY_MISMATCH', location, 'the signing key', bytes, signingKey);
  }
  if (verificationKey !== undefined) {
    const bytes = handle.deriveVerificationKey();
    expectBytes(
      'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH',
      location,
      'the key',
      bytes,
      verificationKey,
    );
  }
  if (message === undefined || signature === undefined) return;
  expectBytes(
    'ERR_EVOLOCK_SIGNATURE_MISMATCH',
    location,
    'the signature',
    handle.sign(message),
    signature,
  );
  const root = verificationKey ?? handle.deriveVerificationKey();
  const verdict = kes.verify(root, period, message, signature);
  expectVerdict(location, 'the signature', verdict, true);
}

function checkForeignKey(
  location: VectorLocation,
  kes: KesImplementation,
  foreign: ForeignKey,
): void {
  const { seed, signingKey, period } = foreign;
  if (seed !== undefined) {
    withKey(kes.generateKey(seed.slice()), (handle) => {
      while (handle.period < period) handle.update();
      expectForeignKey(location, kes, handle, foreign);
    });
  }
  if (signingKey !== undefined) {
    withKey(kes.readKey(signingKey.slice()), (handle) => {
      expectForeignKey(location, kes, handle, foreign);
    });
  }
}

/**
 * The implementation generates and reads the keys of the Haskell implementation.
 *
 * @internal
 */
export function externalKeyCases(
  implementation: Implementation,
  entry: ExternalEntry,
): EntryResult[] {
  const name = textIn(entry, 'source') ?? 'a key without a source';
  const stated = textIn(entry, 'algorithm');
  const algorithm = algorithmNamed(stated);
  const depth = Number(integerIn(entry, 'depth') ?? NaN);
  const period = integerIn(entry, 'period');
  const kes = algorithm && findKes(implementation, algorithm, depth);
  if (algorithm === undefined || kes === undefined) {
    return [skip(file, name, `${stated} depth ${depth} is not offered`)];
  }
  if (period === undefined) return [skip(file, name, 'no period')];
  const foreign: ForeignKey = {
    period: Number(period),
    seed: bytesIn(entry, 'seedHex'),
    signingKey: bytesIn(entry, 'signingKeyHex'),
    verificationKey: bytesIn(entry, 'verificationKeyHex'),
    message: bytesIn(entry, 'messageHex'),
    signature: bytesIn(entry, 'signatureHex'),
  };
  if (foreign.seed === undefined && foreign.signingKey === undefined) {
    return [skip(file, name, 'neither a seed nor a signing key')];
  }
  const location = { file, entry: name, algorithm, depth, period: foreign.period };
  return [
    conformanceCase('external key', name, location, () => {
      checkForeignKey(location, kes, foreign);
    }),
  ];
}
