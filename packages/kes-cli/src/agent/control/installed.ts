/** The installed key of an agent, in the types of certificates. */
import { absolutePeriod } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import type { Certificate } from '../../certificates/certificate.js';

/** The installed key and its certificate. An agent does not state its cold key. */
export interface InstalledKey extends Certificate {
  readonly evolution: number;
  /** Only newer agents state it. */
  readonly installedAt: Date | undefined;
}

/** The installed key of an agent, if there is one. */
export function installedKeyOf({ installed }: AgentInfo): InstalledKey | undefined {
  if (installed === undefined) return undefined;
  const { evolution, startPeriod, counter, verificationKey, signature, timestamp } = installed;
  return {
    evolution,
    installedAt: timestamp === undefined ? undefined : new Date(Number(timestamp) * 1_000),
    certificate: {
      hotVerificationKey: verificationKey,
      sequenceNumber: counter,
      startPeriod: absolutePeriod(startPeriod),
      signature,
    },
  };
}

/** Whether the clock of an agent is before the first KES period of its network. The protocol states period 0 then. */
export function isBeforeNetwork({ now, periodStart }: AgentInfo): boolean {
  return periodStart !== undefined && now < periodStart;
}
