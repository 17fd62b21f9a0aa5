/** A problem with files or options that the user can fix. */
export class TrainingInputError extends Error {}
