/** The default paths of the sockets of an agent. The agent and its clients use the same ones. */
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/** For root, when it has no folder of a session. */
const FOLDER_OF_ROOT = '/run/kes-agent';
const GROUP_OR_OTHERS_WRITE = 0o022;

/**
 * The path of a socket when none is given. It is never in a folder in which other users create files, as the temporary folder
 * of the reference is.
 *
 * @param protocol - Which socket.
 * @param environment - `XDG_RUNTIME_DIR` counts if it is a folder of the effective user, in which nobody else writes. After
 * `su` it can be that of another user.
 * @returns A path in `XDG_RUNTIME_DIR`, for root else in `/run/kes-agent`; `undefined` when there is neither.
 */
export function defaultSocketPath(
  protocol: 'service' | 'control',
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (typeof environment !== 'object' || (environment as unknown) === null)
    throw wrongType('environment', 'an object', environment);
  const own: unknown = environment['XDG_RUNTIME_DIR'];
  if (typeof protocol !== 'string') throw wrongType('protocol', 'service or control', protocol);
  if (!['service', 'control'].includes(protocol))
    throw wrongValue('protocol', 'service or control', protocol);
  const user = process.geteuid?.();
  const folder = isFolderOf(own, user) ? own : user === 0 ? FOLDER_OF_ROOT : undefined;
  return folder === undefined ? undefined : join(folder, `kes-agent-${protocol}.socket`);
}

/** Whether a folder belongs to a user who alone may create files in it. */
function isFolderOf(path: unknown, user: number | undefined): path is string {
  if (typeof path !== 'string' || !isAbsolute(path)) return false;
  try {
    const { uid, mode } = statSync(path);
    return uid === user && (mode & GROUP_OR_OTHERS_WRITE) === 0;
  } catch {
    return false;
  }
}
