import type { Outcome } from './outcome.js';
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
  show(outcome: Outcome, asJson: boolean): void {
    const { stdout, environment } = this.surroundings;
    const text = asJson
      ? jsonText(outcome.json, 2)
      : outcome.lines(Style.for(stdout, environment)).join('\n');
    if (text !== '') stdout.write(`${text}\n`);
    this.exitCode = outcome.exitCode ?? ExitCode.valid;
  }
}
