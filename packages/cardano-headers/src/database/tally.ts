/** Counts verdicts, follows the chain, and makes the verdict on all. */
import { Chain, type ChainState, type OrderFailure } from './chain.js';
import type { Cut } from './cutter.js';
import type { Passed } from './files.js';
import { HASH_SIZE, RESULTS, type Facts, type GroupVerdicts } from './judge.js';
import { nameOfCut, type HeaderGroup } from './read.js';
import { hexOf } from '../hex.js';
import type { VerdictJson } from '../json/header.js';

/** Numbers of headers, and of what is no header. */
export interface Counts {
  readonly valid: number;
  readonly invalid: number;
  /** Headers without a failure that have a reason against them, such as a slot that lies ahead. */
  readonly incomplete: number;
  /** Headers of a later era, which have no place in the order here. */
  readonly laterEra: number;
  readonly outOfOrder: number;
  /** What is not a header; lines of text each. */
  readonly notHeaders: number;
  /** Files that were read and cannot be judged. */
  readonly unusable: number;
  /** Chunks that are missing between two others of their directory. */
  readonly missing: number;
  /** Files that the system refuses to read. */
  readonly notRead: number;
  readonly skipped: number;
  /** Blocks of the Byron era. */
  readonly byron: number;
  /** Headers whose VRF proofs were checked. */
  readonly vrfChecked: number;
  /** Headers whose VRF proofs should be checked, and the nonce of their epoch is unknown. */
  readonly vrfNotChecked: number;
  /** Headers whose blocks have the body of their hash, or another one: these are `invalid`. */
  readonly bodiesChecked: number;
  /** Headers whose bodies should be checked: those without a block, and blocks before Alonzo or after Conway. */
  readonly bodiesNotChecked: number;
}

/** The names of the counts. */
export const COUNTS: readonly (keyof Counts)[] = [
  'valid',
  'invalid',
  'incomplete',
  'laterEra',
  'outOfOrder',
  'notHeaders',
  'unusable',
  'missing',
  'notRead',
  'skipped',
  'byron',
  'vrfChecked',
  'vrfNotChecked',
  'bodiesChecked',
  'bodiesNotChecked',
];

/** From the worst to the best. */
const WORST_FIRST = ['invalid', 'incomplete', 'unreadable', 'valid'] as const;

/**
 * The result of a whole: the worst result of a part. From the worst to the best: `invalid`, a header is not valid or not in
 * order; `incomplete`, a header could not be judged to the end or is of a later era, something is no header, cannot be judged or is missing, or
 * there is no valid header; `unreadable`, the system refuses to read something, or a nonce is unknown; `valid`.
 */
export type DatabaseResult = (typeof WORST_FIRST)[number];

/** The result of a whole by those of its parts. A whole without a part is `incomplete`. */
export function resultOfAll(parts: readonly DatabaseResult[]): DatabaseResult {
  return WORST_FIRST.find((result) => parts.includes(result)) ?? 'incomplete';
}

/** The result of a part that is counted. The other counts make no result. */
const RESULT_OF: Readonly<Partial<Record<keyof Counts, DatabaseResult>>> = {
  valid: 'valid',
  invalid: 'invalid',
  incomplete: 'incomplete',
  laterEra: 'incomplete',
  outOfOrder: 'invalid',
  notHeaders: 'incomplete',
  unusable: 'incomplete',
  missing: 'incomplete',
  notRead: 'unreadable',
  vrfNotChecked: 'unreadable',
};

/** Something to tell about the input. */
export type Finding =
  /** A header, or something that is none. Valid headers of chunks are only told on request. */
  | { readonly kind: 'header'; readonly source: string; readonly verdict: VerdictJson }
  | {
      readonly kind: 'out-of-order';
      readonly source: string;
      readonly failures: readonly OrderFailure[];
      /** Absent for a block of the Byron era. */
      readonly header?: { readonly hash: string; readonly slot: string };
    }
  | ({ readonly kind: 'passed' } & Passed);

/** What was judged, from which another run can continue. */
export interface TallyState {
  readonly counts: Counts;
  readonly chain: ChainState;
}

type Counter = { -readonly [Name in keyof Counts]: Counts[Name] };

/** What should be checked beside the headers. */
export interface Checks {
  readonly vrf: boolean;
  readonly bodies: boolean;
}

/** Counts verdicts, and follows the chain. */
export class Tally {
  readonly #checks: Checks;
  readonly #counts: Counter;
  readonly chain: Chain;

