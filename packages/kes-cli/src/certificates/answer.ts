/** What a command about certificates answers: the result, the checks that lead to it, and the facts. One renderer shows all. */
import { ExitCode } from '../cli/errors.js';
import type { Json, Outcome } from '../cli/session.js';
import type { Style } from '../cli/style.js';
import type { Judgement } from './certificate.js';

/** A name and its value. */
export type Fact = readonly [name: string, value: string];

/** What a person reads, line by line: the title, the checks, the facts. */
export interface AnswerText {
  readonly title?: string;
  readonly checks: readonly Judgement[];
  readonly facts: readonly Fact[];
  /** Lines after the facts. */
  readonly after?: readonly string[];
}

/** The answer for a person and for a program. */
export interface Answer extends AnswerText {
  /** The members of the JSON that state the result. */
  readonly result: Readonly<Record<string, Json>>;
  /** The facts of the JSON. */
  readonly json: Readonly<Record<string, Json | undefined>>;
  readonly warnings?: readonly string[];
  /** By the checks when absent. */
  readonly exitCode?: ExitCode;
}

/** Whether all checks are passed. */
export function allValid(checks: readonly Judgement[]): boolean {
  return checks.every(({ valid }) => valid);
}

/** Checks for `--json`. */
export function checksJson(checks: readonly Judgement[]): Json {
  return checks.map((check) => ({ ...check }));
}

/** The answer for a person. */
export function answerInWords(
  { title, checks, facts, after = [] }: AnswerText,
  style: Style,
): string[] {
  return [
    ...(title === undefined ? [] : [style.title(title)]),
    ...checks.map(({ valid, words }) => `  ${style.verdict(valid, words)}`),
    ...(checks.length === 0 ? [] : ['']),
    ...style.facts(facts),
    ...(after.length === 0 ? [] : ['', ...after]),
  ];
}

/** The outcome of a command with this answer. */
export function answered(answer: Answer): Outcome {
  const { checks, result, json, warnings = [], exitCode } = answer;
  return {
    exitCode: exitCode ?? (allValid(checks) ? ExitCode.valid : ExitCode.invalid),
    warnings,
    json: { ...result, checks: checksJson(checks), ...json },
    lines: (style) => answerInWords(answer, style),
  };
}
