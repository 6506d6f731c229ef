/** Hexadecimal text, in which the files of vectors and the protocol have all bytes. */
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

const WHOLE_BYTES = /^(?:[0-9a-f]{2})*$/;

/** Decodes hexadecimal text: lower case, two digits a byte, nothing else. */
export function hexToBytes(hex: unknown): Uint8Array {
  const pairs = 'pairs of the digits 0-9 and a-f';
  if (typeof hex !== 'string') throw wrongType('hexadecimal text', pairs, hex);
  if (!WHOLE_BYTES.test(hex)) throw wrongValue('hexadecimal text', pairs, 'other text');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Encodes bytes as hexadecimal text in lower case. */
export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** A member whose name ends like this has its bytes as hexadecimal text, or a list of such texts. */
const HEX_MEMBER = /^(\w+)Hex$/;

/** Decodes parsed JSON: a member `seedHex` becomes `seed`, with bytes for its text and `undefined` for `null`. */
export function decoded(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(decoded);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]: [string, unknown]) => {
      const [, bytesName] = HEX_MEMBER.exec(name) ?? [];
      return bytesName === undefined ? [name, decoded(value)] : [bytesName, bytesOf(value)];
    }),
  );
}

function bytesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bytesOf);
  return typeof value === 'string' ? hexToBytes(value.toLowerCase()) : undefined;
}

/** Members with lists of bytes, which may be empty. */
const LISTS_OF_BYTES: readonly string[] = ['files'];

/** Encodes what `decoded` decodes, with a date as POSIX seconds. */
export function encoded(input: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]: [string, unknown]) => {
      if (value instanceof Uint8Array) return [`${name}Hex`, bytesToHex(value)];
      if (LISTS_OF_BYTES.includes(name))
        return [`${name}Hex`, (value as Uint8Array[]).map(bytesToHex)];
      return [name, value instanceof Date ? value.getTime() / 1000 : value];
    }),
  );
}
