import { build, exportedEntries } from '../../tsup.shared.js';

// The helper of names would keep unused functions in a bundle, and no exported class refers to itself by its name.
export default build(exportedEntries('.'), { keepNames: false });
