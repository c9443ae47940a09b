/** The command line of `strided bench`. */
import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.js';

export interface Options {
  /** Parts of names; none: all workloads. */
  only: string[];
  /** 0: as many as the library takes by itself. */
  threads: number;
  json: boolean;
  compare?: string;
  from?: string;
  list: boolean;
  help: boolean;
}

export const USAGE = `Times the library's operations on this machine.

Usage: strided bench [options] [SUBSTRING...]

  --only SUBSTRING[,SUBSTRING]  only the workloads whose name contains one of these
  --threads N                   threads of one operation (as many as cores)
  --json                        one JSON line a workload on standard output, everything else on standard error
  --compare FILE                ratios to the figures in FILE, such lines of another run or of PyTorch
  --from FILE                   with --compare: our figures from FILE too, instead of measuring
  --list                        the names of the workloads, and why some cannot run
  --help                        show this text

A figure is the time of one call: a batch of calls that takes about 20 ms, 15 times, divided; the minimum and the
median. Garbage collection is in it. memory/* run in processes of their own and count what the process held in MB,
or the time without disposal divided by the time with it (x). GFLOP/s are held against a loop of float32 multiply-adds
in registers, on as many threads (float64 can reach half of it, bfloat16 more than it), GB/s against a copy.`;

const SWITCHES = {
  only: { type: 'string', multiple: true },
  threads: { type: 'string' },
  json: { type: 'boolean', default: false },
  compare: { type: 'string' },
  from: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the options, or throws a UsageError that says what is wrong with them. */
export function parseOptions(args: string[]): Options {
  const { values, positionals } = parse(args);
  const only = [...(values.only ?? []).flatMap((list) => list.split(',')), ...positionals].filter(Boolean);
  if (values.from && !values.compare) throw usage('--from is for --compare: give both');
  if (values.json && values.compare) throw usage('--json and --compare exclude each other');
  return { ...values, only, threads: count(values.threads) };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: SWITCHES, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /^Unknown option '(-[^']*)'/.exec(message) : null;
    throw usage(unknown ? `unknown option '${unknown[1]}'` : message);
  }
}

function count(text: string | undefined): number {
  if (text === undefined) return 0;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 4096) return value;
  throw usage(`--threads must be a whole number from 1 to 4096, got '${text}'`);
}

function usage(problem: string): UsageError {
  return new UsageError(`strided bench: ${problem}; strided bench --help lists the options`);
}
