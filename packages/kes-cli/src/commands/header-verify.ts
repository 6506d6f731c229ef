import { availableParallelism } from 'node:os';
import type { KesParameters, VerdictJson } from '@evolock/cardano-kes';
import { BytesPool } from '@evolock/kes-verify-pool';
import type { Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import { CommandError } from '../command-error.js';
import { ExitCode } from '../exit-code.js';
import { STDIN } from '../files/read-public.js';
import { entriesOf, type Entry } from '../headers/header-entries.js';
import { filesOf } from '../headers/header-files.js';
import { headerFacts, headerLine, passedLine } from '../headers/header-in-words.js';
import { Progress } from '../headers/progress.js';
import {
  networkInWords,
  networkOf,
  withNetworkOptions,
  type NetworkOptions,
} from '../network/network-options.js';
import type { Json, Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import type { Style } from '../style.js';

/** `kes header verify`: are headers validly signed? */
export function headerVerifyCommand(session: Session): Command {
  const command = leaf(session, 'kes header verify', {
    name: 'verify',
    summary: 'Verify the certificate and the KES signature of block headers',
    description:
      'Verifies block headers of any era from Shelley on, as a node does: the certificate by the cold key, the evolution by the slot, the KES signature over the canonical encoding of the body. A file holds a header or a block in binary, or headers in hexadecimal, one a line (or a single one, folded). A header has at most 65,536 bytes, a block at most 2,500,000. Of a directory all files are taken but hidden ones. Each verdict is printed when it is there. Whatever is not read is printed and counted. With --json each verdict is one line, and the last line is a summary. What takes the state of the ledger is not checked: VRF, stake, certificate counters. Exit code 1: a header is not valid. 4: something is no header, and no header is invalid. 3: something could not be read, and all else is valid.',
    examples: [
      [
        'kes header verify --network mainnet header.cbor',
        'One header, with all that is known of it',
      ],
      ['kes header verify --network preprod headers/', 'All headers of a directory'],
      [
        'cat headers.hex | kes header verify --network mainnet --json -',
        'From standard input, for a script',
      ],
    ],
  }).argument('[path...]', 'files and directories, or - for standard input', [STDIN]);
  withNetworkOptions(command);
  return carryOut(session, command, (paths: readonly string[], options: NetworkOptions) =>
    verifyAll(session, paths, options),
  );
}

async function* verifyAll(
  { surroundings }: Session,
  paths: readonly string[],
  options: NetworkOptions,
): AsyncGenerator<Outcome, void, void> {
  if (paths.filter((path) => path === STDIN).length > 1)
    throw new CommandError(
      'usage',
      'two things cannot both be standard input: name a file for one of them',
    );
  const parameters = await networkOf(surroundings, options);
  const total = sizeOf(paths);
  const progress = new Progress(surroundings, 'headers judged', total);
  const entries = entriesOf(surroundings, paths, (bytes) => progress.read(bytes));
  const tally = new Tally(parameters);
  try {
    for await (const { entry, verdict } of judged(entries, parameters, threadsFor(total))) {
      progress.advance();
      yield tally.count(entry, verdict);
    }
  } finally {
    progress.end();
  }
  yield tally.outcome();
}

/** Bytes of all files; `undefined` if one of them is a pipe. */
function sizeOf(paths: readonly string[]): number | undefined {
  if (paths.includes(STDIN)) return undefined;
  let total = 0;
  for (const found of filesOf(paths)) {
    if ('result' in found) continue;
    if (found.size === undefined) return undefined;
    total += found.size;
  }
  return total;
}

/** A second thread takes longer to start than this to judge, bytes. */
const LITTLE = 262_144;

function threadsFor(total: number | undefined): number {
  return total !== undefined && total <= LITTLE ? 1 : availableParallelism();
}

interface Judged {
  readonly entry: Entry;
  /** Of an entry that was not read it is of no meaning. */
  readonly verdict: VerdictJson;
}

/** Headers of a batch: few enough that verdicts appear soon, and enough to keep a thread busy. */
const BATCH = 64;

/** The verdicts of the threads, in the order of the entries. */
async function* judged(
  entries: AsyncIterable<Entry>,
  parameters: KesParameters,
  threads: number,
): AsyncGenerator<Judged, void, void> {
  // Beside this file in dist, where it is an entry of its own.
  const module = new URL('./header-worker.js', import.meta.url);
  const pool = await BytesPool.start<KesParameters, VerdictJson>(module, {
    threads,
    batchSize: BATCH,
  });
  const sent: Entry[] = [];
  // What was not read goes through the threads too, without bytes: so everything keeps its order.
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    for await (const entry of entries) {
      sent.push(entry);
      yield 'bytes' in entry ? entry.bytes : new Uint8Array(0);
    }
  }
  try {
    for await (const verdict of pool.judgeMany(bytes(), parameters))
      yield { entry: sent.shift()!, verdict };
  } finally {
    await pool.close();
  }
}

/** What was judged so far. */
class Tally {
  readonly #parameters: KesParameters;
  readonly #counts = { valid: 0, invalid: 0, notHeaders: 0, notRead: 0, skipped: 0 };
  #outOfScope: readonly string[] = [];
  #last: VerdictJson | undefined;

  constructor(parameters: KesParameters) {
    this.#parameters = parameters;
  }

  /** Counts a verdict, and says it. */
  count(entry: Entry, verdict: VerdictJson): Outcome {
    if ('result' in entry) {
      this.#counts[entry.result === 'skipped' ? 'skipped' : 'notRead'] += 1;
      const { name, result, reason } = entry;
      return {
        json: { source: name, result, reason },
        lines: (style) => [passedLine(entry, style)],
      };
    }
    const { name, lines, problem } = entry;
    const said = problem === undefined ? verdict : { ...verdict, failures: malformed(problem) };
    this.#outOfScope = verdict.outOfScope;
    this.#last = said;
    if (verdict.result === 'not-a-header') this.#counts.notHeaders += lines;
    else this.#counts[verdict.result] += 1;
    return {
      // It is JSON, in interfaces, which have no index signature.
      json: { source: name, ...(said as unknown as Readonly<Record<string, Json>>) },
      lines: (style) => [headerLine(name, said, style)],
    };
  }

  /** What all came to. */
  outcome(): Outcome {
    const { valid, invalid, notHeaders, notRead, skipped } = this.#counts;
    const headers = valid + invalid;
    const all = valid > 0 && invalid + notHeaders + notRead + skipped === 0;
    const exitCode = this.#exitCode();
    return {
      exitCode,
      json: { summary: { exitCode, all, headers, ...this.#counts } },
      lines: (style) => [
        ...(headers === 1 && notHeaders === 0 ? headerFacts(this.#last!, style) : []),
        '',
        ...this.#counted(all, style),
        '',
        style.faint(`network ${networkInWords(this.#parameters)}`),
        ...this.#notChecked(style),
      ],
    };
  }

  #notChecked(style: Style): string[] {
    if (this.#outOfScope.length === 0) return [];
    const title = 'NOT checked, since it takes the state of the ledger:';
    return [title, ...this.#outOfScope.map((what) => `  ${what}`)].map((line) => style.faint(line));
  }

  #exitCode(): ExitCode {
    const { valid, invalid, notHeaders, notRead } = this.#counts;
    if (invalid > 0) return ExitCode.invalid;
    if (notHeaders > 0) return ExitCode.noHeader;
    if (notRead > 0) return ExitCode.environment;
    return valid > 0 ? ExitCode.valid : ExitCode.noHeader;
  }

  #counted(all: boolean, style: Style): string[] {
    const { valid, invalid, notHeaders, notRead, skipped } = this.#counts;
    const headers = valid + invalid;
    const signed = `${all && valid > 1 ? 'all ' : ''}${count(valid, 'header')} ${are(valid)} validly signed`;
    const lines = [
      ...(headers === 0 ? [style.verdict(false, 'there is no header in what was given')] : []),
      ...(valid > 0 && invalid === 0 ? [style.verdict(true, signed)] : []),
      ...(invalid > 0
        ? [
            style.verdict(
              false,
              `${invalid} of ${count(headers, 'header')} ${are(invalid)} NOT valid`,
            ),
          ]
        : []),
    ];
    const others = [
      [notHeaders, `${are(notHeaders)} no header${notHeaders === 1 ? '' : 's'}`],
      [notRead, `${notRead === 1 ? 'was' : 'were'} not read`],
      [skipped, `hidden, ${skipped === 1 ? 'was' : 'were'} skipped`],
    ] as const;
    for (const [number, words] of others)
      if (number > 0) lines.push(`${style.warning('?')} ${number} ${words}`);
    return lines;
  }
}

function malformed(message: string): VerdictJson['failures'] {
  return [{ code: 'malformed', message }];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function are(number: number): string {
  return number === 1 ? 'is' : 'are';
}
