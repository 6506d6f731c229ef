/** A rotation whose keys are in files: the next key is made beside the old one. */
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
    warnings: [],
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
