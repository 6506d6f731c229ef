import { externalVectors } from '@evolock/test-support/external';
import { expect, test } from 'vitest';
import { isBlockHeaderBody, kesParameters, parseHeader, verifyHeader } from '../../src/index.js';
import { hexOf } from '../support/keys.js';

/** Parsed JSON. The tests below check its members. */
type Entry = ReturnType<typeof JSON.parse>;

function entriesOf(file: string): Entry[] {
  const vectors = externalVectors(file);
  if (vectors.available) return Object.values(vectors.data as object);
  test.skipIf(true)(vectors.reason, () => {});
  return [];
}

const real = entriesOf('real-headers.json').map((entry) => [
  `${entry.network} ${entry.era} ${entry.slot}`,
  entry,
]);

test.each(real)('a real header: %s', (_name, entry) => {
  const { expected } = entry;
  const parameters = kesParameters({
    name: entry.network,
    slotsPerKesPeriod: expected.slotsPerKESPeriod,
    maxKesEvolutions: expected.maxKESEvolutions,
  });
  const verdict = verifyHeader(entry.headerHex, parameters);
  const header = verdict.header!;
  const { certificate } = header;
  expect([header.canonical, isBlockHeaderBody(header.bodyBytes)]).toEqual([true, true]);
  expect({ ...entry, ...expected, ...expected.opcert }).toMatchObject({
    format: header.shape,
    valid: verdict.valid,
    opcertValid: verdict.certificate === 'good',
    kesValid: verdict.kesSignature === 'good',
    headerHash: header.hash,
    slot: Number(header.slot),
    blockNo: Number(header.blockNumber),
    kesPeriodOfSlot: Number(verdict.period),
    evolution: Number(verdict.evolution!.difference),
    poolIdHex: header.poolIdHex,
    issuerVkeyHex: hexOf(header.issuerVerificationKey),
    headerBodyLength: header.bodyBytes.byteLength,
    protocolVersion: [header.protocolVersion.major, header.protocolVersion.minor].map(Number),
    hotVkeyHex: hexOf(certificate.hotVerificationKey),
    sequenceNumber: Number(certificate.sequenceNumber),
    kesPeriod: Number(certificate.startPeriod),
    sigmaHex: hexOf(certificate.signature),
    kesSignatureHex: hexOf(header.kesSignature),
  });
});

const cases = entriesOf('consensus-header-cases.json').map((entry) => [entry.title, entry]);

test.each(cases)('a case of the consensus tests: %s', (_title, entry) => {
  const parameters = kesParameters({
    slotsPerKesPeriod: BigInt(entry.slotsPerKESPeriod),
    maxKesEvolutions: Number(entry.maxKESEvo),
  });
  const verdict = verifyHeader(entry.headerHex, parameters);
  expect(parseHeader(entry.headerHex).slot).toBe(BigInt(entry.slot));
  expect(verdict.header!.certificate.startPeriod).toBe(BigInt(entry.opcertKesPeriod));
  expect(verdict.evolution!.difference).toBe(BigInt(entry.evolution));
  expect(verdict.certificate === 'good').toBe(entry.opcertOk);
  expect(verdict.kesSignature === 'good' && verdict.evolution!.state === 'valid').toBe(entry.kesOk);
  expect(verdict.valid).toBe(entry.opcertOk && entry.kesOk);
});
