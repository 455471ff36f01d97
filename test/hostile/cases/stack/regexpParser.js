// nests groups of a regular expression deeper than its parser can go
// ends: FUNCTION_THREW
export default () => new RegExp('('.repeat(1e6) + ')'.repeat(1e6)).test('');
