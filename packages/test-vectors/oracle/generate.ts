import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { externalVectors } from '../src/external/files.js';
import { haskellFile, type HaskellRun } from './files/haskell.js';
import { vectorFiles } from './files/vector-files.js';

/** `npm run generate` runs in the folder of the package. */
const folder = resolve('vectors');
mkdirSync(folder, { recursive: true });

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  console.log(`${name}: ${text.length} bytes`);
}

for (const [name, text] of vectorFiles()) put(name, text);

const haskell = externalVectors('haskell/kes.json');
if (haskell.available) put('kes-haskell.json', haskellFile(haskell.data as HaskellRun));
else console.log(`kes-haskell.json is left as it is: ${haskell.reason}`);
