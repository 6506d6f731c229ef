import { sum6Kes } from '@evolock/kes-sum';
import type { Header } from './header.js';
import { verifyCertificate } from './operational-certificate.js';

/** What differs from network to network. */
export interface KesParameters {
  /** Slots in a KES period, at least 1. */
  readonly slotsPerKesPeriod: bigint;
  /** How many evolutions of a key the network accepts: 62 on mainnet, of the 64 that Sum6 has. */
  readonly maxKesEvolutions: bigint;
}

/** What can be said of a header without the ledger's state: nothing of VRF, stake and certificate counters. */
export interface HeaderVerdict {
  /** Absolute KES period of the slot. */
  readonly kesPeriod: bigint;
  /** The key's period: the absolute one less the certificate's start. Negative before the certificate begins. */
  readonly evolution: bigint;
  readonly evolutionInRange: boolean;
  readonly certificateValid: boolean;
  readonly kesSignatureValid: boolean;
  /** All three. */
  readonly valid: boolean;
}

/** Judges a header by its certificate and its KES signature. */
export function judgeHeader(header: Header, parameters: KesParameters): HeaderVerdict {
  const { operationalCertificate: certificate, body, kesSignature } = header;
  const kesPeriod = header.slot / parameters.slotsPerKesPeriod;
  const evolution = kesPeriod - certificate.startPeriod;
  const evolutionInRange = isEvolution(evolution, parameters.maxKesEvolutions);
  const certificateValid = verifyCertificate(certificate, header.issuerVerificationKey);
  // Only an evolution in range is sure to be a number that `verify` can take.
  const kesSignatureValid =
    evolutionInRange &&
    sum6Kes.verify(certificate.hotVerificationKey, Number(evolution), body, kesSignature);
  return {
    kesPeriod,
    evolution,
    evolutionInRange,
    certificateValid,
    kesSignatureValid,
    valid: certificateValid && kesSignatureValid,
  };
}

/** Why a header is not valid, in a few words. */
export function whyInvalid({
  evolution,
  evolutionInRange,
  certificateValid,
  kesSignatureValid,
}: HeaderVerdict): string {
  const reasons = [
    certificateValid ? undefined : 'the certificate is not signed by the issuer',
    evolutionInRange ? undefined : `evolution ${String(evolution)} is out of range`,
    kesSignatureValid || !evolutionInRange ? undefined : 'the KES signature does not verify',
  ];
  return reasons.filter((reason) => reason !== undefined).join('; ');
}

/** Both limits hold: the network's, and the number of periods that the key has. */
function isEvolution(evolution: bigint, maxKesEvolutions: bigint): boolean {
  return (
    evolution >= 0n && evolution < maxKesEvolutions && evolution < BigInt(sum6Kes.totalPeriods)
  );
}
