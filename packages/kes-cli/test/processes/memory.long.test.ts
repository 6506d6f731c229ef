/** Scans of the running command find no copy of a key outside locked memory, as bytes or as digits. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mainnet, periodOfSlot, slotOfDate } from '@evolock/cardano-headers';
import { writeCounter } from '@evolock/cardano-kes';
import {
  describeFindings,
  MaskedNeedle,
  scanProcess,
  waitUntilStopped,
  type Finding,
} from '@evolock/memory-scan';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '../support/files.js';
import { inFolder } from '@evolock/command-testing/folder';
import { kes, kesJson } from '../support/kes.js';
import { startRun, type Call } from '../support/processes/interruptions.js';

const BLOCK = 32;
const LEVEL = 96;

/** The secrets in a key file: the seed of its leaf, and the seeds of the unused right halves. */
function needlesOf(path: string, prefix: string): MaskedNeedle[] {
  const { cborHex } = JSON.parse(readFileSync(path, 'utf8')) as { cborHex: string };
  // A head of three bytes, the seed of the leaf, then a seed and two verification keys for each level.
  const key = Buffer.from(cborHex, 'hex').subarray(3);
  const offsets = Array.from({ length: 6 }, (_, level) => BLOCK + LEVEL * level);
  return [0, ...offsets]
    .map((offset) => ({ offset, secret: Uint8Array.from(key.subarray(offset, offset + BLOCK)) }))
    .filter(({ secret }) => secret.some((byte) => byte !== 0))
    .map(({ offset, secret }) => MaskedNeedle.fromBytes(`${prefix} ${offset}`, secret));
}

interface Seen {
  readonly unlocked: string;
  /** The names of the secrets in locked memory. */
  readonly locked: ReadonlySet<string>;
  readonly output: string;
}

/** Stops a run at a call, scans for secrets, and continues it to its end. */
async function look(
  args: readonly string[],
  call: Call,
  needles: () => readonly MaskedNeedle[],
  expected = 0,
): Promise<Seen> {
  const child = startRun(args, call, 'SIGSTOP');
  let output = '';
  child.stdout?.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (output += part.toString()));
  try {
    await waitUntilStopped(child.pid!, { signal: AbortSignal.timeout(30_000) });
    const { findings, unreadable } = scanProcess(child.pid!, needles());
    expect(unreadable).toEqual([]);
    child.kill('SIGCONT');
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, output }).toMatchObject({ code: expected });
    const isLocked = ({ mapping }: Finding): boolean => mapping.locked;
    return {
      unlocked: describeFindings(findings.filter((finding) => !isLocked(finding))),
      locked: new Set(findings.filter(isLocked).map(({ needle }) => needle)),
      output,
    };
  } finally {
    child.kill('SIGKILL');
  }
}

async function newKey(): Promise<string> {
  const path = inFolder('kes.skey');
  const { code } = await kes(['keygen', '--skey', path, '--vkey', inFolder('kes.vkey')]);
  expect(code).toBe(0);
  return path;
}

async function newColdKey(): Promise<{ file: string; needles: MaskedNeedle[] }> {
  const file = inFolder('cold.skey');
  const secret = randomBytes(BLOCK);
  const cborHex = `5820${secret.toString('hex')}`;
  const type = 'StakePoolSigningKey_ed25519';
  writeFileSync(file, JSON.stringify({ type, description: '', cborHex }), { mode: 0o600 });
  const { json } = await kesJson(['inspect', file]);
  const key = Uint8Array.from(Buffer.from(json.coldVerificationKey as string, 'hex'));
  writeCounter(inFolder('cold.counter'), { next: 0n, coldVerificationKey: key });
  return { file, needles: [MaskedNeedle.fromBytes('cold key', secret)] };
}

/** Expects no secret in ordinary memory when a run is at a call, and in locked memory exactly these; none at its exit. */
async function expectLocked(
  args: readonly string[],
  call: Call,
  needles: () => readonly MaskedNeedle[],
  locked: () => readonly MaskedNeedle[] = call === 'exit' ? () => [] : needles,
): Promise<void> {
  const seen = await look(args, call, needles);
  expect(seen.unlocked).toBe('no finding');
  // The scan finds the locked copy, so it works.
  expect([...seen.locked].sort()).toEqual(
    locked()
      .map(({ name }) => name)
      .sort(),
  );
}

