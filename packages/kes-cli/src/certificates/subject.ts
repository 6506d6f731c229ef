/** What `kes status` judges: a certificate from a file, or that of the key which an agent holds. */
import type { Check } from '../cli/answer.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';
import { judgeKey, type KeyJudgement } from '../keys/judgement.js';
import { CERTIFICATE, judgeSignature, type Certificate } from './certificate.js';
import type { Standing } from './standing.js';

/** Where a certificate is: in a file, or in an agent. The names are those of the options. */
export interface StatusSource {
  readonly cert?: string | undefined;
  readonly skey?: string | undefined;
  readonly agentControl?: string | undefined;
  readonly coldVkey?: string | undefined;
}

/** A certificate with everything that is known of its key. */
export interface StatusSubject extends Certificate {
  /** Safe to print. */
  readonly name: string;
  /** The checks that do not depend on the moment. */
  readonly checks: readonly Check[];
  /** Checks the signing key at a moment; `undefined` when there is nothing to check. */
  readonly judgeKey: (standing: Standing) => Promise<KeyJudgement | undefined>;
}

/** How the members of a source are written, for messages about them. */
export type SourceNames = Readonly<Record<keyof StatusSource, string>>;

/**
 * Refuses a source that is not exactly one certificate, or states what its kind does not have.
 *
 * @param source - The source.
 * @param names - How the members are written.
 * @param place - What the messages begin with.
 */
export function checkSource(source: StatusSource, names: SourceNames, place = ''): void {
  const { cert, skey, agentControl, coldVkey } = source;
  if ((cert === undefined) === (agentControl === undefined)) {
    throw new CommandError(
      'usage',
      `${place}name one certificate: ${names.cert}, or ${names.agentControl} for the key of an agent`,
    );
  }
  if (agentControl !== undefined && skey !== undefined) {
    throw new CommandError('usage', `${place}${names.skey} needs ${names.cert}`);
  }
  if (cert !== undefined && coldVkey !== undefined) {
    throw new CommandError('usage', `${place}${names.coldVkey} needs ${names.agentControl}`);
  }
}

/** Reads the certificate of a checked source. */
export async function subjectOf(session: Session, source: StatusSource): Promise<StatusSubject> {
  const { cert = '', skey, agentControl: control, coldVkey } = source;
  if (control === undefined) return subjectOfFile(session, cert, skey);
  const { subjectOfAgent } = await import('../agent/control/status.js');
  return subjectOfAgent(session, { control, coldVkey });
}

async function subjectOfFile(
  session: Session,
  cert: string,
  skey: string | undefined,
): Promise<StatusSubject> {
  const file = await readEnvelope(session, cert, CERTIFICATE);
  return {
    ...file,
    name: sourceName(cert),
    checks: [judgeSignature(file)],
    judgeKey: async ({ evolution }) =>
      skey === undefined ? undefined : judgeKey(skey, file, evolution),
  };
}
