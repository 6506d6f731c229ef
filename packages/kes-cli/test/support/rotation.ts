/** What a rotation begins with: a pool of mainnet whose certificate has number 3 and starts at KES period 1020. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeKesVerificationKey } from '@evolock/cardano-kes';
import { expect } from 'vitest';
import { makeColdKey, makeKey } from './files.js';
import { inFolder } from './folder.js';
import { kes, kesJson, type Json } from './kes.js';

/** KES period 1080 of mainnet. */
export const NOW = new Date('2024-11-15T00:00:00Z');
export const NETWORK: readonly string[] = ['--network', 'mainnet'];
export const OLD: readonly string[] = ['--cert', 'node.cert', '--skey', 'kes.skey'];
export const COLD: readonly string[] = ['--cold-skey', 'cold.skey', '--counter', 'cold.counter'];
export const HERE: readonly string[] = ['--cold-skey-here', ...COLD.slice(1)];
export const NEW: readonly string[] = [
  '--new-cert',
  'node-1080.cert',
  '--new-skey',
  'kes-1080.skey',
];

/** The end of a rotation, where the number of the certificate in use is on chain. */
export const END: readonly string[] = ['--finish', ...NEW, '--on-chain', '3'];

/** Runs a command in the folder of the test. */
export function run(args: readonly string[], now = NOW): ReturnType<typeof kesJson> {
  return kesJson(args, { cwd: inFolder(), now });
}

/** Runs `kes rotate` on the pool. */
export function rotate(...more: readonly string[]): ReturnType<typeof kesJson> {
  return run(['rotate', ...OLD, ...NETWORK, ...more]);
}

/** Runs `kes opcert issue` with the cold key of the pool. */
export function issue(...more: readonly string[]): ReturnType<typeof kesJson> {
  return run(['opcert', 'issue', ...COLD, ...more]);
}

/** Runs `kes opcert issue` with the request of `kes rotate`. */
export function request(...more: readonly string[]): ReturnType<typeof kesJson> {
  return issue('--request', 'kes-1080.request', '--out', 'node-1080.cert', ...more);
}

/** Makes the pool. */
export async function makePool(): Promise<void> {
  makeColdKey(inFolder());
  writeKesVerificationKey(inFolder('kes.vkey'), makeKey(inFolder('kes.skey')));
  const start = [
    '--unchecked',
    '--start-period',
    '1020',
    '--kes-vkey',
    'kes.vkey',
    '--out',
    'node.cert',
  ];
  expect(
    await kes(['opcert', 'issue', ...COLD, ...start], { cwd: inFolder(), now: NOW }),
  ).toMatchObject({ code: 0 });
}

/** The message of an error of `--json`. */
export function messageOf(stderr: string): string {
  const error: Json = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
  return error.error.message as string;
}

/** The arguments of a printed command, as a shell splits them in the folder of the test. */
export function wordsOf(line: string): string[] {
  const words = `kes() { printf '%s\\n' "$@"; }; ${line}`;
  return execFileSync('sh', ['-c', words], { encoding: 'utf8', cwd: inFolder() })
    .trimEnd()
    .split('\n');
}

/** The ways out that a message gives after `run:`, each of one command or more. */
export function waysIn(message: string): string[][][] {
  return [...message.matchAll(/run: (kes [^;]+)/g)].map(([, line = '']) =>
    line.split(' && ').map(wordsOf),
  );
}

/** Takes a way out: every command of it has to succeed. Returns the JSON of the last one. */
export async function take(way: readonly string[][] | undefined, now = NOW): Promise<Json> {
  let last: Json;
  for (const args of way ?? []) {
    const { code, json, stderr } = await run(args, now);
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    last = json;
  }
  return last;
}

/** Files that an interrupted run left: locks and unfinished files. */
export function leftovers(): string[] {
  return readdirSync(inFolder()).filter((name) => name.startsWith('.'));
}
