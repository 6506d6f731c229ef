/**
 * What `kes rotate` prints is followed to its end, over every state of chain, agent and counter. The network is a model: it
 * accepts the last number on chain or one more, and the old node may make a block at any moment until it has the new pair.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LastOnChain } from '@evolock/cardano-headers/certificates';
import { readCertificate } from '@evolock/cardano-kes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeCertificate, makeColdKey, makeKey } from './support/files.js';
import { newStage, type Stage, TRANSCRIPTS } from './support/transcript.js';

/** KES period 1080 of mainnet. The certificate in use starts at 1020. */
const NOW = new Date('2024-11-15T00:00:00Z');

const COLD = '--cold-skey cold.skey --counter cold.counter';

interface Start {
  readonly onChain: LastOnChain;
  readonly inUse: bigint;
  /** The next number of the counter, which may be an old copy, or one from which numbers were lost. */
  readonly next: bigint;
  readonly isInAgent: boolean;
  readonly isColdHere: boolean;
  /** Before which command the old node makes its block. */
  readonly blockBefore: number;
}

/** A network and its operator, who does what is printed. */
class Walk {
  readonly #stage: Stage;
  readonly #start: Start;
  readonly #control: string;
  #onChain: LastOnChain;
  #commands = 0;
  /** Whether the old node can still make blocks, as far as its key goes. */
  #isOldRunning = true;

  constructor(stage: Stage, start: Start, control: string) {
    this.#stage = stage;
    this.#start = start;
    this.#control = control;
    this.#onChain = start.onChain;
  }

