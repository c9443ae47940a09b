/** Devices by name: there is 'cpu' alone, and programs that ask for others first are told so. */
import { RuntimeError } from './errors.js';

const TYPES = [
  'cpu',
  'cuda',
  'ipu',
  'xpu',
  'mkldnn',
  'opengl',
  'opencl',
  'ideep',
  'hip',
  've',
  'fpga',
  'maia',
  'xla',
].concat(['lazy', 'vulkan', 'mps', 'meta', 'hpu', 'mtia', 'privateuseone']);

/**
 * The name of a device, such as 'cpu' or 'cuda:0', which is all that a device is here: functions and `to` take it, and
 * refuse those that are not 'cpu'. A RuntimeError for a name that PyTorch does not know.
 *
 * @example
 * const device = torch.device(torch.cuda.is_available() ? 'cuda' : 'cpu');
 * torch.ones(2, { device }).device === device; // true
 */
export function device(type: string, index: number | null = null): string {
  const [name, number] = type.split(':') as [string, string | undefined];
  if (!TYPES.includes(name)) {
    throw new RuntimeError(`Expected one of ${TYPES.join(', ')} device type at start of device string: ${name}`);
  }
  if (number !== undefined && index !== null) {
    throw new RuntimeError(`type (string) must not include an index because index was passed explicitly: ${type}`);
  }
  if (number !== undefined && !/^(0|[1-9]\d*)$/.test(number))
    throw new RuntimeError(`Invalid device string: '${type}'`);
  return index === null ? type : `${type}:${index}`;
}

const absent = {
  /** Whether there is such a device: never. */
  is_available: (): boolean => false,
  /** How many there are: none. */
  device_count: (): number => 0,
};

/** torch.cuda: there is none, which portable programs ask for. */
export const cuda = {
  ...absent,
  /** Seeds nothing. */
  manual_seed(_seed: number): void {},
  /** Seeds nothing. */
  manual_seed_all(_seed: number): void {},
} as const;

/** torch.accelerator: there is none. */
export const accelerator = absent;

/** torch.backends: those of other devices are not there. */
export const backends = { mps: { is_available: (): boolean => false, is_built: (): boolean => false } } as const;
