/** The process of one workload: its name and the number of threads come in, its samples go out as JSON. */
import { set_num_threads } from '../../index.js';
import { autograd } from './workloads/autograd.js';
import { memory } from './workloads/memory.js';
import { threads } from './workloads/threads.js';

const [name, count] = process.argv.slice(2);
const chosen = [...autograd, ...memory, ...threads].find((workload) => workload.name === name);
if (!chosen) throw new Error(`no workload '${name}'`);
set_num_threads(Number(count));
console.log(JSON.stringify(chosen.run()));
