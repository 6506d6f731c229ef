import { expect, test } from 'vitest';
import { bytesToHex, decoded, hexToBytes } from '../src/bytes.js';

test.each(['0', '0x', 'FF', 'gg', ' 00', '00 ', '00\n', '-1', '0_0', '٠٠', undefined, 7])(
  'hexadecimal text is not %j',
  (text) => {
    expect(() => hexToBytes(text)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_WRONG_ARGUMENT' }),
    );
  },
);

test('every byte is decoded and encoded again', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
});

test('members with hexadecimal text are decoded, at any depth, and others are left as they are', () => {
  const json = { aHex: '0aFF', bHex: null, list: [{ cHex: ['01', ''], text: '01' }] };
  expect(decoded(json)).toEqual({
    a: Uint8Array.of(10, 255),
    b: undefined,
    list: [{ c: [Uint8Array.of(1), new Uint8Array()], text: '01' }],
  });
});
