// returns a bigint
// ends: RESULT_NOT_SERIALIZABLE
export default () => ({n: 1n});
