/** What `kes header verify` prints: a line for each finding, and the summary. */
import { hasDates, type VerdictJson } from '@evolock/cardano-headers';
import { notJudgedOf } from '@evolock/cardano-headers/words';
import {
  CHECK_FACTS,
  type Finding,
  type JudgeContext,
  type JudgedGroup,
  type RunState,
  type Tally,
} from '@evolock/cardano-headers/parts';
import {
  answerText,
  markedLines,
  type Answer,
  type Check,
  type MarkedLine,
} from '@evolock/command-line/answer';
import { counted, printable } from '@evolock/command-line/text';
import { clockInWords, clockJson, type Clock } from '../network/clock.js';
import { networkInWords } from '../network/network.js';
import {
  chainFacts,
  chainJson,
  EXIT_CODES,
  headerAnswer,
  headerChecks,
  listed,
  notJudgedLines,
  passedAnswer,
  poolLines,
  verdictFacts,
} from './words.js';

/** What was not judged: a code of a verdict on a header, or `byron`. */
interface NotJudged {
  readonly code: VerdictJson['notJudged'][number]['code'] | 'byron';
  readonly message: string;
}

const BYRON: NotJudged = {
  code: 'byron',
  message: 'the blocks of the Byron era: their signatures, and their links to one another',
};

/** How a run is reported. */
export interface ReportOptions {
  /** The state from which the run goes on. */
  readonly from: RunState | undefined;
  readonly clock: () => Clock;
  /** Whether every finding is shown, as programs need it. */
  readonly showsAll: boolean;
}

/** Makes answers of the findings of a run, and the summary. */
export class Report {
  readonly #context: JudgeContext;
  readonly #tally: Tally;
  readonly #from: RunState | undefined;
  readonly #clock: () => Clock;
  readonly #showsAll: boolean;
  readonly #repeats = new Repeats();
  #last: VerdictJson | undefined;
  #goodProofs = 0;

  constructor(context: JudgeContext, tally: Tally, { from, clock, showsAll }: ReportOptions) {
    this.#context = context;
    this.#tally = tally;
    this.#from = from;
    this.#clock = clock;
    this.#showsAll = showsAll;
  }

