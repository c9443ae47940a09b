import { TypeError as TorchTypeError } from '../errors.js';

/** How tensors are printed. */
export interface PrintOptions {
  /** Digits after the decimal point. */
  precision: number;
  /** A tensor with more elements than this is summarised. */
  threshold: number;
  /** Items shown at each end of every dimension of a summarised tensor. */
  edgeitems: number;
  /** Columns before a line is broken. */
  linewidth: number;
  /** Scientific notation always (true), never (false), or as the values need it (null). */
  sci_mode: boolean | null;
}

/** A named set of print options. */
export type PrintProfile = 'default' | 'short' | 'full';

type Keywords = { [K in keyof PrintOptions]?: PrintOptions[K] | null } & { profile?: PrintProfile | null };

const kNames = ['precision', 'threshold', 'edgeitems', 'linewidth', 'profile', 'sci_mode'] as const;

// biome-ignore format: a table
const kProfiles: Record<PrintProfile, Omit<PrintOptions, 'sci_mode'>> = {
  default: { precision: 4, threshold: 1000,     edgeitems: 3, linewidth: 80 },
  short:   { precision: 2, threshold: 1000,     edgeitems: 2, linewidth: 80 },
  full:    { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
};

/** The options in force. */
export const printOptions: PrintOptions = { ...kProfiles.default, sci_mode: null };

/**
 * Sets how tensors are printed; what is not given stays as it is, but `sci_mode`, which becomes automatic again, and
 * `profile` replaces all but `sci_mode`. Throws a TypeError for an unknown keyword.
 *
 * @example
 * torch.set_printoptions({ precision: 2 });
 * String(torch.tensor([1.12345])); // 'tensor([1.12])'
 * torch.set_printoptions({ profile: 'default' });
 */
export function set_printoptions(options?: Keywords): void;
export function set_printoptions(
  precision?: number | null,
  threshold?: number | null,
  edgeitems?: number | null,
  linewidth?: number | null,
  profile?: PrintProfile | null,
  sci_mode?: boolean | null,
): void;
export function set_printoptions(...args: unknown[]): void {
  const given = keywords(args);
  if (given.profile != null && Object.hasOwn(kProfiles, given.profile)) {
    Object.assign(printOptions, kProfiles[given.profile]);
  }
  for (const name of ['precision', 'threshold', 'edgeitems', 'linewidth'] as const) {
    const value = given[name];
    if (value != null) printOptions[name] = value;
  }
  printOptions.sci_mode = given.sci_mode ?? null;
}

/**
 * The print options in force, as an object that `set_printoptions` accepts.
 *
 * @example
 * torch.get_printoptions().precision; // 4
 */
export function get_printoptions(): PrintOptions {
  return { ...printOptions };
}

/** The positional arguments and a trailing object of keywords as one object. */
function keywords(args: readonly unknown[]): Keywords {
  const last = args.at(-1);
  const trailing = typeof last === 'object' && last !== null ? last : {};
  const positional = trailing === last ? args.slice(0, -1) : args;
  if (positional.length > kNames.length) {
    throw new TorchTypeError(
      `set_printoptions() takes from 0 to ${kNames.length} positional arguments but ${positional.length} were given`,
    );
  }
  const unknown = Object.keys(trailing).find((key) => !(kNames as readonly string[]).includes(key));
  if (unknown !== undefined) {
    throw new TorchTypeError(
      `set_printoptions() got an unexpected keyword argument '${unknown}' (known: ${kNames.join(', ')})`,
    );
  }
  return { ...Object.fromEntries(positional.map((value, i) => [kNames[i], value])), ...trailing };
}
