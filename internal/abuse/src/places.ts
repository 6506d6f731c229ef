/** Where files are. This file is one step below the workspace, and so is every built file. */
import { fileURLToPath } from 'node:url';

/** The path of a built program of this workspace. */
export function builtProgram(name: string): string {
  return fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
}

/** The manifest of a package. */
export function manifestOf(name: string): URL {
  return new URL(`../../../packages/${name}/package.json`, import.meta.url);
}
