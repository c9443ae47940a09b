/** Writes named tensors as a safetensors file, which Python and JavaScript alike can read. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import * as torch from 'strided';

/** The format's names of the dtypes that weights come in. */
const DTYPES = new Map([
  [torch.float64, 'F64'],
  [torch.float32, 'F32'],
  [torch.float16, 'F16'],
  [torch.bfloat16, 'BF16'],
  [torch.int64, 'I64'],
]);

/** Writes the tensors all or not at all: into a new file beside `path`, which then takes its name. */
export function saveTensors(path: string, tensors: Iterable<[string, torch.Tensor]>): void {
  const entries = [...tensors];
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    try {
      writeAll(file, header(entries));
      for (const [, tensor] of entries) {
        const values = tensor.detach().contiguous().toTypedArray();
        writeAll(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Length of the JSON text in 8 bytes (little-endian), then that text, padded so that the data start aligned. */
function header(entries: [string, torch.Tensor][]): Uint8Array {
  const description: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [name, tensor] of entries) {
    const dtype = DTYPES.get(tensor.dtype);
    if (dtype === undefined) throw new torch.TypeError(`${name}: cannot save a tensor of ${tensor.dtype}`);
    const end = offset + tensor.numel() * tensor.dtype.itemsize;
    description[name] = { dtype, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(description));
  const padded = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8));
  text.copy(padded, 8);
  return padded;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
