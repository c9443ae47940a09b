/** What the person at the command line can mend: shown without a stack. */
export class UsageError extends Error {}
