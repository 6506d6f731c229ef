/** What is in the files of a log and not sealed yet, by what the sealer left beside its key. */
import { readHint } from '../../../following/hint.js';
import { closeAll, openFiles, type LogNames } from '../../../following/log-files.js';

/**
 * The number of entries after the last seal. `undefined` when it is not known: without a hint, or when the file that has the last
 * sealed entry is not found by it.
 */
export function unsealedEntries(names: LogNames, keyFile: string): number | undefined {
  const hint = readHint(keyFile);
  if (hint === undefined) return undefined;
  const { all } = openFiles(names, 0);
  try {
    const [known] = hint.files;
    // There was no log yet.
    if (known === undefined) return all.reduce((sum, each) => sum + each.countLines(), 0);
    const first = all.findIndex(({ identity }) => identity === known.identity);
    const file = all[first];
    if (file?.hasAt(hint.position, true) !== true) return undefined;
    let entries = 0;
    file.goTo(hint.position);
    file.read(() => {
      entries += 1;
      return true;
    });
    for (const later of all.slice(first + 1)) entries += later.countLines();
    return entries;
  } finally {
    closeAll(all);
  }
}
