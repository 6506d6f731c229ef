import type { VerdictJson } from '@evolock/cardano-kes';
import { ExitCode } from '../cli/errors.js';
import type { Json, Outcome } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { counted } from '../cli/text.js';
import { networkInWords } from '../network/network.js';
import { Chain, type OrderFailure } from './chain/chain.js';
import { chainFacts, chainJson } from './chain/words.js';
import { HASH_SIZE, RESULTS, VRF_FACTS, type Facts } from './facts.js';
import type { Cut } from './input/cutter.js';
import { nameOfCut } from './input/entries.js';
import type { Passed } from './input/files.js';
import type { RunState } from './state.js';
import type { JudgedGroup } from './judge.js';
import { headerFacts, headerLine, passedLine } from './words.js';
import type { JudgeContext } from './worker.js';

/** Numbers of headers, and of files that were not read. */
export interface Counts {
  valid: number;
  invalid: number;
  outOfOrder: number;
  notHeaders: number;
  notRead: number;
  skipped: number;
  byron: number;
  /** Headers whose VRF should be checked, and the nonce of their epoch is unknown. */
  vrfNotChecked: number;
}

const NONE: Counts = {
  valid: 0,
  invalid: 0,
  outOfOrder: 0,
  notHeaders: 0,
  notRead: 0,
  skipped: 0,
  byron: 0,
  vrfNotChecked: 0,
};

/** Counts verdicts, and makes the outcome of each and of all. */
export class Tally {
  readonly #context: JudgeContext;
  readonly #from: RunState | undefined;
  readonly #counts: Counts;
  readonly #chain: Chain;
  #outOfScope: readonly string[] = [];
  #last: VerdictJson | undefined;
  readonly #vrf = { good: 0, bad: 0 };

  /** Counts from the beginning, or continues from the state of another run. */
  constructor(context: JudgeContext, from?: RunState) {
    this.#context = context;
    this.#from = from;
    this.#counts = { ...(from?.counts ?? NONE) };
    this.#chain = new Chain(from?.chain);
  }

  /** The state from which another run can continue. */
  get state(): Pick<RunState, 'counts' | 'chain'> {
    return { counts: { ...this.#counts }, chain: this.#chain.state };
  }

  /** Counts the verdicts of a group, and returns the outcomes to show. */
  *count(judged: JudgedGroup): Generator<Outcome, void, void> {
    const { group, facts, shown, outOfScope } = judged;
    if ('passed' in group) {
      yield this.#passed(group.passed);
      return;
    }
    // Of a header whose VRF was checked, if there is one: those that were not are counted.
    const isChecked = facts.vrfs.some((each) => VRF_FACTS[each] !== 'not-checked');
    if (isChecked || this.#outOfScope.length === 0) this.#outOfScope = outOfScope;
    const { source, cuts, chunk } = group;
    if (chunk !== undefined) this.#chain.enter(chunk);
    for (const [index, cut] of cuts.entries()) {
      const result = RESULTS[facts.results[index] ?? 0] ?? 'not-a-header';
      const verdict = shown[index];
      this.#add(result, cut);
      this.#addVrf(result, VRF_FACTS[facts.vrfs[index] ?? 0]);
      if (verdict !== undefined) yield this.#header(nameOfCut(source, cut), cut, verdict);
      if (chunk === undefined) continue;
      const failures = this.#inChain(result, facts, index);
      if (failures.length > 0)
        yield this.#outOfOrder(nameOfCut(source, cut), facts, index, failures);
    }
  }

  #add(result: (typeof RESULTS)[number], { lines }: Cut): void {
    if (result === 'not-a-header') this.#counts.notHeaders += lines;
    else if (result !== 'passed-over') this.#counts[result] += 1;
  }

  #addVrf(result: (typeof RESULTS)[number], fact: (typeof VRF_FACTS)[number] | undefined): void {
    const { vrf, epochNonce } = this.#context;
    const isWanted = vrf === true || epochNonce !== undefined;
    if (!isWanted || (result !== 'valid' && result !== 'invalid')) return;
    if (fact === 'good' || fact === 'bad') this.#vrf[fact] += 1;
    else this.#counts.vrfNotChecked += 1;
  }

  #passed(entry: Passed): Outcome {
    const { name, result, reason, blocks = 1 } = entry;
    this.#counts[result === 'not-read' ? 'notRead' : result] += blocks;
    // A chunk that is not read, or blocks of Byron, lie between the headers.
    this.#chain.interrupt();
    return {
      json: { source: name, result, reason },
      lines: (style) => [passedLine(entry, style)],
    };
  }

