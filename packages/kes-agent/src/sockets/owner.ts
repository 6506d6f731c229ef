/** Where the sockets of an agent are, and who made one: a client looks before it connects, since Node.js cannot ask. */
import { dirname, isAbsolute, join } from 'node:path';
import { StreamError } from '@evolock/direct-serialise-io';
import {
  exchangeableOn,
  placeInWords,
  rootAndUser,
  wayTo,
  type Place,
  type Way,
} from '@evolock/direct-serialise-io/files';
import { SocketError } from '../errors.js';
import { checkLength } from './system.js';
import { statSync } from 'node:fs';
import { wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/**
 * Refuses a socket that could be the one of a stranger. Call it right before connecting, in the same turn.
 *
 * A socket of this user or of root is accepted where nobody else can exchange it or a folder above it. A socket of another
 * user is accepted in a folder of that user, where nobody but root, this user and that user can exchange a folder above it.
 * A sticky folder does not suffice then, because everybody can make a folder in it.
 */
export function checkOwner(path: string): void {
  const users = rootAndUser();
  if (users === undefined) return;
  checkLength(path);
  const way = look(path);
  const exchangeable = placeOfOthers(way, users);
  if (exchangeable === undefined) return;
  const detail = `the socket has the owner ${String(way.end.stats.uid)}; ${placeInWords(exchangeable)}`;
  throw new SocketError('exchangeable', path, { detail });
}

function look(path: string): Way {
  try {
    return wayTo(path);
  } catch (cause) {
    throw new StreamError(`${path}: connecting failed`, cause);
  }
}

function placeOfOthers(way: Way, users: readonly number[]): Place | undefined {
  const { path, stats } = way.end;
  if (users.includes(stats.uid)) return exchangeableOn(way, users);
  const folder = way.places.find((place) => place.path === dirname(path));
  return folder?.stats.uid === stats.uid
    ? exchangeableOn(way, [...users, stats.uid], false)
    : folder;
}

/** For root, when it has no folder of a session. */
const FOLDER_OF_ROOT = '/run/kes-agent';
const GROUP_OR_OTHERS_WRITE = 0o022;

/**
 * The path of a socket when none is given. It is never in a folder in which other users create files, as the temporary folder
 * of the reference is.
 *
 * @param protocol - Which socket.
 * @param environment - `XDG_RUNTIME_DIR` is used if it is a folder of the effective user that no other user can write to.
 * After `su` it can be the folder of another user.
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
