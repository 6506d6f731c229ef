/** Where files are. This file is one step below the workspace, and so is every built file. */
import { fileURLToPath } from 'node:url';

/** The built program of the scanned process. */
export const childProgram = fileURLToPath(new URL('../dist/child.js', import.meta.url));

/** The page of the documentation into which the results are written. */
export const PAGE = new URL('../../../docs/measured/proof.md', import.meta.url);

/** The data of the page: a line for each scan. */
export const DATA = new URL('../../../docs/measured/proof.csv', import.meta.url);
