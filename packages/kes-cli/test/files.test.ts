/**
 * Files: damaged ones are refused by every command that reads them, and nothing is replaced by a file of another kind,
 * through a link, or in place.
 */
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { KIND_IN_WORDS, refuseExisting, type FileKind } from '../src/files/write.js';
import {
  envelopeIn,
  envelopeText,
  makeCertificate,
  makeKey,
  makePool,
  type Envelope,
} from './support/files.js';
import { inFolder } from '@evolock/command-line/testing/folder';
import { kes, kesJson, type Json } from './support/kes.js';

/** KES period 1080 of mainnet. */
const now = new Date('2024-11-15T00:00:00Z');
const run = (args: readonly string[]) => kes(args, { cwd: inFolder(), input: 'message', now });

function snapshot(): Record<string, string> {
  const entries = readdirSync(inFolder()).map((name) => {
    const path = inFolder(name);
    return [name, lstatSync(path).isFile() ? readFileSync(path, 'latin1') : 'not a file'] as const;
  });
  return Object.fromEntries(entries);
}

/** The error is one line, and no file is changed. */
async function refused(args: readonly string[], code: number, says: RegExp): Promise<void> {
  const before = snapshot();
  const ended = await run(args);
  expect({ args, ...ended }).toMatchObject({ args, code, stdout: '' });
  expect(ended.stderr).toMatch(/^kes: error: [^\n]+\n$/);
  expect(ended.stderr).toMatch(says);
  expect(snapshot()).toEqual(before);
}

/** Makes a key file, and damages its text. */
function damaged(damage: (text: string) => string | Uint8Array): void {
  makeKey(inFolder('kes.skey'));
  writeFileSync(inFolder('kes.skey'), damage(readFileSync(inFolder('kes.skey'), 'utf8')));
}

function changed(change: (envelope: Envelope) => object): void {
  damaged((text) => JSON.stringify(change(JSON.parse(text) as Envelope)));
}

const withCbor = (change: (cborHex: string) => string) =>
  changed((key) => ({ ...key, cborHex: change(key.cborHex) }));

/** The problem, the file, the exit code, and the message: one of each kind. The readers of cardano-kes are tested with all. */
const DAMAGES: readonly (readonly [name: string, make: () => void, code: number, says: RegExp])[] =
  [
    ['truncated JSON', () => damaged((text) => text.slice(0, 700)), 1, /text envelope/],
    [
      'a key that contradicts itself',
      () => withCbor((hex) => `${hex.slice(0, -2)}${hex.endsWith('00') ? '01' : '00'}`),
      1,
      /level.*damaged/,
    ],
    ['a missing file', () => undefined, 3, /no such file/],
    ['a mode that lets others in', openMode, 3, /chmod 600/],
  ];

function openMode(): void {
  makeKey(inFolder('kes.skey'));
  chmodSync(inFolder('kes.skey'), 0o640);
}

const DMQ = ['dmq', 'sign', '--network', 'mainnet', '--cert', 'node.cert', '--skey', 'kes.skey'];

describe.each([
  ['inspect', ['inspect', 'kes.skey']],
  ['vkey', ['vkey', 'kes.skey', '--out', 'new.vkey']],
  ['evolve', ['evolve', 'kes.skey', '--to', '5', '--leave-node']],
  ['sign', ['sign', '--skey', 'kes.skey', '--out', 'new.sig']],
  ['dmq sign', [...DMQ, '--out', 'new.dmq']],
])('kes %s', (_command, args) => {
  test.each(DAMAGES)('refuses %s, and writes nothing', async (_name, make, code, says) => {
    make();
    makeCertificate(inFolder('node.cert'), new Uint8Array(32), 500n);
    await refused(args, code, new RegExp(`error: kes.skey: .*${says.source}`));
  });
});

/** 2^64 in CBOR: nine bytes under the tag of large numbers. */
const BEYOND = 'c249010000000000000000';

describe('a certificate or a counter', () => {
  const STATUS = ['status', '--cert', 'node.cert', '--network', 'mainnet'];

  test.each([
    ['that is not JSON', 'nothing', /text envelope/],
    ['that is a key', undefined, /another type/],
  ])('%s is refused', async (_name, text, says) => {
    makeKey(inFolder('node.cert'));
    if (text !== undefined) writeFileSync(inFolder('node.cert'), text);
    const verify = ['verify', '--cert', 'node.cert', '--period', '0', '--signature', 'node.cert'];
    for (const args of [STATUS, verify]) await refused(args, 1, says);
  });

  test('with a number of 2^64 is refused, and nothing is written', async () => {
    makePool(inFolder());
    const [key, signature, cold] = [32, 64, 32].map((size) => '07'.repeat(size));
    for (const numbers of [`${BEYOND}00`, `00${BEYOND}`]) {
      const cborHex = `82845820${key}${numbers}5840${signature}5820${cold}`;
      writeFileSync(inFolder('node.cert'), envelopeText('NodeOperationalCertificate', cborHex));
      const says = /node\.cert: its CBOR does not have the shape/;
      for (const args of [['inspect', 'node.cert'], STATUS]) await refused(args, 1, says);
    }
    const coldKey = envelopeIn(inFolder('cold.vkey')).cborHex;
    const type = 'NodeOperationalCertificateIssueCounter';
    writeFileSync(inFolder('cold.counter'), envelopeText(type, `82${BEYOND}${coldKey}`));
    for (const args of [['inspect', 'cold.counter'], issue('new.cert')])
      await refused(args, 1, /cold\.counter: its CBOR does not have the shape/);
  });
});

