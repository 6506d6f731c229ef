/** The state of an agent, for people and for scripts. */
import { absolutePeriod, hexOf } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import {
  certificateFacts,
  certificateJson,
  type Certificate,
} from '../../certificates/certificate.js';
import type { Answer, Check, JsonMembers } from '../../cli/answer.js';
import { ExitCode } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { timeInWords } from '../../network/clock.js';
import { AgentControl, type ControlFlags } from './agent-control.js';

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

/** `kes agent info`. */
export async function info(session: Session, flags: ControlFlags): Promise<Answer> {
  const agent = AgentControl.of(session, flags);
  const state = await agent.ask((client) => client.info());
  const key = installedKeyOf(state);
  return {
    json: infoJson(state),
    exitCode: ExitCode.valid,
    result: `${printable(agent.path)}: ${nameOf(state)}`,
    checks: [installedCheck(key)],
    facts: [
      ...(key === undefined ? [] : certificateFacts(key)),
      ['KES period', periodInWords(state)],
      ['clock', timeInWords(dateOf(state.now))],
      ['staged key', state.staged === undefined ? 'none' : hexOf(state.staged)],
      ...state.peers.map(
        ({ address, status }) => ['peer', `${printable(address)}: ${status}`] as const,
      ),
    ],
  };
}

function nameOf({ program }: AgentInfo): string {
  return program === undefined ? 'an agent' : printable(program);
}

function installedCheck(key: InstalledKey | undefined): Check {
  if (key === undefined) return { valid: false, words: 'no key is installed' };
  const at = key.installedAt === undefined ? '' : `, since ${timeInWords(key.installedAt)}`;
  return { valid: true, words: `a key is installed, at evolution ${key.evolution}${at}` };
}

function periodInWords(state: AgentInfo): string {
  const { period, periodStart, periodEnd } = state;
  if (periodStart === undefined || periodEnd === undefined) return String(period);
  if (isBeforeNetwork(state)) {
    return `none: the network of the agent starts ${timeInWords(dateOf(periodStart))}, after its clock`;
  }
  return `${period}, from ${timeInWords(dateOf(periodStart))} to ${timeInWords(dateOf(periodEnd))}`;
}

function infoJson(state: AgentInfo): JsonMembers {
  const key = installedKeyOf(state);
  return {
    program: state.program ?? null,
    clock: { source: 'agent', date: isoOf(state.now) },
    kesPeriod: String(state.period),
    start: { date: isoOf(state.periodStart) },
    end: { date: isoOf(state.periodEnd) },
    installed:
      key === undefined
        ? null
        : {
            evolution: { value: String(key.evolution) },
            installedAt: key.installedAt?.toISOString() ?? null,
            ...certificateJson(key),
          },
    staged: state.staged === undefined ? null : { kesVerificationKey: hexOf(state.staged) },
    peers: state.peers.map((peer) => ({ ...peer })),
  };
}

function isoOf(seconds: bigint | undefined): string | null {
  return dateOf(seconds)?.toISOString() ?? null;
}

/** A moment in seconds since 1970, if a `Date` can state it. */
function dateOf(seconds: bigint | undefined): Date | undefined {
  if (seconds === undefined) return undefined;
  const date = new Date(Number(seconds) * 1_000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
