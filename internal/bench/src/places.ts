/** Where files are. This file is one step below the workspace, and so is every built file. */
import { fileURLToPath } from 'node:url';

/** The path of a built program of this workspace. */
export function builtProgram(name: string): string {
  return fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
}

/** The built command `kes`. */
export function kesProgram(): string {
  return fileURLToPath(new URL('../../../packages/kes-cli/bin/kes.cjs', import.meta.url));
}

/** A file of docs/measured, into which results are written. */
export function measuredFile(name: string): URL {
  return new URL(`../../../docs/measured/${name}`, import.meta.url);
}
