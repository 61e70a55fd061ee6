/** Something that must be so in every shop, and each case in which it is not, in a sentence. */
export interface Check {
  rule: string;
  faults: string[];
}
