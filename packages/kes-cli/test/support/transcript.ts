/**
 * A transcript of the command: lines that begin with `$ ` are run, and what they print follows. `kes …` runs in the process
 * of the test: in a pipe, with `< file` or `> file`, and an agent with `&`. The words of {@link FIXTURES} make files, name
 * a moment, or do what a message says. Every other line is one of the shell. `NAME='words'` stands for words of later lines.
 * Lines of standard error begin with `! `, and an exit code other than 0 is the last line, `exit N`. A line that begins with
 * `-- ` is a remark. No output holds a part of a signing key of the folder. Random keys are made from a counter, so that they are the same in each run.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  absolutePeriod,
  issueToFileWithSigner,
  readCertificate,
  readCounter,
} from '@evolock/cardano-kes';
import { MLockedSeed } from '@evolock/kes-sum';
import { expect, onTestFinished, vi } from 'vitest';
import { startAgent, type RunningAgent } from './agent.js';
import {
  makeCertificate,
  makeColdKey,
  makeKey,
  makeKeyOfDepth7,
  makeOtherKey,
  makePool,
  makeUnsignedCertificate,
  testSeed,
  writeExtendedColdKey,
} from './files.js';
import { kes } from './kes.js';
import { writeChunks, writeHeader } from './own-header.js';

/** Where a transcript runs, and what its lines have set. */
export interface Stage {
  readonly folder: string;
  /** The clock of this machine. */
  now: Date;
  /** The clock of the agents. */
  agentNow: Date;
  isTTY: boolean;
  agent: RunningAgent | undefined;
  /** The last number that cardano-cli finds on chain. */
  onChain: number | null;
  /** What the last line of `kes` printed. */
  last: string;
  readonly variables: Map<string, string>;
}

/** What one line prints. */
interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const SILENT: Printed = { stdout: '', stderr: '', code: 0 };

const PUBLIC = new Uint8Array(32);

/** The options of an agent of mainnet. */
const AGENT =
  '--service agent/service.socket --control agent/control.socket --sign agent/sign.socket --cold-vkey cold.vkey --network mainnet';

/** The working folder of a test and its moment. Lines break where they do because the path has 18 characters. */
export function newStage(now: Date): Stage {
  const folder = mkdtempSync('/tmp/kes-tr-');
  const before = process.cwd();
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
  process.chdir(folder);
  let count = 0;
  const newRandom = vi.spyOn(MLockedSeed, 'newRandom').mockImplementation((size: number) => {
    const bytes = createHash('sha256')
      .update(`key ${(count += 1)}`)
      .digest()
      .subarray(0, size);
    return MLockedSeed.fromBytes(new Uint8Array(bytes) as ReturnType<typeof testSeed>);
  });
  onTestFinished(() => {
    newRandom.mockRestore();
    process.chdir(before);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    rmSync(folder, { recursive: true });
  });
  const variables = new Map([
    ['PWD', folder],
    ['AGENT', AGENT],
    ['FAILED', "sed -n '/✗/,/^$/{/./p}'"],
  ]);
  const agent = undefined;
  return { folder, now, agentNow: now, isTTY: false, agent, onChain: null, last: '', variables };
}

/** Lines that set the stage: files of public seeds, the clock, a terminal, the chain. */
const FIXTURES: Readonly<Record<string, (stage: Stage, ...words: string[]) => unknown>> = {
  clock: (stage, date = '') => void (stage.now = stage.agentNow = new Date(date)),
  'clock-of-agent': (stage, date = '') => void (stage.agentNow = new Date(date)),
  terminal: (stage, state) => void (stage.isTTY = state === 'on'),
  'on-chain': (stage, last) => void (stage.onChain = last === 'none' ? null : Number(last)),
  'make-seed': (_, path = '') => writeFileSync(path, testSeed(), { mode: 0o600 }),
  'make-key': (_, path = '', period = '0') => void makeKey(path, Number(period)),
  'make-key-of-depth-7': (_, path = '') => void makeKeyOfDepth7(path),
  'make-other-key': (_, path = '') => makeOtherKey(path),
  'make-pool': () => makePool('.'),
  'make-cold-key': (_, next = '3') => makeColdKey('.', BigInt(next)),
  'make-extended-cold-key': (_, path = '') => writeExtendedColdKey(path),
  // Of no key, or of the key that it makes beside it.
  'make-certificate': (_, path = '', start = '', skey?: string) =>
    makeCertificate(path, skey === undefined ? PUBLIC : makeKey(skey), BigInt(start)),
  'make-unsigned-certificate': (_, path = '', skey?: string) =>
    makeUnsignedCertificate(path, skey === undefined ? PUBLIC : makeKey(skey)),
  'make-header': (_, path = '', ...words) => writeHeader(path, ...words),
  'make-chunks': (_, folder = '', ...words) => writeChunks(folder, ...words),
  'give-agent-a-key': giveAgentAKey,
  'reserve-number': (_, counter = '') => reserveNumber(counter),
  'cardano-cli': queryChain,
  'as-told': runPrinted,
  signal: signalAgent,
  'wait-for-log': async ({ agent }, ...words) => ({
    ...SILENT,
    stdout: `${(await agent?.logged(words.join(' '))) ?? ''}\n`,
  }),
};

