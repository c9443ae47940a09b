/** How many frames of the library may lie above those of its user, of which V8 would keep the top ten in all. */
const WITHIN = 50;

type Function = (...args: never[]) => unknown;
function captured(above: Function): unknown {
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, above);
  return holder.stack;
}

/** Whether each frame lies in this library; a stack as text may tell of source files instead. */
function withinLibrary(above: Function): boolean[] {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFileName() === __filename);
  const within = captured(above) as boolean[];
  Error.prepareStackTrace = prepareStackTrace;
  return within;
}

/** The frames of a stack but those of the library, as many as V8 keeps; without `above` and what it called. */
export function userStack(above: Function): string {
  const limit = Error.stackTraceLimit;
  if (!(limit > 0)) return '';
  Error.stackTraceLimit = limit + WITHIN;
  const within = withinLibrary(above);
  const frames = String(captured(above)).split('\n').slice(1);
  Error.stackTraceLimit = limit;
  const own = frames.length === within.length ? frames.filter((_, i) => !within[i]) : frames;
  return (own.length > 0 ? own : frames).slice(0, limit).join('\n');
}