  get #headers(): number {
    const { valid, invalid, incomplete, laterEra } = this.#tally.counts;
    return valid + invalid + incomplete + laterEra;
  }

  *count(judged: JudgedGroup): Generator<Answer, void, void> {
    this.#goodProofs += judged.facts.vrfs.filter((each) => CHECK_FACTS[each] === 'good').length;
    for (const finding of this.#tally.count(judged.group, judged)) {
      if (finding.kind === 'header') this.#last = finding.verdict;
      yield* this.#showsAll ? [answerOf(finding)] : this.#firstOf(finding);
    }
  }

  /** The answer on a finding, while few had the same failure. */
  #firstOf(finding: Finding): Answer[] {
    const place = this.#repeats.add(finding);
    if (place === 'printed') return [answerOf(finding)];
    const codes = codesOf(finding).join(', ');
    const words = `more headers with ${codes}: they are counted, and --json has each of them`;
    return place === 'note' ? [{ result: [{ mark: 'skipped', words }], json: {} }] : [];
  }

  summary(): Answer {
    const { counts, chain, all, result } = this.#tally;
    const headers = this.#headers;
    const exitCode = EXIT_CODES[result];
    const clock = this.#clock();
    const { checked, notJudged } = this.#scope();
    const only = headers === 1 && counts.notHeaders === 0 ? this.#last : undefined;
    const summary = {
      exitCode,
      all,
      headers,
      ...counts,
      clock: clockJson(clock),
      chain: chainJson(chain, this.#context.parameters),
      checked,
      notJudged: notJudged.map((each) => ({ ...each })),
      ...(this.#from && { fromChunk: this.#from.chunk }),
    };
    return {
      exitCode,
      json: { summary },
      checks: only === undefined ? [] : headerChecks(only),
      facts: only === undefined ? [] : verdictFacts(only),
      after: (style) => [
        ...this.#counted().flatMap((line) => markedLines(line, 0, style)),
        ...(this.#from === undefined
          ? []
          : [`  this run began at chunk ${this.#from.chunk}: the counts include the runs before`]),
        ...(chain.firstSlot === undefined
          ? []
          : [
              '',
              ...answerText(
                { facts: chainFacts(chain, this.#context.parameters), json: {} },
                style,
              ),
              ...poolLines(chain, this.#context.parameters),
            ]),
        '',
        style.faint(`network ${networkInWords(this.#context.parameters)}`),
        ...(this.#hasDates ? [style.faint(`clock   ${clockInWords(clock)}`)] : []),
        ...listed('checked:', checked, style),
        ...notJudgedLines(notJudged, style),
      ],
    };
  }

  /** What was checked of the headers, and what was not judged. */
  #scope(): { readonly checked: string[]; readonly notJudged: NotJudged[] } {
    const { counts, chain } = this.#tally;
    const headers = this.#headers;
    if (headers === 0) return { checked: [], notJudged: [] };
    const some = counts.vrfChecked === headers ? '' : ` of ${counted(counts.vrfChecked, 'header')}`;
    return {
      checked: [
        'the certificate, the evolution and the KES signature of each header',
        ...(this.#hasDates ? ['whether the slot of each header has come, by the clock'] : []),
        ...(counts.vrfChecked > 0 ? [`the VRF proofs${some}`] : []),
        ...(counts.bodiesChecked > 0
          ? [`the bodies of ${counted(counts.bodiesChecked, 'block')}, by the hash in the header`]
          : []),
        ...(chain.firstSlot !== undefined
          ? ['the order of slots, of previous blocks, and of the certificate numbers of each pool']
          : []),
      ],
      notJudged: this.#notJudged(),
    };
  }

  /** What makes a block valid and was not judged of all headers. */
  #notJudged(): NotJudged[] {
    const { vrfChecked, bodiesChecked, byron } = this.#tally.counts;
    const withoutBody = this.#headers - bodiesChecked;
    const body: NotJudged = {
      code: 'body',
      message: `the bodies of ${withoutBody} others: of blocks before Alonzo or after Conway, and of headers alone`,
    };
    const others = this.#headers - vrfChecked;
    const all: NotJudged[] = notJudgedOf({
      slotTime: this.#hasDates ? 'judged' : 'no-dates',
      vrf: others === 0,
    });
    const some: NotJudged = { code: 'vrf', message: `the VRF proofs of ${others} others` };
    return [
      ...all
        .filter(({ code }) => code !== 'body' || withoutBody > 0)
        .map((each) => {
          if (each.code === 'body' && bodiesChecked > 0) return body;
          return each.code === 'vrf' && vrfChecked > 0 ? some : each;
        }),
      ...(byron > 0 ? [BYRON] : []),
    ];
  }

  get #hasDates(): boolean {
    return hasDates(this.#context.parameters);
  }

  #counted(): (Check | MarkedLine)[] {
    const { counts, all } = this.#tally;
    const { valid, invalid, outOfOrder } = counts;
    const headers = this.#headers;
    const signed = `${all && valid > 1 ? 'all ' : ''}${counted(valid, 'header')} ${are(valid)} valid`;
    const bad = `${invalid} of ${counted(headers, 'header')} ${are(invalid)} NOT valid`;
    const order = `${outOfOrder} ${are(outOfOrder)} NOT in the order of a chain`;
    return [
      ...(headers === 0 ? [{ valid: false, words: this.#noneInWords() }] : []),
      ...(invalid > 0 ? [{ valid: false, words: bad }] : []),
      ...(outOfOrder > 0 ? [{ valid: false, words: order }] : []),
      ...(valid > 0 && invalid === 0 ? [{ valid: true, words: signed }] : []),
      ...this.#others()
        .filter(([count]) => count > 0)
        .map(([count, words]) => ({ mark: 'unknown', words: `${count} ${words}` }) as const),
      ...this.#wrongNonce(),
      ...this.#repeats.counted.map(([codes, count]) => ({
        mark: 'skipped' as const,
        words: `${counted(count, 'more header')} with ${codes}: not printed`,
      })),
    ];
  }

  #others(): [count: number, words: string][] {
    const {
      incomplete,
      laterEra,
      notHeaders,
      unusable,
      missing,
      notRead,
      skipped,
      byron,
      vrfNotChecked,
    } = this.#tally.counts;
    return [
      [
        laterEra,
        `${are(laterEra)} of a later era: only the certificate and the KES signature were judged. Look for a newer version of this command`,
      ],
      [
        incomplete,
        `${are(incomplete)} incomplete: ${incomplete === 1 ? 'its slot is' : 'their slots are'} ahead of the clock. Check the network first, then the clock`,
      ],
      [notHeaders, `${are(notHeaders)} not ${notHeaders === 1 ? 'a header' : 'headers'}`],
      [unusable, `${were(unusable)} read and cannot be judged`],
      [missing, `${missing === 1 ? 'chunk is' : 'chunks are'} missing`],
      [notRead, `${were(notRead)} not read`],
      [skipped, `${were(skipped)} skipped`],
      [byron, `${are(byron)} of the Byron era, which has no KES`],
      [
        vrfNotChecked,
        `${were(vrfNotChecked)} not checked for VRF: the chain before is not complete here, so the nonce of the epoch is unknown`,
      ],
    ];
  }

  #noneInWords(): string {
    const { since, until, pool } = this.#context;
    const isChosen = [since, until, pool].some((each) => each !== undefined);
    return isChosen
      ? 'no header was found that --since, --until and --pool choose'
      : 'no header was found';
  }

  #wrongNonce(): MarkedLine[] {
    const isGiven = this.#context.epochNonce !== undefined;
    if (!isGiven || this.#goodProofs > 0 || this.#tally.counts.vrfChecked === 0) return [];
    const words = 'no VRF proof is valid with this nonce: it is that of another epoch, or wrong';
    return [{ mark: 'unknown', words }];
  }
}

function answerOf(finding: Finding): Answer {
  const source = printable(finding.source);
  if (finding.kind === 'passed') return passedAnswer(finding);
  if (finding.kind === 'header') return headerAnswer(source, finding.verdict);
  const { failures, header } = finding;
  const words = failures.map(({ message }) => message).join('; ');
  return {
    result: [{ valid: false, words: `${source}  NOT in order: ${words}` }],
    json: {
      source,
      kind: 'header',
      result: 'out-of-order',
      reasons: failures.map(({ code, message }) => ({ code, message })),
      header: header === undefined ? null : { ...header },
    },
  };
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** Lines that are printed for one failure. */
const MOST_LINES = 20;

/** Whether a finding is printed: `note` is the first that is not, of those with the same failures. */
type Place = 'printed' | 'note' | 'counted';

/**
 * Counts findings of headers by their failures. With a wrong nonce, a wrong network or a wrong clock every header of a chain
 * has the same one, so a person gets the first lines and a count. Everything is verified and counted, and the JSON has every
 * header.
 */
class Repeats {
  readonly #printed = new Map<string, number>();
  readonly #counted = new Map<string, number>();

  /** Counts a finding. It is printed while one of its failures was printed fewer than twenty times. */
  add(finding: Finding): Place {
    const codes = codesOf(finding);
    const isNew = codes.some((code) => (this.#printed.get(code) ?? 0) < MOST_LINES);
    if (codes.length === 0 || isNew) {
      for (const code of codes) add(this.#printed, code);
      return 'printed';
    }
    return add(this.#counted, codes.join(', ')) === 1 ? 'note' : 'counted';
  }

  /** The numbers of headers that were not printed, by their failures. */
  get counted(): readonly (readonly [codes: string, count: number])[] {
    return [...this.#counted];
  }
}

function add(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}

/** The codes of a header that is not valid or not in order; none for a valid header and for what is no header. */
function codesOf(finding: Finding): readonly string[] {
  if (finding.kind === 'passed') return [];
  if (finding.kind === 'out-of-order') return codesIn(finding.failures);
  const { header, reasons } = finding.verdict;
  return header === null ? [] : codesIn(reasons);
}

function codesIn(all: readonly { readonly code: string }[]): readonly string[] {
  return [...new Set(all.map(({ code }) => code))];
}
