/** What a person sees: numbered steps, what each of them proves, and progress while one works. */
import picocolors from 'picocolors';
import type { Output } from '../surroundings.js';

/** Functions that colour text, or leave it as it is. */
export type Colours = ReturnType<typeof picocolors.createColors>;

const BAR_WIDTH = 32;
const CLEAR_LINE = '\r\u001b[2K';

/** Progress of one step. */
export interface Progress {
  /** One more is done. */
  advance(): void;
  /** Makes room for what comes next. */
  end(): void;
}

/** Output for a person, on a terminal or not. */
export class Screen {
  readonly colours: Colours;
  readonly #output: Output;
  readonly #isTerminal: boolean;
  #steps = 0;

  constructor(output: Output, coloured: boolean) {
    this.#output = output;
    this.#isTerminal = output.isTTY === true;
    this.colours = picocolors.createColors(coloured);
  }

  /** What the whole is about. */
  title(text: string): void {
    this.#print(this.colours.bold(text));
  }

  /** Begins the next step. */
  step(text: string): void {
    this.#steps += 1;
    this.#print(this.colours.bold(this.colours.cyan(`${this.#steps}  ${text}`)));
  }

  /** Something that was just shown to hold. */
  proof(text: string): void {
    this.#print(`   ${this.colours.green('✓')} ${text}`);
  }

  /** Something that does not hold. */
  failure(text: string): void {
    this.#print(`   ${this.colours.red('✗')} ${text}`);
  }

  /** A remark. */
  note(text: string): void {
    this.#print(this.colours.dim(`   ${text}`));
  }

  /** Anything else. */
  line(text: string): void {
    this.#print(`   ${text}`);
  }

  /** Shows how far a step has got: one line drawn again and again on a terminal, one plain line elsewhere. */
  progress(what: string, total: number): Progress {
    if (!this.#isTerminal) {
      this.line(`${what} …`);
      return { advance: () => undefined, end: () => undefined };
    }
    let done = 0;
    const draw = (): void => {
      const filled = Math.round((done / total) * BAR_WIDTH);
      const bar = this.colours.green('█'.repeat(filled)) + '░'.repeat(BAR_WIDTH - filled);
      this.#output.write(`${CLEAR_LINE}   ${bar} ${what} ${done}/${total}`);
    };
    draw();
    return {
      advance: () => {
        done += 1;
        draw();
      },
      end: () => {
        this.#output.write(CLEAR_LINE);
      },
    };
  }

  #print(text: string): void {
    this.#output.write(`${text}\n`);
  }
}
