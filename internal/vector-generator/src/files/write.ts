import { bytesToHex } from '@noble/hashes/utils.js';

/** The version of all files. It is raised when a field changes its meaning or is removed, and when a file is added. */
const SCHEMA_VERSION = 4;

/** An entry as JSON: a member with bytes gets a name that ends with `Hex`, and hexadecimal text. `null` stands for bytes too. */
function encoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) =>
      isBytes([member].flat()[0] ?? member)
        ? [`${name}Hex`, hexOf(member)]
        : [name, encoded(member)],
    ),
  );
}
const isBytes = (value: unknown) => value === null || value instanceof Uint8Array;
const hexOf = (bytes: unknown): unknown => {
  if (Array.isArray(bytes)) return bytes.map(hexOf);
  return bytes instanceof Uint8Array ? bytesToHex(bytes) : bytes;
};

/** The text of a file of vectors: one entry per line, so that a diff shows the entry. */
export function write(
  generator: string,
  provenance: string,
  lists: Readonly<Record<string, readonly object[]>>,
): string {
  const header = { schemaVersion: SCHEMA_VERSION, generator, provenance };
  const body = Object.entries(lists).map(
    ([name, entries]) =>
      `${JSON.stringify(name)}:[\n${entries.map((entry) => JSON.stringify(encoded(entry))).join(',\n')}\n]`,
  );
  return `${JSON.stringify(header).slice(0, -1)},\n${body.join(',\n')}}\n`;
}

/** The used parts of `haskell/kes.json`, the record of a run of the Haskell reference. Bytes are hexadecimal. */
export interface HaskellRun {
  readonly source: string;
  readonly made: string;
  readonly cases: readonly {
    readonly algorithm: string;
    readonly depth: number;
    readonly name: string;
    readonly seed: string;
    readonly verificationKey: string;
    readonly verificationKeyCbor: string;
    readonly verificationKeyHash: string;
    readonly sizes: Readonly<
      Record<'seed' | 'verificationKey' | 'signingKey' | 'signature', number>
    >;
    readonly periods: readonly {
      readonly period: number;
      readonly message: string;
      readonly signature: string;
      readonly signingKeySha256: string;
      readonly signingKey?: string;
    }[];
  }[];
}

/** `compactsum` is `compactSum` here. */
const kindOf = (algorithm: string) => algorithm.replace(/^compacts/, 'compactS');

/** The text of `kes-haskell.json`: the values of the run under the field names of the other files. */
export function haskellFile({ source, made, cases }: HaskellRun): string {
  const provenance =
    'signing keys and signatures at every period, by genKeyKES, signKES, updateKES and directSerialise of the reference; assertions off; licence of the source: Apache-2.0, see NOTICE';
  return write(`${source}, run on ${made}`, provenance, {
    keys: cases.map((entry) => ({
      algorithm: kindOf(entry.algorithm),
      depth: entry.depth,
      name: entry.name,
      seedHex: entry.seed,
      verificationKeyHex: entry.verificationKey,
      verificationKeyCborHex: entry.verificationKeyCbor,
      verificationKeyHashHex: entry.verificationKeyHash,
      signingKeySize: entry.sizes.signingKey,
      signatureSize: entry.sizes.signature,
      periods: entry.periods.map(
        ({ period, message, signature, signingKeySha256, signingKey }) => ({
          period,
          messageHex: message,
          signatureHex: signature,
          signingKeySha256Hex: signingKeySha256,
          ...(signingKey === undefined ? {} : { signingKeyHex: signingKey }),
        }),
      ),
    })),
  });
}
