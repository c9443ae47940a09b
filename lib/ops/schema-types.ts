/**
 * TypeScript's reading of an op's schema: 'sum(Tensor self, int[]? dim=None, *, dtype? dtype=None)' becomes call
 * signatures.
 */
import type { DType } from '../dtype.js';
import type { Generator } from '../random.js';
import type { Tensor } from '../tensor.js';

/** A number that is no tensor. */
export type Scalar = number | bigint | boolean;
/** A list of sizes or dimensions; one number stands for a list of one. */
export type Ints = number | bigint | readonly (number | bigint)[];

// What a type name of a schema accepts.
interface Types {
  Tensor: Tensor;
  'Tensor[]': readonly Tensor[];
  'Tensor|Scalar': Tensor | Scalar;
  Scalar: Scalar;
  int: number | bigint;
  'int[]': Ints;
  float: number;
  'float[]': number | readonly number[];
  bool: boolean;
  dtype: DType;
  str: string;
  Generator: Generator;
  any: unknown;
}
type TypeOf<T extends string> = T extends keyof Types
  ? Types[T]
  : T extends `${infer U}?`
    ? TypeOf<U> | null | undefined
    : T extends `${infer U}...`
      ? TypeOf<`${U}[]`>
      : never;

interface Param {
  name: string;
  type: string;
  optional: boolean;
}
type ParseParam<P extends string> = P extends `${infer T} ${infer N}=${string}`
  ? { name: N; type: T; optional: true }
  : P extends `${infer T} ${infer N}`
    ? { name: N; type: T; optional: false }
    : never;
type Split<S extends string> = S extends `${infer A}, ${infer R}` ? [A, ...Split<R>] : S extends '' ? [] : [S];
type ParseAll<L extends string[]> = L extends [infer A extends string, ...infer R extends string[]]
  ? [ParseParam<A>, ...ParseAll<R>]
  : [];
type Inside<S extends string> = S extends `${string}(${infer P}) -> ${string}`
  ? P
  : S extends `${string}(${infer P})`
    ? P
    : never;
type Output<S extends string> = S extends `${string}) -> ${infer O}` ? O : 'Tensor';

type Positional<P extends string> = P extends `*, ${string}` ? '' : P extends `${infer A}, *, ${string}` ? A : P;
type Keywords<P extends string> = P extends `*, ${infer K}` ? K : P extends `${string}, *, ${infer K}` ? K : '';
type PositionalOf<S extends string> = ParseAll<Split<Positional<Inside<S>>>>;
type KeywordsOf<S extends string> = ParseAll<Split<Keywords<Inside<S>>>>;

type Options<L extends unknown[], O extends string> = {
  [P in L[number] as P extends Param ? P['name'] : never]?: P extends Param ? TypeOf<P['type']> : never;
} & {
  out?: O extends 'Tensor'
    ? Tensor
    : O extends `(${string})` | 'Tensor[]'
      ? readonly Tensor[]
      : Tensor | readonly Tensor[];
};
type Arguments<L extends unknown[], O> = L extends [infer P extends Param, ...infer R]
  ? P['type'] extends `${string}...`
    ? (number | bigint)[] | [readonly (number | bigint)[], O?] | [...(number | bigint)[], O] | [O]
    : P['optional'] extends true
      ? [TypeOf<P['type']>, ...Arguments<R, O>] | [O?]
      : [TypeOf<P['type']>, ...Arguments<R, O>] | [O]
  : [O?];

/** An array that also has its members by name, as PyTorch's named tuples. */
export type Named<Keys extends readonly unknown[]> = { [I in keyof Keys]: Tensor } & {
  readonly [K in Keys[number] & string]: Tensor;
};
type ResultOf<O extends string> = O extends 'Tensor'
  ? Tensor
  : O extends 'Tensor[]'
    ? Tensor[]
    : O extends 'Tensor|Tensor[]'
      ? Tensor | Tensor[]
      : O extends 'bool'
        ? boolean
        : O extends 'int'
          ? number
          : O extends `(${infer L})`
            ? Named<Split<L>>
            : unknown;

type Rest<L extends unknown[]> = L extends [unknown, ...infer R] ? R : [];

/** The function form of the op with schema `S`: torch.f(...). */
export type FunctionOf<S extends string> = (
  ...args: Arguments<PositionalOf<S>, Options<[...PositionalOf<S>, ...KeywordsOf<S>], Output<S>>>
) => ResultOf<Output<S>>;
/** Its method form: the first tensor is `this`. */
export type MethodOf<S extends string> = (
  ...args: Arguments<Rest<PositionalOf<S>>, Options<[...PositionalOf<S>, ...KeywordsOf<S>], Output<S>>>
) => ResultOf<Output<S>>;

type AllParams<S extends string> = [...PositionalOf<S>, ...KeywordsOf<S>];
type SavedType<T extends string> = T extends `${infer U}?`
  ? SavedType<U> | null
  : T extends 'int'
    ? number
    : T extends 'int[]' | `int...`
      ? number[]
      : T extends 'float[]'
        ? number[]
        : T extends 'Tensor[]'
          ? Tensor[]
          : T extends keyof Types
            ? Types[T]
            : never;
/** What a gradient formula may read: every argument by name, the results, and the shape and dtype of each input. */
export type Saved<S extends string> = {
  readonly [P in AllParams<S>[number] as P extends Param ? P['name'] : never]: P extends Param
    ? SavedType<P['type']>
    : never;
} & {
  readonly [R in ResultNames<S>]: Tensor;
} & {
  readonly results: readonly Tensor[];
  /** The shape of the first input that is a tensor. */
  readonly shape: readonly number[];
  shapeOf(name: string, index?: number): readonly number[];
  dtypeOf(name: string, index?: number): DType;
  /** Whether the gradient of this input is wanted. */
  needs(name: string): boolean;
};
/** The names of a schema's parameters. */
export type NamesOf<S extends string> = Extract<AllParams<S>[number], Param>['name'];
/** A composed op's arguments, bound: one per parameter, in order. */
export type BodyArguments<S extends string> = BodyOf<AllParams<S>>;
type BodyOf<L extends unknown[]> = L extends [infer P extends Param, ...infer R]
  ? [SavedType<P['type']>, ...BodyOf<R>]
  : [];
/** The names of a schema's results. */
export type ResultNames<S extends string> = Output<S> extends `(${infer L})` ? Split<L>[number] : 'result';
