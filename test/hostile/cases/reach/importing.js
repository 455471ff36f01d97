// imports at run time
// ends: FUNCTION_THREW
export default async () => (await import(`node:${'fs'}`)).readFileSync('/etc/hostname', 'utf8');
