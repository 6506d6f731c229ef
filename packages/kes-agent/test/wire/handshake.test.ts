import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseVersion, encodeOffer } from '../../src/wire/handshake.js';
import { serviceVersions } from '../../src/wire/service.js';
import {
  bytesOf,
  choice,
  expectMessage,
  expectWhole,
  identifier,
  offer,
  refusalOf,
} from '../support/wire/codecs.js';
import { whole } from '../support/wire/pieces.js';

const SERVICE_2_0 = '536572766963653a322e30 000000000000000000000000000000000000000000';
const SERVICE_1_0 = '536572766963653a312e30 000000000000000000000000000000000000000000';
const SERVICE_0_4 = '536572766963653a5374616e6461726443727970746f3a302e34 000000000000';

const ascii = 'an identifier is ASCII, padded with zeros';
const wrongValue = 'the peer sent a value that the protocol does not have';

describe('an offer', () => {
  test('lists the identifiers, newest first', async () => {
    const bytes = bytesOf('00000003', SERVICE_2_0, SERVICE_1_0, SERVICE_0_4);
    expect(await expectMessage(offer, bytes)).toEqual(serviceVersions);
    await expectWhole(offer, bytes);
  });

  test('may be empty, and may have versions that this package does not have', async () => {
    expect(await expectMessage(offer, bytesOf('00000000'))).toEqual([]);
    const others = ['Service:9.9', 'x'.repeat(32), ...serviceVersions];
    expect(await offer.read(whole(encodeOffer(others)))).toEqual(others);
  });

  test('of more than 16 versions is refused before the first is read', async () => {
    const sixteen = Array.from({ length: 16 }, () => 'Service:2.0');
    expect(await expectMessage(offer, encodeOffer(sixteen))).toEqual(sixteen);
    for (const count of ['00000011', '00010000', 'ffffffff']) {
      expect(await refusalOf(offer, bytesOf(count))).toEqual([
        'too-long',
        'the peer stated a length above the limit: offered versions: at most 16',
      ]);
    }
  });

  test.each([
    ['only zeros', '00'.repeat(32)],
    ['a character after a zero', '41 00 42'.padEnd(8) + '00'.repeat(29)],
    ['a line feed', '41 0a'.padEnd(6) + '00'.repeat(30)],
    ['an escape', '1b 5b'.padEnd(6) + '00'.repeat(30)],
    ['a byte that is not ASCII', 'e9' + '00'.repeat(31)],
    ['no ASCII at the end', '41'.repeat(31) + 'ff'],
  ])('with an identifier of %s is refused', async (_what, hex) => {
    const refusal = await refusalOf(offer, bytesOf('00000001', hex));
    expect(refusal).toEqual(['wrong-value', `${wrongValue}: ${ascii}`]);
  });
});

describe('the choice', () => {
  test('is the newest version of mine that is offered', () => {
    const mine = serviceVersions;
    expect(chooseVersion(['Service:1.0', 'Service:2.0', 'Service:3.0'], mine)).toBe('Service:2.0');
    expect(chooseVersion(['Service:StandardCrypto:0.4', 'Service:1.0'], mine)).toBe('Service:1.0');
    expect(chooseVersion(['Service:3.0', 'Control:2.0', ''], mine)).toBeUndefined();
    expect(chooseVersion([], mine)).toBeUndefined();
  });

  const codec = choice(serviceVersions);

  test('of each version is 33 bytes', async () => {
    const chosen = [SERVICE_2_0, SERVICE_1_0, SERVICE_0_4];
    for (const [at, hex] of chosen.entries()) {
      const bytes = bytesOf('01', hex);
      expect(bytes).toHaveLength(33);
      expect(await expectMessage(codec, bytes)).toBe(serviceVersions[at]);
      await expectWhole(codec, bytes);
    }
  });

  test('of none is one byte', async () => {
    expect(await expectMessage(codec, bytesOf('00'))).toBeUndefined();
  });

  test('of a version that was not offered is refused', async () => {
    const refusal = [
      'wrong-identifier',
      'the peer sent another version identifier than the chosen one: it was not offered',
    ];
    expect(await refusalOf(choice(['Service:1.0']), bytesOf('01', SERVICE_2_0))).toEqual(refusal);
    const nearly = SERVICE_2_0.replace(/00$/, '01');
    expect(await refusalOf(codec, bytesOf('01', nearly))).toEqual(refusal);
  });

  test('begins with no other byte than 0 and 1', async () => {
    for (let tag = 2; tag < 256; tag++) {
      expect(await refusalOf(codec, Uint8Array.of(tag))).toEqual([
        'wrong-value',
        `${wrongValue}: presence of the chosen version`,
      ]);
    }
  });
});

describe('an identifier', () => {
  const codec = identifier('Service:StandardCrypto:0.4');

  test('is ASCII, padded with zeros to 32 bytes', async () => {
    await expectMessage(codec, bytesOf(SERVICE_0_4));
    await expectWhole(codec, bytesOf(SERVICE_0_4));
  });

  test('is refused when any bit differs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(31), fc.nat(7), async (at, bit) => {
        const bytes = bytesOf(SERVICE_0_4);
        bytes[at]! ^= 1 << bit;
        expect(await refusalOf(codec, bytes)).toEqual([
          'wrong-identifier',
          'the peer sent another version identifier than the chosen one: expected Service:StandardCrypto:0.4',
        ]);
      }),
    );
  });
});
