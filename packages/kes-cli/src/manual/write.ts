/** A step of the build: writes the manual pages. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wholeKesCommand } from '../kes.js';
import { pagesOf } from './page.js';

declare const PACKAGE_VERSION: string;
declare const RELEASE_DATE: string;

/** man finds the pages of a folder that is named `man1`. */
const folder = join('dist', 'man', 'man1');

async function writePages(): Promise<void> {
  const kes = await wholeKesCommand();
  mkdirSync(folder, { recursive: true });
  const release = { version: PACKAGE_VERSION, date: RELEASE_DATE.slice(0, 10) };
  for (const { file, text } of pagesOf(kes, release)) writeFileSync(join(folder, file), text);
  // The other name of the command leads to its page.
  writeFileSync(join(folder, 'evolock-kes.1'), '.so man1/kes.1\n');
}

void writePages();
