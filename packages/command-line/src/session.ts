/** One run of the command: its context, its answer, and where the answer is shown. */
import {
  answerJson,
  answerText,
  exitCodeOf,
  prose,
  type Answer,
  type AnswerStream,
} from './answer.js';
import { CommandError, ExitCode, type Failures, usage } from './errors.js';
import { styleFor } from './text.js';

export interface Output {
  readonly isTTY?: boolean;
  /** `false` after its reader has closed it. */
  readonly writable?: boolean;
  readonly fd?: number;
  /** Calls `done` when the system has the text, or the text is lost. */
  write(text: string | Uint8Array, done?: () => void): unknown;
  /** Gives up what is not written. */
  destroy?(): unknown;
}

/** Where signals of the system arrive: `process`, or in a test any emitter. */
export type Signals = Pick<NodeJS.EventEmitter, 'on' | 'off'>;

export interface Context {
  /** The descriptor of standard input. A stream would read ahead into ordinary memory. */
  readonly stdin: number;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** A clock that is never set, in milliseconds. */
  readonly monotonic: () => number;
  /** The folder of the build, with the modules that threads load. */
  readonly modules: URL;
  /** Few commands listen: until then a signal ends the process. */
  readonly signals: Signals;
  /** Where the inspector of Node.js listens; `undefined` when it is closed. */
  readonly inspectorUrl: () => string | undefined;
}

export interface Program {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly failures: Failures;
  readonly exitCodes: Readonly<Record<ExitCode, string>>;
}

export class Session {
  readonly program: Program;
  readonly args: readonly string[];
  readonly context: Context;
  exitCode: ExitCode = ExitCode.valid;
  #isStdinTaken = false;
  /** Warnings that were shown before the answer. */
  readonly #warned: string[] = [];

  constructor(program: Program, args: readonly string[], context: Context) {
    this.program = program;
    this.args = args;
    this.context = context;
  }

  /**
   * Refuses to hold a key while the inspector of Node.js is open: a program that connects to it can read the key. A signal that arrived
   * before the file in `bin/` ran has opened it, or the options of Node.js have.
   */
  refuseInspector(): void {
    const url = this.context.inspectorUrl();
    if (url === undefined) return;
    throw new CommandError(
      'environment',
      `the inspector of Node.js listens at ${url}, and whoever connects to it can read the keys: run ${this.program.name} without --inspect and NODE_OPTIONS, and send it no SIGUSR1`,
    );
  }

  /** The descriptor of standard input, once: a second reader would get nothing, and check nothing. */
  takeStdin(): number {
    if (this.#isStdinTaken) throw stdinTwice();
    this.#isStdinTaken = true;
    return this.context.stdin;
  }

  /** Shows warnings before a step that cannot be undone. They are in the JSON of the answer too. */
  warn(warnings: readonly string[]): void {
    this.#warn(warnings);
    this.#warned.push(...warnings);
  }

  /** Shows lines for a person before a step that cannot be undone. */
  tell(lines: readonly string[]): void {
    const text = lines.flatMap(prose).map((line) => `${line}\n`);
    this.context.stdout.write(text.join(''));
  }

  async show(answer: Answer | AnswerStream, asJson: boolean): Promise<void> {
    if (!(Symbol.asyncIterator in answer)) {
      this.#show(answer, asJson, 2);
      return;
    }
    for await (const part of answer) {
      this.#show(part, asJson, 0);
      // The reader has closed the pipe (`kes … | head`). The rest is not needed.
      if (this.context.stdout.writable === false) return;
    }
  }

  #show(answer: Answer, asJson: boolean, indentation: number): void {
    const { stdout } = this.context;
    const { warnings = [] } = answer;
    this.#warn(warnings);
    const text = asJson
      ? answerJson(answer, [...this.#warned, ...warnings], indentation)
      : answerText(answer, styleFor(stdout, this.context.environment)).join('\n');
    if (text !== '') stdout.write(`${text}\n`);
    this.exitCode = exitCodeOf(answer);
  }

  #warn(warnings: readonly string[]): void {
    const { stderr, environment } = this.context;
    const style = styleFor(stderr, environment);
    for (const warning of warnings)
      stderr.write(`${this.program.name}: ${style.warning('warning')}: ${warning}\n`);
  }
}

export function stdinTwice(): CommandError {
  return usage('only one argument can be standard input: give a file for the other one');
}
