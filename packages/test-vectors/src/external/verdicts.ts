import { conformanceCase } from '../cases/case.js';
import { expectVerdict } from '../cases/expect.js';
import type { Implementation } from '../implementation/implementation.js';
import { bytesIn, type ExternalEntry, integerIn, textIn, verdictIn } from './entries.js';
import { algorithmNamed, type EntryResult, findKes, skip } from './results.js';

const negativesFile = 'negatives.json';

/**
 * A signature that must be rejected is rejected.
 *
 * @internal
 */
export function externalNegativeCases(
  implementation: Implementation,
  entry: ExternalEntry,
): EntryResult[] {
  const stated = textIn(entry, 'algorithm');
  const algorithm = algorithmNamed(stated);
  const depth = Number(integerIn(entry, 'depth') ?? NaN);
  const period = Number(integerIn(entry, 'period') ?? NaN);
  const why = textIn(entry, 'why') ?? 'no reason given';
  const name = `${stated} depth ${depth} period ${period}: ${why}`;
  const kes = algorithm && findKes(implementation, algorithm, depth);
  if (algorithm === undefined || kes === undefined) {
    return [skip(negativesFile, name, `${stated} depth ${depth} is not offered`)];
  }
  const verificationKey = bytesIn(entry, 'verificationKeyHex');
  const message = bytesIn(entry, 'messageHex');
  const signature = bytesIn(entry, 'signatureHex');
  const valid = verdictIn(entry, 'valid') ?? false;
  if (
    Number.isNaN(period) ||
    verificationKey === undefined ||
    message === undefined ||
    signature === undefined
  ) {
    return [skip(negativesFile, name, 'a field is missing')];
  }
  const location = { file: negativesFile, entry: why, algorithm, depth, period };
  return [
    conformanceCase('external negative', name, location, () => {
      const verdict = kes.verify(verificationKey, period, message, signature);
      expectVerdict(location, 'the signature', verdict, valid);
    }),
  ];
}

const ed25519File = 'ed25519-edge-cases.json';

/**
 * `verify` has the verdict of libsodium.
 *
 * @internal
 */
export function externalEd25519Cases(
  { dsign }: Implementation,
  entry: ExternalEntry,
): EntryResult[] {
  const name = textIn(entry, 'name') ?? 'a case without a name';
  if (dsign === undefined) return [skip(ed25519File, name, 'ed25519 is not offered')];
  const verificationKey = bytesIn(entry, 'publicKeyHex');
  const message = bytesIn(entry, 'messageHex');
  const signature = bytesIn(entry, 'signatureHex');
  const valid = verdictIn(entry, 'valid');
  if (
    verificationKey === undefined ||
    message === undefined ||
    signature === undefined ||
    valid === undefined
  ) {
    return [skip(ed25519File, name, 'a field is missing')];
  }
  const location = { file: ed25519File, entry: name };
  return [
    conformanceCase('external ed25519', name, location, () => {
      const verdict = dsign.verify(verificationKey, message, signature);
      expectVerdict(location, 'the signature', verdict, valid);
    }),
  ];
}
