/**
 * One run of `kes-agent-control`: from its arguments to its exit code, and what each verb does and prints.
 */
import { hexOf, readCertificate, writeVerificationKey } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { ControlClient } from '../client/control-client.js';
import { AgentRefusalError, type Result } from '../errors.js';
import type { AgentInfo, InstalledKey } from '../wire/control.js';
import { results } from '../wire/codec.js';
import { help, readArguments, UsageError, type ControlArguments, type Verb } from './arguments.js';

declare const PACKAGE_VERSION: string;

/** Where lines go. */
export interface Output {
  /** To standard output. */
  print(line: string): void;
  /** To standard error. */
  warn(line: string): void;
}

/** The exit code of a failure that is no refusal by the agent. */
export const FAILURE = 1;

/** Runs the command. Errors become lines on standard error. */
export async function runControl(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: Output,
): Promise<number> {
  try {
    const given = readArguments(args, environment);
    if (typeof given !== 'string') return await runVerb(given, output);
    output.print(given === 'help' ? help.trimEnd() : `kes-agent-control ${PACKAGE_VERSION}`);
    return 0;
  } catch (error) {
    output.warn(`error: ${error instanceof Error ? error.message : String(error)}`);
    if (!(error instanceof UsageError)) return FAILURE;
    output.warn('--help shows the verbs and options');
    return error.exitCode;
  }
}

type Action = (client: ControlClient, given: ControlArguments, output: Output) => Promise<void>;

/**
 * Does what a command line asks for.
 *
 * @returns The exit code: 0, or the number of the refusal.
 */
async function runVerb(given: ControlArguments, output: Output): Promise<number> {
  const onRetry = (left: number): void => {
    const times = left === 1 ? '1 more time' : `${String(left)} more times`;
    if (given.showsRetries) output.print(`Connection to agent failed, will try again ${times}`);
  };
  const client = new ControlClient(given.path, { retry: { ...given.retry, onRetry } });
  try {
    await actions[given.verb](client, given, output);
    return 0;
  } catch (error) {
    if (!(error instanceof AgentRefusalError)) throw error;
    output.print(`${failures[given.verb]}: ${refusals[error.result]}`);
    return results.indexOf(error.result);
  }
}

const failures: Readonly<Record<Verb, string>> = {
  'gen-staged-key': 'Key generation has failed. Please check KES agent log for details',
  'export-staged-vkey': 'Error',
  'drop-staged-key': 'Staged key not dropped',
  'install-key': 'Error',
  'drop-key': 'KES key not dropped',
  info: 'Error',
};

const refusals: Readonly<Record<Result, string>> = {
  ok: 'no error',
  outdated: 'KES key outdated',
  'invalid-certificate': 'OpCert validation failed',
  'no-key': 'No KES key found',
  unsupported: 'Operation not supported',
  unknown: 'unknown error',
};

const actions: Readonly<Record<Verb, Action>> = {
  async 'gen-staged-key'(client, { verificationKeyFile, replacesStaged }, output) {
    output.print('Asking agent to generate a key...');
    // The agent replaces a staged key without a question.
    const former = replacesStaged ? undefined : await client.exportStaged();
    if (former !== undefined) {
      throw new Error(
        `a key is staged already (${hexOf(former)}): write it with export-staged-vkey, or replace it with --replace-staged, after which a certificate for it is useless`,
      );
    }
    const verificationKey = await client.generate();
    output.print('KES SignKey generated.');
    writeKey(verificationKeyFile, verificationKey, output);
  },

  async 'export-staged-vkey'(client, { verificationKeyFile }, output) {
    const verificationKey = await client.exportStaged();
    if (verificationKey === undefined) output.print('No key available.');
    else writeKey(verificationKeyFile, verificationKey, output);
  },

  async 'drop-staged-key'(client, _given, output) {
    await client.dropStaged();
    output.print('Staged key dropped.');
  },

  async 'install-key'(client, { certificateFile }, output) {
    if (certificateFile === undefined)
      throw new UsageError('install-key needs a certificate: --opcert-file FILE');
    await client.install(readCertificate(certificateFile).certificate);
    output.print('KES key installed.');
  },

  async 'drop-key'(client, _given, output) {
    await client.drop();
    output.print('KES key dropped.');
  },

  async info(client, { path }, output) {
    for (const line of linesOf(await client.info(), path)) output.print(line);
  },
};

/** Replaces an existing file, as the reference does: the new staged key has made it useless. */
function writeKey(file: string, verificationKey: Uint8Array, output: Output): void {
  if (file === '-') {
    output.print(
      JSON.stringify(
        {
          type: 'KesVerificationKey_ed25519_kes_2^6',
          description: 'KES Verification Key',
          cborHex: `5820${hexOf(verificationKey)}`,
        },
        null,
        4,
      ),
    );
    return;
  }
  writeVerificationKey('kes', file, verificationKey, { replace: true });
  output.print(`KES VerKey written to ${file}`);
}

/** Earlier versions of the protocol have neither the version nor the period's start and end. */
function linesOf(info: AgentInfo, path: string): readonly string[] {
  const { program, periodStart, periodEnd, installed, staged, peers } = info;
  return [
    '--- Agent ---',
    ...(program === undefined ? [] : [`Agent version: ${shown(program)}`]),
    `Connected via: ${shown(path)}`,
    `Current time: ${timeOf(info.now)}`,
    `Current KES period: ${String(info.period)}`,
    ...(periodStart === undefined ? [] : [`Current KES period started: ${timeOf(periodStart)}`]),
    ...(periodEnd === undefined ? [] : [`Next KES period starts: ${timeOf(periodEnd)}`]),
    ...(installed === undefined ? [] : linesOfInstalled(installed)),
    ...(staged === undefined ? [] : ['--- Staged KES SignKey ---', `VerKey: ${hexOf(staged)}`]),
    ...(peers.length === 0 ? [] : ['--- Bootstrap Agents ---']),
    ...peers.map(({ address, status }) => `${shown(address).padStart(30)} ${statuses[status]}`),
  ];
}

const statuses = {
  up: 'ConnectionUp',
  connecting: 'ConnectionConnecting',
  down: 'ConnectionDown',
} as const;

function linesOfInstalled(key: InstalledKey): readonly string[] {
  return [
    '--- Installed KES SignKey ---',
    `Timestamp: ${key.timestamp === undefined ? 'n/a' : timeOf(key.timestamp)}`,
    `VerKey: ${hexOf(key.verificationKey)}`,
    `Valid from period: ${String(key.startPeriod)}`,
    `Current evolution: ${String(key.evolution)} / ${String(sum6Kes.totalPeriods)}`,
    `OpCert number: ${String(key.counter)}`,
    `OpCert signature: ${hexOf(key.signature)}`,
  ];
}

/** A moment in seconds since 1970, as the reference shows it. */
function timeOf(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1_000);
  if (Number.isNaN(date.getTime())) return `${String(seconds)} s since 1970`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The text of an agent, without characters that a terminal obeys. */
function shown(text: string): string {
  return text.replaceAll(/\p{C}/gu, '?');
}