describe.runIf(process.platform === 'linux')('the memory of the running command', () => {
  test('keygen: the key is only in locked memory while it is written, and nowhere at the end', async () => {
    const path = inFolder('kes.skey');
    const args = ['keygen', '--skey', path, '--vkey', inFolder('kes.vkey')];
    // The file has its name, so its content is known. The temporary name is about to be removed.
    await expectLocked(args, 'unlinkSync:.evolock-new', () => needlesOf(path, 'key'));
    await expectLocked([...args, '--force'], 'exit', () => needlesOf(path, 'key'));
  });

  test('sign: the key is only in locked memory while the message is read, and nowhere at the end', async () => {
    const path = await newKey();
    const message = inFolder('message');
    writeFileSync(message, 'message');
    const needles = needlesOf(path, 'key');
    const args = ['sign', '--skey', path, message];
    await expectLocked(args, message, () => needles);
    await expectLocked(args, 'exit', () => needles);
  });

  test('dmq sign: the key is only in locked memory while the body is read, and nowhere at the end', async () => {
    const path = await newKey();
    const { json } = await kesJson(['vkey', path]);
    const key = new Uint8Array(Buffer.from(json.kesVerificationKey as string, 'hex'));
    const period = periodOfSlot(mainnet, slotOfDate(mainnet, new Date()));
    makeCertificate(inFolder('node.cert'), key, period);
    const body = inFolder('body');
    writeFileSync(body, 'body');
    const needles = needlesOf(path, 'key');
    const network = ['--network', 'mainnet'];
    const args = ['dmq', 'sign', '--cert', inFolder('node.cert'), '--skey', path, ...network, body];
    await expectLocked(args, body, () => needles);
    await expectLocked(args, 'exit', () => needles);
  });

  test('evolve: the new key is only in locked memory, the old one is nowhere, and at the end neither', async () => {
    const path = await newKey();
    const old = needlesOf(path, 'old');
    const text = readFileSync(path);
    await kes(['evolve', path, '--to', '33', '--leave-node']);
    const fresh = needlesOf(path, 'new');
    const back = (): void => writeFileSync(path, text, { mode: 0o600 });
    const args = ['evolve', path, '--to', '33', '--leave-node'];
    back();
    const all = () => [...old, ...fresh];
    await expectLocked(args, 'renameSync', all, () => fresh);
    back();
    await expectLocked(args, 'exit', all);
  });

  test('opcert issue: the cold key is only in locked memory, and nowhere at the end', async () => {
    const path = await newKey();
    const { file, needles } = await newColdKey();
    const args = [
      ...['opcert', 'issue', '--kes-vkey', inFolder('kes.vkey'), '--cold-skey', file],
      ...['--counter', inFolder('cold.counter'), '--unchecked', '--start-period', '0'],
      ...['--out', inFolder('node.cert'), '--force'],
    ];
    await expectLocked(args, 'renameSync', () => needles);
    await expectLocked(args, 'exit', () => needles);
    // The command that reads the KES key with the certificate.
    const hot = needlesOf(path, 'key');
    const status = ['status', '--cert', inFolder('node.cert'), '--skey', path];
    const at = ['--network', 'mainnet', '--slot', '5'];
    await expectLocked([...status, ...at], 'exit', () => hot);
  });

  test('rotate with the cold key here: no key is in ordinary memory, and at the end none is left', async () => {
    const path = await newKey();
    const { file, needles: cold } = await newColdKey();
    const pool = ['--cold-skey', file, '--counter', inFolder('cold.counter')];
    const start = ['--kes-vkey', inFolder('kes.vkey'), '--unchecked', '--start-period', '0'];
    const cert = inFolder('node.cert');
    expect((await kes(['opcert', 'issue', ...pool, ...start, '--out', cert])).code).toBe(0);
    const args = [
      ...['rotate', '--cert', cert, '--skey', path, '--network', 'mainnet'],
      ...['--cold-skey-here', ...pool.slice(1)],
    ];
    const old = needlesOf(path, 'old');
    const fresh = (): MaskedNeedle[] => {
      const name = readdirSync(inFolder()).find((each) => /^kes-\d+\.skey$/.test(each));
      return name === undefined ? [] : needlesOf(inFolder(name), 'new');
    };
    // Only a complete certificate is truncated to its length: the cold key is about to be released.
    const all = () => [...old, ...fresh(), ...cold];
    await expectLocked(args, 'ftruncateSync', all, () => cold);
    for (const name of readdirSync(inFolder()).filter((each) => /-\d+\./.test(each)))
      rmSync(inFolder(name));
    // The counter has given that number.
    const again = [...args, '--reuse-number', '1'];
    await expectLocked(again, 'exit', all);
  });

  /** Every command that reads a public file. */
  const mistakes: readonly (readonly [
    name: string,
    args: (key: string) => string[],
    code?: number,
  ])[] = [
    // The key is one line among the others, and the other files are judged.
    ['header verify', (key) => ['header', 'verify', '--network', 'mainnet', key], 4],
    ['header verify, a folder', () => ['header', 'verify', '--network', 'mainnet', inFolder()], 4],
    ['header verify --genesis', (key) => ['header', 'verify', '--genesis', key, '-']],
    [
      'header verify --resume',
      (key) => ['header', 'verify', '--network', 'mainnet', '--resume', key, inFolder()],
    ],
    ['header inspect', (key) => ['header', 'inspect', key], 4],
    [
      'verify --signature',
      (key) => [
        ...['verify', '--vkey', '00'.repeat(32), '--period', '0'],
        ...['--signature', key, inFolder('kes.vkey')],
      ],
    ],
    ['sign', (key) => ['sign', '--skey', key, key]],
    ['dmq verify', (key) => ['dmq', 'verify', '--network', 'mainnet', key], 3],
    ['dmq inspect', (key) => ['dmq', 'inspect', key]],
    [
      'sign, from a pipe',
      (key) => {
        const pipe = inFolder('pipe.kes.skey');
        execFileSync('mkfifo', [pipe]);
        const writer = spawn('cp', [key, pipe]);
        onTestFinished(() => void writer.kill());
        return ['sign', '--skey', key, pipe];
      },
    ],
    [
      'verify',
      (key) => [
        ...['verify', '--vkey', '00'.repeat(32), '--period', '0'],
        ...['--signature', inFolder('signature'), key],
      ],
    ],
  ];

  test.each(mistakes.map(([name, args, code = 1]) => [name, args, code] as const))(
    '%s: a signing key given where a public file is expected is refused, and is nowhere',
    async (_name, args, code) => {
      const path = await newKey();
      writeFileSync(inFolder('signature'), '00'.repeat(448));
      const needles = needlesOf(path, 'key');
      const { unlocked, locked, output } = await look(args(path), 'exit', () => needles, code);
      expect(unlocked).toBe('no finding');
      expect([...locked]).toEqual([]);
      expect(output).toMatch(
        /^(kes: error: |- ).*kes\.skey(:| {2}(?:not read|unusable):) it looks like the file of a signing key/m,
      );
    },
  );

  test.each(['inspect', 'vkey'])(
    '%s: no part of the key remains or is printed',
    async (command) => {
      const path = await newKey();
      const needles = needlesOf(path, 'key');
      const { cborHex } = JSON.parse(readFileSync(path, 'utf8')) as { cborHex: string };
      const { unlocked, locked, output } = await look([command, path], 'exit', () => needles);
      expect(unlocked).toBe('no finding');
      expect([...locked]).toEqual([]);
      // The first block after the head is the seed of the leaf. No eight digits of it are printed.
      for (let at = 6; at < 6 + 64 - 8; at += 1) {
        expect(output).not.toContain(cborHex.slice(at, at + 8));
      }
    },
  );
});
