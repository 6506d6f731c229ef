/** A rotation whose keys are in files: the next key is made beside the old one. */
import { statSync } from 'node:fs';
import { printable, shellWord } from '../cli/text.js';
import type { Beginning, KeyPlace } from './begin.js';
import { judgePair } from './checks.js';
import { newPairFiles } from './names.js';
import { newPair } from './new-pair.js';

/** The place of the next key beside the old one. */
export function pairPlace(skey: string, beginning: Beginning): KeyPlace {
  const { cert, old, startPeriod, network } = beginning;
  const files = newPairFiles(skey, cert, startPeriod);
  const [newSkey, newCert, oldSkey, oldCert] = [files.skey, files.cert, skey, cert].map(shellWord);
  return {
    files,
    warnings: ownerWarnings(skey, files.skey),
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
      [
        'When it runs, erase the old signing key:',
        `kes rotate --finish --cert ${oldCert} --skey ${oldSkey} --new-cert ${newCert} --new-skey ${newSkey} ${network}`,
      ],
    ],
  };
}

/** Warns when the node could not read the new key: when root rotates the key of another user. */
function ownerWarnings(old: string, made: string): string[] {
  // The file of an interrupted rotation may have been given to the user already.
  const owner = statSync(made, { throwIfNoEntry: false })?.uid ?? process.getuid?.();
  if (statSync(old).uid === owner) return [];
  return [
    `${printable(old)} belongs to another user than ${printable(made)} and the other new files: give these to the user of the node (chown)`,
  ];
}
