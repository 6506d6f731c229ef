import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { given, givenFiles, ofMember, SECRET, UNCLEAR } from '../../src/check/input/input.js';
import { encoded, example } from '../support/judged.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');
const filled = (size: number) => Uint8Array.from({ length: size }, (_, at) => 0x9a + 73 * at);

/** A CBOR byte string, as an envelope contains a key. */
function byteString(size: number): Uint8Array {
  const head = size < 256 ? [0x58, size] : [0x59, size >> 8, size & 0xff];
  return Uint8Array.of(...head, ...filled(size));
}

function envelope(type: string, size: number): string {
  return JSON.stringify({ type, description: '', cborHex: hex(byteString(size)) });
}

/** The counter of a pool, with the digits of its next number. */
function counter(number: string): string {
  const cborHex = `82${number}${hex(byteString(32))}`;
  return JSON.stringify({
    type: 'NodeOperationalCertificateIssueCounter',
    description: '',
    cborHex,
  });
}

/** The form of bech32; its checksum is not looked at. */
function bech32(prefix: string, size: number): string {
  return `${prefix}1${'qpzry9x8gf2tvdw0s3jn54khce6mua7l'.repeat(4).slice(0, Math.ceil((8 * size) / 5) + 6)}`;
}

const secret = { kind: 'secret' };
const unclear = { kind: 'unclear' };

