/** Rotations that were begun in an earlier KES period, or under another name, and were not finished. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { hexOf, readVerificationKey, type AbsolutePeriod } from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { printable } from '../cli/text.js';
import { isOver, type Beginning } from './begin.js';
import { stemOf } from './new-files.js';

/** Where the unfinished rotations of a key are looked for. */
interface PendingSearch {
  /** The key or certificate in use, which the files are named after. */
  readonly inUse: string;
  /** The file that every rotation has, from its beginning on: of this one. */
  readonly own: string;
  /** Whether a found file is of a key that a rotation can go on with. */
  readonly isUsable: (path: string) => boolean;
  /** The command that drops the key of a rotation by its name. */
  readonly dropping: (name: string) => string;
  /** The command that ends a rotation with a certificate, by its name: a node may run with it. */
  readonly ending?: (name: string) => string | undefined;
}

/**
 * Without `--name`, a rotation does not begin while another one is unfinished. With the name of an earlier period it goes on
 * with that one, which has to exist.
 */
export function refusePending(beginning: Beginning, search: PendingSearch): void {
  const { which, name, cold } = beginning;
  const reused = cold?.reuseNumber === undefined ? '' : ` --reuse-number ${cold.reuseNumber}`;
  const again = `${beginning.again}${reused}`;
  const { own, dropping, ending } = search;
  if (existsSync(own)) return;
  if (which === 'earlier') {
    throw new CommandError(
      'usage',
      `--name ${name}: there is no ${printable(own)} to go on with: leave --name out for a pair of the current KES period`,
    );
  }
  const [found] = which === 'another' ? [] : pendingBeside(beginning, search);
  if (found === undefined) return;
  const goOn = isOver(beginning.parameters, found.began, beginning.startPeriod)
    ? `, and a certificate from KES period ${found.began} has ended. T`
    : `. To go on with it, run: ${again} --name ${found.name}; t`;
  const end = ending?.(found.name);
  const drop =
    end === undefined
      ? `o drop it, run: ${dropping(found.name)}`
      : `o end it when the node runs with its certificate, run: ${end}; to drop it when no node has its key, run: ${dropping(found.name)}`;
  throw new CommandError(
    'usage',
    `${printable(found.path)}: the rotation that made it is not finished${goOn}${drop}; to begin another one beside it, run: ${again} --name ${name}`,
  );
}

/** The rotations that began while the certificate was in use. A copy of the pair in use is not one. */
function pendingBeside(
  { old: { certificate }, startPeriod }: Beginning,
  { inUse, own, isUsable }: PendingSearch,
): { readonly name: string; readonly path: string; readonly began: AbsolutePeriod }[] {
  const [stem, extension = ''] = [stemOf(inUse), own.split('.').at(-1)];
  const form = /^-(([0-9]{1,20})[a-z]*)$/;
  return readdirSync(dirname(stem)).flatMap((file) => {
    if (!file.startsWith(basename(stem)) || !file.endsWith(`.${extension}`)) return [];
    const [, name, period] =
      form.exec(file.slice(basename(stem).length, -extension.length - 1)) ?? [];
    const path = `${stem}-${name}.${extension}`;
    if (name === undefined || period === undefined || file === basename(inUse)) return [];
    const began = BigInt(period) as AbsolutePeriod;
    if (began < certificate.startPeriod || began > startPeriod) return [];
    if (isKeyOf(`${stem}-${name}.vkey`, certificate.hotVerificationKey)) return [];
    return isUsable(path) ? [{ name, path, began }] : [];
  });
}

/** Whether a file is that of this verification key. */
export function isKeyOf(vkey: string, key: Uint8Array): boolean {
  try {
    return hexOf(readVerificationKey('kes', vkey).verificationKey) === hexOf(key);
  } catch {
    // There is none, or it is damaged.
    return false;
  }
}
