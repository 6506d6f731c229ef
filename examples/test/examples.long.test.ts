import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { expect, onTestFinished, test } from 'vitest';
import { handOver } from '../one-key-life/hand-over.js';

const built = (name: string) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));

function start(name: string, ...args: string[]) {
  return spawn(process.execPath, [built(name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(name: string) {
  const child = start(name);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

test.each([
  ['compose-a-depth', 'ed25519_kes_2^10: signed at period 1000 of 1024, 704 bytes'],
  ['key-in-a-file', 'period 1 is not written\nthe file is at period 1'],
  ['own-sink', 'both shares together give the key'],
  ['key-to-a-worker', 'valid: true'],
  ['pool-keys', 'next number: 1'],
  [
    'block-producer',
    'epoch 3: valid (certificate good, KES good, VRF good)\nepoch 3: invalid (certificate good, KES good, VRF bad) vrf-proof',
  ],
  ['cold-device', 'refused: number 0 has no certificate\ncertificate 0\nnext number: 1'],
  ['agent', 'a node of the agent first forges at evolution 3: true'],
  ['dmq-message', 'a changed body: refused (message-id, kes-signature)'],
  [
    'sealed-log',
    [
      'changes nothing: valid',
      'rewrites yesterday: invalid, entries at seal 2, entry 1 was changed',
      'rewrites yesterday, and seals all of it again with a new key: invalid, signature at seal 0',
      'cuts the end: incomplete, behind-checkpoint',
      'cuts the end, and goes on with the stolen key: invalid, signature at seal 3',
      'cuts the end, and invents a gap: invalid, number at seal 3',
      'adds a lie today: valid',
    ].join('\n'),
  ],
  ['verify-a-stream', '1000 signatures, invalid: 700'],
  ['one-key-life', 'update() throws ERR_EVOLOCK_KES_LAST_PERIOD; the key there is wiped'],
])('%s runs and ends without an error', async (name, line) => {
  const { code, stdout, stderr } = await run(name);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(line);
});

test('a scan for copies of a seed finds none outside locked memory, or states why it cannot scan', async () => {
  const { code, stdout, stderr } = await run('scan-for-copies');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^(after its release there is no copy of the seed|not scanned: .+)$/m);
});

test('the service refuses requests that are too large or of unknown length, and answers an open request before it ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = start('service', '0', join(folder, 'service.key'));
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  const { port, verificationKey } = JSON.parse(String(first)) as Record<string, string>;
  const url = `http://127.0.0.1:${port}`;
  for (const headers of [{ 'content-length': '65537' }, { 'transfer-encoding': 'chunked' }]) {
    const refused = request(url, { method: 'POST', headers });
    // The server may close the connection before the body is sent.
    refused.on('error', () => undefined);
    const response = once(refused, 'response') as Promise<[{ statusCode: number }]>;
    refused.flushHeaders();
    expect((await response)[0].statusCode).toBe(400);
    refused.destroy();
  }
  const message = Buffer.from('first half, second half');
  const open = request(url, { method: 'POST', headers: { 'content-length': message.length } });
  const answer = once(open, 'response') as Promise<[NodeJS.ReadableStream]>;
  await new Promise((resolve) => open.write(message.subarray(0, 11), resolve));
  // A request on a second connection is answered after the first one has arrived.
  await fetch(url, { method: 'POST', body: 'another' });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const rest = text(child.stdout);
  child.kill('SIGTERM');
  open.end(message.subarray(11));
  const [response] = await answer;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const key = Buffer.from(verificationKey ?? '', 'hex');
  expect(sum6Kes.verify(key, 0, message, Buffer.concat(chunks))).toBe(true);
  expect(await closed).toEqual([0, null]);
  expect(await rest).toBe('the key is wiped\n');

  const again = start('service', '0', join(folder, 'service.key'));
  const [second] = (await once(again.stdout, 'data')) as [Buffer];
  again.kill('SIGKILL');
  expect(JSON.parse(String(second))).toMatchObject({ verificationKey });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test.each([
  ['is silent', 'setInterval(() => undefined, 1000)', 300, 'SIGKILL'],
  ['ends at once', '', 30_000, 'too early'],
  ['ends with the key', 'console.log(\'{"verificationKey":"","period":32}\')', 30_000, 'too early'],
  ['fails', 'process.exitCode = 3', 30_000, 'exit code 3'],
])('a second process that %s is an error', async (_what, script, timeLimit, words) => {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'second.mjs');
  writeFileSync(program, script);
  const listener = { received() {}, signed() {}, ended: () => expect.unreachable() };
  // Node.js 20 collects an `AbortSignal.any` that would end a silent process.
  const collecting = setInterval(collect, 10);
  onTestFinished(() => clearInterval(collecting));
  using seed = MLockedSeed.newRandom(32);
  using key = sum6Kes.generateKey(seed);
  const handing = handOver(key, pathToFileURL(program), timeLimit, listener);
  await expect(handing).rejects.toThrow(words);
});