describe('a signing key is recognised', () => {
  const key = hex(byteString(608));
  const notations = [
    envelope('KesSigningKey_ed25519_kes_2^6', 608),
    envelope('EvolockKesSigningKey_ed25519_kes_2^6', 608),
    envelope('KesSigningKey_ed25519_kes_2^7', 704),
    envelope('StakePoolSigningKey_ed25519', 32),
    envelope('StakePoolExtendedSigningKey_ed25519_bip32', 128),
    envelope('VrfSigningKey_PraosVRF', 64),
    envelope('PaymentSigningKeyShelley_ed25519', 32),
    envelope('GenesisUTxOSigningKey_ed25519', 32),
    envelope('a type that does not exist', 608),
    envelope('KesVerificationKey_ed25519_kes_2^6', 608),
    envelope('NodeOperationalCertificate', 32),
    // Cut off, and with a member twice.
    envelope('KesSigningKey_ed25519_kes_2^6', 608).slice(0, 200),
    envelope('KesVerificationKey_ed25519_kes_2^6', 32).replace(
      '"cborHex"',
      `"cborHex":"${key}",$&`,
    ),
    // Among other words.
    `"cborHex": "${key}"`,
    `cborHex: ${key}`,
    `"${key}"`,
    `"cborHex": "${hex(byteString(64))}",`,
    `{"key":"${key}"}`,
    `{"key":"${base64(filled(608))}"}`,
    `{"cborHex": "${key}"`,
    key.replace(/..(?=.)/g, '$&:'),
    `export KEY=${hex(filled(64))}`,
    `export KEY=${base64(filled(64))}`,
    `KEY_${key}`,
    `a line\nmy key is ${key}, and more\n`,
    'MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC',
    `MIIEpAIBAAKCAQEA${'Zm9v'.repeat(13)}\n${'Zm9v'.repeat(16)}`,
    `b3BlbnNzaC1rZXktdjEAAAAA${'Zm9v'.repeat(12)}`,
    // In the words of a tool.
    'ed25519_sk1qzwttx4g7r2',
    'ed25519e_sk1qzwttx4g7r2',
    'kes_sk1qzwttx4g7r2',
    'acct_xsk1qzwttx4g7r2',
    'KES_SK1QZWTTX4G7R2',
    'vrf_sk1qzwttx4g7r2',
    'pool_sk1',
    'xprv1qzwttx4g7r2',
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw',
    'PRIVATE+KEY+example.com+c74f20a3+AY',
    'AGE-SECRET-KEY-1QYQSZ',
    '{"a":{"type":"KesSigning\\u004bey"}}',
    'abandon '.repeat(23) + 'about',
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
  ];
  test.each(notations)('in this notation, row %#', async (text) => {
    for (const each of [text, ` \n${text}`, encoded(text)])
      expect(await given(each)).toEqual(secret);
  });

  const publicFiles = [
    envelope('KesVerificationKey_ed25519_kes_2^6', 32),
    envelope('StakePoolVerificationKey_ed25519', 32),
    example('certificate.json').toString(),
    counter('03'),
  ];
  test.each<[string, Record<string, unknown>]>([
    ['a signing key', { signingKey: key }],
    ['a private key', { privateKey: 'ab' }],
    ['a secret key', { nested: [{ secretKey: 'ab' }] }],
    ['a seed', { seed: '5a'.repeat(32) }],
    ['a cold key', { skey: `5820${'5a'.repeat(32)}` }],
    ['another item', { cbor: `5820${'5a'.repeat(32)}` }],
    ['a key in the description', { description: `my key: ${key}` }],
    ['a key of bech32 in the description', { description: 'kes_sk1qzwttx4g7r2' }],
    ['a key as a name', { [key]: '' }],
  ])('in a file that is named public, as %s', async (_name, members) => {
    for (const file of publicFiles) {
      const text = JSON.stringify({ ...(JSON.parse(file) as object), ...members });
      expect(await given(text)).toEqual(secret);
    }
  });

  test('anywhere in JSON, and nothing is passed on', async () => {
    const bases = [...publicFiles, JSON.stringify({ header: '82'.repeat(300) })];
    const keys = fc.constantFrom(
      ...[hex(filled(64)), key, `a ${key}`, `0x${key}`, base64(filled(96)), 'the signing key'],
      ...[
        'vrf_sk1qz',
        envelope('KesSigningKey_ed25519_kes_2^6', 608),
        'MC4CAQAwBQYDK2Vw'.repeat(4),
      ],
    );
    const path = fc.array(fc.constantFrom('description', 'a', 'key', 'cbor', 0), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases), keys, path, fc.boolean(), async (...each) => {
        const [base, word, names, isName] = each;
        const inner = isName ? { [word]: 1 } : word;
        const value = names.reduce<unknown>(
          (before, name) => (name === 0 ? [before] : { [name]: before }),
          inner,
        );
        const whole = { ...(JSON.parse(base) as object), ...{ more: value, description: value } };
        const { kind, ...found } = await given(JSON.stringify(whole));
        expect(kind).toBe('secret');
        // Of a size, it may be a signature: then the name of the member is told.
        expect(JSON.stringify(found)).toMatch(/^\{(?:"member":"(?:more|description|a)")?\}$/);
      }),
    );
  });

  describe('by a member that may be a signature', () => {
    const digits = example('mainnet-conway.hex').toString().trim();
    const sigma = hex(filled(64));
    const entry = (more: object) =>
      JSON.stringify([{ headerHex: digits, expected: { opcert: { sigmaHex: sigma }, ...more } }]);

    test('which is named, and nothing is passed on', async () => {
      const found = { kind: 'secret', member: 'sigmaHex' };
      const hash = { hotVkeyHex: hex(filled(32)), kesSignatureHex: hex(filled(448)) };
      for (const text of [entry({}), entry(hash), ` ${entry({ sigma: base64(filled(64)) })}`])
        for (const each of [text, encoded(text), base64(text), gzipSync(text)])
          expect(await given(each)).toEqual(found);
      expect(ofMember('sigmaHex')).toMatch(/^The member sigmaHex holds 64 bytes, .*If the member/);
    });

    test.each<[string, object]>([
      ['a name of a key', { signingKey: '' }],
      ['the same bytes in a member of a key', { skey: sigma }],
      ['the same bytes in one below a key', { signKey: [{ bytes: sigma }] }],
      ['the same bytes without a plain name', { [hex(filled(16))]: sigma }],
      ['a size that no signature has', { a: hex(filled(608)) }],
      ['a VRF key as an envelope contains it', { a: hex(byteString(64)) }],
      ['a key among words', { a: `a ${hex(filled(96))}` }],
      ['a key as a name', { [hex(filled(96))]: '' }],
      ['a type of a key', { type: 'VrfSigningKey_PraosVRF' }],
      ['a recovery phrase', { a: `${'abandon '.repeat(23)}about` }],
    ])('but not beside %s', async (_name, more) => {
      expect(await given(entry(more))).toEqual(secret);
    });

    test('but not in an envelope, nor beside another file that is a key', async () => {
      const member = { ...(JSON.parse(publicFiles[0]!) as object), sigmaHex: sigma };
      expect(await given(JSON.stringify(member))).toEqual(secret);
      const files = [entry({}), envelope('VrfSigningKey_PraosVRF', 64)].map((text, at) => {
        return { name: String(at), bytes: encoded(text) };
      });
      expect(await givenFiles(files)).toEqual(secret);
      expect(await givenFiles(files.slice(0, 1))).toMatchObject({ member: 'sigmaHex' });
    });
  });

  const sizes = [36, 64, 96, 128, 132, 224, 320, 416, 512, 608, 612, 704, 708];
  test.each(sizes)('by its size, %i bytes', async (size) => {
    for (const input of [
      ...[filled(size), byteString(size), hex(filled(size)), `0x${hex(byteString(size))}\n`],
      hex(byteString(size)).replace(/.{64}/g, '$&\n'),
    ])
      expect(await given(input)).toEqual(secret);
  });

  test.each([64, 608])('with a digit too few or too many, %i bytes', async (size) => {
    for (const digits of [hex(filled(size)), hex(byteString(size))])
      for (const damaged of [digits.slice(1), digits.slice(0, -1), `${digits}a`])
        expect(await given(damaged)).toEqual(secret);
  });

  test('in any layers of JSON, digits, base64 and gzip', async () => {
    const wrap = {
      cborHex: (inner: string) => JSON.stringify({ cborHex: inner }),
      header: (inner: string) => JSON.stringify({ result: [{ slot: 1, header: inner }] }),
      cbor: (inner: string) => JSON.stringify([{ cbor: inner }]),
      base64: (inner: string) => base64(inner),
      gzip: (inner: string) => base64(gzipSync(inner)),
    };
    const layers = fc.array(fc.constantFrom(...Object.values(wrap)), { maxLength: 2 });
    const inner = fc.constantFrom(
      hex(byteString(608)),
      base64(filled(64)),
      base64(gzipSync(filled(608))),
      envelope('KesSigningKey_ed25519_kes_2^6', 608),
      'legal winner thank year wave sausage worth useful legal winner thank yellow',
    );
    await fc.assert(
      fc.asyncProperty(inner, layers, async (key, all) => {
        const text = all.reduce((before, layer) => layer(before), key);
        expect(await given(text)).toEqual(secret);
        expect(await given(gzipSync(text))).toEqual(secret);
      }),
    );
  });
});

