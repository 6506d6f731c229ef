/** Texts that a person should not have to puzzle over. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inFolder } from './support/folder.js';
import { kes, kesJson, kesLines } from './support/kes.js';
import { ownHeader, PARAMETERS } from './support/own-header.js';
import { makeKey } from './support/test-key.js';

const NUMBERS = [
  ...['--slots-per-kes-period', String(PARAMETERS.slotsPerKesPeriod)],
  ...['--max-kes-evolutions', String(PARAMETERS.maxKesEvolutions)],
];

describe('kes header verify', () => {
  const verify = ['header', 'verify', ...NUMBERS];
  const hex = Buffer.from(ownHeader()).toString('hex');
  const folded = `${(hex.match(/.{1,60}/g) ?? []).join('\n')}\n`;

  it.each([
    ['folded as xxd does', folded, 1],
    ['folded by Windows', folded.replaceAll('\n', '\r\n'), 1],
    ['after a byte order mark', `\ufeff${hex}\n`, 1],
    ['two, one a line', `${hex}\n${hex}\n`, 2],
  ])('takes hexadecimal digits %s', async (_name, input, count) => {
    const { code, summary } = await kesLines([...verify, '-'], { input });
    expect({ code, valid: summary.valid, all: summary.all }).toEqual({
      code: 0,
      valid: count,
      all: true,
    });
  });

  it('takes lines that are too short for a header as one entry, and counts them', async () => {
    const input = `abc\nzz\n\nabcdef\n${hex}\nzz\n`;
    const { code, lines, summary } = await kesLines([...verify, '-'], { input });
    const found = lines.map(({ source, result }) => [source.split(':')[1], result]);
    expect(found).toEqual([
      ['1-4', 'not-a-header'],
      ['5', 'valid'],
      ['6', 'not-a-header'],
    ]);
    expect({ code, ...summary }).toMatchObject({ code: 4, valid: 1, notHeaders: 4 });
  });

  it('numbers lines that are empty, of spaces, or indented like any other', async () => {
    const input = `a\nb\n \n\t c\n\n  \r\n  ${hex}\n`;
    const { lines, summary } = await kesLines([...verify, '-'], { input });
    const places = lines.map(({ source }) => source.split(':')[1]);
    expect({ places, ...summary }).toMatchObject({
      places: ['1-4', '7'],
      valid: 1,
      notHeaders: 3,
    });
  });

  it('says of a certificate that it is JSON, and not what is wrong with it as CBOR', async () => {
    makeCertificate('node.cert');
    const { code, stdout } = await kes([...verify, inFolder('node.cert')]);
    expect(code).toBe(4);
    expect(stdout).toMatch(/node\.cert {2}not a header: it is JSON, as certificates are\n/);
  });

  it('does not begin a list of what was not checked where nothing was judged', async () => {
    const { code, stdout } = await kes([...verify, 'missing']);
    expect(code).toBe(3);
    expect(stdout).not.toContain('NOT checked');
  });

  it.each(['', '\n \n', '\ufeff'])('says of %j that there is nothing in it', async (input) => {
    const { code, stdout } = await kes([...verify, '-'], { input });
    expect(code).toBe(4);
    expect(stdout).toContain('not a header: there is nothing in it');
  });

  it('says what the network accepts, without a name for one that has none', async () => {
    const input = ownHeader();
    const few = [...verify.slice(0, -1), '3', '-'];
    const { stdout } = await kes(few, { input });
    expect(stdout).toContain('evolution 5, and the network accepts 0 to 2');
  });
});

describe('a usage error says what was meant', () => {
  it.each([
    [['--network', 'mainnet', '--genesis', 'g.json'], /say once which network/],
    [[], /say which network: --network/],
    // What is recommended is not refused afterwards.
    [NUMBERS, /state the slot, by --slot\n$/],
  ])('of kes status with %j', async (args, says) => {
    makeCertificate('node.cert');
    const place = ['status', '--cert', inFolder('node.cert'), ...args];
    const { code, stderr } = await kes(place);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });

  it('of kes sign at the last period', async () => {
    makeKey(inFolder('kes.skey'), 63);
    const sign = ['sign', '--skey', inFolder('kes.skey'), '--period', '62'];
    const { code, stderr } = await kes(sign);
    expect(code).toBe(2);
    expect(stderr).toContain('signs at period 63, its last, only');
  });
});

/** A certificate that nobody signed. */
function makeCertificate(name: string, hotVerificationKey: Uint8Array = new Uint8Array(32)): void {
  const hot = Buffer.from(hotVerificationKey).toString('hex');
  // Number 0, start period 500 (1901f4), a signature of zeros, and the cold key.
  const cborHex = `82845820${hot}001901f45840${'00'.repeat(64)}5820${'07'.repeat(32)}`;
  const envelope = { type: 'NodeOperationalCertificate', description: '', cborHex };
  writeFileSync(inFolder(name), JSON.stringify(envelope));
}

