/** Messages of the queue: signed by a key file or an agent, verified, inspected. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { verifyDmqMessage } from '@evolock/cardano-dmq';
import { preview } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import { installNewKey, issue, makePool, NOW, PERIOD, startAgent } from './support/agent.js';
import {
  envelopeIn,
  makeCertificate,
  makeKey,
  makeKeyOfDepth7,
  makeOtherKey,
  makeUnsignedCertificate,
} from './support/files.js';
import { inFolder } from './support/folder.js';
import { kes, kesJson, type Json, type RunOptions } from './support/kes.js';

const EVOLUTION = 3;
const NETWORK = ['--network', 'preview'];
const CERT = ['--cert', 'node.cert'];
const SIGN = ['dmq', 'sign', 'body', ...NETWORK, ...CERT];
const WITH_KEY = [...SIGN, '--skey', 'kes.skey'];
const VERIFY = ['dmq', 'verify', ...NETWORK];
const INSPECT = ['dmq', 'inspect'];
const BODY = 'a signature of Mithril';

/** Seconds. */
const NOW_SECONDS = NOW.getTime() / 1_000;

beforeEach(() => {
  makeCertificate(inFolder('node.cert'), makeKey(inFolder('kes.skey')), BigInt(PERIOD - EVOLUTION));
  writeFileSync(inFolder('body'), BODY);
});

/** Runs in the folder of the test, at the moment of the tests. */
function here(args: readonly string[], options: RunOptions = {}) {
  return kes(args, { cwd: inFolder(), now: NOW, ...options });
}

/** The same with `--json`, for one line or object of JSON. */
async function json(args: readonly string[], options: RunOptions = {}): Promise<Json> {
  return (await kesJson(args, { cwd: inFolder(), now: NOW, ...options })).json;
}

/** Signs `body`, and returns the bytes of the message. */
async function sign(...options: readonly string[]): Promise<Buffer> {
  const args = [...WITH_KEY, '--out', 'message.dmq', '--force', ...options];
  expect(await here(args)).toMatchObject({ code: 0, stderr: '' });
  return readFileSync(inFolder('message.dmq'));
}

/** The line is the only one on stderr, and nothing is written. */
async function refused(
  args: readonly string[],
  code: number,
  says: RegExp,
  options: RunOptions = {},
): Promise<void> {
  const ended = await here([...args, '--out', 'new.dmq'], options);
  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toMatch(/^kes: error: [^\n]+\n$/);
  expect(ended.stderr).toMatch(says);
  expect(existsSync(inFolder('new.dmq'))).toBe(false);
}

