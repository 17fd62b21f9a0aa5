/** Something about the files or options that the person at the terminal can put right. */
export class TrainingInputError extends Error {}
