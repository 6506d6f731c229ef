/** Groups of headers judged in their order, in this thread or in others. */
import { deserialize, serialize } from 'node:v8';
import type { HeaderFunctions, HeaderVerifier } from '../header/header-functions.js';
import type { BlockHeader } from '../header/parse.js';
import { bytesOfHex } from '../hex.js';
import type { KesParameters } from '../period/parameters.js';
import { judgeGroup, type GroupVerdicts, type Judgeable } from './judge.js';
import type { ChainNonces, NoncesState } from './nonces.js';
import type { HeaderGroup } from './read.js';

/** By what the groups of a run are judged. A thread gets a copy with each batch. */
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

/** A group as it is judged. */
export interface JudgeableGroup {
  readonly headers: readonly Judgeable[];
  /** Whether valid headers are only counted, and not shown. */
  readonly onlyCounted: boolean;
  /** The moment at which the headers had been read: a run can take hours, and the chain of a node grows. */
  readonly now: Date | undefined;
}

/** Judges groups. */
export type GroupJudge = (group: JudgeableGroup, context: JudgeContext) => GroupVerdicts;

/** Threads that judge groups, each as bytes, in their order: those of `startHeaderThreads` of cardano-kes. */
export interface HeaderThreads {
  /** Gives the answer to each group, in their order. */
  judgeMany(groups: AsyncIterable<Uint8Array>, context: JudgeContext): AsyncIterable<GroupVerdicts>;
}

/** Judges groups with these functions. The verifier of each context is kept: a run has one. */
export function groupJudge(functions: HeaderFunctions): GroupJudge {
  const verifiers = new Map<string, HeaderVerifier>();
  const verifierOf = ({ parameters, since, until, pool }: JudgeContext): HeaderVerifier => {
    const { slotsPerKesPeriod, maxKesEvolutions, anchor, babbageSlot } = parameters;
    const numbers = [slotsPerKesPeriod, maxKesEvolutions, anchor?.slot, babbageSlot];
    const key = [...numbers, since, until, pool].join(' ');
    let verifier = verifiers.get(key);
    if (verifier === undefined) {
      const wanted = (header: BlockHeader) => isWanted(header, { since, until, pool });
      verifier = functions.headerVerifier(parameters, { wanted });
      verifiers.set(key, verifier);
    }
    return verifier;
  };
  return ({ headers, onlyCounted, now }, context) => {
    const { epochNonce, bodies = false } = context;
    const bodyHash = bodies ? functions.blake2b256 : undefined;
    const nonce = epochNonce === undefined ? undefined : bytesOfHex(epochNonce);
    const known = nonce ? headers.map((each) => ({ ...each, nonce })) : headers;
    return judgeGroup(verifierOf(context), known, { onlyCounted, now, bodyHash });
  };
}

/** A group for a thread. Bun serialises into shared memory, which threads refuse: this is a copy. */
function bytesOfGroup(group: JudgeableGroup): Uint8Array {
  return new Uint8Array(serialize(group));
}

/** A group that a thread got. */
export function groupIn(bytes: Uint8Array): JudgeableGroup {
  return deserialize(bytes) as JudgeableGroup;
}

function isWanted(
  { slot, poolId, poolIdHex }: BlockHeader,
  { since, until, pool }: Omit<JudgeContext, 'parameters'>,
): boolean {
  if (since !== undefined && slot < since) return false;
  if (until !== undefined && slot > until) return false;
  return pool === undefined || poolIdHex === pool || poolId === pool;
}

/** A group with its verdicts. */
export interface JudgedGroup extends GroupVerdicts {
  readonly group: HeaderGroup;
  /** The state of the nonces before it. */
  readonly noncesBefore: NoncesState | undefined;
}

/** How groups are judged. */
export interface GroupJudging {
  readonly context: JudgeContext;
  /** The threads, or what judges in this one. */
  readonly judge: HeaderThreads | GroupJudge;
  readonly nonces: ChainNonces | undefined;
  /** Whether valid headers of a group are only counted. */
  onlyCounted(group: HeaderGroup): boolean;
  /** The present time, when a group has been read. */
  now(): Date | undefined;
}

/** Judges groups in their order. What is not read is a group without headers, and keeps its place. */
export async function* judgedGroups(
  groups: AsyncIterable<HeaderGroup>,
  judging: GroupJudging,
): AsyncGenerator<JudgedGroup, void, void> {
  const { context, judge, nonces } = judging;
  const taken: Omit<JudgedGroup, keyof GroupVerdicts>[] = [];
  async function* judgeable(): AsyncGenerator<JudgeableGroup, void, void> {
    for await (const group of groups) {
      taken.push({ group, noncesBefore: nonces?.state });
      const known = nonces?.of(group);
      const cuts = 'passed' in group ? [] : group.cuts;
      const headers = cuts.map(({ bytes, block }, index) => ({
        bytes: (context.bodies ? block : undefined) ?? bytes,
        nonce: known?.[index],
      }));
      yield { headers, onlyCounted: judging.onlyCounted(group), now: judging.now() };
    }
  }
  const verdicts =
    typeof judge === 'function'
      ? mapped(judgeable(), (group) => judge(group, context))
      : judge.judgeMany(mapped(judgeable(), bytesOfGroup), context);
  for await (const each of verdicts) {
    const first = taken.shift();
    if (first !== undefined) yield { ...first, ...each };
  }
}

async function* mapped<From, To>(
  items: AsyncIterable<From>,
  of: (item: From) => To,
): AsyncGenerator<To, void, void> {
  for await (const item of items) yield of(item);
}
