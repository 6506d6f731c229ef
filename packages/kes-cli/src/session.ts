import type { Json, Outcome, OutcomeStream } from './outcome.js';
import { ExitCode } from './exit-code.js';
import { jsonText } from './printable.js';
import { Style } from './style.js';
import type { Surroundings } from './surroundings.js';

/** One run of the command: where its output goes, and how it ends. */
export class Session {
  readonly surroundings: Surroundings;
  /** How the run ends, unless it fails. */
  exitCode: ExitCode = ExitCode.valid;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  /** Shows what a command came to, for a person or as JSON. */
  async show(outcome: Outcome | OutcomeStream, asJson: boolean): Promise<void> {
    if (!(Symbol.asyncIterator in outcome)) {
      this.#show(outcome, asJson, 2);
      return;
    }
    for await (const part of outcome) {
      this.#show(part, asJson, 0);
      // A reader that has enough (`kes … | head`) ends the work.
      if (this.surroundings.stdout.writable === false) return;
    }
  }

  #show(outcome: Outcome, asJson: boolean, indentation: number): void {
    const { stdout, environment } = this.surroundings;
    const { warnings = [] } = outcome;
    this.#warn(warnings);
    const text = asJson
      ? jsonText(withWarnings(outcome.json, warnings), indentation)
      : outcome.lines(Style.for(stdout, environment)).join('\n');
    if (text !== '') stdout.write(`${text}\n`);
    this.exitCode = outcome.exitCode ?? ExitCode.valid;
  }

  #warn(warnings: readonly string[]): void {
    const { stderr, environment } = this.surroundings;
    const style = Style.for(stderr, environment);
    for (const warning of warnings) stderr.write(`kes: ${style.warning('warning')}: ${warning}\n`);
  }
}

function withWarnings(json: Json, warnings: readonly string[]): Json {
  if (warnings.length === 0 || typeof json !== 'object' || json === null) return json;
  return { ...(json as Readonly<Record<string, Json | undefined>>), warnings };
}