  #header(name: string, { problem }: Cut, verdict: VerdictJson): Outcome {
    const shown = problem === undefined ? verdict : { ...verdict, failures: malformed(problem) };
    this.#last = shown;
    return {
      // The verdict is JSON. Its interfaces have no index signature.
      json: { source: name, ...(shown as unknown as Readonly<Record<string, Json>>) },
      lines: (style) => [headerLine(name, shown, style)],
    };
  }

  #inChain(result: (typeof RESULTS)[number], facts: Facts, index: number): readonly OrderFailure[] {
    if (result === 'valid') return this.#chain.add(facts, index);
    this.#chain.interrupt();
    return [];
  }

  #outOfOrder(
    name: string,
    facts: Facts,
    index: number,
    failures: readonly OrderFailure[],
  ): Outcome {
    this.#counts.outOfOrder += 1;
    const start = index * HASH_SIZE;
    const hash = Buffer.from(facts.hashes.subarray(start, start + HASH_SIZE)).toString('hex');
    const slot = String(facts.slots[index]);
    return outOfOrder(name, { hash, slot }, failures);
  }

  /** The outcome of all. */
  outcome(): Outcome {
    const { valid, invalid, outOfOrder, notHeaders, notRead, skipped, vrfNotChecked } =
      this.#counts;
    const headers = valid + invalid;
    const others = outOfOrder + notHeaders + notRead + skipped + vrfNotChecked;
    const all = valid > 0 && invalid + others === 0;
    const exitCode = this.#exitCode();
    const only = headers === 1 && notHeaders === 0 ? this.#last : undefined;
    const summary = {
      ...{ exitCode, all, headers, ...this.#counts, chain: chainJson(this.#chain) },
      ...(this.#from && { fromChunk: this.#from.chunk }),
    };
    return {
      exitCode,
      json: { summary },
      lines: (style) => [
        ...(only === undefined ? [] : headerFacts(only, style)),
        '',
        ...this.#counted(all, style),
        ...this.#earlier(),
        ...chainFacts(this.#chain, style),
        '',
        style.faint(`network ${networkInWords(this.#context.parameters)}`),
        ...this.#notChecked(style),
      ],
    };
  }

  #earlier(): string[] {
    if (this.#from === undefined) return [];
    return [`  this run began at chunk ${this.#from.chunk}: the counts include the runs before`];
  }

  #notChecked(style: Style): string[] {
    if (this.#outOfScope.length === 0) return [];
    const title = 'NOT checked, because it needs the state of the ledger:';
    return [title, ...this.#outOfScope.map((what) => `  ${what}`)].map((line) => style.faint(line));
  }

  #exitCode(): ExitCode {
    const { valid, invalid, outOfOrder, notHeaders, notRead, vrfNotChecked } = this.#counts;
    if (invalid + outOfOrder > 0) return ExitCode.invalid;
    if (notHeaders > 0) return ExitCode.unrecognised;
    if (notRead + vrfNotChecked > 0) return ExitCode.environment;
    return valid > 0 ? ExitCode.valid : ExitCode.unrecognised;
  }

  #counted(all: boolean, style: Style): string[] {
    const { valid, invalid, outOfOrder, notHeaders, notRead, skipped, byron, vrfNotChecked } =
      this.#counts;
    const headers = valid + invalid;
    const signed = `${all && valid > 1 ? 'all ' : ''}${counted(valid, 'header')} ${are(valid)} valid`;
    const bad = `${invalid} of ${counted(headers, 'header')} ${are(invalid)} NOT valid`;
    const lines = [
      ...(headers === 0 ? [style.verdict(false, this.#noneInWords())] : []),
      ...(invalid > 0 ? [style.verdict(false, bad)] : []),
      ...(outOfOrder > 0
        ? [style.verdict(false, `${outOfOrder} ${are(outOfOrder)} NOT in the order of a chain`)]
        : []),
      ...(valid > 0 && invalid === 0 ? [style.verdict(true, signed)] : []),
    ];
    const others = [
      [notHeaders, `${are(notHeaders)} not ${notHeaders === 1 ? 'a header' : 'headers'}`],
      [notRead, `${were(notRead)} not read`],
      [skipped, `${were(skipped)} skipped`],
      [byron, `${are(byron)} of the Byron era, which has no KES`],
      [
        vrfNotChecked,
        `${were(vrfNotChecked)} not checked for VRF: the chain before is not complete here, so the nonce of the epoch is unknown`,
      ],
    ] as const;
    for (const [number, words] of others)
      if (number > 0) lines.push(`${style.warning('?')} ${number} ${words}`);
    return [...lines, ...this.#wrongNonce(style)];
  }

  #noneInWords(): string {
    const { since, until, pool } = this.#context;
    const isChosen = [since, until, pool].some((each) => each !== undefined);
    return isChosen
      ? 'no header was found that --since, --until and --pool choose'
      : 'no header was found';
  }

  #wrongNonce(style: Style): string[] {
    const { good, bad } = this.#vrf;
    if (this.#context.epochNonce === undefined || good > 0 || bad === 0) return [];
    const words = 'no VRF proof is valid with this nonce: it is that of another epoch, or wrong';
    return [`${style.warning('?')} ${words}`];
  }
}

function outOfOrder(
  name: string,
  header: { readonly hash: string; readonly slot: string },
  failures: readonly OrderFailure[],
): Outcome {
  const words = failures.map(({ message }) => message).join('; ');
  return {
    json: {
      source: name,
      result: 'out-of-order',
      valid: false,
      failures: failures.map(({ code, message }) => ({ code, message })),
      header,
    },
    lines: (style) => [style.verdict(false, `${name}  NOT in order: ${words}`)],
  };
}

function malformed(message: string): VerdictJson['failures'] {
  return [{ code: 'malformed', message }];
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}