  #accepts(number: bigint): boolean {
    const last = this.#onChain === 'none' ? 0n : this.#onChain;
    return number === last || number === last + 1n;
  }

  get #number(): bigint {
    return readCertificate('node-1080.cert').certificate.sequenceNumber;
  }

  async prepare(): Promise<void> {
    const { inUse, next, isInAgent } = this.#start;
    makeColdKey('.', inUse);
    if (isInAgent) await this.#installOldKey();
    else makeCertificate('node.cert', makeKey('kes.skey'), 1_020n, inUse);
    await this.#succeeds(`kes counter set cold.counter --next ${next} --force`);
  }

  async #installOldKey(): Promise<void> {
    const control = `--control ${this.#control}`;
    await this.#run(`kes agent drop-staged-key ${control}`);
    await this.#run(`kes agent drop-key ${control}`);
    await this.#succeeds(`kes agent gen-staged-key ${control} --out node.vkey`);
    await this.#succeeds(
      `kes opcert issue ${COLD} --unchecked --start-period 1020 --kes-vkey node.vkey --out node.cert`,
    );
    await this.#succeeds(
      `kes agent install-key ${control} --cert node.cert --network mainnet --on-chain ${this.#start.inUse}`,
    );
  }

  /** From the first command to the end. */
  async toTheEnd(): Promise<void> {
    const { isInAgent, isColdHere } = this.#start;
    const key = isInAgent ? `--agent-control ${this.#control}` : '--skey kes.skey';
    const cold = isColdHere ? ' --cold-skey-here cold.skey --counter cold.counter' : '';
    const first = `kes rotate --cert node.cert ${key} --network mainnet${cold}`;
    const text = await this.#follow(first);
    const steps = toldIn(text);
    expect(steps.at(-1), text).toMatch(/^kes rotate --finish .* --on-chain \S+$/);
    for (const step of steps) await this.#follow(step);
    expect(this.#accepts(this.#number)).toBe(true);
    // The new node makes a block, and the next rotation begins from there.
    this.#onChain = this.#number;
    expect(this.#accepts(this.#number)).toBe(true);
  }

  /** Runs a command. When it refuses, does what it says, and runs it again where it says so. */
  async #follow(line: string, depth = 0): Promise<string> {
    expect(depth, `${line}: no end`).toBeLessThan(8);
    this.#oldNode();
    const isEnd = line.startsWith('kes rotate --finish');
    // The node has the new pair from here on. An agent has its old key until the next one is installed.
    if (isEnd && !this.#start.isInAgent) this.#switch();
    if (line.startsWith('kes agent drop-key')) this.#drop();
    const { code, text } = await this.#run(line);
    if (code === 0) {
      if (isEnd) this.#isOldRunning = false;
      return text;
    }
    const stated = this.#statedInstead(line, text);
    if (stated !== undefined) return this.#follow(stated, depth + 1);
    const told = toldIn(text);
    expect(told, `${line}: ${text}`).not.toEqual([]);
    let last = '';
    for (const each of told) last = await this.#follow(each, depth + 1);
    if (!/run\s+this\s+command\s+again/.test(text)) return last;
    const [, answer] =
      /again with (--on-chain [^\s;]+\.json)/.exec(text.replaceAll(/\s+/g, ' ')) ?? [];
    return this.#follow(answer === undefined ? line : withOnChain(line, answer), depth + 1);
  }

  /** Where a person has to state the number, this one looks it up. */
  #statedInstead(line: string, text: string): string | undefined {
    const isAsked = /state it yourself: --on-chain|State what is on chain by --on-chain/.test(text);
    return isAsked ? withOnChain(line, `--on-chain ${this.#onChain}`) : undefined;
  }

  #oldNode(): void {
    const { inUse, blockBefore } = this.#start;
    this.#commands += 1;
    if (this.#commands < blockBefore || !this.#isOldRunning) return;
    if (this.#accepts(inUse)) this.#onChain = inUse;
  }

  #switch(): void {
    expect(this.#accepts(this.#number), 'the node gets a pair that makes no block').toBe(true);
    this.#isOldRunning = false;
  }

  #drop(): void {
    const { inUse } = this.#start;
    expect(this.#accepts(inUse), `the key of ${inUse} makes blocks, and is dropped`).toBe(false);
    expect(this.#number < inUse, 'the agent would have taken the number').toBe(true);
    this.#isOldRunning = false;
  }

  async #run(line: string): Promise<{ readonly code: number; readonly text: string }> {
    this.#stage.onChain = this.#onChain === 'none' ? null : Number(this.#onChain);
    const { code, stdout, stderr } = await TRANSCRIPTS.printedBy(line, this.#stage);
    return { code, text: stdout + stderr };
  }

  async #succeeds(line: string): Promise<void> {
    const { code, text } = await this.#run(line);
    expect({ code, text: code === 0 ? '' : text }, line).toEqual({ code: 0, text: '' });
  }
}

/** The commands that a text tells, in their order: on lines of their own, or within its sentences. */
function toldIn(text: string): string[] {
  const lines = text.match(/(?<=^ +)(?:kes|cardano-cli) .*?(?= ;|;|$)/gm);
  const sentences = text
    .replaceAll(/\n +/g, ' ')
    .match(/(?<=: |&& |with )(?:kes|cardano-cli) .*?(?=; | && |, or |\n|$)/g);
  return (lines ?? sentences ?? []).map((line) => line.trim());
}

function withOnChain(line: string, option: string): string {
  return `${line.replace(/ --on-chain \S+/, '')} ${option}`;
}

const small = fc.bigInt(0n, 4n);
const start: fc.Arbitrary<Start> = fc.record({
  onChain: fc.oneof(fc.constant('none' as const), small),
  inUse: small,
  next: fc.bigInt(0n, 6n),
  isInAgent: fc.boolean(),
  isColdHere: fc.boolean(),
  blockBefore: fc.integer({ min: 1, max: 10 }),
});

/** None on chain and 1 in use, with the counter after it and with an old copy, and a block just before the end. */
const examples: [Start][] = [0n, 2n].flatMap((next) =>
  [true, false].flatMap((isInAgent) =>
    [true, false].map((isColdHere): [Start] => {
      const blockBefore = isColdHere ? 5 : 6;
      return [{ onChain: 'none', inUse: 1n, next, isInAgent, isColdHere, blockBefore }];
    }),
  ),
);

test('the commands that are printed end every rotation with a number that the network accepts, whenever the old node makes a block', async () => {
  const stage = newStage(NOW);
  makeColdKey('.');
  await TRANSCRIPTS.printedBy('kes agent run $AGENT &', stage);
  const control = join(stage.folder, 'agent/control.socket');
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(start, async (each) => {
      const folder = join(stage.folder, String((runs += 1)));
      mkdirSync(folder);
      process.chdir(folder);
      const walk = new Walk(stage, each, control);
      await walk.prepare();
      await walk.toTheEnd();
    }),
    { numRuns: 60, examples },
  );
});
