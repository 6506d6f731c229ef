/** A rotation whose keys are in files: the next key is made beside the old one. */
import { existsSync, statSync } from 'node:fs';
import { printable, shellWord } from '../cli/text.js';
import { exchangeWarnings } from '../files/exchange.js';
import type { Beginning, KeyPlace } from './begin.js';
import { newPair, newPairFiles, type NewPairFiles } from './new-files.js';
import { judgePair } from './pairs.js';
import { refusePending } from './pending.js';
import { stepsToFinish } from './rotation.js';

/** The place of the next key beside the old one. */
export function pairPlace(skey: string, beginning: Beginning): KeyPlace {
  const { cert, old, network } = beginning;
  const files = newPairFiles(skey, cert, beginning);
  refusePending(beginning, {
    inUse: skey,
    own: files.skey,
    isUsable: () => true,
    dropping: (name) => dropping(newPairFiles(skey, cert, { ...beginning, name }), network),
  });
  const [newSkey, newCert, oldSkey = ''] = [files.skey, files.cert, skey].map(shellWord);
  return {
    files,
    warnings: [
      ...ownerWarnings(skey, files.skey),
      ...exchangeWarnings(files.skey, statSync(skey).uid),
    ],
    makeKey: () => newPair(files),
    fact: ['signing key', `${printable(files.skey)} (mode 0600: it stays on this machine)`],
    json: { signingKeyFile: files.skey },
    judge: (file) => judgePair(files.skey, file, old, beginning),
    stepsAfter: (isIssuedHere) => [
      ...(isIssuedHere
        ? []
        : [
            [
              'Check the pair:',
              `kes status --cert ${newCert} --skey ${newSkey} ${network}`,
            ] as const,
          ]),
      [`Start the node with ${printable(files.skey)} and ${printable(files.cert)}.`],
      ...stepsToFinish(beginning, {
        asking: 'When it runs, ask it for the last number on chain:',
        ending: 'Erase the old signing key:',
        inUse: `--skey ${oldSkey}`,
        newCert: files.cert,
        newSkey: files.skey,
      }),
    ],
  };
}

/** The command that erases a key which was made and is not wanted. */
function dropping(files: NewPairFiles, network: string): string {
  const [skey, vkey, cert] = [files.skey, files.vkey, files.cert].map(shellWord);
  if (existsSync(files.cert)) return `kes erase ${skey} --cert ${cert} ${network} --force`;
  // A killed run may have left the signing key alone.
  const naming = existsSync(files.vkey) ? '' : `kes vkey ${skey} --out ${vkey} && `;
  return `${naming}kes erase ${skey} --vkey ${vkey}`;
}

/** Warns when the node could not read the new key: when root rotates the key of another user. */
function ownerWarnings(old: string, made: string): string[] {
  const owner = statSync(made, { throwIfNoEntry: false })?.uid ?? process.geteuid?.();
  if (statSync(old).uid === owner) return [];
  return [
    `${printable(old)} belongs to another user than ${printable(made)} and the other new files: give these to the user of the node (chown)`,
  ];
}
