/** The command line of the training program. */

import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  epochs: number;
  batchSize: number;
  lr: number;
  seed: number;
  limit: number;
  out: string;
  help: boolean;
}

export const USAGE = `Trains a 784-512-256-10 network on the handwritten digits of MNIST and saves its weights.

Usage: npm start -- [options]

  --epochs N      passes over the training images (4)
  --batch-size N  images per step (128)
  --lr X          Adam's learning rate at the start; it falls linearly to 0 (0.001)
  --seed N        seed of weights and shuffling (0)
  --limit N       use only the first N training images
  --out FILE      where the weights go (weights.safetensors beside the compiled program)
  --help          show this text

Ctrl-C ends the training after the current step and saves the weights as they are then.`;

/** Reads the options, or throws an Error that says what is wrong with them. */
export function parseOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      epochs: { type: 'string', default: '4' },
      'batch-size': { type: 'string', default: '128' },
      lr: { type: 'string', default: '0.001' },
      seed: { type: 'string', default: '0' },
      limit: { type: 'string', default: '60000' },
      out: { type: 'string', default: join(__dirname, 'weights.safetensors') },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    epochs: whole('epochs', values.epochs, 1),
    batchSize: whole('batch-size', values['batch-size'], 1),
    lr: positive('lr', values.lr),
    seed: whole('seed', values.seed, 0),
    limit: whole('limit', values.limit, 1),
    out: values.out,
    help: values.help,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new Error(`--${name} must be a whole number from ${least} on, got '${text}'`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${name} must be a number above 0, got '${text}'`);
}