  /** Counts from the beginning, or continues from the state of another run. */
  constructor(checks: Checks, from?: TallyState) {
    const none = Object.fromEntries(COUNTS.map((name) => [name, 0])) as unknown as Counter;
    this.#checks = checks;
    this.#counts = { ...none, ...from?.counts };
    this.chain = new Chain(from?.chain);
  }

  /** The counts of the input until now. */
  get counts(): Counts {
    return { ...this.#counts };
  }

  /** The state from which another run can continue. */
  get state(): TallyState {
    return { counts: this.counts, chain: this.chain.state };
  }

  /** The result of the input until now. */
  get result(): DatabaseResult {
    const found = COUNTS.filter((name) => this.#counts[name] > 0);
    return resultOfAll(found.flatMap((name) => RESULT_OF[name] ?? []));
  }

  /** Whether all of the input is valid headers, besides blocks of the Byron era. */
  get all(): boolean {
    return this.result === 'valid' && this.#counts.skipped === 0;
  }

  /** Counts the verdicts of a group, and returns what there is to tell. */
  *count(group: HeaderGroup, { facts, shown }: GroupVerdicts): Generator<Finding, void, void> {
    if ('passed' in group) {
      yield* this.#passed(group.passed);
      return;
    }
    const { source, cuts, chunk } = group;
    if (chunk !== undefined) this.chain.enter(chunk);
    for (const [index, cut] of cuts.entries()) {
      const result = RESULTS[facts.results[index] ?? 0] ?? 'not-a-header';
      const verdict = shown[index];
      this.#add(result, cut, facts, index);
      const name = nameOfCut(source, cut);
      if (verdict !== undefined)
        yield { kind: 'header', source: name, verdict: withProblem(verdict, cut) };
      if (chunk === undefined) continue;
      const failures = this.#inChain(result, facts, index);
      if (failures.length > 0) yield this.#outOfOrder(name, facts, index, failures);
    }
  }

  #add(result: (typeof RESULTS)[number], { lines }: Cut, facts: Facts, index: number): void {
    if (result === 'passed-over') return;
    if (result === 'not-a-header') {
      this.#counts.notHeaders += lines;
      return;
    }
    this.#counts[result === 'later-era' ? 'laterEra' : result] += 1;
    const { vrf, bodies } = this.#checks;
    if (vrf) this.#counts[facts.vrfs[index] === 0 ? 'vrfNotChecked' : 'vrfChecked'] += 1;
    if (bodies) this.#counts[facts.bodies[index] === 0 ? 'bodiesNotChecked' : 'bodiesChecked'] += 1;
  }

  *#passed(passed: Passed): Generator<Finding, void, void> {
    const { result, count = 1, chunk, isNamed = false } = passed;
    const name = COUNTED[result];
    if (name !== undefined && !isNamed) this.#counts[name] += count;
    yield { kind: 'passed', ...passed };
    if (INTERRUPTING.includes(result)) this.chain.interrupt();
    const failure =
      result === 'byron' && chunk !== undefined ? this.chain.byronFailure() : undefined;
    if (failure === undefined) return;
    this.#counts.outOfOrder += 1;
    yield { kind: 'out-of-order', source: passed.source, failures: [failure] };
  }

  #inChain(result: (typeof RESULTS)[number], facts: Facts, index: number): readonly OrderFailure[] {
    if (result === 'valid' || result === 'incomplete') return this.chain.add(facts, index);
    this.chain.interrupt();
    return [];
  }

  #outOfOrder(
    source: string,
    { hashes, slots }: Facts,
    index: number,
    failures: readonly OrderFailure[],
  ): Finding {
    this.#counts.outOfOrder += 1;
    const start = index * HASH_SIZE;
    const hash = hexOf(hashes.subarray(start, start + HASH_SIZE));
    return { kind: 'out-of-order', source, failures, header: { hash, slot: String(slots[index]) } };
  }
}

/** What is counted of each result. The result `index-ignored` leaves nothing unjudged. */
const COUNTED: Readonly<Partial<Record<Passed['result'], keyof Counts>>> = {
  skipped: 'skipped',
  byron: 'byron',
  'not-read': 'notRead',
  unusable: 'unusable',
  missing: 'missing',
};

/** After these the next header need not follow the last one. Each makes the verdict on all incomplete. */
const INTERRUPTING: readonly Passed['result'][] = ['not-read', 'unusable', 'missing'];

function withProblem(verdict: VerdictJson, { problem }: Cut): VerdictJson {
  return problem === undefined
    ? verdict
    : { ...verdict, reasons: [{ code: 'malformed', message: problem }] };
}
