// uses up the stack
// says: Maximum call stack
// ends: FUNCTION_THREW
const deeper = n => 1 + deeper(n + 1);
export default () => deeper(0);
