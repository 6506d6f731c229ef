/** The version of all files. It is raised when a field changes its meaning or is removed, and when a file is added. */
const SCHEMA_VERSION = 4;

/** The text of a file of vectors: one entry per line, so that a diff shows the entry. */
export function write(
  generator: string,
  provenance: string,
  lists: Readonly<Record<string, readonly object[]>>,
): string {
  const header = { schemaVersion: SCHEMA_VERSION, generator, provenance };
  const body = Object.entries(lists).map(
    ([name, entries]) =>
      `${JSON.stringify(name)}:[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`,
  );
  return `${JSON.stringify(header).slice(0, -1)},\n${body.join(',\n')}}\n`;
}
