import { conformanceCase } from './conformance-case.js';
import { expectVerdict } from './expect.js';
import { algorithmNamed, findKes, skip, type EntryResult } from './external-builder.js';
import { bytesIn, integerIn, textIn, verdictIn, type ExternalEntry } from './external-entry.js';
import type { Implementation } from './implementation.js';

const file = 'negatives.json';

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
    return [skip(file, name, `${stated} depth ${depth} is not offered`)];
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
    return [skip(file, name, 'a field is missing')];
  }
  const location = { file, entry: why, algorithm, depth, period };
  return [
    conformanceCase('external negative', name, location, () => {
      const verdict = kes.verify(verificationKey, period, message, signature);
      expectVerdict(location, 'the signature', verdict, valid);
    }),
  ];
}
