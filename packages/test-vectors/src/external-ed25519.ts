import { conformanceCase } from './conformance-case.js';
import { expectVerdict } from './expect.js';
import { skip, type EntryResult } from './external-builder.js';
import { bytesIn, textIn, verdictIn, type ExternalEntry } from './external-entry.js';
import type { Implementation } from './implementation.js';

const file = 'ed25519-edge-cases.json';

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
  if (dsign === undefined) return [skip(file, name, 'ed25519 is not offered')];
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
    return [skip(file, name, 'a field is missing')];
  }
  const location = { file, entry: name };
  return [
    conformanceCase('external ed25519', name, location, () => {
      const verdict = dsign.verify(verificationKey, message, signature);
      expectVerdict(location, 'the signature', verdict, valid);
    }),
  ];
}
