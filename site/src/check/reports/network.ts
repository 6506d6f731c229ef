/** Whether a header or a certificate can be of a network. Nothing in it names one. */
import {
  mainnet,
  preprod,
  preview,
  periodOfDate,
  slotOfDate,
  verifyHeader,
  type AbsolutePeriod,
  type BlockHeader,
  type HeaderVerdict,
  type KesParameters,
} from '@evolock/cardano-headers';
import { certificateLife, type CertificateLife } from '@evolock/cardano-headers/certificates';
import { sum6Kes } from '@evolock/kes-verify';
import { grouped, sentenceOf, type NetworkName } from './report.js';

/**
 * The first slot of each protocol version of mainnet: epochs 208, 236, 251, 290, 298, 365, 394, 507 and 537 (the table of
 * CIP-0059). In epoch 640 the vote on version 11 was open, so from epoch 641 on the version is not known here.
 */
const versions: readonly (readonly [slot: bigint, version: bigint | undefined])[] = [
  [4_492_800n, 2n],
  [16_588_800n, 3n],
  [23_068_800n, 4n],
  [39_916_800n, 5n],
  [43_372_800n, 6n],
  [72_316_800n, 7n],
  [84_844_800n, 8n],
  [133_660_800n, 9n],
  [146_620_800n, 10n],
  [191_548_800n, undefined],
];

/** Why a header cannot be of the network of its verdict, or hardly; `undefined` when it can. */
export function doubtOf(verdict: HeaderVerdict): string | undefined {
  const { header, parameters, failures, reasons } = verdict;
  if (header === undefined) return undefined;
  const other = failures.find(({ code }) => code === 'other-network');
  if (other !== undefined) return sentenceOf(other.message);
  const { name } = parameters;
  const reason = reasons.find(({ code }) => code === 'slot-ahead');
  if (reason !== undefined) return sentenceOf(reason.message);
  const version = versionAt(header, parameters);
  // The header states what the software of the pool supports, which is at most one version ahead.
  const stated = header.protocolVersion.major;
  return version !== undefined && stated > version + 1n
    ? `The header states protocol version ${String(stated)}, and ${name} had version ${String(version)} at slot ${grouped(header.slot)}.`
    : undefined;
}

/** The protocol version that a network had at the slot of a header, where that is known. */
export function versionAt({ slot }: BlockHeader, { name }: KesParameters): bigint | undefined {
  return name === mainnet.name ? versions.findLast(([first]) => first <= slot)?.[1] : undefined;
}

const networks = { mainnet, preprod, preview };
const names = Object.keys(networks) as NetworkName[];

/** The known networks that a header fits. One that its key signed at no evolution fits by its form. */
export function networksOf(header: BlockHeader, now: Date): NetworkName[] {
  const at = signedAt(header);
  return names.filter((name) => {
    const verdict = verifyHeader(header.bytes, networks[name], { now });
    const isSigned = at === undefined || at === verdict.evolution?.difference;
    return isSigned && doubtOf(verdict) === undefined;
  });
}

/** The life of a certificate of a start period now; `undefined` when no slot of the network is now. */
export function lifeAt(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  now: Date,
): CertificateLife | undefined {
  return periodOfDate(parameters, now) === undefined
    ? undefined
    : certificateLife(parameters, startPeriod, slotOfDate(parameters, now));
}

/** The known networks on which a certificate of a start period is valid now. */
export function networksOfPeriod(startPeriod: AbsolutePeriod, now: Date): NetworkName[] {
  return names.filter(
    (name) => lifeAt(networks[name], startPeriod, now)?.evolution.state === 'valid',
  );
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
