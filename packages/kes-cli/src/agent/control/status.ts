/** The key that an agent holds, for `kes status`. */
import { verifyCertificate } from '@evolock/cardano-kes';
import { refusalInWords } from '../../certificates/certificate.js';
import type { Standing } from '../../certificates/standing.js';
import type { StatusSubject } from '../../certificates/subject.js';
import type { Check } from '../../cli/answer.js';
import { CommandError } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { printable, sourceName } from '../../cli/text.js';
import { COLD_KEY, readVerificationKey } from '../../keys/verification-key.js';
import { AgentControl } from './agent-control.js';
import { installedKeyOf, type InstalledKey } from './info.js';

/** Where the key is, and which cold key should have signed its certificate. */
export interface AgentSource {
  readonly control: string;
  readonly coldVkey: string | undefined;
}

/** Gets the installed key from an agent. */
export async function subjectOfAgent(
  session: Session,
  { control, coldVkey }: AgentSource,
): Promise<StatusSubject> {
  const coldKey =
    coldVkey === undefined
      ? undefined
      : await readVerificationKey(session, '--cold-vkey', coldVkey, COLD_KEY);
  const agent = AgentControl.of(session, { control });
  const name = printable(agent.path);
  const key = installedKeyOf(await agent.ask((client) => client.info()));
  if (key === undefined) {
    throw new CommandError('invalid', `${name}: the agent has no installed key`);
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
    judgeKey: (standing) => {
      const check = judgeEvolution(key, standing);
      return Promise.resolve(check && { check, warnings: [] });
    },
  };
}

function judgeIssuer({ certificate }: InstalledKey, key: Uint8Array, name: string): Check {
  const verdict = verifyCertificate(certificate, key);
  if (verdict.valid) return { valid: true, words: `signed by the cold key of ${name}` };
  const isOther = verdict.reason === 'wrong-signature';
  return {
    valid: false,
    words: isOther ? `not signed by the cold key of ${name}` : refusalInWords(verdict.reason),
  };
}

/** At a later moment the agent will have evolved the key. */
function judgeEvolution(
  { evolution: held }: InstalledKey,
  { evolution, moment }: Standing,
): Check | undefined {
  if (evolution.state !== 'valid') return undefined;
  const isNow = moment.clock === 'machine';
  const valid = isNow ? held === evolution.evolution : held <= evolution.evolution;
  const words = `the agent holds its key at evolution ${held}`;
  return {
    valid,
    words: valid
      ? words
      : `${words}, not at ${evolution.evolution}: compare the clock and the network of the agent`,
  };
}
