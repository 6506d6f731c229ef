import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { vectorFiles } from './files/vector-files.js';

/** `npm run generate` runs in the folder of the package. */
const folder = resolve('vectors');
mkdirSync(folder, { recursive: true });
for (const [name, text] of vectorFiles()) {
  writeFileSync(join(folder, name), text);
  console.log(`${name}: ${text.length} bytes`);
}
