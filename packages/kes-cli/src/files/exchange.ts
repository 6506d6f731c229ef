/** Whether another user can put another file in the place of a key. */
import { dirname } from 'node:path';
import {
  exchangeableOn,
  placeInWords,
  rootAndUser,
  wayTo,
} from '@evolock/direct-serialise-io/files';
import { printable } from '@evolock/command-line/text';

/**
 * Warns of a key file that another user can exchange: the user owns a folder or a link on the way to it, or may write there.
 *
 * @param path - A file in an existing folder.
 * @param owner - The number of the user whose key it is, if that is not the user of this run.
 */
export function exchangeWarnings(path: string, owner?: number): string[] {
  const users = rootAndUser();
  if (users === undefined) return [];
  const place = exchangeableOn(wayTo(dirname(path)), [
    ...users,
    ...(owner === undefined ? [] : [owner]),
  ]);
  if (place === undefined) return [];
  return [
    `${printable(path)}: another user can exchange it (${printable(placeInWords(place))}): keep keys in a folder of their own user, in which nobody else can write, below folders of that user or of root`,
  ];
}
