/** The module of a thread of `kes header verify`: it computes the whole verdict, from the bytes to the JSON. */
import {
  HeaderVerifier,
  verdictJson,
  type BlockHeader,
  type KesParameters,
  type VerdictJson,
} from '@evolock/cardano-kes';
import { bytesIn, type BytesBatch } from '@evolock/kes-verify-pool/bytes';
import { newFacts, RESULTS, writeFacts, type Facts } from './facts.js';
import { isCounted, unpackedFrom } from './group.js';

/** What a thread needs to know. */
export interface JudgeContext {
  readonly parameters: KesParameters;
  /** Headers of other slots and of other pools are passed over. */
  readonly since?: bigint | undefined;
  readonly until?: bigint | undefined;
  /** In hexadecimal digits, or in bech32. */
  readonly pool?: string | undefined;
  /** Whether the proofs of the VRF are checked with the nonces that come with the headers. */
  readonly vrf?: boolean | undefined;
  /** One nonce for all headers, in hexadecimal digits. */
  readonly epochNonce?: string | undefined;
}

/** The verdicts of a group. */
export interface GroupVerdicts {
  readonly facts: Facts;
  /** The verdicts to show, with the places of the others empty. */
  readonly shown: readonly (VerdictJson | undefined)[];
  /** What was not checked: of a header whose VRF was checked, if there is one; empty when no header was judged. */
  readonly outOfScope: readonly string[];
}

/** The verifier of each context. A context comes with each batch, as a copy; a run has one. */
const verifiers = new Map<string, HeaderVerifier>();

function verifierOf({ parameters, ...wanted }: JudgeContext): HeaderVerifier {
  const { slotsPerKesPeriod, maxKesEvolutions } = parameters;
  const { since, until, pool } = wanted;
  const key = [slotsPerKesPeriod, maxKesEvolutions, since, until, pool].join(' ');
  let verifier = verifiers.get(key);
  if (verifier === undefined) {
    verifier = new HeaderVerifier(parameters, { wanted: (header) => isWanted(header, wanted) });
    verifiers.set(key, verifier);
  }
  return verifier;
}

function isWanted(
  { slot, poolId }: BlockHeader,
  { since, until, pool }: Omit<JudgeContext, 'parameters'>,
): boolean {
  if (since !== undefined && slot < since) return false;
  if (until !== undefined && slot > until) return false;
  return pool === undefined || poolId.hex === pool || poolId.bech32 === pool;
}

/**
 * Judges a batch of groups of headers.
 *
 * @internal
 */
export default function judgeGroups(batch: BytesBatch<JudgeContext | undefined>): GroupVerdicts[] {
  if (batch.context === undefined) return [];
  const verifier = verifierOf(batch.context);
  const { epochNonce } = batch.context;
  const nonce = epochNonce === undefined ? undefined : Buffer.from(epochNonce, 'hex');
  return Array.from(bytesIn(batch), (group) => judgedGroup(verifier, group, nonce));
}

const PASSED_OVER = RESULTS.indexOf('passed-over');

function judgedGroup(
  verifier: HeaderVerifier,
  group: Uint8Array,
  oneNonce: Uint8Array | undefined,
): GroupVerdicts {
  const headers = [...unpackedFrom(group)];
  const onlyCounted = isCounted(group);
  const facts = newFacts(headers.length);
  let outOfScope: readonly string[] = [];
  const shown = headers.map(({ bytes, nonce }, index) => {
    const verdict = verifier.verify(bytes, { epochNonce: oneNonce ?? nonce });
    if (verdict === undefined) {
      facts.results[index] = PASSED_OVER;
      return undefined;
    }
    writeFacts(facts, index, verdict);
    if (verdict.vrf !== 'not-checked' || outOfScope.length === 0) outOfScope = verdict.outOfScope;
    return verdict.valid && onlyCounted ? undefined : verdictJson(verdict);
  });
  return { facts, shown, outOfScope };
}
