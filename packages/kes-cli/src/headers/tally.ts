import type { KesParameters, VerdictJson } from '@evolock/cardano-kes';
import { ExitCode } from '../cli/errors.js';
import type { Json, Outcome } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import { counted } from '../cli/text.js';
import { networkInWords } from '../network/network.js';
import type { Judged } from './judge.js';
import { headerFacts, headerLine, passedLine } from './words.js';

/** Counts verdicts, and makes the outcome of each and of all. */
export class Tally {
  readonly #parameters: KesParameters;
  readonly #counts = { valid: 0, invalid: 0, notHeaders: 0, notRead: 0, skipped: 0, byron: 0 };
  #outOfScope: readonly string[] = [];
  #last: VerdictJson | undefined;

  constructor(parameters: KesParameters) {
    this.#parameters = parameters;
  }

  /** Counts one verdict, and returns its outcome. */
  count({ entry, verdict }: Judged): Outcome {
    if ('result' in entry) {
      const { name, result, reason, blocks = 1 } = entry;
      this.#counts[result === 'not-read' ? 'notRead' : result] += blocks;
      return {
        json: { source: name, result, reason },
        lines: (style) => [passedLine(entry, style)],
      };
    }
    const { name, lines, problem } = entry;
    const shown = problem === undefined ? verdict : { ...verdict, failures: malformed(problem) };
    this.#outOfScope = verdict.outOfScope;
    this.#last = shown;
    if (verdict.result === 'not-a-header') this.#counts.notHeaders += lines;
    else this.#counts[verdict.result] += 1;
    return {
      // The verdict is JSON. Its interfaces have no index signature.
      json: { source: name, ...(shown as unknown as Readonly<Record<string, Json>>) },
      lines: (style) => [headerLine(name, shown, style)],
    };
  }

  /** The outcome of all. */
  outcome(): Outcome {
    const { valid, invalid, notHeaders, notRead, skipped } = this.#counts;
    const headers = valid + invalid;
    const all = valid > 0 && invalid + notHeaders + notRead + skipped === 0;
    const exitCode = this.#exitCode();
    const only = headers === 1 && notHeaders === 0 ? this.#last : undefined;
    return {
      exitCode,
      json: { summary: { exitCode, all, headers, ...this.#counts } },
      lines: (style) => [
        ...(only === undefined ? [] : headerFacts(only, style)),
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
    const title = 'NOT checked, because it needs the state of the ledger:';
    return [title, ...this.#outOfScope.map((what) => `  ${what}`)].map((line) => style.faint(line));
  }

  #exitCode(): ExitCode {
    const { valid, invalid, notHeaders, notRead } = this.#counts;
    if (invalid > 0) return ExitCode.invalid;
    if (notHeaders > 0) return ExitCode.unrecognised;
    if (notRead > 0) return ExitCode.environment;
    return valid > 0 ? ExitCode.valid : ExitCode.unrecognised;
  }

  #counted(all: boolean, style: Style): string[] {
    const { valid, invalid, notHeaders, notRead, skipped, byron } = this.#counts;
    const headers = valid + invalid;
    const signed = `${all && valid > 1 ? 'all ' : ''}${counted(valid, 'header')} ${are(valid)} valid`;
    const lines = [
      ...(headers === 0 ? [style.verdict(false, 'no header was found')] : []),
      ...(valid > 0 && invalid === 0 ? [style.verdict(true, signed)] : []),
      ...(invalid > 0
        ? [
            style.verdict(
              false,
              `${invalid} of ${counted(headers, 'header')} ${are(invalid)} NOT valid`,
            ),
          ]
        : []),
    ];
    const others = [
      [notHeaders, `${are(notHeaders)} not ${notHeaders === 1 ? 'a header' : 'headers'}`],
      [notRead, `${were(notRead)} not read`],
      [skipped, `${were(skipped)} skipped`],
      [byron, `${are(byron)} of the Byron era, which has no KES`],
    ] as const;
    for (const [number, words] of others)
      if (number > 0) lines.push(`${style.warning('?')} ${number} ${words}`);
    return lines;
  }
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
