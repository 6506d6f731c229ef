/** The fields of the form. */
import { reactive } from 'vue';
import { defaults, type Settings } from '../../../src/check/settings.js';

export interface Fields {
  readonly settings: Settings;
  /** The visitor's fields, while those of an example or of a link are in their places: they fit no other input. */
  before: Settings | undefined;
}

export function newFields(): Fields {
  return { settings: reactive({ ...defaults }), before: undefined };
}

/** Puts the fields of an example or of a link into their places. */
export function adopt(fields: Fields, others: Partial<Settings>): void {
  fields.before ??= { ...fields.settings };
  Object.assign(fields.settings, defaults, others);
}

/** The visitor chose a field: it stays. */
export function keep(fields: Fields): void {
  fields.before = undefined;
}

/** Puts the visitor's fields back. */
export function restore(fields: Fields): void {
  Object.assign(fields.settings, fields.before);
  keep(fields);
}

/** The visitor gave a verifier key. */
export function takeKey({ settings }: Fields, line: string): void {
  settings.verifierKey = line;
  settings.isKeyOfLink = false;
}

/** Whether the fields are those of a page that was just opened, with these changes. */
export function areFields({ settings }: Fields, others: Partial<Settings>): boolean {
  return JSON.stringify(settings) === JSON.stringify({ ...defaults, ...others });
}
