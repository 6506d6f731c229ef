/**
 * The process that judges the headers of a chain in one loop, and prints the microseconds a header: parsing, one check of each
 * certificate and one KES verification of each header; and the KES verification alone. Its argument is the file of all headers.
 */
import { readFileSync } from 'node:fs';
import { mainnet, periodOfSlot, type BlockHeader, headerItems } from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';

const { parseHeader, certificateVerdict } = nativeHeaders;

const file = readFileSync(process.argv[2] ?? '');
const headers = [...headerItems(file)].map(({ offset, size }) =>
  Uint8Array.from(file.subarray(offset, offset + size)),
);

function requireGood(good: boolean): void {
  if (!good) throw new Error('a good header was refused');
}

function verifyKes({ certificate, slot, signedBytes, kesSignature }: BlockHeader): void {
  const evolution = Number(periodOfSlot(mainnet, slot) - certificate.startPeriod);
  const { hotVerificationKey } = certificate;
  requireGood(sum6Kes.verify(hotVerificationKey, evolution, signedBytes, kesSignature));
}

const certificates = new Set<string>();

function judge(bytes: Uint8Array): void {
  const header = parseHeader(bytes);
  const { certificate, issuerVerificationKey } = header;
  const name = Buffer.from(certificate.signature).toString('latin1');
  if (!certificates.has(name))
    requireGood(certificateVerdict(certificate, issuerVerificationKey).valid);
  certificates.add(name);
  verifyKes(header);
}

function microseconds<Item>(items: readonly Item[], work: (item: Item) => void): number {
  const start = performance.now();
  for (const item of items) work(item);
  return ((performance.now() - start) * 1_000) / items.length;
}

const WARM_UP = 2_000;
for (const bytes of headers.slice(0, WARM_UP)) judge(bytes);
certificates.clear();
const loop = microseconds(headers, judge);
const parsed = headers.slice(-10_000).map((bytes) => parseHeader(bytes));
const result = { loop, kes: microseconds(parsed, verifyKes) };
console.log(JSON.stringify(result));

/** Microseconds a header. */
export type LoopResult = typeof result;
