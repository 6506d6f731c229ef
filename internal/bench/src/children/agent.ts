/**
 * The process that measures an agent, and prints the result. Its argument is how much it does. It starts itself a second time
 * with `serve`, a folder and a cold verification key: that process has the agent.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { periodOfSlot, preview, slotOfDate } from '@evolock/cardano-headers';
import { issueCertificate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys } from '@evolock/kes-agent';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';

const [given, folder = mkdtempSync(join(tmpdir(), 'bench-agent-')), cold = ''] =
  process.argv.slice(2);
const repetitions = Number(given);
const [service, control] = ['service', 'control'].map((name) => join(folder, name)) as [
  string,
  string,
];

if (given === 'serve') await serve(Buffer.from(cold, 'hex'));

using seed = MLockedSeed.newRandom(32);
using coldKey = ed25519.generateKey(seed);
const coldVerificationKey = coldKey.deriveVerificationKey();
const self = fileURLToPath(import.meta.url);
const line = [self, 'serve', folder, Buffer.from(coldVerificationKey).toString('hex')];
const agent = spawn(process.execPath, line, { stdio: ['pipe', 'pipe', 'inherit'] });
try {
  await once(agent.stdout, 'data');
  await install();
  const toKey: number[] = [];
  await timeToKey();
  while (toKey.length < repetitions) toKey.push(await timeToKey());
  console.log(JSON.stringify(toKey));
} finally {
  agent.stdin.end();
  await once(agent, 'close');
  rmSync(folder, { recursive: true });
}

/** Prints one line when the agent listens, and ends the process when its standard input ends. */
async function serve(key: Uint8Array): Promise<never> {
  const settings = { service, control, coldVerificationKey: key, parameters: preview };
  const running = await Agent.start(settings);
  console.log('listening');
  await once(process.stdin.resume(), 'end');
  await running.close();
  process.exit();
}

async function install(): Promise<void> {
  const client = new ControlClient(control);
  const hotVerificationKey = await client.generate();
  const startPeriod = periodOfSlot(preview, slotOfDate(preview, new Date()));
  await client.install(
    issueCertificate(coldKey, { hotVerificationKey, startPeriod, sequenceNumber: 0n }),
  );
}

/** Milliseconds from the call of `receiveKeys` to the key. */
async function timeToKey(): Promise<number> {
  const begin = performance.now();
  const client = receiveKeys(service, { coldVerificationKey, parameters: preview });
  await once(client, 'key');
  const time = performance.now() - begin;
  await client.close();
  return time;
}
