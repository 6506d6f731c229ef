/**
 * The stages of a renewal: one pure function of what was found. A renewal that was killed is found at one of them when it is
 * called again, and goes on from there. Nothing is erased before the record is beside the key, and the new first file is ready.
 *
 * | found                                                         | stage    | what it does                                          |
 * | ------------------------------------------------------------- | -------- | ----------------------------------------------------- |
 * | no record; or the key file has the old key                    | `record` | the record is written, which knows the old key        |
 * | a record, and a log that does not begin with its entry        | `file`   | the first file is made ready, an old key is erased,   |
 * |                                                               |          | and the file gets the name of the log                 |
 * | the log begins with the entry, and there is no new key        | `aside`  | the other old files get their names, a key is made    |
 * | the new key, which made no seal                               | `seal`   | the first seal is made                                |
 * | the new key, which made a seal                                | `finish` | the record is removed                                 |
 */

/** What was found. */
export interface FoundRenewal {
  readonly hasRecord: boolean;
  /** The key in the key file: of the old log, of the new one before or after its first seal, or none. */
  readonly key: 'none' | 'old' | 'new' | 'new-sealed';
  /** Whether the log begins with the entry of the record. */
  readonly hasEntry: boolean;
}

/** What is done next. */
export type Stage = 'record' | 'file' | 'aside' | 'seal' | 'finish';

/** The stage at which a renewal is. */
export function stageOf({ hasRecord, key, hasEntry }: FoundRenewal): Stage {
  if (!hasRecord || key === 'old') return 'record';
  if (key === 'new-sealed') return 'finish';
  if (!hasEntry) return 'file';
  return key === 'none' ? 'aside' : 'seal';
}
