/** What the command line tells its caller. */
export type ExitCode = 0 | 1 | 2;

/** The settings are valid, or what was asked for has been done. */
export const EXIT_OK = 0;

/** The settings are not valid. */
export const EXIT_INVALID = 1;

/** What was compared is not the same. */
export const EXIT_DIFFERENT = 1;

/** What was looked for is there, and should not be. */
export const EXIT_FOUND = 1;

/** What must stay as it was written has been changed. */
export const EXIT_CHANGED = 1;

/** Something could not be done and stays as it was. */
export const EXIT_LEFT = 1;

/** The command line cannot be understood, or the configuration file cannot be used. */
export const EXIT_UNUSABLE = 2;
