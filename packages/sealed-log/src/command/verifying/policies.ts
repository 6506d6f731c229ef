/** The policy that says which witnesses count, of an option. */
import type { Terms } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { sourceName } from '@evolock/command-line/text';
import { readPolicyFile, type PolicyFile } from '../../witness/policy-file.js';
import { refuseBeside, type LogPaths } from './given-files.js';
import { wholeOf } from './read.js';

export const POLICY: Terms = {
  text: `
    --policy <file>  which witnesses have to have seen the log, of the form C2SP tlog-policy: without their cosignatures not everything is proved`,
};

const MOST_BYTES = 1 << 20;

/** The bytes of a policy, and what it says. Who can change the log may not change it. */
export async function policyAt(
  session: Session,
  file: string,
  paths?: LogPaths,
): Promise<{ readonly bytes: Uint8Array; readonly policy: PolicyFile }> {
  if (paths !== undefined) refuseBeside('--policy', file, paths);
  const bytes = await wholeOf(session, file, MOST_BYTES);
  const policy = readPolicyFile(bytes);
  if (typeof policy === 'string')
    throw usage(`--policy ${sourceName(file)}: it is no policy of C2SP tlog-policy: ${policy}`);
  return { bytes, policy };
}
