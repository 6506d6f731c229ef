/** `npm run generate`: writes the files of test-vectors again. */
import { writeFileSync } from 'node:fs';
import { externalVectors } from '@evolock/test-vectors';
import { haskellFile, type HaskellRun } from './files/write.js';
import { vectorFiles } from './files/vector-files.js';

/** The build of this file is in a folder of its workspace. */
const folder = new URL('../../../packages/test-vectors/vectors/', import.meta.url);

function put(name: string, text: string): void {
  writeFileSync(new URL(name, folder), text);
  console.log(`${name}: ${text.length} bytes`);
}

for (const [name, text] of vectorFiles()) put(name, text);

const haskell = externalVectors('haskell/kes.json');
if (haskell.available) put('kes-haskell.json', haskellFile(haskell.data as HaskellRun));
else console.log(`kes-haskell.json is left as it is: ${haskell.reason}`);
