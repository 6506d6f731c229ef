/** Output files: nothing is replaced without `--force`, and with it only files of the same kind. */
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { writeKesVerificationKey } from '@evolock/cardano-kes';
import { beforeEach, describe, expect, test } from 'vitest';
import { KIND_IN_WORDS, refuseExisting, type FileKind } from '../../src/files/write.js';
import { envelopeText, makeCertificate, makeColdKey, makeKey } from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes } from '../support/kes.js';

describe('without --force', () => {
  test('keygen replaces no key pair', async () => {
    const args = ['keygen', '--skey', inFolder('kes.skey'), '--vkey', inFolder('kes.vkey')];
    expect((await kes(args)).code).toBe(0);
    expect(statSync(inFolder('kes.skey')).mode & 0o777).toBe(0o600);
    const before = readFileSync(inFolder('kes.skey'));
    const again = await kes(args);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(/exists already: .*--force\n$/);
    expect(readFileSync(inFolder('kes.skey'))).toEqual(before);
    expect((await kes([...args, '--force'])).code).toBe(0);
    expect(readFileSync(inFolder('kes.skey'))).not.toEqual(before);
  });

  test('keygen makes no key when only the verification key exists', async () => {
    writeFileSync(inFolder('kes.vkey'), 'mine');
    const args = ['keygen', '--skey', inFolder('kes.skey'), '--vkey', inFolder('kes.vkey')];
    expect((await kes(args)).code).toBe(2);
    expect(() => statSync(inFolder('kes.skey'))).toThrow();
  });

  test('a property of Object.prototype does not stand for --force', async () => {
    makeKey(inFolder('kes.skey'));
    const args = ['vkey', inFolder('kes.skey'), '--out', inFolder('kes.vkey')];
    const prototype = Object.prototype as { force?: boolean };
    prototype.force = true;
    try {
      expect(await kes(args)).toMatchObject({ code: 0 });
      expect(await kes(args)).toMatchObject({ code: 2 });
    } finally {
      delete prototype.force;
    }
  });

  test('sign and vkey replace no file', async () => {
    makeKey(inFolder('kes.skey'));
    writeKesVerificationKey(inFolder('old.vkey'), new Uint8Array(32));
    const oldKey = readFileSync(inFolder('old.vkey'), 'utf8');
    const oldSignature = `${'aa'.repeat(448)}\n`;
    for (const [old, args] of [
      [oldSignature, ['sign', '--skey', inFolder('kes.skey'), '--out', inFolder('out'), '-']],
      [oldKey, ['vkey', inFolder('kes.skey'), '--out', inFolder('out')]],
    ] as const) {
      writeFileSync(inFolder('out'), old);
      expect((await kes(args)).code).toBe(2);
      expect(readFileSync(inFolder('out'), 'utf8')).toBe(old);
      expect((await kes([...args, '--force'])).code).toBe(0);
      expect(readFileSync(inFolder('out'), 'utf8')).not.toBe(old);
    }
  });
});

