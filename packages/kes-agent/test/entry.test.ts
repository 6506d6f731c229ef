/** What the entry exports, and the first example of the README against a running agent. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as kes from '@evolock/cardano-kes';
import { expect, onTestFinished, test } from 'vitest';
import * as agents from '../src/index.js';
import { pool } from './support/pool.js';
import { folder } from './support/sockets.js';

const { mainnet, periodOfSlot, slotOfDate } = kes;

test('the first example of the README prints a signature', async () => {
  const home = folder();
  const { coldVerificationKey } = pool;
  const [service, control] = [join(home, 'a', 'service'), join(home, 'a', 'control')];
  const options = { service, control, coldVerificationKey, parameters: mainnet };
  const agent = await agents.Agent.start(options);
  onTestFinished(() => agent.close());
  const operator = new agents.ControlClient(control);
  const start = Number(periodOfSlot(mainnet, slotOfDate(mainnet, new Date())));
  await operator.install(pool.certify(await operator.generate(), { start }));
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  const program = example
    .replace('/run/kes-agent/service.socket', service)
    .replace('new Uint8Array(32)', `Uint8Array.of(${String(coldVerificationKey)})`);
  const run = ['--input-type=module', '--eval', program];
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd });
  expect(stdout).toMatch(/^Uint8Array\(448\) \[/);
});

test('a name of this package is not that of another value in the package below', () => {
  const below = new Map<string, unknown>(Object.entries(kes));
  const doubled = Object.entries(agents).filter(
    ([name, value]) => below.has(name) && below.get(name) !== value,
  );
  expect(doubled.map(([name]) => name)).toEqual([]);
});