describe('32 bytes are a hash, a nonce, a verification key or a seed', () => {
  test.each([
    ['raw', filled(32)],
    ['as a byte string', byteString(32)],
    ['in digits', hex(filled(32))],
    ['in digits, with a digit too few', hex(filled(32)).slice(1)],
    ['in digits, with a digit too many', `${hex(filled(32))}a`],
    ['in a file of digits', encoded(hex(filled(32)))],
    ['in digits of a byte string', `0x${hex(byteString(32))}\n`],
    ['in base64', base64(filled(32))],
    ['compressed', gzipSync(filled(32))],
    ['in JSON', JSON.stringify({ header: hex(filled(32)) })],
    ['in an envelope of another type', envelope('a type that does not exist', 32)],
    ['in a line of an envelope', `"cborHex": "${hex(byteString(32))}",`],
    ['in quotes', `"${hex(filled(32))}"`],
    ['in quotes, in base64', `"seed": "${base64(filled(32))}",`],
  ])('%s', async (_name, input) => {
    expect(await given(input)).toEqual(unclear);
  });

  test('are called no signing key, with a way to a header and a sentence for a key', () => {
    expect(UNCLEAR).toMatch(/needs the header itself.*immutable.*\n.*If it was a signing key: /);
    expect(UNCLEAR).not.toContain(SECRET.slice(0, 30));
  });
});

