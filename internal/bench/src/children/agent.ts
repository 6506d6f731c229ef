/**
 * The process that measures an agent, and prints the result. Its argument is how much it does. It starts itself a second time
 * with `serve`, a folder and a cold verification key: that process has the agent, and a bare Unix socket that sends each byte
 * back.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { issueCertificate, periodOfSlot, preview, slotOfDate } from '@evolock/cardano-kes';
import { Agent, ControlClient, receiveKeys } from '@evolock/kes-agent';
import { ed25519, MLockedSeed } from '@evolock/kes-sum';

const [given, folder = mkdtempSync(join(tmpdir(), 'bench-agent-')), cold = ''] =
  process.argv.slice(2);
const repetitions = Number(given);
const socketAt = (name: string): string => join(folder, name);

if (given === 'serve') await serve(Buffer.from(cold, 'hex'));

using seed = MLockedSeed.newRandom(32);
using coldKey = ed25519.generateKey(seed);
const coldVerificationKey = coldKey.deriveVerificationKey();
const control = new ControlClient(socketAt('control'));
const self = fileURLToPath(import.meta.url);
const line = [self, 'serve', folder, Buffer.from(coldVerificationKey).toString('hex')];
const agent = spawn(process.execPath, line, { stdio: ['pipe', 'pipe', 'inherit'] });
try {
  await once(agent.stdout, 'data');
  console.log(JSON.stringify(await measure()));
} finally {
  agent.stdin.end();
  await once(agent, 'close');
  rmSync(folder, { recursive: true });
}

/** Prints one line when the agent listens, and ends the process when its standard input ends. */
async function serve(key: Uint8Array): Promise<never> {
  const running = await Agent.start({
    service: socketAt('service'),
    control: socketAt('control'),
    coldVerificationKey: key,
    parameters: preview,
  });
  const echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(socketAt('echo'), () => console.log('listening'));
  await once(process.stdin.resume(), 'end');
  echo.close();
  await running.close();
  process.exit();
}

/** What was measured. A list has one value a repetition. */
export type AgentResult = Awaited<ReturnType<typeof measure>>;

async function measure() {
  await install();
  await timesToKey(1);
  return {
    /** Milliseconds from the call of `receiveKeys` to the key. */
    toKey: await timesToKey(repetitions),
    /** Milliseconds from `connect` to one byte that came back, over a bare Unix socket. */
    roundTrip: await each(repetitions, roundTripTime),
  };
}

async function each(count: number, value: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  while (values.length < count) values.push(await value());
  return values;
}

async function install(): Promise<void> {
  const hotVerificationKey = await control.generate();
  const startPeriod = periodOfSlot(preview, slotOfDate(preview, new Date()));
  await control.install(
    issueCertificate(coldKey, { hotVerificationKey, startPeriod, sequenceNumber: 0n }),
  );
}

function timesToKey(count: number): Promise<number[]> {
  return each(count, async () => {
    const begin = performance.now();
    const client = receiveKeys(socketAt('service'), { coldVerificationKey, parameters: preview });
    await once(client, 'key');
    const time = performance.now() - begin;
    await client.close();
    return time;
  });
}

async function roundTripTime(): Promise<number> {
  const begin = performance.now();
  const socket = connect(socketAt('echo'));
  socket.write(Uint8Array.of(1));
  await once(socket, 'data');
  const time = performance.now() - begin;
  socket.destroy();
  await once(socket, 'close');
  return time;
}
