/**
 * A file of block headers: a JSON array of entries with the header in hexadecimal and the parameters of its network.
 * Any field can be null or missing; what cannot be judged for want of one says so.
 */
import { readFileSync } from 'node:fs';
import { kesParameters, type KesParameters } from '@evolock/cardano-kes';
import { printable } from '../printable.js';
import { DemoError } from './demo-error.js';

/** One header of the file. */
export interface HeaderEntry {
  /** Where it stands in the file, from 0. */
  readonly index: number;
  readonly network: string;
  readonly era: string;
  /** Whether the file says that the header is valid; `undefined` when it does not say. */
  readonly expected: boolean | undefined;
  /** What is to be judged, or why it cannot be. */
  readonly subject: HeaderSubject | { readonly missing: string };
}

/** Everything that judging a header takes. */
export interface HeaderSubject {
  readonly bytes: Uint8Array;
  readonly parameters: KesParameters;
}

/** More evolutions than a number can count are as good as any number that no algorithm has. */
const MAX_EVOLUTIONS = BigInt(Number.MAX_SAFE_INTEGER);

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a file of headers.
 *
 * @throws {@link DemoError} `HEADERS_FILE_UNREADABLE`, `HEADERS_FILE_MALFORMED`.
 */
export function readRealHeaders(path: string): HeaderEntry[] {
  return parseRealHeaders(readText(path), path);
}

/**
 * Reads the text of such a file; `path` is what error messages call it.
 *
 * @throws {@link DemoError} `HEADERS_FILE_MALFORMED`.
 */
export function parseRealHeaders(text: string, path: string): HeaderEntry[] {
  const place = printable(path);
  const content = parseJson(text, place);
  if (!Array.isArray(content)) throw malformed(place, 'it is no JSON array of headers');
  if (content.length === 0) throw malformed(place, 'it holds no header');
  return content.map((entry: unknown, index) => {
    if (!isObject(entry)) throw malformed(place, `entry ${index} is no JSON object`);
    return readEntry(entry, index, `${place}: entry ${index}`);
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? 'unknown'})`;
    throw new DemoError('HEADERS_FILE_UNREADABLE', `${printable(path)}: ${why}`, { cause });
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(place, 'it is no JSON', { cause });
  }
}

function readEntry(entry: JsonObject, index: number, place: string): HeaderEntry {
  const expected = objectIn(entry, 'expected', place);
  return {
    index,
    network: textIn(entry, 'network', place) ?? '(no network)',
    era: textIn(entry, 'era', place) ?? '(no era)',
    expected: verdictIn(entry, 'valid', place),
    subject: readSubject(entry, expected, place),
  };
}

function readSubject(
  entry: JsonObject,
  expected: JsonObject,
  place: string,
): HeaderEntry['subject'] {
  const bytes = bytesIn(entry, 'headerHex', place);
  if (bytes === undefined) return { missing: 'headerHex' };
  const slotsPerKesPeriod = countIn(expected, 'slotsPerKESPeriod', place);
  if (slotsPerKesPeriod === undefined) return { missing: 'expected.slotsPerKESPeriod' };
  const maxKesEvolutions = countIn(expected, 'maxKESEvolutions', place);
  if (maxKesEvolutions === undefined) return { missing: 'expected.maxKESEvolutions' };
  return {
    bytes,
    parameters: kesParameters({
      name: 'the network',
      slotsPerKesPeriod,
      maxKesEvolutions: Number(
        maxKesEvolutions < MAX_EVOLUTIONS ? maxKesEvolutions : MAX_EVOLUTIONS,
      ),
    }),
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function objectIn(entry: JsonObject, field: string, place: string): JsonObject {
  const value = entry[field];
  if (isAbsent(value)) return {};
  if (!isObject(value)) throw malformed(place, `${field} is no JSON object`);
  return value;
}

function textIn(entry: JsonObject, field: string, place: string): string | undefined {
  const value = entry[field];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw malformed(place, `${field} is no text`);
  return printable(value);
}

function verdictIn(entry: JsonObject, field: string, place: string): boolean | undefined {
  const value = entry[field];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'boolean') throw malformed(place, `${field} is neither true nor false`);
  return value;
}

function bytesIn(entry: JsonObject, field: string, place: string): Uint8Array | undefined {
  const value = entry[field];
  if (isAbsent(value)) return undefined;
  // Buffer.from stops at the first wrong digit without a word.
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(value)) {
    throw malformed(place, `${field} is no hexadecimal text of whole bytes`);
  }
  return new Uint8Array(Buffer.from(value, 'hex'));
}

function countIn(entry: JsonObject, field: string, place: string): bigint | undefined {
  const value = entry[field];
  if (isAbsent(value)) return undefined;
  // A number beyond 2^53 has been rounded by JSON.parse: such counts have to be written as text.
  const isCount = typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
  if (isCount || (typeof value === 'string' && /^[1-9][0-9]{0,19}$/.test(value))) {
    const count = BigInt(value);
    if (count < 1n << 64n) return count;
  }
  throw malformed(place, `expected.${field} is no count`);
}

function malformed(place: string, what: string, options?: ErrorOptions): DemoError {
  return new DemoError('HEADERS_FILE_MALFORMED', `${place}: ${what}`, options);
}