describe('--force', () => {
  beforeEach(() => {
    const key = makeKey(inFolder('kes.skey'));
    writeKesVerificationKey(inFolder('kes.vkey'), key);
    makeCertificate(inFolder('kes.cert'), key, 500n);
    makeColdKey(inFolder());
  });

  test.each([
    [['vkey', 'kes.skey', '--out', 'kes.skey'], /kes\.skey: it is a KES signing key/],
    [['sign', '--skey', 'kes.skey', '--out', 'kes.skey', '-'], /it is a KES signing key/],
    [['sign', '--skey', 'kes.skey', '--out', 'cold.counter', '-'], /a counter of certificates/],
    [['keygen', '--skey', 'cold.skey', '--vkey', 'kes.vkey'], /it is a cold signing key/],
    [['keygen', '--skey', 'new.skey', '--vkey', 'kes.skey'], /it is a KES signing key/],
    [issue('cold.skey'), /it is a cold signing key/],
    [issue('cold.counter'), /it is a counter of certificates/],
  ])('does not replace a key or a counter by a file of another kind: %j', async (args, says) => {
    const names = ['kes.skey', 'cold.skey', 'cold.counter', 'kes.vkey'];
    const before = names.map((name) => readFileSync(inFolder(name), 'utf8'));
    const { code, stdout, stderr } = await kes([...args, '--force'], { cwd: inFolder() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(names.map((name) => readFileSync(inFolder(name), 'utf8'))).toEqual(before);
    expect(existsSync(inFolder('new.skey'))).toBe(false);
  });

  /** Every command that writes a file, with the file to write. */
  const writing: readonly (readonly [name: string, args: (to: string) => string[]])[] = [
    ['sign', (to) => ['sign', '--skey', 'kes.skey', '--out', to, '-']],
    ['sign --binary', (to) => ['sign', '--skey', 'kes.skey', '--out', to, '--binary', '-']],
    ['vkey', (to) => ['vkey', 'kes.skey', '--out', to]],
    ['keygen --skey', (to) => ['keygen', '--skey', to, '--vkey', 'new.vkey']],
    ['keygen --vkey', (to) => ['keygen', '--skey', 'new.skey', '--vkey', to]],
    ['opcert issue', issue],
    ['dmq sign', signMessage],
  ];

  async function leaves(args: string[], names: string[], code: number, says: RegExp) {
    const before = names.map((name) => readFileSync(inFolder(name)));
    const ended = await kes([...args, '--force'], { cwd: inFolder(), input: 'message' });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(says);
    expect(names.map((name) => readFileSync(inFolder(name)))).toEqual(before);
    for (const made of ['new.skey', 'new.vkey']) expect(existsSync(inFolder(made))).toBe(false);
  }

  describe.each(writing)('of %s', (_name, args) => {
    test.each(['cold.skey', 'message.txt'])(
      'neither follows nor replaces a link to %s',
      async (to) => {
        writeFileSync(inFolder('message.txt'), 'message');
        symlinkSync(to, inFolder('link'));
        await leaves(args('link'), [to, 'cold.counter'], 3, /link: it is a symbolic link/);
        expect(lstatSync(inFolder('link')).isSymbolicLink()).toBe(true);
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
      await leaves(args('there'), ['there', 'cold.counter'], 2, says);
    });
  });

  test.each(foreign())('does not replace %s', async (_what, content, says) => {
    for (const [, args] of writing.filter(([name]) => /^sign$|--skey/.test(name))) {
      writeFileSync(inFolder('there'), content, { mode: 0o600 });
      await leaves(args('there'), ['there'], 2, says);
    }
  });

  test.each(writing)(
    'of %s replaces a file of its own kind, and an empty file',
    async (name, args) => {
      for (const content of ['', ownKind(name)]) {
        writeFileSync(inFolder('there'), content);
        const options = { cwd: inFolder(), input: 'message' };
        const ended = await kes([...args('there'), '--force'], options);
        expect(ended, name).toMatchObject({ code: 0, stderr: '' });
      }
    },
  );

  test.each(writing)(
    'of %s does not change the old file for a program that has it open',
    async (name, args) => {
      const old = ownKind(name);
      writeFileSync(inFolder('there'), old, { mode: 0o600 });
      const fd = openSync(inFolder('there'), 'r');
      try {
        const ended = await kes([...args('there'), '--force'], {
          cwd: inFolder(),
          input: 'message',
        });
        expect(ended).toMatchObject({ code: 0, stderr: '' });
        // A replaced key is erased.
        const erased = '\0'.repeat(old.length);
        expect(readFileSync(fd)).toEqual(Buffer.from(name === 'keygen --skey' ? erased : old));
        expect(readdirSync(inFolder()).filter((each) => each.startsWith('.'))).toEqual([]);
      } finally {
        closeSync(fd);
      }
    },
  );

  test.each([
    [['sign', '--skey', 'kes.skey', '--out', 'node.cert', '-'], /an operational certificate, and/],
    [['vkey', 'kes.skey', '--out', 'cold.vkey'], /a cold verification key, and --force replaces/],
    [issue('kes.vkey'), /a KES verification key, and --force replaces only an operational/],
  ])('replaces no public file of another kind: %j', async (args, says) => {
    const names = ['node.cert', 'cold.vkey', 'kes.vkey'];
    writeFileSync(inFolder('node.cert'), publicTexts()['operational-certificate']);
    writeFileSync(inFolder('cold.vkey'), publicTexts()['cold-verification-key']);
    await leaves(args, [...names, 'cold.counter'], 2, says);
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
});

/** A file that the command may replace. */
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
  return {
    'dmq-message': Buffer.from(message, 'hex'),
    'kes-signature': `${'aa'.repeat(448)}\n`,
    metrics: '# HELP kes_certificate_valid …\n',
    'kes-verification-key': envelopeText('KesVerificationKey_ed25519_kes_2^6', key),
    'cold-verification-key': envelopeText('StakePoolVerificationKey_ed25519', key),
    'operational-certificate': envelopeText(
      'NodeOperationalCertificate',
      `8284${key}0000${signature}${key}`,
    ),
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

function signMessage(out: string): string[] {
  // Its slots have no dates, so that any period may be the current one.
  const network = ['--slots-per-kes-period', '129600', '--max-kes-evolutions', '62'];
  const at = [...network, '--kes-period', '501'];
  return ['dmq', 'sign', ...at, '--cert', 'kes.cert', '--skey', 'kes.skey', '--out', out];
}

function issue(out: string): string[] {
  const keys = ['--kes-vkey', 'kes.vkey', '--cold-skey', 'cold.skey', '--counter', 'cold.counter'];
  return ['opcert', 'issue', ...keys, '--unchecked', '--start-period', '1', '--out', out];
}
