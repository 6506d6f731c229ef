/**
 * The runtime when it is not Node.js, such as `Bun 1.4.5`. Keys go between sockets and locked memory in Node.js only, so an
 * agent and a client say so when they start.
 */
export function otherRuntime(): string | undefined {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? undefined : `Deno ${deno}`;
}
