/**
 * Addition of non-negative integers in types, by decimal digits, so that sizes and periods stay literals at any depth
 * (tuples, the usual way, end at depth 14). Where a summand is just `number`, so is the sum.
 */

/** Digits of a number, last one first. */
type Reversed<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? `${Reversed<Rest>}${First}`
  : '';

/** A digit as a list of that length. */
interface Units {
  '0': [];
  '1': [0];
  '2': [0, 0];
  '3': [0, 0, 0];
  '4': [0, 0, 0, 0];
  '5': [0, 0, 0, 0, 0];
  '6': [0, 0, 0, 0, 0, 0];
  '7': [0, 0, 0, 0, 0, 0, 0];
  '8': [0, 0, 0, 0, 0, 0, 0, 0];
  '9': [0, 0, 0, 0, 0, 0, 0, 0, 0];
}

type UnitsOf<Digit extends string> = Digit extends keyof Units ? Units[Digit] : never;

/** Sum of two digits and a carry: its last digit, and the carry as a digit. */
type AddDigits<Left extends string, Right extends string, Carry extends '0' | '1'> = [
  ...UnitsOf<Left>,
  ...UnitsOf<Right>,
  ...UnitsOf<Carry>,
]['length'] extends infer Sum extends number
  ? `${Sum}` extends `1${infer Digit extends keyof Units}`
    ? [Digit, '1']
    : [`${Sum}`, '0']
  : never;

type Digits<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? [First, Rest]
  : ['0', ''];

type AddReversed<
  Left extends string,
  Right extends string,
  Carry extends '0' | '1',
> = `${Left}${Right}` extends ''
  ? Carry extends '1'
    ? '1'
    : ''
  : AddDigits<Digits<Left>[0], Digits<Right>[0], Carry> extends [
        infer Digit extends string,
        infer Next extends '0' | '1',
      ]
    ? `${Digit}${AddReversed<Digits<Left>[1], Digits<Right>[1], Next>}`
    : never;

type Parsed<Text extends string> = Text extends `${infer Value extends number}` ? Value : never;

/** `Left + Right` as a literal, or `number` where one of them is no literal. */
export type Sum<Left extends number, Right extends number> = number extends Left
  ? number
  : number extends Right
    ? number
    : Parsed<Reversed<AddReversed<Reversed<`${Left}`>, Reversed<`${Right}`>, '0'>>>;
