/**
 * How the two sides of a connection choose a version: the agent offers identifiers, the client chooses one, and the
 * side that sends the first message repeats it.
 */
import { AgentProtocolError } from '../errors.js';
import { layout, list, maybe, type Codec, type Layout } from './codec.js';

/** Bytes of an identifier: ASCII, then zeros. */
const IDENTIFIER_SIZE = 32;

/** The largest number of versions in an offer that is read. */
const MAX_OFFERED_VERSIONS = 16;

function encoded(version: string): Uint8Array {
  const bytes = new Uint8Array(IDENTIFIER_SIZE);
  bytes.set(Buffer.from(version, 'latin1'));
  return bytes;
}

const anyVersion = layout<string>(IDENTIFIER_SIZE, encoded, (bytes) => {
  const [, version] = /^([\x20-\x7e]+)\0*$/.exec(bytes.toString('latin1')) ?? [];
  if (version === undefined)
    throw new AgentProtocolError('wrong-value', 'an identifier is ASCII, padded with zeros');
  return version;
});

function oneOf<V extends string>(versions: readonly V[], expected: string): Layout<V> {
  return layout<V>(IDENTIFIER_SIZE, encoded, (bytes) => {
    const found = versions.find((version) => bytes.equals(encoded(version)));
    if (found === undefined) throw new AgentProtocolError('wrong-identifier', expected);
    return found;
  });
}

/** The offer of the agent, newest first. It may contain versions that this package does not have. */
export const offer = list(anyVersion, MAX_OFFERED_VERSIONS, 'offered versions');

/** The choice of the client from an offer: `undefined` when it chose none. */
export function choice<V extends string>(offered: readonly V[]): Codec<V | undefined> {
  return maybe(oneOf(offered, 'it was not offered'), 'the chosen version');
}

/** The identifier of the chosen version, which is repeated before the first message. */
export function identifier<V extends string>(version: V): Layout<V> {
  return oneOf([version], `expected ${version}`);
}