/** Runs every line of a transcript, and returns the transcript with what is printed now. A line continues after `\\`. */
export async function transcriptOf(text: string, stage: Stage): Promise<string> {
  const parts: string[] = [];
  for (const [line] of text.matchAll(/^(?:\$|--) .*(?:(?<=\\)\n.*)*/gm)) {
    parts.push(line);
    if (!line.startsWith('$ ')) continue;
    const whole = line.slice(2).replaceAll(/ *\\\n */g, ' ');
    parts.push(...inLines(await printedBy(whole, stage), stage));
  }
  return parts.join('\n');
}

/** A printed path of the folder is `$PWD`, and the number of the process `PID`. */
function inLines({ stdout, stderr, code }: Printed, { folder }: Stage): string[] {
  const lines = (text: string) =>
    text
      .replaceAll(folder, '$PWD')
      .replaceAll(new RegExp(`\\b${process.pid}\\b`, 'g'), 'PID')
      .replaceAll(/(?<=evolock kes-agent )\d\S*/g, 'VERSION')
      .replaceAll(/(?<=was reserved on )\S+/g, 'DATE')
      .replace(/\n$/, '')
      .split('\n');
  return [
    ...(stdout === '' ? [] : lines(stdout)),
    ...(stderr === '' ? [] : lines(stderr).map((line) => `! ${line}`)),
    ...(code === 0 ? [] : [`exit ${code}`]),
  ];
}

/** Runs one line. */
export async function printedBy(line: string, stage: Stage): Promise<Printed> {
  const [, name, value = ''] = /^([A-Z]+)=(?:'(.*)'|(?=\S*$)(.*))$/.exec(line) ?? [];
  if (name !== undefined) {
    stage.variables.set(name, expanded(value, stage));
    return SILENT;
  }
  return printedByWords(expanded(line, stage), stage);
}

async function printedByWords(line: string, stage: Stage): Promise<Printed> {
  const [, before, environment = '', words, after] =
    /^(?:(.*) \| )?((?:[A-Z_]+=\S* )*)kes((?: .*?)?)(?: \| (.*))?$/.exec(line) ?? [];
  if (words !== undefined) return kesLine({ before, environment, words, after }, stage);
  const [, call = '', hides, filter] = /^(.*?)( 2> \/dev\/null)?(?: \| (.*))?$/.exec(line) ?? [];
  const [name = '', ...more] = wordsOf(call);
  const fixture = FIXTURES[name];
  if (fixture === undefined) return shellLine(line);
  try {
    const printed = ((await fixture(stage, ...more)) as Printed | undefined) ?? SILENT;
    const stderr = hides === undefined ? printed.stderr : '';
    return { ...printed, stdout: filtered(printed.stdout, filter), stderr };
  } catch (error) {
    return { ...SILENT, stderr: `${name}: ${String(error)}\n`, code: 1 };
  }
}

function expanded(line: string, { variables }: Stage): string {
  return line.replaceAll(/\$([A-Z]+)\b/g, (whole, name: string) => variables.get(name) ?? whole);
}

/** The words of a line, as a shell splits them. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|"([^"]*)"|\\(.)/g,
      (_, one?: string, two?: string, three?: string) => one ?? two ?? three ?? '',
    ),
  );
}

interface KesLine {
  readonly before: string | undefined;
  readonly environment: string;
  readonly words: string;
  readonly after: string | undefined;
}

async function kesLine(line: KesLine, stage: Stage): Promise<Printed> {
  const words = wordsOf(line.words);
  const [input, output, errors] = ['<', '>', '2>'].map((sign) => {
    const at = words.indexOf(sign);
    return at < 0 ? undefined : words.splice(at, 2)[1];
  });
  const environment = Object.fromEntries(
    wordsOf(line.environment).map((word) => word.split(/=(.*)/)),
  ) as Record<string, string>;
  if (words.at(-1) === '&') {
    const args = words.slice(2, -1);
    stage.agent = await startAgent(args, { environment, now: () => stage.agentNow });
    return SILENT;
  }
  const given =
    line.before !== undefined
      ? spawnSync('sh', ['-c', line.before]).stdout
      : input === undefined
        ? undefined
        : readFileSync(input);
  const { now, isTTY } = stage;
  const ended = await kes(words, {
    environment,
    now,
    isTTY,
    ...(given === undefined ? {} : { input: given }),
  });
  stage.last = ended.stdout + ended.stderr;
  for (const secret of secretsIn('.')) expect(stage.last).not.toMatch(secret);
  if (output !== undefined) writeFileSync(output, ended.stdout);
  const stdout = output === undefined ? filtered(ended.stdout, line.after) : '';
  return { code: ended.code, stdout, stderr: errors === undefined ? ended.stderr : '' };
}

/** Matches eight bytes of the seed that the files of signing keys begin with. */
function secretsIn(folder: string): RegExp[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      const text = textOf(join(parentPath, name));
      const [, seed = ''] = /SigningKey[^]*"cborHex": ?"(?:58..|59....)(.{64})/.exec(text) ?? [];
      const parts = Array.from({ length: seed.length - 15 }, (_, at) => seed.slice(at, at + 16));
      return seed === '' ? [] : [new RegExp(parts.join('|'))];
    });
}

