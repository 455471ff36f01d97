// returns a function
// ends: RESULT_NOT_SERIALIZABLE
export default () => () => {};
