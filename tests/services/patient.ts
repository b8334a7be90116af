/** A limit that is meant not to run out. Of defaults of ten seconds some did, where a machine stood still for a while. */
export const PATIENT = '5m';
