/** Switches that PyTorch has for other devices and kernels; here results are reproducible and exact in any case. */
import { RuntimeError } from './errors.js';
import { checkDevice } from './tensor-core.js';
import { warnOnce } from './warn.js';

let deterministic = { enabled: false, warnOnly: false };
let precision = 'highest';

/**
 * Says that only reproducible algorithms may be used, as all here are.
 * @example
 * torch.use_deterministic_algorithms(true);
 */
export function use_deterministic_algorithms(mode: boolean, { warn_only = false }: { warn_only?: boolean } = {}): void {
  deterministic = { enabled: mode, warnOnly: mode && warn_only };
}
/**
 * What use_deterministic_algorithms() was told.
 * @example
 * torch.use_deterministic_algorithms(true);
 * torch.are_deterministic_algorithms_enabled(); // true
 */
export const are_deterministic_algorithms_enabled = (): boolean => deterministic.enabled;
/**
 * Whether use_deterministic_algorithms() was told to warn only.
 * @example
 * torch.use_deterministic_algorithms(true, { warn_only: true });
 * torch.is_deterministic_algorithms_warn_only_enabled(); // true
 */
export const is_deterministic_algorithms_warn_only_enabled = (): boolean => deterministic.warnOnly;

/**
 * How exact products of float32 matrices have to be: 'highest', 'high' or 'medium'. They are exact in any case.
 * @example
 * torch.set_float32_matmul_precision('high');
 */
export function set_float32_matmul_precision(value: string): void {
  if (['highest', 'high', 'medium'].includes(value)) precision = value;
  else warnOnce(`${value} is not one of 'highest', 'high', or 'medium'; the current setting stays '${precision}'.`);
}
/**
 * What set_float32_matmul_precision() was told.
 * @example
 * typeof torch.get_float32_matmul_precision(); // 'string'
 */
export const get_float32_matmul_precision = (): string => precision;

/**
 * Where new tensors are: 'cpu', the only device. Throws RuntimeError for others.
 * @example
 * torch.set_default_device('cpu');
 */
export function set_default_device(device: string | null): void {
  if (device === '') throw new RuntimeError("Device string must not be empty; the only device is 'cpu'");
  checkDevice(device);
}
/**
 * Where new tensors are.
 * @example
 * torch.get_default_device(); // 'cpu'
 */
export const get_default_device = (): string => 'cpu';
