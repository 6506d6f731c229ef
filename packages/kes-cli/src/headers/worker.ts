/** The module of a thread of `kes header verify`: it computes the whole verdict, from the bytes to the JSON. */
import { deserialize } from 'node:v8';
import type { BlockHeader, HeaderVerifier, KesParameters } from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import { judgeGroup, type GroupVerdicts, type Judgeable } from '@evolock/cardano-headers/database';
import { bytesIn, type BytesBatch } from '@evolock/verify-threads/bytes';

export interface JudgeContext {
  readonly parameters: KesParameters;
  /** Headers of other slots and of other pools are passed over. */
  readonly since?: bigint | undefined;
  readonly until?: bigint | undefined;
  /** In hexadecimal digits, or in bech32. */
  readonly pool?: string | undefined;
  /** Whether the proofs of the VRF are checked with the nonces that come with the headers. */
  readonly vrf?: boolean | undefined;
  /** Whether the bodies of blocks are compared with the hashes in their headers. */
  readonly bodies?: boolean | undefined;
  /** One nonce for all headers, in hexadecimal digits. */
  readonly epochNonce?: string | undefined;
}

/** A group of headers, as a thread gets it: in the format of `node:v8`. */
export interface GroupBytes {
  readonly headers: readonly Judgeable[];
  readonly onlyCounted: boolean;
  /** The moment at which the headers had been read: a run can take hours, and the chain of a node grows. */
  readonly now: Date;
}

/** The verifier of each context. A context comes with each batch, as a copy; a run has one. */
const verifiers = new Map<string, HeaderVerifier>();

function verifierOf({ parameters, ...wanted }: JudgeContext): HeaderVerifier {
  const { slotsPerKesPeriod, maxKesEvolutions, anchor, babbageSlot } = parameters;
  const { since, until, pool } = wanted;
  const numbers = [slotsPerKesPeriod, maxKesEvolutions, anchor?.slot, babbageSlot];
  const key = [...numbers, since, until, pool].join(' ');
  let verifier = verifiers.get(key);
  if (verifier === undefined) {
    verifier = nativeHeaders.headerVerifier(parameters, {
      wanted: (header) => isWanted(header, wanted),
    });
    verifiers.set(key, verifier);
  }
  return verifier;
}

function isWanted(
  { slot, poolId, poolIdHex }: BlockHeader,
  { since, until, pool }: Omit<JudgeContext, 'parameters'>,
): boolean {
  if (since !== undefined && slot < since) return false;
  if (until !== undefined && slot > until) return false;
  return pool === undefined || poolIdHex === pool || poolId === pool;
}

export default function judgeGroups(batch: BytesBatch<JudgeContext | undefined>): GroupVerdicts[] {
  if (batch.context === undefined) return [];
  const verifier = verifierOf(batch.context);
  const { epochNonce, bodies = false } = batch.context;
  const bodyHash = bodies ? nativeHeaders.blake2b256 : undefined;
  const oneNonce = epochNonce === undefined ? undefined : Buffer.from(epochNonce, 'hex');
  return Array.from(bytesIn(batch), (bytes) => {
    const { headers, onlyCounted, now } = deserialize(bytes) as GroupBytes;
    const known = oneNonce ? headers.map((each) => ({ ...each, nonce: oneNonce })) : headers;
    return judgeGroup(verifier, known, { onlyCounted, now, bodyHash });
  });
}
