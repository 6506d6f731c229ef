import type { Json, Outcome } from './outcome.js';
import { ExitCode } from './exit-code.js';
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
    const { warnings = [] } = outcome;
    this.#warn(warnings);
    const text = asJson
      ? JSON.stringify(withWarnings(outcome.json, warnings), null, 2)
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
