/** Who made a socket: a client looks before it connects, since Node.js cannot ask who is at the other end. */
import { dirname } from 'node:path';
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
