/** Bech32 (BIP 173), written only. A library that reads and writes every encoding of this kind is four times as large. */
const DIGITS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECKSUM_SIZE = 6;

/** The text of bytes. The prefix has small letters. */
export function bech32Of(prefix: string, bytes: Uint8Array): string {
  const letters = Array.from(prefix, (letter) => letter.charCodeAt(0));
  const values = groupsOf(bytes);
  const rest = remainder([
    ...letters.map((code) => code >> 5),
    0,
    ...letters.map((code) => code & 31),
    ...values,
    ...new Array<number>(CHECKSUM_SIZE).fill(0),
  ]);
  const checksum = Array.from(
    { length: CHECKSUM_SIZE },
    (_, index) => ((rest ^ 1) >> (5 * (CHECKSUM_SIZE - 1 - index))) & 31,
  );
  return `${prefix}1${[...values, ...checksum].map((value) => DIGITS.charAt(value)).join('')}`;
}

/** The bits of bytes in groups of five. The last group is filled with zeros. */
function groupsOf(bytes: Uint8Array): number[] {
  const groups: number[] = [];
  let pending = 0;
  let bits = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) groups.push((pending >> (bits - 5)) & 31);
  }
  if (bits > 0) groups.push((pending << (5 - bits)) & 31);
  return groups;
}

/** The remainder of the checksum's polynomial, 30 bits. */
function remainder(values: readonly number[]): number {
  return values.reduce((rest, value) => {
    const top = rest >> 25;
    const shifted = ((rest & 0x1ffffff) << 5) ^ value;
    return GENERATOR.reduce(
      (sum, factor, index) => ((top >> index) & 1 ? sum ^ factor : sum),
      shifted,
    );
  }, 1);
}
