/** Room that any number up to 9,999,999 fits into, in every font. */
export const NUMBER_WIDTH = '9ch';
/** Room for two of them, as people of all time are in a federation: between two bounds. */
export const RANGE_WIDTH = '21ch';
