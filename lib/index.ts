/** strided: PyTorch's eager tensors and autograd for Node.js. The public names, nothing else. */
import './tensor-core.js';
import * as amp from './amp.js';
import * as autograd from './autograd/index.js';
import * as distributions from './distributions/index.js';
import { ValueError } from './errors.js';
import * as func from './func/index.js';
import * as linalg from './linalg.js';
import * as masked from './masked.js';
import * as memory from './memory.js';
import { binary } from './native.js';
import * as nn from './nn/index.js';
import { verifyRegistry } from './ops/define.js';
import { getItem, setItem } from './ops/subscript.js';
import * as optim from './optim/index.js';
import * as random from './random.js';
import * as signal from './signal/index.js';
import * as special from './special.js';
import { installSubscript } from './subscript-trap.js';
import * as utils from './utils/index.js';

export {
  autocast,
  clear_autocast_cache,
  get_autocast_dtype,
  is_autocast_cache_enabled,
  is_autocast_enabled,
} from './amp.js';
export {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  is_inference_mode_enabled,
  no_grad,
  set_grad_enabled,
} from './autograd/modes.js';
export { compile } from './compile.js';
export { set_default_dtype } from './default-dtype.js';
export { accelerator, backends, cuda, device } from './device.js';
export {
  bfloat16,
  bool,
  DType,
  double,
  float,
  float16,
  float32,
  float64,
  get_default_dtype,
  half,
  int,
  int8,
  int16,
  int32,
  int64,
  long,
  promote_types,
  short,
  uint8,
} from './dtype.js';
export { FloatInfo, finfo, IntInfo, iinfo } from './dtype-info.js';
export {
  AssertionError,
  AttributeError,
  IndexError,
  KeyError,
  NotImplementedError,
  RuntimeError,
  TypeError,
  ValueError,
} from './errors.js';
export { get_printoptions, type PrintOptions, type PrintProfile, set_printoptions } from './format.js';
export * as _C from './internal.js';
export {
  type LoadOptions,
  load,
  loadNpy,
  loadNpz,
  loadSafetensors,
  type Readable,
  save,
  saveNpy,
  saveSafetensors,
  type Writable,
} from './io/index.js';
export {
  channels_last,
  channels_last_3d,
  contiguous_format,
  Layout,
  MemoryFormat,
  preserve_format,
  strided,
} from './memory-format.js';
export { deepcopy } from './nn/copy.js';
export * from './ops/index.js';
export {
  default_generator,
  Generator,
  get_rng_state,
  initial_seed,
  manual_seed,
  seed,
  set_rng_state,
} from './random.js';
export {
  are_deterministic_algorithms_enabled,
  get_default_device,
  get_float32_matmul_precision,
  is_deterministic_algorithms_warn_only_enabled,
  set_default_device,
  set_float32_matmul_precision,
  use_deterministic_algorithms,
} from './settings.js';
export { fromShared, releaseShared, type SharedTensor } from './sharing.js';
export { Size } from './size.js';
export { Tensor } from './tensor.js';
export { result_type } from './tensor-core.js';
export { tidy } from './tidy.js';
export { amp, autograd, distributions, func, linalg, masked, memory, nn, optim, random, signal, special, utils };

/** Numbers, and None as an index that adds a dimension. */
export const pi = Math.PI;
export const e = Math.E;
export const inf = Infinity;
export const nan = NaN;
export const newaxis = null;

installSubscript(getItem, setItem);
verifyRegistry();

export const __version__: string = (require('../package.json') as { version: string }).version;

/**
 * How many threads one op may use.
 * @example
 * torch.get_num_threads() >= 1; // true
 */
export function get_num_threads(): number {
  return binary.getNumThreads();
}
/**
 * Sets it for the whole process.
 * @example
 * torch.set_num_threads(torch.get_num_threads());
 */
export function set_num_threads(count: number): void {
  if (!Number.isInteger(count) || count < 1)
    throw new ValueError(`set_num_threads expects a positive integer, got ${count}`);
  binary.setNumThreads(count);
}