describe('kes dmq sign', () => {
  test('writes bytes that a node accepts, for the current KES period and 600 seconds', async () => {
    const bytes = await sign();
    const now = NOW.getTime();
    const verdict = verifyDmqMessage(bytes, { parameters: preview, now, lastSequenceNumber: 7n });
    expect(verdict.failures).toEqual([]);
    const { message } = verdict;
    expect(Buffer.from(message?.body ?? []).toString()).toBe(BODY);
    expect(message?.period).toBe(BigInt(PERIOD));
    expect(message?.expiresAt).toBe(NOW_SECONDS + 600);
  });

  test('leaves the key file as it is', async () => {
    const before = readFileSync(inFolder('kes.skey'));
    await sign();
    expect(readFileSync(inFolder('kes.skey'))).toEqual(before);
  });

  test('prints the same message in hexadecimal without --out, and with --json', async () => {
    const hex = (await sign()).toString('hex');
    expect(await here(WITH_KEY)).toEqual({ code: 0, stdout: `${hex}\n`, stderr: '' });
    const facts = await json(WITH_KEY);
    expect(facts).toMatchObject({
      bytes: hex,
      kesPeriod: String(PERIOD),
      evolution: { value: String(EVOLUTION) },
      body: Buffer.from(BODY).toString('hex'),
      expiry: { seconds: NOW_SECONDS + 600, date: '2026-03-01T12:10:00.000Z' },
    });
    const { bytes: _, ...content } = facts;
    expect(await json([...INSPECT, 'message.dmq'])).toEqual(content);
  });

  test('takes the body from standard input', async () => {
    const [name, command, , ...options] = WITH_KEY;
    const args = [name ?? '', command ?? '', ...options];
    const expected = await here(WITH_KEY);
    expect(await here(args, { input: BODY })).toEqual(expected);
    expect(await here([...args, '-'], { input: BODY })).toEqual(expected);
  });

  test.each([
    [['--ttl', '1799'], NOW_SECONDS + 1_799],
    [['--ttl', '1'], NOW_SECONDS + 1],
    [['--expires-at', '2026-03-01T12:20:00.900Z'], NOW_SECONDS + 1_200],
  ])('states the expiry of %j', async (options, seconds) => {
    expect((await json([...WITH_KEY, ...options])).expiry.seconds).toBe(seconds);
  });

  test.each([
    ['2026-03-01T11:59:59Z', /^kes: warning: nodes refuse it now: the message expired at .*\n$/],
    ['2027-03-01', /^kes: warning: nodes refuse it now: the message expires at 2027-.*1800/],
  ])('warns of an expiry that no node accepts: %s', async (moment, says) => {
    const { code, stderr } = await here([...WITH_KEY, '--expires-at', moment]);
    expect(code).toBe(0);
    expect(stderr).toMatch(says);
  });

  test('signs for another KES period, also in a network without dates', async () => {
    const period = String(PERIOD + 2);
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const args = ['dmq', 'sign', 'body', ...CERT, '--skey', 'kes.skey', ...numbers];
    await refused(args, 2, /no dates: give the KES period, by --kes-period/);
    const facts = await json([...args, '--kes-period', period]);
    expect(facts).toMatchObject({ kesPeriod: period, evolution: { value: String(EVOLUTION + 2) } });
  });

  test('signs with a key that was evolved in its file, but not before its period', async () => {
    makeKey(inFolder('late.skey'), EVOLUTION);
    const args = [...SIGN, '--skey', 'late.skey'];
    const { code, stdout } = await here(args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${(await sign()).toString('hex')}\n` });
    const before = ['--kes-period', String(PERIOD - 1)];
    await refused([...args, ...before], 1, /late\.skey: it is at period 3, .* period 2: a key/);
  });

  test('accepts a body of 2,000 bytes, and no larger one', async () => {
    writeFileSync(inFolder('body'), Buffer.alloc(2_000));
    await sign();
    writeFileSync(inFolder('body'), Buffer.alloc(2_001));
    await refused(WITH_KEY, 1, /: body: it is larger than 2000 bytes/);
  });

  test('refuses a key that is not that of the certificate, or of depth 7', async () => {
    makeOtherKey(inFolder('other.skey'));
    const says = /: other\.skey: it is not the key of the certificate node\.cert/;
    await refused([...SIGN, '--skey', 'other.skey'], 1, says);
    makeCertificate(
      inFolder('node.cert'),
      makeKeyOfDepth7(inFolder('seven.skey')),
      BigInt(PERIOD - EVOLUTION),
    );
    await refused([...SIGN, '--skey', 'seven.skey'], 1, /seven\.skey: .* depth 7, .* depth 6 only/);
  });

  test('refuses a certificate that is not valid, or not at the KES period', async () => {
    const at = (period: number) => [...WITH_KEY, '--kes-period', String(period)];
    const start = PERIOD - EVOLUTION;
    expect(await here(at(start + 61))).toMatchObject({ code: 0 });
    await refused(at(start + 62), 1, /: node\.cert: the message was not signed: .* 0 to 61/);
    await refused(at(start - 1), 1, /: node\.cert: .* 1 before the start of the certificate/);
    makeUnsignedCertificate(inFolder('node.cert'), makeKey(inFolder('same.skey')));
    await refused(at(501), 1, /: node\.cert: .* not signed by the cold key/);
  });

  test('refuses a signing key that is given as the body', async () => {
    const args = ['dmq', 'sign', 'kes.skey', ...NETWORK, ...CERT, '--skey', 'kes.skey'];
    await refused(args, 1, /: kes\.skey: it looks like the file of a signing key/);
  });

  test('refuses a clock before the network began', async () => {
    const now = new Date('2020-01-01T00:00:00Z');
    await refused(WITH_KEY, 3, /clock of this machine says 2020-.*by --kes-period/, { now });
  });

  test.each([
    [[], /name one signer/],
    [['--skey', 'kes.skey', '--agent-sign', 'a'], /name one signer/],
    [['--skey', 'kes.skey', '--ttl', '1800'], /--ttl 1800: nodes refuse .* 1800 seconds ahead/],
    [['--skey', 'kes.skey', '--ttl', '0'], /'--ttl <seconds>' argument '0' is invalid/],
    [['--skey', 'kes.skey', '--ttl', '9', '--expires-at', '2026-03-02'], /give the expiry once/],
    [['--skey', 'kes.skey', '--expires-at', '1969-12-31'], /an expiry is from 1970-01-01 to 2106/],
    [['--skey', 'kes.skey', '--expires-at', '2106-02-08'], /to 2106-02-07T06:28:15Z/],
    [['--skey', 'kes.skey', '--genesis', 'g.json'], /name the network once/],
    [['--skey', '-'], /from a file only/],
  ])('needs right options: %j', async (options, says) => {
    await refused([...SIGN, ...options], 2, says);
  });

  test('needs a certificate, and writes to no dash', async () => {
    const missing = ['dmq', 'sign', 'body', ...NETWORK, '--skey', 'kes.skey'];
    await refused(missing, 2, /required option '--cert <file>'/);
    const { code, stderr } = await here([...WITH_KEY, '--out', '-']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--out -: without --out the message goes to standard output/);
  });
});

describe('kes dmq sign with an agent', () => {
  beforeEach(makePool);

  test('signs with its key, for the certificate that it has', async () => {
    const agent = await startAgent();
    const cert = await installNewKey(agent);
    const args = ['dmq', 'sign', 'body', ...NETWORK, '--cert', cert, '--agent-sign', agent.sign];
    expect(await here([...args, '--out', 'message.dmq'])).toMatchObject({ code: 0, stderr: '' });
    const verdict = await json([...VERIFY, 'message.dmq', '--last-number', '3']);
    expect(verdict).toMatchObject({ result: 'valid', message: { kesPeriod: String(PERIOD) } });

    const next = ['--kes-period', String(PERIOD + 1)];
    const says = new RegExp(`the agent refuses: .*current KES period .*is ${PERIOD}\\)`);
    await refused([...args, ...next], 2, says);

    // Another key, and the same key with another number.
    const sign = [...SIGN, '--agent-sign', agent.sign];
    await refused(sign, 1, /another certificate than node\.cert: its number is 3, from KES period/);
    await issue(inFolder('kes.vkey'), inFolder('again.cert'));
    const again = ['dmq', 'sign', 'body', ...NETWORK, '--cert', 'again.cert'];
    await refused(
      [...again, '--agent-sign', agent.sign],
      1,
      /another certificate than again\.cert/,
    );
  });

  test('needs an agent that has a key', async () => {
    await refused([...SIGN, '--agent-sign', 'none.socket'], 3, /none\.socket: .*no such socket/);
    const agent = await startAgent();
    await refused([...SIGN, '--agent-sign', agent.sign], 3, /it has no installed key/);
  });

  test('sends nothing for a certificate that is not valid', async () => {
    makeUnsignedCertificate(inFolder('node.cert'));
    const args = [...SIGN, '--agent-sign', 'none.socket', '--kes-period', '501'];
    await refused(args, 1, /: node\.cert: .* not signed by the cold key/);
  });
});

describe('kes dmq verify', () => {
  test('accepts a message in binary and in hexadecimal, from a file and from standard input', async () => {
    const bytes = await sign();
    const hex = `${bytes.toString('hex').toUpperCase()}\n`;
    writeFileSync(inFolder('message.hex'), hex);
    for (const input of [bytes, hex])
      expect(await json(VERIFY, { input })).toMatchObject({ valid: true });
    for (const name of ['message.dmq', 'message.hex']) {
      const { code, stdout, stderr } = await here([...VERIFY, name]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^✓ ${name}  KES period ${PERIOD}, evolution 3, pool1`));
      expect(stdout).toContain('✓ it expires in 10.0 minutes');
      expect(stdout).toContain('NOT checked');
      expect(stdout).not.toContain('✗');
    }
  });

  test.each([
    [['--at', '2026-03-01T12:10:01Z'], 'expired'],
    [['--at', '2026-03-01T11:30:00Z'], 'expires-too-late'],
    [['--last-number', '8'], 'sequence-number-fell'],
  ])('reports what depends on the options: %j', async (options, failure) => {
    await sign();
    const { code, json: verdict } = await kesJson([...VERIFY, 'message.dmq', ...options], {
      cwd: inFolder(),
      now: NOW,
    });
    expect(code).toBe(1);
    expect(verdict).toMatchObject({ result: 'invalid', failures: [{ code: failure }] });
    const { stdout } = await here([...VERIFY, 'message.dmq', ...options]);
    expect(stdout).toMatch(/^✗ message\.dmq {2}NOT valid: /);
    expect(stdout.match(/^ {2}✗ /gm)).toHaveLength(1);
  });

  test('refuses a message of another KES period than the current one, or that of --at', async () => {
    const args = [...WITH_KEY, '--kes-period', String(PERIOD - 1), '--out', 'old.dmq'];
    expect(await here(args)).toMatchObject({
      code: 0,
      stderr: `kes: warning: the KES period of the message is ${PERIOD - 1}, and the current one is ${PERIOD}\n`,
    });
    expect(await json([...VERIFY, 'old.dmq'])).toMatchObject({
      result: 'invalid',
      failures: [{ code: 'kes-period' }],
    });
    const { code, stdout } = await here([...VERIFY, 'old.dmq']);
    expect(code).toBe(1);
    expect(stdout).toContain(`✗ the KES period of the message is ${PERIOD - 1}`);

    const earlier = ['--expires-at', '2026-02-27T12:10:00Z', '--kes-period', String(PERIOD - 1)];
    await here([...WITH_KEY, ...earlier, '--out', 'earlier.dmq']);
    const at = ['--at', '2026-02-27T12:00:00Z'];
    expect(await json([...VERIFY, 'earlier.dmq', ...at])).toMatchObject({ result: 'valid' });
    expect(await json([...VERIFY, 'earlier.dmq'])).toMatchObject({ result: 'invalid' });
  });

  test('reports the limit of the network', async () => {
    await sign();
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '3'];
    const { code, stdout } = await here(['dmq', 'verify', 'message.dmq', ...numbers]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ evolution 3, and the network accepts 0 to 2\n/);
    expect(stdout).toMatch(/✓ the payload is signed by the KES key/);
  });

  test('reports a changed byte of every part', async () => {
    const bytes = await sign();
    const cut = bytes.indexOf(BODY);
    for (const [at, failure] of [
      [3, 'message-id'],
      [cut, 'kes-signature'],
      [bytes.length - 40, 'certificate-signature'],
    ] as const) {
      const input = Buffer.from(bytes);
      input[at] = (input[at] ?? 0) ^ 1;
      const { result, failures } = await json(VERIFY, { input });
      expect(result).toBe('invalid');
      expect(failures.map(({ code }: { code: string }) => code)).toContain(failure);
    }
  });

  test.each([
    ['nothing', '', /not a message: there is nothing in it/],
    ['text', 'zz', /not a message: /],
    ['an odd number of digits', '855', /not a message: /],
    ['a large file', Buffer.alloc(100_000, 0x85), /not a message: .* at most 2800 bytes/],
    ['digits of a large file', '85'.repeat(2_801), /not a message: .* at most 2800 bytes/],
  ])('ends with 4 for %s', async (_what, content, says) => {
    writeFileSync(inFolder('file'), content);
    const { code, stdout, stderr } = await here([...VERIFY, 'file']);
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
    expect(stdout).toMatch(says);
    expect(await json([...VERIFY, 'file'])).toMatchObject({
      source: 'file',
      result: 'not-a-message',
      message: null,
    });
    const inspected = await here([...INSPECT, 'file']);
    expect(inspected).toMatchObject({ code: 1, stdout: '' });
    expect(inspected.stderr).toMatch(/^kes: error: file: it is not a message: [^\n]+\n$/);
  });

  test('reads no more of an endless source than a message can have', async () => {
    const { code, stdout } = await here([...VERIFY, '/dev/zero']);
    expect(code).toBe(4);
    expect(stdout).toContain('at most 2800 bytes');
  });

  test('ends with 4 for a message that is cut anywhere', async () => {
    const bytes = await sign();
    for (let size = 1; size < bytes.length; size += 7) {
      writeFileSync(inFolder('cut'), bytes.subarray(0, size));
      expect(await here([...VERIFY, 'cut'])).toMatchObject({ code: 4, stderr: '' });
    }
    writeFileSync(inFolder('cut'), Buffer.concat([bytes, Buffer.of(0)]));
    expect((await here([...VERIFY, 'cut'])).stdout).toContain('bytes follow the message');
  });

  test('judges all files, one line each, and ends with the worst result', async () => {
    writeFileSync(inFolder('good'), await sign());
    writeFileSync(inFolder('next'), await sign('--ttl', '60'));
    writeFileSync(inFolder('text'), 'text');
    mkdirSync(inFolder('folder'));
    const verify = async (...names: readonly string[]) => {
      const { code, stdout, stderr } = await here([...VERIFY, '--json', ...names]);
      expect(stderr).toBe('');
      const lines = stdout.trimEnd().split('\n');
      const results = lines.map((line) => (JSON.parse(line) as { result: string }).result);
      return { code, results };
    };
    expect(await verify('good', 'next')).toEqual({ code: 0, results: ['valid', 'valid'] });
    const unread = ['missing', 'folder', 'kes.skey'];
    const three = ['not-read', 'not-read', 'not-read'];
    expect(await verify(...unread, 'good')).toEqual({ code: 3, results: [...three, 'valid'] });
    const four = { code: 4, results: ['not-read', 'not-a-message', 'valid'] };
    expect(await verify('missing', 'text', 'good')).toEqual(four);
    const late = ['--at', '2026-03-02'];
    expect(await verify('text', 'good', 'missing', ...late)).toMatchObject({ code: 1 });
    const { stdout } = await here([...VERIFY, 'good', 'missing', 'kes.skey', 'text']);
    expect(stdout).toMatch(
      /^✓ good {2}.*\n- missing {2}not read: there is no such file\n- kes\.skey {2}not read: it looks like.*\n\? text {2}not a message: .*\n\nNOT checked/,
    );
  });

  test('takes standard input once', async () => {
    const { code, stderr } = await here([...VERIFY, '-', '-']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/only one argument can be standard input/);
  });
});

