/** The state of an agent: for `kes agent info`, and of the key that it holds for `kes status`. */
import { absolutePeriod, hexOf } from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import type { AgentInfo } from '@evolock/kes-agent';
import {
  type Certificate,
  certificateFacts,
  certificateJson,
  type LifeAt,
  periodsInWords,
  signatureCheck,
} from '../../certificates/certificate.js';
import type { Answer, Check, JsonMembers } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { ExitCode, invalid, UNCHECKED } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { readVerificationKey } from '../../files/key-files.js';
import { timeInWords } from '../../network/clock.js';
import { AgentControl, CONTROL, type ControlFlags } from './agent-control.js';

const { certificateVerdict } = nativeHeaders;

export const infoCommand: Definition = {
  text: `
    Shows what an agent states about itself: the installed key and its certificate, the staged key, the KES period, and the connections to other agents. kes status --agent-control checks the installed key.

    # For a person
    $ kes agent info --control /run/kes-agent/control.socket
    # For a script
    $ kes agent info --control /run/kes-agent/control.socket --json`,
  options: [CONTROL],
  exitCodes: UNCHECKED,
  work: info,
};

/** The installed key and its certificate. An agent does not state its cold key. */
interface InstalledKey extends Certificate {
  readonly period: bigint;
  readonly evolution: number;
  /** Only newer agents state it. */
  readonly installedAt: Date | undefined;
}

function installedKeyOf({ installed }: AgentInfo): InstalledKey | undefined {
  if (installed === undefined) return undefined;
  const { evolution, startPeriod, counter, verificationKey, signature, timestamp } = installed;
  return {
    period: startPeriod + BigInt(evolution),
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

export async function info(session: Session, flags: ControlFlags): Promise<Answer> {
  const agent = AgentControl.of(session, flags);
  const state = await agent.ask((client) => client.info());
  const key = installedKeyOf(state);
  return {
    json: { control: agent.path, ...infoJson(state) },
    exitCode: ExitCode.valid,
    result: `${printable(agent.path)}: ${printable(state.program ?? 'an agent')}`,
    checks: [installedCheck(key, state)],
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

function installedCheck(key: InstalledKey | undefined, { droppedAt }: AgentInfo): Check {
  if (key === undefined) {
    const since =
      droppedAt === undefined ? '' : `: it was dropped ${timeInWords(dateOf(droppedAt))}`;
    return { valid: false, words: `no key is installed${since}` };
  }
  const at = key.installedAt === undefined ? '' : `, since ${timeInWords(key.installedAt)}`;
  return {
    valid: true,
    words: `a key is installed, at ${periodsInWords(key.period, key.evolution)}${at}`,
  };
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
            kesPeriod: String(key.period),
            evolution: { value: String(key.evolution) },
            installedAt: key.installedAt?.toISOString() ?? null,
            ...certificateJson(key),
          },
    droppedAt: isoOf(state.droppedAt),
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

export async function subjectOfAgent(
  session: Session,
  control: string,
  coldVkey: string | undefined,
) {
  const coldKey =
    coldVkey === undefined
      ? undefined
      : await readVerificationKey(session, '--cold-vkey', coldVkey);
  const agent = AgentControl.of(session, { control });
  const name = printable(agent.path);
  const key = installedKeyOf(await agent.ask((client) => client.info()));
  if (key === undefined) {
    throw invalid(`${name}: the agent has no installed key`);
  }
  const coldVerificationKey = coldKey?.verificationKey;
  return {
    certificate: key.certificate,
    coldVerificationKey,
    name,
    checks:
      coldVkey === undefined || coldVerificationKey === undefined
        ? []
        : [judgeIssuer(key, coldVerificationKey, sourceName(coldVkey))],
    judgeKey: (life: LifeAt) => {
      const check = judgeEvolution(key, life);
      return check && { check, warnings: [] };
    },
  };
}

function judgeIssuer({ certificate }: InstalledKey, key: Uint8Array, name: string): Check {
  const verdict = certificateVerdict(certificate, key);
  if (verdict.valid) return { valid: true, words: `signed by the cold key of ${name}` };
  const isOther = verdict.reason === 'wrong-signature';
  return {
    valid: false,
    words: isOther ? `not signed by the cold key of ${name}` : signatureCheck(verdict).words,
  };
}

/** At a later moment the agent will have evolved the key. */
function judgeEvolution(
  { period, evolution: held }: InstalledKey,
  life: LifeAt,
): Check | undefined {
  const { evolution, moment } = life;
  if (evolution.state !== 'valid') return undefined;
  const isNow = moment.clock === 'machine';
  const valid = isNow ? held === evolution.evolution : held <= evolution.evolution;
  const words = `the agent holds its key at ${periodsInWords(period, held)}`;
  return {
    valid,
    words: valid
      ? words
      : `${words}, not at ${periodsInWords(life.period, evolution.evolution)}: compare the clock and the network of the agent`,
  };
}