it('kes verify says in words why a certificate is not good, and in JSON by a code', async () => {
  makeCertificate('node.cert', makeKey(inFolder('kes.skey')));
  writeFileSync(inFolder('message'), 'a message');
  const out = ['--out', inFolder('sig'), inFolder('message')];
  await kes(['sign', '--skey', inFolder('kes.skey'), ...out]);
  const verify = ['verify', '--cert', inFolder('node.cert'), '--period', '0'];
  const args = [...verify, '--signature', inFolder('sig'), inFolder('message')];
  const { code, stdout } = await kes(args);
  expect(code).toBe(1);
  expect(stdout).toContain('✗ the certificate: its signature is not by the cold key that it names');
  const { json } = await kesJson(args);
  expect(json).toMatchObject({ valid: false, signature: 'good', certificate: 'wrong-signature' });
});

it('kes keygen says so when only the signing key could be written, and how to go on', async () => {
  // As a name it is allowed, and with what a temporary file's has besides it is not.
  const long = inFolder('v'.repeat(250));
  const skey = inFolder('kes.skey');
  const { code, stdout, stderr } = await kes(['keygen', '--skey', skey, '--vkey', long]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^kes: error: .*the signing key is there: kes vkey .* --out FILE.*\n$/);
  expect((await kes(['vkey', skey, '--out', inFolder('kes.vkey')])).code).toBe(0);
  expect(readFileSync(inFolder('kes.vkey'), 'utf8')).toContain('KesVerificationKey');
});

describe('kes help', () => {
  it.each([[[]], [['sign']], [['opcert']], [['opcert', 'issue']], [['header', 'verify']]])(
    '%j is what --help says',
    async (names) => {
      const help = await kes(['help', ...names]);
      expect(help).toEqual(await kes([...names, '--help']));
      expect(help.code).toBe(0);
    },
  );

  it.each([
    [['sgin'], "unknown command 'sgin' (Did you mean sign?) (see kes --help)"],
    [['opcert', 'isue'], "unknown command 'isue' (Did you mean issue?) (see kes opcert --help)"],
    [['sign', 'kes.skey'], "unknown command 'sign kes.skey' (see kes --help)"],
    [['--', '--version'], "unknown command '--version' (see kes --help)"],
    [[''], "unknown command '' (see kes --help)"],
  ])('of %j, which is no command, is a usage error that says so', async (names, says) => {
    const { code, stdout, stderr } = await kes(['help', ...names]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`kes: error: ${says}\n`);
  });
});

it('a count of one has a singular noun', async () => {
  makeCertificate('node.cert');
  const numbers = ['--slots-per-kes-period', '1', '--max-kes-evolutions', '1'];
  const status = ['status', '--cert', inFolder('node.cert'), ...numbers, '--slot'];
  const { stdout } = await kes([...status, '500']);
  expect(stdout).toContain(': 1 slot a KES period, 1 evolution\n');
  expect(stdout).toContain('it ends in 1 slot: slot 501\n');
});

it('a key of depth 7 is not said to be one that cardano-cli writes', async () => {
  const pair = ['--skey', inFolder('kes.skey'), '--vkey', inFolder('kes.vkey')];
  await kes(['keygen', ...pair, '--depth', '7']);
  const { stdout } = await kes(['inspect', inFolder('kes.skey')]);
  expect(stdout).toMatch(/704 bytes, without its period; cardano-cli writes keys of depth 6\n/);
});
