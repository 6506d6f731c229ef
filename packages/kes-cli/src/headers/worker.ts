/** The module of a thread of `kes header verify`: it computes the whole verdict, from the bytes to the JSON. */
import {
  kesParameters,
  verdictJson,
  verifyHeader,
  type KesParameters,
  type VerdictJson,
} from '@evolock/cardano-kes';
import { bytesIn, type BytesBatch } from '@evolock/kes-verify-pool/bytes';

/**
 * Judges a batch of headers.
 *
 * @internal
 */
export default function judgeHeaders(batch: BytesBatch<KesParameters | undefined>): VerdictJson[] {
  if (batch.context === undefined) return [];
  const parameters = kesParameters(batch.context);
  return Array.from(bytesIn(batch), (bytes) => verdictJson(verifyHeader(bytes, parameters)));
}
