import { conformanceCase } from '../cases/case.js';
import { expectVerdict } from '../cases/expect.js';
import type { VectorLocation } from '../errors.js';
import type { Implementation } from '../implementation/implementation.js';
import {
  bytesIn,
  type ExternalEntry,
  integerIn,
  nestedEntry,
  textIn,
  verdictIn,
} from './entries.js';
import { type EntryResult, findKes, isEvolution, skip } from './results.js';

const file = 'real-headers.json';

/** A CBOR array of two: body and signature. */
const PAIR_HEAD = 0x82;

function describe(entry: ExternalEntry): string {
  return textIn(entry, 'source') ?? 'a header without a source';
}

function bodyOf(entry: ExternalEntry, expected: ExternalEntry): Uint8Array | undefined {
  const header = bytesIn(entry, 'headerHex');
  const length = integerIn(expected, 'headerBodyLength');
  if (header?.[0] !== PAIR_HEAD || length === undefined) return undefined;
  return header.subarray(1, 1 + Number(length));
}

function signatureCase(implementation: Implementation, entry: ExternalEntry): EntryResult {
  const expected = nestedEntry(entry, 'expected');
  const name = `${describe(entry)}: KES signature`;
  const body = bodyOf(entry, expected);
  const hotKey = bytesIn(nestedEntry(expected, 'opcert'), 'hotVkeyHex');
  const signature = bytesIn(expected, 'kesSignatureHex');
  const evolution = integerIn(expected, 'evolution');
  const limit = integerIn(expected, 'maxKESEvolutions');
  const valid = verdictIn(expected, 'kesValid');
  if (
    body === undefined ||
    hotKey === undefined ||
    signature === undefined ||
    evolution === undefined ||
    limit === undefined ||
    valid === undefined
  ) {
    return skip(file, name, 'a field is missing');
  }
  const depth = (signature.length - 64) / 64;
  const kes = findKes(implementation, 'sum', depth);
  if (kes === undefined) return skip(file, name, `sum depth ${depth} is not offered`);
  const location: VectorLocation = { file, entry: describe(entry), algorithm: 'sum', depth };
  const verifyAt = (at: bigint) =>
    isEvolution(at, limit, kes.totalPeriods) && kes.verify(hotKey, Number(at), body, signature);
  return conformanceCase('real header', name, location, () => {
    expectVerdict(location, 'the KES signature', verifyAt(evolution), valid);
    if (!valid) return;
    for (const neighbour of [evolution - 1n, evolution + 1n]) {
      const what = `the KES signature at evolution ${neighbour}`;
      expectVerdict(location, what, verifyAt(neighbour), false);
    }
  });
}

/** Hot key ‖ sequence number ‖ start period: 32 + 8 + 8 bytes, the numbers big endian. */
function certificateBytes(hotKey: Uint8Array, sequenceNumber: bigint, period: bigint): Uint8Array {
  const bytes = new Uint8Array(48);
  bytes.set(hotKey);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(32, sequenceNumber);
  view.setBigUint64(40, period);
  return bytes;
}

function certificateCase({ dsign }: Implementation, entry: ExternalEntry): EntryResult {
  const expected = nestedEntry(entry, 'expected');
  const certificate = nestedEntry(expected, 'opcert');
  const name = `${describe(entry)}: certificate signature`;
  if (dsign === undefined) return skip(file, name, 'ed25519 is not offered');
  const issuerKey = bytesIn(expected, 'issuerVkeyHex');
  const hotKey = bytesIn(certificate, 'hotVkeyHex');
  const sequenceNumber = integerIn(certificate, 'sequenceNumber');
  const period = integerIn(certificate, 'kesPeriod');
  const signature = bytesIn(certificate, 'sigmaHex');
  const valid = verdictIn(expected, 'opcertValid');
  if (
    issuerKey === undefined ||
    hotKey === undefined ||
    sequenceNumber === undefined ||
    period === undefined ||
    signature === undefined ||
    valid === undefined
  ) {
    return skip(file, name, 'a field is missing');
  }
  const location = { file, entry: describe(entry) };
  return conformanceCase('real header', name, location, () => {
    const message = certificateBytes(hotKey, sequenceNumber, period);
    const verdict = dsign.verify(issuerKey, message, signature);
    expectVerdict(location, 'the certificate signature', verdict, valid);
  });
}

/**
 * The KES signature and the certificate of a header on a chain are valid or not as on the chain.
 *
 * @internal
 */
export function realHeaderCases(
  implementation: Implementation,
  entry: ExternalEntry,
): EntryResult[] {
  return [signatureCase(implementation, entry), certificateCase(implementation, entry)];
}
