/** The program of `npm run release:pack -- FOLDER`: packs what was built, and lists the digests of the files. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.js';

const [folder = 'packed'] = process.argv.slice(2);
mkdirSync(folder);
// The built program is in the folder `dist` of the workspace.
await pack(fileURLToPath(new URL('../../..', import.meta.url)), resolve(folder));