describe('kes dmq inspect', () => {
  test('shows a message without a check', async () => {
    await sign('--kes-period', String(PERIOD));
    const { code, stdout, stderr } = await here([...INSPECT, 'message.dmq']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of [
      'message.dmq: message of the queue, not verified',
      `22 bytes: ${Buffer.from(BODY).toString('hex')}`,
      '2026-03-01T12:10:00Z',
      `KES period       ${PERIOD}`,
      'sequence number  7',
    ])
      expect(stdout).toContain(text);
  });

  test('shows the beginning of a long body, and all of it with --json', async () => {
    writeFileSync(inFolder('body'), Buffer.alloc(33, 7));
    await sign();
    const { stdout } = await here([...INSPECT, 'message.dmq']);
    expect(stdout).toContain(`33 bytes: ${'07'.repeat(32)}…\n`);
    expect((await json([...INSPECT, 'message.dmq'])).body).toBe('07'.repeat(33));
    writeFileSync(inFolder('body'), '');
    await sign();
    expect((await here([...INSPECT, 'message.dmq'])).stdout).toMatch(/body +empty\n/);
  });

  test('refuses a signing key', async () => {
    const { code, stderr } = await here([...INSPECT, 'kes.skey']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/kes\.skey: it looks like the file of a signing key/);
  });
});

test('no output about a message contains a secret', async () => {
  // The first block after the head is the seed of the leaf.
  const seed = envelopeIn(inFolder('kes.skey')).cborHex.slice(6, 70);
  await sign();
  for (const args of [WITH_KEY, [...VERIFY, 'message.dmq'], [...INSPECT, 'message.dmq']]) {
    const { stdout, stderr } = await here([...args, '--json']);
    for (let at = 0; at < seed.length - 8; at += 1)
      expect(stdout + stderr).not.toContain(seed.slice(at, at + 8));
  }
});