/** The text of a file; nothing for one whose name is no UTF-8. */
function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

function filtered(text: string, filter: string | undefined): string {
  return filter === undefined ? text : shellLine(filter, text).stdout;
}

function shellLine(line: string, input = ''): Printed {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', line], { input });
  return { stdout: stdout.toString(), stderr: stderr.toString(), code: status ?? 1 };
}

/** Sends a signal to the agent. One that ends it prints its log. */
async function signalAgent(stage: Stage, name = ''): Promise<Printed> {
  const { agent } = stage;
  agent?.signal(name as NodeJS.Signals);
  if (name === 'SIGHUP' || agent === undefined) return SILENT;
  stage.agent = undefined;
  return agent.ended;
}

/** A command in a sentence. */
const TOLD = /(?<=: |&& |with )kes .*?(?=; | && |, or |\\n|"|$)/gm;

/** Runs the commands of the last output, or those with these numbers, and shows each. */
async function runPrinted(stage: Stage, ...numbers: string[]): Promise<Printed> {
  const { last } = stage;
  const lines = last.match(/(?<=^ +)(?:kes|cardano-cli) .*?(?=;|$)/gm);
  const found = lines ?? last.replaceAll(/\n +/g, ' ').match(TOLD) ?? [];
  if (found.length === 0) return { ...SILENT, stderr: 'nothing was told\n', code: 1 };
  const chosen =
    numbers.length === 0 ? found : numbers.map((number) => found[Number(number) - 1] ?? 'false');
  let all = SILENT;
  for (const told of chosen) {
    const line = told.replaceAll('<name>', 'mainnet');
    const { stdout, stderr, code } = await printedByWords(line, stage);
    all = { stdout: `${all.stdout}+ ${line}\n${stdout}`, stderr: all.stderr + stderr, code };
  }
  if (all.code === 0) stage.last = last;
  return all;
}

/** Stages a key in the agent, which it starts if there is none, and installs it with a certificate from KES period 1080. */
async function giveAgentAKey(stage: Stage, cert = ''): Promise<void> {
  const vkey = cert.replace('.cert', '.vkey');
  const control = '--control agent/control.socket';
  const issue = 'opcert issue --cold-skey cold.skey --counter cold.counter --unchecked';
  for (const line of [
    ...(stage.agent === undefined ? [`agent run ${AGENT} &`] : []),
    `agent gen-staged-key ${control} --out ${vkey}`,
    `${issue} --start-period 1080 --kes-vkey ${vkey} --out ${cert}`,
    `agent install-key ${control} --cert ${cert} --network mainnet`,
  ]) {
    const { code, stderr } = await printedByWords(`kes ${line}`, stage);
    if (code !== 0) throw new Error(stderr);
  }
}

/** Takes the next number of a counter for a certificate that does not come to be. */
async function reserveNumber(counterPath: string): Promise<Printed> {
  const details = {
    coldVerificationKey: readCounter(counterPath).coldVerificationKey,
    counterPath,
    hotVerificationKey: PUBLIC,
    startPeriod: absolutePeriod(1_080),
  };
  const failed = issueToFileWithSigner('never.cert', details, () => {
    throw new Error('the signer failed');
  });
  await failed.catch(() => undefined);
  return SILENT;
}

/** `cardano-cli query kes-period-info … --op-cert-file FILE --out-file FILE`. */
function queryChain({ onChain }: Stage, ...words: string[]): void {
  const [query, command] = words;
  const after = (name: string) => words[words.indexOf(name) + 1] ?? '';
  if (query !== 'query' || command !== 'kes-period-info') throw new Error('another query');
  const { certificate } = readCertificate(after('--op-cert-file'));
  const info = {
    qKesNodeStateOperationalCertificateNumber: onChain,
    qKesOnDiskOperationalCertificateNumber: Number(certificate.sequenceNumber),
    qKesStartKesInterval: Number(certificate.startPeriod),
  };
  writeFileSync(after('--out-file'), JSON.stringify(info));
}
