import { externalVectors } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { kesParameters, parseHeader, verifyHeader } from '../../src/index.js';
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
  expect(verdict.valid).toBe(entry.valid);
  expect(verdict.certificate === 'good').toBe(expected.opcertValid);
  expect(verdict.kesSignature === 'good').toBe(expected.kesValid);
  const header = verdict.header!;
  const { certificate, poolId } = header;
  expect([header.shape, header.hash, Number(header.slot), Number(header.blockNumber)]).toEqual([
    entry.format,
    expected.headerHash,
    entry.slot,
    expected.blockNo,
  ]);
  expect([Number(verdict.period), Number(verdict.evolution!.difference)]).toEqual([
    expected.kesPeriodOfSlot,
    expected.evolution,
  ]);
  expect([poolId.hex, hexOf(header.issuerVerificationKey)]).toEqual([
    expected.poolIdHex,
    expected.issuerVkeyHex,
  ]);
  expect(header.bodyBytes.byteLength).toBe(expected.headerBodyLength);
  expect([Number(header.protocolVersion.major), Number(header.protocolVersion.minor)]).toEqual(
    expected.protocolVersion,
  );
  expect([
    hexOf(certificate.hotVerificationKey),
    Number(certificate.sequenceNumber),
    Number(certificate.startPeriod),
    hexOf(certificate.signature),
  ]).toEqual([
    expected.opcert.hotVkeyHex,
    expected.opcert.sequenceNumber,
    expected.opcert.kesPeriod,
    expected.opcert.sigmaHex,
  ]);
  expect(hexOf(header.kesSignature)).toBe(expected.kesSignatureHex);
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