function issue(out: string): string[] {
  const keys = ['--kes-vkey', 'kes.vkey', '--cold-skey', 'cold.skey', '--counter', 'cold.counter'];
  return ['opcert', 'issue', ...keys, '--unchecked', '--start-period', '1', '--out', out];
}

function signMessage(out: string): string[] {
  return [...DMQ, '--out', out];
}

/** Every command that writes a file, with the file to write. */
const WRITING: readonly (readonly [name: string, args: (to: string) => string[]])[] = [
  ['sign', (to) => ['sign', '--skey', 'kes.skey', '--out', to, '-']],
  ['vkey', (to) => ['vkey', 'kes.skey', '--out', to]],
  ['keygen --skey', (to) => ['keygen', '--skey', to, '--vkey', 'new.vkey']],
  ['keygen --vkey', (to) => ['keygen', '--skey', 'new.skey', '--vkey', to]],
  ['opcert issue', issue],
  ['dmq sign', signMessage],
];

describe('--force', () => {
  beforeEach(() => makePool(inFolder()));

  describe.each(WRITING)('of %s', (name, args) => {
    const forced = (to: string) => [...args(to), '--force'];

    test.each(['cold.skey', 'message.txt'])(
      'neither follows nor replaces a link to %s',
      async (to) => {
        writeFileSync(inFolder('message.txt'), 'message');
        symlinkSync(to, inFolder('link'));
        await refused(forced('link'), 3, /link: it is a symbolic link/);
      },
    );

    test.each([
      ['VrfSigningKey_PraosVRF', 64, /a VRF signing key/],
      [
        'PaymentSigningKeyShelley_ed25519',
        32,
        /a signing key \(PaymentSigningKeyShelley_ed25519\)/,
      ],
    ])('does not replace a key of another kind: %s', async (type, size, says) => {
      const key = envelopeText(type, `58${size.toString(16)}${'07'.repeat(size)}`);
      writeFileSync(inFolder('there'), key, { mode: 0o600 });
      await refused(forced('there'), 2, says);
    });

    test('replaces an empty file, and one of its own kind, which a program that has it open keeps', async () => {
      writeFileSync(inFolder('there'), '');
      expect(await run(forced('there'))).toMatchObject({ code: 0, stderr: '' });
      const old = ownKind(name);
      writeFileSync(inFolder('there'), old, { mode: 0o600 });
      const fd = openSync(inFolder('there'), 'r');
      try {
        expect(await run(forced('there'))).toMatchObject({ code: 0, stderr: '' });
        // A replaced key is erased.
        const erased = '\0'.repeat(old.length);
        expect(readFileSync(fd)).toEqual(Buffer.from(name === 'keygen --skey' ? erased : old));
        expect(readdirSync(inFolder()).filter((each) => each.startsWith('.'))).toEqual([]);
      } finally {
        closeSync(fd);
      }
    });
  });

  test.each(foreign())('does not replace %s', async (_what, content, says) => {
    for (const [, args] of WRITING.filter(([name]) => /^sign$|--skey/.test(name))) {
      writeFileSync(inFolder('there'), content, { mode: 0o600 });
      await refused([...args('there'), '--force'], 2, says);
    }
  });

  test('replaces every kind by its own only', () => {
    for (const [there, content] of Object.entries(publicTexts())) {
      writeFileSync(inFolder('there'), content);
      for (const kind of Object.keys(KIND_IN_WORDS) as FileKind[]) {
        const attempt = () => refuseExisting(inFolder('there'), true, kind);
        if (kind === there) attempt();
        else
          expect(attempt, `${kind} over ${there}`).toThrow(/--(?:force|prometheus) replaces only/);
      }
    }
    // Files that are nearly a signature, or a message.
    const message = publicTexts()['dmq-message'];
    const cut = message.subarray(0, -1);
    const near = {
      'kes-signature': ['x'.repeat(896), 'aa'.repeat(447), 'a text'],
      'dmq-message': [cut, Buffer.concat([message, cut]), message.toString('hex')],
      metrics: ['# HELP node_load1 …\n', 'kes_certificate_valid 1\n', '# HELP kes_cert'],
    };
    for (const [kind, contents] of Object.entries(near)) {
      for (const content of contents) {
        writeFileSync(inFolder('there'), content);
        const attempt = () => refuseExisting(inFolder('there'), true, kind as FileKind);
        expect(attempt).toThrow(/a file that kes did not write/);
      }
    }
  });

  test('is not a property of Object.prototype', async () => {
    const prototype = Object.prototype as { force?: boolean };
    prototype.force = true;
    try {
      expect(await run(['vkey', 'kes.skey', '--out', 'kes.vkey'])).toMatchObject({ code: 2 });
    } finally {
      delete prototype.force;
    }
  });
});

