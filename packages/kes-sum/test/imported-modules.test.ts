import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/**
 * Prints the address of every module that is imported from then on. Written at once, since what
 * the thread of the hooks hands to the main thread to print is lost where the process ends first.
 */
const announce = `
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    const resolved = await next(specifier, context);
    writeSync(1, resolved.url + '\\n');
    return resolved;
  }
`;

/** What an import of the build loads, in a process of its own. */
function modulesOf(entry: string): string[] {
  const file = new URL(`../dist/${entry}.js`, import.meta.url).href;
  const script = `
    import { register } from 'node:module';
    register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(announce)}));
    await import(${JSON.stringify(file)});
  `;
  const flags = ['--no-warnings', '--input-type=module', '--eval', script];
  return execFileSync(process.execPath, flags, { encoding: 'utf8' }).trim().split('\n');
}

const ofCbor = (url: string): boolean => url.includes('cbor-x');

test('who does not ask for CBOR does not load its library', () => {
  const modules = modulesOf('index');
  expect(modules.length).toBeGreaterThan(10);
  expect(modules.filter(ofCbor)).toEqual([]);
});

test('who asks for CBOR does', () => {
  expect(modulesOf('cbor').some(ofCbor)).toBe(true);
});
