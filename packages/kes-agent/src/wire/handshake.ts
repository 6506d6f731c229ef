/**
 * How the two sides of a connection choose a version: the agent offers identifiers, the client chooses one, and the
 * side that sends the first message repeats it.
 */
import { ProtocolError } from '../errors.js';
import { joined, list, readList, readPresence, u8, type ByteSource } from './bytes.js';

/** Bytes of an identifier: ASCII, then zeros. */
export const IDENTIFIER_SIZE = 32;

/** The largest number of versions in an offer that is read. */
export const MAX_OFFERED_VERSIONS = 16;

/** The identifier of a version, 32 bytes. */
export function encodeIdentifier(version: string): Uint8Array {
  const bytes = new Uint8Array(IDENTIFIER_SIZE);
  bytes.set(Buffer.from(version, 'latin1'));
  return bytes;
}

async function readVersion(source: ByteSource): Promise<string> {
  const bytes = await source.read(IDENTIFIER_SIZE);
  const words = /^([\x20-\x7e]+)\0*$/.exec(Buffer.from(bytes).toString('latin1'));
  if (words?.[1] === undefined)
    throw new ProtocolError('wrong-value', 'an identifier is ASCII, padded with zeros');
  return words[1];
}

/** Reads an identifier. */
export async function readIdentifier(source: ByteSource, expected: string): Promise<void> {
  const bytes = await source.read(IDENTIFIER_SIZE);
  if (!Buffer.from(encodeIdentifier(expected)).equals(bytes))
    throw new ProtocolError('wrong-identifier', `expected ${expected}`);
}

/**
 * The offer of the agent.
 *
 * @param versions - Newest first.
 */
export function encodeOffer(versions: readonly string[]): Uint8Array {
  return list(versions, encodeIdentifier);
}

/** Reads the offer of the agent. It may contain versions that this package does not have. */
export async function readOffer(source: ByteSource): Promise<readonly string[]> {
  return readList(source, MAX_OFFERED_VERSIONS, 'offered versions', readVersion);
}

/**
 * The first of `mine` that is offered.
 *
 * @param offered - The offer of the agent.
 * @param mine - Newest first.
 * @returns `undefined` when none is offered.
 */
export function chooseVersion<V extends string>(
  offered: readonly string[],
  mine: readonly V[],
): V | undefined {
  return mine.find((version) => offered.includes(version));
}

/**
 * The choice of the client.
 *
 * @param version - `undefined`: none of the offer.
 */
export function encodeChoice(version: string | undefined): Uint8Array {
  return version === undefined ? u8(0) : joined(u8(1), encodeIdentifier(version));
}

/**
 * Reads the choice of the client.
 *
 * @returns `undefined` when the client chose none.
 */
export async function readChoice<V extends string>(
  source: ByteSource,
  offered: readonly V[],
): Promise<V | undefined> {
  if (!(await readPresence(source, 'the chosen version'))) return undefined;
  const bytes = await source.read(IDENTIFIER_SIZE);
  const chosen = offered.find((version) => Buffer.from(encodeIdentifier(version)).equals(bytes));
  if (chosen === undefined) throw new ProtocolError('wrong-identifier', 'it was not offered');
  return chosen;
}
