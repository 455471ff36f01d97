// returns a symbol
// ends: RESULT_NOT_SERIALIZABLE
export default () => Symbol.iterator;
