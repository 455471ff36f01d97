// uses up the stack
// ends: FUNCTION_THREW
const deeper = n => 1 + deeper(n + 1);
export default () => deeper(0);
