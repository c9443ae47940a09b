/** torch.amp: ops in a dtype of less precision where that is safe. */
import { type Autocast, autocastRegion, type ModeGuard, scoped } from './autograd/modes.js';
import { bfloat16, type DType, float16 } from './dtype.js';
import { RuntimeError, ValueError } from './errors.js';
import { typeName } from './nn/repr.js';
import { signature } from './nn/signature.js';

const declared = signature(
  'autocast',
  (device_type: string, dtype: DType | null = null, enabled: boolean = true, cache_enabled: boolean | null = null) => ({
    device_type,
    dtype,
    enabled,
    cache_enabled,
  }),
);
type Given = Parameters<typeof declared.bind>[0];
type Options = ReturnType<typeof declared.bind>;
type Keywords = Partial<Omit<Options, 'device_type'>>;

function isKnown(device_type: unknown): boolean {
  if (typeof device_type !== 'string') {
    throw new ValueError(`Expected \`device_type\` of type \`str\`, got: \`<class '${typeName(device_type)}'>\``);
  }
  const kind = device_type.split(':')[0];
  if (kind === 'cpu') return true;
  if (kind === 'cuda') return false;
  throw new RuntimeError(`User specified an unsupported autocast device_type '${device_type}': there is 'cpu'`);
}

function regionOf({ device_type, dtype, enabled, cache_enabled }: Options): Autocast {
  const outer = autocastRegion();
  let on = enabled;
  if (!isKnown(device_type)) {
    process.emitWarning('CUDA is not available or torch_xla is imported. Disabling autocast.', 'UserWarning');
    on = false;
  }
  const chosen = dtype ?? get_autocast_dtype('cpu');
  if (on && chosen !== bfloat16 && chosen !== float16) {
    process.emitWarning(
      'In CPU autocast, but the target dtype is not supported. Disabling autocast.\n' +
        'CPU Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.',
      'UserWarning',
    );
    on = false;
  }
  const wanted = cache_enabled ?? is_autocast_cache_enabled();
  // Weights of another dtype are of no use here.
  const shared = outer?.dtype === chosen ? outer.cache : null;
  return { enabled: on, dtype: chosen, cache: wanted ? (shared ?? new Map()) : null };
}

/**
 * Runs a function, its last argument, with products and convolutions in `dtype` (bfloat16, or float16) and with what
 * needs more in float32, and returns what it returns; without a function, a guard for `using`. Weights are converted
 * once. A RuntimeError for devices other than 'cpu'.
 * @example
 * const layer = new torch.nn.Linear(4, 2);
 * torch.autocast('cpu', () => layer(torch.ones(1, 4))).dtype; // torch.bfloat16
 */
export function autocast<T>(device_type: string, fn: () => T): T;
export function autocast<T>(device_type: string, dtype: DType | Keywords | null, fn: () => T): T;
export function autocast<T>(device_type: string, dtype: DType | null, enabled: boolean | Keywords, fn: () => T): T;
export function autocast(...args: Given): ModeGuard;
export function autocast(...args: unknown[]): unknown {
  const fn = args.at(-1);
  const given = typeof fn === 'function' ? args.slice(0, -1) : args;
  const region = regionOf(declared.bind(given as Given));
  const enter = scoped({ autocast: region });
  return typeof fn === 'function' ? enter(fn as () => unknown) : enter();
}

/**
 * Whether there is autocast for a device: for 'cpu'.
 * @example
 * torch.amp.is_autocast_available('cpu'); // true
 */
export function is_autocast_available(device_type: string): boolean {
  return device_type === 'cpu';
}

/**
 * Whether autocast is on for `device_type`, which is 'cuda' where nothing is said, as in PyTorch.
 * @example
 * torch.autocast('cpu', () => torch.is_autocast_enabled('cpu')); // true
 */
export function is_autocast_enabled(device_type: string = 'cuda'): boolean {
  return isKnown(device_type) && (autocastRegion()?.enabled ?? false);
}

/**
 * The dtype that autocast computes products in.
 * @example
 * torch.get_autocast_dtype('cpu'); // torch.bfloat16
 */
export function get_autocast_dtype(device_type: string): DType {
  return isKnown(device_type) ? (autocastRegion()?.dtype ?? bfloat16) : float16;
}

/**
 * Whether autocast keeps converted weights.
 * @example
 * torch.is_autocast_cache_enabled(); // true
 */
export function is_autocast_cache_enabled(): boolean {
  const region = autocastRegion();
  return region === null || region.cache !== null;
}

/**
 * Forgets converted weights.
 * @example
 * torch.clear_autocast_cache();
 */
export function clear_autocast_cache(): void {
  autocastRegion()?.cache?.clear();
}
