/** The names of the new files of a rotation: beside the old ones, with the start period. */
import { basename, dirname, join } from 'node:path';
import type { AbsolutePeriod } from '@evolock/cardano-kes';

/** The new files. */
export interface NewFiles {
  readonly skey: string;
  readonly vkey: string;
  readonly request: string;
  readonly cert: string;
}

/** `kes.skey` and `node.cert` give `kes-1574.skey`, `kes-1574.vkey`, `kes-1574.request` and `node-1574.cert`. */
export function newFiles(skey: string, cert: string, period: AbsolutePeriod): NewFiles {
  const key = stemOf(skey, period);
  return {
    skey: `${key}.skey`,
    vkey: `${key}.vkey`,
    request: `${key}.request`,
    cert: `${stemOf(cert, period)}.cert`,
  };
}

/** The period of an earlier rotation is replaced. */
function stemOf(path: string, period: AbsolutePeriod): string {
  const stem = basename(path)
    .replace(/\.[a-z]+$/i, '')
    .replace(/-[0-9]+$/, '');
  return join(dirname(path), `${stem}-${period}`);
}
