/** Whether a header can be of a network. Nothing in it names one. */
import {
  dateOfSlot,
  mainnet,
  NoDateError,
  preprod,
  preview,
  sum6Kes,
  verifyHeader,
  type BlockHeader,
  type HeaderVerdict,
  type KesParameters,
} from '@evolock/kes-verify';
import { grouped, sentenceOf, type NetworkName } from './report.js';

/** The first slot of each protocol version of mainnet from Babbage on: epochs 365, 394, 507 and 537. */
const versions: readonly (readonly [slot: bigint, version: bigint])[] = [
  [72_316_800n, 7n],
  [84_844_800n, 8n],
  [133_660_800n, 9n],
  [146_620_800n, 10n],
];

/** Milliseconds by which a clock may be late. */
const TOLERANCE = 3_600_000;

/** Why a header cannot be of the network of its verdict, or hardly; `undefined` when it can. */
export function doubtOf(verdict: HeaderVerdict, now: Date): string | undefined {
  const { header, parameters, failures } = verdict;
  if (header === undefined) return undefined;
  const other = failures.find(({ code }) => code === 'other-network');
  if (other !== undefined) return sentenceOf(other.message);
  const { name } = parameters;
  if (isLater(header, parameters, now))
    return `By the clock of this computer, slot ${grouped(header.slot)} of ${name} is still to come.`;
  const version = name === mainnet.name ? versionAt(header.slot) : undefined;
  // The header states what the software of the pool supports, which is at most one version ahead.
  const stated = header.protocolVersion.major;
  return version !== undefined && stated > version + 1n
    ? `The header states protocol version ${String(stated)}, and ${name} had version ${String(version)} at slot ${grouped(header.slot)}.`
    : undefined;
}

function versionAt(slot: bigint): bigint | undefined {
  return versions.findLast(([first]) => first <= slot)?.[1];
}

function isLater({ slot }: BlockHeader, parameters: KesParameters, now: Date): boolean {
  try {
    return dateOfSlot(parameters, slot).getTime() > now.getTime() + TOLERANCE;
  } catch (error) {
    if (error instanceof NoDateError) return error.reason === 'out-of-range';
    throw error;
  }
}

const networks = { mainnet, preprod, preview };
const names = Object.keys(networks) as NetworkName[];

/** The known networks that a header fits. One that its key signed at no evolution fits by its form. */
export function networksOf(header: BlockHeader, now: Date): NetworkName[] {
  const at = signedAt(header);
  return names.filter((name) => {
    const verdict = verifyHeader(header.bytes, networks[name]);
    const isSigned = at === undefined || at === verdict.evolution?.difference;
    return isSigned && doubtOf(verdict, now) === undefined;
  });
}

/** At which evolution its hot key signed a header, whatever the network; `undefined`: at none. */
export function signedAt({
  certificate,
  signedBytes,
  kesSignature,
}: BlockHeader): bigint | undefined {
  const key = certificate.hotVerificationKey;
  for (let evolution = 0; evolution < sum6Kes.totalPeriods; evolution += 1)
    if (sum6Kes.verify(key, evolution, signedBytes, kesSignature)) return BigInt(evolution);
  return undefined;
}
