/** What a command loads before it does its work: nothing that it does not use. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inFolder } from '@evolock/command-testing/folder';
import { kesProcess } from '../support/processes/process.js';

const hook = fileURLToPath(new URL('../support/processes/loaded-modules.cjs', import.meta.url));

/** A text that is in the code of a part only. */
const PARTS = {
  'native code': /sodium-native\.node$/m,
  'locked memory': /ERR_EVOLOCK_SODIUM_UNAVAILABLE/,
  'keys and certificates':
    /ERR_EVOLOCK_CARDANO_RESERVED_NUMBER'|"ERR_EVOLOCK_CARDANO_RESERVED_NUMBER";/,
  cbor: /Unexpected end of CBOR data/,
  threads: /ERR_EVOLOCK_VERIFY_THREAD/,
  agent: /ERR_EVOLOCK_AGENT_REFUSED/,
  toml: /Invalid TOML document/,
  messages: /ERR_EVOLOCK_DMQ_MESSAGE/,
} as const;

/** The parts of which a command loads code. */
async function partsOf(...args: readonly string[]): Promise<string[]> {
  const environment = { KES_TEST_LOADED: inFolder('loaded') };
  await kesProcess(args, { environment, node: ['--require', hook] });
  const files = readFileSync(inFolder('loaded'), 'utf8');
  const isCode = (file: string): boolean => /\.c?js$/.test(file);
  const code = files
    .split('\n')
    .filter(isCode)
    .map((file) => readFileSync(file, 'utf8'));
  const loaded = [files, ...code].join('\n');
  return Object.entries(PARTS).flatMap(([part, text]) => (text.test(loaded) ? [part] : []));
}

const KEYS = ['native code', 'locked memory', 'keys and certificates', 'cbor'];

test('help loads no code of keys', async () => {
  expect(await partsOf('--help')).toEqual([]);
});

test('inspect and status load keys, and no threads, agent or messages', async () => {
  expect(await partsOf('inspect', inFolder('none'))).toEqual(KEYS);
  expect(await partsOf('status', '--cert', inFolder('none'))).toEqual(KEYS);
});

test('the code of agents, messages and threads is loaded by the commands that use it', async () => {
  expect(await partsOf('agent', 'run', '--help')).not.toContain('agent');
  expect(await partsOf('agent', 'run', '--config', inFolder('none'))).toContain('toml');
  expect(await partsOf('agent', 'info', '--control', inFolder('none'))).toContain('agent');
  expect(await partsOf('dmq', 'inspect', inFolder('none'))).toContain('messages');
  const headers = ['header', 'verify', '--network', 'mainnet', inFolder('none')];
  expect(await partsOf(...headers)).toContain('threads');
});
