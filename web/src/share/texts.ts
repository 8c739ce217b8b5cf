/** The texts that the share page uses, by key: the build leaves the others out of its catalogues. */
export const SHARED_TEXTS = /^(?:shared|markdown|code|reasoning|tool|citation|math)\.|^common\.(?:copied|copy|loading|more|retry)$/;
