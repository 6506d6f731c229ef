import type { ExternalVectors } from '@evolock/test-vectors';

/** The name of a test that needs data of others: with the reason, where they are missing and it is skipped. */
export function named(name: string, data: ExternalVectors): string {
  return data.available ? name : `${name} (${data.reason})`;
}
