/** The module of a thread of `kes header verify`: it computes the whole verdict, from the bytes to the JSON. */
import {
  kesParameters,
  verdictJson,
  verifyHeader,
  type KesParameters,
  type VerdictJson,
} from '@evolock/cardano-kes';
import { bytesIn, type BytesBatch } from '@evolock/kes-verify-pool/bytes';
import { unpackedFrom } from './group.js';

/**
 * Judges a batch of groups of headers.
 *
 * @internal
 */
export default function judgeGroups(batch: BytesBatch<KesParameters | undefined>): VerdictJson[][] {
  if (batch.context === undefined) return [];
  const parameters = kesParameters(batch.context);
  return Array.from(bytesIn(batch), (group) =>
    Array.from(unpackedFrom(group), (bytes) => verdictJson(verifyHeader(bytes, parameters))),
  );
}
