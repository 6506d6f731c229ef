import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesToHex, HexError, hexToBytes } from '../src/index.js';

test('bytes encoded as hexadecimal text decode to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
    }),
  );
});

test.each(['0', '0x', 'FF', 'gg', ' 00', '00 ', '00\n', '-1', '0_0', '٠٠'])(
  'the text %j is refused',
  (text) => {
    expect(() => hexToBytes(text)).toThrow(HexError);
    expect(() => hexToBytes(text)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_INVALID_HEX' }),
    );
  },
);