function ownKind(name: string): string | Uint8Array {
  const texts = publicTexts();
  if (name.startsWith('sign')) return texts['kes-signature'];
  if (name.startsWith('dmq')) return texts['dmq-message'];
  if (name.startsWith('opcert')) return texts['operational-certificate'];
  return name.endsWith('--skey')
    ? readFileSync(inFolder('kes.skey'), 'utf8')
    : texts['kes-verification-key'];
}

function publicTexts() {
  const key = `5820${'07'.repeat(32)}`;
  const signature = `5840${'07'.repeat(64)}`;
  const message = `85${key}834107190100005901c0${'07'.repeat(448)}84${key}0000${signature}${key}`;
  const certificate = `8284${key}0000${signature}${key}`;
  return {
    'dmq-message': Buffer.from(message, 'hex'),
    'kes-signature': `${'aa'.repeat(448)}\n`,
    metrics: '# HELP kes_certificate_valid …\n',
    'kes-verification-key': envelopeText('KesVerificationKey_ed25519_kes_2^6', key),
    'cold-verification-key': envelopeText('StakePoolVerificationKey_ed25519', key),
    'operational-certificate': envelopeText('NodeOperationalCertificate', certificate),
  };
}

/** Keys and counters that kes does not read: of other kinds, or damaged. */
function foreign(): [what: string, content: string, says: RegExp][] {
  const key = envelopeText('KesSigningKey_ed25519_kes_2^6', `590260${'07'.repeat(608)}`);
  const type = 'NodeOperationalCertificateIssueCounter';
  const counter = envelopeText(type, `82075820${'07'.repeat(32)}`);
  const payment = envelopeText('PaymentSigningKeyShelley_ed25519', `5820${'07'.repeat(32)}`);
  return [
    ['a payment key', payment, /a signing key \(Payment/],
    ['a KES key with bytes after it', `${key}\n00`, /a damaged signing key/],
    ['a KES key that is cut off', key.slice(0, 700), /a damaged signing key/],
    ['a counter with an extra member', counter.replace('{', '{"more": 1,'), /maybe.*counter/],
    ['a counter that is cut off', counter.slice(0, -20), /maybe.*counter/],
    ['a large file', 'x'.repeat(20_000), /larger than any file/],
  ];
}

// The agent and its clients are tested with all that makes a folder one.
describe('a folder that another user can change', () => {
  /** Makes a folder in a folder of a mode, and returns a path in it. */
  function below(mode: number, ...names: readonly string[]): string {
    mkdirSync(inFolder('above', 'inner'), { recursive: true, mode: 0o700 });
    chmodSync(inFolder('above'), mode);
    return inFolder('above', 'inner', ...names);
  }

  const keygen = (skey: string) => ['keygen', '--skey', skey, '--vkey', inFolder('vkey')];

  test.each([
    ['keygen', keygen],
    ['vrf keygen', (skey: string) => ['vrf', ...keygen(skey)]],
    ['cold keygen', (skey: string) => ['cold', ...keygen(skey), '--counter', 'c', '--offline']],
  ])('is warned of by kes %s, which writes the key', async (_name, args) => {
    const { code, stderr } = await run(args(below(0o777, 'skey')));
    expect(code).toBe(0);
    expect(stderr).toContain(`${inFolder('above')}, owner`);
    expect(stderr).toContain('another user can exchange it');
  });

  test('is warned of by kes evolve, and through a link', async () => {
    const skey = below(0o700, 'skey');
    expect(await run(keygen(skey))).toMatchObject({ code: 0, stderr: '' });
    below(0o777);
    const { code, stderr } = await run(['evolve', skey, '--to', '1', '--leave-node']);
    expect(code).toBe(0);
    expect(stderr).toContain('another user can exchange it');
    symlinkSync(inFolder('above'), inFolder('link'));
    const { stderr: ofLink } = await run([...keygen('link/inner/skey'), '--force']);
    expect(ofLink).toContain(`${inFolder('above')}, owner`);
  });

  test.each([
    [0o755, 'good'],
    [0o777, 'bad'],
  ])('is named by kes doctor where it lies above a socket: %o', async (mode, state) => {
    const sockets = ['--service', below(mode, 'service'), '--control', below(mode, 'control')];
    const { json } = await kesJson(['doctor', '--agent', ...sockets]);
    const check = json.checks.find(({ name }: Json) => name === 'folder');
    expect(check.state).toBe(state);
    if (state === 'bad') expect(check.found).toContain(`${inFolder('above')}, owner`);
  });
});
