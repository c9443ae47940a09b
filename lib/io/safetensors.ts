/** Files of safetensors: a header in JSON, and the elements of named tensors. */
import { bfloat16, bool, type DType, float16, float32, float64, int8, int16, int32, int64, uint8 } from '../dtype.js';
import { NotImplementedError, RuntimeError, TypeError } from '../errors.js';
import { typeName } from '../nn/repr.js';
import { Tensor } from '../tensor.js';
import { bytesOf, elements, filled, type Readable, reading, type Writable, writing } from './bytes.js';

const DTYPES: Record<string, DType> = {
  F64: float64,
  F32: float32,
  F16: float16,
  BF16: bfloat16,
  I64: int64,
  I32: int32,
  I16: int16,
  I8: int8,
  U8: uint8,
  BOOL: bool,
};
const NAMES = new Map(Object.entries(DTYPES).map(([name, dtype]) => [dtype, name]));
// As in the format's own library.
const LONGEST_HEADER = 100_000_000;

interface Description {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function damaged(why: string): never {
  throw new RuntimeError(`loadSafetensors(): the file is damaged: ${why}`);
}

function parse(text: string): Record<string, unknown> {
  try {
    const header = JSON.parse(text) as unknown;
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>;
  } catch {
    // As where it is no object.
  }
  return damaged('its header is no JSON object');
}

/**
 * The tensors of a file of safetensors, by name, and its metadata; `f` is a path, or the bytes of the file.
 *
 * @example
 * const file: Uint8Array[] = [];
 * torch.saveSafetensors({ weight: torch.ones(2) }, { write: (bytes: Uint8Array) => file.push(bytes) });
 * torch.loadSafetensors(Buffer.concat(file)).tensors.weight; // tensor([1., 1.])
 */
export function loadSafetensors(f: Readable): { tensors: Record<string, Tensor>; metadata: Record<string, string> } {
  return reading(f, 'loadSafetensors', (source) => {
    const head = source.read(0, 8);
    const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
    if (length > LONGEST_HEADER) damaged(`its header has ${length} bytes`);
    const header = parse(new TextDecoder().decode(source.read(8, length)));
    const { __metadata__: metadata = {}, ...described } = header;
    const tensors = Object.entries(described as Record<string, Description>).map(([name, one]) => {
      const { dtype: dtypeName, shape, data_offsets: offsets } = one ?? {};
      if (!Array.isArray(shape) || !Array.isArray(offsets)) return damaged(`${name} has no shape or place`);
      const dtype = Object.hasOwn(DTYPES, dtypeName) ? DTYPES[dtypeName] : undefined;
      if (dtype === undefined)
        throw new NotImplementedError(`loadSafetensors(): ${name} is of dtype ${dtypeName}, which is not supported`);
      const [begin, end] = offsets as [number, number];
      const size = elements(shape, 'loadSafetensors') * dtype.itemsize;
      if (!(begin >= 0) || end - begin !== size || 8 + length + end > source.size)
        damaged(`${name} has ${end - begin} bytes instead of ${size}, or lies outside`);
      return [name, filled(shape, dtype, (bytes) => source.readInto(bytes, 8 + length + begin))] as const;
    });
    return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
  });
}

/**
 * Writes tensors by name, such as a `state_dict()`, to a file of safetensors, which many programs read; `metadata` is
 * text by name. Each tensor is written in full, contiguous.
 *
 * @example
 * let size = 0;
 * const to = { write: (bytes: Uint8Array) => (size += bytes.length) };
 * torch.saveSafetensors({ weight: torch.ones(2) }, to, { metadata: { format: 'pt' } });
 */
export function saveSafetensors(
  tensors: Record<string, Tensor>,
  f: Writable,
  options: { metadata?: Record<string, string> } = {},
): void {
  const header: Record<string, unknown> = options.metadata === undefined ? {} : { __metadata__: options.metadata };
  let end = 0;
  const all = Object.entries(tensors).map(([name, tensor]) => {
    if (!(tensor instanceof Tensor))
      throw new TypeError(`saveSafetensors(): expected tensors, but '${name}' is ${typeName(tensor)}`);
    return [name, tensor.detach()] as const;
  });
  // Aligned for those who map the file: the widest first.
  all.sort(([, a], [, b]) => b.dtype.itemsize - a.dtype.itemsize);
  for (const [name, { dtype, shape }] of all) {
    const begin = end;
    end += elements(shape, 'saveSafetensors') * dtype.itemsize;
    header[name] = { dtype: NAMES.get(dtype), shape: [...shape], data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + 8 * Math.ceil(text.length / 8)).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(text, 8);
  writing(f, 'saveSafetensors', (write) => {
    write(head);
    for (const [, tensor] of all) write(bytesOf(tensor.contiguous()));
  });
}