describe('public input is no signing key', () => {
  const text = example('certificate.json').toString();
  const { cborHex } = JSON.parse(text) as { cborHex: string };
  const digits = example('mainnet-conway.hex').toString().trim();

  test('files of a pool, headers and chunks', async () => {
    for (const file of [
      text,
      envelope('KesVerificationKey_ed25519_kes_2^6', 32),
      envelope('StakePoolExtendedVerificationKey_ed25519_bip32', 64),
      ...['00', '17', '1818', '190100', '1a00010000'].map(counter),
    ])
      expect(await given(file)).toMatchObject({ kind: 'envelopes' });
    const headers = [digits, example('mainnet-conway.hex'), example('preview.chunk')];
    for (const input of [cborHex, ...headers])
      expect(await given(input)).toMatchObject({ kind: 'cbor' });
  });

  test('of a public file, its type, its description and its content are passed on', async () => {
    const file = envelope('KesVerificationKey_ed25519_kes_2^6', 32);
    const more = { size: 32, nested: { text: 'a word' } };
    expect(await given(JSON.stringify({ ...more, ...(JSON.parse(file) as object) }))).toEqual({
      kind: 'envelopes',
      texts: [file],
    });
  });

  test('text with a hash, a path or a name of the length of a key', async () => {
    for (const text of [
      ...[
        `deployed ${hex(filled(32))} to production`,
        `a path ${'/some-path'.repeat(9).slice(0, 86)}`,
      ],
      `sha256 ${hex(filled(32)).replace(/..(?=.)/g, '$&:')}`,
    ])
      expect(await given(text)).toMatchObject({ kind: 'unreadable' });
  });

  test('a header in JSON, base64 and gzip', async () => {
    const bytes = new Uint8Array(Buffer.from(digits, 'hex'));
    for (const input of [
      JSON.stringify({ type: 'Block', cborHex: digits }),
      JSON.stringify({ result: { block: { id: hex(filled(32)), cbor: digits } } }),
      JSON.stringify({ header: base64(bytes) }),
      JSON.stringify({ headerHex: digits }),
      ...[`"${digits}"`, `'${digits}',`, `"headerHex": "${digits}",`, `header: "${base64(bytes)}"`],
      base64(bytes),
      Buffer.from(bytes).toString('base64url'),
      gzipSync(bytes),
      gzipSync(digits),
      base64(gzipSync(JSON.stringify([{ header: digits }]))),
    ])
      expect(await given(input)).toEqual({ kind: 'cbor', bytes });
    const both = JSON.stringify([{ header: digits }, { header: digits }]);
    expect(await given(both)).toEqual({ kind: 'cbor', bytes: Uint8Array.of(...bytes, ...bytes) });
  });
});

describe('other input gets a sentence', () => {
  const saying = (words: string) => ({
    kind: 'unreadable',
    sentence: expect.stringContaining(words),
  });
  test.each([
    ['', { kind: 'nothing' }],
    [' \n', { kind: 'nothing' }],
    ['82a', saying('odd number')],
    ['hello', saying('neither')],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47), saying('neither like text nor like a header')],
    ['a log\nalone\n', saying('A sealed log is dropped together')],
    ['{"type":', saying('JSON with an error')],
    ['{"level":30}\n{"level":30}\n', saying('A sealed log is dropped together')],
    ['{"slot":1}', saying('without a member cborHex, header, headerHex or cbor')],
    [Uint8Array.of(0x1f, 0x8b, 8), saying('damaged or cut off')],
    ['https://example.org/block/1', saying('an address')],
    ['10,817,298', saying('a number')],
    ['pool1l4vnn76kq8jmg8hwvekm59xq5lg4r4xdnv8pv6guuw56gx2mtw8', saying('identity of a pool')],
    [hex(filled(28)), saying('identity of a pool')],
    [bech32('kes_vk', 32), saying('verification key of a pool, which is public')],
    [bech32('pool_vk', 32), saying('verification key of a pool, which is public')],
    [bech32('vrf_vk', 32), saying('VRF verification key, which is public')],
    [bech32('addr_xvk', 64), saying('verification key, which is public')],
    [bech32('ed25519_pk', 32), saying('verification key, which is public')],
    [bech32('stake_vkh', 28), saying('hash of a verification key')],
    [bech32('addr', 57), saying('an address, to which')],
    [bech32('stake_test', 29), saying('an address, to which')],
  ])('%j', async (input, expected) => {
    expect(await given(input)).toEqual(expected);
  });
});
